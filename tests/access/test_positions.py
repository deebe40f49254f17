"""Positions of authorities, and what the policy makes of them."""

import pytest

from access.choices import Attribution, Ground, LegalForce, Marking, RequestStatus, Stance
from access.models import AccessRequest, Position
from access.operations import position_weighing, positions, reviews
from access.operations.positions import About, Stated
from registry.choices import JurisdictionKind, Role
from registry.models import Authority
from registry.operations import authorities, jurisdictions
from registry.operations.authorities import Competent
from registry.policies import RoleMissing
from tests import make

pytestmark = pytest.mark.django_db
OBJECTS = Stated(
    stance=Stance.OBJECTS,
    statement="Not before the review is done.",
    attribution=Attribution.OFFICIAL_DOCUMENT,
    legal_force=LegalForce.ORDER,
    grounds=(Ground.SECURITY, Ground.COMPUTE),
)


@pytest.fixture
def authority() -> Authority:
    jurisdictions.register(
        make.by(make.staff(Role.INTAKE)), slug="us", name="US", kind=JurisdictionKind.STATE
    )
    return authorities.register(
        make.by(make.staff(Role.AUTHORITY_DESK)),
        organization=make.organization().id,
        competences=(Competent("us", "export control", "15 CFR 744"),),
    ).value


def take(authority: Authority, about: About, stated: Stated = OBJECTS) -> Position:
    return positions.take_position(
        make.by(make.staff(Role.AUTHORITY_DESK)),
        authority=authority.id,
        about=about,
        stated=stated,
    ).value


def approve(row: AccessRequest) -> AccessRequest:
    return reviews.approve(
        make.by(make.staff(Role.DECIDER)), request=row.id, ruling=make.ruling()
    ).value


class TestTakePosition:
    @pytest.mark.parametrize("about", ["program", "ai_model", "request", "organization"])
    def test_an_objection_with_legal_force_holds_the_request_back(
        self, authority: Authority, about: str
    ) -> None:
        row = make.assessed()
        scopes = {
            "program": row.tier.program_id,
            "ai_model": row.tier.ai_models.get().id,
            "request": row.id,
            "organization": row.organization_id,
        }
        take(authority, About(**{about: scopes[about]}))
        with pytest.raises(position_weighing.PositionBlocks):
            approve(row)

    def test_an_objection_about_others_does_not(self, authority: Authority) -> None:
        row = make.assessed()
        take(authority, About(program=row.tier.program_id, organization=make.organization().id))
        assert approve(row).status == RequestStatus.APPROVED

    def test_an_objection_without_legal_force_is_shown_and_holds_nothing_back(
        self, authority: Authority
    ) -> None:
        row = make.assessed()
        political = Stated(
            stance=Stance.OBJECTS,
            statement="Officials are said to object.",
            attribution=Attribution.ANONYMOUS_OFFICIALS,
            legal_force=LegalForce.POLITICAL,
        )
        take(authority, About(program=row.tier.program_id), political)
        assert approve(row).status == RequestStatus.APPROVED

    def test_must_be_about_something(self, authority: Authority) -> None:
        with pytest.raises(positions.PositionAboutNothing):
            take(authority, About())

    def test_a_named_speaker_has_a_name(self) -> None:
        with pytest.raises(positions.SpeakerMissing):
            Stated(
                stance=Stance.OBJECTS,
                statement="No.",
                attribution=Attribution.NAMED_SPEAKER,
                legal_force=LegalForce.UNKNOWN,
            )

    def test_belongs_to_the_authority_desk(self, authority: Authority) -> None:
        with pytest.raises(RoleMissing):
            positions.take_position(
                make.by(make.staff(Role.DECIDER)),
                authority=authority.id,
                about=About(program=make.program().id),
                stated=OBJECTS,
            )


class TestSupersede:
    def test_a_position_given_up_holds_nothing_back_and_stays_readable(
        self, authority: Authority
    ) -> None:
        row = make.assessed()
        position = take(authority, About(program=row.tier.program_id))
        before = make.start_of(position.versions.get())
        supports = Stated(
            stance=Stance.NO_OBJECTION,
            statement="The review is done.",
            attribution=Attribution.OFFICIAL_DOCUMENT,
            legal_force=LegalForce.ORDER,
        )
        positions.supersede(
            make.by(make.staff(Role.AUTHORITY_DESK)), position=position.id, stated=supports
        )
        assert position.versions.as_of(before).get().stance == Stance.OBJECTS
        assert approve(row).status == RequestStatus.APPROVED


class TestVisibleTo:
    def test_a_confidential_position_is_for_cleared_roles(self, authority: Authority) -> None:
        positions.take_position(
            make.by(make.staff(Role.AUTHORITY_DESK)),
            authority=authority.id,
            about=About(program=make.program().id),
            stated=OBJECTS,
            marking=Marking.CONFIDENTIAL,
        )
        seen = Position.objects.visible_to
        assert not seen(make.staff(Role.DECIDER)).exists()
        assert seen(make.staff(Role.CLEARED)).exists()
        assert not seen(make.client(make.organization())).exists()
