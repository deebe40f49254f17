"""The feed of events that concern the caller's organization."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from registry.api.permissions import actor_of
from registry.errors import Invalid
from registry.queries.feeds import read_feed

PAGE = 50
LARGEST_PAGE = 200


class CursorUnreadable(Invalid):
    code = "cursor_unreadable"
    text = _("“%(field)s” must be a whole number that this registry has given out.")


class EventSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    id = serializers.UUIDField(source="event.event_id")
    name = serializers.CharField(source="event.name")
    subject_type = serializers.CharField(source="event.subject_type")
    subject = serializers.UUIDField(source="event.subject_id")
    occurred_at = serializers.DateTimeField(source="event.occurred_at")
    recorded_at = serializers.DateTimeField(source="event.recorded_at")


class EventPage(serializers.Serializer[Any]):
    results = EventSerializer(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


class EventList(APIView):
    """Events of the caller's organization, oldest first, numbered without gaps.

    Keep the last `number` you have seen and pass it as `after`: nothing is missed and nothing repeats.
    """

    scopes = {"GET": ("events:read",)}

    @extend_schema(
        parameters=[
            OpenApiParameter("after", int, description="The last number seen."),
            OpenApiParameter("page_size", int, description="At most 200."),
        ],
        responses=EventPage,
    )
    def get(self, request: Request) -> Response:
        after = _read_number(request, "after", 0)
        size = max(1, min(_read_number(request, "page_size", PAGE), LARGEST_PAGE))
        organization = actor_of(request).organization_id
        items = [] if organization is None else read_feed(organization, after=after, limit=size)
        following = None
        if len(items) == size and items:
            following = (
                f"{settings.PUBLIC_URL}/api/v1/events/?after={items[-1].number}&page_size={size}"
            )
        body = {"results": EventSerializer(items, many=True).data, "next": following}
        return Response(body | {"previous": None})


def _read_number(request: Request, field: str, default: int) -> int:
    text = request.query_params.get(field, str(default))
    if not text.isascii() or not text.isdigit() or len(text) > 18:  # noqa: PLR2004 - a bigint's digits
        raise CursorUnreadable(field=field)
    return int(text)
