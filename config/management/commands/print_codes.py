"""`manage.py print_codes`: docs/codes.md, every code that an answer can carry."""

import importlib
import pkgutil
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.encoding import force_str
from rest_framework.exceptions import APIException

from access.choices import Reason
from config.problems import _CODES, STATUS
from registry.errors import DomainError

APPS = ("registry", "access", "notifications", "seeds")
_HEAD = """\
# Codes

Printed by `manage.py print_codes` from the code; a test holds it to what the code says. A code keeps its
meaning for good, so programs go by the code and never by the sentence. *Words like this* in a sentence
stand for a value, which the answer also carries under `values`.
"""
_REFUSALS = """\
## Refusals

The `code` of a problem (RFC 9457): an anticipated no, and the caller can do something about it. Some
appear only on staff's screens, on the command line or beside a line of an imported file.

| Code | Status | Sentence | Raised in |
|---|---|---|---|
"""
_INTERFACE = """\
## Of the interface itself

| Code | Status | Sentence |
|---|---|---|
"""
_REASONS = """\
## Reasons of the decision point

`context.reason.code` of an evaluation, whose status is 200 whether the answer is yes or no. Of several
reasons for a refusal the first in this order is given; where several grants are refused, the reason is
that of the grant that came furthest.

| Code | Sentence |
|---|---|
"""
_PLACE = re.compile(r"%\((\w+)\)s")


class Command(BaseCommand):
    help = "Print every code that an answer can carry: what docs/codes.md holds."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        parts = (
            (_HEAD, ()),
            (_REFUSALS, _write_refusals()),
            (_INTERFACE, _write_interface()),
            (_REASONS, (f"| `{reason}` | {reason.label} |" for reason in Reason)),
        )
        written = (head + "".join(f"{row}\n" for row in rows) for head, rows in parts)
        self.stdout.write("\n".join(written), ending="")


def find_refusals() -> dict[str, list[type[DomainError]]]:
    """The project's refusals by code, each with the classes that raise it."""
    for app in APPS:
        package = importlib.import_module(app)
        for module in pkgutil.walk_packages(package.__path__, f"{app}."):
            if ".migrations" not in module.name:
                importlib.import_module(module.name)
    found: dict[str, list[type[DomainError]]] = defaultdict(list)
    for kind in _walk(DomainError):
        if kind.__module__.partition(".")[0] in APPS:
            found[kind.code].append(kind)
    return {code: sorted(found[code], key=lambda kind: kind.__module__) for code in sorted(found)}


def find_status(refusal: type[DomainError]) -> int:
    """The HTTP status that the refusal is answered with."""
    return next(status for kind, status in STATUS if issubclass(refusal, kind))


def _walk(kind: type[DomainError]) -> Iterator[type[DomainError]]:
    for inner in kind.__subclasses__():
        yield inner
        yield from _walk(inner)


def _write_refusals() -> Iterator[str]:
    for code, kinds in find_refusals().items():
        statuses = ", ".join(
            str(status) for status in sorted({find_status(kind) for kind in kinds})
        )
        sentences = " / ".join(dict.fromkeys(_write_sentence(kind) for kind in kinds))
        modules = ", ".join(dict.fromkeys(f"`{kind.__module__}`" for kind in kinds))
        yield f"| `{code}` | {statuses} | {sentences} | {modules} |"


def _write_interface() -> Iterator[str]:
    for kind, code in _CODES.items():
        assert issubclass(kind, APIException)
        yield f"| `{code}` | {kind.status_code} | {force_str(kind.default_detail)} |"
    yield "| `failed` | 500 | Concordat failed to answer. It has been logged. |"


def _write_sentence(kind: type[DomainError]) -> str:
    sentence = force_str(kind.text).replace("|", "\\|").replace("<", "&lt;")
    return _PLACE.sub(r"*\1*", sentence)
