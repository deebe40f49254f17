"""Holiday tables on the staff's pages."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.admin.desk import DeskAdmin, Step, StepForm, holds
from registry.admin.editions import (
    StateFilter,
    choose_from,
    enact_chosen,
    list_editions,
    list_record,
    may_enact,
    state_of,
)
from registry.admin.sections import Section
from registry.calendars import Calendar
from registry.choices import Role
from registry.commands import Command
from registry.models import HolidayTable
from registry.operations import holiday_tables
from registry.queries.rules import newer_in_force

_PROPOSED = HolidayTable.objects.filter(
    ~newer_in_force(HolidayTable, "calendar", "year"), enacted_at__isnull=True
).order_by("calendar", "year", "number")


class TableForm(StepForm):
    calendar = forms.ChoiceField(
        choices=Calendar.choices,
        help_text=gettext_lazy(
            "Those of the United States are computed and need no table; one that is in force goes before."
        ),
    )
    year = forms.IntegerField(min_value=1970, max_value=2200)
    days = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 20, "class": "desk-code"}),
        max_length=10_000,
        help_text=gettext_lazy(
            "Every day off of the year, one a line, such as 2027-01-01. Saturdays and Sundays need no mention."
        ),
    )
    citation = forms.CharField(
        max_length=300, help_text=gettext_lazy("Where the list was published.")
    )

    def clean_days(self) -> list[dt.date]:
        days = []
        for line in self.cleaned_data["days"].split():
            try:
                days.append(dt.date.fromisoformat(line))
            except ValueError as wrong:
                raise forms.ValidationError(_("“%(line)s” is no day.") % {"line": line}) from wrong
        return days


def _propose(command: Command, _row: HolidayTable | None, said: dict[str, Any]) -> str:
    row = holiday_tables.propose(
        command, **(said | {"calendar": Calendar(said["calendar"])})
    ).value
    return _("%(edition)s is proposed. Another administrator puts it in force.") % {"edition": row}


def _begin_with(row: HolidayTable) -> dict[str, Any]:
    return {
        "calendar": row.calendar,
        "year": row.year,
        "days": "\n".join(day.isoformat() for day in row.days),
        "citation": row.citation,
    }


@admin.register(HolidayTable)
class HolidayTableAdmin(DeskAdmin):
    list_display = ("calendar_name", "year", "number", "days_off", "citation", "state")
    list_filter = (StateFilter, "calendar", "year")
    search_fields = ("calendar", "citation")
    ordering = ("calendar", "-year", "-number")
    fields = (
        *("calendar_name", "year", "number", "state", "citation"),
        *("proposed_by", "proposed_at", "enacted_by", "enacted_at"),
    )
    readonly_fields = ("calendar_name", "state")
    list_steps = {
        "propose": Step(
            gettext_lazy("Propose a table"),
            _propose,
            TableForm,
            holds(Role.ADMINISTRATOR),
            hint=gettext_lazy(
                "Another administrator puts it in force. A year without a table is never a year without "
                "holidays: what needs it stays unsaid."
            ),
        ),
        "enact": Step(
            gettext_lazy("Put several in force"),
            enact_chosen(
                lambda command, rows: holiday_tables.enact_each(command, tables=rows),
                _PROPOSED,
            ),
            choose_from(_PROPOSED),
            holds(Role.ADMINISTRATOR),
            hint=gettext_lazy(
                "Each on its own: one that is refused holds up no other. What you proposed yourself is refused."
            ),
        ),
    }
    steps = {
        "enact": Step(
            gettext_lazy("Put in force"),
            lambda command, row, _said: holiday_tables.enact(command, table=row.id),
            may=may_enact,
        ),
        "propose": Step(
            gettext_lazy("Propose the next edition"),
            _propose,
            TableForm,
            holds(Role.ADMINISTRATOR),
            initial=_begin_with,
        ),
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[HolidayTable]:
        overtaken = newer_in_force(HolidayTable, "calendar", "year")
        rows: QuerySet[HolidayTable] = super().get_queryset(request)
        return rows.annotate(overtaken=overtaken)

    @admin.display(description=gettext_lazy("calendar"), ordering="calendar")
    def calendar_name(self, row: HolidayTable) -> str:
        return str(Calendar(row.calendar).label)

    @admin.display(description=gettext_lazy("days off"))
    def days_off(self, row: HolidayTable) -> int:
        return len(row.days)

    @admin.display(description=gettext_lazy("state"))
    def state(self, row: Any) -> str:
        return state_of(row)

    def list_sections(self, request: HttpRequest, row: HolidayTable) -> list[Section]:
        same = HolidayTable.objects.filter(calendar=row.calendar, year=row.year)
        before = (
            same.filter(number__lt=row.number, enacted_at__isnull=False)
            .order_by("-number")
            .first()
        )
        return [
            Section(
                _("Days off"),
                (_("Day"), _("Weekday")),
                [(day, date_format(day, "l")) for day in row.days],
            ),
            *([] if before is None else [_list_changes(before, row)]),
            list_editions(
                same.annotate(overtaken=newer_in_force(HolidayTable, "calendar", "year"))
            ),
            list_record(row),
        ]


def _list_changes(before: HolidayTable, row: HolidayTable) -> Section:
    """Which days came and which went since the edition that was in force before."""
    old, new = set(before.days), set(row.days)
    return Section(
        _("What changed since edition %(number)d") % {"number": before.number},
        (_("Day"), _("Change")),
        [(day, _("added") if day in new else _("taken out")) for day in sorted(old ^ new)],
        empty=_("No day."),
    )
