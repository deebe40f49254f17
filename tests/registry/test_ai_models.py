import datetime as dt

import pytest

from registry.choices import ModelStage, Role
from registry.errors import NotFound
from registry.models import AIModel, AuditEvent, ModelRelease
from registry.operations import ai_models
from registry.operations.identifiers import IdentifierUnreadable
from registry.policies import RoleMissing
from tests import make

pytestmark = pytest.mark.django_db

SINCE = dt.datetime(2026, 4, 7, tzinfo=dt.UTC)


def register(slug: str = "large", role: Role = Role.INTAKE, **more: object) -> AIModel:
    said = {
        "name": "Large",
        "developer": make.organization().id,
        "stage": ModelStage.ANNOUNCED,
    } | more
    return ai_models.register(
        make.by(make.staff(role)),
        slug=slug,
        **said,  # type: ignore[arg-type]
    ).value


def release(of: AIModel, slug: str = "large-1", **more: object) -> ModelRelease:
    said = {"label": "1", "released_at": SINCE} | more
    return ai_models.register_release(
        make.by(make.staff(Role.INTAKE)),
        ai_model=of.id,
        slug=slug,
        **said,  # type: ignore[arg-type]
    ).value


def change_stage(row: AIModel, stage: ModelStage, role: Role = Role.INTAKE) -> AIModel:
    return ai_models.change_stage(make.by(make.staff(role)), ai_model=row.id, stage=stage).value


def withdraw(row: AIModel, role: Role = Role.RESTRICTOR) -> AIModel:
    return ai_models.withdraw(make.by(make.staff(role)), ai_model=row.id).value


def stages(row: AIModel) -> list[str]:
    return list(row.versions.current().order_by("valid").values_list("stage", flat=True))


class TestRegister:
    def test_is_at_its_first_stage_since_the_moment_said(self) -> None:
        row = register(since=SINCE, identifiers=("bedrock:large",))
        version = row.versions.get()
        assert (version.name, version.stage, version.valid.lower) == ("Large", "announced", SINCE)
        assert row.identifiers.get().value == "large"

    def test_anyone_may_read_of_it_and_it_concerns_its_developer(self) -> None:
        row = register()
        event = AuditEvent.objects.latest("id")
        assert (event.name, event.visibility) == ("ai_model.registered", "public")
        assert event.organizations == [row.developer_id]

    def test_a_slug_is_used_once(self) -> None:
        register()
        with pytest.raises(ai_models.ModelKnown):
            register()

    def test_refuses_an_identifier_that_cannot_be_read(self) -> None:
        with pytest.raises(IdentifierUnreadable):
            register(identifiers=("large",))
        assert not AIModel.objects.exists()

    def test_refuses_a_developer_that_is_not_there(self) -> None:
        with pytest.raises(NotFound):
            register(developer=make.user().id)

    def test_needs_intake(self) -> None:
        with pytest.raises(RoleMissing):
            register(role=Role.RESTRICTOR)


class TestChangeStage:
    def test_is_at_another_stage_from_now_on(self) -> None:
        row = change_stage(register(since=SINCE), ModelStage.PREVIEW)
        assert stages(row) == ["announced", "preview"]
        assert row.version == 2
        assert row.versions.as_of(SINCE).get().stage == "announced"

    def test_a_withdrawal_is_for_those_who_may_stop(self) -> None:
        row = register()
        with pytest.raises(ai_models.StageByRestrictor):
            change_stage(row, ModelStage.WITHDRAWN)
        assert stages(row) == ["announced"]

    def test_needs_intake(self) -> None:
        row = register()
        with pytest.raises(RoleMissing):
            change_stage(row, ModelStage.GENERAL, Role.RESTRICTOR)


class TestWithdraw:
    def test_is_for_good(self) -> None:
        row = withdraw(register())
        assert stages(row) == ["announced", "withdrawn"]
        with pytest.raises(ai_models.ModelGone):
            change_stage(row, ModelStage.GENERAL)
        with pytest.raises(ai_models.ModelGone):
            withdraw(row)

    def test_needs_a_restrictor(self) -> None:
        row = register()
        with pytest.raises(RoleMissing):
            withdraw(row, Role.INTAKE)


class TestRegisterRelease:
    def test_is_a_version_of_its_model_known_by_its_identifiers_since_its_release(self) -> None:
        row = release(register(), identifiers=("bedrock:large-1",))
        assert (row.ai_model.slug, row.released_at) == ("large", SINCE)
        assert row.identifiers.get().valid.lower == SINCE
        assert AuditEvent.objects.latest("id").name == "model_version.registered"

    def test_a_slug_is_used_once_among_all_models(self) -> None:
        release(register())
        with pytest.raises(ai_models.ReleaseKnown):
            release(register("small"))

    def test_needs_intake(self) -> None:
        row = register()
        with pytest.raises(RoleMissing):
            ai_models.register_release(
                make.by(make.staff(Role.DECIDER)),
                ai_model=row.id,
                slug="large-1",
                label="1",
                released_at=SINCE,
            )
