"""What the decision point's addresses have in common: they come back in time, and without a registry they
refuse."""

import logging
from typing import Any, ClassVar

from django.db import Error as DatabaseFailure
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.api.authzen_bodies import Body, read_json
from access.api.authzen_tally import note_search
from access.choices import Reason, SearchKind
from access.queries.decision_guard import Watch, bounded
from registry.actors import Actor
from registry.api.authentication import Caller
from registry.errors import Unavailable

logger = logging.getLogger(__name__)


class RegistryUnavailable(Unavailable):
    code = Reason.REGISTRY_UNAVAILABLE.value
    text = _("The registry cannot be reached. Take it for a no.")


class RegistrySlow(Unavailable):
    code = Reason.REGISTRY_SLOW.value
    text = _("The registry did not answer in time. Take it for a no.")


class RegistryReadOnly(Unavailable):
    code = Reason.REGISTRY_READ_ONLY.value
    text = _("The registry takes no changes at present, so what it knows may be old.")


_REFUSALS = {
    Reason.REGISTRY_UNAVAILABLE: RegistryUnavailable,
    Reason.REGISTRY_SLOW: RegistrySlow,
}


class DecisionView(APIView):
    """Answers within a bounded time. Whatever the database does, nobody hangs and nobody hears yes."""

    scopes: ClassVar[dict[str, tuple[str, ...]]] = {
        "GET": ("access:evaluate", "access:evaluate_any"),
        "POST": ("access:evaluate", "access:evaluate_any"),
    }
    kind: ClassVar[SearchKind | None] = None
    """As what it is counted; None where it counts its answers itself."""
    _watch: Watch | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with bounded() as watch:
            self._watch = watch
            return super().dispatch(request, *args, **kwargs)

    def read(self, request: Request) -> Body:
        """The body as an object. Raises NotJson, BodyTooLarge, JsonMalformed."""
        sent: HttpRequest = request._request  # noqa: SLF001 - the standard's own rules for a body
        return read_json(sent.content_type or "", sent.body)

    def tell(self, request: Request, told: dict[str, Any]) -> Response:
        """A list, counted by how many lines it has."""
        assert self.kind is not None
        note_search(self.find_actor(request), self.kind, len(told["results"]))
        return Response(told)

    def refuse(self, request: Request, reason: Reason) -> Response:
        """The answer without a registry. Raises RegistryUnavailable, RegistrySlow, unless a no is an answer."""
        if self.kind is not None:
            note_search(self.find_actor(request), self.kind, reason=reason)
        raise _REFUSALS[reason]

    def handle_exception(self, exc: Exception) -> Response:
        if not isinstance(exc, DatabaseFailure):
            if isinstance(exc, RegistryReadOnly) and self.kind is not None:
                reason = Reason.REGISTRY_READ_ONLY
                note_search(self.find_actor(self.request), self.kind, reason=reason)
            return super().handle_exception(exc)
        late = self._watch is not None and self._watch.late
        if late or isinstance(exc, (OperationalError, InterfaceError)):
            logger.warning(
                "a decision was refused, the database %s", "is slow" if late else "failed"
            )
        else:
            logger.error("a decision was refused", exc_info=exc)
        if not connection.in_atomic_block:
            connection.close()  # the next request begins with a new one
        reason = Reason.REGISTRY_SLOW if late else Reason.REGISTRY_UNAVAILABLE
        try:
            return self.refuse(self.request, reason)
        except Exception as refused:  # noqa: BLE001 - a refusal, or the caller's own mistake
            return super().handle_exception(refused)

    @staticmethod
    def find_actor(request: Request) -> Actor | None:
        """Who asks, if that was found out before the registry went away."""
        caller: object = getattr(request, "_user", None)
        return caller.actor if isinstance(caller, Caller) else None
