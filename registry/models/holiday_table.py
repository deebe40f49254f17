from django.contrib.postgres.fields import ArrayField
from django.db import models

from .enacted import Enacted


class HolidayTable(Enacted):
    """One edition of the public holidays of one calendar and year, with the place they were published.

    In force is the newest enacted edition of a calendar and year. A year without a table is not a year
    without holidays.
    """

    calendar = models.SlugField(max_length=40)
    year = models.PositiveIntegerField()
    days = ArrayField(models.DateField())
    citation = models.CharField(max_length=300)

    class Meta(Enacted.Meta):
        constraints = [
            *Enacted.Meta.constraints,
            models.UniqueConstraint(
                name="holiday_table_number_once", fields=["calendar", "year", "number"]
            ),
            models.CheckConstraint(
                name="holiday_table_names_its_place", condition=~models.Q(citation="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.calendar} {self.year}, edition {self.number}"
