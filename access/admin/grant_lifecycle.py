"""What a grant's page shows of its life, and the steps that lead on from it."""

from typing import Any

from django import forms
from django.utils.timezone import now

from access.admin.answer_forms import AskedBy, Evidence, read_asked
from access.choices import ItemStanding
from access.models import Condition, ConditionVersion, Grant, GrantItem, Tier
from access.operations import successions
from access.operations.successions import Progress
from registry.actors import Actor
from registry.admin.desk import Step, StepForm
from registry.admin.sections import Section, link, rows_of
from registry.choices import Role
from registry.commands import Command
from registry.models import MemberAbsence, MemberAssertion

_LONG = forms.Textarea(attrs={"rows": 4})
_MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"})
_SHOWN = 50


class ProgressForm(StepForm):
    text = forms.CharField(widget=_LONG, max_length=20_000, label="What came of it")
    use = forms.CharField(widget=_LONG, max_length=20_000, required=False, label="Used for")
    incidents = forms.CharField(widget=_LONG, max_length=20_000, required=False)
    changes = forms.CharField(
        widget=_LONG,
        max_length=20_000,
        required=False,
        label="What changed since the request it rests on",
        help_text="Needed where the tier has a form; the earlier answers go along as far as they fit.",
    )
    asked_by = AskedBy()
    evidence = Evidence()
    accepts_terms = forms.IntegerField(
        required=False, min_value=1, label="Edition of the terms that the organization accepts"
    )


class RenewalForm(StepForm):
    reason = forms.CharField(widget=_LONG, max_length=5_000, help_text="For staff only.")
    ends_at = forms.DateTimeField(
        required=False,
        widget=_MOMENT,
        help_text="UTC, exclusive. Empty: as long as the tier says.",
    )


class SuccessionForm(RenewalForm):
    tier = forms.ModelChoiceField(
        Tier.objects.select_related("program").order_by("program", "slug"),
        help_text="Of the same program.",
    )
    field_order = ("tier", "reason", "ends_at")


def _request_renewal(command: Command, row: Grant, said: dict[str, Any]) -> object:
    accepts, asked = said.pop("accepts_terms"), read_asked(said)
    return successions.request_renewal(
        command, grant=row.id, progress=Progress(**said), accepts_terms=accepts, asked=asked
    )


def _supersede(command: Command, row: Grant, said: dict[str, Any]) -> object:
    words = said | {"tier": said["tier"].id}
    return successions.supersede(command, grant=row.id, **words)


def _renewable(role: Role) -> Any:
    def ask(actor: Actor, row: Grant) -> bool:
        if not actor.has(role) or hasattr(row, "successor") or _is_suspended(row):
            return False
        over = getattr(row, "end", None)
        bounded = not row.items.current().filter(valid__upper_inf=True).exists()
        return bounded and (over is None or over.kind == "expired")

    return ask


def _movable(actor: Actor, row: Grant) -> bool:
    over = hasattr(row, "end") or hasattr(row, "successor")
    return actor.has(Role.DECIDER) and not over and not _is_suspended(row)


def _is_suspended(row: Grant) -> bool:
    present = GrantItem.objects.as_of(now()).filter(grant=row, standing=ItemStanding.SUSPENDED)
    return present.exists()


STEPS = {
    "request_renewal": Step(
        "Request a renewal for the holder", _request_renewal, ProgressForm, _renewable(Role.INTAKE)
    ),
    "renew": Step(
        "Renew",
        lambda command, row, said: successions.renew(command, grant=row.id, **said),
        RenewalForm,
        lambda actor, row: (
            _renewable(Role.DECIDER)(actor, row) and successions.may_be_given_alone(row.tier)
        ),
        hint="A successor begins where this grant ends; for one that has lapsed, now.",
    ),
    "supersede": Step(
        "Move to another tier",
        _supersede,
        SuccessionForm,
        _movable,
        hint="This grant ends and the new one begins in the same moment.",
        danger=True,
    ),
}


