"""Forms of the steps of a notification: one for each rule's fields, one for each way of sending."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from notifications.models import Filing, Obligation
from notifications.operations.filings import LONGEST_REASON, LONGEST_VALUE, FieldSaid
from notifications.operations.filings_dispatch import Way
from notifications.operations.filings_proofs import LARGEST, ProofFile
from notifications.queries.duty_words import name_recipient, name_rule, say_target
from notifications.queries.filings import list_channels, name_fields, rule_of
from registry.admin.desk import StepForm
from registry.choices import Channel
from registry.models import AuthorityChannel

_VALUE, _UNKNOWN = "value", "unknown"


class MomentField(forms.DateTimeField):
    """A moment in UTC; empty: now."""

    def __init__(self) -> None:
        super().__init__(
            required=False,
            widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
            help_text=_("UTC. Empty: now."),
        )


class ProofField(forms.FileField):
    """A file that proves the step."""

    def __init__(self) -> None:
        super().__init__(
            required=False,
            max_length=200,
            label=_("A file that proves it"),
            help_text=_("A PDF, a PNG or JPEG picture, or plain text of at most 3 MB."),
        )


class DutyField(forms.ModelChoiceField):
    """Duties by what is due to whom and when."""

    def label_from_instance(self, row: Obligation) -> str:
        return f"{name_rule(row.rule).title} → {name_recipient(row)}, {say_target(row)}"


class DraftForm(StepForm):
    """Which of the open duties to begin with; a link from its own page has chosen already."""

    obligation = DutyField(Obligation.objects.none(), label=_("Duty"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        obligation = self.fields["obligation"]
        assert isinstance(obligation, DutyField)
        obligation.queryset = (
            Obligation.objects.open()
            .select_related("rule", "authority__organization")
            .order_by("target_due", "id")
        )


class ReceiptForm(StepForm):
    reference = forms.CharField(
        max_length=300, help_text=_("What proves it: a stamp, a signature, a portal's word.")
    )
    received_at = MomentField()
    proof = ProofField()


class AcknowledgementForm(StepForm):
    number = forms.CharField(max_length=200, help_text=_("The authority's own."))
    acknowledged_at = MomentField()
    proof = ProofField()


class BounceForm(StepForm):
    reason = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=5_000,
        help_text=_("What came back, or why you give the mail up."),
    )
    bounced_at = MomentField()


def make_fields_form(row: Filing) -> type[StepForm]:
    """A pair of fields for each that the rule names: what is known, or why it is not."""
    made: dict[str, forms.Field] = {}
    for name, label in name_fields(rule_of(row)).items():
        said = row.fields.get(name, {})
        origin = _("Taken from: %(source)s.") % {"source": said["from"]} if "from" in said else ""
        missing = "" if said else _("Nothing is said of it yet.")
        made[f"{_VALUE}-{name}"] = forms.CharField(
            label=label,
            required=False,
            max_length=LONGEST_VALUE,
            initial=said.get("value", ""),
            help_text=origin or missing,
            widget=forms.Textarea(attrs={"rows": min(12, 2 + said.get("value", "").count("\n"))}),
        )
        made[f"{_UNKNOWN}-{name}"] = forms.CharField(
            label=_("… or it is unknown, because"),
            required=False,
            max_length=LONGEST_REASON,
            initial=said.get("unknown", ""),
            widget=forms.TextInput(attrs={"aria-description": label}),
        )
    return type("FieldsForm", (StepForm,), made)


def read_fields(said: Mapping[str, str]) -> dict[str, FieldSaid]:
    """What the form says of each field of the rule."""
    names = [key.removeprefix(f"{_VALUE}-") for key in said if key.startswith(f"{_VALUE}-")]
    return {
        name: FieldSaid(said[f"{_VALUE}-{name}"], said[f"{_UNKNOWN}-{name}"]) for name in names
    }


class ChannelField(forms.ModelChoiceField):
    """Channels by their kind and address."""

    def label_from_instance(self, row: AuthorityChannel) -> str:
        return f"{row.get_channel_display()}: {row.address}"


def make_dispatch_form(row: Filing) -> type[StepForm]:
    """The channels on the authority's record; by mail only what it has said that it takes."""
    channels = list_channels(row).exclude(channel=Channel.UNKNOWN)
    kind = rule_of(row).trigger.value
    refused = channels.filter(channel=Channel.EMAIL).exclude(classes__contains=[kind])
    open_ones = channels.exclude(pk__in=refused.values("pk"))
    made: dict[str, forms.Field] = {
        "channel": ChannelField(
            open_ones,
            initial=open_ones.first(),
            help_text=_("As they are on the authority's record; state another one there first."),
        ),
        "reference": forms.CharField(
            required=False,
            max_length=300,
            label=_("Proof that you sent it"),
            help_text=_(
                "By portal, post or hand: a ticket, a tracking number, who took it. "
                "By mail the server's answer is the proof."
            ),
        ),
        "sent_at": MomentField(),
        "proof": ProofField(),
        "collection": forms.CharField(
            required=False,
            max_length=300,
            label=_("How the authority obtains it"),
            help_text=_(
                "For mail only: the mail holds the reference, and nothing of the content."
            ),
        ),
    }
    return type("DispatchForm", (StepForm,), made)


def read_way(said: Mapping[str, Any]) -> Way:
    """How it was or will be sent."""
    chosen: AuthorityChannel = said["channel"]
    return Way(
        Channel(chosen.channel),
        chosen.address,
        reference=said["reference"],
        sent_at=said["sent_at"],
        collection=said["collection"],
    )


def read_proof(said: Mapping[str, Any]) -> ProofFile | None:
    """The uploaded file, no more of it than is needed to see that it is too large."""
    file: UploadedFile | None = said["proof"]
    return None if file is None else ProofFile(file.name or "", file.read(LARGEST + 1))
