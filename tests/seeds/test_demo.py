"""The demonstration world: small, of default size, and finished after having been interrupted again and again.

One module, because each of the three worlds is made once and read by every class.
"""

import datetime as dt
import itertools
import json
import stat
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from access.choices import GrantEndKind, ItemStanding, LegalForce, Origin, Reason, RequestStatus
from access.models import (
    AccessRequest,
    ConditionCampaign,
    Expansion,
    Grant,
    GrantItem,
    LineBatch,
    PositionVersion,
    Program,
    Recertification,
    Restriction,
    RestrictionVersion,
    ReviewPolicy,
    Tier,
    WaitingPeriodVersion,
)
from access.operations import reviews
from access.operations.position_weighing import PositionBlocks
from access.policies import read_policy
from access.queries.campaigns import measure_progress
from access.queries.decisions import Asked, evaluate
from access.queries.effects import measure_effect
from access.queries.eligibility import assess_tier
from access.queries.endings import list_to_do
from access.queries.expansion_lines import list_line_requests, view_lines
from access.queries.positions import bearing_on
from access.queries.recertifications import count_answers
from access.queries.returns import list_returns
from access.queries.screening import tell_applicant
from config.management.commands.check_invariants import ALL
from notifications.choices import FilingStatus, ObligationStatus
from notifications.models import Filing
from registry.choices import ClientKind, Role
from registry.models import (
    AIModel,
    AuditEvent,
    Client,
    Contact,
    ExternalIdentifier,
    HolidayTable,
    Jurisdiction,
    ObligationRule,
    Organization,
    Relation,
    User,
)
from registry.queries.rules import rules_in_force, tables_in_force
from registry.queries.screening import current_hits, find_standings
from seeds.shipped import read_rules
from seeds.worlds.demo import june, notification
from seeds.worlds.demo.names import (
    AUTHORITIES,
    COHORT,
    EXPANSION,
    LANTERN,
    PERSON_CLASS,
    RESEARCH,
    SENTINEL,
    Part,
    Size,
    SizeImpossible,
)
from seeds.worlds.demo.staged import RED_TEAM
from tests import make
from tests.kept import kept

pytestmark = pytest.mark.django_db

SMALL, FULL = Size(12, 8), Size()
PASSWORD = "a password for the tests of it"


@dataclass(frozen=True)
class Made:
    """The world under test: its size, and the file of its credentials."""

    size: Size
    file: Path


class Interrupted(Exception):
    """What stops a loading in the middle, as Ctrl-C or a crash does."""


def seed(size: Size, file: Path | None = None) -> str:
    said = StringIO()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("STAFF_PASSWORD", PASSWORD)
        call_command(
            "seed",
            "demo",
            organizations=size.organizations,
            requests=size.requests,
            credentials=file,
            stdout=said,
        )
    return said.getvalue()


def seed_with_interruptions(size: Size, file: Path) -> None:
    """Stop before the 20th act of the first run, the 40th of the second, and so on until it is done."""
    for limit in itertools.count(20, 20):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("seeds.management.commands.seed.timezone.now", stopping_clock(limit))
            try:
                seed(size, file)
            except Interrupted:
                continue
            return


def stopping_clock(limit: int) -> Callable[[], dt.datetime]:
    read = itertools.count(1)
    real = timezone.now

    def now() -> dt.datetime:
        if next(read) > limit:
            raise Interrupted
        return real()

    return now


@pytest.fixture(scope="module", params=["small", "full", "interrupted"])
def world(
    request: pytest.FixtureRequest,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Made]:
    """Made once for the module."""
    made = Made(
        FULL if request.param == "full" else SMALL, tmp_path_factory.mktemp("demo") / "file.json"
    )
    with kept(request, django_db_blocker):
        if request.param == "interrupted":
            seed_with_interruptions(made.size, made.file)
        else:
            seed(made.size, made.file)
        yield made


def ask(
    part: Part, model: str = SENTINEL, action: str = "invoke", *, member: str | None = None
) -> tuple[bool, Reason]:
    answer = evaluate(Asked(part.slug, model, action, member=member)).answer
    return answer.decision, answer.reason


def lines() -> Counter[str]:
    found = AccessRequest.objects.filter(expansion__slug=EXPANSION)
    return Counter(found.values_list("status", flat=True))


