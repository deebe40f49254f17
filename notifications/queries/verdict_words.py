"""Verdicts in words, for people: why a rule applies, why not, and what is missing."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.choices import QuestionCause, VerdictKind
from notifications.verdicts import Judgment
from registry.choices import Anchor, DutyHolderKind, Harm, Involvement
from registry.rules import RuleDocument

_NAMES = {
    "incident.harms": gettext_lazy("harms"),
    "incident.model_involved": gettext_lazy("the model's part in it"),
    "incident.imminent_risk": gettext_lazy("imminent risk of death or serious injury"),
    "incident.internal_use": gettext_lazy("internal use"),
    "incident.during_evaluation": gettext_lazy("inside an evaluation designed to elicit it"),
    "incident.materially_increased_risk": gettext_lazy("materially increased catastrophic risk"),
    "incident.deception": gettext_lazy("deceptive techniques to subvert controls"),
    "incident.weights_accessed": gettext_lazy("weights accessed or modified without authority"),
    "incident.weights_exfiltrated": gettext_lazy("weights exfiltrated"),
    "incident.loss_of_control": gettext_lazy("loss of control"),
    "incident.cyber_breach": gettext_lazy("serious cybersecurity breach"),
    "incident.deaths": gettext_lazy("deaths"),
    "incident.injuries": gettext_lazy("injuries"),
    "incident.resolved": gettext_lazy("resolved"),
    "model.training_flop": gettext_lazy("training compute in FLOP"),
    "model.among_most_capable": gettext_lazy("among the most capable models on the market"),
    "occurrence.flop": gettext_lazy("training compute in FLOP"),
    "occurrence.foreseen": gettext_lazy("known that it will be met"),
    "occurrence.eu": gettext_lazy("on the market of the Union"),
}
_WORDS = {**dict(Harm.choices), **dict(Involvement.choices)}


def name_fact(name: str) -> str:
    """A fact that rules ask about, such as `incident.deaths`, in words."""
    root, _dot, rest = name.partition(".")
    if root == "holder":
        return str(dict(DutyHolderKind.choices).get(rest, rest))
    if root == "moment":
        return _("when: %(moment)s") % {"moment": dict(Anchor.choices).get(rest, rest)}
    return str(_NAMES.get(name, rest.replace("_", " ")))


def say_value(value: Any) -> str:
    """Yes, no, not known; a number; kinds of harm in words."""
    if value is None:
        return _("not known")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(str(_WORDS.get(one, one)) for one in value) or _("none")
    return str(_WORDS.get(value, value)) if isinstance(value, str) else f"{value:g}"


def list_missing(names: Iterable[str]) -> str:
    """What is not known, in one line."""
    return ", ".join(name_fact(name) for name in names)


def explain(judgment: Judgment) -> str:
    """Why, with what is missing; or with what is known of the facts that were looked at."""
    said = str(judgment.reason.label)
    if judgment.kind is VerdictKind.QUESTION and judgment.missing:
        missing = _("Not known: %(facts)s") % {"facts": list_missing(judgment.missing)}
        return f"{_first_upper(said)}. {missing}."
    known = [(name, value) for name, value in judgment.asked if value is not None]
    facts = "; ".join(f"{name_fact(name)}: {say_value(value)}" for name, value in known)
    return f"{_first_upper(said)}. {_first_upper(facts)}." if facts else f"{_first_upper(said)}."


def explain_rule(rule: RuleDocument, judgment: Judgment) -> str:
    """The same, with the day from which a rule applies and whom it binds."""
    said = explain(judgment)
    if judgment.reason == "not_yet" and rule.applies_from is not None:
        return f"{said} " + _("It applies from %(day)s.") % {"day": rule.applies_from}
    if judgment.reason == "no_longer" and rule.applies_to is not None:
        return f"{said} " + _("It applied until %(day)s.") % {"day": rule.applies_to}
    if judgment.reason == "binds_others":
        return f"{said} {_first_upper(rule.binds.who)}."
    if judgment.reason in {QuestionCause.GRADE, QuestionCause.INFERRED}:
        return f"{said} " + _("Source: %(source)s (%(grade)s).") % {
            "source": rule.source,
            "grade": rule.grade,
        }
    return said


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]
