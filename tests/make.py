"""What tests need to exist, made through the operations, with as little said as the test cares about.

One module, because it is one vocabulary: every test reads `make.grant()`, whatever it is about.
"""

import datetime as dt
import itertools
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import transaction

from access.choices import (
    Action,
    DecisionReason,
    Finding,
    Origin,
    PrimaryPurpose,
    ProgramStatus,
    RequestStatus,
)
from access.models import AccessRequest, Grant, Program, ReviewPolicy, Tier
from access.operations import programs, questions, requests, review_policies, reviews
from access.operations.issuing import _open_items
from access.operations.on_behalf import Asked
from access.operations.rulings import Ruling
from registry.actors import SYSTEM, Actor, ActorKind, Command
from registry.choices import ClientKind, ModelStage, OrganizationKind, Role
from registry.commands import read_clock
from registry.models import AIModel, Member, Organization, User, VersionRow
from registry.operations import ai_models, clients, members, organizations, users
from registry.operations.organizations import OrganizationProfile

MORNING = dt.datetime(2026, 7, 1, 9, 0, tzinfo=dt.UTC)
PASSWORD = "correct horse battery"
_numbers = itertools.count(1)


def by(actor: Actor, at: dt.datetime = MORNING, **more: object) -> Command:
    """A command of this actor, at this moment."""
    return Command(by=actor, at=at, request_id=f"test-{next(_numbers)}", **more)  # type: ignore[arg-type]


def user() -> User:
    """A new member of staff without a role."""
    number = next(_numbers)
    return User.objects.create(
        username=f"person{number}",
        display_name=f"Person {number}",
        email=f"person{number}@concordat.invalid",
        password="!",
        changed_at=MORNING,
    )


def staff(*roles: Role) -> Actor:
    """A new member of staff who holds exactly these roles."""
    return Actor(ActorKind.USER, user().id, roles=frozenset(roles))


def administrator() -> User:
    """The first administrator, by the one way that needs nobody's role."""
    return users.enroll_first_administrator(
        by(SYSTEM),
        username="root",
        display_name="First administrator",
        email="root@concordat.invalid",
        password=PASSWORD,
    ).value


def organization(
    slug: str | None = None, *, synthetic: bool = False, undisclosed: bool = False, **more: object
) -> Organization:
    """A new organization in good standing. `more` goes into its profile."""
    number = next(_numbers)
    profile = {
        "slug": slug or f"organization{number}",
        "name": f"Organization {number}",
        "kind": OrganizationKind.COMPANY,
    }
    return organizations.register(
        by(staff(Role.INTAKE)),
        profile=OrganizationProfile(**(profile | more)),  # type: ignore[arg-type]
        synthetic=synthetic,
        undisclosed=undisclosed,
    ).value


def developer() -> Organization:
    """A developer of models, whose own gateways may ask about anyone."""
    return organization(kind=OrganizationKind.DEVELOPER)


ASKED = Asked(by="Head of security", evidence="Letter of 29 June")
POLICY = {
    "assessments": 1,
    "four_eyes": True,
    "countersigned": False,
    "blocking": {"stances": ["objects"], "legal_forces": ["law", "order"]},
}


def client(
    of: Organization,
    *scopes: str,
    kind: ClientKind = ClientKind.PARTNER,
    surfaces: tuple[str, ...] = (),
) -> Actor:
    """A program that speaks for the organization, as an actor."""
    registered = clients.register(
        by(staff(Role.ADMINISTRATOR)),
        organization=of.id,
        name=f"Client of {of.slug}",
        kind=kind,
        scopes=scopes,
        secret=clients.make_secret(),
        surfaces=surfaces,
    ).value
    return registered.as_actor(frozenset(scopes))


def ai_model(slug: str | None = None, developer: Organization | None = None) -> AIModel:
    """A model in preview."""
    return ai_models.register(
        by(staff(Role.INTAKE)),
        slug=slug or f"model{next(_numbers)}",
        name="Model",
        developer=(developer or organization()).id,
        stage=ModelStage.PREVIEW,
    ).value


def policy(slug: str = "standard", **changes: object) -> ReviewPolicy:
    """A review policy in force, by two people's act."""
    proposed = review_policies.propose(
        by(staff(Role.ADMINISTRATOR)), slug=slug, document=POLICY | changes
    ).value
    return review_policies.enact(by(staff(Role.ADMINISTRATOR)), policy=proposed.id).value


