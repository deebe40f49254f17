"""Rules and holiday tables on the staff's pages: read, proposed by one administrator, in force by another's act."""

import datetime as dt
from html import unescape

import pytest
import yaml
from django.test import Client
from django.utils.html import escape

from registry.calendars import Calendar
from registry.choices import Role
from registry.models import HolidayTable, ObligationRule, User
from registry.operations import holiday_tables, obligation_rules, users
from tests import make
from tests.registry.test_rules import document

pytestmark = pytest.mark.django_db

RULES, TABLES = "/admin/registry/obligationrule/", "/admin/registry/holidaytable/"


def sign_in(*roles: Role) -> Client:
    user = make.user()
    for role in roles:
        users.give_role(make.by(make.staff(Role.ADMINISTRATOR)), user=user.username, role=role)
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    return client


def propose(title: str = "A duty of the tests", **more: object) -> ObligationRule:
    return obligation_rules.propose(
        make.by(make.staff(Role.ADMINISTRATOR)), document=document(title=title, **more)
    ).value


def enact(row: ObligationRule) -> ObligationRule:
    return obligation_rules.enact(make.by(make.staff(Role.ADMINISTRATOR)), rule=row.id).value


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def cells(page: str) -> list[str]:
    """What stands in the tables' cells, without markup."""
    parts = page.split("<td")[1:]
    return [part.partition(">")[2].partition("</td>")[0].strip() for part in parts]


