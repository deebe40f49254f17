"""Eligibility: the pure evaluator over random recognitions, and what it does to requests and grants."""

import datetime as dt
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from access.choices import NeedStanding, Reason, RequestStatus
from access.eligibility import (
    Edge,
    Facts,
    Held,
    Neighbor,
    Place,
    RequirementsUnreadable,
    Scheme,
    assess,
    assess_ahead,
    find_path,
    read_requirements,
)
from access.models import Grant, Tier
from access.operations import reviews
from access.operations.eligibility import RequirementsUnmet
from access.queries.decisions import Asked, evaluate
from access.queries.eligibility import assess_tier
from access.queries.grant_needs import list_resting_on
from access.queries.invariants import grants_need_what_the_facts_say
from registry import followers
from registry import models as registry
from registry.choices import (
    JurisdictionKind,
    JurisdictionRole,
    OrganizationKind,
    RelationKind,
    Role,
)
from registry.operations import attestations, jurisdictions, organizations, relations, schemes
from registry.operations.organizations import OrganizationProfile
from tests import eligible, make
from tests.eligible import DAY, TODAY

NOW = dt.datetime(2026, 7, 1, tzinfo=dt.UTC)
LEVELS = ("low", "middle", "high")
SCHEMES = tuple(Scheme(UUID(int=n), f"scheme{n}", "", LEVELS) for n in range(1, 6))
ends = st.one_of(st.none(), st.integers(-5, 50).map(lambda days: NOW + days * DAY))
edges = st.builds(
    Edge,
    starts_at=st.none(),
    ends_at=ends,
    id=st.uuids(),
    scheme=st.sampled_from(SCHEMES),
    level=st.sampled_from(("", *LEVELS)),
    satisfies=st.sampled_from(SCHEMES),
    up_to=st.sampled_from(("", *LEVELS)),
    transitive=st.booleans(),
)
helds = st.builds(
    Held,
    starts_at=st.none(),
    ends_at=ends,
    id=st.uuids(),
    scheme=st.sampled_from(SCHEMES),
    level=st.sampled_from(("", *LEVELS)),
)
worlds = st.builds(
    Facts,
    held=st.lists(helds, max_size=3).map(tuple),
    edges=st.lists(edges, max_size=8).map(tuple),
    schemes=st.just(SCHEMES),
)
ASKS = read_requirements(
    {
        "requirements": [
            {
                "code": f"{scheme}-{level}",
                "title": "Held",
                "kind": "attestation",
                "scheme": scheme.slug,
                "level": level,
            }
            for scheme in SCHEMES
            for level in LEVELS
        ]
    }
)

unhurried = hypothesis_settings(
    suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=60
)


class TestPaths:
    @unhurried
    @given(worlds, st.sampled_from(SCHEMES), st.sampled_from(LEVELS))
    def test_a_path_is_sound(self, facts: Facts, wanted: Scheme, level: str) -> None:
        path = find_path(facts.held, facts.edges, wanted=[wanted], level=level, at=NOW)
        if path is None:
            return
        scheme, reached = path.held.scheme, path.held.level
        assert path.held.holds(NOW)
        for edge in path.edges:
            assert edge.holds(NOW)
            assert edge.scheme == scheme
            assert scheme.rank(reached) >= scheme.rank(edge.level)
            scheme, reached = edge.satisfies, edge.up_to
        assert scheme == wanted
        assert scheme.rank(reached) >= scheme.rank(level)
        assert len(path.edges) <= 1 or all(edge.transitive for edge in path.edges)

    @unhurried
    @given(worlds, st.sampled_from(SCHEMES), st.sampled_from(LEVELS))
    def test_none_is_overlooked(self, facts: Facts, wanted: Scheme, level: str) -> None:
        """Against a plain account: the fixed point of single steps and of steps that may follow each other."""
        direct = {(h.scheme, h.scheme.rank(h.level)) for h in facts.held if h.holds(NOW)}
        live = [edge for edge in facts.edges if edge.holds(NOW)]
        known = set(direct)
        while True:
            more = {
                (e.satisfies, e.satisfies.rank(e.up_to))
                for e in live
                if e.transitive
                for scheme, rank in known
                if scheme == e.scheme and rank >= scheme.rank(e.level)
            }
            if more <= known:
                break
            known |= more
        known |= {
            (e.satisfies, e.satisfies.rank(e.up_to))
            for e in live
            for scheme, rank in direct
            if scheme == e.scheme and rank >= scheme.rank(e.level)
        }
        expected = any(s == wanted and rank >= wanted.rank(level) for s, rank in known)
        found = find_path(facts.held, facts.edges, wanted=[wanted], level=level, at=NOW)
        assert (found is not None) is expected

    @unhurried
    @given(worlds, st.integers(0, 60))
    def test_what_is_known_ahead_is_what_will_be_said_then(self, facts: Facts, days: int) -> None:
        then = NOW + days * DAY
        stretches = assess_ahead(ASKS, facts, at=NOW)
        told = next(one for one in stretches if one.until is None or then < one.until)
        standings = [one.standing for one in assess(ASKS, facts, at=then)]
        assert [one.standing for one in told.results] == standings


