"""Access requests on the staff's pages."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.timezone import now

from access.admin.answer_forms import read_asked
from access.admin.answer_sections import list_form_sections
from access.admin.claims import CLAIM_STEPS, HolderFilter, list_claims
from access.admin.comments import COMMENT_STEPS, list_comments
from access.admin.draft_steps import DRAFT_STEPS, send_attachment
from access.admin.eligibility_sections import list_eligibility
from access.admin.gate_sections import list_gates
from access.admin.position_sections import (
    OverrideForm,
    list_bearing,
    list_overrides,
    make_override_form,
    may_override,
)
from access.admin.reconsiderations import RECONSIDERATION_STEPS, list_reconsiderations
from access.admin.record import ReasonForm, list_record
from access.admin.request_forms import (
    AnswerForm,
    ApprovalForm,
    DraftForm,
    JustificationForm,
    NoteForm,
    QuestionForm,
    ResolutionForm,
    RulingForm,
    SubmitForm,
)
from access.admin.stages import ASSESS, list_stage_section
from access.admin.taking_part import RECUSE, bar_of, list_recusals
from access.admin.waiting import list_periods
from access.choices import DecisionReason, PrimaryPurpose, RequestStatus
from access.models import AccessRequest, DecisionCondition
from access.operations import (
    disputes,
    position_overrides,
    reconsiderations,
    requests,
    reviews,
    supersessions,
)
from access.operations.reviews import Ruling
from access.policies import APPLICANT_STEPS, may
from access.queries.claims import with_holders
from access.queries.denials import denials_of
from access.queries.gates import gates_of_requests
from access.workflow import OPEN, steps_from
from access.workflow import Step as Move
from registry.actors import Actor
from registry.admin.desk import DeskAdmin, Step, actor_of, holds
from registry.admin.sections import Section, link, rows_of
from registry.choices import Role
from registry.commands import Command


def _draft(command: Command, _row: None, said: dict[str, Any]) -> object:
    return requests.draft(
        command,
        organization=said["organization"].id,
        tier=said["tier"].id,
        purpose=PrimaryPurpose(said["purpose"]),
        justification=said["justification"],
        asked=read_asked(said),
    )


def _rule(operation: Callable[..., object]) -> Callable[..., object]:
    def run(command: Command, row: AccessRequest, said: dict[str, Any]) -> object:
        words = said | {"reason": DecisionReason(said["reason"])}
        return operation(command, request=row.id, ruling=Ruling(**words))

    return run


def _simple(operation: Callable[..., object]) -> Callable[..., object]:
    def run(command: Command, row: AccessRequest, said: dict[str, Any]) -> object:
        return operation(command, request=row.id, **said)

    return run


def _override(command: Command, row: AccessRequest, said: dict[str, Any]) -> object:
    return position_overrides.override(
        command, request=row.id, position=UUID(said["position"]), reasons=said["reasons"]
    )


def _open(move: Move) -> Callable[[Actor, AccessRequest], bool]:
    """A button is there where the table lets the status take the step and the policy lets the person."""

    def ask(actor: Actor, row: AccessRequest) -> bool:
        fits = move in steps_from(RequestStatus(row.status)) and may(move, row, actor)
        return fits and (move in APPLICANT_STEPS or bar_of(actor, row) is None)

    return ask


STEPS: Mapping[str, Step] = {
    **DRAFT_STEPS,
    "submit": Step("Submit", _simple(requests.submit), SubmitForm, _open(Move.SUBMIT)),
    "take_up": Step("Take up", _simple(requests.take_up), may=_open(Move.TAKE_UP)),
    "assess": ASSESS,
    "resolve": Step(
        "Resolve the dispute",
        _simple(disputes.resolve),
        ResolutionForm,
        _open(Move.RESOLVE),
        hint="Who sets an objection aside does not decide the request where four eyes are asked for.",
    ),
    "approve": Step(
        "Approve",
        _rule(reviews.approve),
        ApprovalForm,
        _open(Move.APPROVE),
        hint="A grant is issued at once, or after a countersignature where the policy asks for one.",
    ),
    "countersign": Step("Countersign", _simple(reviews.countersign), may=_open(Move.COUNTERSIGN)),
    "decline": Step(
        "Decline", _rule(reviews.decline), RulingForm, _open(Move.DECLINE), danger=True
    ),
    "ask": Step("Ask the organization", _simple(requests.ask), QuestionForm, _open(Move.ASK)),
    "answer": Step("Answer for it", _simple(requests.answer), AnswerForm, _open(Move.ANSWER)),
    "return": Step("Return for changes", _simple(requests.return_), NoteForm, _open(Move.RETURN)),
    "resubmit": Step(
        "Resubmit for it",
        _simple(requests.resubmit),
        JustificationForm,
        _open(Move.RESUBMIT),
        initial=lambda row: {"justification": row.justification},
    ),
    "hold": Step("Put on hold", _simple(requests.hold), NoteForm, _open(Move.HOLD)),
    "resume": Step("Resume", _simple(requests.resume), may=_open(Move.RESUME)),
    "override": Step(
        "Override a position",
        _override,
        OverrideForm,
        may_override,
        form_for=make_override_form,
        hint="Yours is one of the acts that the policy asks for. Who decides the request cannot be among "
        "them. It is on record for good, with your reasons.",
    ),
    **CLAIM_STEPS,
    **COMMENT_STEPS,
    "recuse": RECUSE,
    "escalate": Step("Escalate", _simple(reviews.escalate), ReasonForm, _open(Move.ESCALATE)),
    "supersede": Step(
        "Supersede the decision",
        _rule(supersessions.supersede),
        RulingForm,
        _open(Move.SUPERSEDE),
        hint="Rules against access in its place. A grant under it ends at once, and those that renew it.",
        danger=True,
    ),
    "reconsider": Step(
        "Reconsider", _simple(reconsiderations.reconsider), ReasonForm, _open(Move.RECONSIDER)
    ),
    **RECONSIDERATION_STEPS,
    "withdraw": Step(
        "Withdraw for it", _simple(requests.withdraw), may=_open(Move.WITHDRAW), danger=True
    ),
}


class OpenFilter(admin.SimpleListFilter):
    title = "whether open"
    parameter_name = "open"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Open"), ("no", "Closed or draft")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "yes":
            return queryset.filter(status__in=OPEN)
        return queryset.exclude(status__in=OPEN) if self.value() == "no" else queryset


@admin.register(AccessRequest)
class AccessRequestAdmin(DeskAdmin):
    list_display = (
        *("organization", "tier", "purpose", "status", "in_hand", "submitted_at"),
        "expansion",
    )
    list_filter = (OpenFilter, HolderFilter, "status", "purpose", "tier__program", "expansion")
    list_select_related = ("organization", "tier", "expansion")
    search_fields = ("organization__slug", "organization__name", "=id")
    ordering = ("-submitted_at", "-id")
    fields = (
        *("organization", "tier", "purpose", "status", "justification", "note_to_applicant"),
        *(
            "expansion",
            "renews",
            "copied_from",
            "review_policy",
            "terms",
            "created_at",
            "submitted_at",
            "closed_at",
        ),
        *("taken_up_by", "id", "version"),
    )
    steps = STEPS
    list_steps = {
        "draft": Step("Draft for an organization", _draft, DraftForm, holds(Role.INTAKE))
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[AccessRequest]:
        return with_holders(super().get_queryset(request))

    @admin.display(description="in hand", ordering="holder_name")
    def in_hand(self, row: Any) -> str:
        """Who has it; nobody where it is empty."""
        return row.holder_name or ""

    def title(self, row: AccessRequest) -> str:
        return f"{row.organization.name} → {row.tier.name}"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(partial(send_attachment, self))
        place = "<uuid:pk>/attachments/<uuid:attachment>/"
        return [path(place, view, name="access_accessrequest_attachment"), *super().get_urls()]

    def list_sections(self, request: HttpRequest, row: AccessRequest) -> list[Section]:
        grant = getattr(row, "grant", None)
        return [
            *list_recusals(row, actor_of(request)),
            list_stage_section(row),
            *list_form_sections(request, row),
            list_eligibility(row),
            list_claims(row),
            Section(
                "Assessments",
                ("Stage", "Finding", "Reasons", "By", "For", "At", ""),
                rows_of(
                    row.assessments.select_related("superseded_by").order_by("assessed_at", "id"),
                    lambda said: (
                        said.stage,
                        said.get_finding_display(),
                        said.reasons,
                        said.assessed_by,
                        said.acted_for,
                        said.assessed_at,
                        "superseded" if hasattr(said, "superseded_by") else "",
                    ),
                ),
                empty="Nobody has assessed it yet.",
            ),
            *_resolutions(row),
            Section(
                "Decisions",
                (
                    "No.",
                    "Outcome",
                    "Reason",
                    "To the applicant",
                    "For staff",
                    "By",
                    "For",
                    "Countersigned",
                    "For",
                    "May ask again",
                    "",
                ),
                rows_of(
                    row.decisions.select_related("superseded_by").order_by("number"),
                    lambda made: (
                        made.number,
                        made.get_outcome_display(),
                        made.get_reason_display(),
                        made.applicant_text,
                        made.internal_text,
                        made.decided_by,
                        made.decided_for,
                        made.countersigned_by,
                        made.countersigned_for,
                        made.reapply_at or made.get_reapply_rule_display(),
                        "superseded" if hasattr(made, "superseded_by") else "",
                    ),
                ),
                empty="Not decided yet.",
            ),
            Section(
                "Conditions of the decisions",
                ("Decision", "Condition", "Words", "Evidence", "Due"),
                rows_of(
                    DecisionCondition.objects.filter(decision__request=row)
                    .select_related("decision")
                    .order_by("decision__number", "code"),
                    lambda said: (
                        said.decision.number,
                        said.code,
                        said.text,
                        said.evidence_asked,
                        said.due_at or "before access begins",
                    ),
                ),
                empty="None.",
            ),
            *list_reconsiderations(row),
            *_progress(row),
            Section("Grant", ("Grant",), [] if grant is None else [(link(grant),)], empty="None."),
            *([] if grant is None else [list_periods(grant)]),
            Section(
                "Questions",
                ("Question", "Asked", "Answer", "Answered"),
                rows_of(
                    row.questions.order_by("asked_at", "id"),
                    lambda asked: (asked.text, asked.asked_at, asked.answer, asked.answered_at),
                ),
                empty="Nothing was asked.",
            ),
            list_gates(gates_of_requests([row], actor_of(request), at=now()).get(row.id, ())),
            list_overrides(row, actor_of(request)),
            list_bearing(row, actor_of(request), at=now()),
            list_comments(row),
            _denials(row),
            list_record(row),
        ]


def _resolutions(row: AccessRequest) -> list[Section]:
    """How disputes were resolved, where there was one."""
    rows = rows_of(
        row.resolutions.order_by("resolved_at", "id"),
        lambda said: (
            "set aside" if said.overruled else "none set aside",
            said.reasons,
            said.resolved_by,
            said.resolved_at,
        ),
    )
    return (
        [Section("Disputes resolved", ("Objections", "Reasons", "By", "At"), rows)] if rows else []
    )


def _denials(row: AccessRequest) -> Section:
    return Section(
        "Deny list",
        ("Entry", "About", "Reason", "In force since"),
        [
            (
                link(entry, entry.get_effect_display()),
                "any model" if entry.ai_model is None else entry.ai_model.name,
                entry.reason,
                entry.enacted_at,
            )
            for entry in denials_of(row.organization_id, row.tier)
        ],
        empty="The organization is not on it for this tier.",
    )


def _progress(row: AccessRequest) -> list[Section]:
    """The report that came with a request to renew."""
    report = getattr(row, "progress_report", None)
    if report is None:
        return []
    said = (
        *(report.text, report.use, report.incidents, report.changes),
        *(report.reported_by, report.reported_at),
    )
    headers = ("What came of it", "Used for", "Incidents", "What changed", "By", "At")
    return [Section("Progress report", headers, [said])]
