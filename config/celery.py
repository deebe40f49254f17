"""The worker's and the beat's application.

Beat only knocks: what is due, the tasks read from the database. A commit knocks too, so that a mail does
not wait for the next beat; a knock that is lost costs seconds, never a mail.
"""

import os

from celery import Celery, chain

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("concordat")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "sequence": {"task": "registry.sequence", "schedule": 3.0, "options": {"expires": 3}},
    "fan out": {"task": "notifications.fan_out", "schedule": 3.0, "options": {"expires": 3}},
    "deliver": {"task": "notifications.deliver_due", "schedule": 3.0, "options": {"expires": 3}},
    "expire": {"task": "access.expire_due", "schedule": 30.0, "options": {"expires": 30}},
    "checkpoint": {
        "task": "registry.write_checkpoint",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
}
_KNOCK_SECONDS = 30


def knock() -> None:
    """Ask the worker to sequence, fan out and deliver now. Does not retry: beat asks again anyway."""
    tasks = ("registry.sequence", "notifications.fan_out", "notifications.deliver_due")
    steps = chain(*(app.signature(task, immutable=True) for task in tasks))
    steps.apply_async(retry=False, expires=_KNOCK_SECONDS)
