"""Incidents over HTTP and on the staff's pages: told, classified, answered, and what every law asks of them."""

import dataclasses
import datetime as dt
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import now
from playwright.sync_api import Page
from rest_framework.test import APIClient

from access.models import Restriction
from notifications.models import IncidentStop, Obligation, ObligationQuestion
from registry.api.authentication import Caller
from registry.choices import ClientKind, DutyHolderKind, Role, Trigger
from registry.models import (
    AIModel,
    DutyHolderStatus,
    Incident,
    Mandate,
    Occurrence,
    Organization,
    User,
)
from registry.operations import occurrences, users
from tests import make
from tests.browser import CHROMIUM, REASON
from tests.duties import authority, rule
from tests.journeys.conftest import SignIn
from tests.journeys.test_query_counts import count
from tests.notifications.test_duties import DEADLY, assess, incident

pytestmark = pytest.mark.django_db

SCOPES = (
    *("incidents:read", "incidents:write", "obligations:read", "obligations:write"),
    "restrictions:write",
    "restrictions:impose",
)
MORNING = "2026-07-01T09:00:00Z"


def program(*roles: Role, of: Organization | None = None) -> APIClient:
    """A client program with a token: staff tooling with these roles, or without any a partner's."""
    kind = ClientKind.STAFF if roles else ClientKind.PARTNER
    own = ("incidents:read", "incidents:write")
    actor = make.client(of or make.organization(), *(SCOPES if roles else own), kind=kind)
    client = APIClient()
    caller = Caller(dataclasses.replace(actor, roles=frozenset(roles)))
    client.force_authenticate(user=caller)  # type: ignore[arg-type]  # our caller is no user
    return client


def told(model: AIModel, **more: Any) -> dict[str, Any]:
    return {
        "title": "Escape",
        "summary": "An agent left its sandbox.",
        "models": [str(model.id)],
    } | more


class TestAPartner:
    def test_it_tells_of_an_incident_and_reads_its_own_words(self) -> None:
        model, partner = make.ai_model(), program()
        answer = partner.post("/api/v1/incidents/", told(model, harms=["death"], deaths=1))
        assert answer.status_code == 201, answer.content
        body = answer.json()
        assert body["duty_holder"] == model.developer.slug
        assert body["classification"]["deaths"] == 1
        desk = program(Role.AUTHORITY_DESK)
        path = f"/api/v1/incidents/{body['id']}/"
        changed = {"summary": "For our eyes only.", "models": [str(model.id)], "harms": []}
        assert desk.post(f"{path}classify/", changed).status_code == 200
        assert desk.get(path).json()["classification"]["summary"] == "For our eyes only."
        shown = partner.get(path).json()
        assert shown["classification"]["summary"] == "An agent left its sandbox."
        assert shown["moments"] == []

    def test_it_sees_nobody_elses(self) -> None:
        row = incident()
        partner = program()
        assert partner.get("/api/v1/incidents/").json()["results"] == []
        assert partner.get(f"/api/v1/incidents/{row.id}/").status_code == 404

    @pytest.mark.parametrize(
        "more",
        [
            {"duty_holder": "somebody"},
            {"moments": [{"anchor": "aware", "happened_at": MORNING}]},
        ],
    )
    def test_what_the_developers_people_say_is_not_its_to_say(self, more: dict[str, Any]) -> None:
        answer = program().post("/api/v1/incidents/", told(make.ai_model(), **more))
        assert (answer.status_code, answer.json()["code"]) == (403, "not_for_partners")
        assert not Incident.objects.exists()

    def test_it_classifies_nothing_and_asks_for_no_duties(self) -> None:
        model, partner = make.ai_model(), program()
        pk = partner.post("/api/v1/incidents/", told(model)).json()["id"]
        answer = partner.post(f"/api/v1/incidents/{pk}/classify/", {"summary": "?"})
        assert (answer.status_code, answer.json()["code"]) == (403, "role_missing")
        assert partner.get(f"/api/v1/incidents/{pk}/duties/").status_code == 403

    def test_the_same_key_tells_once(self) -> None:
        model, partner = make.ai_model(), program()
        for _ in range(2):
            answer = partner.post(
                "/api/v1/incidents/", told(model), headers={"Idempotency-Key": "once"}
            )
            assert answer.status_code == 201
        assert Incident.objects.count() == 1


