"""Each invariant of access holds of what operations made, and finds what was changed behind their back."""

import pytest

from access.choices import RevocationReason
from access.models import Grant
from access.operations import grants
from access.queries import invariants
from access.queries.scopes import Scope
from registry.choices import Role
from registry.queries.invariants import Invariant
from tests import make
from tests.access.test_restrictions import restrict
from tests.tampering import subjects, tamper

pytestmark = pytest.mark.django_db


@pytest.fixture
def grant() -> Grant:
    """A grant with all that led to it; nothing is broken yet."""
    found = make.grant()
    assert [list(invariant()) for invariant in invariants.INVARIANTS] == [
        [] for _ in invariants.INVARIANTS
    ]
    return found


def breaks(invariant: Invariant, *found: str) -> None:
    assert subjects(invariant) == list(found)


def test_everything_governed_is_on_record(grant: Grant) -> None:
    tamper(
        "UPDATE registry_auditevent SET subject_id = gen_random_uuid() WHERE subject_id = %s",
        grant.id,
    )
    breaks(invariants.everything_governed_is_on_record, f"grant:{grant.id}")


def test_grants_stay_inside_their_request(grant: Grant) -> None:
    tamper("UPDATE access_grant SET purpose = 'research'")
    breaks(invariants.grants_stay_inside_their_request, f"grant:{grant.id}")


def test_items_stay_inside_their_grant(grant: Grant) -> None:
    item = grant.items.get()
    tamper("UPDATE access_grantitem SET organization_id = %s", make.organization().id)
    breaks(invariants.items_stay_inside_their_grant, f"grantitem:{item.pk}")


def test_items_allow_no_more_than_their_tier(grant: Grant) -> None:
    item = grant.items.get()
    tamper("UPDATE access_grantitem SET actions = actions || 'download_weights'::varchar")
    breaks(invariants.items_stay_inside_their_grant, f"grantitem:{item.pk}")


def test_grants_and_their_tier_are_of_one_program(grant: Grant) -> None:
    tamper("UPDATE access_grant SET program_id = %s", make.program().id)
    breaks(invariants.grants_and_their_tier_are_of_one_program, f"grant:{grant.id}")


def test_what_has_ended_holds_nothing(grant: Grant) -> None:
    grants.revoke(
        make.by(make.staff(Role.RESTRICTOR)), grant=grant.id, reason=RevocationReason.MISUSE
    )
    breaks(invariants.what_has_ended_holds_nothing)
    tamper("UPDATE access_grantitem SET valid = tstzrange(lower(valid), NULL)")
    breaks(invariants.what_has_ended_holds_nothing, f"grant:{grant.id}")


def test_what_has_ended_reaches_no_further_than_its_end(grant: Grant) -> None:
    grants.revoke(
        make.by(make.staff(Role.RESTRICTOR)), grant=grant.id, reason=RevocationReason.MISUSE
    )
    tamper("UPDATE access_grantend SET ended_at = ended_at - interval '1 second'")
    breaks(invariants.what_has_ended_holds_nothing, f"grant:{grant.id}")


def test_decided_requests_have_their_decision(grant: Grant) -> None:
    tamper("UPDATE access_requestdecision SET outcome = 'declined'")
    breaks(invariants.decided_requests_have_their_decision, f"accessrequest:{grant.request_id}")


def test_declined_requests_have_their_decision() -> None:
    row = make.declined()
    tamper("DELETE FROM access_requestdecision")
    breaks(invariants.decided_requests_have_their_decision, f"accessrequest:{row.id}")


def test_approved_requests_have_their_grant() -> None:
    row = make.declined()
    tamper(
        "UPDATE access_requestdecision SET outcome = 'approved', reapply_rule = '', reapply_at = NULL"
    )
    tamper("UPDATE access_accessrequest SET status = 'approved'")
    breaks(invariants.decided_requests_have_their_decision, f"accessrequest:{row.id}")


def test_requests_pin_a_policy_in_force(grant: Grant) -> None:
    tamper("UPDATE access_reviewpolicy SET enacted_by = '', enacted_at = NULL")
    breaks(invariants.requests_pin_a_policy_in_force, f"accessrequest:{grant.request_id}")


def test_restrictions_stand_until_they_are_lifted(grant: Grant) -> None:
    row = restrict(Scope(programs=(grant.program_id,)))
    breaks(invariants.restrictions_stand_until_they_are_lifted)
    tamper(
        "UPDATE access_restrictionversion SET valid = tstzrange(lower(valid), lower(valid) + interval '1 s')"
    )
    breaks(invariants.restrictions_stand_until_they_are_lifted, f"restriction:{row.id}")


def test_what_was_lifted_does_not_stand(grant: Grant) -> None:
    row = restrict(Scope(programs=(grant.program_id,)))
    tamper(
        "UPDATE access_restriction SET lift_asked_at = now(), lift_asked_by = 'user:two', "
        "lifted_at = now(), lifted_by = 'user:one'"
    )
    breaks(invariants.restrictions_stand_until_they_are_lifted, f"restriction:{row.id}")


def test_worlds_do_not_meet(grant: Grant) -> None:
    tamper(
        "UPDATE registry_organization SET synthetic = true WHERE id = %s", grant.organization_id
    )
    breaks(
        invariants.worlds_do_not_meet,
        f"grant:{grant.id}",
        f"accessrequest:{grant.request_id}",
    )


def test_editions_say_what_was_put_in_force(grant: Grant) -> None:
    assert grant.request is not None
    tamper("UPDATE access_reviewpolicy SET document = document || '{\"assessments\": 0}'")
    breaks(
        invariants.editions_say_what_was_put_in_force,
        f"reviewpolicy:{grant.request.review_policy_id}",
    )


def test_every_invariant_has_a_promise() -> None:
    assert all(invariant.__doc__ for invariant in invariants.INVARIANTS)


def test_projections_say_what_their_sources_say(grant: Grant) -> None:
    item = grant.items.get()
    tamper("UPDATE access_grantfacts SET terms = '{}'")
    breaks(invariants.projections_say_what_their_sources_say, f"grantfacts:{item.pk}")
    tamper("DELETE FROM access_grantfacts")
    breaks(invariants.projections_say_what_their_sources_say, f"grantfacts:{item.pk}")
