"""The page of a CSV import: choose a file, read what it would do, then take it in whole."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.cache import cache
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from registry.actors import Actor
from registry.commands import Command, Done
from registry.errors import DomainError
from registry.models import ImportRun
from registry.operations.import_runs import Effect, ImportPreview

KEPT_SECONDS = 3600
MOST_SHOWN = 500


class UploadForm(forms.Form):
    file = forms.FileField(
        label="CSV file",
        help_text="UTF-8, at most 5 MB and 2,000 lines. Nothing is written before you confirm.",
    )


@dataclass(frozen=True, slots=True)
class Importer:
    """A kind of import: its dry run, its operation, and the columns it reads."""

    label: str
    columns: str
    preview: Callable[..., ImportPreview]
    commit: Callable[..., Done[ImportRun]]


def take_import(
    request: HttpRequest,
    importer: Importer,
    *,
    actor: Actor,
    command: Command,
    context: dict[str, Any],
    back: str,
) -> HttpResponse:
    """One of three pages: the choice of a file, its preview, or the way back after the import."""
    token = request.POST.get("token")
    if token is not None:
        return _commit(request, importer, token=token, command=command, back=back)
    form = UploadForm(request.POST or None, request.FILES or None)
    page = {**context, "title": importer.label, "importer": importer, "form": form, "back": back}
    if request.method == "POST" and form.is_valid():
        upload: UploadedFile = form.cleaned_data["file"]
        content = upload.read()
        try:
            found = importer.preview(actor=actor, content=content)
        except DomainError as refusal:
            form.add_error("file", str(refusal))
        else:
            page |= _show(found)
            if not found.errors and not any(row.errors for row in found.rows):
                page["token"] = _keep(actor, upload.name or "import.csv", content)
    return TemplateResponse(request, "desk/import.html", page)


def _show(found: ImportPreview) -> dict[str, Any]:
    wrong = [row for row in found.rows if row.errors]
    return {
        "preview": found,
        "wrong": wrong[:MOST_SHOWN],
        "shown": found.rows[:MOST_SHOWN],
        "counts": [(effect.label, found.count(effect)) for effect in Effect],
        "more": max(0, len(found.rows) - MOST_SHOWN),
    }


def _keep(actor: Actor, name: str, content: bytes) -> str:
    """Keep the previewed file for its confirmation; only who uploaded it can confirm it."""
    token = secrets.token_urlsafe(16)
    cache.set(f"import:{actor.key}:{token}", (name, content), KEPT_SECONDS)
    return token


def _commit(
    request: HttpRequest, importer: Importer, *, token: str, command: Command, back: str
) -> HttpResponse:
    kept = cache.get(f"import:{command.by.key}:{token}")
    if kept is None:
        messages.error(request, "The preview has lapsed: choose the file again.")
        return HttpResponseRedirect(request.path)
    name, content = kept
    try:
        run = importer.commit(command, file_name=name, content=content).value
    except DomainError as refusal:
        messages.error(request, f"{refusal} Something has changed since the preview: look again.")
        return HttpResponseRedirect(request.path)
    cache.delete(f"import:{command.by.key}:{token}")
    messages.success(
        request,
        f"Imported: {run.created} created, {run.changed} changed, {run.unchanged} unchanged.",
    )
    return HttpResponseRedirect(back)
