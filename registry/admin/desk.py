"""What every page of the staff's web UI has in common: it reads, and its buttons call operations.

Nothing is edited in place. A step is a button that the policy lets this person see; behind it is a form,
and behind the form an operation, outside of any transaction of the admin's own.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from registry.actors import Actor
from registry.admin.imports import Importer, take_import
from registry.admin.reauthentication import check_password
from registry.admin.sections import Section, Titled, is_synthetic, name_people
from registry.choices import Role
from registry.commands import Command
from registry.errors import DomainError
from registry.queries.people import is_key, name_actors

_NAMELESS = "desk"


class StepForm(forms.Form):
    """What a step needs to be told. `version` is what the person has looked at."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **more})


@dataclass(frozen=True, slots=True)
class Step:
    """A button. `run` gets the command, the object (None on a list) and the form's cleaned data.

    What `run` gives is told where it is a text, and sent where it is an answer of its own, such as a file.
    A step that needs more than one form has a page of its own, of the address named `page`, and no `run`.
    `initial` is what the form of a step on this object begins with.
    """

    label: str | Promise
    run: Callable[[Command, Any, dict[str, Any]], object] | None = None
    form: type[StepForm] = StepForm
    may: Callable[[Actor, Any], bool] = lambda _actor, _row: True
    done: str | Promise = "Done."
    hint: str | Promise = ""
    danger: bool = False
    reauthenticates: bool = False
    """Whether the password is asked for once more, before an act that must be meant."""
    form_for: Callable[[Any], type[StepForm]] | None = None
    """Makes the form's class, where that depends on the row."""
    form_by: Callable[[Actor, Any], type[StepForm]] | None = None
    """The same, where it depends on who fills it in too."""
    initial: Callable[[Any], Mapping[str, Any]] = lambda _row: {}
    page: str = ""
    deletes: bool = False
    """Whether the row is gone afterwards: then one goes on at the list."""

    def make_form(self, actor: Actor, row: Any) -> type[StepForm]:
        """The form's class for this person and this row."""
        if self.form_by is not None:
            return self.form_by(actor, row)
        return self.form if self.form_for is None else self.form_for(row)

    def find_address(self, otherwise: str, *arguments: object) -> str:
        """Where its button leads: to its own page, or `otherwise`."""
        return reverse(self.page, args=arguments) if self.page else otherwise


def actor_of(request: HttpRequest) -> Actor:
    """The member of staff who looks, with the roles held now; read once a request."""
    known: Actor | None = getattr(request, "_actor", None)
    if known is None:
        known = request.user.as_actor()  # type: ignore[union-attr]  # staff only, by admin_view
        request._actor = known  # type: ignore[attr-defined]  # noqa: SLF001 - a request's own cache
    return known


def command_of(request: HttpRequest, *, expected_version: int | None = None) -> Command:
    """The circumstances of an act on a page: this person, now."""
    return Command(
        by=actor_of(request),
        at=now(),
        request_id=getattr(request, "request_id", None) or f"{_NAMELESS}-{uuid.uuid4().hex}",
        expected_version=expected_version,
    )