def grant_of(part: Part) -> Grant:
    """The grant that the part is about: the first that its organization was given for itself."""
    given = Grant.objects.exclude(tier__slug=RESEARCH).filter(organization__slug=part.slug)
    return given.earliest("issued_at", "id")


def standings(part: Part) -> set[str]:
    current = GrantItem.objects.current().filter(grant=grant_of(part), valid__upper_inf=False)
    return set(
        current.filter(valid__endswith__gt=timezone.now()).values_list("standing", flat=True)
    )


def tally() -> list[int]:
    models: list[Any] = [AuditEvent, Organization, AccessRequest, Grant, Client, User, Restriction]
    return [model.objects.count() for model in models]


class TestSize:
    def test_there_are_as_many_organizations_as_asked_for(self, world: Made) -> None:
        beside = [named.slug for named in AUTHORITIES.values()]
        found = Organization.objects.exclude(slug__in=beside)
        assert found.count() == world.size.organizations

    def test_the_expansion_holds_as_many_requests_as_asked_for(self, world: Made) -> None:
        assert sum(lines().values()) == world.size.requests
        assert lines()["in_review"] >= lines()["submitted"] >= 1
        assert Expansion.objects.get(slug=EXPANSION).capacity == world.size.requests

    @pytest.mark.parametrize("world", ["full"], indirect=True)
    @pytest.mark.usefixtures("world")
    def test_by_default_seventy_organizations_ask_and_most_are_in_review(self) -> None:
        found = AccessRequest.objects.filter(expansion__slug=EXPANSION)
        assert found.values("organization").distinct().count() == 70
        assert lines()["in_review"] > 40
        assert len(lines()) == 10

    @pytest.mark.parametrize(("organizations", "requests"), [(11, 5), (12, 0), (12, 20), (-1, -1)])
    def test_what_cannot_be_made_is_refused(self, organizations: int, requests: int) -> None:
        with pytest.raises(SizeImpossible):
            Size(organizations, requests)

    def test_a_refused_size_is_said_in_a_sentence(self) -> None:
        with pytest.raises(CommandError, match="at least 12 organizations"):
            call_command("seed", "demo", organizations=3, requests=1)

    @pytest.mark.parametrize("organizations", [12, 13, 40])
    def test_no_organization_asks_twice_for_the_same(self, organizations: int) -> None:
        found = Size(organizations, 3 * organizations - 17).lines()
        assert len({(line.slug, line.purpose) for line in found}) == len(found)


@pytest.mark.usefixtures("world")
class TestNotification:
    def test_a_duty_was_met_and_the_authority_has_acknowledged_it(self) -> None:
        row = Filing.objects.get()
        assert (row.status, row.acknowledgement) == (
            FilingStatus.ACKNOWLEDGED,
            notification.NUMBER,
        )
        assert row.obligation.status == ObligationStatus.DISCHARGED
        assert row.fields["compute_estimate"]["value"] == "2.3 × 10^25 FLOP"
        assert row.authority is not None
        assert row.authority.organization.synthetic

    def test_two_people_of_the_desk_and_a_decider_stand_behind_it(self) -> None:
        row = Filing.objects.get()
        assert len({row.prepared_by, row.reviewed_by, row.signed_by}) == 3


@pytest.mark.usefixtures("world")
class TestInvariants:
    def test_all_hold_of_what_the_operations_made(self) -> None:
        found = [list(invariant()) for invariants in ALL.values() for invariant in invariants]
        assert [breach for breaches in found for breach in breaches] == []


@pytest.mark.usefixtures("world")
class TestSynthetic:
    def test_every_organization_model_and_program_is_marked_and_named_so(self) -> None:
        rows: list[Organization | AIModel | Program] = [
            *Organization.objects.all(),
            *AIModel.objects.all(),
            *Program.objects.all(),
        ]
        assert rows
        assert all(row.synthetic for row in rows)
        assert all("Synthetic" in row.name and "synthetic" in row.slug for row in rows)

    def test_every_address_ends_in_invalid(self) -> None:
        contacts = list(Contact.objects.values_list("email", "organization__slug"))
        assert {email for email, _slug in contacts} == {
            f"contact@{slug}.invalid" for _email, slug in contacts
        }
        assert {slug for _email, slug in contacts} == set(
            Organization.objects.values_list("slug", flat=True)
        )
        emails = User.objects.values_list("email", flat=True)
        assert all(email.endswith("@concordat.invalid") for email in emails)

    def test_places_are_those_of_the_real_story(self) -> None:
        before = set(Jurisdiction.objects.values_list("slug", flat=True))
        assert before == {"us", "gb", "kr", "eu", "fr", "de"}
        call_command("seed", "glasswing", stdout=StringIO())
        assert Jurisdiction.objects.get(slug="fr").memberships.current().count() == 1

    def test_partners_have_an_account_in_the_cloud_and_some_are_hosted(self, world: Made) -> None:
        accounts = ExternalIdentifier.objects.filter(organization__isnull=False)
        assert accounts.filter(scheme="synthetic-cloud").count() == world.size.organizations - 3
        assert set(Relation.objects.values_list("kind", flat=True)) == {"hosts", "owns"}

    def test_one_model_has_releases(self) -> None:
        assert AIModel.objects.get(slug=SENTINEL).releases.count() == 2