class TestRules:
    def test_one_proposes_in_yaml_and_another_puts_it_in_force(self) -> None:
        ada, abel = sign_in(Role.ADMINISTRATOR), sign_in(Role.ADMINISTRATOR)
        said = yaml.safe_dump(document(applies_from=dt.date(2026, 1, 1)))
        answer = ada.post(f"{RULES}steps/propose/", {"document": said}, follow=True)
        assert "test-1.1, edition 1 is proposed" in answer.content.decode()
        row = ObligationRule.objects.get()
        page = f"{RULES}{row.id}/change/"
        assert "Put in force" not in text(ada, page)
        assert "Put in force" in text(abel, page)
        abel.post(f"{RULES}{row.id}/steps/enact/", {"version": row.version})
        row.refresh_from_db()
        assert row.enacted_at is not None
        assert "Put in force" not in text(abel, page)

    @pytest.mark.parametrize(
        ("said", "sentence"),
        [
            ("a: [", "at line 1"),
            ("- a list", "no mapping"),
            ("a: &a 1\nb: *a", "may not refer"),
            ("slug: x", "The rule cannot be read: at regime"),
        ],
    )
    def test_what_cannot_be_read_is_said_and_nothing_is_lost(
        self, said: str, sentence: str
    ) -> None:
        answer = sign_in(Role.ADMINISTRATOR).post(f"{RULES}steps/propose/", {"document": said})
        assert answer.status_code == 409
        page = answer.content.decode()
        assert sentence in page
        assert "</textarea>" in page.partition(escape(said.splitlines()[0]))[2]
        assert not ObligationRule.objects.exists()

    def test_the_next_edition_begins_with_the_text_of_this_one(self) -> None:
        row = enact(propose(condition="'death' in incident.harms"))
        ada = sign_in(Role.ADMINISTRATOR)
        page = text(ada, f"{RULES}{row.id}/steps/propose/")
        assert "title: A duty of the tests" in page
        assert escape("condition: |-\n  'death' in incident.harms\n") in page
        assert page.index("slug: test-1.1") < page.index("regime:") < page.index("source:")
        same = unescape(page.partition("slug: test-1.1")[2].partition("</textarea>")[0])
        again = ada.post(
            f"{RULES}{row.id}/steps/propose/",
            {"document": f"slug: test-1.1{same}", "version": "2"},
        )
        assert "Edition 1 says the same." in again.content.decode()

    def test_several_come_into_force_in_one_step_each_with_its_result(self) -> None:
        first, second = propose(), propose(slug="other")
        abel = sign_in(Role.ADMINISTRATOR)
        abel.post(f"{RULES}steps/propose/", {"document": yaml.safe_dump(document(slug="own"))})
        own = ObligationRule.objects.get(slug="own")
        chosen = [first.id, second.id, own.id]
        page = abel.post(
            f"{RULES}steps/enact/", {"editions": chosen}, follow=True
        ).content.decode()
        assert "2 editions of 3 are in force now." in page
        assert "<li>other, edition 1: in force</li>" in page
        assert "<li>own, edition 1: You proposed this edition: another person must" in page

    def test_what_a_newer_edition_has_overtaken_is_not_offered(self) -> None:
        old = propose("Older")
        enact(propose("Newer"))
        abel = sign_in(Role.ADMINISTRATOR)
        assert "edition 1" not in text(abel, f"{RULES}steps/enact/")
        assert "Put in force" not in text(abel, f"{RULES}{old.id}/change/")

    def test_all_that_others_proposed(self) -> None:
        propose()
        ada = sign_in(Role.ADMINISTRATOR)
        own = yaml.safe_dump(document(slug="own"))
        ada.post(f"{RULES}steps/propose/", {"document": own})
        ada.post(f"{RULES}steps/enact/", {"everything": "on"})
        in_force = ObligationRule.objects.filter(enacted_at__isnull=False)
        assert [row.slug for row in in_force] == ["test-1.1"]

    def test_nothing_chosen_and_everything_refused_are_said_on_the_form(self) -> None:
        ada = sign_in(Role.ADMINISTRATOR)
        answer = ada.post(f"{RULES}steps/enact/", {"version": ""})
        assert "Say which come into force." in answer.content.decode()
        ada.post(f"{RULES}steps/propose/", {"document": yaml.safe_dump(document())})
        own = ObligationRule.objects.get()
        answer = ada.post(f"{RULES}steps/enact/", {"editions": [own.id]})
        assert "another person must put it in force" in answer.content.decode()

    def test_it_is_read_as_sentences(self) -> None:
        row = enact(
            propose(
                fields=[{"name": "harm", "label": "The harm"}],
                follows=["other"],
                retention={"years": 5, "from": "filed", "citation": "Article 2"},
                interpretation_note="Read with care.",
                applies_from="2999-01-01",
            )
        )
        page = text(sign_in(Role.AUDITOR), f"{RULES}{row.id}/change/")
        for said in (
            "whoever is tested",
            "2 days after",
            "the earliest of: aware of the model",
            "5 years from its filing (Article 2)",
            "The harm",
            "Read with care.",
            "P: primary text",
            "in force, applies from 1 Jan 2999",
            "It is the first edition.",
            "obligation_rule.enacted",
        ):
            assert said in page, said
        assert "&quot;slug&quot;" not in page

    def test_what_changed_between_two_editions_is_said(self) -> None:
        enact(propose())
        second = propose(period={"quantity": 3, "unit": "days"})
        page = text(sign_in(Role.AUDITOR), f"{RULES}{second.id}/change/")
        assert "What changed since edition 1" in page
        found = cells(page)
        place = found.index("period.quantity")
        assert found[place + 1 : place + 3] == ["2", "3"]

    def test_the_list_says_what_each_edition_does(self) -> None:
        enact(propose(slug="plain"))
        enact(propose(slug="later", applies_from="2999-01-01"))
        enact(propose(slug="past", applies_to="2020-01-01"))
        enact(propose(slug="others", binds={"who": "Partners", "operator": False}))
        enact(propose(slug="floor", floor=True))
        enact(propose(slug="asks", grade="S"))
        enact(propose(slug="renewed"))
        propose("New", slug="renewed")
        propose("Overtaken", slug="jumped")
        enact(propose("Jumping", slug="jumped"))
        page = text(sign_in(Role.AUDITOR), RULES)
        for said in (
            "in force, applies from 1 Jan 2999",
            "in force, applied until 1 Jan 2020",
            "in force, binds others",
            "in force, opens nothing",
            "in force, asks a person",
            "proposed",
            "never in force",
            "not before 2 days after",
            "Code of Practice for general-purpose AI",
        ):
            assert said in page, said

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("state=in_force", {"old-2", "statute"}),
            ("state=proposed", {"new"}),
            ("state=superseded", {"old-1"}),
            ("regime=california", {"statute"}),
            ("bindingness=voluntary", {"new"}),
            ("q=old", {"old-1", "old-2"}),
            ("q=Unusual", {"statute"}),
        ],
    )
    def test_the_list_can_be_narrowed(self, query: str, found: set[str]) -> None:
        enact(propose("old-1", slug="old"))
        enact(propose("old-2", slug="old"))
        enact(propose("statute", slug="law", regime="california", citation="Unusual Act"))
        propose("new", slug="new", bindingness="voluntary")
        page = text(sign_in(Role.AUDITOR), f"{RULES}?{query}")
        assert {
            title for title in ("old-1", "old-2", "statute", "new") if f">{title}<" in page
        } == found

    def test_only_administrators_are_offered_steps(self) -> None:
        row = propose()
        auditor = sign_in(Role.AUDITOR)
        for path in (f"{RULES}steps/propose/", f"{RULES}{row.id}/steps/enact/"):
            assert auditor.post(path, {"document": "x"}).status_code == 302
        row.refresh_from_db()
        assert row.enacted_at is None


