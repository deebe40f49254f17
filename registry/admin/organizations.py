"""Organizations on the staff's pages."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.http import HttpRequest

from registry.actors import Actor
from registry.admin.desk import DeskAdmin, Step, actor_of, holds
from registry.admin.imports import Importer
from registry.admin.members import STEPS as MEMBER_STEPS
from registry.admin.members import list_members, of_member
from registry.admin.organization_forms import (
    ContactAddressForm,
    ContactForm,
    IdentifierForm,
    MemberForm,
    OrganizationForm,
    ReasonForm,
    RelationForm,
    ReviewForm,
    SectorForm,
)
from registry.admin.screening_sections import list_screening
from registry.admin.sections import Section, rows_of
from registry.choices import (
    AssertionKind,
    JurisdictionRole,
    OrganizationKind,
    RelationKind,
    Role,
    Sector,
    Standing,
)
from registry.commands import Command
from registry.errors import NotFound
from registry.models import Organization
from registry.operations import (
    clearance,
    contacts,
    identifiers,
    import_organizations,
    members,
    organizations,
    relations,
    sectors,
)
from registry.operations.organizations import OrganizationProfile


def _register(command: Command, _row: None, said: dict[str, Any]) -> object:
    seat = said["seat"]
    profile = OrganizationProfile(
        slug=said["slug"],
        name=said["name"],
        legal_name=said["legal_name"],
        kind=OrganizationKind(said["kind"]),
        jurisdictions=() if seat is None else ((seat.slug, JurisdictionRole.SEAT),),
    )
    return organizations.register(command, profile=profile, undisclosed=said["undisclosed"])


def _relate(command: Command, row: Organization, said: dict[str, Any]) -> object:
    return relations.register(
        command,
        subject=row.id,
        kind=RelationKind(said["kind"]),
        to=said["to"].id,
        share=said["share"],
        since=said["since"],
    )


def _review(command: Command, *, member: UUID, kind: str) -> object:
    return members.review(command, member=member, kind=AssertionKind(kind))


def _of_contact(operation: Callable[..., object]) -> Callable[..., object]:
    def run(command: Command, row: Organization, said: dict[str, Any]) -> object:
        contact = row.contacts.filter(email=said["email"], ended_at__isnull=True).first()
        if contact is None:
            raise NotFound("contact")
        unversioned = replace(command, expected_version=None)  # of the organization, as above
        return operation(unversioned, contact=contact.id)

    return run


def _reveal(command: Command, row: Organization, _said: dict[str, Any]) -> str:
    return f"The name is: {clearance.reveal_name(command, organization=row.id).value.true_name}"


def _has_standing(*standings: Standing) -> Any:
    def may(actor: Actor, row: Organization) -> bool:
        current = row.versions.current().get(valid__upper_inf=True)
        return actor.has(Role.RESTRICTOR) and current.standing in standings

    return may


@admin.register(Organization)
class OrganizationAdmin(DeskAdmin):
    list_display = ("name", "slug", "disclosure", "world")
    list_filter = ("synthetic", "undisclosed")
    search_fields = ("slug", "name", "identifiers__value")
    ordering = ("slug",)
    fields = ("name", "slug", "undisclosed", "synthetic", "id", "version", "changed_at")
    importer = Importer(
        "Import organizations",
        "slug,name,legal_name,kind,seat,subsidiaries,processing_sites,identifiers,"
        "sector,sector_source,contact_name,contact_email",
        import_organizations.preview,
        import_organizations.import_,
    )
    list_steps = {
        "register": Step(
            "Register an organization", _register, OrganizationForm, holds(Role.INTAKE)
        ),
    }
    steps = {
        "add_contact": Step(
            "Add a contact",
            lambda command, row, said: contacts.register(command, organization=row.id, **said),
            ContactForm,
            holds(Role.INTAKE),
        ),
        "verify_contact": Step(
            "Verify a contact",
            _of_contact(contacts.verify),
            ContactAddressForm,
            holds(Role.INTAKE),
            hint="Somebody at the address has answered you.",
        ),
        "withdraw_contact": Step(
            "Withdraw a contact",
            _of_contact(contacts.withdraw),
            ContactAddressForm,
            holds(Role.INTAKE),
            hint="The address is told nothing more.",
        ),
        "add_identifier": Step(
            "Add an identifier",
            lambda command, row, said: identifiers.register(command, organization=row.id, **said),
            IdentifierForm,
            holds(Role.INTAKE),
        ),
        "classify": Step(
            "Say its sector",
            lambda command, row, said: sectors.classify(
                command,
                organization=row.id,
                sector=Sector(said["sector"]),
                source=said["source"],
            ),
            SectorForm,
            holds(Role.INTAKE),
            hint="Conditions of review policies may ask for it. What it was before stays on record.",
        ),
        "relate": Step("Add a relation", _relate, RelationForm, holds(Role.INTAKE)),
        "enroll": Step(
            "Enroll a member",
            lambda command, row, said: members.enroll(command, organization=row.id, **said),
            MemberForm,
            holds(Role.INTAKE),
        ),
        "review": Step(
            "Review a member's assertion",
            of_member(_review),
            ReviewForm,
            holds(Role.RESTRICTOR),
            hint="You have seen the evidence: the assertion counts from now on.",
        ),
        **MEMBER_STEPS,
        "reveal": Step(
            "Show the undisclosed name",
            _reveal,
            may=lambda actor, row: row.undisclosed and actor.has(Role.CLEARED),
            hint="That you have read it is recorded.",
        ),
        "suspend": Step(
            "Suspend",
            lambda command, row, said: organizations.suspend(command, organization=row.id, **said),
            ReasonForm,
            _has_standing(Standing.ACTIVE),
            hint="Every question about this organization is refused from the commit on.",
            danger=True,
        ),
        "reinstate": Step(
            "Reinstate",
            lambda command, row, said: organizations.reinstate(
                command, organization=row.id, **said
            ),
            ReasonForm,
            _has_standing(Standing.SUSPENDED),
        ),
        "withdraw": Step(
            "Withdraw for good",
            lambda command, row, said: organizations.withdraw(
                command, organization=row.id, **said
            ),
            ReasonForm,
            _has_standing(Standing.ACTIVE, Standing.SUSPENDED),
            hint="The organization leaves the registry. Its record stays.",
            danger=True,
        ),
    }

    def list_sections(self, request: HttpRequest, row: Organization) -> list[Section]:
        named = row.may_be_named_to(actor_of(request)) and not row.undisclosed
        return [
            Section(
                "Description over time",
                ("Name", "Kind", "Standing", "From", "Until", "Recorded"),
                rows_of(
                    row.versions.order_by("recorded", "valid"),
                    lambda version: (
                        version.name if named else row.name,
                        version.get_kind_display(),
                        version.get_standing_display(),
                        *_period(version),
                        version.recorded.lower,
                    ),
                ),
            ),
            Section(
                "Jurisdictions",
                ("Jurisdiction", "Role", "From", "Until"),
                rows_of(
                    row.jurisdictions.current().select_related("jurisdiction").order_by("role"),
                    lambda edge: (
                        edge.jurisdiction.name,
                        edge.get_role_display(),
                        *_period(edge),
                    ),
                ),
            ),
            Section(
                "Sector",
                ("Sector", "Source", "From", "Until", "Recorded"),
                rows_of(
                    row.sectors.order_by("recorded", "valid"),
                    lambda said: (
                        said.get_sector_display(),
                        said.source,
                        *_period(said),
                        said.recorded.lower,
                    ),
                ),
                empty="No source has said it.",
            ),
            Section(
                "External identifiers",
                ("Identifier", "From", "Until"),
                rows_of(
                    row.identifiers.current().order_by("scheme", "value"),
                    lambda known: (f"{known.scheme}:{known.value}", *_period(known)),
                ),
            ),
            Section(
                "Relations",
                ("", "Relation", "To", "Share", "From", "Until"),
                [
                    (
                        edge.subject,
                        edge.get_kind_display(),
                        edge.object,
                        edge.share,
                        *_period(edge),
                    )
                    for rows in (row.relations, row.relations_to)
                    for edge in rows.current().select_related("subject", "object").order_by("id")
                ],
            ),
            Section(
                "Contacts",
                ("Name", "Address", "Verified", "Ended"),
                rows_of(
                    row.contacts.order_by("email"),
                    lambda contact: (
                        contact.name,
                        contact.email,
                        contact.verified_at,
                        contact.ended_at,
                    ),
                ),
                empty="Nobody is told what concerns this organization.",
            ),
            list_members(row),
            *list_screening(row),
        ]


def _period(row: Any) -> tuple[object, object]:
    return row.valid.lower, row.valid.upper
