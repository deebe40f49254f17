"""What the registry knows already of what a notification must say, each with where it came from.

A proposal for a person: nothing is filed that nobody has looked at, and what is not known stays missing.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications.models import Filing, Obligation
from notifications.queries.filings import name_fields
from notifications.workflow import SENT
from registry.choices import Anchor, Harm, Involvement
from registry.models import AIModel, AnchorMoment, IncidentVersion, ModelRelease
from registry.queries.people import name_actors
from registry.rules import read_rule

Said = dict[str, str]


@dataclass(frozen=True, slots=True)
class Taken:
    """A text, and where in the registry it was taken from."""

    value: str
    source: str


@dataclass
class Matter:
    """What a notification is about, read when it is asked for and once. `by` is who prepares it."""

    obligation: Obligation
    by: str
    before: Filing | None = field(default=None)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.obligation.zone)

    @cached_property
    def version(self) -> IncidentVersion | None:
        """What is known now of the incident."""
        if self.obligation.incident is None:
            return None
        return self.obligation.incident.versions.current().first()

    @cached_property
    def moments(self) -> dict[str, AnchorMoment]:
        """The earliest moment on record of each kind; a superseded one is not."""
        subject = self.obligation.incident or self.obligation.occurrence
        assert subject is not None
        found = subject.moments.filter(superseded_by__isnull=True).order_by("-happened_at")
        return {moment.anchor: moment for moment in found}

    @cached_property
    def models(self) -> list[str]:
        """The models concerned, each with the releases named."""
        version, occurrence = self.version, self.obligation.occurrence
        if version is None:
            model = None if occurrence is None else occurrence.ai_model
            return [] if model is None else [model.name]
        labels: dict[Any, list[str]] = {}
        for release in ModelRelease.objects.filter(pk__in=version.releases).order_by("slug"):
            labels.setdefault(release.ai_model_id, []).append(release.label)
        concerned = AIModel.objects.filter(pk__in={*version.ai_models, *labels}).order_by("slug")
        return [
            f"{model.name} ({', '.join(labels[model.pk])})" if model.pk in labels else model.name
            for model in concerned
        ]

    def write_moment(self, moment: dt.datetime) -> str:
        """As people write it, in the duty's own zone."""
        local = moment.astimezone(self.zone)
        return f"{date_format(local, 'j F Y, H:i')} ({self.obligation.zone})"

    def from_version(self) -> str:
        """Where what is known of the incident stands."""
        version = self.version
        assert version is not None
        assert version.recorded.lower is not None
        return _("the incident, as known since %(moment)s") % {
            "moment": self.write_moment(version.recorded.lower)
        }


def propose_fields(matter: Matter) -> dict[str, Said]:
    """For each field that the rule names and of which something is known: the value and where it came from.

    Facts come from the registry as it stands now; words, and what the registry says nothing of, from what was
    sent before to meet the duty that this one follows.
    """
    proposed: dict[str, Said] = {}
    for name in name_fields(read_rule(matter.obligation.rule.document)):
        said = (
            _take(matter, FACTS.get(name))
            or _from_before(matter, name)
            or _take(matter, WORDS.get(name))
        )
        if said is not None:
            proposed[name] = said
    return proposed


def find_before(obligation: Obligation) -> Filing | None:
    """What was sent last to meet the duty that this one follows."""
    if obligation.follows_id is None:
        return None
    rows = Filing.objects.filter(obligation=obligation.follows_id, status__in=SENT)
    return rows.order_by("-dispatched_at", "-id").first()


def copy_fields(amended: Filing) -> dict[str, Said]:
    """All that was said, for what amends it."""
    told = _("the notification amended, %(reference)s") % {"reference": amended.id}
    return {
        name: said | ({"from": told} if "value" in said else {})
        for name, said in amended.fields.items()
    }


def _take(matter: Matter, source: Callable[[Matter], Taken | None] | None) -> Said | None:
    taken = None if source is None else source(matter)
    if taken is None or not taken.value.strip():
        return None
    return {"value": taken.value, "from": taken.source}


def _from_before(matter: Matter, name: str) -> Said | None:
    if matter.before is None or name not in matter.before.fields:
        return None
    said: Said = dict(matter.before.fields[name])
    if "value" in said:
        said["from"] = _("the notification sent before, %(reference)s") % {
            "reference": matter.before.id
        }
    return said


def _dates(matter: Matter) -> Taken | None:
    version = matter.version
    if version is None or version.began_at is None:
        return None
    lines = [_("Began: %(moment)s") % {"moment": matter.write_moment(version.began_at)}]
    if version.ended_at is not None:
        lines.append(_("Ended: %(moment)s") % {"moment": matter.write_moment(version.ended_at)})
    elif (resolved := matter.moments.get(Anchor.RESOLVED)) is None:
        lines.append(_("Not ended, as far as is known."))
    else:
        lines.append(_("Resolved: %(moment)s") % {"moment": _moment(matter, resolved)})
    return Taken("\n".join(lines), matter.from_version())