@pytest.mark.usefixtures("world")
class TestEligibility:
    def test_one_holder_meets_what_is_required_by_a_recognition(self) -> None:
        tier = Tier.objects.get(slug=RESEARCH)
        told = {
            part: {
                one.asked.code: one
                for one in assess_tier(
                    Organization.objects.get(slug=part.slug).id, tier, at=timezone.now()
                )
            }
            for part in (Part.EXEMPTED, Part.IMPORTED)
        }
        path = told[Part.EXEMPTED]["iso-27001"].explanation["path"]
        assert [step["scheme"] for step in path] == ["soc-2 type-2", "iso-27001 2022"]
        assert told[Part.IMPORTED]["iso-27001"].refuses
        waiting = told[Part.IMPORTED]["sign-in"]
        assert (waiting.standing, waiting.refuses) == ("not_met", False)


@pytest.mark.usefixtures("world")
class TestScreening:
    def test_one_hit_waits_and_one_is_cleared(self) -> None:
        asking = AccessRequest.objects.get(tier__slug=RED_TEAM)
        namesake = Organization.objects.get(slug=Part.IN_FORCE.slug)
        found = {
            hit.organization_id: (hit.strength, hit.finding)
            for hit in current_hits().filter(organization__synthetic=True)
        }
        assert found == {
            asking.organization_id: ("exact", ""),
            namesake.id: ("exact", "cleared"),
        }
        assert tell_applicant(asking) == "in_progress"
        (flag,) = find_standings([asking.organization_id])[asking.organization_id].last.flags  # type: ignore[union-attr]
        assert flag["share"] is None


@pytest.mark.usefixtures("world")
class TestRequests:
    def test_every_status_occurs(self) -> None:
        assert set(AccessRequest.objects.values_list("status", flat=True)) == set(RequestStatus)

    def test_what_is_in_review_is_assessed(self) -> None:
        rows = AccessRequest.objects.filter(status=RequestStatus.IN_REVIEW)
        unassessed = rows.filter(assessments__isnull=True)
        assert not unassessed.exclude(expansion__slug=COHORT).exists()  # its policy asks for none

    def test_the_policies_are_in_force_by_two_people(self) -> None:
        assert dict(ReviewPolicy.objects.values_list("slug", "number")) == {
            "standard": 1,
            "countersigned": 1,
            "standstill": 1,
            "high-tier": 1,
            "cohort": 1,
        }
        for row in ReviewPolicy.objects.all():
            assert row.enacted_by not in {"", row.proposed_by}
            assert read_policy(row.document).four_eyes

    def test_an_objection_in_a_stage_waits_for_somebody_to_resolve_it(self) -> None:
        row = AccessRequest.objects.get(tier__review_policy="high-tier")
        assert row.status == RequestStatus.DISPUTED
        running = row.stage_runs.filter(closed_at__isnull=True).values_list("stage", flat=True)
        assert {"purpose", "security"} <= set(running)

    def test_the_rules_and_holidays_that_are_shipped_are_in_force_by_two_people(self) -> None:
        assert len(rules_in_force(timezone.now())) == len(read_rules())
        assert tables_in_force() != []
        for row in (*ObligationRule.objects.all(), *HolidayTable.objects.all()):
            assert row.enacted_by not in {"", row.proposed_by}

    def test_one_is_held_back_by_the_regulator(self) -> None:
        held = PositionVersion.objects.get(legal_force=LegalForce.ORDER).position.request
        assert held is not None
        decider = User.objects.get(username="decider").as_actor()
        with pytest.raises(PositionBlocks):
            reviews.approve(make.by(decider), request=held.id, ruling=make.ruling())

    def test_another_position_only_informs(self) -> None:
        row = AccessRequest.objects.filter(expansion__slug=EXPANSION, status="in_review")[0]
        bearing = bearing_on(row, at=timezone.now())
        assert LegalForce.POLITICAL in {version.legal_force for version in bearing}


