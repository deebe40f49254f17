"""Version rows: what held, and when the registry knew it so.

`valid` is when it holds; `recorded` is when the registry knew. A change closes `recorded` and inserts;
nothing else on a row is ever updated, and the database sees to it. Current means `upper_inf(recorded)`.
So the past that was and the past as it was known are one query with two moments.
"""

import datetime as dt
from typing import Self, TypeVar

import pgtrigger
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import Q

V = TypeVar("V", bound="VersionRow")


class VersionQuerySet(models.QuerySet[V]):
    def current(self) -> Self:
        """What the registry knows now."""
        return self.filter(recorded__upper_inf=True)

    def as_of(self, at: dt.datetime, known_at: dt.datetime | None = None) -> Self:
        """What held at `at`, as known now or as it was known at `known_at`."""
        holding = self.filter(valid__contains=at)
        return (
            holding.current() if known_at is None else holding.filter(recorded__contains=known_at)
        )


class VersionRow(models.Model):
    """One version. `recorded` begins within the transaction that inserts it: it cannot be forged."""

    valid = DateTimeRangeField()
    recorded = DateTimeRangeField()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_valid_runs_forward",
                condition=Q(valid__isempty=False),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="recorded_is_the_clock",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func=pgtrigger.Func(
                    """
                    IF NOT upper_inf(NEW.recorded) OR lower(NEW.recorded) IS NULL
                       OR lower(NEW.recorded) < transaction_timestamp()
                       OR lower(NEW.recorded) > clock_timestamp() THEN
                        RAISE EXCEPTION 'recorded must begin now, by the database clock: %', NEW.recorded;
                    END IF;
                    RETURN NEW;
                    """
                ),
            ),
            pgtrigger.Trigger(
                name="versions_only_close",
                operation=pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func=pgtrigger.Func(
                    """
                    IF TG_OP = 'DELETE' THEN
                        RAISE EXCEPTION 'a version is never deleted';
                    END IF;
                    IF to_jsonb(NEW) - 'recorded' <> to_jsonb(OLD) - 'recorded'
                       OR NOT upper_inf(OLD.recorded) OR upper_inf(NEW.recorded)
                       OR NEW.recorded <> tstzrange(lower(OLD.recorded), upper(NEW.recorded))
                       OR upper(NEW.recorded) < transaction_timestamp()
                       OR upper(NEW.recorded) > clock_timestamp() THEN
                        RAISE EXCEPTION 'a version can only be closed, once, by the database clock';
                    END IF;
                    RETURN NEW;
                    """
                ),
            ),
        ]
