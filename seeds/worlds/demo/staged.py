"""A tier that is reviewed in stages, and one request to it: screened, and disputed by an objection."""

from pathlib import Path

import yaml

from access.choices import Action, Finding, PrimaryPurpose
from access.models import AccessRequest, Program, ReviewPolicy, Team, Tier
from access.operations import programs, requests, review_policies, reviews, teams
from seeds.worlds.demo.acting import World
from seeds.worlds.demo.handling import draft
from seeds.worlds.demo.names import EXPANSION, PROGRAM, SENTINEL

POLICY = "high-tier"
RED_TEAM = "synthetic-red-team"
_DOCUMENT = Path(__file__).resolve().parent.parent.parent / "policies" / f"{POLICY}.yaml"
_TEAMS = {"security": ("Security", "reviewer2"), "legal": ("Legal", "authority_desk")}
_KEY = "staged"


def review(world: World) -> None:
    """Teams, the policy, the tier and the request. What is there already stays as it is."""
    _put_together(world)
    _enact(world)
    _add_tier(world)
    _ask(world)


def _put_together(world: World) -> None:
    for slug, (name, member) in _TEAMS.items():
        if Team.objects.filter(slug=slug).exists():
            continue
        row = world.act("administrator", f"team:{slug}", teams.found, slug=slug, name=name)
        person = world.staff[member].id
        assert person is not None  # the staff of this world are people
        world.act("administrator", f"team:{slug}:{member}", teams.join, team=row.id, user=person)


def _enact(world: World) -> None:
    if ReviewPolicy.objects.filter(slug=POLICY, enacted_at__isnull=False).exists():
        return
    proposed = world.act(
        "administrator",
        f"policy:{POLICY}",
        review_policies.propose,
        slug=POLICY,
        document=yaml.safe_load(_DOCUMENT.read_text(encoding="utf-8")),
    )
    world.act("administrator2", f"policy:{POLICY}", review_policies.enact, policy=proposed.id)


def _add_tier(world: World) -> None:
    world.act(
        "administrator",
        f"tier:{RED_TEAM}",
        programs.add_tier,
        program=Program.objects.get(slug=PROGRAM).id,
        slug=RED_TEAM,
        name="Synthetic tier: red team",
        description="For those who test what they are asked to test. Reviewed in stages.",
        actions=(Action.INVOKE, Action.EVALUATE),
        ai_models=(SENTINEL,),
        review_policy=POLICY,
        grant_days=90,
    )


def _ask(world: World) -> None:
    """One reviewer finds it sound, and the security team opposes: somebody must resolve that."""
    line = AccessRequest.objects.filter(expansion__slug=EXPANSION).order_by("organization__slug")
    tier = Tier.objects.get(program__slug=PROGRAM, slug=RED_TEAM)
    row = draft(
        world,
        slug=line[0].organization.slug,
        tier=tier,
        purpose=PrimaryPurpose.EVALUATION,
        key=_KEY,
    )
    world.act("intake", f"{_KEY}:submit", requests.submit, request=row.id, accepts_terms=1)
    world.act("reviewer", f"{_KEY}:take_up", requests.take_up, request=row.id)
    findings = (
        (
            "reviewer",
            "screening",
            Finding.SUPPORTS,
            "Complete, and nothing against looking closer.",
        ),
        ("reviewer", "purpose", Finding.SUPPORTS, "The systems named are the organization's own."),
        ("reviewer2", "security", Finding.OPPOSES, "Who may start a test is not settled."),
    )
    for who, stage, finding, reasons in findings:
        world.act(
            who,
            f"{_KEY}:{stage}",
            reviews.assess,
            request=row.id,
            finding=finding,
            reasons=reasons,
            stage=stage,
        )
