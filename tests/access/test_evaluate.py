"""The decision: the one statement that gathers its facts, and its answer."""

import datetime as dt

import pytest
from pytest_django import DjangoAssertNumQueries

from access.choices import ProgramStatus, Reason
from access.operations import programs, terms
from access.queries.decisions import Asked, RevisionUnreadable, evaluate
from registry.choices import Role
from registry.errors import KnownInFuture
from registry.operations import ai_models, identifiers, organizations
from tests import make
from tests.asking import ask


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
