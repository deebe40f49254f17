"""Review policies as documents: both shapes, and everything that no policy can mean."""

from typing import Any

import pytest
import yaml

from access.choices import LegalForce, PositionEffect, StageKind, Stance, Strategy
from access.stages import PolicyUnreadable, parse_policy, read_policy
from registry.choices import Role
from tests import make

DOCUMENT: dict[str, Any] = {
    "version": 2,
    "title": "High tier",
    "four_eyes": True,
    "stages": [
        {
            "key": "screening",
            "kind": "screening",
            "title": "Screening",
            "who": {"roles": ["intake"]},
            "threshold": 1,
        },
        {
            "key": "security",
            "kind": "assessment",
            "title": "Security",
            "after": ["screening"],
            "who": {"roles": ["reviewer"], "team": "security"},
            "threshold": 2,
        },
        {
            "key": "legal",
            "kind": "assessment",
            "title": "Law",
            "after": ["screening"],
            "who": {"roles": ["reviewer"]},
            "strategy": "one_objects_blocks",
            "when": "'cn' in request.jurisdictions || request.purpose == 'use'",
        },
        {
            "key": "decision",
            "kind": "decision",
            "title": "Decision",
            "after": ["security", "legal"],
            "who": {"roles": ["decider"]},
            "deadline": {"working_days": 5, "calendar": "eu-commission", "crossing": "remind"},
        },
        {
            "key": "countersignature",
            "kind": "countersignature",
            "title": "Countersignature",
            "after": ["decision"],
            "who": {"roles": ["countersigner"]},
        },
    ],
}


def changed(number: int, **said: Any) -> dict[str, Any]:
    """The document with one stage changed."""
    stages = [dict(stage) for stage in DOCUMENT["stages"]]
    stages[number] |= said
    return DOCUMENT | {"stages": stages}


class TestFirstShape:
    def test_is_read_as_the_stages_that_it_means(self) -> None:
        rules = read_policy(make.POLICY | {"assessments": 2, "countersigned": True})
        assert [(stage.kind, stage.after) for stage in rules.stages] == [
            (StageKind.ASSESSMENT, ()),
            (StageKind.DECISION, ("assessment",)),
            (StageKind.COUNTERSIGNATURE, ("decision",)),
        ]
        assert (rules.stages[0].strategy, rules.stages[0].needed) == (Strategy.N_HEARD, 2)
        assert rules.countersigned
        assert rules.four_eyes

    def test_its_blocking_is_a_rule_of_positions(self) -> None:
        rules = read_policy(make.POLICY)
        said: dict[str, Any] = {"grounds": (), "authority": "bsi"}
        held = rules.weigh(stance=Stance.OBJECTS, legal_force=LegalForce.LAW, **said)
        assert held is not None
        assert held.effect is PositionEffect.BLOCKS
        assert rules.weigh(stance=Stance.OBJECTS, legal_force=LegalForce.POLITICAL, **said) is None


class TestSecondShape:
    def test_is_read(self) -> None:
        rules = read_policy(DOCUMENT)
        assert [stage.key for stage in rules.stages][:2] == ["screening", "security"]
        assert rules.stages[1].who.team == "security"
        assert rules.decision.who.roles == (Role.DECIDER,)
        assert rules.countersigned

    @pytest.mark.parametrize(
        ("document", "place"),
        [
            (DOCUMENT | {"zeal": 1}, "zeal: "),
            (DOCUMENT | {"version": 3}, "version: “3” is not known"),
            (changed(1, zeal=1), "stages.1.zeal: "),
            (changed(2, key="security"), "stages.2.key: “security” is there already"),
            (changed(1, after=["nowhere"]), "stages.1.after.0: there is no stage “nowhere”"),
            (changed(0, after=["security"]), "stages.0.after: it waits for itself, in a circle"),
            (changed(3, kind="assessment", threshold=1), "stages: there is no decision"),
            (changed(3, after=["legal"]), "stages.1.key: the decision does not wait for"),
            (changed(4, after=["legal"]), "stages.4.after: a countersignature follows"),
            (changed(1, threshold=None), "stages.1: n_of_m needs a threshold"),
            (changed(1, threshold=0), "stages.1.threshold: "),
            (changed(1, strategy="n_heard"), "stages.1: “n_heard” is not known"),
            (changed(2, threshold=2), "stages.2: a threshold belongs to n_of_m alone"),
            (changed(3, threshold=2), "stages.3: one person signs"),
            (changed(3, who={"roles": ["reviewer"]}), "stages.3: its role must be exactly"),
            (changed(1, who={"roles": ["auditor"]}), "stages.1: the finding of auditor"),
            (
                changed(1, kind="consultation", consults=["bsi"]),
                "stages.1: a threshold of 2 cannot be met by 1 authorities",
            ),
            (changed(2, when="request.colour == 'red'"), "“request.colour” is not known"),
            (changed(2, when="incident.deaths > 0"), "“incident” is not known"),
            (changed(2, when="request.purpose == 'evalution'"), "“evalution” is not known"),
            (changed(2, when="request.tier =="), "stages.2.when: "),
            (
                DOCUMENT | {"positions": [{"stances": ["objects"], "effect": "override"}]},
                "positions.0: an override, and nothing else, says how many people",
            ),
            (DOCUMENT | {"reapply": {"rule": "after_days"}}, "reapply: days are given"),
        ],
    )
    def test_what_it_cannot_mean_is_refused_with_its_place(
        self, document: dict[str, Any], place: str
    ) -> None:
        with pytest.raises(PolicyUnreadable, match=place.replace("(", r"\(")):
            read_policy(document)

    def test_yaml_is_refused_with_the_line_of_each_problem_at_once(self) -> None:
        text = yaml.safe_dump(changed(1, zeal=1, threshold="two"), sort_keys=False)
        lines = text.splitlines()
        with pytest.raises(PolicyUnreadable) as refused:
            parse_policy(text)
        told = {said["place"]: said["line"] for said in refused.value.values["problems"]}
        assert told == {
            "stages.1.threshold": lines.index("  threshold: two") + 1,
            "stages.1.zeal": lines.index("  zeal: 1") + 1,
        }

    def test_yaml_that_is_none_is_refused_with_its_line(self) -> None:
        with pytest.raises(PolicyUnreadable, match="line 2"):
            parse_policy("version: 2\ntitle: [")

    def test_yaml_that_is_whole_gives_the_document(self) -> None:
        assert parse_policy(yaml.safe_dump(DOCUMENT)) == DOCUMENT