def judge(kind: str, facts: Facts, **more: object) -> tuple[NeedStanding, dict[str, object]]:
    asked = {"code": "it", "title": "It", "kind": kind} | more
    (result,) = assess(read_requirements({"requirements": [asked]}), facts, at=NOW)
    return result.standing, dict(result.explanation)


def place(*slugs: str, role: str = "seat") -> Place:
    return Place(None, None, role, frozenset(slugs))


def owner(slug: str, share: float | None, *seats: str) -> Neighbor:
    return Neighbor(None, None, slug, frozenset(seats), share)


class TestRules:
    def test_what_bars_wins_over_what_allows(self) -> None:
        said = {"allowed": {"seat": ["eu"]}, "barred": {"seat": ["fr"]}}
        assert judge("jurisdictions", Facts(places=(place("de", "eu"),)), **said)[0] == "met"
        assert judge("jurisdictions", Facts(places=(place("fr", "eu"),)), **said)[0] == "not_met"
        assert judge("jurisdictions", Facts(places=(place("us"),)), **said)[0] == "not_met"
        assert judge("jurisdictions", Facts(), **said)[0] == "not_known"

    def test_shares_add_up_and_an_unknown_one_leaves_it_open(self) -> None:
        both = Facts(owners=(owner("a", 30, "xx"), owner("b", 20, "xx")))
        assert judge("ownership", both, barred=["xx"])[0] == "not_met"
        unknown = Facts(owners=(owner("a", 30, "xx"), owner("b", None, "xx")))
        assert judge("ownership", unknown, barred=["xx"]) == (
            "not_known",
            {"missing": "share", "owners": ["a", "b"]},
        )
        assert judge("ownership", Facts(owners=(owner("a", 49, "xx"),)), barred=["xx"])[0] == "met"

    def test_a_vendor_without_a_seat_is_not_known(self) -> None:
        vendors = Facts(vendors=(owner("cloud", None),))
        assert judge("vendors", vendors, barred_jurisdictions=["xx"])[0] == "not_known"
        assert judge("vendors", vendors, barred=["cloud"])[0] == "not_met"
        assert judge("vendors", vendors, barred=["other"])[0] == "met"

    def test_of_another_entity_or_service_it_says_nothing(self) -> None:
        held = Held(None, None, uuid4(), SCHEMES[0], "high")
        asked = {"scheme": "scheme1", "service": "Mail"}
        for one, why in (
            (Held(None, None, held.id, held.scheme, "high", own=False), "another_legal_entity"),
            (Held(None, None, held.id, held.scheme, "high", service="Maps"), "another_service"),
        ):
            facts = Facts(held=(one,), schemes=SCHEMES)
            standing, told = judge("attestation", facts, **asked)
            assert standing == "not_met"
            assert [near["why"] for near in told["near"]] == [why]  # type: ignore[attr-defined]
        mail = Held(None, None, held.id, held.scheme, "high", service="mail")
        assert judge("attestation", Facts(held=(mail,), schemes=SCHEMES), **asked)[0] == "met"

    @pytest.mark.parametrize(
        "document",
        [
            {},
            {"requirements": [eligible.asks(), eligible.asks()]},
            {"requirements": [eligible.asks(colour="red")]},
            {"requirements": [{"code": "x", "title": "X", "kind": "jurisdictions"}]},
        ],
    )
    def test_a_document_that_cannot_be_meant_is_refused(self, document: dict[str, object]) -> None:
        with pytest.raises(RequirementsUnreadable):
            read_requirements(document)


