"""To which dealings with authorities a reported event belongs."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notifications.models import (
    AccessDemand,
    DemandRecord,
    Dialogue,
    DialogueRecord,
    ModelNotice,
)
from registry.actors import Actor


@dataclass(frozen=True, slots=True)
class Linked:
    """A dialogue, a demand or a notice that rests on the same fact."""

    what: str | Promise
    title: str
    row: Model


def find_linked(actor: Actor, facts: Iterable[UUID]) -> defaultdict[UUID, list[Linked]]:
    """By fact, what the actor may read of it. Three queries, however many facts."""
    wanted = list(facts)
    found: defaultdict[UUID, list[Linked]] = defaultdict(list)
    records = DialogueRecord.objects.visible_to(actor).filter(
        fact__in=wanted, dialogue__in=Dialogue.objects.visible_to(actor).values("pk")
    )
    for said in records.select_related("dialogue").order_by("dialogue__title", "id"):
        assert said.fact_id is not None
        found[said.fact_id].append(Linked(_("Dialogue"), said.dialogue.title, said.dialogue))
    steps = DemandRecord.objects.visible_to(actor).filter(
        fact__in=wanted, demand__in=AccessDemand.objects.visible_to(actor).values("pk")
    )
    for step in steps.select_related("demand").order_by("demand__title", "id"):
        assert step.fact_id is not None
        found[step.fact_id].append(Linked(_("Demand"), step.demand.title, step.demand))
    notices = ModelNotice.objects.visible_to(actor).filter(fact__in=wanted)
    for notice in notices.order_by("title", "id"):
        assert notice.fact_id is not None
        found[notice.fact_id].append(Linked(_("Notice"), notice.title, notice))
    return found
