"""What must be true of requests, grants and restrictions and no constraint can say."""

import datetime as dt
import json
from collections.abc import Iterator
from hashlib import sha256

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q

from access.choices import NeedKind, Origin, Outcome, RequestStatus
from access.models import (
    AccessRequest,
    Grant,
    GrantFacts,
    GrantItem,
    GrantNeedVersion,
    Pause,
    ProgramFacts,
    RequestDecision,
    Restriction,
    RestrictionVersion,
    ReviewPolicy,
    StageRun,
)
from access.queries.gates import gates_of_grant, need_of
from access.queries.grant_needs import list_needs, list_written
from access.workflow import CLOSED, PAUSED
from registry.queries.invariants import (
    CHUNK,
    Breach,
    Invariant,
    breaches,
    find_astray,
    find_unrecorded,
)

_TOLD_WITH_ANOTHER = frozenset(
    {
        "Tier",
        "TermsEdition",
        "Question",
        "Pause",
        "Claim",
        "Comment",
        "Recusal",
        "DraftAnswers",
        "Submission",
        "OnBehalf",
        "Attachment",
        "StageRun",
        "StageAnnouncement",
        "DisputeResolution",
        "TeamMembership",
        "Assessment",
        "RequestDecision",
        "DecisionCondition",
        "ProgressReport",
        "ConditionEvidence",
        "WaitingPeriod",
        "CloseOut",
        "GrantRenewal",
        "RestrictionApplication",
        "Restoration",
    }
)
"""Parts of a program, a request, a condition, a grant or a restriction: the event of each is about the whole."""
_RULED = {
    RequestStatus.APPROVED: Outcome.APPROVED,
    RequestStatus.DECLINED: Outcome.DECLINED,
}


def everything_governed_is_on_record() -> Iterator[Breach]:
    """Whatever governs access came in by an operation, which wrote an event about it."""
    return find_unrecorded("access", told_with_another=_TOLD_WITH_ANOTHER)


def grants_stay_inside_their_request() -> Iterator[Breach]:
    """A grant that was decided is for the organization, the tier and the purpose that were asked for."""
    rows = Grant.objects.filter(request__isnull=False).exclude(
        organization=F("request__organization"),
        tier=F("request__tier"),
        purpose=F("request__purpose"),
    )
    yield from breaches(rows, "it is not what its request asked for")


def items_stay_inside_their_grant() -> Iterator[Breach]:
    """What is held under a grant is for its organization, tier and purpose, and allows no more than the tier does."""
    rows = GrantItem.objects.current()
    astray = rows.exclude(
        organization=F("grant__organization"),
        tier=F("grant__tier"),
        purpose=F("grant__purpose"),
    )
    yield from breaches(astray, "it is not for whom or for what its grant is")
    beyond = rows.exclude(actions__contained_by=F("tier__actions"))
    yield from breaches(beyond, "it allows what its tier does not")


def grants_and_their_tier_are_of_one_program() -> Iterator[Breach]:
    """A grant is given in the program that its tier belongs to."""
    yield from breaches(
        Grant.objects.exclude(program=F("tier__program")), "its tier is another program's"
    )


def what_has_ended_holds_nothing() -> Iterator[Breach]:
    """A grant whose end is written has no item that reaches beyond it."""
    beyond = (
        GrantItem.objects.current()
        .filter(grant=OuterRef("pk"))
        .filter(Q(valid__upper_inf=True) | Q(valid__endswith__gt=OuterRef("end__ended_at")))
    )
    rows = Grant.objects.filter(Exists(beyond), end__isnull=False)
    yield from breaches(rows, "it has ended and still holds something")


def decided_requests_have_their_decision() -> Iterator[Breach]:
    """A request that was approved or declined has a last decision that says so, and an approved one its grant."""
    last = RequestDecision.objects.filter(request=OuterRef("pk")).order_by("-number")
    for status, outcome in _RULED.items():
        rows = AccessRequest.objects.filter(status=status)
        said = rows.annotate(outcome=last.values("outcome")[:1]).filter(
            Q(outcome__isnull=True) | ~Q(outcome=outcome)
        )
        yield from breaches(said, f"it is {status}, and its last decision does not say so")
    ungranted = AccessRequest.objects.filter(status=RequestStatus.APPROVED, grant__isnull=True)
    yield from breaches(ungranted, "it is approved, and there is no grant")


def requests_pin_a_policy_in_force() -> Iterator[Breach]:
    """A request is reviewed by an edition that two people put in force."""
    rows = AccessRequest.objects.filter(
        review_policy__isnull=False, review_policy__enacted_at__isnull=True
    )
    yield from breaches(rows, "its review policy was never put in force")


