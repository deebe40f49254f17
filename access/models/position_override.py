import uuid

import pgtrigger
from django.db import models

from registry.models import Governed

from .access_request import AccessRequest
from .position import Position, PositionVersion


class PositionOverride(Governed):
    """One person's act against one statement of an authority, for one request, with the reason. Written once.

    `statement` is the version that was overridden: what the authority says later holds anew. The database
    lets nobody override what they asked for or decided; `decision_not_by_who_overrode`, on the decision,
    holds the other order.
    """

    request = models.ForeignKey(AccessRequest, models.PROTECT, related_name="overrides")
    position = models.ForeignKey(Position, models.PROTECT, related_name="overrides")
    statement = models.ForeignKey(PositionVersion, models.PROTECT, related_name="overrides")
    reasons = models.TextField()
    overridden_by = models.CharField(max_length=60)
    overridden_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="override_once_per_person", fields=["request", "statement", "overridden_by"]
            ),
            models.CheckConstraint(
                name="override_has_its_reasons", condition=~models.Q(reasons="")
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="override_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            pgtrigger.Trigger(
                name="override_not_by_who_decides",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func=pgtrigger.Func(
                    """
                    IF EXISTS (
                        SELECT 1 FROM access_accessrequest r
                        WHERE r.id = NEW.request_id
                          AND NEW.overridden_by IN (r.created_by, r.submitted_by)
                    ) OR EXISTS (
                        SELECT 1 FROM access_requestdecision d
                        WHERE d.request_id = NEW.request_id AND d.outcome = 'approved'
                          AND d.decided_by = NEW.overridden_by
                          AND d.number = (SELECT max(l.number) FROM access_requestdecision l
                                          WHERE l.request_id = NEW.request_id)
                    ) THEN
                        RAISE EXCEPTION 'who asked or decided does not override: %', NEW.overridden_by;
                    END IF;
                    RETURN NEW;
                    """
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.overridden_by} overrides {self.position_id} for {self.request_id}"

    def organizations_concerned(self) -> list[uuid.UUID]:
        """Nobody outside reads of positions."""
        return []
