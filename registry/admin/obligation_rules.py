"""Rules that open duties to tell, on the staff's pages: read as sentences, proposed as YAML, enacted by another."""

from typing import Any

import yaml
from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.admin.desk import DeskAdmin, Step, StepForm, holds
from registry.admin.editions import (
    StateFilter,
    choose_from,
    enact_chosen,
    list_editions,
    list_record,
    may_enact,
    state_of,
)
from registry.admin.sections import Section
from registry.choices import Bindingness, Regime, Role
from registry.commands import Command
from registry.models import ObligationRule
from registry.operations import obligation_rules
from registry.queries.rules import compare, find_predecessor, newer_in_force
from registry.rules import RuleDocument, Standing, order_rule, parse_rule, read_rule

_PROPOSED = ObligationRule.objects.filter(
    ~newer_in_force(ObligationRule, "slug"), enacted_at__isnull=True
).order_by("slug", "number")


class RuleForm(StepForm):
    document = forms.CharField(
        max_length=40_000,
        widget=forms.Textarea(attrs={"rows": 30, "spellcheck": "false", "class": "desk-code"}),
        help_text=gettext_lazy(
            "One rule in YAML; docs/clocks.md says what it may hold. Its slug says which rule it is an "
            "edition of."
        ),
    )


class RegimeFilter(admin.SimpleListFilter):
    title = gettext_lazy("regime")
    parameter_name = "regime"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(value, str(label)) for value, label in Regime.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(document__regime=self.value()) if self.value() else queryset


class BindingnessFilter(admin.SimpleListFilter):
    title = gettext_lazy("bindingness")
    parameter_name = "bindingness"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(value, str(label)) for value, label in Bindingness.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(document__bindingness=self.value()) if self.value() else queryset


def _propose(command: Command, _row: ObligationRule | None, said: dict[str, Any]) -> str:
    document = parse_rule(said["document"])
    row = obligation_rules.propose(command, document=document).value
    return _("%(edition)s is proposed. Another administrator puts it in force.") % {"edition": row}


class _Dumper(yaml.SafeDumper):
    """Writes a condition as it reads: its quotation marks are not doubled."""


def _write_text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    style = "|" if "'" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _write_text)


def _write_yaml(row: ObligationRule) -> dict[str, Any]:
    said = order_rule(row.document)
    text = yaml.dump(said, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)
    return {"document": text}