def clocks_stand_still_where_a_request_waits() -> Iterator[Breach]:
    """A pause lasts exactly as long as the request's status waits for somebody."""
    lasting = Pause.objects.filter(request=OuterRef("pk"), ended_at__isnull=True)
    for status in RequestStatus:
        rows = AccessRequest.objects.filter(status=status)
        wrong = (
            rows.exclude(Exists(lasting.filter(kind=PAUSED[status])))
            if status in PAUSED
            else rows.filter(Exists(lasting))
        )
        yield from breaches(wrong, "its clock stands still, or goes on, against its status")


def stages_close_with_their_request() -> Iterator[Breach]:
    """No stage of a closed request is open."""
    rows = StageRun.objects.filter(closed_at__isnull=True, request__status__in=CLOSED)
    yield from breaches(rows, "it is open, and its request is closed")


def restrictions_stand_until_they_are_lifted() -> Iterator[Breach]:
    """A restriction imposed here is in force without an end until two people lift it; from then on it is not."""
    endless = RestrictionVersion.objects.current().filter(
        restriction=OuterRef("pk"), valid__upper_inf=True
    )
    rows = Restriction.objects.filter(origin=Origin.DECIDED)
    fallen = rows.filter(~Exists(endless), lifted_at__isnull=True)
    yield from breaches(fallen, "it is not in force, and nobody lifted it")
    left = rows.filter(Exists(endless), lifted_at__isnull=False)
    yield from breaches(left, "it was lifted, and is still in force")


def grants_need_what_the_facts_say() -> Iterator[Breach]:
    """What is written down of a live grant's needs is what its tier's requirements and the facts give now."""
    live = Grant.objects.filter(
        end__isnull=True, tier__requirements__enacted_at__isnull=False
    ).distinct()
    rows, at = list(live.order_by("pk")), _read_now()
    wanted, written = list_needs(rows, at=at), list_written(rows, at=at)
    for row in rows:
        if wanted[row.id] != written[row.id]:
            yield Breach(f"grant:{row.pk}", "its needs are not what the facts give")


def worlds_do_not_meet() -> Iterator[Breach]:
    """Synthetic organizations hold access in synthetic programs only, and real ones in real programs."""
    grants = Grant.objects.exclude(organization__synthetic=F("program__synthetic"))
    yield from breaches(grants, "holder and program are of two worlds")
    requests = AccessRequest.objects.exclude(organization__synthetic=F("tier__program__synthetic"))
    yield from breaches(requests, "applicant and program are of two worlds")


def editions_say_what_was_put_in_force() -> Iterator[Breach]:
    """The checksum that two people's acts are recorded with is still that of the review policy."""
    for row in ReviewPolicy.objects.order_by("pk").iterator(chunk_size=CHUNK):
        canonical = json.dumps(row.document, sort_keys=True, separators=(",", ":"))
        if row.sha256 != sha256(canonical.encode()).hexdigest():
            yield Breach(f"reviewpolicy:{row.pk}", "it is not what its checksum says")


def _read_now() -> dt.datetime:
    """The database's clock: what is compared was written by it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (moment,) = cursor.fetchone()
    assert isinstance(moment, dt.datetime)
    return moment


def binding_gates_are_written_as_they_stand() -> Iterator[Breach]:
    """What a grant needs of its gates is what they come to now, whoever changed what they rest on."""
    at = _read_now()
    rows = Grant.objects.filter(end__isnull=True).filter(
        Exists(GrantNeedVersion.objects.current().filter(grant=OuterRef("pk"), kind=NeedKind.GATE))
        | Q(request__review_policy__document__has_key="gates")
    )
    for row in rows.select_related("tier").order_by("pk").iterator(chunk_size=CHUNK):
        written = dict(
            row.needs.as_of(at).filter(kind=NeedKind.GATE).values_list("code", "standing")
        )
        found = gates_of_grant(row, None, at=at)
        wanted = {
            gate.name.value: need.value for gate in found if (need := need_of(gate)) is not None
        }
        if written != wanted:
            yield Breach(f"grant:{row.pk}", "its gates are not written as they stand")


def projections_say_what_their_sources_say() -> Iterator[Breach]:
    """What decisions read of programs and grants is what their versions, terms, conditions and needs say."""
    yield from find_astray(ProgramFacts, "access_list_program_facts", of="access_program")
    yield from find_astray(GrantFacts, "access_list_grant_facts", of="access_grant")


INVARIANTS: tuple[Invariant, ...] = (
    everything_governed_is_on_record,
    grants_stay_inside_their_request,
    items_stay_inside_their_grant,
    grants_and_their_tier_are_of_one_program,
    what_has_ended_holds_nothing,
    decided_requests_have_their_decision,
    requests_pin_a_policy_in_force,
    clocks_stand_still_where_a_request_waits,
    stages_close_with_their_request,
    restrictions_stand_until_they_are_lifted,
    grants_need_what_the_facts_say,
    worlds_do_not_meet,
    editions_say_what_was_put_in_force,
    binding_gates_are_written_as_they_stand,
    projections_say_what_their_sources_say,
)