def list_sections(row: Grant) -> list[Section]:
    """Conditions, whether it is still needed, what it follows and what follows it, members, close-out."""
    return [_conditions(row), _questions(row), _chain(row), _members(row), _close_out(row)]


def _conditions(row: Grant) -> Section:
    standing = (
        ConditionVersion.objects.as_of(now())
        .filter(grant=row)
        .select_related("condition__campaign")
        .order_by("due_at", "id")
    )
    return Section(
        "Conditions",
        ("Condition", "Stands", "Due", "From"),
        rows_of(
            standing,
            lambda said: (
                link(said.condition, said.condition.code),
                said.get_standing_display(),
                said.due_at,
                _origin(said.condition),
            ),
        ),
        empty="It has no conditions.",
    )


def _origin(row: Condition) -> object:
    return "decision" if row.campaign is None else link(row.campaign)


def _questions(row: Grant) -> Section:
    return Section(
        "Recertification",
        ("Round", "Due", "Needed", "By whom", "Answered"),
        rows_of(
            row.recertifications.select_related("recertification").order_by("-id"),
            lambda item: (
                link(item, item.recertification.title),
                item.recertification.due_at,
                "" if item.needed is None else "yes" if item.needed else "no",
                item.used_by,
                item.answered_at,
            ),
        ),
        empty="Nobody was asked whether it is still needed.",
    )


def _chain(row: Grant) -> Section:
    around = [
        ("renews", row.renews),
        ("takes the place of", row.supersedes),
        ("is renewed by", getattr(row, "successor", None)),
        ("has given its place to", getattr(row, "superseded_by", None)),
    ]
    requests = row.renewal_requests.order_by("-created_at", "-id")
    return Section(
        "Before and after",
        ("Relation", "What"),
        [
            *((relation, link(grant)) for relation, grant in around if grant is not None),
            *(
                (f"renewal requested, {asked.get_status_display()}", link(asked))
                for asked in requests
            ),
        ],
        empty="It follows no grant, and none follows it.",
    )


def _members(row: Grant) -> Section:
    """The members of the holder: each may use the grant unless absent."""
    members = row.organization.members.order_by("reference")[: _SHOWN + 1]
    found = list(members)
    keys = [member.pk for member in found]
    at = now()
    absent = {
        said.member_id: said.get_kind_display()
        for said in MemberAbsence.objects.as_of(at).filter(member__in=keys)
    }
    said = {
        (said.member_id): said
        for said in MemberAssertion.objects.as_of(at).filter(member__in=keys).order_by("id")
    }
    return Section(
        "Members of the holder",
        ("Member", "Stands", "Assertion", "Holds", "Until", "Reviewed"),
        [
            (
                member.reference,
                absent.get(member.pk, "may use it"),
                *_asserted(said.get(member.pk)),
            )
            for member in found[:_SHOWN]
        ],
        empty="The holder has enrolled no members.",
        note=f"The first {_SHOWN}." if len(found) > _SHOWN else "",
    )


def _asserted(said: MemberAssertion | None) -> tuple[object, ...]:
    if said is None:
        return ("none", "", "", "")
    holds = "yes" if said.holds else "no"
    return (said.get_kind_display(), holds, said.valid.upper, said.reviewed_at)


def _close_out(row: Grant) -> Section:
    close_out = getattr(row, "close_out", None)
    return Section(
        "Close-out",
        ("Due", "Data deleted", "Access returned", "Evidence", "Attested", "By"),
        []
        if close_out is None
        else [
            (
                link(close_out, close_out.due_at.strftime("%Y-%m-%d %H:%M UTC")),
                _yes_no(said=close_out.data_deleted),
                _yes_no(said=close_out.access_returned),
                close_out.evidence,
                close_out.attested_at
                or ("not asked for any more" if close_out.withdrawn_at else "missing"),
                close_out.attested_by,
            )
        ],
        empty="Not asked for: that comes with the end.",
    )


def _yes_no(*, said: bool | None) -> str:
    return "" if said is None else "yes" if said else "no"