@admin.register(ObligationRule)
class ObligationRuleAdmin(DeskAdmin):
    list_display = ("name", "slug", "number", "regime", "bindingness", "by_when", "grade", "state")
    list_filter = (StateFilter, RegimeFilter, BindingnessFilter)
    search_fields = ("slug", "document__title", "document__citation")
    ordering = ("slug", "-number")
    fields = (
        *("name", "slug", "number", "state", "regime", "bindingness", "citation"),
        *("proposed_by", "proposed_at", "enacted_by", "enacted_at"),
    )
    readonly_fields = ("name", "state", "regime", "bindingness", "citation")
    list_steps = {
        "propose": Step(
            gettext_lazy("Propose a rule"),
            _propose,
            RuleForm,
            holds(Role.ADMINISTRATOR),
            hint=gettext_lazy(
                "Another administrator puts it in force. What is open keeps the edition that opened it."
            ),
        ),
        "enact": Step(
            gettext_lazy("Put several in force"),
            enact_chosen(
                lambda command, rows: obligation_rules.enact_each(command, rules=rows),
                _PROPOSED,
            ),
            choose_from(_PROPOSED),
            holds(Role.ADMINISTRATOR),
            hint=gettext_lazy(
                "Each on its own: one that is refused holds up no other. What you proposed yourself is refused."
            ),
        ),
    }
    steps = {
        "enact": Step(
            gettext_lazy("Put in force"),
            lambda command, row, _said: obligation_rules.enact(command, rule=row.id),
            may=may_enact,
            hint=gettext_lazy(
                "What happens from now on falls under this edition. What is open keeps its own."
            ),
        ),
        "propose": Step(
            gettext_lazy("Propose the next edition"),
            _propose,
            RuleForm,
            holds(Role.ADMINISTRATOR),
            initial=_write_yaml,
        ),
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[ObligationRule]:
        overtaken = newer_in_force(ObligationRule, "slug")
        rows: QuerySet[ObligationRule] = super().get_queryset(request)
        return rows.annotate(overtaken=overtaken)

    def title(self, row: ObligationRule) -> str:
        return f"{row.document['title']} ({row})"

    @admin.display(description=gettext_lazy("duty"), ordering="document__title")
    def name(self, row: ObligationRule) -> str:
        return str(row.document["title"])

    @admin.display(description=gettext_lazy("regime"), ordering="document__regime")
    def regime(self, row: ObligationRule) -> str:
        return str(read_rule(row.document).regime.label)

    @admin.display(description=gettext_lazy("bindingness"), ordering="document__bindingness")
    def bindingness(self, row: ObligationRule) -> str:
        return str(read_rule(row.document).bindingness.label)

    @admin.display(description=gettext_lazy("citation"))
    def citation(self, row: ObligationRule) -> str:
        return read_rule(row.document).citation

    @admin.display(description=gettext_lazy("by when"))
    def by_when(self, row: ObligationRule) -> str:
        return say_by_when(read_rule(row.document))

    @admin.display(description=gettext_lazy("grade"), ordering="document__grade")
    def grade(self, row: ObligationRule) -> str:
        return read_rule(row.document).grade.value

    @admin.display(description=gettext_lazy("state"))
    def state(self, row: Any) -> str:
        """Where it stands; one in force also says what it opens, if anything."""
        state = state_of(row)
        if row.enacted_at is None or row.overtaken:
            return state
        return ", ".join([state, *say_effect(read_rule(row.document))])

    def list_sections(self, request: HttpRequest, row: ObligationRule) -> list[Section]:
        rule = read_rule(row.document)
        same = ObligationRule.objects.filter(slug=row.slug)
        return [
            Section(_("What it says"), (_("Question"), _("Answer")), _say_rule(rule)),
            Section(
                _("What must be told"),
                (_("Field"), _("Name"), _("Stage")),
                [(field.label, field.name, field.stage) for field in rule.fields],
                empty=_("The rule names no contents."),
                note=_("That something is not known may be told of each."),
            ),
            Section(_("How sure it is"), (_("Question"), _("Answer")), _say_source(rule)),
            _list_changes(row),
            list_editions(same.annotate(overtaken=newer_in_force(ObligationRule, "slug"))),
            list_record(row),
        ]


def say_by_when(rule: RuleDocument) -> str:
    """In a few words: by when, or how else it is timed."""
    if rule.period is None:
        return str(rule.timing.label)
    said = f"{rule.period.period} {rule.period.direction.label}"
    if rule.floor:
        return _("not before %(period)s") % {"period": said}
    return _("%(period)s, and again") % {"period": said} if rule.period.recurring else said


def say_effect(rule: RuleDocument) -> list[str]:
    """What an edition in force does today, where it does not simply open duties."""
    said = []
    standing = rule.standing(now())
    if standing is Standing.NOT_YET and rule.applies_from is not None:
        said.append(_("applies from %(day)s") % {"day": date_format(rule.applies_from)})
    if standing is Standing.NO_LONGER and rule.applies_to is not None:
        said.append(_("applied until %(day)s") % {"day": date_format(rule.applies_to)})
    if not rule.binds.operator:
        said.append(_("binds others"))
    elif not rule.is_clocked:
        said.append(_("opens nothing"))
    elif not rule.opens_by_itself:
        said.append(_("asks a person"))
    return said


def _say_rule(rule: RuleDocument) -> list[tuple[object, object]]:
    counting = rule.counting
    method = (
        _("Regulation (EEC, Euratom) No 1182/71")
        if counting.regulation_1182
        else counting.citation
    )
    kept = rule.retention
    said: list[tuple[object, object]] = [
        (_("Whom does it bind?"), rule.binds.who),
        (_("Under which condition?"), rule.binds.condition),
        (_("What is it about?"), rule.trigger.label),
        (_("When does that fall under it?"), rule.condition),
        (_("Counted from"), _one_of(str(anchor.label) for anchor in rule.anchors)),
        (_("By when?"), say_by_when(rule)),
        (_("Counted by"), method or _("days as they come")),
        (_("Is the later day an interpretation?"), _yes(counting.interpretation)),
        (_("Calendar"), "" if counting.calendar is None else counting.calendar.label),
        (_("Zone"), counting.zone),
        (_("Who is told?"), ", ".join(rule.recipients)),
        (_("Only after one of these was met"), ", ".join(rule.follows)),
        (
            _("How long is it kept?"),
            ""
            if kept is None
            else _("%(years)d years from %(since)s (%(citation)s)")
            % {"years": kept.years, "since": kept.since.label, "citation": kept.citation},
        ),
        (_("Applies from"), rule.applies_from),
        (_("Applies until"), rule.applies_to),
    ]
    return [(question, answer) for question, answer in said if answer]


def _say_source(rule: RuleDocument) -> list[tuple[object, object]]:
    said: list[tuple[object, object]] = [
        (_("Source"), rule.source),
        (_("Grade"), f"{rule.grade.value}: {rule.grade.label}"),
        (_("Is the reading inferred?"), _yes(rule.inferred)),
        (_("Verified on"), rule.verified_on),
        (_("How it is read here"), rule.interpretation_note),
        (_("Opens duties by itself?"), _yes(rule.opens_by_itself)),
    ]
    return [(question, answer) for question, answer in said if answer]


def _list_changes(row: ObligationRule) -> Section:
    headers = (_("Place"), _("Before"), _("Now"))
    before = find_predecessor(row)
    if before is None:
        empty = _("It is the first edition.")
        return Section(_("What changed"), headers, [], empty=empty)
    return Section(
        _("What changed since edition %(number)d") % {"number": before.number},
        headers,
        [
            (change.place, change.before, change.after)
            for change in compare(order_rule(before.document), order_rule(row.document))
        ],
        empty=_("Nothing."),
    )


def _one_of(words: Any) -> str:
    return _("the earliest of: %s") % "; ".join(words) if words else ""


def _yes(said: bool) -> str:  # noqa: FBT001 - a word for a truth value
    return _("yes") if said else _("no")
