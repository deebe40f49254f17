"""The decision: the pure rule, and the one statement that gathers its facts."""

import datetime as dt
from uuid import UUID, uuid4

import pytest
from pytest_django import DjangoAssertNumQueries

from access.choices import ProgramStatus, Reason
from access.decision import Answer, Facts, Item, Named, Person, Question, Stop, decide
from access.models import Grant
from access.operations import programs, terms
from access.queries.decisions import Asked, RevisionUnreadable, evaluate
from registry.choices import Role
from registry.errors import KnownInFuture
from registry.operations import ai_models, identifiers, organizations
from tests import make

NOW = dt.datetime(2026, 7, 1, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
PROGRAM, RELEASE = uuid4(), uuid4()


def ask(grant: Grant, **more: object) -> Answer:
    """The answer for the grant's organization and (first) model."""
    said: dict[str, object] = {
        "organization": grant.organization.slug,
        "model": grant.tier.ai_models.order_by("slug")[0].slug,
        "action": "invoke",
    }
    return evaluate(Asked(**(said | more))).answer  # type: ignore[arg-type]


def item(**changes: object) -> Item:
    said: dict[str, object] = {
        "grant": uuid4(),
        "program": PROGRAM,
        "program_status": ProgramStatus.OPEN,
        "starts_at": NOW - DAY,
        "ends_at": NOW + DAY,
        "standing": "in_force",
        "actions": frozenset({"invoke"}),
        "surfaces": frozenset[str](),
        "release": None,
        "terms_accepted": True,
    }
    return Item(**(said | changes))  # type: ignore[arg-type]


def facts(*items: Item, **changes: object) -> Facts:
    said: dict[str, object] = {
        "at": NOW,
        "visible": True,
        "organizations": (Named(uuid4(), "active"),),
        "models": (Named(uuid4(), "preview"),),
        "items": items or (item(),),
    }
    return Facts(**(said | changes))  # type: ignore[arg-type]


def stop(**changes: object) -> Stop:
    said: dict[str, object] = {
        "id": uuid4(),
        "programs": frozenset[UUID](),
        "outside_by": None,
        "excepted": False,
        "exceptions_complete": True,
    }
    return Stop(**(said | changes))  # type: ignore[arg-type]


class TestDecide:
    def test_says_yes_while_a_grant_is_in_force(self) -> None:
        answer = decide(Question("invoke"), facts())
        assert (answer.decision, answer.reason) == (True, Reason.GRANT_IN_FORCE)
        assert answer.valid_until == answer.next_change_at == NOW + DAY

    @pytest.mark.parametrize(
        ("known", "reason"),
        [
            (facts(visible=False), Reason.NOT_YET_VISIBLE),
            (facts(organizations=()), Reason.UNKNOWN_ORGANIZATION),
            (facts(models=()), Reason.UNKNOWN_MODEL),
            (facts(organizations=(Named(uuid4(), "active"),) * 2), Reason.AMBIGUOUS_IDENTIFIER),
            (facts(models=(Named(uuid4(), "preview"),) * 2), Reason.AMBIGUOUS_IDENTIFIER),
            (facts(organizations=(Named(uuid4(), None),)), Reason.NOT_RECORDED),
            (facts(models=(Named(uuid4(), None),)), Reason.NOT_RECORDED),
            (facts(organizations=(Named(uuid4(), "suspended"),)), Reason.ORGANIZATION_SUSPENDED),
            (facts(organizations=(Named(uuid4(), "withdrawn"),)), Reason.ORGANIZATION_WITHDRAWN),
            (facts(models=(Named(uuid4(), "withdrawn"),)), Reason.MODEL_WITHDRAWN),
            (facts(item(program_status=ProgramStatus.ENDED)), Reason.PROGRAM_ENDED),
            (facts(stops=(stop(),)), Reason.RESTRICTED),
            (facts(stops=(stop(exceptions_complete=False),)), Reason.NOT_KNOWN_WHETHER_EXCEPTED),
            (facts(stops=(stop(outside_by="us_person"),)), Reason.PERSON_NOT_ESTABLISHED),
            (facts(item(starts_at=NOW + DAY, ends_at=None)), Reason.GRANT_NOT_STARTED),
            (facts(item(ends_at=NOW)), Reason.GRANT_EXPIRED),
            (facts(item(ends_at=NOW, ended="revoked")), Reason.GRANT_REVOKED),
            (facts(item(ends_at=NOW, ended="surrendered")), Reason.GRANT_SURRENDERED),
            (facts(item(ends_at=NOW, ended="superseded")), Reason.GRANT_SUPERSEDED),
            (facts(item(standing="suspended")), Reason.GRANT_SUSPENDED),
            (facts(item(release=RELEASE)), Reason.VERSION_NOT_COVERED),
            (facts(item(actions=frozenset({"evaluate"}))), Reason.ACTION_NOT_COVERED),
            (facts(item(surfaces=frozenset({"aws:1"}))), Reason.SURFACE_NOT_COVERED),
            (facts(item(terms_accepted=False)), Reason.TERMS_NOT_ACCEPTED),
        ],
    )
    def test_refuses_with_the_first_reason_that_applies(
        self, known: Facts, reason: Reason
    ) -> None:
        answer = decide(Question("invoke"), known)
        assert (answer.decision, answer.reason) == (False, reason)

    def test_an_action_that_nobody_knows_is_refused(self) -> None:
        assert decide(Question("steal"), facts()).reason is Reason.UNKNOWN_ACTION

    def test_no_grant_is_a_refusal(self) -> None:
        known = Facts(
            NOW,
            visible=True,
            organizations=(Named(uuid4(), "active"),),
            models=(Named(uuid4(), "preview"),),
        )
        assert decide(Question("invoke"), known).reason is Reason.NO_GRANT

    def test_a_restriction_refuses_without_a_grant_as_well(self) -> None:
        known = Facts(
            NOW,
            visible=True,
            organizations=(Named(uuid4(), "active"),),
            models=(Named(uuid4(), "preview"),),
            stops=(stop(),),
        )
        assert decide(Question("invoke"), known).reason is Reason.RESTRICTED

    def test_one_grant_in_force_suffices(self) -> None:
        answer = decide(Question("invoke"), facts(item(standing="suspended"), item()))
        assert answer.decision

    def test_of_two_refused_grants_the_one_that_came_furthest_says_why(self) -> None:
        known = facts(item(ends_at=NOW), item(terms_accepted=False))
        assert decide(Question("invoke"), known).reason is Reason.TERMS_NOT_ACCEPTED

    def test_a_restriction_of_another_program_does_not_stop_it(self) -> None:
        known = facts(stops=(stop(programs=frozenset({uuid4()})),))
        assert decide(Question("invoke"), known).decision

    def test_an_exception_is_not_stopped(self) -> None:
        assert decide(Question("invoke"), facts(stops=(stop(excepted=True),))).decision

    @pytest.mark.parametrize(
        ("established", "reason"),
        [
            ({"us_person": True}, Reason.GRANT_IN_FORCE),
            ({"us_person": False}, Reason.RESTRICTED),
            ({}, Reason.PERSON_NOT_ESTABLISHED),
        ],
    )
    def test_a_class_of_persons_is_decided_on_the_person(
        self, established: dict[str, bool], reason: Reason
    ) -> None:
        known = facts(
            stops=(stop(outside_by="us_person"),), persons=(Person(uuid4(), established),)
        )
        question = Question("invoke", member_named=True)
        assert decide(question, known).reason is reason

    def test_a_member_that_nobody_knows_is_refused(self) -> None:
        question = Question("invoke", member_named=True)
        assert decide(question, facts()).reason is Reason.UNKNOWN_MEMBER

    def test_the_surface_asked_about_must_be_one_of_the_grants(self) -> None:
        known = facts(item(surfaces=frozenset({"aws:1", "aws:2"})))
        assert decide(Question("invoke", "aws:2"), known).decision
        assert not decide(Question("invoke", "aws:3"), known).decision


@pytest.mark.django_db
class TestEvaluate:
    def test_costs_one_statement(self, django_assert_num_queries: DjangoAssertNumQueries) -> None:
        grant = make.grant()
        asked = Asked(grant.organization.slug, grant.tier.ai_models.get().slug, "invoke")
        with django_assert_num_queries(1):
            answer = evaluate(asked).answer
        assert answer.decision
        assert answer.grant == grant.id

    def test_begins_at_the_start_itself(self) -> None:
        grant = make.grant()
        start = make.start_of(grant.items.get())
        assert ask(grant, as_of=start).decision
        assert not ask(grant, as_of=start - dt.timedelta(microseconds=1)).decision

    def test_ends_at_the_end_itself(self) -> None:
        grant = make.grant(None, make.tier(grant_days=1))
        end = make.end_of(grant.items.get())
        assert ask(grant, as_of=end - dt.timedelta(microseconds=1)).decision
        assert ask(grant, as_of=end).reason is Reason.GRANT_EXPIRED

    @pytest.mark.parametrize("form", ["slug", "uuid", "identifier"])
    def test_knows_the_organization_by_any_of_its_names(self, form: str) -> None:
        grant = make.grant()
        identifiers.register(
            make.by(make.staff(Role.INTAKE)),
            organization=grant.organization_id,
            identifier="aws:123456789012",
        )
        names = {
            "slug": grant.organization.slug,
            "uuid": str(grant.organization_id),
            "identifier": "aws:123456789012",
        }
        assert ask(grant, organization=names[form]).decision

    def test_refuses_an_identifier_that_names_two_organizations(self) -> None:
        grant = make.grant()
        for organization in (grant.organization, make.organization()):
            identifiers.register(
                make.by(make.staff(Role.INTAKE)),
                organization=organization.id,
                identifier="aws:123456789012",
            )
        assert ask(grant, organization="aws:123456789012").reason is Reason.AMBIGUOUS_IDENTIFIER

    def test_a_withdrawn_identifier_names_nobody(self) -> None:
        grant, intake = make.grant(), make.staff(Role.INTAKE)
        for act in (identifiers.register, identifiers.withdraw):
            act(make.by(intake), organization=grant.organization_id, identifier="aws:12")
        assert ask(grant, organization="aws:12").reason is Reason.UNKNOWN_ORGANIZATION

    def test_knows_a_released_version_of_the_model(self) -> None:
        grant = make.grant()
        ai_models.register_release(
            make.by(make.staff(Role.INTAKE)),
            ai_model=grant.tier.ai_models.get().id,
            slug="model-20260701",
            label="1 July",
            released_at=make.MORNING,
            identifiers=("bedrock:model.v1",),
        )
        assert ask(grant, model="model-20260701", version=True).decision
        assert ask(grant, model="bedrock:model.v1", version=True).decision
        assert ask(grant, model="model-20260701").reason is Reason.UNKNOWN_MODEL

    def test_an_organization_that_is_suspended_is_refused_from_the_commit(self) -> None:
        grant = make.grant()
        organizations.suspend(
            make.by(make.staff(Role.RESTRICTOR)), organization=grant.organization_id, reason="?"
        )
        assert ask(grant).reason is Reason.ORGANIZATION_SUSPENDED

    def test_terms_that_bind_anew_refuse_until_they_are_accepted(self) -> None:
        grant = make.grant()
        make.terms(grant.program)
        assert ask(grant).reason is Reason.TERMS_NOT_ACCEPTED
        terms.accept(
            make.by(make.client(grant.organization)),
            organization=grant.organization_id,
            program=grant.program_id,
            edition=1,
        )
        assert ask(grant).decision

    def test_an_edition_that_binds_later_refuses_only_then(self) -> None:
        grant = make.grant()
        ahead = dt.datetime(2199, 1, 1, tzinfo=dt.UTC)
        make.terms(grant.program, required_from=ahead)
        assert ask(grant).decision
        assert ask(grant).next_change_at == ahead
        assert ask(grant, as_of=ahead).reason is Reason.TERMS_NOT_ACCEPTED

    def test_an_ended_program_refuses_its_grants(self) -> None:
        grant = make.grant()
        programs.change_status(
            make.by(make.staff(Role.ADMINISTRATOR)),
            program=grant.program_id,
            status=ProgramStatus.ENDED,
        )
        assert ask(grant).reason is Reason.PROGRAM_ENDED

    def test_a_withdrawn_model_refuses_everyone(self) -> None:
        grant = make.grant()
        ai_models.withdraw(
            make.by(make.staff(Role.RESTRICTOR)), ai_model=grant.tier.ai_models.get().id
        )
        assert ask(grant).reason is Reason.MODEL_WITHDRAWN

    def test_before_the_loading_nothing_was_recorded(self) -> None:
        grant = make.grant()
        before = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
        assert ask(grant, known_at=before).reason is Reason.NOT_RECORDED

    def test_nobody_knows_what_will_be_known(self) -> None:
        grant = make.grant()
        with pytest.raises(KnownInFuture):
            ask(grant, known_at=dt.datetime(2199, 1, 1, tzinfo=dt.UTC))

    @pytest.mark.parametrize("revision", ["", "latest", "-1", "1" * 30])
    def test_refuses_a_revision_it_has_not_given_out(self, revision: str) -> None:
        grant = make.grant()
        with pytest.raises(RevisionUnreadable):
            ask(grant, revision=revision)

    def test_a_name_with_a_quote_is_only_a_name(self) -> None:
        grant = make.grant()
        assert ask(grant, organization="x' OR '1'='1").reason is Reason.UNKNOWN_ORGANIZATION
        assert ask(grant, organization="%(model)s").reason is Reason.UNKNOWN_ORGANIZATION


@pytest.mark.django_db(transaction=True)
class TestRevision:
    def test_a_reader_sees_the_change_that_returned_it(self) -> None:
        organization = make.organization()
        done = identifiers.register(
            make.by(make.staff(Role.INTAKE)), organization=organization.id, identifier="aws:1"
        )
        asked = Asked("aws:1", "no-model", "invoke", revision=done.revision)
        assert evaluate(asked).answer.reason is Reason.UNKNOWN_MODEL

    def test_a_revision_that_is_not_committed_here_is_not_yet_visible(self) -> None:
        organization = make.organization()
        ahead = str(int(evaluate(Asked("x", "y", "invoke")).revision) + 1_000_000)
        asked = Asked(organization.slug, "no-model", "invoke", revision=ahead)
        assert evaluate(asked).answer.reason is Reason.NOT_YET_VISIBLE
