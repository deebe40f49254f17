"""Steps on a request's own words: intake writes, attaches and copies for an organization; files are redacted."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from access.admin.answer_forms import (
    CopyForm,
    make_answers_form,
    make_attach_form,
    make_redact_form,
    read_answers,
    read_asked,
    read_upload,
)
from access.choices import RequestStatus
from access.forms import read_form
from access.forms.document import LARGEST_FILE_MB
from access.models import AccessRequest
from access.operations import attachments, drafts
from access.policies import may
from access.queries.answers import EDITABLE, may_read
from access.queries.attachments import find_attachment
from access.workflow import Step as Move
from registry.actors import Actor
from registry.admin.desk import Step, actor_of, holds
from registry.admin.files import send_file
from registry.choices import Role
from registry.commands import Command
from registry.errors import DomainError, NotFound


def send_attachment(
    page: ModelAdmin, request: HttpRequest, *, pk: UUID, attachment: UUID
) -> HttpResponse:
    """An attached file, to be kept and not to be shown: somebody uploaded it."""
    if not page.has_view_permission(request):
        raise PermissionDenied
    try:
        row = find_attachment(actor_of(request), request=pk, attachment=attachment)
    except NotFound as missing:
        raise Http404 from missing
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(reverse("admin:access_accessrequest_change", args=[pk]))
    return send_file(row)


def _save(command: Command, row: AccessRequest, said: dict[str, Any]) -> object:
    return drafts.save(
        command,
        request=row.id,
        answers=read_answers(row, said),
        justification=said["justification"],
    )


def _attach(command: Command, row: AccessRequest, said: dict[str, Any]) -> object:
    upload = read_upload(said, most=LARGEST_FILE_MB * 1024 * 1024)
    # The step's own version is that of the page; the file is kept before the request is locked.
    return attachments.attach(command, request=row.id, upload=upload, field=said["field"])


def _works_on_answers(*more: RequestStatus) -> Callable[[Actor, AccessRequest], bool]:
    """Intake works for an organization on what it may read: what it drafted, or where nothing is confidential."""

    def ask(actor: Actor, row: AccessRequest) -> bool:
        return (
            row.status in {*EDITABLE, *more}
            and may(Move.SUBMIT, row, actor)
            and (
                row.form is None
                or all(
                    may_read(row, actor, (stage,)) for stage in read_form(row.form.document).stages
                )
            )
        )

    return ask


DRAFT_STEPS: Mapping[str, Step] = {
    "save": Step(
        "Write answers for it",
        _save,
        form_for=make_answers_form,
        may=_works_on_answers(),
        hint="Kept as it is typed: what is missing or out of range is shown, and keeps nothing from being saved.",
    ),
    "attach": Step(
        "Attach a file for it",
        _attach,
        form_for=make_attach_form,
        may=_works_on_answers(RequestStatus.QUESTION_OPEN),
    ),
    "discard": Step(
        "Discard the draft",
        lambda command, row, _said: drafts.discard(command, request=row.id),
        may=lambda actor, row: (
            row.status == RequestStatus.DRAFT
            and row.expansion_id is None
            and may(Move.SUBMIT, row, actor)
        ),
        done="Discarded.",
        hint="It is deleted for good, with what was typed and attached.",
        danger=True,
        deletes=True,
    ),
    "copy": Step(
        "Copy as new",
        lambda command, row, said: drafts.copy(command, request=row.id, asked=read_asked(said)),
        CopyForm,
        holds(Role.INTAKE),
        hint="A draft of its own, with the words and answers of this one; files do not go along.",
    ),
    "redact": Step(
        "Redact a file",
        lambda command, row, said: attachments.redact(
            command, request=row.id, attachment=UUID(said["attachment"]), reason=said["reason"]
        ),
        form_for=make_redact_form,
        may=lambda actor, row: (
            actor.has(Role.ADMINISTRATOR)
            and row.attachments.attached().filter(redacted_at__isnull=True).exists()
        ),
        hint="Nobody gets the file from then on. Who, when, why and the checksum stay.",
        danger=True,
    ),
}
