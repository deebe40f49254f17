"""Rows of a world about duties to notify: who receives, who is bound, and incidents as sources tell of them."""

from typing import Any

from registry.choices import DutyHolderKind, Harm, Involvement
from registry.commands import Done
from registry.models import AIModel, Authority, Mandate, Organization
from registry.operations import duty_holders, incidents, mandates
from registry.operations.incidents import QUESTIONS, Classification
from seeds.worlds.loader import World, find
from seeds.worlds.reading import Row, read_fact, read_moment


def load_mandate(world: World, row: Row) -> Done[Any] | None:
    """Whoever an operator has registered to receive stays."""
    receives = row["receives"]
    if Mandate.objects.filter(key=receives, synthetic=False, ended_at=None).exists():
        return None
    authority = Authority.objects.get(organization__slug=row["authority"])
    return mandates.register(
        world.command(row), key=receives, authority=authority.id, basis=row["basis"]
    )


def load_duty_holder(world: World, row: Row) -> Done[Any]:
    return duty_holders.state(
        world.command(row),
        organization=find(Organization, row["organization"]),
        kind=DutyHolderKind(row["kind"]),
        holds=row["holds"],
        since=read_moment(row["since"]),
        fact=read_fact(row),
    )


def load_incident(world: World, row: Row) -> Done[Any]:
    """What a source does not say is left out, and stays not known."""
    harms = row.get("harms")
    said = Classification(
        summary=row["statement"],
        ai_models=tuple(find(AIModel, slug) for slug in row.get("ai_models", ())),
        harms=None if harms is None else tuple(Harm(harm) for harm in harms),
        model_involved=Involvement(row.get("model_involved", Involvement.NOT_KNOWN)),
        **{name: row[name] for name in QUESTIONS if name in row},
    )
    return incidents.report(
        world.command(row),
        title=row["title"],
        duty_holder=find(Organization, row["duty_holder"]),
        said=said,
        fact=read_fact(row),
    )
