"""Races on requests and grants: of two acts that exclude each other, exactly one wins."""

import pytest

from access.choices import Attribution, LegalForce, RequestStatus, RevocationReason, Stance
from access.models import AccessRequest, Grant, GrantEnd, RequestDecision
from access.operations import grants, positions, requests, reviews
from access.operations.positions import About, Stated
from access.queries.decisions import Asked, evaluate
from registry.choices import JurisdictionKind, Role
from registry.models import Leaf, OutboxEntry, User
from registry.operations import authorities, jurisdictions, ledger, users
from tests import make
from tests.races.racing import race, refusals, winners

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.usefixtures("attempt")
class TestOneRequest:
    def test_approve_and_approve(self) -> None:
        row = make.assessed()
        deciders = [make.staff(Role.DECIDER) for _ in range(2)]
        results = race(
            *(
                lambda decider=decider: reviews.approve(
                    make.by(decider), request=row.id, ruling=make.ruling()
                )
                for decider in deciders
            )
        )
        assert winners(results) == 1
        assert refusals(results) == {"step_not_open"}
        assert Grant.objects.count() == RequestDecision.objects.count() == 1

    def test_approve_and_decline(self) -> None:
        row = make.assessed()
        first, second = make.staff(Role.DECIDER), make.staff(Role.DECIDER)
        results = race(
            lambda: reviews.approve(make.by(first), request=row.id, ruling=make.ruling()),
            lambda: reviews.decline(make.by(second), request=row.id, ruling=make.ruling()),
        )
        assert winners(results) == 1
        row.refresh_from_db()
        granted = Grant.objects.count() == 1
        assert granted is (row.status == RequestStatus.APPROVED)
        assert RequestDecision.objects.get().outcome == row.status

    def test_create_and_create(self) -> None:
        first = make.draft()
        second = make.draft(first.organization, first.tier)
        intake = make.staff(Role.INTAKE)
        results = race(
            lambda: requests.submit(make.by(intake), request=first.id),
            lambda: requests.submit(make.by(intake), request=second.id),
        )
        assert winners(results) == 1
        assert refusals(results) == {"request_already_open"}
        assert AccessRequest.objects.open().count() == 1

    def test_approve_twice_with_one_idempotency_key(self) -> None:
        row, decider = make.assessed(), make.staff(Role.DECIDER)
        results = race(
            *(
                lambda: reviews.approve(
                    make.by(decider, idempotency="once"), request=row.id, ruling=make.ruling()
                )
                for _ in range(2)
            )
        )
        assert winners(results) == 2
        assert len({result.revision for result in results}) == 1  # type: ignore[attr-defined]
        assert Grant.objects.count() == 1

    def test_two_requests_of_two_purposes_for_overlapping_grants_do_not_collide(self) -> None:
        first = make.assessed()
        second = make.assessed(first.organization, first.tier, purpose="evaluation")
        decider = make.staff(Role.DECIDER)
        results = race(
            lambda: reviews.approve(make.by(decider), request=first.id, ruling=make.ruling()),
            lambda: reviews.approve(make.by(decider), request=second.id, ruling=make.ruling()),
        )
        assert winners(results) == 2
        assert Grant.objects.count() == 2

    @pytest.mark.parametrize("objection_first", [True, False])
    def test_approve_and_an_objection_that_blocks(self, *, objection_first: bool) -> None:
        row = make.assessed()
        jurisdictions.register(
            make.by(make.staff(Role.INTAKE)), slug="us", name="US", kind=JurisdictionKind.STATE
        )
        desk, decider = make.staff(Role.AUTHORITY_DESK), make.staff(Role.DECIDER)
        authority = authorities.register(
            make.by(desk), organization=make.organization().id, competences=()
        ).value
        acts = [
            lambda: positions.take_position(
                make.by(desk),
                authority=authority.id,
                about=About(program=row.tier.program_id),
                stated=Stated(
                    stance=Stance.OBJECTS,
                    statement="No.",
                    attribution=Attribution.OFFICIAL_DOCUMENT,
                    legal_force=LegalForce.ORDER,
                ),
            ),
            lambda: reviews.approve(make.by(decider), request=row.id, ruling=make.ruling()),
        ]
        results = race(*(acts if objection_first else acts[::-1]))
        approved = results[1 if objection_first else 0]
        grant = Grant.objects.first()
        if grant is None:
            assert refusals([approved]) == {"position_blocks"}
        else:
            taken = make.start_of(authority.positions.get().versions.get())
            assert grant.issued_at < taken


@pytest.mark.usefixtures("attempt")
class TestOneGrant:
    def test_revoke_and_revoke(self) -> None:
        grant = make.grant()
        restrictors = [make.staff(Role.RESTRICTOR) for _ in range(2)]
        results = race(
            *(
                lambda by=by: grants.revoke(
                    make.by(by), grant=grant.id, reason=RevocationReason.MISUSE
                )
                for by in restrictors
            )
        )
        assert winners(results) == 1
        assert refusals(results) == {"grant_ended"}
        assert GrantEnd.objects.count() == 1

    def test_revoke_and_decide(self) -> None:
        grant = make.grant()
        asked = Asked(grant.organization.slug, grant.tier.ai_models.get().slug, "invoke")
        restrictor = make.staff(Role.RESTRICTOR)
        _revoked, evaluation = race(
            lambda: grants.revoke(
                make.by(restrictor), grant=grant.id, reason=RevocationReason.MISUSE
            ),
            lambda: evaluate(asked),
        )
        assert not evaluate(asked).answer.decision
        if not evaluation.answer.decision:  # type: ignore[attr-defined]
            assert evaluation.answer.reason == "grant_revoked"  # type: ignore[attr-defined]

    def test_suspend_and_revoke_leave_one_truth(self) -> None:
        grant = make.grant()
        restrictor = make.staff(Role.RESTRICTOR)
        race(
            lambda: grants.revoke(
                make.by(restrictor), grant=grant.id, reason=RevocationReason.MISUSE
            ),
            lambda: grants.suspend(make.by(restrictor), grant=grant.id, reason="?"),
        )
        end = GrantEnd.objects.get()
        assert all(make.end_of(item) <= end.ended_at for item in grant.items.current())


@pytest.mark.usefixtures("attempt")
class TestOneInstallation:
    def test_two_sequencers(self) -> None:
        for _ in range(3):
            make.user()
            make.organization()
        race(*(ledger.sequence for _ in range(4)))
        ledger.sequence_all()
        positions_given = list(
            Leaf.objects.order_by("position").values_list("position", flat=True)
        )
        assert positions_given == list(range(len(positions_given)))
        assert not OutboxEntry.objects.exists()

    def test_two_administrators_who_take_each_others_role(self) -> None:
        first = make.administrator()
        second = make.user()
        users.give_role(make.by(first.as_actor()), user=second.username, role=Role.ADMINISTRATOR)
        results = race(
            lambda: users.take_role(
                make.by(first.as_actor()), user=second.username, role=Role.ADMINISTRATOR
            ),
            lambda: users.take_role(
                make.by(second.as_actor()), user=first.username, role=Role.ADMINISTRATOR
            ),
        )
        left = User.objects.filter(
            role_holdings__role=Role.ADMINISTRATOR, role_holdings__taken_at__isnull=True
        )
        assert left.count() == 1
        assert winners(results) == 1
