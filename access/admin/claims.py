"""Who has a request in hand, on the list and on its page."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from access.models import AccessRequest
from access.operations import claims
from access.operations.recusals import REVIEW_ROLES
from access.policies import check_not_asked_by
from access.queries.claims import NOBODY, find_holder, held_by
from access.queries.conflicts import find_bar
from access.workflow import OPEN
from registry.actors import Actor
from registry.admin.desk import Step, StepForm
from registry.admin.sections import Section, rows_of
from registry.errors import Forbidden
from registry.models import User


class PersonForm(StepForm):
    to = forms.ModelChoiceField(
        User.objects.filter(
            is_active=True,
            role_holdings__role__in=REVIEW_ROLES,
            role_holdings__taken_at__isnull=True,
        )
        .distinct()
        .order_by("username"),
        label="To",
        help_text="Whoever has an interest, or is recused, is refused.",
    )


class HolderFilter(admin.SimpleListFilter):
    title = "who has it in hand"
    parameter_name = "held_by"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("mine", "Mine"), (NOBODY, "Nobody's")]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[AccessRequest]
    ) -> QuerySet[AccessRequest]:
        if self.value() == NOBODY:
            return held_by(queryset, NOBODY)
        if self.value() == "mine":
            return held_by(queryset, request.user.get_username()).filter(status__in=OPEN)
        return queryset


def _is_open(actor: Actor, row: AccessRequest) -> bool:
    return row.status in OPEN and actor.has(*REVIEW_ROLES)


def _may_claim(actor: Actor, row: AccessRequest) -> bool:
    if not _is_open(actor, row) or find_holder(row) is not None:
        return False
    try:
        check_not_asked_by(row, actor)
    except Forbidden:
        return False
    return find_bar(row, actor) is None


def _holds(actor: Actor, row: AccessRequest) -> bool:
    holder = find_holder(row)
    return _is_open(actor, row) and holder is not None and holder.id == actor.id


def _may_release(actor: Actor, row: AccessRequest) -> bool:
    if not _is_open(actor, row) or find_holder(row) is None:
        return False
    return actor.has(*claims.ASSIGNING) or _holds(actor, row)


CLAIM_STEPS = {
    "claim": Step(
        "Claim",
        lambda command, row, _said: claims.claim(command, request=row.id),
        may=_may_claim,
        hint="You have it in hand, and are the one who is told.",
    ),
    "hand_over": Step(
        "Hand over",
        lambda command, row, said: claims.hand_over(
            command, request=row.id, to=said["to"].username
        ),
        PersonForm,
        may=_holds,
    ),
    "assign": Step(
        "Assign",
        lambda command, row, said: claims.assign(command, request=row.id, to=said["to"].username),
        PersonForm,
        may=lambda actor, row: row.status in OPEN and actor.has(*claims.ASSIGNING),
    ),
    "release": Step(
        "Let go",
        lambda command, row, _said: claims.release(command, request=row.id),
        may=_may_release,
    ),
}


def list_claims(row: AccessRequest) -> Section:
    """Who has had it in hand, newest first."""
    return Section(
        "In hand",
        ("Who", "Since", "By", "Until"),
        rows_of(
            row.claims.select_related("person").order_by("-given_at", "-id"),
            lambda held: (
                held.person.display_name,
                held.given_at,
                held.given_by,
                held.released_at or "now",
            ),
        ),
        empty="Nobody has claimed it.",
    )
