"""Screening lists and their snapshots on the staff's pages: registered, uploaded, looked at, taken into use."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.core.files.uploadedfile import UploadedFile
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.actors import Actor
from registry.admin.desk import DeskAdmin, Step, StepForm, holds
from registry.admin.editions import list_record
from registry.admin.sections import Section, link, rows_of
from registry.choices import Role, ScreeningListKind, SnapshotStatus
from registry.commands import Command
from registry.models import ScreeningList, ScreeningSnapshot
from registry.operations import screening_lists, screening_snapshots
from registry.operations.screening_lists import LIKENESS, ListProfile
from registry.operations.screening_readers import COLUMNS, LIMITS, list_readers
from registry.queries.screening import compare_with_used, list_added

_SHOWN = 200
_LOADING = (Role.INTAKE, Role.ADMINISTRATOR)


class ListForm(StepForm):
    slug = forms.SlugField(max_length=60)
    name = forms.CharField(max_length=200)
    issuer = forms.CharField(max_length=200)
    kind = forms.ChoiceField(choices=ScreeningListKind.choices)
    source = forms.CharField(
        max_length=300, help_text=gettext_lazy("Where its files come from, such as an address.")
    )
    reader = forms.ChoiceField(choices=list_readers)
    likeness = forms.IntegerField(
        min_value=LIKENESS[0],
        max_value=LIKENESS[-1],
        initial=60,
        help_text=gettext_lazy("How like a name must be, in percent, to be a possible hit."),
    )
    synthetic = forms.BooleanField(
        required=False, help_text=gettext_lazy("For synthetic organizations, and for no real one.")
    )


class SnapshotForm(StepForm):
    file = forms.FileField(
        help_text=gettext_lazy(
            "For the plain sheet: CSV (UTF-8) or XLSX, at most %(bytes)d MB and %(rows)s rows. Columns: "
            "%(columns)s. Nobody is screened against it before you commit it."
        )
        % {
            "bytes": LIMITS.bytes // 1024**2,
            "rows": f"{LIMITS.rows:,}",
            "columns": ", ".join(COLUMNS),
        }
    )
    as_of = forms.DateField(
        label=gettext_lazy("Day of the list"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("The day whose state the file tells, by its issuer."),
    )


class RetireForm(StepForm):
    reason = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), max_length=2_000)


def _register(command: Command, _row: None, said: dict[str, Any]) -> str:
    synthetic = said.pop("synthetic")
    said["kind"] = ScreeningListKind(said["kind"])
    screening_lists.register(command, profile=ListProfile(**said), synthetic=synthetic)
    return _("Registered. It is used once its first snapshot is.")


def _upload(command: Command, row: ScreeningList, said: dict[str, Any]) -> str:
    file: UploadedFile = said["file"]
    content = file.read(LIMITS.bytes + 1)
    done = screening_snapshots.upload(
        command,
        screening_list=row.id,
        as_of=said["as_of"],
        file_name=file.name or "list",
        content=content,
    ).value
    return _("%(file)s: %(status)s. Look at it, and go on, from “Snapshots” below.") % {
        "file": done.file_name,
        "status": done.get_status_display(),
    }


def _is_kept(*roles: Role) -> Any:
    return lambda actor, row: row.retired_at is None and actor.has(*roles)


@admin.register(ScreeningList)
class ScreeningListAdmin(DeskAdmin):
    list_display = ("name", "issuer", "kind", "used_day", "world", "retired_at")
    list_filter = ("kind", "synthetic")
    search_fields = ("slug", "name", "issuer")
    ordering = ("name", "id")
    fields = (
        *("name", "slug", "issuer", "kind", "source", "reader", "likeness", "world"),
        *("registered_by", "registered_at", "retired_by", "retired_at", "id"),
    )
    readonly_fields = ("world",)
    list_steps = {
        "register": Step(
            gettext_lazy("Register a screening list"),
            _register,
            ListForm,
            holds(Role.ADMINISTRATOR),
        )
    }
    steps = {
        "upload": Step(
            gettext_lazy("Upload a snapshot"),
            _upload,
            SnapshotForm,
            _is_kept(*_LOADING),
        ),
        "retire": Step(
            gettext_lazy("Retire"),
            lambda command, row, said: screening_lists.retire(
                command, screening_list=row.id, reason=said["reason"]
            ),
            RetireForm,
            _is_kept(Role.ADMINISTRATOR),
            hint=gettext_lazy(
                "Nobody is screened against it any more. Whoever was is screened anew against the others."
            ),
            danger=True,
        ),
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[ScreeningList]:
        used = ScreeningSnapshot.objects.filter(
            screening_list=OuterRef("pk"), status=SnapshotStatus.IN_USE
        )
        rows: QuerySet[ScreeningList] = super().get_queryset(request)
        return rows.annotate(used_as_of=Subquery(used.values("as_of")[:1]))

    @admin.display(
        description=gettext_lazy("in use as of"),
        ordering="used_as_of",
    )
    def used_day(self, row: Any) -> Any:
        used = None if row.retired_at is not None else row.used_as_of
        return used or _("not in use")

    def list_sections(self, request: HttpRequest, row: ScreeningList) -> list[Section]:
        return [
            Section(
                _("Snapshots"),
                (_("No."), _("As of"), _("File"), _("Entries"), _("Status"), _("In use since")),
                rows_of(
                    row.snapshots.order_by("-number")[:_SHOWN],
                    lambda one: (
                        link(one, str(one.number)),
                        one.as_of,
                        one.file_name,
                        one.entry_count,
                        one.get_status_display(),
                        one.in_use_at,
                    ),
                ),
                empty=_("None: the list is not used yet."),
            ),
            list_record(row),
        ]


def _may_go_on(actor: Actor, row: ScreeningSnapshot) -> bool:
    return row.status == SnapshotStatus.PREPARED and actor.has(*_LOADING)


def _commit(command: Command, row: ScreeningSnapshot, _said: dict[str, Any]) -> str:
    done = screening_snapshots.commit(command, snapshot=row.id).value
    if done.status == SnapshotStatus.IN_USE:
        return _("It is in use, and everybody has been screened against it.")
    return _("Committed. The worker takes it into use at once, and screens everybody against it.")


@admin.register(ScreeningSnapshot)
class ScreeningSnapshotAdmin(DeskAdmin):
    list_display = ("screening_list", "number", "as_of", "entry_count", "status", "uploaded_at")
    list_filter = ("status", "screening_list")
    list_select_related = ("screening_list",)
    ordering = ("-uploaded_at", "-id")
    fields = (
        *("screening_list", "number", "as_of", "file_name", "sha256", "entry_count", "status"),
        *("uploaded_by", "uploaded_at", "committed_by", "committed_at", "in_use_at"),
        *("replaced_at", "id", "version"),
    )
    steps = {
        "commit": Step(
            gettext_lazy("Take it into use"),
            _commit,
            may=_may_go_on,
            hint=gettext_lazy(
                "All of it. Whoever is screened is screened anew, and until then counts as not cleared."
            ),
        ),
        "withdraw": Step(
            gettext_lazy("Withdraw"),
            lambda command, row, _said: screening_snapshots.withdraw(command, snapshot=row.id),
            may=_may_go_on,
            hint=gettext_lazy("It will not be used."),
        ),
    }

    def title(self, row: ScreeningSnapshot) -> str:
        return _("%(list)s, snapshot %(number)d of %(day)s") % {
            "list": row.screening_list.name,
            "number": row.number,
            "day": row.as_of,
        }

    def list_sections(self, request: HttpRequest, row: ScreeningSnapshot) -> list[Section]:
        problems = Section(
            _("Problems"),
            (_("Line"), _("Field"), _("Problem"), _("Code")),
            [
                (one["line"], one["field"], one["sentence"], one["code"])
                for one in row.problems[:_SHOWN]
            ],
            empty=_("None."),
        )
        if row.problems:
            return [problems, list_record(row)]
        return [problems, *_list_content(row), list_record(row)]


def _list_content(row: ScreeningSnapshot) -> list[Section]:
    """Before its use, what it would change; else all that it holds."""
    if row.status != SnapshotStatus.PREPARED:
        lines = row.lines.select_related("entry").order_by("line")[:_SHOWN]
        return [_list_lines(_("Entries"), lines, note=_say_more(row.entry_count))]
    counted = compare_with_used(row)
    words = {"added": _("added"), "removed": _("taken out"), "unchanged": _("unchanged")}
    return [
        Section(
            _("Compared with what is in use"),
            (_("Entries"), _("Number")),
            [(words[name], number) for name, number in counted.items()],
            note=_("An entry that is worded otherwise counts as taken out and added."),
        ),
        _list_lines(
            _("Entries added"), list_added(row)[:_SHOWN], note=_say_more(counted["added"])
        ),
    ]


def _list_lines(title: str, lines: Any, *, note: str) -> Section:
    return Section(
        title,
        (
            _("Line"),
            _("Reference"),
            _("Name"),
            _("Aliases"),
            _("Identifiers"),
            _("Jurisdiction"),
        ),
        rows_of(lines, _show),
        empty=_("None."),
        note=note,
    )


def _show(line: Any) -> Sequence[object]:
    said = line.entry
    return (
        line.line,
        said.reference,
        said.name,
        "; ".join(said.aliases),
        "; ".join(said.identifiers),
        said.jurisdiction,
    )


def _say_more(number: int) -> str:
    if number <= _SHOWN:
        return ""
    return _("The first %(shown)d of %(number)d.") % {"shown": _SHOWN, "number": number}