class TestStaffTooling:
    def test_from_a_report_to_an_answered_question(self) -> None:
        rule("deadly", **DEADLY)
        rule("asking", condition="incident.deception")
        authority()
        desk, model = program(Role.AUTHORITY_DESK), make.ai_model()
        body = told(
            model,
            duty_holder=model.developer.slug,
            harms=["death"],
            moments=[{"anchor": "aware", "happened_at": MORNING, "zone": "Europe/Brussels"}],
        )
        pk = desk.post("/api/v1/incidents/", body).json()["id"]
        assert desk.post(f"/api/v1/incidents/{pk}/assess/", {}).status_code == 200
        verdicts = {
            one["rule"]: one
            for one in desk.get(f"/api/v1/incidents/{pk}/duties/").json()["results"]
        }
        assert verdicts["deadly"]["verdict"] == "applies"
        assert verdicts["deadly"]["target_due"] == "2026-07-06T22:00:00Z"
        assert len(verdicts["deadly"]["obligations"]) == 1
        assert verdicts["asking"]["missing"] == ["incident.deception"]
        (question,) = desk.get("/api/v1/obligation-questions/").json()["results"]
        answer = desk.post(
            f"/api/v1/obligation-questions/{question['id']}/answer/",
            {"applies": True, "reason": "It did."},
            headers={"If-Match": '"1"'},
        )
        assert (answer.status_code, answer.json()["answer"]) == (200, "applies")
        assert Obligation.objects.count() == 2

    def test_a_stale_classification_is_refused(self) -> None:
        row, desk = incident(), program(Role.AUTHORITY_DESK)
        path = f"/api/v1/incidents/{row.id}/classify/"
        assert desk.post(path, {"summary": "One."}, headers={"If-Match": '"1"'}).status_code == 200
        answer = desk.post(path, {"summary": "Two."}, headers={"If-Match": '"1"'})
        assert answer.status_code == 412

    def test_resolving_it(self) -> None:
        row, desk = incident(), program(Role.AUTHORITY_DESK)
        answer = desk.post(
            f"/api/v1/incidents/{row.id}/resolve/",
            {"resolution": "Patched.", "resolved_at": MORNING, "zone": "Europe/Brussels"},
        )
        assert answer.json()["resolved_at"] == MORNING

    def test_stopping_access_from_it(self) -> None:
        rule()
        row, model, restrictor = incident(), make.ai_model(), program(Role.RESTRICTOR)
        path = f"/api/v1/incidents/{row.id}/stop_access/"
        body = {"kind": "stop", "title": "Stop", "models": [str(model.id)], "confirm": "all"}
        refused = restrictor.post(path, body)
        assert refused.json()["values"] == {"name": model.slug}
        assert not Restriction.objects.exists()
        answer = restrictor.post(path, body | {"confirm": model.slug})
        assert answer.status_code == 200, answer.content
        assert Restriction.objects.count() == Obligation.objects.count() == 1

    def test_compute_that_meets_a_threshold(self) -> None:
        rule(
            trigger="training_compute",
            condition="occurrence.flop > 1e25",
            anchors=["met", "foreseen"],
        )
        desk, model = program(Role.AUTHORITY_DESK), make.ai_model()
        answer = desk.post(
            "/api/v1/occurrences/",
            {
                "kind": "training_compute",
                "title": "The run of June",
                "duty_holder": model.developer.slug,
                "model": model.slug,
                "details": {"flop": "2.3e25", "method": "Hardware hours.", "foreseen": True},
                "moments": [{"anchor": "foreseen", "happened_at": MORNING}],
            },
        )
        assert answer.status_code == 201, answer.content
        path = f"/api/v1/occurrences/{answer.json()['id']}/duties/"
        (verdict,) = desk.get(path).json()["results"]
        assert (verdict["verdict"], verdict["reason"]) == ("applies", "facts_suffice")

    def test_lists_cost_the_same_for_more_rows(self) -> None:
        rule(condition="incident.deception")
        desk = program(*Role)
        for path in ("incidents", "occurrences", "obligation-questions"):
            counts = []
            for number in (2, 6):
                for _ in range(number):
                    assess(incident())
                    raise_one()
                counts.append(count(partial(desk.get, f"/api/v1/{path}/?page_size=200")))
            assert counts[0] == counts[1], path


def raise_one() -> Occurrence:
    model = make.ai_model()
    return occurrences.report(
        make.by(make.staff(Role.AUTHORITY_DESK)),
        kind=Trigger.MARKET_PLACEMENT,
        title="Launch",
        duty_holder=model.developer_id,
        ai_model=model.id,
        details={"eu": True},
    ).value


@pytest.fixture
def desk(client: Client) -> Client:
    """Somebody who holds every role."""
    return as_staff(client, *Role)


def as_staff(client: Client, *roles: Role) -> Client:
    user = make.user()
    user.set_password(make.PASSWORD)
    user.save(update_fields=["password"])
    for role in roles:
        users.give_role(make.by(make.staff(Role.ADMINISTRATOR)), user=user.username, role=role)
    client.force_login(User.objects.get(pk=user.pk))
    return client


