"""A synthetic duty to notify, met: from the facts that open it to the acknowledgement of what was sent."""

from notifications.models import Obligation
from notifications.operations import (
    duties,
    filings,
    filings_answers,
    filings_dispatch,
    filings_review,
)
from notifications.operations.filings_dispatch import Way
from registry.choices import Anchor, Channel, DutyHolderKind, Precision, Trigger
from registry.models import AIModel, Authority, DutyHolderStatus, Mandate, Occurrence, Organization
from registry.operations import authority_channels, duty_holders, mandates, occurrences
from registry.operations.moments import MomentSaid
from seeds.worlds.demo.acting import World, find_organization
from seeds.worlds.demo.names import DEVELOPER, LANTERN, REGULATOR
from seeds.worlds.demo.setting import find_terms

RULE, RECIPIENT = "eu-52.1", "eu-ai-office"
PORTAL = "https://portal.synthetic-regulator.invalid/"
NUMBER = "SYNTHETIC-2026-0001"


def tell(world: World) -> None:
    """The developer foresees that a model meets the condition of Article 51, and tells its regulator in time."""
    authority = _find_recipient(world)
    _bind(world)
    about = _report(world)
    world.act("authority_desk", "notification:assess", duties.assess, occurrence=about.id)
    duty = Obligation.objects.get(occurrence=about, rule__slug=RULE, recipient=RECIPIENT)
    row = world.act("authority_desk", "notification:draft", filings.draft, obligation=duty.id)
    world.act("authority_desk2", "notification:review", filings_review.review, filing=row.id)
    world.act("decider", "notification:sign", filings_review.sign, filing=row.id)
    world.act(
        "authority_desk",
        "notification:channel",
        authority_channels.state,
        authority=authority.id,
        channel=Channel.PORTAL,
        address=PORTAL,
        basis="Its invented page on notifications",
    )
    world.act(
        "authority_desk",
        "notification:dispatch",
        filings_dispatch.dispatch,
        filing=row.id,
        way=Way(Channel.PORTAL, PORTAL, "Invented ticket 0001"),
    )
    world.act(
        "authority_desk",
        "notification:receive",
        filings_answers.receive,
        filing=row.id,
        reference="The portal's invented receipt",
    )
    world.act(
        "authority_desk",
        "notification:acknowledge",
        filings_answers.acknowledge,
        filing=row.id,
        number=NUMBER,
    )


def _find_recipient(world: World) -> Authority:
    """Who receives for the AI Office in the synthetic world: the regulator, unless somebody does already."""
    known = Mandate.objects.filter(key=RECIPIENT, synthetic=True, ended_at__isnull=True).first()
    if known is not None:
        return known.authority
    regulator = Authority.objects.get(organization__slug=REGULATOR.slug)
    world.act(
        "authority_desk",
        f"mandate:{RECIPIENT}",
        mandates.register,
        key=RECIPIENT,
        authority=regulator.id,
        basis="Invented: it stands in for the AI Office in this demonstration",
    )
    return regulator


def _bind(world: World) -> None:
    developer = Organization.objects.get(slug=DEVELOPER.slug)
    stated = DutyHolderStatus.objects.current().filter(
        organization=developer, kind=DutyHolderKind.GPAI_PROVIDER
    )
    if not stated.exists():
        world.act(
            "authority_desk",
            "status:provider",
            duty_holders.state,
            organization=developer.id,
            kind=DutyHolderKind.GPAI_PROVIDER,
            holds=True,
            evidence="Invented for this demonstration",
        )


def _report(world: World) -> Occurrence:
    return world.act(
        "authority_desk",
        "notification:occurrence",
        occurrences.report,
        kind=Trigger.TRAINING_COMPUTE,
        title="Synthetic Lantern 1 will pass the threshold of compute",
        duty_holder=find_organization(DEVELOPER.slug),
        details={
            "flop": "2.3e25",
            "method": "From invented hours of hardware, with an assumed utilization of 40 %.",
            "foreseen": True,
        },
        ai_model=AIModel.objects.get(slug=LANTERN).id,
        moments=(
            MomentSaid(
                Anchor.FORESEEN,
                find_terms().published_at,
                zone="Europe/Brussels",
                precision=Precision.HOUR,
                evidence="Invented minutes of a planning meeting",
            ),
        ),
    )
