"""What a request's page shows of its form: answers, files, what changed, when its clock stood still, what is known."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.template.defaultfilters import pluralize
from django.urls import reverse
from django.utils.html import format_html
from django.utils.timezone import now

from access.choices import RequestStatus
from access.forms import FileField, read_form
from access.models import AccessRequest, Attachment
from access.pauses import open_pause, paused_between
from access.queries.answers import (
    EDITABLE,
    ShownAnswer,
    attached_files,
    find_problems,
    last_submission,
    list_changes,
    list_submissions,
    may_read_field,
    show_answers,
    write_value,
)
from access.queries.pauses import pauses
from access.queries.related import RelatedKind, Tie, find_related
from access.workflow import whose_turn
from registry.admin.desk import actor_of
from registry.admin.sections import Section, link
from registry.choices import FileKind, ScanState
from registry.queries.stored_files import GIVEN_OUT

_WITHHELD = "withheld: you act in none of its stages"
_KINDS = {
    RelatedKind.DECLINED: "declined earlier",
    RelatedKind.WITHDRAWN: "withdrawn earlier",
    RelatedKind.OPEN_REQUEST: "open request",
    RelatedKind.GRANT: "holds access now",
}
_TIES = {
    Tie.ITSELF: "the organization itself",
    Tie.OWNER: "owns it",
    Tie.OWNED: "is owned by it",
    Tie.AFFILIATE: "is an affiliate",
}


def list_form_sections(request: HttpRequest, row: AccessRequest) -> list[Section]:
    """The sections about what was asked and answered."""
    return [
        *_on_behalf(row),
        *_problems(request, row),
        *_answers(request, row),
        _files(request, row),
        *_changes(request, row),
        _clock(row),
    ]


def _on_behalf(row: AccessRequest) -> list[Section]:
    said = getattr(row, "on_behalf", None)
    if said is None:
        return []
    headers = ("Asked for by", "What shows it", "Recorded by", "At")
    words = [(said.asked_by, said.evidence, said.recorded_by, said.recorded_at)]
    return [Section("Requested on its behalf", headers, words)]


def _problems(request: HttpRequest, row: AccessRequest) -> list[Section]:
    if row.status not in EDITABLE:
        return []
    actor = actor_of(request)
    asked = () if row.form is None else read_form(row.form.document).fields
    labels = {field.key: field.label for field in asked}
    return [
        Section(
            "What is missing or out of range",
            ("Field", "What", "Keeps it from being handed in"),
            [
                (labels.get(one.key, one.key), one.detail, "yes" if one.blocks else "no")
                for one in find_problems(row)
                if may_read_field(row, actor, one.key)
            ],
            empty="Nothing: it can be handed in.",
        )
    ]


def _answers(request: HttpRequest, row: AccessRequest) -> list[Section]:
    if row.form is None:
        return []
    return [
        Section(
            f"Answers (form, edition {row.form.number})",
            ("Field", "Answer", "Changed", "Confidential to"),
            [
                (
                    one.label,
                    _WITHHELD if one.withheld else _write(one),
                    format_html("<mark>changed</mark>; before: {}", one.before or "nothing")
                    if one.changed
                    else "",
                    ", ".join(one.confidential_to),
                )
                for one in show_answers(row, actor_of(request))
            ],
            empty="Nothing is asked.",
        )
    ]


def _write(one: ShownAnswer) -> str:
    return ", ".join(file.name or "a redacted file" for file in one.files) or one.text


def _files(request: HttpRequest, row: AccessRequest) -> Section:
    actor = actor_of(request)
    return Section(
        "Files",
        ("File", "Kind", "Bytes", "Scan", "SHA-256", "Uploaded", "Redacted"),
        [_write_file(one) for one in attached_files(row) if may_read_field(row, actor, one.field)],
        empty="No files, or none that you may see.",
    )


def _write_file(one: Attachment) -> Sequence[object]:
    address = reverse("admin:access_accessrequest_attachment", args=[one.request_id, one.id])
    name: object = one.name
    if one.redacted_at is not None:
        name = "redacted"
    elif one.scan_state in GIVEN_OUT:
        name = (one.name, address)
    redacted = ""
    if one.redacted_at is not None:
        redacted = f"{one.redacted_at:%Y-%m-%d %H:%M} UTC: {one.redaction_reason}"
    return (
        name,
        FileKind(one.kind).label,
        one.size,
        ScanState(one.scan_state).label,
        one.sha256[:16],
        one.uploaded_at,
        redacted,
    )


def _changes(request: HttpRequest, row: AccessRequest) -> list[Section]:
    """What the last submission says differently from the one before it."""
    known = list_submissions(row)
    if len(known) < 2:  # noqa: PLR2004 - two to compare
        return []
    earlier, later = known[-2:]
    write = _Writer(row)
    return [
        Section(
            f"What changed from submission {earlier.number} to {later.number}",
            ("Field", "Before", "Now"),
            [
                (
                    one.label,
                    write(one.key, one.before),
                    format_html("<mark>{}</mark>", write(one.key, one.after)),
                )
                for one in list_changes(row, earlier, later, actor=actor_of(request))
            ],
            empty="Nothing that you may see.",
        )
    ]


class _Writer:
    """Answers of submissions for a person: options by their labels, files by their names."""

    def __init__(self, row: AccessRequest) -> None:
        fields = () if row.form is None else read_form(row.form.document).fields
        self._fields = {field.key: field for field in fields}
        self._names = {str(file.id): file.name for file in row.attachments.all()}

    def __call__(self, key: str, value: Any) -> str:
        if value in (None, "", []):
            return "nothing"
        field = self._fields.get(key)
        if not key or isinstance(field, FileField):
            return ", ".join(self._names.get(one) or "a redacted file" for one in value)
        return str(value) if field is None else write_value(field, value)


def _clock(row: AccessRequest) -> Section:
    spans = pauses(row)
    lasting = open_pause(spans)
    until = row.closed_at or now()
    total = paused_between(spans, row.submitted_at or until, until)
    turn = f"It is the turn of: {whose_turn(RequestStatus(row.status)).label}."
    since = (
        ""
        if lasting is None
        else f" The clock stands still since {lasting.began_at:%Y-%m-%d %H:%M} UTC."
    )
    paused = f" Paused for {_days(total.total_seconds())} in all." if spans else ""
    return Section(
        "Clock",
        ("Why it stood still", "Whose turn", "From", "Until"),
        [
            (span.kind.label, span.whose_turn.label, span.began_at, span.ended_at or "it lasts")
            for span in spans
        ],
        empty="The clock has not stood still.",
        note=f"{turn}{since}{paused}",
    )


def _days(seconds: float) -> str:
    days, rest = divmod(int(seconds), 86_400)
    hours = rest // 3600
    return f"{days} day{pluralize(days)} {hours} hour{pluralize(hours)}"


def list_related(request: HttpRequest, row: AccessRequest) -> Section:
    """What is known now; what was known already when the request was handed in last is marked so."""
    last = last_submission(row)
    known = set() if last is None else {one["id"] for one in last.known}
    return Section(
        "Known already",
        ("What", "Organization", "Which is", "Tier", "When", "Reason", "Known when handed in"),
        [
            (
                link(one.thing, _KINDS[one.kind]),
                one.organization.name,
                _TIES[one.tie],
                one.tier,
                one.at,
                one.reason,
                "yes" if str(one.thing.pk) in known else "",
            )
            for one in find_related(row, actor_of(request), at=now())
        ],
        empty="No earlier or open request in this program, and no access held, by it or its affiliates.",
    )
