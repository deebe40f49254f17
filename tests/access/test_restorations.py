"""Access back from a list: by exact identifiers or a person's word, never by likeness, and each line kept."""

import pytest
from django.utils.timezone import now

from access.choices import LineFinding
from access.models import Restoration, Restriction, Tier
from access.operations import restorations
from access.operations.request_steps import TextMissing
from access.operations.restorations import ListUnreadable, NothingToRestore, preview
from access.operations.restrictions import RestrictionOver
from access.queries.scopes import Scope
from notifications.queries.audiences import find_recipients
from registry.choices import RelationKind, Role
from registry.models import AuditEvent, Organization
from registry.operations import contacts, identifiers, relations
from registry.policies import RoleMissing
from tests import make, stops
from tests.asking import ask

pytestmark = pytest.mark.django_db


@pytest.fixture
def tier() -> Tier:
    return make.tier()


@pytest.fixture
def row(tier: Tier) -> Restriction:
    """A stop for everyone in the program."""
    return stops.stop(Scope(programs=(tier.program_id,)))


def holder(tier: Tier, slug: str, **more: object) -> Organization:
    return make.grant(make.organization(slug, **more), tier).organization  # type: ignore[arg-type]


def look(
    row: Restriction, text: str, confirmed: dict[int, str] | None = None
) -> list[tuple[int, str]]:
    found = preview(
        actor=make.staff(Role.RESTRICTOR),
        restriction=row.id,
        content=text.encode(),
        at=now(),
        confirmed=confirmed,
    )
    assert found.errors == ()
    return [(line.number, line.finding) for line in found.lines]


def restore(
    row: Restriction, text: str, confirmed: dict[int, str] | None = None, **more: object
) -> Restoration:
    said: dict[str, object] = {"file_name": "annex-a.csv", "basis": "Annex A"} | more
    return restorations.restore(
        make.by(make.staff(Role.RESTRICTOR)),
        restriction=row.id,
        content=text.encode(),
        confirmed=confirmed,
        **said,  # type: ignore[arg-type]
    ).value


class TestPreview:
    def test_says_of_each_line_what_it_means(self, tier: Tier, row: Restriction) -> None:
        intake = make.staff(Role.INTAKE)
        by_slug, by_account = holder(tier, "acme"), holder(tier, "zenith")
        identifiers.register(make.by(intake), organization=by_account.id, identifier="aws:1")
        for twin in (holder(tier, "twin-1"), holder(tier, "twin-2")):
            identifiers.register(make.by(intake), organization=twin.id, identifier="aws:2")
        parent, child = make.organization("parent"), holder(tier, "child")
        relations.register(make.by(intake), subject=parent.id, kind=RelationKind.OWNS, to=child.id)
        make.organization("idle")
        text = "identifier,name\nacme,\naws:1,Whatever\naws:2,\nparent,\nidle,\nacme-corp,Acme\nacme,twice\n"
        assert look(row, text) == [
            (2, LineFinding.MATCHED),
            (3, LineFinding.MATCHED),
            (4, LineFinding.AMBIGUOUS),
            (5, LineFinding.AFFILIATE),
            (6, LineFinding.NOT_STOPPED),
            (7, LineFinding.UNMATCHED),
            (8, LineFinding.ALREADY),
        ]
        assert by_slug.slug == "acme"
        assert not Restoration.objects.exists()

    def test_a_name_is_shown_and_never_taken(self, tier: Tier, row: Restriction) -> None:
        acme = holder(tier, "acme", name="Acme Industries")
        holder(tier, "hidden", name="Acme Secrets", undisclosed=True)
        text = "name\nACME INDUSTRIES\nAcme Industry\nAcme Secrets\n"
        found = preview(
            actor=make.staff(Role.RESTRICTOR),
            restriction=row.id,
            content=text.encode(),
            at=now(),
        )
        assert {line.finding for line in found.lines} == {LineFinding.UNMATCHED}
        assert [line.candidates for line in found.lines] == [(acme,), (), ()]

    def test_a_person_confirms_by_an_exact_identifier(self, tier: Tier, row: Restriction) -> None:
        holder(tier, "acme")
        text = "name\nAcme Industries\n"
        assert look(row, text, {2: "acme"}) == [(2, LineFinding.CONFIRMED)]
        assert look(row, text, {2: "acm"}) == [(2, LineFinding.UNMATCHED)]

    def test_what_cannot_be_read_is_said(self, row: Restriction) -> None:
        found = preview(
            actor=make.staff(Role.RESTRICTOR),
            restriction=row.id,
            content=b"nation\nacme\n",
            at=now(),
        )
        assert found.lines == ()
        assert found.errors[0].code == "column_unknown"
        with pytest.raises(RoleMissing):
            preview(actor=make.staff(Role.INTAKE), restriction=row.id, content=b"name\n", at=now())


