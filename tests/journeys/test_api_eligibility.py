"""Eligibility over the API and on the pages: what is missing is told, brought and reviewed, and then rested on."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from access.models import Tier
from registry.actors import Actor
from registry.api.authentication import Caller
from registry.choices import ClientKind, Role
from registry.models import Attestation, Scheme, User
from registry.operations import attestations, users
from tests import eligible, make
from tests.eligible import DAY, TODAY

pytestmark = pytest.mark.django_db
GATES = ["vetting", "government", "export", "authority"]


def client_of(actor: Actor) -> APIClient:
    client = APIClient()
    client.force_authenticate(user=Caller(actor))  # type: ignore[arg-type]  # our caller is no user
    return client


@pytest.fixture
def tier() -> Tier:
    found = make.tier()
    eligible.scheme("iso")
    eligible.required(found, eligible.asks("iso"))
    return found


class TestTheApi:
    def test_from_what_is_missing_to_a_grant_that_rests_on_it(self, tier: Tier) -> None:
        of = make.organization()
        scopes = ("registry:read", "attestations:read", "attestations:write")
        partner = client_of(make.client(of, *scopes))
        base = f"/api/v1/programs/{tier.program.slug}/tiers/{tier.slug}"
        asked = partner.get(f"{base}/requirements/").json()
        assert [one["code"] for one in asked["requirements"]] == ["iso"]
        before = partner.get(f"{base}/eligibility/").json()
        assert (before["eligible"], before["requirements"][0]["standing"]) == (False, "not_met")
        scheme = partner.get("/api/v1/schemes/").json()["results"][0]
        body = {
            "scheme": scheme["id"],
            "issuer": "A body",
            "starts_on": str(TODAY - DAY),
            "ends_on": str(TODAY + DAY),
            "evidence_sha256": "cd" * 32,
        }
        handed_in = partner.post("/api/v1/attestations/", body, format="json")
        assert (handed_in.status_code, handed_in.json()["finding"]) == (201, "")
        assert not partner.get(f"{base}/eligibility/").json()["eligible"]
        path = f"/api/v1/attestations/{handed_in.json()['id']}/"
        refused = partner.post(f"{path}review/", {"finding": "accepted"}, format="json")
        assert refused.status_code == 403
        staff = make.client(make.organization(), "review:write", kind=ClientKind.STAFF)
        reviewer = Actor(
            staff.kind, staff.id, frozenset({Role.REVIEWER}), staff.scopes, None, staff.client_kind
        )
        accepted = client_of(reviewer).post(
            f"{path}review/", {"finding": "accepted"}, format="json"
        )
        assert (accepted.status_code, accepted.json()["finding"]) == (200, "accepted")
        assert partner.get(f"{base}/eligibility/").json()["eligible"]
        grant = make.grant(of, tier)
        (resting,) = partner.get(f"{path}grants/").json()
        assert (resting["grant"], resting["requirement"]) == (str(grant.id), "iso")

    def test_a_request_says_what_is_missing_and_a_grant_what_it_needs(self, tier: Tier) -> None:
        of = make.organization()
        held = eligible.attested(of, _scheme("iso"))
        grant = make.grant(of, tier)
        partner = client_of(make.client(of, "requests:read", "grants:read"))
        staff = make.client(
            make.organization(), "requests:read", "grants:read", kind=ClientKind.STAFF
        )
        for reader, gates in ((partner, ["vetting"]), (client_of(staff), GATES)):
            asked = reader.get(f"/api/v1/access-requests/{grant.request_id}/").json()
            (stands,) = asked["eligibility"]
            assert (stands["code"], stands["standing"]) == ("iso", "met")
            assert stands["explanation"]["path"][0]["attestation"] == str(held.id)
            told = reader.get(f"/api/v1/grants/{grant.id}/").json()
            now, then = told["needs"]
            assert (now["kind"], now["code"], now["standing"]) == ("requirement", "iso", "met")
            assert (then["standing"], then["since"], then["until"]) == (
                *("not_met", now["until"]),
                None,
            )
            for one in (asked, told):
                assert [gate["gate"] for gate in one["gates"]] == gates
            (listed,) = reader.get("/api/v1/grants/").json()["results"]
            assert (listed["needs"], listed["gates"]) == (told["needs"], None)
        attestations.withdraw(
            make.by(make.staff(Role.REVIEWER)), attestation=held.id, reason="Forged."
        )
        (need,) = partner.get(f"/api/v1/grants/{grant.id}/").json()["needs"]
        assert (need["standing"], need["explanation"]["missing"]) == ("not_met", "attestation")
        (stands,) = partner.get(f"/api/v1/access-requests/{grant.request_id}/").json()[
            "eligibility"
        ]
        assert stands["standing"] == "not_met"

    def test_nobody_sees_anothers(self, tier: Tier) -> None:
        held = eligible.attested(make.organization(), eligible.scheme("soc"))
        other = client_of(make.client(make.organization(), "attestations:read"))
        assert other.get("/api/v1/attestations/").json()["results"] == []
        for path in ("", "grants/"):
            assert other.get(f"/api/v1/attestations/{held.id}/{path}").status_code == 404
        asked = f"/api/v1/programs/{tier.program.slug}/tiers/{tier.slug}/eligibility/"
        told = other.get(asked, {"organization": held.organization.slug}).json()
        assert told["organization"] != held.organization.slug

    def test_a_list_costs_the_same_for_more_rows(self) -> None:
        of, scheme = make.organization(), eligible.scheme()
        partner = client_of(make.client(of, "attestations:read"))
        counts = []
        for _ in range(2):
            eligible.attested(of, scheme)
            with CaptureQueriesContext(connection) as queries:
                partner.get("/api/v1/attestations/")
            counts.append(len(queries))
        assert counts[0] == counts[1]


class TestThePages:
    @pytest.fixture
    def desk(self, client: Client) -> Client:
        user = make.user()
        for role in Role:
            users.give_role(make.by(make.staff(Role.ADMINISTRATOR)), user=user.username, role=role)
        client.force_login(User.objects.get(pk=user.pk))
        return client

    def test_staff_hand_in_and_see_what_rests_on_it(self, desk: Client, tier: Tier) -> None:
        of = make.organization()
        said = {
            "organization": of.id,
            "scheme": eligible.scheme("soc").id,
            "issuer": "A body",
            "starts_on": TODAY,
            "evidence_sha256": "ef" * 32,
        }
        answer = desk.post("/admin/registry/attestation/steps/hand-in/", said)
        assert answer.status_code == 302
        assert Attestation.objects.get().organization == of
        held = eligible.attested(of, _scheme("iso"))
        grant = make.grant(of, tier)
        page = desk.get(f"/admin/registry/attestation/{held.id}/change/").content.decode()
        assert str(grant.id) in page
        request = desk.get(f"/admin/access/accessrequest/{grant.request_id}/change/")
        assert "ISO held" in request.content.decode()
        shown = desk.get(f"/admin/access/grant/{grant.id}/change/").content.decode()
        assert "What it needs to be open" in shown

    def test_what_a_tier_requires_is_proposed_in_yaml(self, desk: Client, tier: Tier) -> None:
        path = "/admin/access/tierrequirements/steps/propose/"
        said = {"tier": tier.id, "document": "requirements: [{code: x}]"}
        assert desk.post(path, said).status_code == 409
        document = "requirements: [{code: t, title: Terms, kind: terms}]"
        assert desk.post(path, said | {"document": document}).status_code == 302
        newest = tier.requirements.order_by("-number")[0]
        assert newest.enacted_at is None
        page = f"/admin/access/tierrequirements/{newest.id}/change/"
        assert "Terms" in desk.get(page).content.decode()

    @pytest.mark.parametrize(
        "path",
        [
            "registry/attestation",
            "registry/scheme",
            "registry/recognition",
            "access/tierrequirements",
        ],
    )
    @pytest.mark.usefixtures("tier")
    def test_a_list_costs_the_same_for_more_rows(self, desk: Client, path: str) -> None:
        counts = []
        for number in range(2):
            one, other = eligible.scheme(f"a{number}"), eligible.scheme(f"b{number}")
            edge = eligible.recognized(one, other)
            eligible.attested(make.organization(), one)
            eligible.required(make.tier(), eligible.asks("iso"))
            assert desk.get(f"/admin/registry/recognition/{edge.id}/change/").status_code == 200
            desk.get(f"/admin/{path}/")
            with CaptureQueriesContext(connection) as queries:
                assert desk.get(f"/admin/{path}/").status_code == 200
            counts.append(len(queries))
        assert counts[0] == counts[1]


def _scheme(slug: str) -> Scheme:
    return Scheme.objects.get(slug=slug)
