"""Comments on a request: for staff, or shared with the organization. Corrected by another, never edited."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access.choices import CommentVisibility, RequestStatus
from access.events import Event
from access.models import AccessRequest, Comment
from access.operations.request_steps import _said
from access.queries.conflicts import check_impartial
from registry import audit
from registry.actors import Actor
from registry.choices import Role
from registry.commands import Clock, Command, command, lock, read_clock, touch
from registry.constraints import violation_means
from registry.errors import Conflict, Forbidden, NotFound
from registry.policies import check_role

COMMENTING = (
    *(Role.INTAKE, Role.REVIEWER, Role.DECIDER, Role.COUNTERSIGNER),
    Role.AUTHORITY_DESK,
)


class DraftsHaveNoComments(Conflict):
    code = "drafts_have_no_comments"
    text = _("A draft is nobody's business yet: submit it first.")


class NotYourComment(Forbidden):
    code = "not_your_comment"
    text = _("Only whoever wrote a comment corrects it.")


class CommentCorrected(Conflict):
    code = "comment_corrected"
    text = _("This comment has been corrected already: correct the correction.")


class SharedByOrganization(Forbidden):
    """What an organization says on its request is said to those who review it."""

    code = "organization_comments_are_shared"
    text = _("An organization's comment is always shared.")


@command
def comment(
    command: Command,
    *,
    request: UUID,
    text: str,
    visibility: CommentVisibility = CommentVisibility.SHARED,
) -> Comment:
    """Say something on the request. What is shared is told to the organization, or by it to the staff.

    Raises NotFound, RoleMissing, Recused, ConflictOfInterest, DraftsHaveNoComments,
    SharedByOrganization, TextMissing.
    """
    row, clock = _lock(command, request)
    _check_may(row, command.by)
    if not command.by.is_staff and visibility != CommentVisibility.SHARED:
        raise SharedByOrganization
    return _write(command, row, text=text, visibility=visibility, clock=clock)


@command
def correct(command: Command, *, comment: UUID, text: str) -> Comment:
    """Say it otherwise. The earlier text stays on record, and the correction is as visible as it was.

    Raises NotFound, RoleMissing, Recused, ConflictOfInterest, NotYourComment, CommentCorrected, TextMissing.
    """
    found = Comment.objects.filter(
        pk=comment, request__in=AccessRequest.objects.visible_to(command.by)
    )
    if not command.by.is_staff:
        found = found.filter(visibility=CommentVisibility.SHARED)
    earlier = found.first()
    if earlier is None:
        raise NotFound("comment")
    row, clock = _lock(command, earlier.request_id)
    _check_may(row, command.by)
    # Another client of the same organization speaks for it as well.
    if command.by.is_staff and earlier.written_by != command.by.key:
        raise NotYourComment
    if not command.by.is_staff and not earlier.from_organization:
        raise NotYourComment
    return _write(
        command,
        row,
        text=text,
        visibility=CommentVisibility(earlier.visibility),
        clock=clock,
        supersedes=earlier,
    )


def _lock(command: Command, request: UUID) -> tuple[AccessRequest, Clock]:
    visible = AccessRequest.objects.visible_to(command.by).select_related("organization")
    row = lock(visible, request, command, what="access request")
    return row, read_clock(command, row)


def _check_may(row: AccessRequest, actor: Actor) -> None:
    if row.status == RequestStatus.DRAFT:
        raise DraftsHaveNoComments
    if actor.is_staff:
        check_role(actor, *COMMENTING)
        check_impartial(row, actor)


def _write(
    command: Command,
    row: AccessRequest,
    *,
    text: str,
    visibility: CommentVisibility,
    clock: Clock,
    supersedes: Comment | None = None,
) -> Comment:
    with violation_means("access_comment_supersedes_id_key", CommentCorrected()):
        said = Comment.objects.create(
            request=row,
            visibility=visibility,
            text=_said(text, "text"),
            from_organization=not command.by.is_staff,
            written_by=command.by.key,
            written_at=clock.recorded,
            supersedes=supersedes,
            changed_at=clock.at,
        )
    touch(row, clock)
    audit.record(
        _name(said),
        row,
        command,
        occurred_at=clock.at,
        comment=said.id,
        supersedes=None if supersedes is None else supersedes.id,
        private={"text": text},
    )
    return said


def _name(said: Comment) -> Event:
    if said.visibility == CommentVisibility.INTERNAL:
        return Event.REQUEST_COMMENTED
    return (
        Event.REQUEST_COMMENT_RECEIVED if said.from_organization else Event.REQUEST_COMMENT_SHARED
    )
