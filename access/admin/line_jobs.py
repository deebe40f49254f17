"""Batches and files of an expansion on the staff's pages: the look at each line, the commit, the progress."""

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.timezone import now

from access.admin.record import list_record
from access.choices import BatchStatus, ImportStatus, LineAct, LineEffect, LineResult
from access.models import LineBatch, LineImport, Position
from access.operations import line_batches, line_imports
from access.operations.line_acts import roles_for
from access.queries.line_jobs import count_foreseen, count_results, count_rows
from registry.actors import Actor
from registry.admin.desk import DeskAdmin, Step, actor_of
from registry.admin.sections import Progress, Section, link
from registry.choices import Role

_SHOWN = 200
_LOOK_AGAIN_SECONDS = "3"


class _JobAdmin(DeskAdmin):
    """A page that looks again by itself while the worker is at it."""

    def changeform_view(self, request: HttpRequest, *args: Any, **more: Any) -> Any:
        response = super().changeform_view(request, *args, **more)
        if getattr(request, "_at_work", False):
            response["Refresh"] = _LOOK_AGAIN_SECONDS
        return response

    def note_work(self, request: HttpRequest, *, at_work: bool) -> str:
        """Have the page look again where the worker is at it; the sentence that says so."""
        if not at_work:
            return ""
        request._at_work = True  # type: ignore[attr-defined]  # noqa: SLF001 - for this request's answer
        return "The worker is at it: this page looks again every three seconds."


def _may_act(actor: Actor, row: LineBatch) -> bool:
    acts = row.items.order_by().values_list("act", flat=True).distinct()
    return all(actor.has(*roles_for(LineAct(act))) for act in acts)


def _may_sign(actor: Actor, row: LineBatch) -> bool:
    return (
        row.status in {BatchStatus.PREPARED, BatchStatus.COMMITTED}
        and row.countersigned_at is None
        and actor.has(Role.COUNTERSIGNER)
        and actor.key not in {row.prepared_by, row.committed_by}
    )


@admin.register(LineBatch)
class LineBatchAdmin(_JobAdmin):
    list_display = ("expansion", "status", "publish_at", "prepared_at", "finished_at")
    list_filter = ("status",)
    list_select_related = ("expansion",)
    ordering = ("-prepared_at", "-id")
    fields = (
        *("expansion", "status", "publish_at", "prepared_by", "prepared_at"),
        *("countersigned_by", "countersigned_at", "committed_by", "committed_at", "finished_at"),
        *("id", "version"),
    )
    steps = {
        "commit": Step(
            "Commit",
            lambda command, row, _said: line_batches.commit(command, batch=row.id),
            may=lambda actor, row: row.status == BatchStatus.PREPARED and _may_act(actor, row),
            hint="Each line is asked anew when its turn comes, and refused if it has changed since.",
            done="Committed.",
        ),
        "countersign": Step(
            "Countersign its approvals",
            lambda command, row, _said: line_batches.countersign(command, batch=row.id),
            may=_may_sign,
            hint="Read each line below first. What you may not sign is refused when it is applied.",
        ),
        "withdraw": Step(
            "Withdraw",
            lambda command, row, _said: line_batches.withdraw(command, batch=row.id),
            may=lambda actor, row: row.finished_at is None and _may_act(actor, row),
            hint="Nothing of it will be done.",
        ),
    }

    def title(self, row: LineBatch) -> str:
        return f"Batch of {row.expansion.name}, {row.get_status_display()}"

    def list_sections(self, request: HttpRequest, row: LineBatch) -> list[Section]:
        foreseen, done = count_foreseen(row), count_results(row)
        due = row.publish_at is None or row.publish_at <= now()
        at_work = row.status == BatchStatus.LOOKING or (
            row.status == BatchStatus.COMMITTED and due
        )
        items = row.items.select_related("request__organization").order_by("id")
        page = Paginator(items, _SHOWN).get_page(request.GET.get("lines"))
        seen = _find_seen(actor_of(request), [item.said for item in page])
        return [
            Section(
                "Progress",
                ("", "Foreseen", "Result"),
                [(result.label, foreseen[result], done[result]) for result in LineResult],
                note=self.note_work(request, at_work=at_work) + _say_whole(row, at_work=at_work),
                progress=_measure(row, foreseen, done),
            ),
            Section(
                f"Lines ({page.paginator.count})",
                ("Organization", "Purpose", "To do", "Words", "Foreseen", "Why", "Result", "Why"),
                [
                    (
                        link(item.request, item.request.organization.name),
                        item.request.get_purpose_display(),
                        item.get_act_display(),
                        _words(item.said, seen),
                        item.get_foreseen_display(),
                        item.foreseen_text,
                        item.get_result_display(),
                        item.result_text,
                    )
                    for item in page
                ],
            ),
            *_onward(request, page.paginator.num_pages),
            list_record(row),
        ]


