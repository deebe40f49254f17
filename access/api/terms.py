"""Who has accepted an edition of the terms and who has not, among those who hold access. For staff."""

from typing import Any

from django.db.models import QuerySet
from django.utils.timezone import now
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from access.models import TermsEdition
from access.queries.terms import list_acceptances
from registry.api.permissions import actor_of
from registry.errors import NotFound
from registry.models import Organization


class AcceptanceSerializer(serializers.ModelSerializer[Organization]):
    organization = serializers.CharField(source="slug")
    accepted_at = serializers.DateTimeField(allow_null=True)

    class Meta:
        model = Organization
        fields = ("organization", "name", "accepted_at")


class AcceptanceList(ListAPIView[Organization]):
    """Holders of live grants of the program with the moment of their acceptance; `missing=1`: without."""

    scopes = {"GET": ("review:write",)}
    serializer_class = AcceptanceSerializer
    queryset = Organization.objects.none()

    def get_queryset(self) -> QuerySet[Organization]:
        if not self.kwargs:  # while the schema is written there is no edition to ask for
            return Organization.objects.none()
        edition = TermsEdition.objects.filter(
            program__slug=self.kwargs["slug"], number=self.kwargs["number"]
        ).first()
        if edition is None or not actor_of(self.request).is_staff:
            raise NotFound("edition of these terms")
        missing = self.request.query_params.get("missing") == "1"
        return list_acceptances(edition, at=now(), missing=missing)

    @extend_schema(parameters=[OpenApiParameter("missing", enum=["1"])])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)
