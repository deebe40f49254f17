"""Attestations, schemes and recognitions: what counts, from when, until when, by whose act."""

import datetime as dt

import pytest

from registry.choices import AttestationFinding, RecognitionBasis, Role, SchemeKind
from registry.errors import DomainError
from registry.models import Attestation, AttestationVersion
from registry.operations import attestations, schemes
from registry.operations.attestations import (
    AttestationOver,
    AttestationReviewed,
    AttestationUnreadable,
    OwnAttestation,
    Said,
    SchemeIsDraft,
    compute_end,
)
from registry.operations.schemes import (
    LevelUnknown,
    OwnRecognition,
    RecognitionSettled,
    Recognized,
    StatementGrantsNothing,
)
from registry.policies import NotYours
from tests import eligible, make
from tests.eligible import DAY, TODAY

pytestmark = pytest.mark.django_db


def lasts_until(row: Attestation) -> dt.date | None:
    end = compute_end(row)
    return None if end is None else end.date()


class TestHandIn:
    def test_supports_nothing_until_another_has_accepted_it(self) -> None:
        row = eligible.handed_in(make.organization(), eligible.scheme())
        assert not AttestationVersion.objects.exists()
        with pytest.raises(OwnAttestation):
            attestations.review(
                make.by(make.same(row.handed_in_by, Role.REVIEWER)),
                attestation=row.id,
                finding=AttestationFinding.ACCEPTED,
            )

    def test_a_partner_hands_in_its_own_and_nobody_elses(self) -> None:
        own, scheme = make.organization(), eligible.scheme()
        said = Said(scheme.id, "A body", TODAY, "ab" * 32)
        client = make.client(own, "attestations:write")
        row = attestations.hand_in(make.by(client), organization=own.id, said=said).value
        assert row.handed_in_by == client.key
        with pytest.raises(NotYours):
            attestations.hand_in(make.by(client), organization=make.organization().id, said=said)

    @pytest.mark.parametrize(
        ("said", "refusal"),
        [
            ({"level": "gold"}, LevelUnknown),
            ({"issuer": " "}, AttestationUnreadable),
            ({"evidence_sha256": "abc"}, AttestationUnreadable),
            ({"ends_on": TODAY - 200 * DAY}, AttestationUnreadable),
            ({"bridged_until": TODAY}, AttestationUnreadable),
        ],
    )
    def test_refuses_what_cannot_be_one(
        self, said: dict[str, object], refusal: type[DomainError]
    ) -> None:
        of, scheme = make.organization(), eligible.scheme()
        with pytest.raises(refusal):
            eligible.handed_in(of, scheme, **said)


class TestReview:
    def test_a_draft_scheme_is_never_valid(self) -> None:
        with pytest.raises(SchemeIsDraft):
            eligible.attested(make.organization(), eligible.scheme(draft=True))

    def test_what_has_run_out_is_not_accepted(self) -> None:
        with pytest.raises(AttestationOver):
            eligible.attested(make.organization(), eligible.scheme(), ends_on=TODAY - DAY)

    def test_a_void_edition_ends_what_rests_on_it(self) -> None:
        scheme = eligible.scheme(void_from=TODAY + 3 * DAY)
        assert lasts_until(eligible.attested(make.organization(), scheme)) == TODAY + 3 * DAY

    def test_a_report_goes_stale_and_a_letter_bridges_three_months(self) -> None:
        scheme = eligible.scheme("soc", kind=SchemeKind.PERIOD_REPORT, months=12)
        end = dt.date(TODAY.year - 1, 12, 31)
        period = {"starts_on": end - 180 * DAY, "ends_on": end}
        row = eligible.handed_in(make.organization(), scheme, **period)
        assert lasts_until(row) == dt.date(TODAY.year + 1, 1, 1)
        letter = dt.date(TODAY.year + 1, 3, 31)
        bridged = eligible.handed_in(make.organization(), scheme, bridged_until=letter, **period)
        assert lasts_until(bridged) == letter + DAY
        with pytest.raises(AttestationUnreadable):
            eligible.handed_in(make.organization(), scheme, bridged_until=letter + DAY, **period)

    def test_refused_it_supports_nothing_and_is_not_reviewed_again(self) -> None:
        row = eligible.handed_in(make.organization(), eligible.scheme())
        said = {"attestation": row.id, "finding": AttestationFinding.REFUSED}
        attestations.review(make.by(make.staff(Role.REVIEWER)), **said)  # type: ignore[arg-type]
        assert not AttestationVersion.objects.exists()
        with pytest.raises(AttestationReviewed):
            attestations.review(make.by(make.staff(Role.REVIEWER)), **said)  # type: ignore[arg-type]


class TestWithdraw:
    def test_counts_no_more_and_what_was_known_stays(self) -> None:
        row = eligible.attested(make.organization(), eligible.scheme())
        attestations.withdraw(
            make.by(make.staff(Role.REVIEWER)), attestation=row.id, reason="Forged."
        )
        current = row.versions.current().get()
        assert make.end_of(current) <= dt.datetime.now(dt.UTC)
        assert row.versions.count() == 2


class TestRecognition:
    def test_needs_two_people(self) -> None:
        said = Recognized(
            eligible.scheme("a").id, eligible.scheme("b").id, RecognitionBasis.LAW, "An act"
        )
        administrator = make.staff(Role.ADMINISTRATOR)
        row = schemes.propose_recognition(make.by(administrator), recognized=said).value
        with pytest.raises(OwnRecognition):
            schemes.enact_recognition(make.by(administrator), recognition=row.id)

    def test_a_political_statement_is_recorded_and_grants_nothing(self) -> None:
        with pytest.raises(StatementGrantsNothing):
            eligible.recognized(
                eligible.scheme("a"), eligible.scheme("b"), basis=RecognitionBasis.STATEMENT
            )

    def test_ended_it_stays_ended(self) -> None:
        row = eligible.recognized(eligible.scheme("a"), eligible.scheme("b"))
        end = {"recognition": row.id, "reason": "Denounced"}
        schemes.end_recognition(make.by(make.staff(Role.RESTRICTOR)), **end)  # type: ignore[arg-type]
        with pytest.raises(RecognitionSettled):
            schemes.end_recognition(make.by(make.staff(Role.RESTRICTOR)), **end)  # type: ignore[arg-type]
