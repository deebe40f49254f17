"""What is on record between the synthetic regulator and the synthetic developer: talks, a demand, a notice."""

import datetime as dt
from uuid import UUID

from access.choices import Marking
from notifications.choices import AccessForm, DemandBasis, DemandStep, DialogueKind, NoticeReply
from notifications.operations import demands, dialogues, notices
from notifications.operations.demands import Demanded, Waits
from notifications.operations.entries import Told
from notifications.operations.notices import Notified
from registry.models import AIModel, Authority
from seeds.worlds.demo.acting import World, find_organization
from seeds.worlds.demo.names import DEVELOPER, LANTERN, REGULATOR, SENTINEL, VENDOR
from seeds.worlds.demo.setting import find_terms

_DAY = dt.timedelta(days=1)


def keep(world: World) -> None:
    """One of each, in every marking. None of it changes who holds access."""
    authority = Authority.objects.get(organization__slug=REGULATOR.slug).id
    _talk(world)
    _demand(world, authority)
    _notify(world, authority)


def _talk(world: World) -> None:
    row = world.act(
        "authority_desk",
        "dialogue",
        dialogues.open_,
        title="Synthetic talks on testing",
        one=find_organization(REGULATOR.slug),
        other=find_organization(DEVELOPER.slug),
    )
    for key, kind, told in (
        ("met", DialogueKind.MEETING, _told(9, "A first meeting", "Who tests what, and when.")),
        (
            "letter",
            DialogueKind.LETTER,
            _told(
                5,
                "A letter with questions",
                "Invented: which safeguards were lowered for the tests.",
                marking=Marking.CONFIDENTIAL,
            ),
        ),
        ("agreed", DialogueKind.AGREEMENT, _told(2, "An agreement", "Tests before each release.")),
    ):
        world.act(
            "authority_desk",
            f"dialogue:{key}",
            dialogues.record,
            dialogue=row.id,
            kind=kind,
            told=told,
            ai_models=(AIModel.objects.get(slug=SENTINEL).id,),
        )


def _demand(world: World, authority: UUID) -> None:
    row = world.act(
        "authority_desk",
        "demand",
        demands.open_,
        demanded=Demanded(
            authority=authority,
            addressee=find_organization(DEVELOPER.slug),
            title="Access of the regulator to Synthetic Lantern 1",
            basis=DemandBasis.LEGAL_POWER,
            ai_model=AIModel.objects.get(slug=LANTERN).id,
            citation="Invented Models Act, section 4",
            forms=(AccessForm.API, AccessForm.UNLOGGED),
        ),
        step=DemandStep.ASKED,
        told=_told(
            8, "The regulator asks", "Through an interface that keeps no log, for a month."
        ),
    )
    world.act(
        "authority_desk",
        "demand:waits",
        demands.record,
        demand=row.id,
        step=DemandStep.WAITING,
        told=_told(
            6, "The hosting is somebody else's", "The vendor must open a place for it first."
        ),
        waits=Waits(find_organization(VENDOR.slug)),
    )


def _notify(world: World, authority: UUID) -> None:
    row = world.act(
        "authority_desk",
        "notice",
        notices.record,
        notified=Notified(
            authority=authority,
            notifier=find_organization(DEVELOPER.slug),
            ai_model=AIModel.objects.get(slug=SENTINEL).id,
            told_at=_days_before(7),
        ),
        told=_told(
            7, "Sentinel is notified before its preview", "Invented; no rule asked for it."
        ),
    )
    world.act(
        "authority_desk",
        "notice:answer",
        notices.answer,
        notice=row.id,
        reply=NoticeReply.RECEIVED,
        told=_told(4, "Receipt confirmed", "Under the invented number SR-1."),
    )


def _told(days: int, title: str, words: str, *, marking: Marking = Marking.OPEN) -> Told:
    return Told(title=title, words=words, happened_at=_days_before(days), marking=marking)


def _days_before(days: int) -> dt.datetime:
    """So many days before the terms were published, from which this world's dates count."""
    return find_terms().published_at - days * _DAY
