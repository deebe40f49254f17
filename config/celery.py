"""The worker's and the beat's application.

Beat only knocks: what is due, the tasks read from the database. A commit knocks too, so that a mail does
not wait for the next beat; a knock that is lost costs seconds, never a mail.
"""

import os
import time

from celery import Celery
from kombu.pools import producers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("concordat")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "sequence": {"task": "registry.sequence", "schedule": 3.0, "options": {"expires": 3}},
    "fan out": {"task": "notifications.fan_out", "schedule": 3.0, "options": {"expires": 3}},
    "duties": {"task": "notifications.follow_duties", "schedule": 3.0, "options": {"expires": 3}},
    "deliver": {"task": "notifications.deliver_due", "schedule": 3.0, "options": {"expires": 3}},
    "waits": {"task": "access.end_waits", "schedule": 30.0, "options": {"expires": 30}},
    "expire": {"task": "access.expire_due", "schedule": 30.0, "options": {"expires": 30}},
    "announce": {
        "task": "notifications.announce_due",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "coverage": {
        "task": "notifications.watch_coverage",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "sweep files": {
        "task": "notifications.sweep_files",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "purge answers": {
        "task": "access.purge_answers",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "stages": {"task": "access.follow_stages", "schedule": 60.0, "options": {"expires": 60}},
    "reconsiderations": {
        "task": "access.tell_overdue_reconsiderations",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "consultations": {
        "task": "access.tell_overdue_consultations",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "word": {"task": "access.word_neutrally", "schedule": 15.0, "options": {"expires": 15}},
    "alarm": {"task": "access.raise_alarms", "schedule": 15.0, "options": {"expires": 15}},
    "campaigns": {
        "task": "access.go_on_with_campaigns",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "scan": {"task": "access.scan_attachments", "schedule": 15.0, "options": {"expires": 15}},
    "scan evidence": {
        "task": "registry.scan_evidence",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    "expansions": {
        "task": "access.go_on_with_expansions",
        "schedule": 3.0,
        "options": {"expires": 3},
    },
    "projections": {
        "task": "access.write_projections",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    "screening": {
        "task": "registry.go_on_with_screening",
        "schedule": 3.0,
        "options": {"expires": 3},
    },
    "notices": {"task": "access.give_notices", "schedule": 300.0, "options": {"expires": 300}},
    "checkpoint": {
        "task": "registry.write_checkpoint",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
}
_KNOCK_SECONDS = 30
_QUIET_SECONDS = 0.5
_next_knock = [0.0]
"""When, on this process's own clock, the next knock may come; a list, so that it can be changed."""
_PATIENCE_SECONDS = 1
_ONE_TRY = {
    "max_retries": 0,
    "socket_connect_timeout": _PATIENCE_SECONDS,
    "socket_timeout": _PATIENCE_SECONDS,
}


def knock() -> None:
    """Ask the worker to sequence, assess, fan out and deliver now. Tries once, for a moment: beat asks again anyway.

    Has connections of its own: Celery's wait for a broker that is away, and whoever knocks would with them.
    The first commit of a burst knocks at once, and once more for all that follow within half a second.
    """
    moment = time.monotonic()
    if moment < _next_knock[0] - _QUIET_SECONDS:
        return  # a knock that comes after this commit is on its way
    delay = max(0.0, _next_knock[0] - moment)
    _next_knock[0] = moment + delay + _QUIET_SECONDS
    sequence, follow, fan_out, deliver = (
        app.signature(task, immutable=True)
        for task in (
            *("registry.sequence", "notifications.follow_duties"),
            *("notifications.fan_out", "notifications.deliver_due"),
        )
    )
    fan_out.link(deliver)
    sequence.link(fan_out)
    sequence.link(follow)
    door = producers[app.connection_for_write(transport_options=_ONE_TRY)]
    with door.acquire(block=True, timeout=_PATIENCE_SECONDS) as producer:
        sequence.apply_async(
            producer=producer, retry=False, countdown=delay, expires=_KNOCK_SECONDS
        )