def ask(row: Grant) -> Reason:
    asked = Asked(row.organization.slug, row.tier.ai_models.get().slug, "invoke")
    return evaluate(asked).answer.reason


@pytest.fixture
def tier() -> Tier:
    """A tier that asks for one scheme."""
    found = make.tier()
    eligible.scheme("iso")
    eligible.required(found, eligible.asks("iso"))
    return found


def get_scheme(slug: str = "iso") -> registry.Scheme:
    return registry.Scheme.objects.get(slug=slug)


@pytest.mark.django_db
class TestRequests:
    def test_approval_is_refused_with_what_is_missing(self, tier: Tier) -> None:
        row = make.assessed(None, tier)
        with pytest.raises(RequirementsUnmet) as refused:
            reviews.approve(
                make.by(make.staff(Role.DECIDER)), request=row.id, ruling=make.ruling()
            )
        assert refused.value.values["requirements"][0]["explanation"]["missing"] == "attestation"
        eligible.attested(row.organization, get_scheme())
        reviews.approve(make.by(make.staff(Role.DECIDER)), request=row.id, ruling=make.ruling())
        assert ask(Grant.objects.get(request=row)) is Reason.GRANT_IN_FORCE

    def test_advice_refuses_nothing(self) -> None:
        tier = make.tier()
        eligible.scheme("iso")
        eligible.required(tier, eligible.asks("iso", advisory=True))
        row = make.grant(None, tier)
        assert ask(row) is Reason.GRANT_IN_FORCE
        assert not row.needs.exists()

    def test_a_request_keeps_the_edition_it_was_submitted_under(self, tier: Tier) -> None:
        row = make.assessed(None, tier)
        eligible.attested(row.organization, get_scheme())
        eligible.scheme("soc")
        eligible.required(tier, eligible.asks("soc"))
        decider = make.by(make.staff(Role.DECIDER))
        approved = reviews.approve(decider, request=row.id, ruling=make.ruling()).value
        assert approved.status == RequestStatus.APPROVED

    def test_is_told_before_one_asks(self, tier: Tier) -> None:
        (result,) = assess_tier(make.organization().id, tier, at=dt.datetime.now(dt.UTC))
        assert (result.standing, result.asked.code) == ("not_met", "iso")


