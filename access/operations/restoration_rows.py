"""What each line of a restoration list means: by an exact identifier, or by what a person has confirmed.

A name is never enough. Names that are spelled alike are shown to the person, who may type which
organization is meant.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import F, Q
from django.db.models.functions import Lower

from access.choices import LineFinding
from access.models import RestrictionException, RestrictionVersion
from access.queries.restrictions import holders_within
from registry.choices import RelationKind
from registry.models import Member, Organization, OrganizationVersion, Relation
from registry.operations.csv_rows import Column, Row
from registry.queries.organizations import find_exactly

COLUMNS: Mapping[str, Column] = {
    "identifier": Column(longest=240),
    "name": Column(longest=300),
    "member": Column(longest=120),
}
RESTORING = frozenset({LineFinding.MATCHED, LineFinding.CONFIRMED})
_KIN = (RelationKind.OWNS, RelationKind.AFFILIATE_OF)


@dataclass(frozen=True, slots=True)
class Line:
    """One line, and what it was found to mean. `candidates` are for a person to choose from, never chosen."""

    number: int
    said: str
    finding: LineFinding
    organization: Organization | None = None
    member: Member | None = None
    candidates: tuple[Organization, ...] = ()


@dataclass(slots=True)
class _Known:
    """What the registry knows of everything that the list names, read in a fixed number of queries."""

    named: dict[str, list[Organization]]
    alike: dict[str, list[Organization]]
    stopped: set[UUID]
    kin: dict[UUID, list[Organization]] = field(default_factory=lambda: defaultdict(list))
    members: dict[tuple[UUID, str], Member] = field(default_factory=dict)
    excepted: set[tuple[UUID, UUID | None]] = field(default_factory=set)


def read_lines(
    rows: Iterable[Row],
    version: RestrictionVersion,
    *,
    confirmed: Mapping[int, str],
    at: dt.datetime,
) -> list[Line]:
    """Each line with what it means, at `at`. `confirmed` says for a line which identifier a person means."""
    rows = list(rows)
    known = _load(rows, version, confirmed=confirmed, at=at)
    seen: set[tuple[UUID, UUID | None]] = set()
    lines = []
    for row in rows:
        line = _read(row, known, confirmed.get(row.line, "").strip())
        if line.organization is not None and line.finding in RESTORING:
            key = (line.organization.id, None if line.member is None else line.member.id)
            if key in seen or (line.organization.id, None) in seen:
                line = Line(
                    line.number, line.said, LineFinding.ALREADY, line.organization, line.member
                )
            seen.add(key)
        lines.append(line)
    return lines


def _read(row: Row, known: _Known, confirmed: str) -> Line:
    identifier, name = row.text("identifier"), row.text("name")
    said = ", ".join(filter(None, (identifier, name, row.text("member"))))
    found = known.named.get(confirmed or identifier, []) if confirmed or identifier else []
    if len(found) > 1:
        return Line(row.line, said, LineFinding.AMBIGUOUS, candidates=tuple(found))
    if not found:
        alike = tuple(known.alike.get(name.lower(), ()))
        return Line(row.line, said, LineFinding.UNMATCHED, candidates=alike)
    organization = found[0]
    if organization.id not in known.stopped:
        kin = tuple(one for one in known.kin[organization.id] if one.id in known.stopped)
        finding = LineFinding.AFFILIATE if kin else LineFinding.NOT_STOPPED
        return Line(row.line, said, finding, organization, candidates=kin)
    return _read_member(row, known, organization, said=said, confirmed=bool(confirmed))


def _read_member(
    row: Row, known: _Known, organization: Organization, *, said: str, confirmed: bool
) -> Line:
    reference = row.text("member")
    member = known.members.get((organization.id, reference)) if reference else None
    if reference and member is None:
        return Line(row.line, said, LineFinding.UNMATCHED, organization)
    whole = (organization.id, None) in known.excepted
    if whole or (member is not None and (organization.id, member.id) in known.excepted):
        return Line(row.line, said, LineFinding.ALREADY, organization, member)
    finding = LineFinding.CONFIRMED if confirmed else LineFinding.MATCHED
    return Line(row.line, said, finding, organization, member)


def _load(
    rows: list[Row], version: RestrictionVersion, *, confirmed: Mapping[int, str], at: dt.datetime
) -> _Known:
    identifiers = {row.text("identifier") for row in rows}
    identifiers |= {text.strip() for text in confirmed.values()}
    known = _Known(
        named=find_exactly(identifiers - {""}),
        alike=_load_alike({row.text("name").lower() for row in rows} - {""}, at=at),
        stopped=set(holders_within(version, at=at)),
    )
    found = {row.id for rows_ in known.named.values() for row in rows_}
    kin = Relation.objects.as_of(at).filter(
        Q(subject__in=found) | Q(object__in=found), kind__in=_KIN
    )
    for edge in kin.select_related("subject", "object").order_by("id"):
        known.kin[edge.subject_id].append(edge.object)
        known.kin[edge.object_id].append(edge.subject)
    members = Member.objects.filter(
        organization__in=found, reference__in={row.text("member") for row in rows} - {""}
    )
    known.members = {(row.organization_id, row.reference): row for row in members}
    excepted = RestrictionException.objects.as_of(at).filter(
        restriction=version.restriction_id, organization__in=found
    )
    known.excepted = set(excepted.values_list("organization_id", "member_id"))
    return known


def _load_alike(names: set[str], *, at: dt.datetime) -> dict[str, list[Organization]]:
    """Organizations that are called exactly so, but for upper and lower case. Undisclosed names are not read."""
    called = (
        OrganizationVersion.objects.as_of(at)
        .filter(organization__undisclosed=False)
        .annotate(spelled=Lower("name"), spelled_legally=Lower("legal_name"))
        .filter(Q(spelled__in=names) | Q(spelled_legally__in=names))
        .select_related("organization")
        .order_by(F("organization__slug"))
    )
    alike: dict[str, list[Organization]] = defaultdict(list)
    for row in called:
        for spelled in {row.spelled, row.spelled_legally}:
            alike[spelled].append(row.organization)
    return dict(alike)
