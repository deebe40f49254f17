"""Coverage: which body meets which need of a program, and by what it is known."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now
from rest_framework.test import APIClient

from access.choices import Attribution, LegalForce, Marking, Stance
from access.models import Program, Tier
from access.operations import positions
from access.operations.positions import About, Stated
from notifications.choices import CoverageNeed, Covered
from notifications.queries.coverage import Asked, Line, read_coverage
from notifications.queries.coverage_cells import Cell
from registry.actors import Actor
from registry.choices import (
    AttestationFinding,
    ClientKind,
    JurisdictionKind,
    JurisdictionRole,
    OrganizationKind,
    RelationKind,
    Role,
)
from registry.models import Authority, Organization, Scheme
from registry.operations import accepted_schemes, attestations, contacts, jurisdictions, relations
from tests import duties, eligible, make
from tests.access.test_disclosures import api
from tests.journeys.conftest import person

pytestmark = pytest.mark.django_db


def position(body: Authority, about: Program, stance: Stance, **more: Any) -> None:
    positions.take_position(
        make.by(duties.desk()),
        authority=body.id,
        about=About(program=about.id),
        stated=Stated(stance, "So it is.", Attribution.OFFICIAL_DOCUMENT, LegalForce.POLITICAL),
        **more,
    )


def ask(about: Program, actor: Actor | None = None, **more: Any) -> list[Line]:
    at = now()
    said: dict[str, Any] = {"as_of": at, "now": at, "program": about} | more
    return read_coverage(Asked(actor or duties.desk(), **said)).lines


def cell(lines: list[Line], body: Organization, need: CoverageNeed) -> Cell:
    line = next(line for line in lines if line.body == body)
    return next(one for one in line.cells if one.need is need)


def place(slug: str) -> None:
    jurisdictions.register(
        make.by(make.staff(Role.INTAKE)), slug=slug, name=slug, kind=JurisdictionKind.STATE
    )


def seated(slug: str, **more: Any) -> Organization:
    return make.organization(jurisdictions=((slug, JurisdictionRole.SEAT),), **more)


@pytest.fixture
def tier() -> Tier:
    return make.tier()


class TestPosition:
    @pytest.mark.parametrize(
        ("stance", "covered"),
        [
            (Stance.OBJECTS, Covered.YES),
            (Stance.NO_OBJECTION, Covered.YES),
            (Stance.AWAITING, Covered.NO),
            (Stance.NOT_ASKED, Covered.NO),
            (Stance.DECLINED, Covered.NO),
        ],
    )
    def test_to_await_one_is_no_position_and_silence_is_not_known(
        self, tier: Tier, stance: Stance, covered: Covered
    ) -> None:
        body, other = duties.authority(None), duties.authority(None)
        position(body, tier.program, stance)
        lines = ask(tier.program)
        assert cell(lines, body.organization, CoverageNeed.POSITION).covered is covered
        assert cell(lines, other.organization, CoverageNeed.POSITION).covered is Covered.NOT_KNOWN

    def test_one_in_confidence_counts_for_who_may_read_it(self, tier: Tier) -> None:
        body = duties.authority(None)
        position(body, tier.program, Stance.OBJECTS, marking=Marking.CONFIDENTIAL)
        others = cell(
            ask(tier.program, make.staff(Role.AUDITOR)), body.organization, CoverageNeed.POSITION
        )
        assert others.covered is Covered.NOT_KNOWN
        assert "So it is" not in str(others.evidence)
        mine = cell(ask(tier.program), body.organization, CoverageNeed.POSITION)
        assert mine.covered is Covered.YES

    def test_what_was_held_before_is_asked_as_of_then(self, tier: Tier) -> None:
        body, before = duties.authority(None), now()
        position(body, tier.program, Stance.SUPPORTS)
        then = cell(ask(tier.program, as_of=before), body.organization, CoverageNeed.POSITION)
        assert then.covered is Covered.NOT_KNOWN


class TestAccess:
    def test_that_of_its_evaluator_is_its_own_and_nobody_elses(self, tier: Tier) -> None:
        body, neighbor = duties.authority(None), duties.authority(None)
        evaluator = make.organization(kind=OrganizationKind.SAFETY_INSTITUTE)
        relations.register(
            make.by(make.staff(Role.INTAKE)),
            subject=evaluator.id,
            kind=RelationKind.EVALUATES_FOR,
            to=body.organization_id,
        )
        grant = make.grant(evaluator, tier)
        lines = ask(tier.program)
        held = cell(lines, body.organization, CoverageNeed.ACCESS)
        assert held.covered is Covered.YES
        assert held.evidence[0].row == grant
        missing = cell(lines, neighbor.organization, CoverageNeed.ACCESS)
        assert missing.covered is Covered.NO


class TestRule:
    def test_a_rule_counts_for_whom_it_is_addressed_to_while_it_applies(self, tier: Tier) -> None:
        body, other = duties.authority("test-office"), duties.authority("other-office")
        nobody = duties.authority(None)
        edition = duties.rule(timing="period", applies_from="2026-01-01")
        said = {
            one: cell(ask(tier.program), one.organization, CoverageNeed.RULE)
            for one in (body, other, nobody)
        }
        assert [one.covered for one in said.values()] == [
            *(Covered.YES, Covered.NO),
            Covered.NOT_KNOWN,
        ]
        assert said[body].evidence[0].row == edition
        early = dt.datetime(2025, 12, 1, tzinfo=dt.UTC)
        then = cell(ask(tier.program, as_of=early), body.organization, CoverageNeed.RULE)
        assert then.covered is Covered.NO


class TestAttestation:
    def test_what_the_body_says_it_accepts_is_looked_for_at_developer_and_holders(
        self, tier: Tier
    ) -> None:
        body, scheme = duties.authority(None), eligible.scheme("iso")
        holder = make.grant(None, tier).organization

        def look(**more: Any) -> Cell:
            return cell(ask(tier.program, **more), body.organization, CoverageNeed.ATTESTATION)

        assert look().covered is Covered.NOT_KNOWN
        accept(body, scheme)
        assert (look().covered, "Nothing under it" in look().evidence[0].text) == (
            Covered.NOT_KNOWN,
            True,
        )
        row = eligible.handed_in(holder, scheme)
        assert look().covered is Covered.NO
        before = now()
        attestations.review(
            make.by(make.staff(Role.REVIEWER)),
            attestation=row.id,
            finding=AttestationFinding.ACCEPTED,
        )
        assert (look().covered, look().evidence[0].row) == (Covered.YES, row)
        assert "Act of the tests" in look().evidence[0].text
        assert look(known_at=before).covered is Covered.NO
        accepted_schemes.withdraw(make.by(duties.desk()), authority=body.id, scheme=scheme.id)
        assert look().covered is Covered.NOT_KNOWN

    def test_by_a_recognition_and_not_by_one_that_belongs_to_nobody_here(self, tier: Tier) -> None:
        body = duties.authority(None)
        one, other = eligible.scheme("a"), eligible.scheme("b")
        accept(body, other)
        eligible.attested(make.organization(), other)
        held = eligible.attested(tier.ai_models.get().developer, one)
        assert (
            cell(ask(tier.program), body.organization, CoverageNeed.ATTESTATION).covered
            is Covered.NOT_KNOWN
        )
        eligible.recognized(one, other)
        found = cell(ask(tier.program), body.organization, CoverageNeed.ATTESTATION)
        assert (found.covered, found.evidence[0].row) == (Covered.YES, held)

    def test_is_on_record_once_and_with_where_it_is_said(self) -> None:
        body, scheme = duties.authority(None), eligible.scheme()
        accept(body, scheme)
        with pytest.raises(accepted_schemes.AcceptedAlready):
            accept(body, scheme)
        with pytest.raises(accepted_schemes.AcceptanceUnproven):
            accept(duties.authority(None), scheme, basis=" ")


def accept(body: Authority, scheme: Scheme, basis: str = "Act of the tests") -> None:
    accepted_schemes.state(
        make.by(duties.desk()), authority=body.id, scheme=scheme.id, basis=basis
    )


class TestContact:
    def test_is_verified_or_only_on_record_or_not_known(self, tier: Tier) -> None:
        body, intake = duties.authority(None), make.staff(Role.INTAKE)
        place("at")
        office = seated("at", kind=OrganizationKind.GOVERNMENT)
        row = contacts.register(
            make.by(intake, now()),
            organization=body.organization_id,
            name="Desk",
            email="a@b.invalid",
        ).value
        lines = ask(tier.program)
        assert cell(lines, body.organization, CoverageNeed.CONTACT).covered is Covered.NO
        assert cell(lines, office, CoverageNeed.CONTACT).covered is Covered.NOT_KNOWN
        contacts.verify(make.by(intake, now()), contact=row.id)
        after = cell(ask(tier.program), body.organization, CoverageNeed.CONTACT)
        assert after.covered is Covered.YES


class TestLines:
    def test_where_a_holder_sits_and_nobody_is_registered_is_a_line_of_its_own(
        self, tier: Tier
    ) -> None:
        place("nz")
        make.grant(seated("nz"), tier)
        line = next(line for line in ask(tier.program) if line.jurisdiction.slug == "nz")
        assert (line.body, line.concerned) == (None, True)
        assert [one.covered for one in line.cells] == [
            Covered.NO,
            *[Covered.NOT_KNOWN] * (len(CoverageNeed) - 1),
        ]

    def test_the_two_worlds_do_not_meet(self, tier: Tier) -> None:
        synthetic = duties.authority(None, synthetic=True)
        real = duties.authority(None)
        bodies = {line.body for line in ask(tier.program)}
        assert real.organization in bodies
        assert synthetic.organization not in bodies

    def test_it_costs_the_same_for_more_bodies_rules_and_positions(self, tier: Tier) -> None:
        counts = []
        for number in (2, 6):
            for _ in range(number):
                body = duties.authority(f"office-{Authority.objects.count()}")
                duties.rule(f"rule-{Authority.objects.count()}", timing="period")
                position(body, tier.program, Stance.SUPPORTS)
                make.grant(body.organization, tier)
            counts.append(count(lambda: ask(tier.program, make.staff(Role.AUDITOR))))
        assert counts[0] == counts[1]


def count(act: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as queries:
        act()
    return len(queries)


class TestApi:
    @pytest.fixture
    def staff(self) -> APIClient:
        actor = make.client(make.organization(), "review:write", kind=ClientKind.STAFF)
        return api(replace(actor, roles=frozenset({Role.AUDITOR})))

    def test_gives_every_line_with_its_evidence(self, staff: APIClient, tier: Tier) -> None:
        body = duties.authority(None)
        position(body, tier.program, Stance.OBJECTS)
        answer = staff.get("/api/v1/coverage/", {"program": tier.program.slug}).json()
        line = next(line for line in answer["results"] if line["body"] == body.organization.slug)
        held = next(one for one in line["cells"] if one["need"] == "position")
        assert (held["covered"], held["evidence"][0]["kind"]) == ("yes", "position")
        assert answer["models"] == [tier.ai_models.get().slug]

    def test_says_of_what_it_must_be_asked(self, staff: APIClient) -> None:
        assert staff.get("/api/v1/coverage/").json()["code"] == "coverage_of_nothing"
        assert staff.get("/api/v1/coverage/", {"program": "none"}).status_code == 404

    def test_is_not_for_partners(self, tier: Tier) -> None:
        partner = api(make.client(make.organization(), "registry:read"))
        answer = partner.get("/api/v1/coverage/", {"program": tier.program.slug})
        assert answer.status_code == 403


class TestPage:
    def test_shows_and_exports_it_in_words(self, client: Client, tier: Tier) -> None:
        body = duties.authority(None)
        position(body, tier.program, Stance.AWAITING)
        client.force_login(person(Role.AUDITOR))
        asked = {"program": tier.program.slug}
        page = client.get("/admin/coverage/", asked).content.decode()
        assert body.organization.name in page
        assert "not known" in page
        file = client.get("/admin/coverage/", asked | {"format": "csv"}).content.decode()
        held = next(line for line in file.splitlines() if ",position," in line)
        assert held.startswith(f"eu,{body.organization.slug},")
        assert ",no," in held

    def test_is_closed_to_who_holds_no_role(self, client: Client) -> None:
        client.force_login(person())
        assert client.get("/admin/coverage/").status_code == 403
