"""What a gateway may keep for the time when it cannot ask: a dated snapshot of the surfaces it serves."""

from dataclasses import asdict, replace
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from access.api.authzen_access import is_bound_to_itself, may_ask_about_anyone
from access.api.authzen_answers import write_moment
from access.api.authzen_doors import DecisionView, RegistryReadOnly
from access.api.authzen_pages import Page, compute_digest, read_page
from access.api.authzen_schema import SNAPSHOT_PARAMETERS, SnapshotAnswer
from access.choices import SearchKind
from access.models import NOBODY
from access.queries.decision_search import Bounds
from access.queries.decision_snapshot import Line, find_position, take_snapshot
from access.queries.decisions import Asked
from registry.actors import Actor
from registry.api.permissions import actor_of
from registry.errors import Forbidden


class SnapshotForGateways(Forbidden):
    code = "snapshot_for_gateways"
    text = _("A snapshot is for gateways, of the surfaces that they serve.")


class SnapshotView(DecisionView):
    """Who may use what, as of one moment, on the surfaces that you serve. Undisclosed organizations, and
    people whom a restriction decides by name, are not in: ask about them."""

    kind = SearchKind.SNAPSHOT

    @extend_schema(
        operation_id="access_snapshot", parameters=SNAPSHOT_PARAMETERS, responses=SnapshotAnswer
    )
    def get(self, request: Request) -> Response:
        actor = actor_of(request)
        if is_bound_to_itself(actor):
            raise SnapshotForGateways
        page = _read_page(actor, request)
        if page.moment is None:
            page = replace(page, position=find_position())
        found = take_snapshot(
            page.at(Asked("", "", None)),
            limit=max(1, page.limit),
            serves=_serves_all if may_ask_about_anyone(actor) else actor.serves,
            after=page.after,
            bounds=_bounds(actor),
        )
        if not found.writable:
            raise RegistryReadOnly
        token = "" if found.after is None else page.follow(found.evaluated_at, found.after)
        context = {
            "evaluated_at": write_moment(page.moment or found.evaluated_at),
            "revision": found.revision,
            "position": page.position,
            "surfaces": None if may_ask_about_anyone(actor) else sorted(actor.surfaces),
            "cache_for": settings.DECISION_CACHE_SECONDS,
        }
        results = [_write(line) for line in found.lines]
        page_told = {"next_token": token, "count": len(results)}
        return self.tell(request, {"page": page_told, "context": context, "results": results})


def _bounds(actor: Actor) -> Bounds:
    """A gateway that serves nothing is shown nobody."""
    return Bounds() if actor.surfaces or may_ask_about_anyone(actor) else Bounds(only=NOBODY)


def _serves_all(_surface: str) -> bool:
    return True


def _read_page(actor: Actor, request: Request) -> Page:
    limit, token = (request.query_params.get(name) for name in ("limit", "token"))
    said = {"limit": int(limit) if limit and limit.isdecimal() else limit, "token": token}
    return read_page(said, digest=compute_digest("snapshot", actor, {}))


def _write(line: Line) -> dict[str, Any]:
    moments = {
        "valid_until": write_moment(line.valid_until),
        "next_change_at": write_moment(line.next_change_at),
    }
    return asdict(line) | {"grant": str(line.grant)} | moments