class TestCohort:
    def test_every_line_says_which_position_held_it_and_why(self, world: Made) -> None:
        envelope = Expansion.objects.get(slug=COHORT)
        lines = list(list_line_requests(envelope))
        assert len(lines) == min(70, world.size.requests)
        hasty = LineBatch.objects.filter(expansion=envelope).order_by("prepared_at")[1]
        refused = hasty.items.values_list("result_code", flat=True)
        assert set(refused) == {"override_missing"}
        decider = User.objects.get(username="decider").as_actor()
        for view in view_lines(envelope, lines, actor=decider, at=timezone.now()):
            if view.request.status == RequestStatus.APPROVED:
                continue
            (held,) = view.held_by
            assert held.authority == "Synthetic Regulator"
            assert "Rule 2 of the policy" in held.why
            assert "1 of 2 have" in held.why

    def test_it_was_set_aside_by_two_who_did_not_decide_and_by_nobody_with_an_interest(
        self, world: Made
    ) -> None:
        last, second = LineBatch.objects.filter(expansion__slug=COHORT).order_by("-prepared_at")[
            :2
        ]
        codes = Counter(second.items.values_list("result_code", flat=True))
        going_on = codes.pop("")
        assert codes == {"conflict_of_interest": 1}
        assert Counter(last.items.values_list("result_code", flat=True)) == {
            "": going_on,
            "override_missing": 2,
        }
        approved = AccessRequest.objects.filter(expansion__slug=COHORT, status="approved")
        assert approved.count() == going_on == (11 if world.size == FULL else 1)
        for row in approved:
            people = {made.overridden_by for made in row.overrides.all()}
            assert len(people) == 2
            assert row.decisions.get().decided_by not in people


@pytest.mark.usefixtures("world")
class TestGrants:
    @pytest.mark.parametrize("part", [Part.IN_FORCE, Part.EXEMPTED, Part.DATED_AHEAD])
    def test_some_are_in_force_or_will_be(self, part: Part) -> None:
        assert standings(part) == {ItemStanding.IN_FORCE}
        assert grant_of(part).origin == Origin.DECIDED

    def test_one_waits_for_its_clock_and_for_a_fact(self) -> None:
        row = Grant.objects.get(tier__slug=RESEARCH)
        current = WaitingPeriodVersion.objects.current().filter(grant=row)
        assert {version.missing for version in current} == {"", "notified:synthetic-regulator"}
        forces = row.waiting_periods.values_list("bindingness", flat=True)
        assert set(forces) == {"law", "policy"}

    def test_one_is_suspended(self) -> None:
        assert standings(Part.SUSPENDED) == {ItemStanding.SUSPENDED}

    @pytest.mark.parametrize(
        ("part", "kind"),
        [
            (Part.REVOKED, GrantEndKind.REVOKED),
            (Part.SURRENDERED, GrantEndKind.SURRENDERED),
            (Part.EXPIRED, GrantEndKind.EXPIRED),
        ],
    )
    def test_others_have_ended(self, part: Part, kind: GrantEndKind) -> None:
        assert grant_of(part).end.kind == kind

    def test_two_are_imported(self) -> None:
        found = Grant.objects.filter(origin=Origin.IMPORTED)
        slugs = set(found.values_list("organization__slug", flat=True))
        assert slugs == {Part.IMPORTED.slug, Part.EXPIRED.slug}