@admin.register(LineImport)
class LineImportAdmin(_JobAdmin):
    list_display = ("file_name", "expansion", "status", "uploaded_at", "finished_at")
    list_filter = ("status",)
    list_select_related = ("expansion",)
    ordering = ("-uploaded_at", "-id")
    fields = (
        *("expansion", "file_name", "sha256", "unknown", "justification", "status"),
        *("uploaded_by", "uploaded_at", "committed_by", "committed_at", "finished_at"),
        *("id", "version"),
    )
    steps = {
        "commit": Step(
            "Take all of it in",
            lambda command, row, _said: line_imports.commit(command, line_import=row.id),
            may=lambda actor, row: row.status == ImportStatus.READY and actor.has(Role.INTAKE),
            hint="All of it, or nothing. A line that is there already is left as it is.",
            done="Committed. Below is what came of it.",
        )
    }

    def title(self, row: LineImport) -> str:
        return f"{row.file_name}, {row.get_status_display()}"

    def list_sections(self, request: HttpRequest, row: LineImport) -> list[Section]:
        counted = count_rows(row)
        at_work = row.status in {ImportStatus.LOOKING, ImportStatus.COMMITTED}
        wrong = row.rows.exclude(problems=[]).order_by("line")
        page = Paginator(row.rows.select_related("request").order_by("line"), _SHOWN).get_page(
            request.GET.get("lines")
        )
        return [
            Section(
                "Progress",
                ("Rows", "Number"),
                [
                    ("in the file", counted["rows"]),
                    ("looked at", counted["looked_at"]),
                    ("with problems", counted["wrong"]),
                    *((effect.label, counted[effect.value]) for effect in LineEffect),
                    ("organizations to register", counted["registers"]),
                ],
                note=self.note_work(request, at_work=at_work),
                progress=Progress(counted["looked_at"], counted["rows"], "rows looked at"),
            ),
            Section(
                "Problems",
                ("Line", "Field", "Problem", "Code"),
                [*_problems(row), *_problems_of(wrong[:_SHOWN])],
                empty="None.",
            ),
            Section(
                "Rows",
                ("Line", "Organization", "Effect", "Registers", "Request"),
                [
                    (
                        said.line,
                        str(said.cells.get("organization", "")),
                        said.get_effect_display(),
                        "yes" if said.registers else "",
                        link(said.request, "request"),
                    )
                    for said in page
                ],
            ),
            *_onward(request, page.paginator.num_pages),
            list_record(row),
        ]


def _measure(
    row: LineBatch, foreseen: Mapping[LineResult, int], done: Mapping[LineResult, int]
) -> Progress:
    """How many lines were looked at; once it is committed, how many have had their turn."""
    most = sum(done.values())
    if row.status in {BatchStatus.COMMITTED, BatchStatus.DONE}:
        return Progress(most - done[LineResult.PENDING], most, "lines done")
    return Progress(most - foreseen[LineResult.PENDING], most, "lines looked at")


def _say_whole(row: LineBatch, *, at_work: bool) -> str:
    whole = at_work and row.status == BatchStatus.COMMITTED and row.publish_at is not None
    return (
        " All lines are published in one moment: nobody sees some of them before." if whole else ""
    )


def list_jobs(batches: QuerySet[LineBatch], imports: QuerySet[LineImport]) -> list[Section]:
    """The latest batches and files of an expansion, for its page."""
    return [
        Section(
            "Batches",
            ("Batch", "Status", "To be published", "Prepared", "By"),
            [
                (
                    link(row, str(row.id)[:8]),
                    row.get_status_display(),
                    row.publish_at,
                    row.prepared_at,
                    row.prepared_by,
                )
                for row in batches.order_by("-prepared_at", "-id")[:20]
            ],
            empty="None.",
        ),
        Section(
            "Files",
            ("File", "Status", "Uploaded", "By"),
            [
                (
                    link(row, row.file_name),
                    row.get_status_display(),
                    row.uploaded_at,
                    row.uploaded_by,
                )
                for row in imports.order_by("-uploaded_at", "-id")[:20]
            ],
            empty="None.",
        ),
    ]


def _find_seen(actor: Actor, orders: Iterable[dict[str, Any]]) -> frozenset[str]:
    """The positions to be overridden that this person may read: of the others the reasons are not shown."""
    named = {said["position"] for said in orders if "position" in said}
    seen = Position.objects.visible_to(actor).filter(pk__in=named)
    return frozenset(map(str, seen.values_list("pk", flat=True))) if named else frozenset()


def _words(said: dict[str, Any], seen: Container[str]) -> str:
    if "position" in said and said["position"] not in seen:
        return "about a position that is not yours to read"
    ruling = said.get("ruling")
    return (
        said.get("note", "")
        if ruling is None
        else f"{ruling['reason']}: {ruling['applicant_text']}"
    )


def _problems(row: LineImport) -> list[Sequence[object]]:
    return [(one["line"], one["field"], one["sentence"], one["code"]) for one in row.problems]


def _problems_of(rows: QuerySet[Any]) -> list[Sequence[object]]:
    return [
        (row.line, one["field"], one["sentence"], one["code"])
        for row in rows
        for one in row.problems
    ]


def _onward(request: HttpRequest, pages: int) -> list[Section]:
    """Where the other pages of a long list are."""
    if pages == 1:
        return []
    linked = [
        ((f"Page {number}", f"{request.path}?lines={number}"),) for number in range(1, pages + 1)
    ]
    return [Section("More lines", ("Page",), linked)]
