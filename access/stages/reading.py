"""A review policy's document, of either shape, read into what the engine works with.

The second shape may come as YAML: then whatever is wrong is told with its line, all at once.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import yaml
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import ValidationError

from access.choices import LegalForce, PositionEffect, StageKind, Stance, Strategy
from access.stages.document import SIGNING, VERSION, PolicyRules, PositionRule, Stage, Who
from access.stages.order import Place, find_order_problems
from access.waiting import read_waiting
from registry.choices import Role
from registry.errors import Invalid

_FIRST_SHAPE = frozenset({"assessments", "four_eyes", "countersigned", "blocking"})
Lines = Mapping[Place, int]


class PolicyUnreadable(Invalid):
    """A review policy's document is not of a shape that the engine reads.

    `problems` are `{"place", "problem"}` each, and `line` where the document came as YAML.
    """

    code = "policy_unreadable"
    text = gettext_lazy("The review policy cannot be read: %(problem)s.")

    @classmethod
    def at(cls, found: Iterable[tuple[Place, str]], lines: Lines) -> "PolicyUnreadable":
        """All that was found wrong, in the order of the document."""
        told = []
        for place, problem in found:
            said: dict[str, Any] = {"place": _say(place), "problem": problem.rstrip(".")}
            if lines:
                said["line"] = _find_line(place, lines)
            told.append(said)
        told.sort(key=lambda said: said.get("line", 0))
        return cls(problem="; ".join(map(_tell, told)), problems=told)


def read_policy(document: Mapping[str, Any]) -> PolicyRules:
    """Read a policy's document, of the second shape (`version: 2`) or the first.

    The first: `{"assessments": int ≥ 0, "four_eyes": bool, "countersigned": bool,
    "blocking": {"stances": [...], "legal_forces": [...]}}`, and where grants wait `"waiting": [...]`.
    It is read as its equivalent. Raises PolicyUnreadable, WaitingUnreadable, VoluntaryNeverBlocks.
    """
    return _read_first(document) if "version" not in document else _read_second(document, {})


def parse_policy(text: str) -> dict[str, Any]:
    """The document in a YAML text, which has been read whole: nothing is wrong with it.

    Raises PolicyUnreadable with the line of each problem, WaitingUnreadable, VoluntaryNeverBlocks.
    """
    try:
        node = yaml.compose(text, yaml.SafeLoader)
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, yaml.SafeLoader)):
            raise PolicyUnreadable.at([((), _("it may not refer to itself"))], {(): 1})
        said = yaml.safe_load(text)
    except yaml.YAMLError as wrong:
        mark = getattr(wrong, "problem_mark", None)
        problem = getattr(wrong, "problem", None) or _("it is no YAML")
        raise PolicyUnreadable.at(
            [((), problem)], {(): 1 if mark is None else mark.line + 1}
        ) from wrong
    if not isinstance(said, dict):
        raise PolicyUnreadable.at([((), _("it is no mapping of names to values"))], {(): 1})
    if "version" not in said:
        _read_first(said)
    else:
        _read_second(said, dict(_walk(node)))
    return said


def _read_second(document: Mapping[str, Any], lines: Lines) -> PolicyRules:
    if document.get("version") != VERSION:
        raise PolicyUnreadable.at(
            [(("version",), _("“%(name)s” is not known") % {"name": document.get("version")})],
            lines,
        )
    try:
        written = json.dumps(document, allow_nan=False)
    except (TypeError, ValueError) as wrong:
        raise PolicyUnreadable.at([((), str(wrong))], lines) from wrong
    read_waiting(document.get("waiting", []))
    rules = _validate(written)
    if isinstance(rules, ValidationError):
        raise PolicyUnreadable.at(_list_problems(rules), lines) from rules
    if problems := list(find_order_problems(rules.stages)):
        raise PolicyUnreadable.at(problems, lines)
    return rules


@lru_cache(maxsize=256)
def _validate(written: str) -> PolicyRules | ValidationError:
    """Editions are never edited and read again and again: each text is held to the schema once."""
    try:
        return PolicyRules.model_validate_json(written)
    except ValidationError as wrong:
        return wrong


def _read_first(document: Mapping[str, Any]) -> PolicyRules:
    if set(document) - {"waiting"} != _FIRST_SHAPE:
        expected = ", ".join(sorted(_FIRST_SHAPE))
        raise PolicyUnreadable(problem=f"it needs exactly {expected}, or a version")
    waiting = read_waiting(document.get("waiting", []))
    try:
        assessments = int(document["assessments"])
        stances = tuple(Stance(word) for word in document["blocking"]["stances"])
        forces = tuple(LegalForce(word) for word in document["blocking"]["legal_forces"])
    except (KeyError, TypeError, ValueError) as wrong:
        raise PolicyUnreadable(problem=str(wrong)) from wrong
    if assessments < 0:
        raise PolicyUnreadable(problem="assessments cannot be negative")
    blocking = PositionRule.model_construct(
        stances=stances, legal_forces=forces, effect=PositionEffect.BLOCKS
    )
    return PolicyRules.model_construct(
        version=1,
        title="",
        four_eyes=document["four_eyes"] is True,
        stages=_make_stages(assessments, countersigned=document["countersigned"] is True),
        positions=(blocking,),
        waiting=waiting,
    )


def _make_stages(assessments: int, *, countersigned: bool) -> tuple[Stage, ...]:
    """The stages that the first shape means: so many are heard, whatever they find; one decides; one signs.

    Made without the schema's checks: in the first shape a policy may ask for no assessment at all.
    """
    heard = Stage.model_construct(
        key=StageKind.ASSESSMENT.value,
        kind=StageKind.ASSESSMENT,
        title=str(StageKind.ASSESSMENT.label),
        who=Who(roles=(Role.REVIEWER,)),
        strategy=Strategy.N_HEARD,
        threshold=assessments,
    )
    decided = _make_signed(StageKind.DECISION, after=heard)
    signed = [_make_signed(StageKind.COUNTERSIGNATURE, after=decided)] if countersigned else []
    return (heard, decided, *signed)


def _make_signed(kind: StageKind, *, after: Stage) -> Stage:
    return Stage(
        key=kind.value,
        kind=kind,
        title=str(kind.label),
        after=(after.key,),
        who=Who(roles=SIGNING[kind]),
    )


def _list_problems(wrong: ValidationError) -> list[tuple[Place, str]]:
    """What the schema found wrong. That a list is too short because its members are wrong is said once."""
    errors = wrong.errors(include_url=False, include_context=False)
    places = [said["loc"] for said in errors]
    return [
        (said["loc"], said["msg"].removeprefix("Value error, "))
        for said in errors
        if said["type"] != "too_short" or not any(_lies_in(place, said["loc"]) for place in places)
    ]


def _lies_in(place: Place, outer: Place) -> bool:
    return len(place) > len(outer) and place[: len(outer)] == outer


def _walk(node: Any, place: Place = ()) -> Iterator[tuple[Place, int]]:
    """Every place of a YAML text with its line, counted from one."""
    yield place, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for name, inner in node.value:
            yield from _walk(inner, (*place, name.value))
            yield (*place, name.value), name.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for number, inner in enumerate(node.value):
            yield from _walk(inner, (*place, number))


def _find_line(place: Place, lines: Lines) -> int:
    """The line of a place; of what is missing, that of what it is missing in."""
    while place and place not in lines:
        place = place[:-1]
    return lines.get(place, 1)


def _say(place: Place) -> str:
    return ".".join(map(str, place))


def _tell(said: Mapping[str, Any]) -> str:
    where = said["place"]
    if "line" in said:
        line = _("line %(line)d") % {"line": said["line"]}
        where = f"{line}, {where}" if where else line
    return f"{where}: {said['problem']}" if where else str(said["problem"])
