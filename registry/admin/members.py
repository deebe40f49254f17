"""Members on the page of their organization: how each stands, what is asserted, and the steps."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Prefetch

from registry.admin.desk import Step, StepForm, holds
from registry.admin.evidence import file_field, link_file, read_uploads
from registry.admin.sections import Section
from registry.choices import AssertionKind, Role
from registry.commands import Command
from registry.errors import NotFound
from registry.models import Member, MemberAbsence, MemberAssertion, Organization
from registry.operations import members


class ReferenceForm(StepForm):
    reference = forms.CharField(max_length=120, help_text="The member's reference.")


class ReferenceReasonForm(ReferenceForm):
    reason = forms.CharField(widget=forms.Textarea(attrs={"rows": 4}), max_length=5_000)


class AttestForm(ReferenceForm):
    kind = forms.ChoiceField(choices=AssertionKind.choices)
    holds = forms.BooleanField(required=False, help_text="Whether it is so.")
    evidence = forms.CharField(max_length=300, help_text="What shows it, in a few words.")
    file = file_field(required=False)


def of_member(operation: Callable[..., object]) -> Callable[..., object]:
    """A step of the organization's page on the member whose reference the form names."""

    def run(command: Command, row: Organization, said: dict[str, Any]) -> object:
        member = row.members.filter(reference=said.pop("reference")).first()
        if member is None:
            raise NotFound("member")
        unversioned = replace(command, expected_version=None)  # the person saw the organization
        return operation(unversioned, member=member.id, **said)

    return run


def _attest(
    command: Command, *, member: UUID, kind: str, file: UploadedFile | None, **said: Any
) -> object:
    (upload,) = read_uploads([file]) if file is not None else (None,)
    return members.attest(command, member=member, kind=AssertionKind(kind), upload=upload, **said)


STEPS = {
    "attest_member": Step(
        "Assert a status of a member",
        of_member(_attest),
        AttestForm,
        holds(Role.INTAKE),
        hint="Because the organization says so. It counts once another has reviewed it; a document is confidential.",
    ),
    "suspend_member": Step(
        "Suspend a member",
        of_member(members.suspend),
        ReferenceReasonForm,
        holds(Role.RESTRICTOR),
        hint="The member may use nothing from the commit on, until reinstated.",
        danger=True,
    ),
    "reinstate_member": Step(
        "Reinstate a member",
        of_member(members.reinstate),
        ReferenceReasonForm,
        holds(Role.RESTRICTOR),
    ),
    "withdraw_member": Step(
        "Withdraw a member",
        of_member(members.withdraw),
        ReferenceForm,
        holds(Role.INTAKE),
        hint="For good, because the organization says so.",
        danger=True,
    ),
}


def list_members(row: Organization) -> Section:
    """Every member once for each of its assertions, or once without."""
    found = row.members.order_by("reference").prefetch_related(
        Prefetch(
            "assertions",
            MemberAssertion.objects.current().select_related("file").order_by("valid"),
        )
    )
    found = found.prefetch_related(
        Prefetch("absences", MemberAbsence.objects.current().filter(valid__upper_inf=True))
    )
    return Section(
        "Members",
        ("Reference", "Stands", "Assertion", "Holds", "Until", "Reviewed", "Document"),
        [line for member in found for line in _lines(member)],
        empty="No members are enrolled.",
    )


def _lines(member: Member) -> list[tuple[object, ...]]:
    stands = next((said.get_kind_display() for said in member.absences.all()), "may use access")
    said: list[tuple[object, ...]] = [
        (
            said.get_kind_display(),
            said.holds,
            said.valid.upper,
            said.reviewed_at,
            link_file(said.file),
        )
        for said in member.assertions.all()
    ]
    return [(member.reference, stands, *line) for line in said or [("none", "", "", "", "")]]
