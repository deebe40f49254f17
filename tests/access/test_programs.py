"""Programs, tiers and terms."""

import pytest

from access.choices import Action, ProgramStatus
from access.operations import programs, review_policies
from access.policies import PolicyUnreadable
from registry.choices import ModelStage, Role
from registry.errors import NotFound, WorldsApart
from registry.operations import ai_models
from registry.policies import RoleMissing
from tests import make

pytestmark = pytest.mark.django_db


class TestRegister:
    def test_a_second_program_of_the_same_slug_is_refused(self) -> None:
        make.program(slug="preview")
        with pytest.raises(programs.ProgramKnown):
            make.program(slug="preview")

    def test_what_is_synthetic_never_meets_what_is_real(self) -> None:
        with pytest.raises(WorldsApart):
            make.program(synthetic=True)
        with pytest.raises(WorldsApart):
            ai_models.register(
                make.by(make.staff(Role.INTAKE)),
                slug="synthetic-model",
                name="Model",
                developer=make.organization().id,
                stage=ModelStage.PREVIEW,
                synthetic=True,
            )


class TestChangeStatus:
    def test_an_ended_program_stays_ended(self) -> None:
        program, administrator = make.program(), make.staff(Role.ADMINISTRATOR)
        programs.change_status(
            make.by(administrator), program=program.id, status=ProgramStatus.ENDED
        )
        with pytest.raises(programs.ProgramOver):
            programs.change_status(
                make.by(administrator), program=program.id, status=ProgramStatus.OPEN
            )

    def test_needs_an_administrator(self) -> None:
        with pytest.raises(RoleMissing):
            programs.change_status(
                make.by(make.staff(Role.DECIDER)),
                program=make.program().id,
                status=ProgramStatus.OPEN,
            )


class TestAddTier:
    @pytest.mark.parametrize(
        ("changed", "refusal"),
        [
            ({"actions": ()}, programs.TierAllowsNothing),
            ({"ai_models": ()}, programs.TierAllowsNothing),
            ({"ai_models": ("nothing",)}, NotFound),
        ],
    )
    def test_refuses_a_tier_that_allows_nothing_known(
        self, changed: dict[str, tuple[str, ...]], refusal: type[Exception]
    ) -> None:
        said = {"actions": (Action.INVOKE,), "ai_models": (make.ai_model().slug,)} | changed
        with pytest.raises(refusal):
            programs.add_tier(
                make.by(make.staff(Role.ADMINISTRATOR)),
                program=make.program().id,
                slug="tier",
                name="Tier",
                review_policy="standard",
                **said,  # type: ignore[arg-type]
            )


class TestPublishTerms:
    def test_editions_are_numbered_and_bind_from_when_they_say(self) -> None:
        program = make.program()
        make.terms(program)
        make.terms(program)
        first, second = program.terms.order_by("number")
        assert (first.number, second.number) == (1, 2)
        assert second.required_from == second.published_at


class TestReviewPolicies:
    def test_one_proposes_and_another_puts_in_force(self) -> None:
        first = make.staff(Role.ADMINISTRATOR)
        proposed = review_policies.propose(
            make.by(first), slug="standard", document=make.POLICY
        ).value
        with pytest.raises(review_policies.OwnPolicy):
            review_policies.enact(make.by(first), policy=proposed.id)
        second = make.staff(Role.ADMINISTRATOR)
        enacted = review_policies.enact(make.by(second), policy=proposed.id).value
        assert enacted.enacted_by == second.key
        with pytest.raises(review_policies.PolicyInForce):
            review_policies.enact(make.by(second), policy=proposed.id)

    @pytest.mark.parametrize(
        "spoiled",
        [
            {},
            make.POLICY | {"more": 1},
            make.POLICY | {"assessments": -1},
            make.POLICY | {"blocking": {"stances": ["grumbles"], "legal_forces": []}},
        ],
    )
    def test_a_document_that_cannot_be_read_is_refused(self, spoiled: dict[str, object]) -> None:
        with pytest.raises(PolicyUnreadable):
            review_policies.propose(
                make.by(make.staff(Role.ADMINISTRATOR)), slug="standard", document=spoiled
            )
