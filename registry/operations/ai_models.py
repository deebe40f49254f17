"""AI models, how far they are open, and their released versions."""

import datetime as dt
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from registry import audit
from registry.choices import ModelStage, Role
from registry.commands import Command, command, lock, read_clock, touch
from registry.constraints import violation_means
from registry.errors import Conflict, Forbidden, WorldsApart
from registry.events import Event
from registry.models import AIModel, AIModelVersion, ModelRelease, Organization
from registry.operations.identifiers import _identify
from registry.policies import check_role
from registry.versions import change_from, open_version, span


class ModelKnown(Conflict):
    code = "model_known"
    text = _("There is a model “%(slug)s” already.")


class ReleaseKnown(Conflict):
    code = "model_version_known"
    text = _("There is a model version “%(slug)s” already.")


class ModelGone(Conflict):
    code = "model_withdrawn"
    text = _("The model has been withdrawn, for good.")


class StageByRestrictor(Forbidden):
    """A withdrawal stops everyone: it belongs to those who may stop."""

    code = "withdrawal_needs_restrictor"
    text = _("Use “withdraw” to withdraw a model.")


@command
def register(
    command: Command,
    *,
    slug: str,
    name: str,
    developer: UUID,
    stage: ModelStage,
    since: dt.datetime | None = None,
    identifiers: tuple[str, ...] = (),
    synthetic: bool = False,
) -> AIModel:
    """A new model at its first stage, from `since` on (always, where not said).

    Raises RoleMissing, NotFound, WorldsApart, ModelKnown, IdentifierUnreadable.
    """
    check_role(command.by, Role.INTAKE)
    organization = lock(
        Organization.objects.visible_to(command.by), developer, command, what="organization"
    )
    if organization.synthetic != synthetic:
        raise WorldsApart
    clock = read_clock(command)
    row = AIModel(
        slug=slug, name=name, developer=organization, synthetic=synthetic, changed_at=clock.at
    )
    with violation_means("registry_aimodel_slug_key", ModelKnown(slug=slug)):
        row.save(force_insert=True)
    version = AIModelVersion(ai_model=row, name=name, stage=stage, valid=span(since))
    open_version(version, recorded=clock.recorded)
    audit.record(
        Event.AI_MODEL_REGISTERED, row, command, occurred_at=clock.at, slug=slug, stage=stage
    )
    for identifier in identifiers:
        _identify(command, row, identifier, clock=clock, since=since)
    return row


@command
def change_stage(command: Command, *, ai_model: UUID, stage: ModelStage) -> AIModel:
    """From now on the model is at another stage.

    Raises RoleMissing, NotFound, Stale, ModelGone, StageByRestrictor.
    """
    check_role(command.by, Role.INTAKE)
    if stage is ModelStage.WITHDRAWN:
        raise StageByRestrictor
    return _change_stage(command, ai_model, stage=stage, event=Event.AI_MODEL_CHANGED)


@command
def withdraw(command: Command, *, ai_model: UUID) -> AIModel:
    """Refuse every question about the model from this commit on, for good.

    Raises RoleMissing, NotFound, Stale, ModelGone.
    """
    check_role(command.by, Role.RESTRICTOR)
    return _change_stage(
        command, ai_model, stage=ModelStage.WITHDRAWN, event=Event.AI_MODEL_WITHDRAWN
    )


@command
def register_release(
    command: Command,
    *,
    ai_model: UUID,
    slug: str,
    label: str,
    released_at: dt.datetime,
    identifiers: tuple[str, ...] = (),
) -> ModelRelease:
    """A released version of a model. Raises RoleMissing, NotFound, ReleaseKnown, IdentifierUnreadable."""
    check_role(command.by, Role.INTAKE)
    model = lock(AIModel.objects.all(), ai_model, command, what="model")
    clock = read_clock(command, model)
    row = ModelRelease(
        ai_model=model, slug=slug, label=label, released_at=released_at, changed_at=clock.at
    )
    with violation_means("registry_modelrelease_slug_key", ReleaseKnown(slug=slug)):
        row.save(force_insert=True)
    for identifier in identifiers:
        _identify(command, row, identifier, clock=clock, since=released_at)
    audit.record(
        Event.RELEASE_REGISTERED,
        row,
        command,
        occurred_at=clock.at,
        slug=slug,
        ai_model=model.id,
        released_at=released_at,
    )
    return row


def _change_stage(command: Command, ai_model: UUID, *, stage: ModelStage, event: Event) -> AIModel:
    row = lock(AIModel.objects.all(), ai_model, command, what="model")
    clock = read_clock(command, row)
    current = row.versions.current().get(valid__upper_inf=True)
    if current.stage == ModelStage.WITHDRAWN:
        raise ModelGone
    change_from(current, at=clock.end, recorded=clock.recorded, stage=stage)
    touch(row, clock)
    audit.record(event, row, command, occurred_at=clock.recorded, stage=stage)
    return row
