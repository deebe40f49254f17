"""Dated edges between organizations: ownership, affiliation, sub-processing, hosting."""

import datetime as dt
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from registry import audit
from registry.choices import RelationKind, Role
from registry.commands import Command, command, lock, read_clock, touch
from registry.constraints import violation_means
from registry.errors import Conflict, Invalid, NotFound, WorldsApart
from registry.events import Event
from registry.followers import follow
from registry.models import Organization, Relation
from registry.operations.reliances import _lock_reliances, _rewrite_reliances
from registry.operations.screening_runs import _facts_changed
from registry.policies import check_role
from registry.queries.reliances import VENDOR_KINDS
from registry.versions import end_at, open_version, span


class RelationToItself(Invalid):
    code = "relation_to_itself"
    text = _("An organization is not related to itself.")


class ShareUnreadable(Invalid):
    code = "share_unreadable"
    text = _("Only ownership has a share, above 0 and up to 100 percent.")


class RelationKnown(Conflict):
    code = "relation_known"
    text = _("This relation is registered already for that time.")


@command
def register(
    command: Command,
    *,
    subject: UUID,
    kind: RelationKind,
    to: UUID,
    share: Decimal | None = None,
    since: dt.datetime | None = None,
) -> Organization:
    """An edge from `subject` to `to`, from `since` on (always, where not said).

    Raises RoleMissing, NotFound, RelationToItself, WorldsApart, ShareUnreadable, RelationKnown.
    """
    check_role(command.by, Role.INTAKE)
    if subject == to:
        raise RelationToItself
    if share is not None and (kind is not RelationKind.OWNS or not 0 < share <= 100):  # noqa: PLR2004 - percent
        raise ShareUnreadable
    if kind in VENDOR_KINDS:
        _lock_reliances()
    row, other = _lock_pair(command, subject, to)
    clock = read_clock(command, row)
    edge = Relation(subject=row, kind=kind, object=other, share=share, valid=span(since))
    with violation_means("relation_no_overlap", RelationKnown()):
        open_version(edge, recorded=clock.recorded)
    touch(row, clock)
    audit.record(
        Event.RELATION_REGISTERED,
        row,
        command,
        occurred_at=clock.at,
        kind=kind,
        object=other.id,
        share=share,
        since=since,
    )
    concerned = {row.id, other.id}
    if kind in VENDOR_KINDS:
        concerned |= _rewrite_reliances(other.id, clock=clock)
    follow(command, concerned | _facts_changed(command, [row.id, other.id]))
    return row


@command
def end(command: Command, *, subject: UUID, kind: RelationKind, to: UUID) -> Organization:
    """The edge holds no longer. Raises RoleMissing, NotFound."""
    check_role(command.by, Role.INTAKE)
    if kind in VENDOR_KINDS:
        _lock_reliances()
    row, other = _lock_pair(command, subject, to)
    clock = read_clock(command, row)
    edge = row.relations.current().filter(kind=kind, object=other, valid__upper_inf=True).first()
    if edge is None:
        raise NotFound("relation")
    end_at(edge, at=clock.end, recorded=clock.recorded)
    touch(row, clock)
    audit.record(
        Event.RELATION_ENDED, row, command, occurred_at=clock.recorded, kind=kind, object=other.id
    )
    concerned = {row.id, other.id}
    if kind in VENDOR_KINDS:
        concerned |= _rewrite_reliances(other.id, clock=clock)
    follow(command, concerned | _facts_changed(command, [row.id, other.id]))
    return row


def _lock_pair(command: Command, subject: UUID, to: UUID) -> tuple[Organization, Organization]:
    visible = Organization.objects.visible_to(command.by)
    row = lock(visible, subject, command, what="organization")
    other = visible.filter(pk=to).first()
    if other is None:
        raise NotFound("organization")
    if row.synthetic != other.synthetic:
        raise WorldsApart
    return row, other