class DeskAdmin(ModelAdmin):  # type: ignore[misc]  # ships no types
    """Base of every admin page: default deny, read-only, steps and sections."""

    readers: ClassVar[tuple[Role, ...]] = tuple(Role)
    """Who may open the page: whoever holds one of these roles. Nobody holds none."""
    plural: ClassVar[str] = ""
    """What a list of them is headed, where the model's name does not form its plural by itself."""
    steps: ClassVar[Mapping[str, Step]] = {}
    list_steps: ClassVar[Mapping[str, Step]] = {}
    change_form_outer_before_template = "desk/steps.html"
    change_form_outer_after_template = "desk/sections.html"
    list_before_template = "desk/list_steps.html"
    importer: ClassVar[Importer | None] = None
    import_role: ClassVar[Role] = Role.INTAKE
    actions = None
    list_per_page = 50
    show_full_result_count = False

    def __init__(self, model: type[Model], site: admin.AdminSite) -> None:
        super().__init__(model, site)
        if self.plural:  # breadcrumbs and counts take it from here; a migration would say nothing
            self.opts.verbose_name_plural = self.plural

    @admin.display(description=_("world"), ordering="synthetic")
    def world(self, row: Any) -> str:
        """Which of the two worlds a row belongs to, in words."""
        return str(_("synthetic") if row.synthetic else _("real"))

    @admin.display(description=_("name known to"), ordering="undisclosed")
    def disclosure(self, row: Any) -> str:
        """Who may read the name."""
        return str(_("cleared roles") if row.undisclosed else _("everyone"))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.is_authenticated and actor_of(request).has(*self.readers)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def list_sections(self, request: HttpRequest, row: Any) -> list[Section]:
        """The tables below the fields."""
        return []

    def title(self, row: Any) -> str:
        """What the page is called."""
        return str(row)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        """The row; where it is only shown, with names for the keys of people, and what it points to titled."""
        row = super().get_object(request, object_id, from_field)
        if row is not None and getattr(request, "_shown", False):
            _name_people_in([row])
            self._title_related(row)
        return row

    def _title_related(self, row: Any) -> None:
        """Show what the row points to as its own page is called: a `str` never queries, and so shows ids."""
        for field in row._meta.concrete_fields:
            model = field.related_model
            if field.name not in (self.fields or ()) or not self.admin_site.is_registered(model):
                continue
            page, related = self.admin_site.get_model_admin(model), getattr(row, field.name)
            if isinstance(page, DeskAdmin) and related is not None:
                field.set_cached_value(row, Titled(related, page.title(related)))

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        view = self.admin_site.admin_view
        return [
            path("import/", view(self.take_import), name=f"{name}_import"),
            path("steps/<slug:step>/", view(self.take_list_step), name=f"{name}_list_step"),
            path("<path:object_id>/steps/<slug:step>/", view(self.take_step), name=f"{name}_step"),
            *super().get_urls(),
        ]

    def changeform_view(  # noqa: PLR0917 - Django's signature
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        row = None if object_id is None else self.get_object(request, object_id)
        more: dict[str, Any] = {}
        request._shown = True  # type: ignore[attr-defined]  # noqa: SLF001 - see get_object
        if row is not None and self.has_view_permission(request, row):
            actor = actor_of(request)
            more = {
                "open_steps": [
                    (
                        name,
                        step,
                        step.find_address(self._address("step", object_id, name), object_id),
                    )
                    for name, step in self.steps.items()
                    if step.may(actor, row)
                ],
                "sections": name_people(self.list_sections(request, row)),
                "synthetic": is_synthetic(row),
                "original": Titled(row, self.title(row)),
                "subtitle": self.title(row),
            }
        return super().changeform_view(
            request, object_id, form_url, {**(extra_context or {}), **more}
        )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        more: dict[str, Any] = {
            "title": capfirst(self.plural or self.model._meta.verbose_name_plural)
        }
        if self.has_view_permission(request):
            actor = actor_of(request)
            more["open_steps"] = [
                (name, step, step.find_address(self._address("list_step", name)))
                for name, step in self.list_steps.items()
                if step.may(actor, None)
            ]
            if self.importer is not None and actor.has(self.import_role):
                more["importer"] = (self.importer.label, self._address("import"))
        response = super().changelist_view(request, {**(extra_context or {}), **more})
        changelist = (getattr(response, "context_data", None) or {}).get("cl")
        if changelist is not None:
            changelist.result_list = list(changelist.result_list)
            _name_people_in(changelist.result_list)
        return response

    def take_step(self, request: HttpRequest, object_id: str, step: str) -> HttpResponse:
        """The form of one step on one row; on POST, the step."""
        row = self.get_object(request, object_id)
        if row is None or not self.has_view_permission(request, row):
            raise Http404
        back = self._address("change", object_id)
        return self._take(request, self.steps.get(step), row, back=back)

    def take_list_step(self, request: HttpRequest, step: str) -> HttpResponse:
        """The form of one step that begins something new; on POST, the step."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        back = self._address("changelist")
        return self._take(request, self.list_steps.get(step), None, back=back)

    def take_import(self, request: HttpRequest) -> HttpResponse:
        """Take a CSV file in, after a look at what it would do."""
        if self.importer is None:
            raise Http404
        if not actor_of(request).has(self.import_role):
            raise PermissionDenied
        return take_import(
            request,
            self.importer,
            actor=actor_of(request),
            command=command_of(request),
            context={**self.admin_site.each_context(request), "opts": self.opts},
            back=self._address("changelist"),
        )

    def _take(
        self, request: HttpRequest, step: Step | None, row: Any, *, back: str
    ) -> HttpResponse:
        if step is None or step.run is None:
            raise Http404
        if not step.may(actor_of(request), row):
            messages.error(request, _("This step is not open to you, or not any more."))
            return HttpResponseRedirect(back)
        initial = {**step.initial(row), "version": getattr(row, "version", None)}
        form_class = step.make_form(actor_of(request), row)
        if step.reauthenticates:
            form_class = type("MeantForm", (form_class,), {"password": _make_password_field()})
        form = form_class(request.POST or None, request.FILES or None, initial=initial)
        if request.method == "POST" and form.is_valid():
            said = dict(form.cleaned_data)
            command = command_of(request, expected_version=said.pop("version", None))
            try:
                if step.reauthenticates:
                    check_password(request, said.pop("password"))
                told = step.run(command, row, said)
            except DomainError as refusal:
                form.add_error(None, str(refusal))
            else:
                onward = self._onward(step, row, told) or back
                return _conclude(request, told, otherwise=step.done, back=onward)
        context = {
            **self.admin_site.each_context(request),
            "title": step.label if row is None else f"{step.label}: {self.title(row)}",
            "opts": self.opts,
            "step": step,
            "form": form,
            "back": back,
        }
        status = 409 if form.is_bound and not form.is_valid() else 200
        return TemplateResponse(request, "desk/step.html", context, status=status)

    def _onward(self, step: Step, row: Any, told: object) -> str:
        """The page of what a step on a list has just made, the list where it deleted; else nothing."""
        made = getattr(told, "value", None)
        if step.deletes:
            return self._address("changelist")
        if row is None and isinstance(made, self.model):
            return self._address("change", made.pk)
        return ""

    def _address(self, what: str, *arguments: object) -> str:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_{what}"
        return reverse(name, args=arguments)


def holds(*roles: Role) -> Callable[[Actor, Any], bool]:
    """For a step's `may`: the actor holds one of the roles."""
    return lambda actor, _row: actor.has(*roles)


def _conclude(
    request: HttpRequest, told: object, *, otherwise: str | Promise, back: str
) -> HttpResponse:
    """After a step: its own answer, a file for one, or back to the page with a sentence."""
    if isinstance(told, HttpResponse):
        return told
    messages.success(request, told if isinstance(told, str) else str(otherwise))
    return HttpResponseRedirect(back)


def _name_people_in(rows: Sequence[Model]) -> None:
    """Put the names of people and programs in the place of their keys, on rows that are only shown."""
    keys = [
        (row, field.attname, getattr(row, field.attname))
        for row in rows
        for field in row._meta.concrete_fields
        if is_key(row.__dict__.get(field.attname))
    ]
    names = name_actors({key for _row, _attribute, key in keys}) if keys else {}
    for row, attribute, key in keys:
        setattr(row, attribute, names.get(key, key))


def _make_password_field() -> forms.CharField:
    return forms.CharField(
        label=_("Your password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text=_("Once more, so that an open screen is not enough."),
    )
