"""Opens and closes the stages of a request, in the transaction of the act that does so. Of locked rows."""

from access.choices import RequestStatus, StageEnd, StageState
from access.models import AccessRequest, StageRun
from access.queries.stages import find_progress
from access.stages.progress import StageProgress
from access.workflow import CLOSED
from registry.commands import Clock, touch


def _follow_stages(row: AccessRequest, clock: Clock) -> bool:
    """Write down which stages are open now; whether anything changed. The request is locked."""
    if row.review_policy is None:
        return False
    running = {run.stage: run for run in row.stage_runs.filter(closed_at__isnull=True)}
    changed = False
    for said in find_progress(row, at=clock.recorded, with_people=False):
        run = running.get(said.stage.key)
        if said.under_way and run is None:
            StageRun.objects.create(
                request=row, stage=said.stage.key, opened_at=clock.at, changed_at=clock.at
            )
            changed = True
        elif not said.under_way and run is not None:
            run.closed_at, run.closed_as = clock.at, _end_of(row, said)
            touch(run, clock, "closed_at", "closed_as")
            changed = True
    return changed


def _end_of(row: AccessRequest, said: StageProgress) -> StageEnd:
    if said.state is StageState.COMPLETE:
        return StageEnd.COMPLETE
    return StageEnd.CLOSED if RequestStatus(row.status) in CLOSED else StageEnd.REOPENED