def _date(matter: Matter) -> Taken | None:
    version = matter.version
    if version is None or version.began_at is None:
        return None
    return Taken(matter.write_moment(version.began_at), matter.from_version())


def _harm(matter: Matter) -> Taken | None:
    version = matter.version
    if version is None or version.harms is None:
        return None
    lines = [str(Harm(harm).label).capitalize() for harm in version.harms]
    if version.deaths is not None:
        lines.append(
            ngettext("%(number)d death", "%(number)d deaths", version.deaths)
            % {"number": version.deaths}
        )
    if version.injuries is not None:
        lines.append(
            ngettext("%(number)d person injured", "%(number)d persons injured", version.injuries)
            % {"number": version.injuries}
        )
    return Taken("\n".join(lines), matter.from_version())


def _summary(matter: Matter) -> Taken | None:
    version = matter.version
    return None if version is None else Taken(version.summary, matter.from_version())


def _model(matter: Matter) -> Taken | None:
    if not matter.models:
        return None
    source = matter.from_version() if matter.version is not None else _("the occurrence")
    return Taken("\n".join(matter.models), source)


def _involvement(matter: Matter) -> Taken | None:
    version = matter.version
    if version is None or version.model_involved == Involvement.NOT_KNOWN:
        return None
    involved = Involvement(version.model_involved).label
    lines = [_("The model's involvement: %(involved)s.") % {"involved": involved}]
    aware = matter.moments.get(Anchor.AWARE)
    if aware is not None and aware.evidence:
        lines.append(aware.evidence)
    return Taken("\n".join(lines), matter.from_version())


def _response(matter: Matter) -> Taken | None:
    version = matter.version
    if version is None:
        return None
    lines = [text for text in (version.containment, version.resolution) if text.strip()]
    return Taken("\n\n".join(lines), matter.from_version())


def _internal_use(matter: Matter) -> Taken | None:
    version = matter.version
    if version is None or version.internal_use is None:
        return None
    words = _("Yes") if version.internal_use else _("No")
    return Taken(words, matter.from_version())


def _anchor(matter: Matter) -> Taken | None:
    moment = matter.moments.get(matter.obligation.anchor)
    if moment is None:
        return None
    label = Anchor(matter.obligation.anchor).label
    text = f"{str(label).capitalize()}: {_moment(matter, moment)}"
    return Taken(text, _("the moment on record"))


def _compute(matter: Matter) -> Taken | None:
    details = _details(matter)
    if "flop" not in details:
        return None
    return Taken(f"{write_flop(details['flop'])} FLOP", _("the occurrence's details"))


def _method(matter: Matter) -> Taken | None:
    method = _details(matter).get("method")
    return None if not method else Taken(str(method), _("the occurrence's details"))


def _note(matter: Matter) -> Taken | None:
    note = _details(matter).get("note")
    return None if not note else Taken(str(note), _("the occurrence's details"))


def _submitter(matter: Matter) -> Taken | None:
    who = name_actors([matter.by]).get(matter.by, "")
    lines = [text for text in (matter.obligation.duty_holder.name, who) if text]
    return Taken("\n".join(lines), _("the duty-holder, and who prepares this"))


def _holder(matter: Matter) -> Taken | None:
    return Taken(matter.obligation.duty_holder.name, _("the duty-holder"))


def write_flop(flop: Any) -> str:
    """To two significant figures, as the Commission's guidelines ask (para 32): `2.3 × 10^25`."""
    figures, _e, exponent = f"{Decimal(str(flop)):.1e}".partition("e")
    return f"{figures} × 10^{int(exponent)}"


def _details(matter: Matter) -> dict[str, Any]:
    occurrence = matter.obligation.occurrence
    return {} if occurrence is None else occurrence.details


def _moment(matter: Matter, moment: AnchorMoment) -> str:
    return f"{matter.write_moment(moment.happened_at)}, {moment.get_precision_display()}"


FACTS: Mapping[str, Callable[[Matter], Taken | None]] = {
    "dates": _dates,
    "date": _date,
    "harm": _harm,
    "model": _model,
    "response": _response,
    "corrective_measures": _response,
    "internal_use": _internal_use,
    "compute_estimate": _compute,
    "compute_approach": _method,
    "requirement": _anchor,
    "developer": _holder,
    "submitter": _submitter,
}
"""Fields that the registry knows as it stands now, by the name that the rules give them."""
WORDS: Mapping[str, Callable[[Matter], Taken | None]] = {
    "chain_of_events": _summary,
    "incident": _summary,
    "statement": _summary,
    "involvement": _involvement,
    "information": _note,
}
"""Fields that a person words: what was sent before said it better than the registry does."""
