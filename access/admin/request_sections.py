"""What is told on the page of an access request: how it was assessed, disputed, decided and asked about."""

from access.models import AccessRequest, DecisionCondition
from access.queries.denials import denials_of
from registry.admin.sections import Section, link, rows_of


def list_assessments(row: AccessRequest) -> Section:
    return Section(
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
    )


def list_decisions(row: AccessRequest) -> Section:
    return Section(
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
    )


def list_requirements(row: AccessRequest) -> Section:
    return Section(
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
    )


def list_questions(row: AccessRequest) -> Section:
    return Section(
        "Questions",
        ("Question", "Asked", "Answer", "Answered"),
        rows_of(
            row.questions.order_by("asked_at", "id"),
            lambda asked: (asked.text, asked.asked_at, asked.answer, asked.answered_at),
        ),
        empty="Nothing was asked.",
    )


def list_resolutions(row: AccessRequest) -> list[Section]:
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


def list_denials(row: AccessRequest) -> Section:
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


def list_progress(row: AccessRequest) -> list[Section]:
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