class TestRestore:
    def test_gives_back_whom_it_names_and_nobody_else(self, tier: Tier, row: Restriction) -> None:
        back, confirmed, left = (make.grant(None, tier) for _ in range(3))
        text = (
            f"identifier,name\n{back.organization.slug},\n,Some name\n,{left.organization.name}\n"
        )
        done = restore(row, text, {3: confirmed.organization.slug})
        assert (done.restored, done.already, done.left_out) == (2, 0, 1)
        assert [ask(grant).decision for grant in (back, confirmed, left)] == [True, True, False]
        kept = dict(done.lines.values_list("line", "finding"))
        assert kept == {
            2: LineFinding.MATCHED,
            3: LineFinding.CONFIRMED,
            4: LineFinding.UNMATCHED,
        }

    def test_one_member_may_be_named_alone(self, tier: Tier, row: Restriction) -> None:
        grant = make.grant(None, tier)
        ada = stops.member(grant.organization, holds=None)
        slug = grant.organization.slug
        restore(row, f"identifier,member\n{slug},{ada.reference}\n{slug},nobody\n")
        assert ask(grant, member=ada.reference).decision
        assert not ask(grant).decision

    def test_the_same_list_again_changes_nothing(self, tier: Tier, row: Restriction) -> None:
        grant = make.grant(None, tier)
        text = f"identifier\n{grant.organization.slug}\n"
        first, events = restore(row, text), AuditEvent.objects.count()
        assert restore(row, text) == first
        assert (row.exceptions.count(), AuditEvent.objects.count()) == (1, events)

    def test_a_longer_list_gives_back_only_what_is_new(self, tier: Tier, row: Restriction) -> None:
        first, second = make.grant(None, tier), make.grant(None, tier)
        restore(row, f"identifier\n{first.organization.slug}\n")
        done = restore(row, f"identifier\n{first.organization.slug}\n{second.organization.slug}\n")
        assert (done.restored, done.already) == (1, 1)

    def test_tells_those_who_have_access_back_and_keeps_the_basis_out_of_the_record(
        self, tier: Tier, row: Restriction
    ) -> None:
        back, other = make.grant(None, tier), make.grant(None, tier)
        for grant in (back, other):
            contacts.register(
                make.by(make.staff(Role.INTAKE)),
                organization=grant.organization_id,
                name="Ada",
                email=f"{grant.organization.slug}@concordat.invalid",
            )
        restore(row, f"identifier\n{back.organization.slug}\n", basis="Annex A, confidential")
        event = AuditEvent.objects.get(name="restriction.restored")
        assert event.organizations == [back.organization_id]
        assert "Annex" not in str(event.details)
        addresses = {found.address for found in find_recipients(event) if found.organization}
        assert addresses == {f"{back.organization.slug}@concordat.invalid"}

    def test_what_gives_nobody_anything_is_refused(self, tier: Tier, row: Restriction) -> None:
        with pytest.raises(NothingToRestore):
            restore(row, "identifier\nnobody\n")
        with pytest.raises(ListUnreadable):
            restore(row, "nation\nacme\n")
        with pytest.raises(TextMissing):
            restore(row, "identifier\nnobody\n", basis=" ")
        assert tier.grants.count() == 0

    def test_a_lifted_restriction_gives_nothing_back(self, tier: Tier, row: Restriction) -> None:
        grant = make.grant(None, tier)
        stops.lift(row)
        with pytest.raises(RestrictionOver):
            restore(row, f"identifier\n{grant.organization.slug}\n")