CLASSIFIED = {
    "summary": "It happened.",
    "model_involved": "established",
    "no_harm": "",
    **dict.fromkeys(
        (
            *("imminent_risk", "internal_use", "during_evaluation", "deception"),
            *("loss_of_control", "materially_increased_risk", "cyber_breach"),
            *("weights_accessed", "weights_exfiltrated"),
        ),
        "",
    ),
}
AT_NINE = {
    "happened_at": "2026-07-01T09:00",
    "zone": "Europe/Brussels",
    "precision": "instant",
    "evidence": "",
}


class TestThePages:
    def test_a_report_shows_its_clocks_at_once(self, desk: Client) -> None:
        rule(**DEADLY)
        authority()
        holder = make.organization()
        answer = desk.post(
            "/admin/registry/incident/steps/report/",
            {
                **CLASSIFIED,
                **AT_NINE,
                "title": "Escape",
                "duty_holder": str(holder.id),
                "harms": ["death"],
                "learned": ["aware", "discovered"],
            },
        )
        assert answer.status_code == 302, answer.content.decode()
        row = Incident.objects.get()
        assert row.moments.count() == 2
        seven = dt.datetime(2026, 7, 1, 7, 0, tzinfo=dt.UTC)
        assert row.moments.first().happened_at == seven  # type: ignore[union-attr]
        page = desk.get(f"/admin/registry/incident/{row.id}/change/").content.decode()
        assert "What each body of law asks" in page
        assert "1 duty" in page

    def test_not_known_stands_beside_yes_and_no(self, desk: Client) -> None:
        page = desk.get("/admin/registry/incident/steps/report/").content.decode()
        assert page.count("Not known</label>") >= 9
        assert "serious and irreversible disruption of critical infrastructure" in page

    def test_classifying_begins_with_what_is_known(self, desk: Client) -> None:
        row = incident(harms=(), deception=False)
        page = desk.get(f"/admin/registry/incident/{row.id}/steps/classify/").content.decode()
        assert 'value="no" id="id_deception_2" checked' in _one_line(page)
        answer = desk.post(
            f"/admin/registry/incident/{row.id}/steps/classify/",
            {**CLASSIFIED, "harms": ["death"], "deaths": 1, "version": 1},
        )
        assert answer.status_code == 302, answer.content.decode()
        assert row.versions.count() == 2

    def test_nothing_under_a_law_says_why(self, desk: Client) -> None:
        rule("ca", regime="california", applies_from="2027-01-01")
        row = incident()
        page = desk.get(f"/admin/registry/incident/{row.id}/change/").content.decode()
        assert "It does not apply yet." in page
        assert "2027-01-01" in page

    def test_a_question_is_answered_on_its_page(self, desk: Client) -> None:
        rule(condition="incident.deception", anchors=["aware", "discovered"])
        assess(incident())
        question = ObligationQuestion.objects.get()
        path = f"/admin/notifications/obligationquestion/{question.id}"
        assert desk.get(f"{path}/change/").status_code == 200
        form = desk.get(f"{path}/steps/applies/").content.decode()
        assert "aware of the model" in form
        assert "confirmed</option>" not in form
        answer = desk.post(
            f"{path}/steps/applies/", {**AT_NINE, "happened_at": "", "reason": "So."}
        )
        assert answer.status_code == 302, answer.content.decode()
        assert Obligation.objects.count() == 1

    def test_access_is_stopped_from_the_incident(self, desk: Client) -> None:
        rule()
        model = make.ai_model()
        row = incident(holder=model.developer, ai_models=(model.id,))
        path = f"/admin/registry/incident/{row.id}"
        assert str(model.id) in desk.get(f"{path}/steps/stop_access/").content.decode()
        said = {
            "title": "Stop",
            "kind": "stop",
            "public_wording": "Access is stopped.",
            "ai_models": [str(model.id)],
            "confirm": model.slug,
            "password": make.PASSWORD,
            "version": 1,
        }
        for wrong in ({"confirm": "everything"}, {"password": "not mine"}):
            assert desk.post(f"{path}/steps/stop_access/", said | wrong).status_code == 409
        assert not IncidentStop.objects.exists()
        answer = desk.post(f"{path}/steps/stop_access/", said)
        assert answer.status_code == 302, answer.content.decode()
        assert IncidentStop.objects.count() == Obligation.objects.count() == 1
        assert "Access stopped because of it" in desk.get(f"{path}/change/").content.decode()

    def test_an_occurrence_of_each_kind_can_be_told(self, desk: Client) -> None:
        for kind in ("training_compute", "market_placement", "framework", "request", "other"):
            said = {"flop": "2.3e25", "method": "Hours."} if kind == "training_compute" else {}
            answer = desk.post(
                f"/admin/registry/occurrence/steps/{kind}/",
                {
                    **AT_NINE,
                    **said,
                    "happened_at": "",
                    "title": kind,
                    "duty_holder": str(make.organization().id),
                    "foreseen": "yes",
                },
            )
            assert answer.status_code == 302, answer.content.decode()
        row = Occurrence.objects.get(kind="training_compute")
        assert row.details["foreseen"] is True
        path = f"/admin/registry/occurrence/{row.id}"
        assert desk.get(f"{path}/change/").status_code == 200
        changed = {"flop": "2.6e25", "method": "Hours.", "foreseen": "no", "version": row.version}
        assert desk.post(f"{path}/steps/change/", changed).status_code == 302
        row.refresh_from_db()
        assert row.details["flop"] == "2.6e25"
        assert desk.post(f"{path}/steps/end/", {"reason": "No such run."}).status_code == 302

    def test_who_is_bound_and_who_receives(self, desk: Client) -> None:
        holder, office = make.organization(), authority(None)
        status = {
            "organization": str(holder.id),
            "kind": DutyHolderKind.CODE_SIGNATORY,
            "holds": "yes",
            "evidence": "The list.",
        }
        assert (
            desk.post("/admin/registry/dutyholderstatus/steps/state/", status).status_code == 302
        )
        mandate = {"key": "eu-ai-office", "authority": str(office.id), "basis": "Art. 52"}
        assert desk.post("/admin/registry/mandate/steps/register/", mandate).status_code == 302
        for model, row in (
            ("dutyholderstatus", DutyHolderStatus.objects.get()),
            ("mandate", Mandate.objects.get()),
        ):
            assert desk.get(f"/admin/registry/{model}/").status_code == 200
            assert desk.get(f"/admin/registry/{model}/{row.pk}/change/").status_code == 200

    def test_intake_sees_what_it_told_and_no_duties(self, client: Client) -> None:
        rule()
        other = incident()
        intake = as_staff(client, Role.INTAKE)
        report = {**CLASSIFIED, **AT_NINE, "happened_at": "", "title": "Escape"}
        report["duty_holder"] = str(make.organization().id)
        assert intake.post("/admin/registry/incident/steps/report/", report).status_code == 302
        row = Incident.objects.exclude(pk=other.pk).get()
        page = intake.get(f"/admin/registry/incident/{row.id}/change/")
        assert page.status_code == 200
        assert "What each body of law asks" not in page.content.decode()
        assert intake.get(f"/admin/registry/incident/{other.id}/change/").status_code == 302

    @pytest.mark.parametrize(
        "path",
        [
            *("registry/incident", "registry/occurrence", "notifications/obligationquestion"),
            *("registry/dutyholderstatus", "registry/mandate"),
        ],
    )
    def test_a_list_costs_the_same_for_more_rows(self, desk: Client, path: str) -> None:
        rule(condition="incident.deception")
        counts = []
        for number in (2, 6):
            for serial in range(number):
                assess(incident())
                raise_one()
                authority(f"key-{number}-{serial}")
            desk.get(f"/admin/{path}/")
            counts.append(count(lambda: desk.get(f"/admin/{path}/")))
        assert counts[0] == counts[1]


def _one_line(page: str) -> str:
    return " ".join(page.split())


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason=REASON)
@pytest.mark.django_db(transaction=True)
class TestInABrowser:
    def test_an_incident_is_told_by_keyboard_on_a_phone(self, sign: SignIn) -> None:
        rule(**DEADLY)
        holder = make.organization()
        page = sign(Role.AUTHORITY_DESK, phone=True)
        page.goto("/admin/registry/incident/")
        page.click("nav.desk-steps >> text=Report an incident")
        page.fill("input[name=title]", "Escape")
        page.select_option("select[name=duty_holder]", str(holder.id))
        page.fill("textarea[name=summary]", "It happened.")
        page.get_by_label("death", exact=True).focus()
        page.keyboard.press("Space")
        page.get_by_label("aware of the model's involvement").focus()
        page.keyboard.press("Space")
        page.fill("input[name=happened_at]", now().strftime("%Y-%m-%dT00:00"))
        assert _overflow(page) <= 1
        page.get_by_role("button", name="Report an incident").focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/registry/incident/*/change/")
        assert Obligation.objects.count() == 1


def _overflow(page: Page) -> int:
    wide: int = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return wide
