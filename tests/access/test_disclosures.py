"""The disclosure log: what went to which authority, and whom it tells."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from django.db import ProgrammingError, transaction
from django.test import Client
from django.utils.timezone import now
from rest_framework.test import APIClient

from access.choices import DisclosureBasis, Marking
from access.models import Disclosure
from access.operations import disclosures
from access.operations.disclosures import Document, Given
from access.queries.disclosures import Wanted, list_disclosures
from registry.api.authentication import Caller
from registry.choices import ClientKind, Role
from registry.errors import NotFound, WorldsApart
from registry.models import AuditEvent, Authority, Organization
from registry.operations.facts import FactSaid
from registry.policies import RoleMissing
from tests import make, talks
from tests.duties import authority, desk
from tests.journeys.conftest import person

pytestmark = pytest.mark.django_db
LIST = Document("Annex A", "a" * 64)


def given(to: Authority, *named: Organization, **more: Any) -> Given:
    said: dict[str, Any] = {
        "authority": to.id,
        "given_at": make.MORNING,
        "basis": DisclosureBasis.AGREEMENT,
        "organizations": tuple(one.id for one in named),
    }
    return Given(**(said | more))


def disclose(to: Authority, *named: Organization, **more: Any) -> Disclosure:
    return disclosures.disclose(make.by(desk()), given=given(to, *named, **more)).value


def named_in(actor: Any, organization: Organization, **more: Any) -> list[Disclosure]:
    return list(list_disclosures(actor, Wanted(organization=organization.id, **more)))


class TestDisclose:
    def test_many_names_and_documents_go_to_one_body_at_once(self) -> None:
        body = authority(None)
        many = [make.organization() for _ in range(3)]
        row = disclose(body, *many, documents=(LIST, Document("Letter", "b" * 64)))
        for one in many:
            assert named_in(desk(), one) == [row]
        found = list_disclosures(desk(), Wanted(sha256=LIST.sha256))
        assert [one.id for one in found] == [row.id]

    @pytest.mark.parametrize("role", [Role.INTAKE, Role.DECIDER, Role.AUDITOR])
    def test_others_may_not_write_it(self, role: Role) -> None:
        said = given(authority(None), make.organization())
        with pytest.raises(RoleMissing):
            disclosures.disclose(make.by(make.staff(role)), given=said)

    @pytest.mark.parametrize(
        ("changes", "refusal"),
        [
            ({"organizations": ()}, disclosures.NothingDisclosed),
            ({"basis": DisclosureBasis.DUTY}, disclosures.DisclosureUncited),
            ({"documents": (Document("x", "A" * 64),)}, disclosures.DigestUnreadable),
            ({"given_at": now() + dt.timedelta(days=1)}, disclosures.DisclosureAhead),
        ],
    )
    def test_what_cannot_be_meant_is_refused(
        self, changes: dict[str, Any], refusal: type[Exception]
    ) -> None:
        said = given(authority(None), make.organization())
        with pytest.raises(refusal):
            disclosures.disclose(make.by(desk()), given=replace(said, **changes))

    def test_the_two_worlds_do_not_meet(self) -> None:
        with pytest.raises(WorldsApart):
            disclose(authority(None), make.organization(synthetic=True))

    def test_a_row_is_written_once(self) -> None:
        row = disclose(authority(None), make.organization(), documents=(LIST,))
        for rows in (row.names.all(), row.documents.all()):
            with pytest.raises(ProgrammingError), transaction.atomic():
                rows.delete()
        with pytest.raises(ProgrammingError), transaction.atomic():
            Disclosure.objects.filter(pk=row.pk).update(citation="other")


class TestCorrect:
    def test_a_later_row_takes_its_place_and_the_past_stays_readable(self) -> None:
        body, right, wrong = authority(None), make.organization(), make.organization()
        first = disclose(body, wrong)
        later = disclosures.correct(
            make.by(desk()), disclosure=first.id, given=given(body, right), reason="A wrong name."
        ).value
        assert named_in(desk(), right) == [later]
        assert named_in(desk(), wrong) == []
        assert named_in(desk(), wrong, known_at=first.recorded_at) == [first]
        assert named_in(desk(), wrong, history=True) == [first]

    def test_what_is_corrected_is_corrected_once(self) -> None:
        body, one = authority(None), make.organization()
        first = disclose(body, one)
        disclosures.take_back(make.by(desk()), disclosure=first.id, reason="Not sent.")
        assert named_in(desk(), one) == []
        with pytest.raises(disclosures.DisclosureCorrected):
            disclosures.take_back(make.by(desk()), disclosure=first.id, reason="Again.")

    def test_it_says_what_was_wrong(self) -> None:
        row = disclose(authority(None), make.organization())
        with pytest.raises(disclosures.CorrectionUnexplained):
            disclosures.take_back(make.by(desk()), disclosure=row.id, reason=" ")

    def test_whoever_is_named_no_more_is_concerned_too(self) -> None:
        body, right, wrong = authority(None), make.organization(), make.organization()
        first = disclose(body, wrong)
        disclosures.correct(
            make.by(desk()), disclosure=first.id, given=given(body, right), reason="A wrong name."
        )
        event = AuditEvent.objects.get(name="disclosure.corrected")
        assert set(event.organizations) == {right.id, wrong.id}


class TestConfidence:
    def test_the_named_read_nothing_of_what_is_given_in_confidence(self) -> None:
        one = make.organization()
        row = disclose(authority(None), one, marking=Marking.CONFIDENTIAL)
        assert named_in(make.client(one, "registry:read"), one) == []
        assert named_in(make.staff(Role.AUDITOR), one) == []
        assert named_in(make.staff(Role.CLEARED), one) == [row]
        event = AuditEvent.objects.get(subject_id=row.id)
        assert (event.visibility, event.organizations) == ("cleared", [])
        assert str(one.id) not in str(event.details)

    def test_a_client_reads_only_where_its_own_is_named(self) -> None:
        body, one, other = authority(None), make.organization(), make.organization()
        row = disclose(body, one, other)
        disclose(body, other)
        own = make.client(one, "registry:read")
        assert list(list_disclosures(own, Wanted())) == [row]


class TestReport:
    def test_a_source_may_tell_of_names_without_telling_them(self) -> None:
        body = authority(None)
        told = talks.cited()
        fact = FactSaid("Names of some were shared.", told.precision, told.citations)
        row = disclosures.report_disclosure(
            make.by(make.staff(Role.INTAKE)),
            given=given(body, basis=DisclosureBasis.NOT_STATED),
            fact=fact,
        ).value
        assert (row.origin, row.marking, row.words) == ("reported", "open", fact.statement)
        assert list(list_disclosures(desk(), Wanted(authority=body.id))) == [row]
        with pytest.raises(NotFound):
            disclosures.take_back(make.by(desk()), disclosure=row.id, reason="Mine it is not.")


def api(actor: Any) -> APIClient:
    client = APIClient()
    client.force_authenticate(Caller(actor))  # type: ignore[arg-type]
    return client


class TestApi:
    def test_staff_write_and_the_named_read_to_whom_their_name_was_given(self) -> None:
        body, one, other = authority(None), make.organization(), make.organization()
        tooling = replace(
            make.client(make.organization(), "review:write", kind=ClientKind.STAFF),
            roles=frozenset({Role.AUTHORITY_DESK}),
        )
        said = {
            "authority": body.organization.slug,
            "organizations": [one.slug, other.slug],
            "documents": [{"title": LIST.title, "sha256": LIST.sha256}],
            "given_at": "2026-07-01T09:00:00Z",
            "basis": "duty",
            "citation": "Art. 1",
            "words": "Between us.",
        }
        made = api(tooling).post("/api/v1/disclosures/", said, format="json")
        assert made.status_code == 201
        assert set(made.data["organizations"]) == {one.slug, other.slug}
        own = api(make.client(one, "registry:read"))
        answer = own.get("/api/v1/disclosures/").json()["results"]
        assert [(row["authority"], row["basis"]) for row in answer] == [
            (body.organization.slug, "duty")
        ]
        detail = own.get(f"/api/v1/disclosures/{made.data['id']}/").content.decode()
        for kept in (other.slug, LIST.sha256, "Between us."):
            assert kept not in detail
        stranger = api(make.client(make.organization(), "registry:read"))
        assert stranger.get("/api/v1/disclosures/").json()["results"] == []
        assert stranger.get(f"/api/v1/disclosures/{made.data['id']}/").status_code == 404
        back = api(tooling).post(
            f"/api/v1/disclosures/{made.data['id']}/take_back/", {"reason": "No."}, format="json"
        )
        assert back.data["taken_back"] is True
        assert own.get("/api/v1/disclosures/").json()["results"] == []


class TestPages:
    def test_the_log_is_read_narrowed_and_exported(self, client: Client) -> None:
        client.force_login(person(Role.AUTHORITY_DESK))
        body, one = authority(None), make.organization()
        form = {
            "authority": body.id,
            "organizations": one.slug,
            "documents": f"{LIST.sha256}  {LIST.title}",
            "given_at": "2026-07-01T09:00",
            "precision": "day",
            "basis": "consent",
            "marking": "restricted",
        }
        page = "/admin/access/disclosure/steps/disclose/"
        assert client.get(page).status_code == 200
        assert client.post(page, form).status_code == 302
        row = Disclosure.objects.get()
        assert client.get(f"/admin/access/disclosure/{row.id}/change/").status_code == 200
        assert client.get(f"/admin/access/disclosure/{row.id}/steps/correct/").status_code == 200
        shown = client.get("/admin/disclosed/", {"organization": one.slug}).content.decode()
        assert body.organization.name in shown
        file = client.get("/admin/disclosed/", {"format": "csv"}).content.decode().splitlines()
        assert [line.split(",")[3] for line in file[1:]] == ["name", "document"]
        assert str(row.id) in file[1]
