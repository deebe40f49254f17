"""The evening of 12 June over HTTP, played both ways, through the list to the lift, as programs live it."""

import datetime as dt
from typing import Any

import pytest
from django.utils.timezone import now
from pytest_django.live_server_helper import LiveServer

from access.models import EnforcementPoint, Grant, Restriction, Tier
from access.operations import enforcement
from access.operations.enforcement import PointProfile
from notifications.models import Delivery
from notifications.operations import deliveries
from registry.choices import ClientKind, OrganizationKind, Role
from registry.models import AuditEvent, Client
from registry.operations import contacts, identifiers, ledger
from tests import make, stops
from tests.http import Answer, Program, sign_in
from tests.journeys.calls import OWN, question, staff

pytestmark = pytest.mark.django_db(transaction=True)


class Evening:
    """Who was there at 17:21: three partners, the developer with its API, a cloud, two restrictors."""

    def __init__(self, server: LiveServer, tier: Tier) -> None:
        self.base, self.tier = server.url, tier
        self.model = tier.ai_models.get()
        stops.person_class()
        self.grants = [self.hold(f"partner{number}", f"aws:{number}") for number in range(3)]
        first = self.grants[0].organization
        self.ada = stops.member(first, holds=True).reference
        self.bob = stops.member(first, holds=False).reference
        self.partner = sign_in(server.url, first, *OWN)
        self.first, self.second = (staff(server, Role.RESTRICTOR) for _ in range(2))
        self.api, self.cloud = (self.enforce(slug) for slug in ("api", "cloud"))
        self.seen: list[Any] = []

    def hold(self, slug: str, account: str) -> Grant:
        grant = make.grant(make.organization(slug), self.tier)
        intake = make.staff(Role.INTAKE)
        contacts.register(
            make.by(intake),
            organization=grant.organization_id,
            name="Contact",
            email=f"{slug}@partner.invalid",
        )
        identifiers.register(
            make.by(intake), organization=grant.organization_id, identifier=account
        )
        return grant

    def enforce(self, slug: str) -> tuple[str, Program]:
        """A point with its gateway; its address."""
        owner = make.organization(f"owner-of-{slug}", kind=OrganizationKind.DEVELOPER)
        program = sign_in(
            self.base,
            owner,
            "enforcement:report",
            "access:evaluate",
            "access:evaluate_any",
            kind=ClientKind.GATEWAY,
        )
        profile = PointProfile(
            slug,
            owner.id,
            f"Night desk of {slug}",
            f"{slug}@owner.invalid",
            ("aws",),
            Client.objects.get(organization=owner).id,
        )
        row = enforcement.register(
            make.by(make.staff(Role.ADMINISTRATOR)), slug=slug, profile=profile
        ).value
        return f"/api/v1/enforcement-points/{row.id}/", program

    def impose(self, **more: Any) -> str:
        """By the first restrictor, without words yet; the restriction's address."""
        said = {
            "kind": "order",
            "basis": "order",
            "title": "Order by the undersecretary",
            "confidential_basis": stops.SECRET,
            "models": [str(self.model.id)],
        } | more
        answer = self.first.post("/api/v1/restrictions/", said)
        assert answer.status == 201, answer.body
        return f"/api/v1/restrictions/{answer.body['id']}/"

    def ask(self, grant: Grant, member: str | None = None) -> tuple[bool, str]:
        asked = question(grant.organization, self.tier)
        if member is not None:
            asked["subject"] = {
                "type": "member",
                "id": member,
                "properties": {"organization": grant.organization.slug},
            }
        answer = self.api[1].post("/access/v1/evaluation", asked)
        self.seen.append(answer.body)
        return answer.body["decision"], answer.body["context"]["reason"]["code"]

    def report(self, restriction: str, switch: str, *points: tuple[str, Program]) -> Answer | None:
        """Each point applies what it has to, five seconds after the commit."""
        answer = None
        for address, program in points:
            owed = program.get(f"{address}applications/").body["results"]
            self.seen.append(owed)
            for one in owed:
                if one["restriction"] not in restriction or one["switch"] != switch:
                    continue
                committed = dt.datetime.fromisoformat(one["committed_at"])
                said = {
                    "restriction": one["restriction"],
                    "switch": switch,
                    "read_at": (committed + dt.timedelta(seconds=2)).isoformat(),
                    "applied_at": (committed + dt.timedelta(seconds=5)).isoformat(),
                    "last_yes_at": (committed + dt.timedelta(seconds=4)).isoformat(),
                }
                answer = program.post(f"{address}report_applied/", {"applied": [said]})
                assert answer.status == 200, answer.body
        return answer

    def effect(self, restriction: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.first.get(f"{restriction}effect/").body["results"]
        return found

    def mails(self) -> list[Delivery]:
        ledger.sequence_all()
        while deliveries.fan_out(at=now()):
            pass
        told = Delivery.objects.filter(event_name__startswith="restriction.")
        return list(told.filter(organization__isnull=False).order_by("event_row"))

    def lift(self, restriction: str) -> Answer:
        assert self.first.post(f"{restriction}lift/").body["lifted_at"] is None
        return self.second.post(f"{restriction}lift/")


@pytest.fixture
def evening(live_server: LiveServer) -> Evening:
    return Evening(live_server, make.tier())


class TestBeforeTheClick:
    def test_that_class_and_everyone_are_compared(self, evening: Evening) -> None:
        said = {"models": [str(evening.model.id)], "person_class": stops.CLASS, "page_size": 2}
        found = evening.first.post("/api/v1/restrictions/preview/", said).body
        narrow, wide = found["person_class"], found["everyone"]
        assert narrow["name"] == f"{evening.model.slug} + {stops.CLASS}"
        assert (narrow["reach"]["continuing"], wide["reach"]["continuing"]) == (1, 0)
        assert wide["reach"]["organizations"] == 3
        assert wide["reach"]["surfaces"] == 3
        assert wide["enforcement_points"] == ["api", "cloud"]
        assert [row["organization"] for row in found["results"]] == ["partner0", "partner1"]
        rest = evening.first.post(
            "/api/v1/restrictions/preview/", said | {"after": found["after"]}
        ).body
        assert [row["organization"] for row in rest["results"]] == ["partner2"]
        assert rest["after"] is None
        assert not Restriction.objects.exists()

    def test_only_the_scopes_name_imposes_and_only_a_client_with_the_scope(
        self, evening: Evening, live_server: LiveServer
    ) -> None:
        said = {
            "kind": "order",
            "basis": "order",
            "title": "Order",
            "models": [str(evening.model.id)],
            "confirm": "yes",
        }
        refused = evening.first.post("/api/v1/restrictions/", said)
        assert (refused.status, refused.body["code"]) == (400, "not_confirmed")
        assert refused.body["values"] == {"name": evening.model.slug}
        tool = sign_in(
            live_server.url,
            make.organization(),
            "restrictions:write",
            kind=ClientKind.STAFF,
            roles=(Role.RESTRICTOR,),
        )
        for path in ("/api/v1/restrictions/", "/api/v1/restrictions/preview/"):
            answer = tool.post(path, said)
            assert (answer.status, answer.body["code"]) == (403, "scope_missing")
        for program in (evening.partner, evening.api[1]):
            assert program.post("/api/v1/restrictions/", said).status == 403


class TestTheEvening:
    def test_both_ways_through_the_list_to_the_lift(self, evening: Evening) -> None:
        order, switch = self.stop(evening)
        self.tell(evening, order, switch)
        self.give_back(evening, order, switch)
        self.lift(evening, order, switch)
        self.switch_on(evening)
        self.check_secrecy(evening, order, switch)

    @staticmethod
    def stop(evening: Evening) -> tuple[str, str]:
        listed, _other, _third = evening.grants
        assert evening.ask(listed) == (True, "grant_in_force")

        # 17:21. The order bars a class of persons; the person decides.
        order = evening.impose(
            person_class=stops.CLASS, confirm=f"{evening.model.slug} + {stops.CLASS}"
        )
        assert evening.ask(listed) == (False, "person_not_established")
        assert evening.ask(listed, evening.ada) == (True, "grant_in_force")
        assert evening.ask(listed, evening.bob) == (False, "restricted")

        # The developer cannot tell who is one, and stops everyone.
        switch = evening.impose(
            kind="stop",
            basis="developer_act",
            title="Off for everyone",
            because_of=order.split("/")[-2],
            confirm=evening.model.slug,
        )
        assert evening.ask(listed, evening.ada) == (False, "restricted")

        # Off means off: the cloud is silent until it reports.
        evening.report(switch, "off", evening.api)
        (off,) = evening.effect(switch)
        assert (off["applied"], off["concerned"], off["complete"]) == (1, 2, False)
        assert off["points"][1]["alarm_name"] == "Night desk of cloud"
        evening.report(switch, "off", evening.cloud)
        evening.report(order, "off", evening.api, evening.cloud)
        (off,) = evening.effect(switch)
        assert (off["complete"], off["seconds_to_effect"]) == (True, 5.0)

        return order, switch

    @staticmethod
    def tell(evening: Evening, order: str, switch: str) -> None:
        """Nobody outside was mailed yet; a partner reads the neutral text and no more."""
        assert evening.mails() == []
        read = evening.partner.get("/api/v1/restrictions/").body["results"]
        assert {row["title"] for row in read} == {"A restriction of access"}
        assert {row["basis"] for row in read} == {None}
        for restriction in (order, switch):
            words = {"title": "A pause", "public_wording": "Access pauses by order."}
            assert evening.second.post(f"{restriction}word/", words).status == 200
        addresses = sorted(mail.address for mail in evening.mails())
        assert addresses == sorted(2 * [f"partner{number}@partner.invalid" for number in range(3)])

    @staticmethod
    def give_back(evening: Evening, order: str, switch: str) -> None:
        """Two weeks later some come back from a list: under the order, and under the stop."""
        listed, other, _third = evening.grants
        annex = f"identifier,name\n{listed.organization.slug},\n,Partner One\nowner-of-api,\n"
        for restriction in (order, switch):
            previewed = evening.first.post(f"{restriction}preview_restore/", {"content": annex})
            assert [line["finding"] for line in previewed.body["lines"]] == [
                "matched",
                "unmatched",
                "not_stopped",
            ]
            said = {"file_name": "annex-a.csv", "content": annex, "basis": "Annex A"}
            done = evening.first.post(f"{restriction}restore/", said).body
            assert (done["restored"], done["left_out"]) == (1, 2)
            again = evening.first.post(f"{restriction}restore/", said).body
            assert again["id"] == done["id"]
        assert evening.ask(listed, evening.bob) == (True, "grant_in_force")
        assert evening.ask(other) == (False, "restricted")

    @staticmethod
    def lift(evening: Evening, order: str, switch: str) -> None:
        """The order is lifted by two; the developer's switch is an act of its own."""
        _listed, other, _third = evening.grants
        assert evening.lift(order).body["lifted_at"] is not None
        assert evening.ask(other) == (False, "restricted")
        assert evening.lift(switch).body["lifted_at"] is not None
        assert evening.ask(other) == (True, "grant_in_force")
        _off, on = evening.effect(switch)
        assert not on["complete"]
        evening.report(switch, "on", evening.api, evening.cloud)
        _off, on = evening.effect(switch)
        assert on["complete"]

    @staticmethod
    def switch_on(evening: Evening) -> None:
        """An organization is active again when a point says so; that changes no answer."""
        listed, _other, _third = evening.grants
        address, cloud = evening.cloud
        grant = f"/api/v1/grants/{listed.id}/surfaces/"
        assert [row["standing"] for row in evening.partner.get(grant).body["results"]] == [
            "approved"
        ]
        active = {"surface": "aws:0", "model": evening.model.slug, "standing": "active"}
        assert cloud.post(f"{address}report_applied/", {"surfaces": [active]}).status == 200
        assert [row["standing"] for row in evening.partner.get(grant).body["results"]] == [
            "active"
        ]
        drift = cloud.get(f"{address}drift/").body["results"]
        assert {row["surface"] for row in drift} == {"aws:1", "aws:2"}

    @staticmethod
    def check_secrecy(evening: Evening, *restrictions: str) -> None:
        """The basis, and what staff call it while there were no words, are in nothing that left."""
        evening.mails()
        for program in (evening.partner, evening.api[1], evening.cloud[1], evening.first):
            for path in (
                "/api/v1/restrictions/",
                "/api/v1/events/?page_size=200",
                "/api/v1/grants/",
                *(f"{restriction}effect/" for restriction in restrictions),
            ):
                evening.seen.append(program.get(path).body)
        imposed_at = Restriction.objects.latest("imposed_at").imposed_at.isoformat()
        evening.seen.append(evening.partner.get(f"/api/v1/restrictions/?as_of={imposed_at}").body)
        texts = [str(evening.seen)]
        texts += [mail.title + mail.text + mail.html for mail in Delivery.objects.all()]
        texts += [str(event.details) for event in AuditEvent.objects.all()]
        assert len(texts) > 50
        assert not [text for text in texts if "telephone" in text or "undersecretary" in text]


class TestAPointOverHttp:
    def test_reports_only_for_itself_and_the_same_again_is_no_harm(self, evening: Evening) -> None:
        restriction = evening.impose(confirm=evening.model.slug)
        (address, _api), (_other, cloud) = evening.api, evening.cloud
        said: dict[str, Any] = {"applied": []}
        for call in (cloud.get, evening.partner.get):
            answer = call(f"{address}applications/")
            assert answer.status in {403, 404}
        assert cloud.post(f"{address}report_applied/", said).status == 404
        answers = [evening.report(restriction, "off", evening.api) for _ in range(2)]
        assert answers[0] is not None
        assert answers[1] is None  # nothing is owed any more
        assert (
            evening.api[1].get("/api/v1/enforcement-points/").body["results"][0]["slug"] == "api"
        )
        assert len(evening.first.get("/api/v1/enforcement-points/").body["results"]) == 2

    @pytest.mark.parametrize(
        ("said", "code"),
        [
            ({"applied": [{"switch": "off"}]}, "invalid"),
            ({"surfaces": [{"surface": "aws:1", "model": "m", "standing": "half"}]}, "invalid"),
            ({"applid": []}, "invalid"),
        ],
    )
    def test_what_cannot_be_meant_is_refused(
        self, evening: Evening, said: dict[str, Any], code: str
    ) -> None:
        address, program = evening.api
        answer = program.post(f"{address}report_applied/", said)
        assert (answer.status, answer.body["code"]) == (400, code)
        assert EnforcementPoint.objects.count() == 2
