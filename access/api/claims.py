"""Who has had a request in hand, for staff tooling."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.models import AccessRequest, Claim
from registry.api.permissions import actor_of
from registry.choices import Role
from registry.errors import NotFound
from registry.policies import check_role


class ClaimSerializer(serializers.ModelSerializer[Claim]):
    person = serializers.CharField(source="person.username")

    class Meta:
        model = Claim
        fields = ("person", "given_at", "released_at")


class ClaimList(APIView):
    """Who has had the request in hand, newest first. The one that is not released has it now."""

    scopes = {"GET": ("review:write",)}

    @extend_schema(operation_id="access_requests_claims", responses=ClaimSerializer(many=True))
    def get(self, request: Request, pk: UUID) -> Response:
        actor = actor_of(request)
        check_role(actor, *Role)
        row = AccessRequest.objects.visible_to(actor).filter(pk=pk).first()
        if row is None:
            raise NotFound("access request")
        rows = row.claims.select_related("person").order_by("-given_at", "-id")
        return Response(ClaimSerializer(rows, many=True).data)
