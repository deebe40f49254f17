"""Authorities that are invented, a developer whom every rule binds, and an incident worked through part of the way."""

import datetime as dt

from notifications.models import ObligationQuestion
from notifications.operations import duties, questions
from registry.choices import Anchor, Channel, DutyHolderKind, Harm, Involvement
from registry.models import AIModel, Authority, Incident, Mandate
from registry.operations import authorities, duty_holders, incidents, mandates
from registry.operations.authorities import Competent
from registry.operations.incidents import Classification
from registry.operations.moments import MomentSaid
from seeds.worlds.demo.acting import World, find_organization
from seeds.worlds.demo.names import AUTHORITIES, DEVELOPER, SENTINEL
from seeds.worlds.demo.setting import find_terms

INCIDENT = "Synthetic incident: an agent opened valves in a test plant"
_HOUR = dt.timedelta(hours=1)
_KNOWN_FIRST = "An invented agent, set to look after an invented plant, opened valves that it was told to keep shut."
_KNOWN_THEN = f"{_KNOWN_FIRST} Two people who do not exist were hurt. The agent had gone on after it was told to stop."


def work_on_incident(world: World) -> None:
    """Its clocks run, one question is answered, and others wait for somebody."""
    _register_authorities(world)
    for kind in DutyHolderKind:
        world.act(
            "authority_desk",
            f"duty-holder:{kind}",
            duty_holders.state,
            organization=find_organization(DEVELOPER.slug),
            kind=kind,
            holds=True,
            evidence="Invented for this demonstration",
        )
    row = _report(world)
    duties.assess(world.command("authority_desk"), incident=row.id)
    _answer_one(world, row)


def _register_authorities(world: World) -> None:
    for key, named in AUTHORITIES.items():
        organization = find_organization(named.slug)
        row = Authority.objects.filter(organization=organization).first()
        if row is None:
            row = authorities.register(
                world.command("authority_desk"),
                organization=organization,
                competences=(Competent(named.seat, f"Invented: receives what is told to {key}"),),
                channels=((Channel.PORTAL, f"https://{named.slug}.invalid/"),),
            ).value
        if not Mandate.objects.filter(key=key, synthetic=True, ended_at=None).exists():
            mandates.register(
                world.command("authority_desk"),
                key=key,
                authority=row.id,
                basis="Invented for this demonstration",
            )


def _report(world: World) -> Incident:
    """Told by whoever may stop, at night, with little known; then by the desk, with more."""
    learned = find_terms().published_at - _HOUR
    model = AIModel.objects.get(slug=SENTINEL)
    row = world.act(
        "restrictor",
        "incident",
        incidents.report,
        title=INCIDENT,
        duty_holder=find_organization(DEVELOPER.slug),
        said=Classification(_KNOWN_FIRST, ai_models=(model.id,)),
        moments=tuple(
            MomentSaid(anchor, learned, "America/Los_Angeles", evidence="An invented call")
            for anchor in (Anchor.AWARE, Anchor.DISCOVERED)
        ),
    )
    world.act(
        "authority_desk",
        "incident:classify",
        incidents.classify,
        incident=row.id,
        said=Classification(
            _KNOWN_THEN,
            began_at=learned - _HOUR,
            ai_models=(model.id,),
            harms=(Harm.BODILY_INJURY, Harm.HEALTH_SERIOUS),
            model_involved=Involvement.ESTABLISHED,
            deaths=0,
            injuries=2,
            loss_of_control=True,
            internal_use=False,
        ),
    )
    return world.act(
        "authority_desk",
        "incident:contain",
        incidents.contain,
        incident=row.id,
        containment="The invented plant runs by hand; the agent's access to it is taken away.",
    )


def _answer_one(world: World, row: Incident) -> None:
    """Whether a risk is imminent was the first that somebody looked into."""
    asked = ObligationQuestion.objects.filter(
        incident=row, answer="", missing__contains=["incident.imminent_risk"]
    )
    for question in asked.order_by("rule__slug", "id"):
        questions.answer(
            world.command("authority_desk"),
            question=question.id,
            applies=False,
            reason="The valves are shut and locked: nobody is in danger any more. (Invented.)",
        )
