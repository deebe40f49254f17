"""To whom a name or a document was given: the disclosure log by organization, authority or checksum, and its export."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from access.models import Disclosure
from access.queries.disclosures import Wanted, list_disclosures
from registry.admin.desk import actor_of
from registry.admin.files import answer_file
from registry.choices import Role
from registry.models import Authority, Organization

PAGE = 50
_EXPORTED_AT_ONCE = 500
_HEAD = (
    *("given_at", "precision", "authority", "kind", "organization_or_title", "sha256", "basis"),
    *("citation", "given_by", "handed_over_by", "marking", "origin", "sources", "entry"),
    "recorded_at",
)


class DisclosedForm(forms.Form):
    """Whose name, to whom, which document, on which day and as known on which. Empty: any, and now."""

    organization = forms.ModelChoiceField(
        Organization.objects.order_by("slug"), to_field_name="slug", required=False
    )
    authority = forms.ModelChoiceField(
        Authority.objects.select_related("organization").order_by("organization__name"),
        required=False,
    )
    sha256 = forms.CharField(max_length=64, required=False, label="SHA-256")
    day = forms.DateField(
        required=False,
        label=gettext_lazy("given by"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    known_on = forms.DateField(
        required=False,
        label=gettext_lazy("as known on"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["authority"].label_from_instance = (  # type: ignore[attr-defined]
            lambda row: row.organization.name
        )

    def wanted(self) -> Wanted:
        """What was asked for; what cannot be read asks for nothing."""
        if not (self.is_bound and self.is_valid()):
            return Wanted()
        said = self.cleaned_data
        return Wanted(
            organization=None if said["organization"] is None else said["organization"].id,
            authority=None if said["authority"] is None else said["authority"].id,
            sha256=said["sha256"].strip().lower(),
            as_of=_end_of(said["day"]),
            known_at=_end_of(said["known_on"]),
        )


@require_safe
def show_disclosed(request: HttpRequest) -> HttpResponse:
    """Fifty entries a page, the latest first; `?format=csv` gives all of them as a file."""
    actor = actor_of(request)
    if not actor.has(*Role):
        raise PermissionDenied
    form = DisclosedForm(request.GET or None)
    rows = list_disclosures(actor, form.wanted())
    if request.GET.get("format") == "csv":
        name = f"disclosures-{now():%Y-%m-%d}.csv"
        return answer_file(name, _HEAD, _lines(rows.iterator(chunk_size=_EXPORTED_AT_ONCE)))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        **admin.site.each_context(request),
        "title": _("To whom names and documents were given"),
        "form": form,
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "query": query.urlencode(),
        "sees_all": actor.has(Role.CLEARED, Role.AUTHORITY_DESK),
    }
    return TemplateResponse(request, "desk/disclosed.html", context)


def _end_of(day: dt.date | None) -> dt.datetime | None:
    """The last moment of the day, UTC; never later than now."""
    if day is None:
        return None
    return min(dt.datetime.combine(day, dt.time.max, tzinfo=dt.UTC), now())


def _lines(rows: Iterator[Disclosure]) -> Iterator[list[Any]]:
    """One line for each name and each document; one for an entry that has neither."""
    for row in rows:
        names = [("name", one.organization.slug, "") for one in row.names.all()]
        papers = [("document", one.title, one.sha256) for one in row.documents.all()]
        for what in [*names, *papers] or [("not told", row.words, "")]:
            yield [*_begin(row), *what, *_end(row)]


def _begin(row: Disclosure) -> list[Any]:
    return [row.given_at.isoformat(), row.precision, row.authority.organization.slug]


def _end(row: Disclosure) -> list[Any]:
    cited = [] if row.fact is None else row.fact.citations.all()
    return [
        row.basis,
        row.citation,
        "" if row.given_by is None else row.given_by.slug,
        row.handed_over_by,
        row.marking,
        row.origin,
        "; ".join(f"{one.source.publisher} ({one.grade})" for one in cited),
        row.id,
        row.recorded_at.isoformat(),
    ]
