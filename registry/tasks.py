"""What the worker does for the registry. Each task is a loop over what waits: a second run finds nothing."""

from celery import shared_task

from registry.operations import ledger


@shared_task(name="registry.sequence")
def sequence() -> None:
    """Give waiting events their positions."""
    ledger.sequence_all()


@shared_task(name="registry.write_checkpoint")
def write_checkpoint() -> None:
    """Sign the ledger as it stands."""
    ledger.write_checkpoint()
