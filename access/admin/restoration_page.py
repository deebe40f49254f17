"""The page on which access is given back from a list: choose it, see each line, confirm what only a person can."""

import secrets
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.timezone import now

from access.choices import LineFinding
from access.models import Restriction
from access.operations import restorations
from access.operations.restoration_rows import RESTORING
from access.operations.restorations import RestorationPreview
from registry.actors import Actor
from registry.admin.desk import actor_of, command_of
from registry.errors import DomainError

KEPT_SECONDS = 3600
_CONFIRM = "confirm-"
_ASKED = frozenset({LineFinding.UNMATCHED, LineFinding.AMBIGUOUS, LineFinding.AFFILIATE})


class ListForm(forms.Form):
    file = forms.FileField(
        label="CSV file",
        help_text="Columns: identifier (a slug, or such as aws:123456789012), name, member. UTF-8, at most "
        "2,000 lines. Nothing is given back before you confirm.",
    )


def show_restoration(
    request: HttpRequest, row: Restriction, context: dict[str, Any], *, back: str
) -> HttpResponse:
    """The choice of a list, its preview, or the way back after it was taken in."""
    form = ListForm(request.POST or None, request.FILES or None)
    page = {**context, "title": f"Give access back: {row.title}", "row": row, "back": back}
    token = request.POST.get("token")
    kept = None if token is None else _find(actor_of(request), row, token)
    try:
        if token is not None and kept is None:
            messages.error(request, "The preview has lapsed: choose the file again.")
        elif token is not None and kept is not None:
            if "commit" in request.POST:
                try:
                    return _commit(request, row, kept, back=back)
                except DomainError as refusal:
                    page["refusal"] = str(refusal)
            page |= _show(request, row, content=kept[1], token=token)
        elif request.method == "POST" and form.is_valid():
            upload = form.cleaned_data["file"]
            content = upload.read()
            token = _keep(actor_of(request), row, name=upload.name or "list.csv", content=content)
            page |= _show(request, row, content=content, token=token)
    except DomainError as refusal:
        messages.error(request, str(refusal))
    page["form"] = ListForm() if token is not None else form
    return TemplateResponse(request, "desk/restoration.html", page)


def _show(request: HttpRequest, row: Restriction, *, content: bytes, token: str) -> dict[str, Any]:
    confirmed = _read_confirmed(request)
    found: RestorationPreview = restorations.preview(
        actor=actor_of(request),
        restriction=row.id,
        content=content,
        at=now(),
        confirmed=confirmed,
    )
    restoring = sum(line.finding in RESTORING for line in found.lines)
    return {
        "preview": found,
        "counts": [(finding.label, count) for finding, count in found.count() if count],
        "open_lines": [
            (line, f"{_CONFIRM}{line.number}", confirmed.get(line.number, ""))
            for line in found.lines
            if line.finding in _ASKED
        ],
        "plain_lines": [line for line in found.lines if line.finding not in _ASKED],
        "settled": {
            f"{_CONFIRM}{line.number}": confirmed[line.number]
            for line in found.lines
            if line.number in confirmed and line.finding not in _ASKED
        },
        "restoring": restoring,
        "basis": request.POST.get("basis", ""),
        "token": token,
    }


def _commit(
    request: HttpRequest, row: Restriction, kept: tuple[str, bytes], *, back: str
) -> HttpResponse:
    done = restorations.restore(
        command_of(request),
        restriction=row.id,
        file_name=kept[0],
        content=kept[1],
        basis=request.POST.get("basis", ""),
        confirmed=_read_confirmed(request),
    ).value
    messages.success(
        request,
        f"Given back to {done.restored}; {done.already} had it back already, {done.left_out} left out.",
    )
    return HttpResponseRedirect(back)


def _read_confirmed(request: HttpRequest) -> dict[int, str]:
    """What the person has typed beside lines: whom they mean."""
    return {
        int(number): text.strip()
        for name, text in request.POST.items()
        if isinstance(text, str)
        and name.startswith(_CONFIRM)
        and (number := name.removeprefix(_CONFIRM)).isascii()
        and number.isdigit()
        and text.strip()
    }


def _key(actor: Actor, restriction: UUID, token: str) -> str:
    return f"restoration:{actor.key}:{restriction}:{token}"


def _keep(actor: Actor, row: Restriction, *, name: str, content: bytes) -> str:
    """Keep the list for its confirmation; only who uploaded it can confirm it."""
    token = secrets.token_urlsafe(16)
    cache.set(_key(actor, row.id, token), (name, content), KEPT_SECONDS)
    return token


def _find(actor: Actor, row: Restriction, token: str) -> tuple[str, bytes] | None:
    found: tuple[str, bytes] | None = cache.get(_key(actor, row.id, token))
    return found
