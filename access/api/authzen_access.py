"""Who may ask what of the decision point.

A partner asks about itself: anyone else, known or not, is refused alike. A gateway asks for the surfaces
that it serves, and hears of nobody whom no grant lets through one of them. A developer's own may ask about
anyone. Another moment, and every reason, are scopes of their own.
"""

from django.utils.translation import gettext_lazy as _

from access.api.authzen_bodies import Put
from access.decision import (
    Facts,
    Ground,
    Question,
    decide,
    decide_for_surface,
    explain,
    explain_for_surface,
)
from access.queries.decisions import Asked, Rule, evaluate
from registry.actors import Actor
from registry.choices import ClientKind
from registry.errors import Forbidden
from registry.policies import NotYours


class HistoryNotAllowed(Forbidden):
    code = "history_not_allowed"
    text = _("Asking about another moment needs the scope access:history.")


class ExplanationNotAllowed(Forbidden):
    code = "explanation_not_allowed"
    text = _("Asking for every reason needs the scope access:explain.")


class SurfaceNotServed(Forbidden):
    code = "surface_not_served"
    text = _("Name in context.surface a surface that this gateway serves.")


def may_ask_about_anyone(actor: Actor) -> bool:
    return "access:evaluate_any" in actor.scopes


def serves_surfaces(actor: Actor) -> bool:
    """Whether it asks for surfaces: a gateway that may not ask about anyone."""
    return actor.client_kind is ClientKind.GATEWAY and not may_ask_about_anyone(actor)


def is_bound_to_itself(actor: Actor) -> bool:
    return not may_ask_about_anyone(actor) and not serves_surfaces(actor)


def check_put(actor: Actor, put: Put) -> None:
    """What can be refused before anybody is looked up.

    Raises HistoryNotAllowed, ExplanationNotAllowed, SurfaceNotServed.
    """
    if put.asked.is_past and "access:history" not in actor.scopes:
        raise HistoryNotAllowed
    if put.explain and "access:explain" not in actor.scopes:
        raise ExplanationNotAllowed
    if serves_surfaces(actor):
        surface = put.asked.surface
        if surface is None or not actor.serves(surface):
            raise SurfaceNotServed


def check_subject(actor: Actor, facts: Facts) -> None:
    """After the look-up, so that it costs the same whoever was named. Raises NotYours."""
    if not is_bound_to_itself(actor):
        return
    if [named.id for named in facts.organizations] != [actor.organization_id]:
        raise NotYours


def check_searched(actor: Actor, asked: Asked) -> None:
    """The same for a search, which may find nothing at all. Raises NotYours."""
    if is_bound_to_itself(actor):
        check_subject(actor, evaluate(asked).facts)


def choose_rule(actor: Actor) -> Rule:
    """The rule in the bounds of what the caller may know."""
    return decide_for_surface if serves_surfaces(actor) else decide


def explain_to(actor: Actor, question: Question, facts: Facts) -> tuple[Ground, ...]:
    """Every ground, in the same bounds."""
    return (explain_for_surface if serves_surfaces(actor) else explain)(question, facts)
