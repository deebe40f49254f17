"""What the worker does for the registry. Each task is a loop over what waits: a second run finds nothing."""

import logging
import uuid
from contextlib import suppress

from celery import shared_task
from django.utils.timezone import now

from registry.actors import SYSTEM, Command
from registry.operations import evidence, ledger, screening_runs
from registry.operations.stored_files import ScanSettled, scan
from registry.queries.evidence import list_unscanned
from registry.queries.screening import is_work_waiting

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


@shared_task(name="registry.scan_evidence")
def scan_evidence() -> None:
    """Ask the scanner about documents that wait for it. One that it cannot tell of waits on."""
    for file in list_unscanned():
        clean = scan(file)
        if clean is None:
            continue
        command = Command(by=SYSTEM, at=now(), request_id=f"scan-{uuid.uuid4().hex}")
        with suppress(ScanSettled):  # another worker was quicker
            evidence.settle_scan(command, file=file.id, clean=clean)


@shared_task(name="registry.go_on_with_screening")
def go_on_with_screening() -> None:
    """Take snapshots into use, and screen whoever must be screened anew, until nobody is left."""
    for synthetic in (False, True):
        with suppress(screening_runs.NothingToScreen):  # another worker was quicker
            while is_work_waiting(synthetic=synthetic):
                command = Command(by=SYSTEM, at=now(), request_id=f"screening-{uuid.uuid4().hex}")
                screening_runs.go_on(command, synthetic=synthetic)
