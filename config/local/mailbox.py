"""`/mailbox/`: every mail sent in local mode. It exists in local mode only, and asks no sign-in there."""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

_NAME = re.compile(r"[0-9]{20}-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class Mail:
    """One received mail, read for display."""

    name: str
    subject: str
    sender: str
    recipient: str
    date: str
    text: str
    html: str


@require_safe
def list_mails(request: HttpRequest) -> HttpResponse:
    """Newest first, fifty a page; `?q=` looks in recipient and subject."""
    wanted = request.GET.get("q", "").strip().lower()
    paths = sorted(settings.MAILBOX.glob("*.eml"), reverse=True)
    if wanted:
        paths = [path for path in paths if wanted in _found_by(_read(path))]
    page: Page[Any] = Paginator(paths, 50).get_page(request.GET.get("page"))
    page.object_list = [_read(path) for path in page.object_list]
    return render(request, "local/mailbox.html", {"page": page, "q": wanted})


@require_safe
def show_mail(request: HttpRequest, name: str) -> HttpResponse:
    """One mail, its text and its HTML as the recipient would see them."""
    path = settings.MAILBOX / f"{name}.eml"
    if not _NAME.fullmatch(name) or not path.exists():
        raise Http404
    return render(request, "local/mail.html", {"mail": _read(path)})


def _found_by(mail: Mail) -> str:
    return f"{mail.recipient} {mail.subject}".lower()


def _read(path: Path) -> Mail:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    return Mail(
        name=path.stem,
        subject=str(message["Subject"] or "").strip(),
        sender=str(message["From"] or ""),
        recipient=str(message["To"] or ""),
        date=str(message["Date"] or ""),
        text=_body(message, "plain"),
        html=_body(message, "html"),
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part is not None else ""
