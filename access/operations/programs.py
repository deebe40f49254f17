"""Programs, their tiers and their terms."""

import datetime as dt
from hashlib import sha256
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access.choices import Action, ProgramStatus
from access.events import Event
from access.models import Program, ProgramVersion, TermsEdition, Tier
from registry import audit
from registry.choices import Role
from registry.commands import Command, command, lock, read_clock, touch
from registry.constraints import violation_means
from registry.errors import Conflict, Invalid, NotFound, WorldsApart
from registry.models import AIModel, Organization
from registry.policies import check_role
from registry.versions import change_from, open_version, span


class ProgramKnown(Conflict):
    code = "program_known"
    text = _("There is a program “%(slug)s” already.")


class TierKnown(Conflict):
    code = "tier_known"
    text = _("The program has a tier “%(slug)s” already.")


class ProgramOver(Conflict):
    code = "program_ended"
    text = _("The program has ended.")


class TierAllowsNothing(Invalid):
    code = "tier_allows_nothing"
    text = _("A tier needs at least one action and one model.")


@command
def register(
    command: Command,
    *,
    slug: str,
    name: str,
    developer: UUID,
    status: ProgramStatus,
    since: dt.datetime | None = None,
    synthetic: bool = False,
) -> Program:
    """A new program. Raises RoleMissing, NotFound, WorldsApart, ProgramKnown."""
    check_role(command.by, Role.ADMINISTRATOR, Role.INTAKE)
    organization = lock(
        Organization.objects.visible_to(command.by), developer, command, what="organization"
    )
    if organization.synthetic != synthetic:
        raise WorldsApart
    clock = read_clock(command)
    row = Program(
        slug=slug, name=name, developer=organization, synthetic=synthetic, changed_at=clock.at
    )
    with violation_means("access_program_slug_key", ProgramKnown(slug=slug)):
        row.save(force_insert=True)
    version = ProgramVersion(program=row, name=name, status=status, valid=span(since))
    open_version(version, recorded=clock.recorded)
    audit.record(
        Event.PROGRAM_REGISTERED, row, command, occurred_at=clock.at, slug=slug, status=status
    )
    return row


@command
def change_status(command: Command, *, program: UUID, status: ProgramStatus) -> Program:
    """From this commit on the program takes requests, or does not, or has ended for good.

    Raises RoleMissing, NotFound, Stale, ProgramOver.
    """
    check_role(command.by, Role.ADMINISTRATOR)
    row = lock(Program.objects.all(), program, command, what="program")
    clock = read_clock(command, row)
    current = row.versions.current().get(valid__upper_inf=True)
    if current.status == ProgramStatus.ENDED:
        raise ProgramOver
    change_from(current, at=clock.end, recorded=clock.recorded, status=status)
    touch(row, clock)
    audit.record(Event.PROGRAM_CHANGED, row, command, occurred_at=clock.recorded, status=status)
    return row


@command
def add_tier(
    command: Command,
    *,
    program: UUID,
    slug: str,
    name: str,
    actions: tuple[Action, ...],
    ai_models: tuple[str, ...],
    review_policy: str,
    description: str = "",
    grant_days: int | None = None,
) -> Program:
    """A tier: what a grant in it allows, for which models (slugs), and by which policy it is reviewed.

    Raises RoleMissing, NotFound (program, model), TierAllowsNothing, WorldsApart, TierKnown.
    """
    check_role(command.by, Role.ADMINISTRATOR)
    row = lock(Program.objects.all(), program, command, what="program")
    if not actions or not ai_models:
        raise TierAllowsNothing
    models = AIModel.objects.in_bulk(ai_models, field_name="slug")
    if missing := set(ai_models) - models.keys():
        raise NotFound("model", slug=min(missing))
    if any(model.synthetic != row.synthetic for model in models.values()):
        raise WorldsApart
    clock = read_clock(command, row)
    tier = Tier(
        program=row,
        slug=slug,
        name=name,
        description=description,
        actions=sorted(set(actions)),
        review_policy=review_policy,
        grant_days=grant_days,
        changed_at=clock.at,
    )
    with violation_means("tier_slug_once_per_program", TierKnown(slug=slug)):
        tier.save(force_insert=True)
    tier.ai_models.set(models.values())
    touch(row, clock)
    audit.record(
        Event.TIER_REGISTERED,
        row,
        command,
        occurred_at=clock.at,
        tier=tier.id,
        slug=slug,
        actions=tier.actions,
        models=sorted(ai_models),
        review_policy=review_policy,
        grant_days=grant_days,
    )
    return row


@command
def publish_terms(
    command: Command,
    *,
    program: UUID,
    title: str,
    body: str,
    required_from: dt.datetime | None = None,
) -> Program:
    """The next edition of the program's terms, binding from now on or from a later moment.

    Raises RoleMissing, NotFound, Stale.
    """
    check_role(command.by, Role.ADMINISTRATOR)
    row = lock(Program.objects.all(), program, command, what="program")
    clock = read_clock(command, row)
    edition = TermsEdition.objects.create(
        program=row,
        number=row.terms.count() + 1,
        title=title,
        body=body,
        sha256=sha256(body.encode()).hexdigest(),
        published_at=clock.recorded,
        required_from=clock.start(required_from),
        changed_at=clock.at,
    )
    touch(row, clock)
    audit.record(
        Event.TERMS_PUBLISHED,
        row,
        command,
        occurred_at=clock.recorded,
        edition=edition.number,
        sha256=edition.sha256,
        required_from=edition.required_from,
    )
    return row