@pytest.mark.django_db
class TestGrants:
    def grant(self, tier: Tier) -> Grant:
        of = make.organization()
        eligible.attested(of, get_scheme())
        return make.grant(of, tier)

    def test_its_end_is_known_ahead(self, tier: Tier) -> None:
        row = self.grant(tier)
        end = dt.datetime.combine(TODAY + 201 * DAY, dt.time(), dt.UTC)
        asked = Asked(row.organization.slug, row.tier.ai_models.get().slug, "invoke")
        assert evaluate(asked).answer.valid_until == end
        later = Asked(asked.organization, asked.model, "invoke", as_of=end)
        assert evaluate(later).answer.reason is Reason.REQUIREMENT_UNMET

    def test_a_withdrawal_refuses_from_its_commit(self, tier: Tier) -> None:
        row = self.grant(tier)
        held = row.organization.attestations.get()
        attestations.withdraw(
            make.by(make.staff(Role.REVIEWER)), attestation=held.id, reason="Forged."
        )
        assert ask(row) is Reason.REQUIREMENT_UNMET
        eligible.attested(row.organization, get_scheme())
        assert ask(row) is Reason.GRANT_IN_FORCE

    def test_the_end_of_an_edge_lists_and_refuses_what_it_supported(self, tier: Tier) -> None:
        other = eligible.scheme("other")
        edge = eligible.recognized(other, get_scheme())
        of = make.organization()
        eligible.attested(of, other)
        supported, alone = make.grant(of, tier), self.grant(tier)
        assert {need.grant_id for need in list_resting_on(edge, at=dt.datetime.now(dt.UTC))} == {
            supported.id
        }
        schemes.end_recognition(
            make.by(make.staff(Role.RESTRICTOR)), recognition=edge.id, reason="Denounced"
        )
        assert (ask(supported), ask(alone)) == (Reason.REQUIREMENT_UNMET, Reason.GRANT_IN_FORCE)
        assert list_resting_on(edge, at=dt.datetime.now(dt.UTC)) == []

    def test_a_newer_edition_binds_grants_from_its_date_on(self, tier: Tier) -> None:
        row = self.grant(tier)
        eligible.scheme("soc")
        start = dt.datetime.now(dt.UTC) + 30 * DAY
        eligible.required(
            tier, eligible.asks("iso"), eligible.asks("soc"), binds_grants_from=start
        )
        asked = Asked(row.organization.slug, row.tier.ai_models.get().slug, "invoke")
        assert evaluate(asked).answer.valid_until == start
        eligible.attested(row.organization, get_scheme("soc"))
        assert evaluate(asked).answer.valid_until != start

    def test_a_fact_changed_behind_their_back_is_found(
        self, tier: Tier, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        row = self.grant(tier)
        assert list(grants_need_what_the_facts_say()) == []
        monkeypatch.setattr(followers, "_followers", [])
        held = row.organization.attestations.get()
        attestations.withdraw(
            make.by(make.staff(Role.REVIEWER)), attestation=held.id, reason="Forged."
        )
        (breach,) = grants_need_what_the_facts_say()
        assert str(row.id) in str(breach)

    def test_where_it_is_and_who_owns_it_count_at_once(self) -> None:
        tier = make.tier()
        for slug in ("aa", "xx"):
            jurisdictions.register(
                make.by(make.staff(Role.INTAKE)),
                slug=slug,
                name=slug,
                kind=JurisdictionKind.STATE,
            )
        seat = (("aa", JurisdictionRole.SEAT),)
        of = make.organization(jurisdictions=seat)
        eligible.required(
            tier,
            {
                "code": "where",
                "title": "Seat",
                "kind": "jurisdictions",
                "barred": {"seat": ["xx"]},
            },
            {"code": "owner", "title": "Owner", "kind": "ownership", "barred": ["xx"]},
        )
        row = make.grant(of, tier)
        owner = make.organization(jurisdictions=(("xx", JurisdictionRole.SEAT),))
        edge = {"subject": owner.id, "kind": RelationKind.OWNS, "to": of.id}
        relations.register(make.by(make.staff(Role.INTAKE)), **edge)  # type: ignore[arg-type]
        assert ask(row) is Reason.REQUIREMENT_UNMET
        relations.end(make.by(make.staff(Role.INTAKE)), **edge)  # type: ignore[arg-type]
        assert ask(row) is Reason.GRANT_IN_FORCE
        moved = OrganizationProfile(
            of.slug,
            of.name,
            OrganizationKind.COMPANY,
            jurisdictions=(("xx", JurisdictionRole.SEAT),),
        )
        organizations.change(make.by(make.staff(Role.INTAKE)), organization=of.id, profile=moved)
        assert ask(row) is Reason.REQUIREMENT_UNMET
