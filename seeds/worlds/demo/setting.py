"""Where the demonstration plays: places, organizations, models, review policies, the program and its tiers."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from access.choices import Action, ProgramStatus
from access.models import Program, ReviewPolicy, TermsEdition, Tier
from access.operations import programs, review_policies
from registry.choices import (
    JurisdictionKind,
    JurisdictionRole,
    ModelStage,
    RelationKind,
)
from registry.models import AIModel, Contact, Jurisdiction, ModelRelease, Organization
from registry.operations import ai_models, contacts, jurisdictions, organizations, relations
from registry.operations.organizations import OrganizationProfile
from seeds.shipped import enact_shipped, propose_shipped
from seeds.worlds import glasswing
from seeds.worlds.demo.acting import World, find_organization
from seeds.worlds.demo.names import (
    AUTHORITIES,
    DEFENSE,
    DEVELOPER,
    EVALUATION,
    LANTERN,
    PROGRAM,
    REGULATOR,
    RESEARCH,
    SENTINEL,
    VENDOR,
    Named,
    Part,
)
from seeds.worlds.reading import read_moment

_MONTH = dt.timedelta(days=30)
_PLACES = ("us", "gb", "kr", "eu", "fr", "de")
_HERE = Path(__file__).resolve().parent
_POLICIES = {
    "standard": _HERE.parent.parent / "policies" / "standard.yaml",
    "countersigned": _HERE / "countersigned.yaml",
    "standstill": _HERE / "standstill.yaml",
}
_TERMS = (
    "These terms are synthetic and bind nobody. The models of this program are used for the defense of "
    "systems that one runs or has been asked to test. Findings are told to those they concern before anyone "
    "else. Access is not passed on."
)


def set_up(world: World) -> None:
    """Everything that requests and grants are about. What is there already stays as it is."""
    _register_places(world)
    for named in world.each(
        "organizations",
        [DEVELOPER, VENDOR, REGULATOR, *AUTHORITIES.values(), *world.size.partners()],
    ):
        _register_organization(world, named)
    _register_models(world)
    _enact_policies(world)
    _enact_rules(world)
    _open_program(world)
    for part in (Part.IN_FORCE, Part.EXEMPTED):
        world.act(
            "intake",
            f"hosting:{part.slug}",
            relations.register,
            subject=find_organization(VENDOR.slug),
            kind=RelationKind.HOSTS,
            to=find_organization(part.slug),
        )


def find_tier(slug: str) -> Tier:
    return Tier.objects.select_related("program").get(program__slug=PROGRAM, slug=slug)


def find_terms() -> TermsEdition:
    """The edition that everybody accepts. Its publication is the moment that the world's dates count from."""
    return TermsEdition.objects.get(program__slug=PROGRAM, number=1)


def _register_places(world: World) -> None:
    """Real jurisdictions, as the real story tells them: whichever world comes first registers them."""
    rows = yaml.safe_load((glasswing.FOLDER / "jurisdictions.yaml").read_text(encoding="utf-8"))
    wanted = {row["slug"]: row for row in rows["jurisdictions"] if row["slug"] in _PLACES}
    for slug in _PLACES:
        if Jurisdiction.objects.filter(slug=slug).exists():
            continue
        said = wanted[slug]
        jurisdictions.register(
            world.command("intake"),
            slug=slug,
            name=said["name"],
            kind=JurisdictionKind(said.get("kind", JurisdictionKind.STATE)),
            member_of={
                whole: read_moment(since) for whole, since in said.get("member_of", {}).items()
            },
        )


def _register_organization(world: World, named: Named) -> None:
    row = Organization.objects.filter(slug=named.slug).first()
    if row is None:
        profile = OrganizationProfile(
            slug=named.slug,
            name=named.name,
            kind=named.kind,
            legal_name=f"{named.name} (invented)",
            jurisdictions=(
                (named.seat, JurisdictionRole.SEAT),
                *((place, JurisdictionRole.SUBSIDIARY) for place in named.subsidiaries),
            ),
            identifiers=named.identifiers,
        )
        row = organizations.register(
            world.command("intake"), profile=profile, synthetic=True
        ).value
    if not Contact.objects.filter(organization=row, email=named.email).exists():
        contacts.register(
            world.command("intake"),
            organization=row.id,
            name=f"Contact of {named.name}",
            email=named.email,
        )


