"""Documents of evidence on a page of their own: read on record where they are confidential, redacted."""

from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.admin.record import list_record
from registry.actors import Actor
from registry.admin.desk import DeskAdmin, Step, StepForm, actor_of
from registry.admin.files import send_file
from registry.admin.sections import Section, link
from registry.choices import Role
from registry.errors import DomainError, NotFound
from registry.models import EVIDENCE_READERS, EvidenceFile
from registry.operations import evidence
from registry.queries.evidence import MARKED_READERS, open_evidence
from registry.queries.stored_files import GIVEN_OUT


class RedactForm(StepForm):
    reason = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=5_000,
        help_text=gettext_lazy("The organization reads this."),
    )


def _may_read(actor: Actor, row: EvidenceFile) -> bool:
    there = row.redacted_at is None and row.scan_state in GIVEN_OUT
    return there and row.confidential and actor.has(*MARKED_READERS)


@admin.register(EvidenceFile)
class EvidenceFileAdmin(DeskAdmin):
    readers = EVIDENCE_READERS
    plural = "documents of evidence"
    list_display = (
        "shown_name",
        "organization",
        "kind",
        "scan_state",
        "confidential",
        "uploaded_at",
    )
    list_display_links = ("shown_name",)
    list_filter = ("scan_state", "confidential", "kind")
    list_select_related = ("organization",)
    search_fields = ("name", "sha256", "organization__slug", "organization__name")
    ordering = ("-uploaded_at", "-id")
    fields = (
        *("shown_name", "organization", "kind", "size", "sha256", "confidential", "scan_state"),
        *("scanned_at", "uploaded_by", "uploaded_at", "content"),
        *("redacted_by", "redacted_at", "redaction_reason", "id", "version"),
    )
    readonly_fields = ("shown_name", "content")
    steps = {
        "read": Step(
            gettext_lazy("Read"),
            lambda command, row, _said: send_file(evidence.read(command, file=row.id).value),
            may=_may_read,
            hint=gettext_lazy("You get the file. That you read it is recorded."),
        ),
        "redact": Step(
            gettext_lazy("Redact"),
            lambda command, row, said: evidence.redact(
                command, file=row.id, reason=said["reason"]
            ),
            RedactForm,
            lambda actor, row: row.redacted_at is None and actor.has(Role.ADMINISTRATOR),
            hint=gettext_lazy(
                "Nobody gets the file from then on. Who, when, why and the checksum stay."
            ),
            danger=True,
        ),
    }

    @admin.display(description=gettext_lazy("document"), ordering="name")
    def shown_name(self, row: EvidenceFile) -> str:
        return _("redacted") if row.redacted_at is not None else row.name

    @admin.display(description=gettext_lazy("what it holds"))
    def content(self, row: EvidenceFile) -> str:
        """Whether it can be had, and how."""
        if row.redacted_at is not None:
            return str(_("redacted: only the checksum is kept"))
        if row.scan_state not in GIVEN_OUT:
            return str(_("not given out: it %(state)s") % {"state": row.get_scan_state_display()})
        return str(_("by “Read”, on record") if row.confidential else _("below"))

    def title(self, row: EvidenceFile) -> str:
        return f"{self.shown_name(row)}: {row.organization.name}"

    def list_sections(self, request: HttpRequest, row: EvidenceFile) -> list[Section]:
        given = row.redacted_at is None and row.scan_state in GIVEN_OUT and not row.confidential
        address = reverse("admin:registry_evidencefile_content", args=[row.id])
        return [
            Section(_("File"), (_("Download"),), [((row.name, address),)] if given else []),
            Section(
                _("What it shows"),
                (_("What"),),
                [
                    (link(one, str(one.scheme)),)
                    for one in row.attestations.select_related("scheme")
                ]
                + [
                    (link(row.organization, str(_("a member"))),)
                    for _one in row.assertions.all()[:1]
                ]
                + [
                    (link(one.condition, one.condition.code),)
                    for one in row.condition_evidence.select_related("condition")
                ],
            ),
            list_record(row),
        ]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.send)
        place = "<uuid:pk>/content/"
        return [path(place, view, name="registry_evidencefile_content"), *super().get_urls()]

    def send(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """The file, to be kept and not to be shown: somebody uploaded it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            return send_file(open_evidence(actor_of(request), pk))
        except NotFound as missing:
            raise Http404 from missing
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(reverse("admin:registry_evidencefile_change", args=[pk]))
