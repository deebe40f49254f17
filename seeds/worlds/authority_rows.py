"""Rows of a world that are about dealings with authorities: dialogues, demands for access, notices of models."""

from typing import Any
from uuid import UUID

from access.choices import DisclosureBasis, Marking
from access.operations import disclosures
from access.operations.disclosures import Given
from notifications.choices import AccessForm, DemandBasis, DemandStep, DialogueKind
from notifications.operations import demands, dialogues, notices
from notifications.operations.demands import Demanded, Waits
from notifications.operations.entries import Told
from notifications.operations.notices import Notified
from registry.choices import Precision
from registry.commands import Done
from registry.models import AIModel, Authority, Organization
from seeds.worlds.loader import World, find, find_any
from seeds.worlds.reading import Row, read_citations, read_fact, read_moment


def load_dialogue(world: World, row: Row) -> Done[Any]:
    one, other = (find(Organization, slug) for slug in row["between"])
    return _remember(
        world, row, dialogues.open_(world.command(row), title=row["title"], one=one, other=other)
    )


def load_dialogue_record(world: World, row: Row) -> Done[Any]:
    return dialogues.record(
        world.command(row),
        dialogue=world.known[row["dialogue"]],
        kind=DialogueKind(row["kind"]),
        told=_read_told(world, row),
        ai_models=tuple(find(AIModel, slug) for slug in row.get("ai_models", ())),
        positions=tuple(world.known[key] for key in row.get("positions", ())),
    )


def load_demand(world: World, row: Row) -> Done[Any]:
    done = demands.open_(
        world.command(row),
        demanded=Demanded(
            authority=_find_authority(row["authority"]),
            addressee=find(Organization, row["addressee"]),
            title=row["demand"],
            basis=DemandBasis(row["basis"]),
            ai_model=find_any(AIModel, row.get("ai_model")),
            citation=row.get("citation", ""),
            forms=tuple(AccessForm(form) for form in row.get("forms", ())),
            marking=Marking.OPEN,
        ),
        step=DemandStep(row["step"]),
        told=_read_told(world, row),
        waits=Waits(words=row.get("waits_on_words", "")),
    )
    return _remember(world, row, done)


def load_notice(world: World, row: Row) -> Done[Any]:
    return notices.record(
        world.command(row),
        notified=Notified(
            authority=_find_authority(row["authority"]),
            notifier=find_any(Organization, row.get("notifier")),
            notifier_words=row.get("notifier_words", ""),
            ai_model=find_any(AIModel, row.get("ai_model")),
            model_words=row.get("model_words", ""),
            rule=row.get("rule", ""),
            told_at=read_moment(row.get("told_at")),
        ),
        told=_read_told(world, row),
    )


def load_disclosure(world: World, row: Row) -> Done[Any]:
    given_at = read_moment(row["since"])
    assert given_at is not None
    return disclosures.report_disclosure(
        world.command(row),
        given=Given(
            authority=_find_authority(row["authority"]),
            given_at=given_at,
            basis=DisclosureBasis(row["basis"]),
            organizations=tuple(find(Organization, slug) for slug in row.get("names", ())),
            given_by=find_any(Organization, row.get("given_by")),
            precision=Precision(row["precision"]),
        ),
        fact=read_fact(row),
    )


def _read_told(world: World, row: Row) -> Told:
    """On a fact of this world that was loaded before (`rests_on`), or on sources of its own."""
    happened_at = read_moment(row["since"])
    assert happened_at is not None
    before = row.get("rests_on")
    return Told(
        title=row["title"],
        words=row["statement"],
        happened_at=happened_at,
        precision=Precision(row["precision"]),
        citations=() if before is not None else read_citations(row),
        fact=None if before is None else world.known[before],
    )


def _remember(world: World, row: Row, done: Done[Any]) -> Done[Any]:
    world.known[row["key"]] = done.value.id
    return done


def _find_authority(slug: str) -> UUID:
    return Authority.objects.get(organization=find(Organization, slug)).id
