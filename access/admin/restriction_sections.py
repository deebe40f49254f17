"""What stands below a restriction's fields: its scope over time, its exceptions, whom it stops, what lapsed."""

import datetime as dt

from django.db.models import Count

from access.models import Restriction, RestrictionVersion
from access.queries.lapses import list_lapsed
from access.queries.scopes import list_scope, scope_of
from access.queries.stops import list_reached, measure_reach
from registry.admin.sections import Section, link, rows_of

_SHOWN = 50


def list_sections(row: Restriction, *, at: dt.datetime) -> list[Section]:
    """In a number of queries that does not grow with those who are stopped."""
    current = row.versions.as_of(at).select_related("person_class").first()
    return [
        Section(
            "Scope over time",
            ("From", "Until", "Covers", "Class of persons", "Exceptions all known"),
            rows_of(
                row.versions.current().select_related("person_class").order_by("valid"),
                lambda said: (
                    said.valid.lower,
                    said.valid.upper,
                    _say_scope(said),
                    said.person_class,
                    said.exceptions_complete,
                ),
            ),
        ),
        _list_exceptions(row),
        Section(
            "Lists from which access was given back",
            ("File", "At", "By", "Restored", "Had it already", "Left out"),
            rows_of(
                row.restorations.order_by("-restored_at", "-id")[:_SHOWN],
                lambda done: (
                    done.file_name,
                    done.restored_at,
                    done.restored_by,
                    done.restored,
                    done.already,
                    done.left_out,
                ),
            ),
            empty="None.",
        ),
        *([] if current is None else [_list_holders(current, at)]),
        *([] if row.origin != "decided" else [_list_lapsed(row, at)]),
    ]


def _list_exceptions(row: Restriction) -> Section:
    found = row.exceptions.current().select_related("organization", "member").order_by("-id")
    total = row.exceptions.current().aggregate(total=Count("id"))["total"]
    return Section(
        "Exceptions",
        ("Organization", "Member", "Basis", "From", "Until"),
        rows_of(
            found[:_SHOWN],
            lambda said: (
                link(said.organization),
                said.member,
                said.basis,
                said.valid.lower,
                said.valid.upper,
            ),
        ),
        empty="Nobody is excepted.",
        note=f"The latest {_SHOWN} of {total}." if total > _SHOWN else "",
    )


def _list_holders(current: RestrictionVersion, at: dt.datetime) -> Section:
    scope = scope_of(current)
    reach = measure_reach(scope, at=at)
    return Section(
        "Holders in its scope now",
        ("Organization", "Grants", "Members", "Surfaces"),
        [
            (
                (one.name, f"/admin/registry/organization/{one.id}/change/"),
                one.grants,
                one.members,
                ", ".join(one.surfaces)
                + (f" and {more} more" if (more := one.surface_count - len(one.surfaces)) else ""),
            )
            for one in list_reached(scope, at=at, limit=_SHOWN)
        ],
        empty="Nobody holds a grant in its scope.",
        note=f"The first {_SHOWN} of {reach.organizations}."
        if reach.organizations > _SHOWN
        else "",
    )


def _list_lapsed(row: Restriction, at: dt.datetime) -> Section:
    found = list_lapsed(row, at=at)
    return Section(
        "Lapsed while it was in force",
        ("Organization", "Grant", "Ran out", "Renewal"),
        [
            (
                link(grant.organization),
                link(grant, grant.tier.name),
                grant.over_at,  # type: ignore[attr-defined]  # annotated by the query
                link(grant.successor, "renewed")
                if hasattr(grant, "successor")
                else "waits for a countersignature"
                if hasattr(grant, "renewal")
                else "",
            )
            for grant in found[:_SHOWN]
        ],
        empty="Nothing.",
        note="A restriction lengthens nothing. What is listed can be renewed in one act once it is lifted.",
    )


def _say_scope(said: RestrictionVersion) -> str:
    names = [f"{label}: {', '.join(found)}" for label, found in list_scope(scope_of(said))]
    return "; ".join(names) or "everything"