def program(**more: Any) -> Program:
    """A program that takes requests."""
    said = {
        "slug": f"program{next(_numbers)}",
        "name": "Program",
        "status": ProgramStatus.OPEN,
    } | more
    developer = said.pop("developer", None) or organization()
    return programs.register(by(staff(Role.ADMINISTRATOR)), developer=developer.id, **said).value


def tier(of: Program | None = None, *models: AIModel, **more: Any) -> Tier:
    """A tier that allows to invoke and to evaluate, reviewed by the standard policy."""
    parent = of or program()
    number = next(_numbers)
    said = {
        "slug": f"tier{number}",
        "name": "Tier",
        "actions": (Action.INVOKE, Action.EVALUATE),
        "review_policy": "standard",
    } | more
    slugs = tuple(model.slug for model in models or (ai_model(developer=parent.developer),))
    programs.add_tier(by(staff(Role.ADMINISTRATOR)), program=parent.id, ai_models=slugs, **said)
    if not ReviewPolicy.objects.filter(slug=said["review_policy"]).exists():
        policy(said["review_policy"])
    return Tier.objects.get(program=parent, slug=said["slug"])


def draft(
    of: Organization | None = None, at_tier: Tier | None = None, **more: Any
) -> AccessRequest:
    """A draft that intake wrote on the organization's behalf."""
    said: dict[str, Any] = {
        "purpose": PrimaryPurpose.USE,
        "justification": "To harden what we run.",
        "asked": ASKED,
    } | more
    return requests.draft(
        by(staff(Role.INTAKE)),
        organization=(of or organization()).id,
        tier=(at_tier or tier()).id,
        **said,
    ).value


def submitted(
    of: Organization | None = None, at_tier: Tier | None = None, **more: Any
) -> AccessRequest:
    """A request handed in, with the terms accepted that bind."""
    row = draft(of, at_tier, **more)
    edition = row.tier.program.terms.order_by("-number").first()
    return requests.submit(
        by(staff(Role.INTAKE)),
        request=row.id,
        accepts_terms=None if edition is None else edition.number,
    ).value


def in_review(
    of: Organization | None = None, at_tier: Tier | None = None, **more: Any
) -> AccessRequest:
    """A request in somebody's hands."""
    return requests.take_up(
        by(staff(Role.REVIEWER)), request=submitted(of, at_tier, **more).id
    ).value


def assessed(
    of: Organization | None = None, at_tier: Tier | None = None, **more: Any
) -> AccessRequest:
    """A request in review that one reviewer supports."""
    row = in_review(of, at_tier, **more)
    return reviews.assess(
        by(staff(Role.REVIEWER)), request=row.id, finding=Finding.SUPPORTS, reasons="Sound."
    ).value


def ruling(**more: Any) -> Ruling:
    """The words of a decision."""
    said = {"reason": DecisionReason.CRITERIA_MET, "applicant_text": "Welcome."} | more
    return Ruling(**said)


def grant(of: Organization | None = None, at_tier: Tier | None = None, **more: Any) -> Grant:
    """A grant in force, issued by a decision. `more` goes into the ruling."""
    row = assessed(of, at_tier)
    reviews.approve(by(staff(Role.DECIDER)), request=row.id, ruling=ruling(**more))
    return Grant.objects.get(request=row)


def request_in(status: RequestStatus) -> AccessRequest:
    """A request that has come to this status by its steps."""
    return _MAKERS[status]()


def _returned() -> AccessRequest:
    return requests.return_(
        by(staff(Role.REVIEWER)), request=in_review().id, note="Say more."
    ).value


def _question_open() -> AccessRequest:
    return questions.ask(by(staff(Role.REVIEWER)), request=in_review().id, question="Why?").value


def _on_hold() -> AccessRequest:
    return requests.hold(by(staff(Role.REVIEWER)), request=in_review().id, note="Later.").value


def _disputed() -> AccessRequest:
    return reviews.escalate(
        by(staff(Role.REVIEWER)), request=in_review().id, reason="Unclear."
    ).value


def awaiting_countersignature() -> AccessRequest:
    """An approval that waits for a second person's signature."""
    policy("double", countersigned=True)
    row = assessed(None, tier(review_policy="double"))
    return reviews.approve(by(staff(Role.DECIDER)), request=row.id, ruling=ruling()).value


