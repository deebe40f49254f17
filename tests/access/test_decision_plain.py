"""The statement for plain questions gathers what the one for all questions gathers."""

import datetime as dt
from dataclasses import replace

import pytest
from django.db import transaction
from django.utils.timezone import now

from access.choices import Reason, RevocationReason
from access.decision import Facts
from access.models import Grant, Restriction
from access.operations import grants
from access.operations.conditions import Requirement
from access.operations.restrictions import Exempted
from access.queries.decisions import Asked, Evaluation, evaluate_all, evaluate_in_full
from access.queries.scopes import Scope
from registry.actors import SYSTEM
from registry.choices import Role
from registry.commands import read_clock
from registry.models import AIModel
from registry.versions import correct, span
from tests import make, stops, waits
from tests.access.test_successions import bounded, renew
from tests.lifecycle import DAY

pytestmark = pytest.mark.django_db


def ask_both(*asked: Asked) -> list[Evaluation]:
    """The answers by the statement for plain questions, after the other one has given the same."""
    plain, full = evaluate_all(asked), evaluate_in_full(asked)
    told = [_tell(found) for found in plain]
    assert told == [_tell(found) for found in full]
    return [found for found in plain if isinstance(found, Evaluation)]


def _tell(found: object) -> tuple[Facts, object]:
    assert isinstance(found, Evaluation)
    return replace(found.facts, at=make.MORNING), found.answer


def ask_about(grant: Grant) -> Evaluation:
    """What both statements say of the grant, whether it is named by slugs or by UUIDs."""
    model: AIModel = grant.tier.ai_models.get()
    (by_slug,) = ask_both(Asked(grant.organization.slug, model.slug, "invoke"))
    (by_uuid,) = ask_both(Asked(str(grant.organization_id), str(model.id), "invoke"))
    assert by_slug.answer == by_uuid.answer
    return by_slug


def delay(row: Restriction, *, until: dt.datetime) -> None:
    """The restriction as if it were to begin then: no interface announces one ahead."""
    with transaction.atomic():
        recorded = read_clock(make.by(SYSTEM)).recorded
        correct(row.versions.current().get(), recorded=recorded, valid=span(until))


class TestOneWorld:
    def test_a_grant_in_force(self) -> None:
        found = ask_about(make.grant())
        assert found.answer.decision
        assert found.answer.reason is Reason.GRANT_IN_FORCE

    def test_what_waits_until_a_moment(self) -> None:
        grant = waits.grant(waits.rule())
        found = ask_about(grant)
        assert found.answer.reason is Reason.WAITING_PERIOD
        assert found.answer.next_change_at == waits.end_of(grant)

    def test_what_waits_for_a_fact_and_nobody_knows_until_when(self) -> None:
        found = ask_about(waits.grant(waits.rule(), waits.rule(since=waits.OFFICE)))
        (item,) = found.facts.items
        assert item.wait is not None
        assert item.wait.until is None
        assert found.answer.reason is Reason.WAITING_PERIOD

    def test_a_condition_that_is_due_and_one_that_is_not(self) -> None:
        due_at = now() + 20 * DAY
        asked = (Requirement("later", "Then.", due_at=due_at), Requirement("now", "First."))
        found = ask_about(make.grant(conditions=asked))
        assert found.answer.reason is Reason.CONDITION_UNMET
        assert [said.code for said in found.answer.conditions] == ["now", "later"]
        assert found.answer.next_change_at == due_at

    def test_terms_that_are_not_accepted_and_terms_that_will_bind(self) -> None:
        grant = make.grant()
        make.terms(grant.program)
        required_from = now() + 9 * DAY
        make.terms(grant.program, required_from=required_from)
        found = ask_about(grant)
        assert found.answer.reason is Reason.TERMS_NOT_ACCEPTED
        assert found.answer.next_change_at == required_from

    def test_a_stop_with_an_exception(self) -> None:
        excepted, stopped = make.grant(), make.grant()
        scope = Scope(organizations=(excepted.organization_id, stopped.organization_id))
        stop = stops.stop(scope, exceptions=(Exempted(excepted.organization_id, "Letter"),))
        assert ask_about(excepted).answer.decision
        refused = ask_about(stopped).answer
        assert (refused.reason, refused.stop) == (Reason.RESTRICTED, stop.id)

    def test_an_exception_of_one_member_excepts_nobody_unnamed(self) -> None:
        grant = make.grant()
        member = make.member(grant.organization, "one")
        scope = Scope(organizations=(grant.organization_id,))
        stops.stop(scope, exceptions=(Exempted(grant.organization_id, "Letter", member.id),))
        assert ask_about(grant).answer.reason is Reason.RESTRICTED

    def test_a_stop_by_class_of_persons(self) -> None:
        grant = make.grant()
        stops.person_class()
        stops.stop(Scope(ai_models=(grant.tier.ai_models.get().id,), person_class=stops.CLASS))
        assert ask_about(grant).answer.reason is Reason.PERSON_NOT_ESTABLISHED

    def test_a_stop_of_the_program_and_one_of_a_vendor_that_is_not_its(self) -> None:
        grant = make.grant()
        stops.stop(Scope(vendors=(make.organization().id,)))
        assert ask_about(grant).answer.decision
        stops.stop(Scope(programs=(grant.program_id,)))
        assert ask_about(grant).answer.reason is Reason.RESTRICTED

    def test_a_stop_that_is_to_come(self) -> None:
        grant, begins_at = make.grant(), now() + 3 * DAY
        delay(stops.stop(Scope(organizations=(grant.organization_id,))), until=begins_at)
        answer = ask_about(grant).answer
        assert (answer.decision, answer.next_change_at) == (True, begins_at)

    def test_several_stops_name_the_same_one(self) -> None:
        grant = make.grant()
        for _ in range(4):
            stops.stop(Scope(organizations=(grant.organization_id,)))
        assert len(ask_about(grant).facts.stops) == 4

    def test_a_grant_with_its_renewal_and_one_that_was_revoked(self) -> None:
        grant = bounded(conditions=(Requirement("later", "Then.", due_at=now() + 9 * DAY),))
        renew(grant)
        assert len(ask_about(grant).facts.items) == 2
        grants.revoke(
            make.by(make.staff(Role.RESTRICTOR)), grant=grant.id, reason=RevocationReason.ERROR
        )
        assert ask_about(grant).answer.reason is Reason.GRANT_REVOKED

    def test_all_of_it_in_one_batch_with_names_that_nobody_has(self) -> None:
        plain, waiting = make.grant(), waits.grant(waits.rule())
        bound = make.grant(conditions=(Requirement("now", "First."),))
        stops.stop(Scope(organizations=(plain.organization_id,)))
        asked = [
            Asked(grant.organization.slug, other.tier.ai_models.get().slug, action)
            for grant in (plain, waiting, bound)
            for other in (plain, waiting, bound)
            for action in ("invoke", "fine_tune", None)
        ]
        found = ask_both(*asked, Asked("nobody", "nothing", "invoke"))
        assert len(found) == 28
        assert found[-1].answer.reason is Reason.UNKNOWN_ORGANIZATION
