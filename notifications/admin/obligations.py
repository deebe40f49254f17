"""Duties on the staff's pages: one duty with its clock, its alerts and what was sent. The board is the desk's."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from access.admin.record import ReasonForm, list_record
from notifications.choices import FilingStatus, ObligationStatus
from notifications.clocks import read_state
from notifications.models import Filing, Obligation
from notifications.operations import filings, obligations
from notifications.queries.duty_words import (
    list_acts,
    list_warnings,
    name_recipient,
    name_rule,
    say_due,
    say_latest,
    say_left,
    say_missing,
    say_target,
)
from notifications.queries.obligations import read_clock_of, with_all
from registry.actors import Actor
from registry.admin.desk import DeskAdmin, Step, StepForm, actor_of
from registry.admin.sections import Section, link, rows_of
from registry.models import User
from registry.models.incident import INCIDENT_READERS


class OwnerField(forms.ModelChoiceField):
    """People by their names."""

    def label_from_instance(self, row: User) -> str:
        return row.display_name


class AssignForm(StepForm):
    owner = OwnerField(User.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner = self.fields["owner"]
        assert isinstance(owner, OwnerField)
        owner.queryset = obligations.may_own().order_by("display_name", "id")


def _may_act(actor: Actor) -> bool:
    return actor.has(*obligations.MAY_ACT)


def _is_open(actor: Actor, row: Obligation) -> bool:
    return row.status == ObligationStatus.OPEN and _may_act(actor)


@admin.register(Obligation)
class ObligationAdmin(DeskAdmin):
    readers = INCIDENT_READERS
    list_display = ("duty", "recipient", "clock", "due", "status", "holder", "world")
    list_filter = ("status", "recipient")
    list_select_related = ("rule", "duty_holder", "authority__organization")
    search_fields = ("rule__slug", "recipient", "duty_holder__slug", "duty_holder__name")
    ordering = ("-opened_at", "-id")
    fields = (
        *(
            "duty",
            "citation",
            "told_to",
            "duty_holder",
            "subject",
            "status",
            "clock",
            "due",
            "left",
        ),
        *("latest", "warnings", "owner", "next_acts", "missing", "anchor", "anchor_at"),
        *("opened_by", "opened_at", "missed_at", "closed_by", "closed_at", "void_reason", "id"),
    )
    readonly_fields = (
        *("duty", "citation", "told_to", "subject", "clock", "due", "left", "latest"),
        *("warnings", "next_acts", "missing"),
    )
    steps = {
        "draft": Step(
            _("Draft the notification"),
            lambda command, row, _said: filings.draft(command, obligation=row.id),
            may=lambda actor, row: (
                _is_open(actor, row)
                and not row.filings.exclude(status=FilingStatus.WITHDRAWN).exists()
            ),
            hint=_("It begins with what the registry knows already; nothing is sent by this."),
            done=_("Drafted. Its page is under “What was sent”, below."),
        ),
        "assign": Step(
            _("Assign"),
            lambda command, row, said: obligations.assign(
                command, obligation=row.id, owner=said["owner"].id
            ),
            AssignForm,
            _is_open,
            hint=_("From now on they are told of its clock, and the rest of the desk is not."),
        ),
        "explain_miss": Step(
            _("Explain the miss"),
            lambda command, row, said: obligations.explain_miss(
                command, obligation=row.id, reason=said["reason"]
            ),
            ReasonForm,
            lambda actor, row: row.missed_at is not None and _may_act(actor),
            hint=_("It stays on the list of what was missed, with these words and your name."),
        ),
        "void": Step(
            _("It does not apply"),
            lambda command, row, said: obligations.void(
                command, obligation=row.id, reason=said["reason"]
            ),
            ReasonForm,
            _is_open,
            hint=_(
                "The duty is closed without anything being sent. It stays readable, with this."
            ),
            danger=True,
        ),
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Obligation]:
        found: QuerySet[Obligation] = super().get_queryset(request)
        visible = Obligation.objects.visible_to(actor_of(request))
        return with_all(found.filter(pk__in=visible.values("pk")))

    @admin.display(description=_("duty"), ordering="rule__slug")
    def duty(self, row: Obligation) -> str:
        return name_rule(row.rule).title

    @admin.display(description=_("rule"))
    def citation(self, row: Obligation) -> str:
        rule = name_rule(row.rule)
        return f"{rule.regime}: {rule.citation} ({rule.bindingness}); {row.rule}"

    @admin.display(description=_("to be told"))
    def told_to(self, row: Obligation) -> str:
        return name_recipient(row)

    @admin.display(description=_("holder"), ordering="duty_holder__name")
    def holder(self, row: Obligation) -> str:
        return row.duty_holder.name

    @admin.display(description=_("world"), ordering="duty_holder__synthetic")
    def world(self, row: Obligation) -> str:
        return super().world(row.duty_holder)

    @admin.display(description=_("about"))
    def subject(self, row: Obligation) -> str:
        about = row.incident or row.occurrence
        return "" if about is None else about.title

    @admin.display(description=_("clock"))
    def clock(self, row: Obligation) -> str:
        """How it stands, or stood when it was closed."""
        return str(read_state(read_clock_of(row), at=row.closed_at or now()).label)

    @admin.display(description=_("due"), ordering="target_due")
    def due(self, row: Obligation) -> str:
        return say_target(row)

    @admin.display(description=_("time left"))
    def left(self, row: Obligation) -> str:
        return say_left(row.target_due, at=row.closed_at or now())

    @admin.display(description=_("at the latest"))
    def latest(self, row: Obligation) -> str:
        return say_latest(row)

    @admin.display(description=_("note"))
    def warnings(self, row: Obligation) -> str:
        return " ".join(list_warnings(row))

    @admin.display(description=_("next"))
    def next_acts(self, row: Obligation) -> str:
        return "; ".join(list_acts(row)) if row.status == ObligationStatus.OPEN else ""

    @admin.display(description=_("still missing"))
    def missing(self, row: Obligation) -> str:
        return say_missing(row) if row.status == ObligationStatus.OPEN else ""

    def title(self, row: Obligation) -> str:
        return f"{name_rule(row.rule).title} → {name_recipient(row)}"

    def list_sections(self, request: HttpRequest, row: Obligation) -> list[Section]:
        return [
            Section(
                str(_("What was sent")),
                ("Status", "Channel", "Sent", "Proof", "Received", "Acknowledged"),
                rows_of(row.filings.order_by("prepared_at", "id"), _show_filing),
                empty=str(_("Nothing was sent.")),
            ),
            Section(
                str(_("Why it was missed")),
                ("Said", "By", "On"),
                rows_of(
                    row.explanations.order_by("explained_at", "id"),
                    lambda said: (said.reason, said.explained_by, said.explained_at),
                ),
                empty=str(_("Nobody has said why.") if row.missed_at else _("It was not missed.")),
            ),
            Section(
                str(_("What the clock crossed")),
                ("Crossed", "When", "Written down"),
                rows_of(
                    row.alerts.order_by("crossed_at", "id"),
                    lambda alert: (
                        alert.get_kind_display(),
                        say_due(alert.crossed_at, row.zone),
                        alert.announced_at,
                    ),
                ),
            ),
            Section(
                str(_("What follows it")),
                ("Duty", "Due", "Status"),
                rows_of(
                    row.followed_by.select_related("rule").order_by("opened_at", "id"),
                    lambda after: (
                        link(after, name_rule(after.rule).title),
                        say_target(after),
                        after.get_status_display(),
                    ),
                ),
            ),
            list_record(row),
        ]


def _show_filing(filing: Filing) -> tuple[object, ...]:
    return (
        link(filing, filing.get_status_display()),
        filing.get_channel_display(),
        filing.dispatched_at,
        filing.dispatch_proof,
        filing.received_at,
        filing.acknowledgement or filing.acknowledged_at,
    )
