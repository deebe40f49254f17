"""The forms of incidents: whole sentences, and "not known" beside yes and no for every question."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from access.choices import RestrictionKind
from access.models import Program
from notifications.admin.moment_forms import (
    ClockForm,
    evidence_field,
    moment_field,
    precision_field,
    read_clock_moment,
    zone_field,
)
from registry.admin.desk import StepForm
from registry.choices import Anchor, Harm, Involvement
from registry.models import AIModel, Incident, ModelRelease, Organization
from registry.operations.incidents import QUESTIONS, Classification
from registry.operations.moments import MomentSaid

LONG = forms.Textarea(attrs={"rows": 4})
NOT_KNOWN, YES, NO = "", "yes", "no"
_ANSWERS = ((NOT_KNOWN, _("Not known")), (YES, _("Yes")), (NO, _("No")))
_VALUES = {NOT_KNOWN: None, YES: True, NO: False}
_NO_HARM = "none"
_LEARNED = (Anchor.AWARE, Anchor.DISCOVERED, Anchor.REASONABLE_BELIEF, Anchor.DETERMINED)


def question(label: Any, help_text: Any = "") -> forms.ChoiceField:
    """A question that is answered with yes, no or not known."""
    return forms.ChoiceField(
        label=label,
        help_text=help_text,
        choices=_ANSWERS,
        required=False,
        initial=NOT_KNOWN,
        widget=forms.RadioSelect,
    )


def read_answer(said: str) -> bool | None:
    return _VALUES[said]


def show_answer(value: bool | None) -> str:  # noqa: FBT001 - the three values of an answer
    return next(text for text, known in _VALUES.items() if known is value)


class ClassificationForm(StepForm):
    """What is known. Everything may be left as not known; nothing left so is taken for a no."""

    summary = forms.CharField(
        label=_("What happened"),
        widget=LONG,
        help_text=_("In plain words. Goes into no mail and no event."),
    )
    began_at = moment_field(_("Began"), required=False, help_text=_("UTC, if known."))
    ended_at = moment_field(_("Ended"), required=False, help_text=_("UTC, if known."))
    ai_models = forms.ModelMultipleChoiceField(
        AIModel.objects.order_by("slug"), required=False, label=_("Models")
    )
    releases = forms.ModelMultipleChoiceField(
        ModelRelease.objects.order_by("slug"), required=False, label=_("Released versions of them")
    )
    model_involved = forms.ChoiceField(
        label=_("The model's part in it"),
        choices=Involvement.choices,
        initial=Involvement.NOT_KNOWN,
        widget=forms.RadioSelect,
    )
    harms = forms.MultipleChoiceField(
        label=_("What it led to"),
        choices=Harm.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick all that are known of. One incident may fall under several laws."),
    )
    no_harm = forms.ChoiceField(
        label=_("If nothing is ticked"),
        choices=((NOT_KNOWN, _("Not known what it led to")), (_NO_HARM, _("No harm came about"))),
        required=False,
        initial=NOT_KNOWN,
        widget=forms.RadioSelect,
    )
    deaths = forms.IntegerField(
        label=_("Deaths"), min_value=0, required=False, help_text=_("Empty: not known.")
    )
    injuries = forms.IntegerField(
        label=_("Injuries"), min_value=0, required=False, help_text=_("Empty: not known.")
    )
    imminent_risk = question(_("Is there an imminent risk of death or serious physical injury?"))
    loss_of_control = question(_("Was control of the model lost?"))
    cyber_breach = question(
        _("Was there a serious cybersecurity breach?"),
        _("Of the model, of what it runs on, or by it of other systems."),
    )
    weights_accessed = question(_("Were weights accessed or changed without authority?"))
    weights_exfiltrated = question(_("Were weights exfiltrated?"))
    deception = question(_("Did the model use deceptive techniques to subvert controls?"))
    during_evaluation = question(
        _("Did it happen inside an evaluation designed to elicit this behavior?")
    )
    materially_increased_risk = question(
        _("Does it show a materially increased catastrophic risk?")
    )
    internal_use = question(_("Does it go back to use inside the house?"))


class ReportForm(ClassificationForm):
    field_order = (
        *("version", "title", "duty_holder", "learned", "happened_at", "zone"),
        *("precision", "evidence"),
    )
    title = forms.CharField(
        max_length=200, label=_("Title"), help_text=_("Short, and without a person's name.")
    )
    duty_holder = forms.ModelChoiceField(
        Organization.objects.order_by("slug"),
        label=_("Who bears the duties"),
        help_text=_("As a rule the developer of the model."),
    )
    learned = forms.MultipleChoiceField(
        label=_("What you know by now"),
        choices=[(anchor.value, anchor.label) for anchor in _LEARNED],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Clocks begin with these. Tick those that had come about at the moment below."
        ),
    )
    happened_at = moment_field(_("Since when"), required=False)
    zone = zone_field()
    precision = precision_field()
    evidence = evidence_field()

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if bool(said.get("learned")) != bool(said.get("happened_at")):
            self.add_error(
                "happened_at", _("Say both what is known by now and since when, or neither.")
            )
        return said


class ContainForm(StepForm):
    containment = forms.CharField(label=_("What was done to stop it from going on"), widget=LONG)


class ResolveForm(ClockForm):
    field_order = ("version", "resolution")
    resolution = forms.CharField(
        label=_("Which corrective measures were adopted"),
        widget=LONG,
        help_text=_(
            "To rectify the harm where that can be done, and to assess and mitigate the risk behind it."
        ),
    )


class StopForm(StepForm):
    """A restriction because of the incident. At least one of its dimensions must be given."""

    title = forms.CharField(max_length=200)
    kind = forms.ChoiceField(choices=RestrictionKind.choices)
    public_wording = forms.CharField(
        widget=LONG,
        required=False,
        help_text=_(
            "Those who are stopped read this, by mail and through the API. It may be written later: "
            "until then no mail goes out."
        ),
    )
    confidential_basis = forms.CharField(
        widget=LONG, required=False, help_text=_("For cleared roles only.")
    )
    ai_models = forms.ModelMultipleChoiceField(
        AIModel.objects.order_by("slug"), required=False, label=_("Models")
    )
    programs = forms.ModelMultipleChoiceField(Program.objects.order_by("slug"), required=False)
    organizations = forms.ModelMultipleChoiceField(
        Organization.objects.order_by("slug"), required=False
    )
    confirm = forms.CharField(
        max_length=300,
        label=_("What is stopped, typed out"),
        help_text=_(
            "The slug of what you chose; several joined by “ + ”. If it does not fit, the page says "
            "what to type."
        ),
    )


def read_classification(said: dict[str, Any]) -> Classification:
    """What the form says."""
    harms = tuple(Harm(harm) for harm in said["harms"])
    known = None if not harms and said["no_harm"] != _NO_HARM else harms
    return Classification(
        summary=said["summary"],
        began_at=said["began_at"],
        ended_at=said["ended_at"],
        ai_models=tuple(model.id for model in said["ai_models"]),
        releases=tuple(release.id for release in said["releases"]),
        harms=known,
        model_involved=Involvement(said["model_involved"]),
        deaths=said["deaths"],
        injuries=said["injuries"],
        **{name: read_answer(said[name]) for name in QUESTIONS},
    )


def show_classification(row: Incident) -> dict[str, Any]:
    """What is known now, as the form begins with."""
    version = row.versions.current().first()
    if version is None:
        return {}
    plain = ("summary", "began_at", "ended_at", "model_involved", "deaths", "injuries")
    return {
        **{name: getattr(version, name) for name in plain},
        **{name: show_answer(getattr(version, name)) for name in QUESTIONS},
        "ai_models": version.ai_models,
        "releases": version.releases,
        "harms": version.harms or [],
        "no_harm": _NO_HARM if version.harms == [] else NOT_KNOWN,
    }


def read_learned(said: dict[str, Any]) -> tuple[MomentSaid, ...]:
    """The moments that a report states, one for each fact learned."""
    return tuple(read_clock_moment(said, Anchor(anchor)) for anchor in said["learned"])