class TestTables:
    SAID = {
        "calendar": "eu-commission",
        "year": "2027",
        "days": "2027-01-01\n2027-12-24",
        "citation": "OJ C of the tests",
    }

    def test_one_proposes_a_year_and_another_puts_it_in_force(self) -> None:
        ada, abel = sign_in(Role.ADMINISTRATOR), sign_in(Role.ADMINISTRATOR)
        ada.post(f"{TABLES}steps/propose/", self.SAID)
        row = HolidayTable.objects.get()
        abel.post(f"{TABLES}{row.id}/steps/enact/", {"version": "1"})
        page = text(abel, f"{TABLES}{row.id}/change/")
        for said in ("European Commission, Brussels", "in force", "24 Dec 2027", "Friday"):
            assert said in page, said

    @pytest.mark.parametrize(
        ("more", "sentence"),
        [
            ({"days": "2027-01-01 tomorrow"}, "“tomorrow” is no day."),
            ({"days": "2026-01-01"}, "2026-01-01 is not in 2027"),
            ({"days": " "}, "This field is required."),
        ],
    )
    def test_what_is_no_table_is_refused(self, more: dict[str, str], sentence: str) -> None:
        answer = sign_in(Role.ADMINISTRATOR).post(f"{TABLES}steps/propose/", self.SAID | more)
        assert sentence in answer.content.decode()
        assert not HolidayTable.objects.exists()

    def test_what_changed_since_the_edition_before(self) -> None:
        ada = make.staff(Role.ADMINISTRATOR)
        first = self._propose(dt.date(2027, 1, 1), dt.date(2027, 1, 4))
        holiday_tables.enact(make.by(ada), table=first.id)
        second = self._propose(dt.date(2027, 1, 1), dt.date(2027, 1, 5))
        administrator = sign_in(Role.ADMINISTRATOR)
        found = cells(text(administrator, f"{TABLES}{second.id}/change/"))
        assert found[found.index("taken out") - 1] == "4 Jan 2027"
        assert found[found.index("added") - 1] == "5 Jan 2027"
        page = text(administrator, f"{TABLES}{first.id}/steps/propose/")
        assert "2027-01-01\n2027-01-04" in page

    def test_several_at_once(self) -> None:
        self._propose(dt.date(2027, 1, 1))
        self._propose(dt.date(2027, 1, 1), calendar=Calendar.US)
        administrator = sign_in(Role.ADMINISTRATOR)
        page = administrator.post(f"{TABLES}steps/enact/", {"everything": "on"}, follow=True)
        assert "2 editions of 2 are in force now." in page.content.decode()
        assert "superseded" not in cells(text(administrator, TABLES))

    def _propose(
        self, *days: dt.date, calendar: Calendar = Calendar.EU_COMMISSION
    ) -> HolidayTable:
        return holiday_tables.propose(
            make.by(make.staff(Role.ADMINISTRATOR)),
            calendar=calendar,
            year=2027,
            days=days,
            citation="OJ C of the tests",
        ).value