def _register_models(world: World) -> None:
    for slug, name in ((SENTINEL, "Synthetic Sentinel 1"), (LANTERN, "Synthetic Lantern 1")):
        if not AIModel.objects.filter(slug=slug).exists():
            ai_models.register(
                world.command("intake"),
                slug=slug,
                name=name,
                developer=find_organization(DEVELOPER.slug),
                stage=ModelStage.PREVIEW,
                identifiers=(f"synthetic-cloud:{slug}",),
                synthetic=True,
            )
    model = AIModel.objects.get(slug=SENTINEL)
    for number in (1, 2):
        slug = f"{SENTINEL}.{number}".replace(".", "-")
        if not ModelRelease.objects.filter(slug=slug).exists():
            command = world.command("intake")
            ai_models.register_release(
                command,
                ai_model=model.id,
                slug=slug,
                label=f"Synthetic Sentinel 1.{number}",
                released_at=command.at - (3 - number) * _MONTH,
                identifiers=(f"synthetic-cloud:{slug}",),
            )


def _enact_policies(world: World) -> None:
    """Proposed by one administrator, enacted by another. An edition in force stays the one in force."""
    for slug, path in _POLICIES.items():
        if ReviewPolicy.objects.filter(slug=slug, enacted_at__isnull=False).exists():
            continue
        document: Mapping[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        proposed = world.act(
            "administrator",
            f"policy:{slug}",
            review_policies.propose,
            slug=slug,
            document=document,
        )
        world.act("administrator2", f"policy:{slug}", review_policies.enact, policy=proposed.id)


def _enact_rules(world: World) -> None:
    """The rules and holiday tables that are shipped: they are real, and hold for both worlds."""
    proposed = propose_shipped(world.command("administrator"))
    outcomes = enact_shipped(world.command("administrator2"))
    for outcome in outcomes:
        if outcome.refusal is not None:
            raise outcome.refusal
    world.tell(
        f"demo: rules and holiday tables: {len(outcomes)} put in force, {proposed.unchanged} there before"
    )


def _open_program(world: World) -> None:
    row = Program.objects.filter(slug=PROGRAM).first()
    if row is None:
        row = programs.register(
            world.command("administrator"),
            slug=PROGRAM,
            name="Synthetic Preview",
            developer=find_organization(DEVELOPER.slug),
            status=ProgramStatus.OPEN,
            synthetic=True,
        ).value
    world.act(
        "administrator",
        f"tier:{DEFENSE}",
        programs.add_tier,
        program=row.id,
        slug=DEFENSE,
        name="Synthetic tier: defense",
        description="For those who defend what they run. Approvals are countersigned.",
        actions=(Action.INVOKE, Action.EVALUATE),
        ai_models=(SENTINEL, LANTERN),
        review_policy="countersigned",
        grant_days=180,
    )
    world.act(
        "administrator",
        f"tier:{EVALUATION}",
        programs.add_tier,
        program=row.id,
        slug=EVALUATION,
        name="Synthetic tier: evaluation",
        description="For those who evaluate the model and do not use it.",
        actions=(Action.EVALUATE,),
        ai_models=(SENTINEL,),
        review_policy="standard",
        grant_days=90,
    )
    world.act(
        "administrator",
        f"tier:{RESEARCH}",
        programs.add_tier,
        program=row.id,
        slug=RESEARCH,
        name="Synthetic tier: research",
        description="For those who study the model. Grants wait before they open.",
        actions=(Action.EVALUATE,),
        ai_models=(SENTINEL,),
        review_policy="standstill",
        grant_days=90,
    )
    world.act(
        "administrator",
        "terms",
        programs.publish_terms,
        program=row.id,
        title="Terms of the Synthetic Preview",
        body=_TERMS,
    )
