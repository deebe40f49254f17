"""Which entries of snapshots fit which organizations, by identifiers, by names, and by likeness of names."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from registry.models import ExternalIdentifier, OrganizationVersion, ScreeningSnapshot
from registry.queries.screening_names import latin_of, normalize

SAME = 100
_IN_USE = """EXISTS (
    SELECT 1 FROM registry_snapshotentry held
    WHERE held.entry_id = {entry} AND held.snapshot_id = ANY(%(snapshots)s::uuid[])
)"""
_BY_NAME = f"""
WITH asked AS (
    SELECT * FROM unnest(
        %(parties)s::uuid[], %(fields)s::text[], %(normalized)s::text[], %(latin)s::text[]
    ) AS asked (party, field, normalized, latin)
)
SELECT asked.party, asked.field, said.entry_id, said.text, 100 AS likeness
FROM asked
JOIN registry_screeningname said ON said.normalized = asked.normalized
WHERE {_IN_USE.format(entry="said.entry_id")}
UNION ALL
SELECT asked.party, asked.field, said.entry_id, said.text,
       least(floor(similarity(said.latin, asked.latin) * 100)::int, 99)
FROM asked
JOIN registry_screeningname said ON said.latin %% asked.latin
JOIN registry_screeningentry entry ON entry.id = said.entry_id
JOIN registry_screeninglist list ON list.id = entry.screening_list_id
WHERE asked.latin <> '' AND said.normalized <> asked.normalized
  AND similarity(said.latin, asked.latin) * 100 >= list.likeness
  AND {_IN_USE.format(entry="said.entry_id")}
"""  # noqa: S608 - built of constants
_BY_IDENTIFIER = f"""
SELECT asked.party, 'identifier', entry.id, asked.identifier, 100
FROM unnest(%(parties)s::uuid[], %(identifiers)s::text[]) AS asked (party, identifier)
JOIN registry_screeningentry entry
  ON entry.identifiers @> ARRAY[asked.identifier]::varchar(250)[]
WHERE {_IN_USE.format(entry="entry.id")}
"""  # noqa: S608 - built of constants


@dataclass(frozen=True, slots=True)
class Fit:
    """That something of a party fits something listed: `field` of the party, `listed` as the entry words it.

    `likeness` in percent: 100 where it is the same, and less where it is alike, be it to the last trigram.
    """

    party: UUID
    field: str
    entry: int
    listed: str
    likeness: int

    def as_json(self) -> dict[str, Any]:
        return {"field": self.field, "listed": self.listed, "likeness": self.likeness}


def find_fits(
    parties: Collection[UUID], snapshots: Collection[ScreeningSnapshot], *, at: dt.datetime
) -> list[Fit]:
    """All that fits, in four queries however many parties there are. Needs a transaction."""
    names, identifiers = _gather_names(parties, at), _gather_identifiers(parties, at)
    least = min((row.screening_list.likeness for row in snapshots), default=SAME)
    said: dict[str, list[Any]] = {
        "parties": [party for party, _field, _name in names],
        "fields": [field for _party, field, _name in names],
        "normalized": [name for _party, _field, name in names],
        "latin": [latin_of(name) for _party, _field, name in names],
        "snapshots": [row.pk for row in snapshots],
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pg_trgm.similarity_threshold', %s, true)", [str(least / 100)]
        )
        cursor.execute(_BY_NAME, said)
        found = [Fit(*row) for row in cursor.fetchall()]
        cursor.execute(
            _BY_IDENTIFIER,
            {
                "parties": [party for party, _identifier in identifiers],
                "identifiers": [identifier for _party, identifier in identifiers],
                "snapshots": said["snapshots"],
            },
        )
        found += [Fit(*row) for row in cursor.fetchall()]
    return sorted(set(found), key=lambda fit: (fit.entry, fit.field, fit.listed, fit.party))


def _gather_names(parties: Collection[UUID], at: dt.datetime) -> list[tuple[UUID, str, str]]:
    """The names that hold now, undisclosed ones too, each once as it is compared."""
    rows = OrganizationVersion.objects.as_of(at).filter(organization__in=parties)
    found = {
        (row.organization_id, field, normalize(name))
        for row in rows
        for field, name in (("name", row.name), ("legal_name", row.legal_name))
    }
    return sorted((one for one in found if one[2]), key=str)


def _gather_identifiers(parties: Collection[UUID], at: dt.datetime) -> list[tuple[UUID, str]]:
    rows = ExternalIdentifier.objects.as_of(at).filter(organization__in=parties)
    return sorted(
        (
            (row.organization_id, f"{row.scheme}:{row.value}".lower())
            for row in rows
            if row.organization_id is not None
        ),
        key=str,
    )
