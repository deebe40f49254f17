"""What the worker does for the registry. Each task is a loop over what waits: a second run finds nothing."""

import logging

from celery import shared_task

from registry.operations import ledger

log = logging.getLogger(__name__)


@shared_task(name="registry.sequence")
def sequence() -> None:
    """Give waiting events their positions."""
    if sequenced := ledger.sequence_all():
        log.info("gave %d events their positions", sequenced)


@shared_task(name="registry.write_checkpoint")
def write_checkpoint() -> None:
    """Sign the ledger as it stands."""
    ledger.write_checkpoint()
