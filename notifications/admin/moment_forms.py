"""The parts of forms that tell when: a moment on the wall of a zone, as people under stress know it."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from registry.admin.desk import StepForm
from registry.choices import Anchor, Precision
from registry.models import AnchorMoment
from registry.operations.moments import MomentSaid

ZONES = (
    ("UTC", _("UTC")),
    ("Europe/Brussels", _("Brussels")),
    ("America/Los_Angeles", _("California")),
    ("America/New_York", _("New York, Washington")),
    ("America/Chicago", _("Illinois")),
    ("Europe/London", _("London")),
)
_PRECISIONS = (
    (Precision.INSTANT, _("To the minute")),
    (Precision.DAY, _("Only the day is known")),
)


def moment_field(label: Any, *, required: bool, help_text: Any = "") -> forms.DateTimeField:
    """A moment as it is read off a clock on the wall."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, required=required, help_text=help_text, widget=widget)


def zone_field() -> forms.ChoiceField:
    return forms.ChoiceField(label=_("By the clock in"), choices=ZONES)


def precision_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("How exactly"),
        choices=_PRECISIONS,
        initial=Precision.INSTANT,
        widget=forms.RadioSelect,
    )


def evidence_field() -> forms.CharField:
    return forms.CharField(
        label=_("How is this known?"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("A ticket, a call, a log. Stays with the incident, and goes into no mail."),
    )


class ClockForm(StepForm):
    """A moment by the clock of a zone."""

    happened_at = moment_field(_("When"), required=True)
    zone = zone_field()
    precision = precision_field()
    evidence = evidence_field()


class MomentForm(ClockForm):
    """A moment of some kind; and the mistaken one, if any, whose place it takes. `about` is the subject."""

    field_order = ("version", "anchor", "happened_at", "zone", "precision", "evidence")
    anchor = forms.ChoiceField(
        label=_("What came about"),
        choices=[choice for choice in Anchor.choices if choice[0] != Anchor.NOTIFIED],
        help_text=_("In the rules' own words: they are not the same. The earliest governs."),
    )
    supersedes = forms.ModelChoiceField(
        AnchorMoment.objects.none(),
        required=False,
        label=_("In the place of a mistaken one"),
        help_text=_("Of the same kind. Both stay readable."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        about = self.initial.pop("about", None)
        supersedes = self.fields["supersedes"]
        assert isinstance(supersedes, forms.ModelChoiceField)
        if about is not None:
            supersedes.queryset = about.moments.filter(superseded_by=None).order_by("happened_at")


def read_clock_moment(said: dict[str, Any], anchor: Anchor) -> MomentSaid:
    """The moment that the form tells, of this kind."""
    return MomentSaid(
        anchor=anchor,
        happened_at=on_the_wall(said["happened_at"], said["zone"]),
        zone=said["zone"],
        precision=Precision(said["precision"]),
        evidence=said["evidence"],
    )


def on_the_wall(moment: dt.datetime, zone: str) -> dt.datetime:
    """What the clock of the zone showed, as a moment."""
    return moment.replace(tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)
