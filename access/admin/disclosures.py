"""The disclosure log on the staff's pages: what went to which authority, and its corrections."""

import re
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.admin.record import ReasonForm, list_record
from access.choices import DisclosureBasis, Marking
from access.models import Disclosure
from access.operations import disclosures
from access.operations.disclosures import Document, Given
from access.queries.disclosures import with_all
from registry.actors import Actor
from registry.admin.desk import DeskAdmin, Step, StepForm, actor_of, holds
from registry.admin.sections import Section, link
from registry.choices import Precision, Role
from registry.commands import Command
from registry.models import Authority, Organization

_DOCUMENT = re.compile(r"([0-9a-fA-F]{64})[ \t]+\*?(.+)")
_LONG = forms.Textarea(attrs={"rows": 4})
_UTC = forms.DateTimeInput(attrs={"type": "datetime-local"})


class DisclosureForm(StepForm):
    """Many names and many documents that went to one authority together."""

    authority = forms.ModelChoiceField(
        Authority.objects.select_related("organization").order_by("organization__name")
    )
    organizations = forms.CharField(
        widget=_LONG,
        required=False,
        label=gettext_lazy("Organizations named"),
        help_text=gettext_lazy("Their short names (slugs), one a line or separated by spaces."),
    )
    documents = forms.CharField(
        widget=_LONG,
        required=False,
        help_text=gettext_lazy("One a line: SHA-256, then the title, as sha256sum prints them."),
    )
    given_at = forms.DateTimeField(widget=_UTC, help_text=gettext_lazy("UTC."))
    precision = forms.ChoiceField(choices=Precision.choices)
    basis = forms.ChoiceField(choices=DisclosureBasis.choices)
    citation = forms.CharField(
        max_length=300, required=False, help_text=gettext_lazy("The duty, order or agreement.")
    )
    given_by = forms.ModelChoiceField(
        Organization.objects.order_by("slug"),
        required=False,
        label=gettext_lazy("Given by (organization)"),
    )
    handed_over_by = forms.CharField(
        max_length=200,
        required=False,
        label=gettext_lazy("Handed over by (person)"),
        help_text=gettext_lazy("Where it was not you."),
    )
    words = forms.CharField(widget=_LONG, required=False, help_text=gettext_lazy("For staff."))
    marking = forms.ChoiceField(
        choices=Marking.choices,
        initial=Marking.RESTRICTED,
        help_text=gettext_lazy(
            "Whoever is named may read of it (to whom, when, on what basis), unless it is confidential."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["authority"].label_from_instance = (  # type: ignore[attr-defined]
            lambda row: row.organization.name
        )

    def clean_organizations(self) -> tuple[Any, ...]:
        wanted = dict.fromkeys(re.split(r"[\s,;]+", self.cleaned_data["organizations"].strip()))
        wanted.pop("", None)
        found = Organization.objects.in_bulk(wanted, field_name="slug")
        if unknown := [slug for slug in wanted if slug not in found]:
            raise ValidationError(_("Not known: %(slugs)s.") % {"slugs": ", ".join(unknown)})
        return tuple(found[slug].id for slug in wanted)

    def clean_documents(self) -> tuple[Document, ...]:
        lines = [line.strip() for line in self.cleaned_data["documents"].splitlines()]
        read = [(line, _DOCUMENT.fullmatch(line)) for line in lines if line]
        if broken := [line for line, found in read if found is None]:
            raise ValidationError(_("Cannot be read: %(line)s") % {"line": broken[0]})
        return tuple(Document(found[2], found[1].lower()) for _line, found in read if found)


class CorrectionForm(DisclosureForm):
    reason = forms.CharField(widget=_LONG, max_length=5_000, label=gettext_lazy("What was wrong"))


def _read_given(said: dict[str, Any]) -> Given:
    giver: Organization | None = said["given_by"]
    return Given(
        authority=said["authority"].id,
        given_at=said["given_at"],
        basis=DisclosureBasis(said["basis"]),
        organizations=said["organizations"],
        documents=said["documents"],
        given_by=None if giver is None else giver.id,
        handed_over_by=said["handed_over_by"],
        precision=Precision(said["precision"]),
        citation=said["citation"],
        words=said["words"],
        marking=Marking(said["marking"]),
    )


def _begin_with(row: Disclosure) -> dict[str, Any]:
    """A correction begins with what it corrects."""
    return {
        "authority": row.authority_id,
        "organizations": "\n".join(one.organization.slug for one in row.names.all()),
        "documents": "\n".join(f"{one.sha256}  {one.title}" for one in row.documents.all()),
        "given_at": row.given_at,
        "precision": row.precision,
        "basis": row.basis,
        "citation": row.citation,
        "given_by": row.given_by_id,
        "handed_over_by": row.handed_over_by,
        "words": row.words,
        "marking": row.marking,
    }


def _correct(command: Command, row: Disclosure, said: dict[str, Any]) -> object:
    return disclosures.correct(
        command, disclosure=row.id, given=_read_given(said), reason=said["reason"]
    )


def _may_correct(actor: Actor, row: Disclosure) -> bool:
    stands = row.origin == "decided" and not hasattr(row, "corrected_by")
    return stands and actor.has(Role.AUTHORITY_DESK, Role.CLEARED)


@admin.register(Disclosure)
class DisclosureAdmin(DeskAdmin):
    list_display = ("given_at", "recipient", "basis", "marking", "origin", "state")
    list_filter = ("basis", "marking", "origin")
    search_fields = ("authority__organization__slug", "names__organization__slug", "citation")
    ordering = ("-given_at", "-id")
    fields = (
        *("recipient", "given_at", "precision", "basis", "citation", "given_by"),
        *("handed_over_by", "words", "marking", "origin", "fact", "state", "corrects"),
        *("correction_reason", "recorded_by", "recorded_at", "id"),
    )
    readonly_fields = ("recipient", "state")
    list_steps = {
        "disclose": Step(
            gettext_lazy("Record what was given"),
            lambda command, _row, said: disclosures.disclose(command, given=_read_given(said)),
            DisclosureForm,
            holds(Role.AUTHORITY_DESK, Role.CLEARED),
            initial=lambda _row: {"given_at": now(), "marking": Marking.RESTRICTED},
        )
    }
    steps = {
        "correct": Step(
            gettext_lazy("Correct"),
            _correct,
            CorrectionForm,
            _may_correct,
            hint=gettext_lazy("What was written before stays readable, beside what is right."),
            initial=_begin_with,
        ),
        "take_back": Step(
            gettext_lazy("Nothing was given"),
            lambda command, row, said: disclosures.take_back(
                command, disclosure=row.id, reason=said["reason"]
            ),
            ReasonForm,
            _may_correct,
        ),
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Disclosure]:
        return with_all(Disclosure.objects.visible_to(actor_of(request)))

    @admin.display(description=gettext_lazy("given to"), ordering="authority__organization__name")
    def recipient(self, row: Disclosure) -> str:
        return row.authority.organization.name

    @admin.display(description=gettext_lazy("stands"))
    def state(self, row: Disclosure) -> str:
        if hasattr(row, "corrected_by"):
            return _("corrected since")
        return _("taken back: nothing was given") if row.taken_back else _("yes")

    def title(self, row: Disclosure) -> str:
        return _("Given to %(name)s") % {"name": row.authority.organization.name}

    def list_sections(self, request: HttpRequest, row: Disclosure) -> list[Section]:
        names = [(link(one.organization),) for one in row.names.all()]
        documents = [(one.title, one.sha256) for one in row.documents.all()]
        later = getattr(row, "corrected_by", None)
        return [
            Section(_("Names"), (_("Organization"),), names, _("No names are on record.")),
            Section(_("Documents"), (_("Title"), _("SHA-256")), documents, _("No documents.")),
            *(
                [Section(_("Corrected by"), ("",), [(link(later, later.correction_reason),)])]
                if later is not None
                else []
            ),
            list_record(row),
        ]
