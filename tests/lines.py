"""What tests of expansions share: an envelope with lines, a batch on its way, a file of organizations."""

import csv
import io
import itertools
from typing import Any

import openpyxl

from access.choices import LineAct, UnknownRule
from access.models import AccessRequest, Expansion, LineBatch, LineImport, Tier
from access.operations import expansions, line_batches, line_imports
from access.operations.line_acts import LineOrder
from registry.actors import SYSTEM, Actor
from registry.choices import Role
from registry.operations import users
from tests import make

APPROVE = LineOrder(LineAct.APPROVE, ruling=make.ruling())
_numbers = itertools.count(1)
FIELDS = (
    *("organization", "name", "kind", "sector", "sector_source", "purpose", "justification"),
    *("priority", "accepts_terms"),
)


def staff(*roles: Role) -> Actor:
    """A new member of staff who holds these roles on record too, so that a job can act in their name."""
    row = make.user()
    for role in roles:
        users.give_role(make.by(make.staff(Role.ADMINISTRATOR)), user=row.username, role=role)
    return row.as_actor()


def envelope(tier: Tier | None = None, **more: Any) -> Expansion:
    """An open expansion without a line."""
    at_tier = tier or make.tier()
    said = {"slug": f"wave-{next(_numbers)}", "name": "Wave", "rationale": "More."}
    return expansions.propose(
        make.by(make.staff(Role.INTAKE)),
        program=at_tier.program_id,
        tier=at_tier.id,
        **(said | more),
    ).value


def add(to: Expansion, *rows: AccessRequest) -> None:
    """Put the requests into the envelope."""
    for row in rows:
        expansions.add_line(make.by(make.staff(Role.INTAKE)), expansion=to.id, request=row.id)


def filled(
    number: int, tier: Tier | None = None, **more: Any
) -> tuple[Expansion, list[AccessRequest]]:
    """An expansion with so many lines, each assessed and ready to be decided."""
    row = envelope(tier, **more)
    lines = [make.assessed(None, row.tier) for _ in range(number)]
    add(row, *lines)
    return row, lines


def prepare(
    row: Expansion, order: LineOrder = APPROVE, by: Actor | None = None, **more: Any
) -> LineBatch:
    """A batch that has been looked at."""
    actor = by or staff(Role.DECIDER)
    batch = line_batches.prepare(make.by(actor), expansion=row.id, order=order, **more).value
    while batch.status == "looking":
        batch = line_batches.go_on(make.by(SYSTEM), batch=batch.id).value
    return batch


def commit(batch: LineBatch, by: Actor | None = None) -> LineBatch:
    """Commit it, as who prepared it."""
    actor = by or make.same(batch.prepared_by, *Role)
    return line_batches.commit(make.by(actor), batch=batch.id).value


def run(batch: LineBatch, **more: Any) -> LineBatch:
    """Let the worker do it to its end."""
    while batch.status == "committed":
        batch = line_batches.go_on(make.by(SYSTEM), batch=batch.id, **more).value
    return batch


def results(batch: LineBatch) -> list[tuple[str, str]]:
    """What came of each line, and why not, in their order."""
    return list(batch.items.order_by("id").values_list("result", "result_code"))


def foreseen(batch: LineBatch) -> list[tuple[str, str]]:
    """What is foreseen for each line, in their order."""
    return list(batch.items.order_by("id").values_list("foreseen", "foreseen_code"))


def write_csv(*rows: dict[str, Any]) -> bytes:
    """A CSV file with these rows."""
    text = io.StringIO()
    writer = csv.DictWriter(text, FIELDS)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def write_workbook(*rows: dict[str, Any]) -> bytes:
    """A workbook with these rows."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(FIELDS)
    for row in rows:
        sheet.append([row.get(field) for field in FIELDS])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def upload(to: Expansion, content: bytes, **more: Any) -> LineImport:
    """The file, looked at by intake to its last row."""
    said = {"file_name": "lines.csv", "unknown": UnknownRule.REGISTER, "justification": "Defence."}
    actor = staff(Role.INTAKE)
    row = line_imports.upload(
        make.by(actor), expansion=to.id, content=content, **(said | more)
    ).value
    while row.status == "looking":
        row = line_imports.go_on(make.by(SYSTEM), line_import=row.id).value
    return row


def take_in(row: LineImport) -> LineImport:
    """Commit the import, and let the worker do what is left."""
    actor = make.same(row.uploaded_by, Role.INTAKE)
    row = line_imports.commit(make.by(actor), line_import=row.id).value
    while row.status == "committed":
        row = line_imports.go_on(make.by(SYSTEM), line_import=row.id).value
    return row
