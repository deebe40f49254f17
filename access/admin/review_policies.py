"""Review policies on the staff's pages: proposed as YAML, compared, rehearsed, and put in force by another."""

from typing import Any

import yaml
from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.admin.record import list_record
from access.models import ReviewPolicy
from access.operations import review_policies
from access.policies import read_policy
from access.queries.dry_run import dry_run, list_decided
from access.queries.review_policies import find_compared, find_in_force, list_differences
from access.stages import PolicyRules, parse_policy
from access.stages.dry_run import Verdict
from registry.admin.desk import DeskAdmin, Step, StepForm, holds
from registry.admin.sections import Section, link
from registry.choices import Bindingness, Role
from registry.commands import Command

_REHEARSED = 100
_VERDICTS = {
    Verdict.SAME: gettext_lazy("the same"),
    Verdict.WAITS: gettext_lazy("would have waited"),
    Verdict.BLOCKED: gettext_lazy("would have been blocked"),
}


class PolicyForm(StepForm):
    slug = forms.SlugField(max_length=80)
    document = forms.CharField(
        required=False,
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 30, "spellcheck": "false", "class": "desk-code"}),
        help_text=gettext_lazy("YAML; docs/review.md says what it may hold. Or a file instead:"),
    )
    file = forms.FileField(required=False, label=gettext_lazy("YAML file"))

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        file = said.pop("file", None)
        if bool(file) == bool(said.get("document")):
            raise forms.ValidationError(_("Give either the text or a file."))
        if file:
            try:
                said["document"] = file.read(100_001).decode("utf-8")
            except UnicodeDecodeError as wrong:
                raise forms.ValidationError(_("The file is no text in UTF-8.")) from wrong
        return said


def _propose(command: Command, _row: None, said: dict[str, Any]) -> str:
    document = parse_policy(said["document"])
    row = review_policies.propose(command, slug=said["slug"], document=document).value
    return _("%(edition)s is proposed. Another administrator puts it in force.") % {"edition": row}


def _begin_with(row: ReviewPolicy) -> dict[str, str]:
    """The form of the next edition begins with what this one says."""
    text = yaml.safe_dump(row.document, sort_keys=False, allow_unicode=True)
    return {"slug": row.slug, "document": text}


@admin.register(ReviewPolicy)
class ReviewPolicyAdmin(DeskAdmin):
    plural = "review policies"
    list_display = ("slug", "number", "proposed_by", "enacted_by", "enacted_at")
    ordering = ("slug", "-number")
    fields = (
        *("slug", "number", "document", "sha256", "proposed_by", "proposed_at"),
        *("enacted_by", "enacted_at"),
    )
    list_steps = {
        "propose": Step(
            gettext_lazy("Propose an edition"),
            _propose,
            PolicyForm,
            holds(Role.ADMINISTRATOR),
            hint=gettext_lazy(
                "Another administrator puts it in force. Requests in flight keep theirs."
            ),
        )
    }
    steps = {
        "enact": Step(
            gettext_lazy("Put in force"),
            lambda command, row, _said: review_policies.enact(command, policy=row.id),
            may=lambda actor, row: (
                row.enacted_at is None
                and row.proposed_by != actor.key
                and actor.has(Role.ADMINISTRATOR)
            ),
        ),
        "propose_next": Step(
            gettext_lazy("Propose the next edition"),
            _propose,
            PolicyForm,
            holds(Role.ADMINISTRATOR),
            initial=_begin_with,
        ),
    }

    def list_sections(self, request: HttpRequest, row: ReviewPolicy) -> list[Section]:
        rules = read_policy(row.document)
        return [
            _list_stages(rules),
            _list_waiting(rules),
            _compare(row),
            _rehearse(row),
            list_record(row),
        ]


def _list_stages(rules: PolicyRules) -> Section:
    return Section(
        _("Stages"),
        (
            *(_("Stage"), _("Kind"), _("After"), _("Who"), _("How many")),
            *(_("If nobody may"), _("Deadline"), _("Applies when")),
        ),
        [
            (
                stage.title,
                stage.kind.label,
                ", ".join(stage.after),
                _say_who(stage),
                f"{stage.strategy.label}: {stage.needed}",
                stage.nobody.label,
                ""
                if stage.deadline is None
                else _("%(days)d working days (%(calendar)s); then %(crossing)s")
                % {
                    "days": stage.deadline.working_days,
                    "calendar": stage.deadline.calendar.label,
                    "crossing": stage.deadline.crossing.label,
                },
                stage.when or _("always"),
            )
            for stage in rules.stages
        ],
    )


def _say_who(stage: Any) -> str:
    parts = [", ".join(str(role.label) for role in stage.who.roles)]
    if stage.who.team is not None:
        parts.append(_("team %(team)s") % {"team": stage.who.team})
    parts += [f"{name}: {value}" for name, value in stage.who.attributes.items()]
    if stage.consults:
        parts.append(_("asks %(authorities)s") % {"authorities": ", ".join(stage.consults)})
    return "; ".join(parts)


def _list_waiting(rules: PolicyRules) -> Section:
    """What makes grants wait, with what force: nothing voluntary does so as law."""
    return Section(
        "Waiting periods",
        ("Basis", "Citation", "Force", "How long", "Runs from"),
        [
            (
                rule.basis,
                rule.citation,
                "law" if rule.bindingness == Bindingness.LAW else "our own choice (policy)",
                str(rule.period),
                rule.since,
            )
            for rule in rules.waiting
        ],
        empty="Grants under this edition do not wait.",
    )


def _compare(row: ReviewPolicy) -> Section:
    before = find_compared(row)
    title = _("What it says differently")
    if before is None:
        return Section(title, (_("Place"),), [], empty=_("It is the first edition."))
    return Section(
        _("What it says differently from edition %(number)d") % {"number": before.number},
        (_("Place"), _("Before"), _("Now")),
        [(said.place, said.before or "", said.after or "") for said in list_differences(row)],
        empty=_("Nothing."),
    )


def _rehearse(row: ReviewPolicy) -> Section:
    """Only of what is proposed: an edition in force has decided for itself."""
    in_force = find_in_force(row.slug)
    title = _("Dry run on requests already decided")
    if in_force is not None and in_force.number >= row.number:
        return Section(title, (_("Request"),), [], empty=_("Shown while an edition is proposed."))
    lines = dry_run(row, list(list_decided(row).order_by("-decided_at", "-id")[:_REHEARSED]))
    changed = sum(line.difference.verdict is not Verdict.SAME for line in lines)
    return Section(
        title,
        (_("Request"), _("Decided"), _("Outcome"), _("Under this edition"), _("Why")),
        [
            (
                link(line.request, line.request.organization.name),
                line.decision.decided_at,
                line.decision.get_outcome_display(),
                _VERDICTS[line.difference.verdict],
                ", ".join((*line.difference.blocked_by, *line.difference.waits_for)),
            )
            for line in lines
        ],
        empty=_("Nothing has been decided under this policy."),
        note=_(
            "Of the last %(all)d, %(changed)d would have gone otherwise. Nothing is changed by this: "
            "what is decided stays so, and what is in flight keeps its edition."
        )
        % {"all": len(lines), "changed": changed},
    )
