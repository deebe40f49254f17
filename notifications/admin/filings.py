"""Notifications to authorities on the staff's pages: what they say, how far they are, and what is to be done next."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from access.admin.record import list_record
from notifications.admin.filing_steps import LIST_STEPS, STEPS
from notifications.choices import FilingStatus, StageKind
from notifications.models import FILING_READERS, Filing, FilingStage
from notifications.queries.duty_words import name_recipient, name_rule, say_target
from notifications.queries.filings import find_missing, find_proof, name_fields, rule_of, with_all
from notifications.queries.filings_exports import Export, export_json, export_pdf
from registry import files
from registry.admin.desk import DeskAdmin, actor_of
from registry.admin.sections import Section, link
from registry.choices import Channel
from registry.errors import DomainError
from registry.queries.people import name_actors

_WAY = (
    StageKind.DRAFTED,
    StageKind.REVIEWED,
    StageKind.SIGNED,
    StageKind.DISPATCHED,
    StageKind.RECEIVED,
    StageKind.ACKNOWLEDGED,
)
"""The stages of a whole way, in order."""
_NOTHING = (None, "")


@admin.register(Filing)
class FilingAdmin(DeskAdmin):
    readers = FILING_READERS
    list_display = ("duty", "told_to", "status", "due", "prepared_at", "dispatched_at", "world")
    list_filter = ("status", "channel")
    search_fields = (
        *("=id", "obligation__rule__slug", "authority__organization__name"),
        "acknowledgement",
    )
    ordering = ("-prepared_at", "-id")
    change_form_outer_before_template = "notifications/filing_top.html"
    fields = (
        *("duty", "citation", "told_to", "told_by", "subject", "status", "due", "missing"),
        *("of_duty", "amended", "prepared_by", "reviewed_by", "signed_by", "checksum"),
        *("sent_by_way_of", "dispatched_by", "dispatched_at", "dispatch_proof", "received_at"),
        *("receipt_proof", "acknowledgement", "acknowledged_at", "bounced_at", "bounce_reason"),
        *("withdrawn_reason", "retain_until", "retention_basis", "id"),
    )
    readonly_fields = (
        *("duty", "citation", "told_to", "told_by", "subject", "due", "missing", "of_duty"),
        *("amended", "sent_by_way_of", "checksum"),
    )
    list_steps = LIST_STEPS
    steps = STEPS

    def get_queryset(self, request: HttpRequest) -> QuerySet[Filing]:
        found: QuerySet[Filing] = super().get_queryset(request)
        visible = Filing.objects.visible_to(actor_of(request))
        return with_all(found.filter(pk__in=visible.values("pk")))

    def get_fields(self, request: HttpRequest, obj: Filing | None = None) -> tuple[str, ...]:
        """What has something to say: a draft was not sent, and few bounce."""
        return tuple(
            name
            for name in self.fields
            if obj is None or not hasattr(obj, name) or getattr(obj, name) not in _NOTHING
        )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<uuid:pk>/pdf/", view(self.show_pdf), name="notifications_filing_pdf"),
            path("<uuid:pk>/json/", view(self.show_json), name="notifications_filing_json"),
            path(
                "<uuid:pk>/proofs/<int:stage>/",
                view(self.show_proof),
                name="notifications_filing_proof",
            ),
            *super().get_urls(),
        ]

    def changeform_view(  # noqa: PLR0917 - Django's signature
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        row = None if object_id is None else self.get_object(request, object_id)
        more = {} if row is None else {"progress": _list_progress(row)}
        return super().changeform_view(
            request, object_id, form_url, {**(extra_context or {}), **more}
        )

    def show_pdf(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """The document on paper; of a draft, as it would be now."""
        row = self._find(request, pk)
        try:
            return _answer(export_pdf(row))
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(reverse("admin:notifications_filing_change", args=[pk]))

    def show_json(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """The canonical JSON."""
        return _answer(export_json(self._find(request, pk)))

    def show_proof(self, request: HttpRequest, pk: UUID, stage: int) -> HttpResponse:
        """The file that proves a stage, to be kept and not to be shown: somebody uploaded it."""
        self._find(request, pk)
        found = find_proof(pk, stage, actor_of(request))
        if found is None:
            raise Http404
        content = files.read(found.proof_sha256)
        kind = files.tell_type(content) or "application/octet-stream"
        return _answer(Export(found.proof_name, kind, content))

    def _find(self, request: HttpRequest, pk: UUID) -> Filing:
        if not self.has_view_permission(request):
            raise PermissionDenied
        row: Filing | None = self.get_queryset(request).filter(pk=pk).first()
        if row is None:
            raise Http404
        return row

    @admin.display(description=_("notification"), ordering="obligation__rule__slug")
    def duty(self, row: Filing) -> str:
        return name_rule(row.obligation.rule).title

    @admin.display(description=_("rule"))
    def citation(self, row: Filing) -> str:
        rule = name_rule(row.obligation.rule)
        return f"{rule.regime}: {rule.citation} ({rule.bindingness}); {row.obligation.rule}"

    @admin.display(description=_("to"), ordering="authority__organization__name")
    def told_to(self, row: Filing) -> str:
        return (
            name_recipient(row.obligation)
            if row.authority is None
            else row.authority.organization.name
        )

    @admin.display(description=_("from"))
    def told_by(self, row: Filing) -> str:
        return row.obligation.duty_holder.name

    @admin.display(description=_("about"))
    def subject(self, row: Filing) -> str:
        about = row.obligation.incident or row.obligation.occurrence
        return "" if about is None else about.title

    @admin.display(description=_("due"), ordering="obligation__target_due")
    def due(self, row: Filing) -> str:
        return say_target(row.obligation)

    @admin.display(description=_("still missing"))
    def missing(self, row: Filing) -> str:
        labels = name_fields(rule_of(row))
        return "; ".join(labels[name] for name in find_missing(row)) or str(_("nothing"))

    @admin.display(description=_("duty"))
    def of_duty(self, row: Filing) -> str:
        duty = row.obligation
        missed = "" if duty.missed_at is None else _("; it was missed")
        return f"{duty.get_status_display()}{missed}"

    @admin.display(description=_("checksum (SHA-256)"))
    def checksum(self, row: Filing) -> str:
        if not row.sha256:
            return str(_("none: the content is not fixed"))
        return format_html('<code class="desk-digest">{}</code>', row.sha256)

    @admin.display(description=_("amends"))
    def amended(self, row: Filing) -> str:
        return "" if row.amends_id is None else str(row.amends_id)

    @admin.display(description=_("sent by way of"))
    def sent_by_way_of(self, row: Filing) -> str:
        return f"{row.get_channel_display()}: {row.address}" if row.channel else ""

    @admin.display(description=_("world"), ordering="obligation__duty_holder__synthetic")
    def world(self, row: Filing) -> str:
        return super().world(row.obligation.duty_holder)

    def title(self, row: Filing) -> str:
        return f"{self.duty(row)} → {self.told_to(row)}"

    def list_sections(self, request: HttpRequest, row: Filing) -> list[Section]:
        stages = row.stages.select_related("disclosure").defer("document")
        return [
            Section(
                str(_("What it says")),
                ("Field", "Said", "Taken from"),
                [
                    _show_field(row, name, label)
                    for name, label in name_fields(rule_of(row)).items()
                ],
            ),
            Section(
                str(_("Its way")),
                ("Stage", "When", "Written down", "By", "Proof, number or reason", "File", "Log"),
                [_show_stage(stage) for stage in stages.order_by("id")],
                note=str(_("Nothing here is ever changed or deleted.")),
            ),
            Section(
                str(_("Duty and amendments")),
                ("What", "Page", "Status"),
                [
                    (
                        _("Meets"),
                        link(row.obligation, self.duty(row)),
                        row.obligation.get_status_display(),
                    ),
                    *(
                        (_("Amends"), link(other), other.get_status_display())
                        for other in ([row.amends] if row.amends else [])
                    ),
                    *(
                        (_("Amended by"), link(other), other.get_status_display())
                        for other in row.amended_by.order_by("prepared_at", "id")
                    ),
                ],
            ),
            list_record(row),
        ]


def _show_field(row: Filing, name: str, label: str) -> tuple[object, ...]:
    said = row.fields.get(name)
    if said is None:
        return (label, _("MISSING: nothing is said of it yet"), "")
    if "unknown" in said:
        return (
            label,
            _("Unknown: %(reason)s") % {"reason": said["unknown"]},
            said.get("from", ""),
        )
    return (label, said["value"], said.get("from", ""))


def _show_stage(stage: FilingStage) -> tuple[object, ...]:
    file: object = ""
    if stage.proof_sha256:
        address = reverse("admin:notifications_filing_proof", args=[stage.filing_id, stage.pk])
        file = (stage.proof_name, address)
    channel = f"{Channel(stage.channel).label}, {stage.address}: " if stage.channel else ""
    return (
        stage.get_kind_display(),
        stage.happened_at,
        stage.recorded_at,
        stage.by,
        f"{channel}{stage.note}",
        file,
        link(stage.disclosure, str(_("given"))),
    )


def _list_progress(row: Filing) -> list[dict[str, object]]:
    """Each stage of a whole way: whether it is behind the notification as it is now, when and by whom."""
    now_at = {
        StageKind.DRAFTED: (row.prepared_at, row.prepared_by),
        StageKind.REVIEWED: (row.reviewed_at, row.reviewed_by),
        StageKind.SIGNED: (row.signed_at, row.signed_by),
        StageKind.DISPATCHED: (row.dispatched_at, row.dispatched_by),
        StageKind.RECEIVED: (row.received_at, ""),
        StageKind.ACKNOWLEDGED: (row.acknowledged_at, ""),
    }
    if row.status == FilingStatus.BOUNCED:
        now_at[StageKind.DISPATCHED] = (None, "")
    names = name_actors(by for _at, by in now_at.values() if by)
    return [
        {"label": kind.label, "at": now_at[kind][0], "by": names.get(now_at[kind][1], "")}
        for kind in _WAY
    ]


def _answer(export: Export) -> HttpResponse:
    return HttpResponse(
        export.content,
        headers={
            "Content-Type": export.content_type,
            "Content-Disposition": f'attachment; filename="{export.name}"',
            "X-Content-Type-Options": "nosniff",
        },
    )