def _approved() -> AccessRequest:
    return reviews.approve(by(staff(Role.DECIDER)), request=assessed().id, ruling=ruling()).value


def declined() -> AccessRequest:
    """A request ruled against."""
    words = ruling(reason=DecisionReason.CAPACITY, applicant_text="Not now.")
    return reviews.decline(by(staff(Role.DECIDER)), request=assessed().id, ruling=words).value


def _withdrawn() -> AccessRequest:
    return requests.withdraw(by(staff(Role.INTAKE)), request=submitted().id).value


_MAKERS: dict[RequestStatus, Callable[[], AccessRequest]] = {
    RequestStatus.DRAFT: draft,
    RequestStatus.SUBMITTED: submitted,
    RequestStatus.IN_REVIEW: in_review,
    RequestStatus.RETURNED: _returned,
    RequestStatus.QUESTION_OPEN: _question_open,
    RequestStatus.ON_HOLD: _on_hold,
    RequestStatus.DISPUTED: _disputed,
    RequestStatus.AWAITING_COUNTERSIGNATURE: awaiting_countersignature,
    RequestStatus.APPROVED: _approved,
    RequestStatus.DECLINED: declined,
    RequestStatus.WITHDRAWN: _withdrawn,
}


def terms(of: Program, **more: Any) -> Program:
    """The program's next edition of terms, binding from now on."""
    return programs.publish_terms(
        by(staff(Role.ADMINISTRATOR)), program=of.id, title="Terms", body="Be careful.", **more
    ).value


def same(key: str, *roles: Role) -> Actor:
    """The member of staff with this key, in these roles."""
    return Actor(ActorKind.USER, UUID(key.removeprefix("user:")), roles=frozenset(roles))


def imported_grant(*, days_ago: int, ended_days_ago: int | None = None) -> Grant:
    """A grant from the operator's own records, that began and perhaps ended in the past."""
    now = dt.datetime.now(dt.UTC)
    at_tier = tier()
    row = Grant.objects.create(
        organization=organization(),
        program=at_tier.program,
        tier=at_tier,
        purpose=PrimaryPurpose.USE,
        origin=Origin.IMPORTED,
        external_reference=f"record-{next(_numbers)}",
        issued_by="user:records",
        issued_at=now,
        changed_at=MORNING,
    )
    ends_at = None if ended_days_ago is None else now - dt.timedelta(days=ended_days_ago)
    with transaction.atomic():
        _open_items(
            row,
            starts_at=now - dt.timedelta(days=days_ago),
            ends_at=ends_at,
            recorded=read_clock(by(SYSTEM)).recorded,
        )
    return row


def start_of(row: VersionRow) -> dt.datetime:
    """When what the row says begins to hold."""
    moment = row.valid.lower
    assert isinstance(moment, dt.datetime)
    return moment


def end_of(row: VersionRow) -> dt.datetime:
    """When what the row says no longer holds."""
    moment = row.valid.upper
    assert isinstance(moment, dt.datetime)
    return moment


def member(of: Organization, reference: str) -> Member:
    """A member known by this reference."""
    return members.enroll(by(staff(Role.INTAKE)), organization=of.id, reference=reference).value


def release(ai_model: str, slug: str) -> None:
    """A released version of the model."""
    ai_models.register_release(
        by(staff(Role.INTAKE)),
        ai_model=AIModel.objects.get(slug=ai_model).id,
        slug=slug,
        label=slug,
        released_at=MORNING,
    )


def recorded_grant(
    of: Organization | None = None,
    at_tier: Tier | None = None,
    *,
    surfaces: tuple[str, ...] = (),
    seconds: float | None = None,
) -> Grant:
    """A grant from the operator's own records: in force, on these surfaces, for so many seconds from now."""
    at_tier = at_tier or tier()
    row = Grant.objects.create(
        organization=of or organization(),
        program=at_tier.program,
        tier=at_tier,
        purpose=PrimaryPurpose.USE,
        origin=Origin.IMPORTED,
        external_reference=f"record-{next(_numbers)}",
        issued_by="user:records",
        issued_at=dt.datetime.now(dt.UTC),
        changed_at=MORNING,
    )
    with transaction.atomic():
        recorded = read_clock(by(SYSTEM)).recorded
        _open_items(
            row,
            starts_at=recorded,
            ends_at=None if seconds is None else recorded + dt.timedelta(seconds=seconds),
            recorded=recorded,
            surfaces=surfaces,
        )
    return row
