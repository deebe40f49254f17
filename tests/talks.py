"""What tests of dealings with authorities need to exist, made through the operations."""

import datetime as dt
from typing import Any

from notifications.choices import DemandBasis, DemandStep, DialogueKind
from notifications.models import AccessDemand, Dialogue, ModelNotice
from notifications.operations import demands, dialogues, notices
from notifications.operations.demands import Demanded, Waits
from notifications.operations.entries import Told
from notifications.operations.notices import Notified
from registry.choices import Role, SourceGrade
from registry.models import Source
from registry.operations import sources
from registry.operations.facts import CitationSaid
from tests import make
from tests.duties import authority, desk

DAY = dt.timedelta(days=1)


def told(**more: Any) -> Told:
    """Something that happened in the morning, known at first hand."""
    said: dict[str, Any] = {
        "title": "It happened",
        "words": "What was said there.",
        "happened_at": make.MORNING,
    }
    return Told(**(said | more))


def cited(**more: Any) -> Told:
    """The same, as a source reports it."""
    if not Source.objects.filter(slug="paper").exists():
        sources.register(
            make.by(make.staff(Role.INTAKE)),
            slug="paper",
            publisher="A paper",
            title="An article",
            grade=SourceGrade.SECONDARY,
        )
    return told(citations=(CitationSaid("paper", SourceGrade.SINGLE),), **more)


def dialogue(**more: Any) -> Dialogue:
    """Talks between two bodies, with nothing on record."""
    said: dict[str, Any] = {
        "title": "Talks",
        "one": make.organization().id,
        "other": make.organization().id,
    }
    return dialogues.open_(make.by(desk()), **(said | more)).value


def demand(
    step: DemandStep = DemandStep.ASKED,
    said: Told | None = None,
    waits: Waits | None = None,
    **more: Any,
) -> AccessDemand:
    """An authority's demand for access."""
    wanted: dict[str, Any] = {
        "title": "Access to the model",
        "basis": DemandBasis.VOLUNTARY,
    } | more
    wanted.setdefault("authority", authority(None).id)
    wanted.setdefault("addressee", make.organization().id)
    return demands.open_(
        make.by(make.staff(Role.INTAKE) if said and said.is_reported else desk()),
        demanded=Demanded(**wanted),
        step=step,
        told=said or told(),
        waits=waits,
    ).value


def notice(said: Told | None = None, **more: Any) -> ModelNotice:
    """A notice of a model to an authority."""
    wanted: dict[str, Any] = {"notifier": make.organization().id, "ai_model": make.ai_model().id}
    wanted |= more
    wanted.setdefault("authority", authority(None).id)
    return notices.record(
        make.by(make.staff(Role.INTAKE) if said and said.is_reported else desk()),
        notified=Notified(**wanted),
        told=said or told(),
    ).value


def fill() -> None:
    """One of each, each resting on a fact with a source, and a dialogue with a model and a body waited on."""
    row = dialogue()
    dialogues.record(
        make.by(make.staff(Role.INTAKE)),
        dialogue=row.id,
        kind=DialogueKind.MEETING,
        told=cited(),
        ai_models=(make.ai_model().id,),
    )
    demand(DemandStep.WAITING, cited(), Waits(make.organization().id))
    notice(cited())
