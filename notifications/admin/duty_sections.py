"""What rules come to for an incident or occurrence, as tables: by body of law, rule by rule, and what is open."""

from collections import defaultdict
from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications.choices import ObligationStatus, VerdictKind
from notifications.models import ObligationQuestion
from notifications.queries.duties import Assessed, Examination
from notifications.queries.duty_words import name_recipient, say_due, say_target
from notifications.queries.verdict_words import explain_rule, list_missing
from registry.admin.sections import Section, link
from registry.choices import Regime


def list_duty_sections(found: Examination) -> list[Section]:
    """By regime, then what is open, then every rule with its reason."""
    return [_by_regime(found), _duties(found), _questions(found), _every_rule(found)]


def _by_regime(found: Examination) -> Section:
    rules: dict[Regime, list[Assessed]] = defaultdict(list)
    for rule in found.assessed:
        rules[rule.document.regime].append(rule)
    return Section(
        _("What each body of law asks"),
        (_("Law or undertaking"), _("Comes to"), _("Because")),
        [
            (regime.label, _say_outcome(found, rules[regime]), _say_why(rules[regime]))
            for regime in Regime
            if regime in rules
        ],
        empty=_("No rule of this kind is in force."),
        note=_(
            "Every rule in force was held against what is known. What cannot be decided is asked, never passed over."
        ),
    )


def _say_outcome(found: Examination, rules: Sequence[Assessed]) -> str:
    opened = sum(row.status != ObligationStatus.VOID for rule in rules for row in rule.live)
    slugs = {rule.edition.slug for rule in rules}
    asked = sum(1 for row in found.questions if not row.answer and row.rule.slug in slugs)
    said = []
    if opened:
        said.append(ngettext("%(count)d duty", "%(count)d duties", opened) % {"count": opened})
    if asked:
        said.append(
            ngettext("%(count)d question", "%(count)d questions", asked) % {"count": asked}
        )
    return ", ".join(said) or _("nothing")


def _say_why(rules: Sequence[Assessed]) -> str:
    """What decided: of the rules that apply or ask, those; else the reasons of all, each once."""
    telling = [rule for rule in rules if rule.judgment.kind is not VerdictKind.NOT] or rules
    said = (f"{explain_rule(rule.document, rule.judgment)}" for rule in telling)
    return " ".join(dict.fromkeys(said))


def _duties(found: Examination) -> Section:
    documents = {rule.edition.slug: rule.document for rule in found.assessed}
    return Section(
        _("Duties to notify"),
        (_("Duty"), _("To be told"), _("Due"), _("Round"), _("Status"), _("Why it is void")),
        [
            (
                link(row, documents[row.rule.slug].title if row.rule.slug in documents else None),
                name_recipient(row),
                say_target(row),
                row.round,
                row.get_status_display(),
                row.void_reason,
            )
            for row in found.obligations
        ],
        empty=_("Nothing is to be told."),
    )


def _questions(found: Examination) -> Section:
    return Section(
        _("Questions to a person"),
        (_("Rule"), _("Asked because"), _("Not known"), _("Would be due"), _("Answer"), _("Why")),
        [
            (
                link(row, row.rule.document["title"]),
                row.get_cause_display(),
                list_missing(row.missing),
                say_would_be_due(row),
                row.get_answer_display() or _("open"),
                row.answer_reason,
            )
            for row in found.questions
        ],
        empty=_("Nothing was asked."),
    )


def say_would_be_due(row: ObligationQuestion) -> str:
    """The day, where the moment is known; else the period alone, which begins once somebody states it."""
    if row.would_be_due is not None:
        return say_due(row.would_be_due, row.rule.document["counting"]["zone"])
    period = row.rule.document.get("period")
    if period is None:
        return _("without a number")
    words = {"quantity": period["quantity"], "unit": period["unit"].replace("_", " ")}
    return _("%(quantity)d %(unit)s, once it is confirmed") % words


def _every_rule(found: Examination) -> Section:
    return Section(
        _("Every rule, and why"),
        (_("Rule"), _("Citation"), _("Comes to"), _("Why")),
        [
            (
                f"{rule.document.title} ({rule.edition})",
                f"{rule.document.regime.label}: {rule.document.citation}",
                rule.judgment.kind.label,
                explain_rule(rule.document, rule.judgment),
            )
            for rule in found.assessed
        ],
        empty=_("No rule of this kind is in force."),
    )