@pytest.mark.usefixtures("world")
class TestDecision:
    @pytest.mark.parametrize(
        ("part", "expected"),
        [
            (Part.IN_FORCE, (True, Reason.GRANT_IN_FORCE)),
            (Part.EXEMPTED, (True, Reason.GRANT_IN_FORCE)),
            (Part.IMPORTED, (True, Reason.GRANT_IN_FORCE)),
            (Part.SUSPENDED, (False, Reason.GRANT_SUSPENDED)),
            (Part.REVOKED, (False, Reason.GRANT_REVOKED)),
            (Part.SURRENDERED, (False, Reason.GRANT_SURRENDERED)),
            (Part.DATED_AHEAD, (False, Reason.GRANT_NOT_STARTED)),
            (Part.EXPIRED, (False, Reason.GRANT_EXPIRED)),
        ],
    )
    def test_of_the_first_model(self, part: Part, expected: tuple[bool, Reason]) -> None:
        assert ask(part) == expected

    @pytest.mark.parametrize(
        ("member", "expected"),
        [
            (None, (False, Reason.PERSON_NOT_ESTABLISHED)),
            (june.MAY, (True, Reason.GRANT_IN_FORCE)),
            (june.MAY_NOT, (False, Reason.RESTRICTED)),
            (june.NOT_REVIEWED, (False, Reason.PERSON_NOT_ESTABLISHED)),
        ],
    )
    def test_of_the_second_model_the_person_decides(
        self, member: str | None, expected: tuple[bool, Reason]
    ) -> None:
        assert ask(Part.IN_FORCE, LANTERN, member=member) == expected

    @pytest.mark.parametrize("part", [Part.EXEMPTED, Part.IMPORTED])
    def test_who_is_excepted_goes_on(self, part: Part) -> None:
        assert ask(part, LANTERN) == (True, Reason.GRANT_IN_FORCE)


@pytest.mark.usefixtures("world")
class TestRestrictions:
    def test_the_order_is_in_force_and_the_stop_is_lifted_by_two(self) -> None:
        in_force = RestrictionVersion.objects.as_of(timezone.now()).get()
        assert in_force.restriction.title == june.STANDING
        assert in_force.person_class is not None
        assert in_force.person_class.slug == PERSON_CLASS
        stop = Restriction.objects.get(title=june.INCIDENT)
        assert stop.lifted_by not in {"", stop.lift_asked_by}


@pytest.mark.usefixtures("world")
class TestTheEvening:
    @pytest.fixture
    def order(self) -> Restriction:
        return Restriction.objects.get(title=june.EVENING)

    @pytest.fixture
    def switch(self) -> Restriction:
        return Restriction.objects.get(title=june.SWITCH)

    def test_an_order_for_a_class_was_answered_by_a_stop_for_everyone(
        self, order: Restriction, switch: Restriction
    ) -> None:
        assert switch.because_of == order
        asked = [
            row.versions.current().get(valid__contains=row.imposed_at).person_class
            for row in (order, switch)
        ]
        assert asked[0] is not None
        assert asked[1] is None

    def test_while_both_were_in_force_nobody_was_answered_yes(self, switch: Restriction) -> None:
        for member in (None, june.MAY):
            asked = Asked(
                Part.IN_FORCE.slug, SENTINEL, "invoke", member=member, as_of=switch.imposed_at
            )
            assert not evaluate(asked).answer.decision

    def test_every_point_reported_off_and_on_again(
        self, order: Restriction, switch: Restriction
    ) -> None:
        for row in (order, switch):
            off, on = measure_effect(row.id, at=timezone.now())
            assert on is not None
            assert (off.applied, on.applied) == (2, 2)
            assert off.took == dt.timedelta(seconds=3)

    def test_two_came_back_from_the_list_and_two_lines_were_left_out(
        self, order: Restriction, switch: Restriction
    ) -> None:
        for row in (order, switch):
            done = row.restorations.get()
            assert (done.restored, done.left_out) == (2, 2)
            assert row.lifted_at is not None

    def test_each_of_the_three_acts_has_its_date(self, switch: Restriction) -> None:
        returns = {one.reached.slug: one for one in list_returns(switch, limit=200).rows}
        listed, other = returns[Part.IN_FORCE.slug], returns[Part.EXEMPTED.slug]
        for one in (listed, other):
            assert one.order_at is not None
            assert one.switch_at is not None
            assert one.active_at is not None
            assert one.order_at < one.switch_at < one.active_at
        assert listed.active_at < other.order_at  # type: ignore[operator]  # both are dates, see above

    def test_the_words_were_written_and_the_basis_went_nowhere(self, order: Restriction) -> None:
        assert order.worded_by not in {"", order.imposed_by}
        for event in AuditEvent.objects.filter(subject_id=order.id):
            assert order.confidential_basis not in str(event.details)


