"""What the stages of a policy say together: names once, no circle, and one decision that all else leads to."""

from collections.abc import Iterator, Mapping, Sequence

from django.utils.translation import gettext as _

from access.choices import StageKind
from access.stages.document import Stage

Place = tuple[str | int, ...]
"""Where in a document something stands: `("stages", 2, "after")`."""


def find_order_problems(stages: Sequence[Stage]) -> Iterator[tuple[Place, str]]:
    """Every place at which the stages do not fit together, and what is wrong there."""
    names = [stage.key for stage in stages]
    for number, stage in enumerate(stages):
        if stage.key in names[:number]:
            yield ("stages", number, "key"), _("“%(key)s” is there already") % {"key": stage.key}
        for place, key in enumerate(stage.after):
            if key not in names:
                yield (
                    ("stages", number, "after", place),
                    _("there is no stage “%(key)s”") % {"key": key},
                )
    by_key = {stage.key: stage for stage in stages}
    circular = False
    for number, stage in enumerate(stages):
        if stage.key not in stage.after and stage.key in ancestors(stage.key, by_key):
            circular = True
            yield ("stages", number, "after"), _("it waits for itself, in a circle")
    if not circular:
        yield from _find_decision_problems(stages, by_key)


def ancestors(key: str, stages: Mapping[str, Stage]) -> frozenset[str]:
    """The keys of all stages that come before one, near and far; of itself too, where it waits in a circle."""
    found: set[str] = set()
    ahead = list(stages[key].after)
    while ahead:
        before = ahead.pop()
        if before not in found and before in stages:
            found.add(before)
            ahead.extend(stages[before].after)
    return frozenset(found)


def _find_decision_problems(
    stages: Sequence[Stage], by_key: Mapping[str, Stage]
) -> Iterator[tuple[Place, str]]:
    numbered = list(enumerate(stages))
    deciding = [(number, said) for number, said in numbered if said.kind is StageKind.DECISION]
    if not deciding:
        yield ("stages",), _("there is no decision among them")
        return
    for number, _said in deciding[1:]:
        yield ("stages", number, "kind"), _("there is one decision, not two")
    before = ancestors(deciding[0][1].key, by_key)
    signing_keys = {s.key for s in stages if s.kind is StageKind.COUNTERSIGNATURE}
    signing = None
    for number, stage in numbered:
        if stage.kind is StageKind.COUNTERSIGNATURE:
            yield from _find_signing_problems(
                number, stage, decision=deciding[0][1].key, earlier=signing
            )
            signing = stage
        elif stage.kind is not StageKind.DECISION and stage.key not in before:
            yield (
                ("stages", number, "key"),
                _("the decision does not wait for “%(key)s”, so nothing would come of it")
                % {"key": stage.key},
            )
        if any(key in signing_keys for key in stage.after):
            yield ("stages", number, "after"), _("nothing follows a countersignature")


def _find_signing_problems(
    number: int, stage: Stage, *, decision: str, earlier: Stage | None
) -> Iterator[tuple[Place, str]]:
    if stage.after != (decision,):
        yield ("stages", number, "after"), _("a countersignature follows the decision")
    if earlier is not None:
        yield ("stages", number, "kind"), _("there is one countersignature, not two")
