"""Races on eligibility: what is withdrawn while a grant is issued refuses, whichever came first."""

import pytest

from access.choices import Reason
from access.models import Grant
from access.operations import reviews
from access.queries.decisions import Asked, evaluate
from registry.choices import AttestationFinding, Role
from registry.models import AttestationVersion
from registry.operations import attestations
from tests import eligible, make
from tests.races.racing import race, refusals, winners

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.usefixtures("attempt")
class TestEligibility:
    def test_two_reviews_of_one_attestation(self) -> None:
        row = eligible.handed_in(make.organization(), eligible.scheme())
        one, other = make.staff(Role.REVIEWER), make.staff(Role.REVIEWER)
        accepting, refusing = AttestationFinding.ACCEPTED, AttestationFinding.REFUSED
        results = race(
            lambda: attestations.review(make.by(one), attestation=row.id, finding=accepting),
            lambda: attestations.review(make.by(other), attestation=row.id, finding=refusing),
        )
        assert (winners(results), refusals(results)) == (1, {"attestation_reviewed"})
        row.refresh_from_db()
        accepted = row.finding == AttestationFinding.ACCEPTED
        assert AttestationVersion.objects.exists() is accepted

    def test_an_issue_and_the_withdrawal_of_what_it_rests_on(self) -> None:
        tier = make.tier()
        scheme = eligible.scheme("iso")
        eligible.required(tier, eligible.asks("iso"))
        row = make.assessed(None, tier)
        held = eligible.attested(row.organization, scheme)
        decider, reviewer = make.staff(Role.DECIDER), make.staff(Role.REVIEWER)
        results = race(
            lambda: reviews.approve(make.by(decider), request=row.id, ruling=make.ruling()),
            lambda: attestations.withdraw(
                make.by(reviewer), attestation=held.id, reason="Forged."
            ),
        )
        assert refusals(results) <= {"requirements_unmet"}
        asked = Asked(row.organization.slug, tier.ai_models.get().slug, "invoke")
        issued = Grant.objects.exists()
        expected = Reason.REQUIREMENT_UNMET if issued else Reason.NO_GRANT
        assert evaluate(asked).answer.reason is expected