@pytest.mark.usefixtures("world")
class TestStaff:
    def test_every_role_is_held(self) -> None:
        held = User.objects.filter(role_holdings__taken_at__isnull=True)
        assert set(held.values_list("role_holdings__role", flat=True)) == set(Role)

    @pytest.mark.parametrize("role", [Role.REVIEWER, Role.DECIDER, Role.RESTRICTOR])
    def test_where_two_are_needed_there_are_two(self, role: Role) -> None:
        assert User.objects.filter(role_holdings__role=role).count() == 2


class TestCredentials:
    def test_only_the_owner_reads_the_file(self, world: Made) -> None:
        assert stat.S_IMODE(world.file.stat().st_mode) == 0o600

    def test_it_tells_who_signs_in_with_what(self, world: Made) -> None:
        told = json.loads(world.file.read_text())["staff"]
        assert {row["role"] for row in told} == set(Role)
        for row in told:
            assert set(row) == {"username", "password", "role"}
            assert User.objects.get(username=row["username"]).check_password(row["password"])

    def test_it_tells_the_secrets_of_one_client_for_each_purpose(self, world: Made) -> None:
        told = json.loads(world.file.read_text())["clients"]
        assert Counter(row["role"] for row in told) == {
            ClientKind.PARTNER: 2,
            ClientKind.GATEWAY: 1,
            ClientKind.STAFF: 1,
            ClientKind.AUTHORITY: 1,
        }
        usable = Client.objects.filter(withdrawn_at__isnull=True)
        assert {row["client_id"] for row in told} == {row.client_id for row in usable}
        for row in told:
            client = usable.get(client_id=row["client_id"])
            assert client.organization.slug == row["organization"]
            assert client.scopes == row["scopes"]
            assert row["client_secret"]
            assert row["client_secret"] not in client.client_secret

    def test_one_partner_holds_access_and_the_other_asks_for_it(self, world: Made) -> None:
        told = json.loads(world.file.read_text())["clients"]
        partners = {row["organization"] for row in told if row["role"] == ClientKind.PARTNER}
        asking = AccessRequest.objects.filter(status=RequestStatus.IN_REVIEW)
        (newcomer,) = partners - {Part.IN_FORCE.slug}
        assert asking.filter(organization__slug=newcomer).exists()

    def test_a_folder_that_is_not_there_is_said_before_anything_is_done(
        self, tmp_path: Path
    ) -> None:
        with pytest.raises(CommandError, match="no folder"):
            seed(SMALL, tmp_path / "nowhere" / "file.json")


@pytest.mark.usefixtures("world")
class TestSecondRun:
    def test_it_changes_nothing_and_says_so(self, world: Made) -> None:
        before, told = tally(), world.file.read_text()
        assert "there already" in seed(world.size, world.file)
        assert tally() == before
        assert world.file.read_text() == told

    def test_without_a_file_it_changes_nothing_either(self) -> None:
        before = tally()
        assert "there already" in seed(Size(50, 60))
        assert tally() == before

    def test_where_the_file_is_gone_new_clients_take_the_place_of_the_old(
        self, world: Made, tmp_path: Path
    ) -> None:
        old = set(Client.objects.values_list("client_id", flat=True))
        seed(world.size, tmp_path / "again.json")
        told = json.loads((tmp_path / "again.json").read_text())
        usable = Client.objects.filter(withdrawn_at__isnull=True)
        assert {row["client_id"] for row in told["clients"]} == {row.client_id for row in usable}
        assert not old & {row.client_id for row in usable}
        assert {row["password"] for row in told["staff"]} == {PASSWORD}


@pytest.mark.usefixtures("world")
class TestGrantsOnTheirWay:
    def test_a_campaign_is_under_way_with_something_of_everything(self) -> None:
        campaign = ConditionCampaign.objects.get()
        progress = measure_progress(campaign, at=timezone.now())
        assert (progress.met, progress.handed_in, progress.uncovered) == (1, 1, 0)
        assert progress.silent > 0

    def test_a_grant_ends_within_days_under_a_condition_of_its_own(self) -> None:
        kinds = {
            ending.kind: ending.code
            for ending in list_to_do(
                Organization.objects.get(slug=Part.EXEMPTED.slug).id, at=timezone.now(), limit=2
            )
        }
        assert kinds == {"condition": "study-plan", "grant": ""}

    def test_a_round_asks_whether_evaluation_is_still_needed(self) -> None:
        found = count_answers(Recertification.objects.get(), at=timezone.now())
        assert (found.silent, found.unasked) == (2, 0)
