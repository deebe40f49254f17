"""Positions of authorities on the staff's pages."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from access.admin.record import list_record
from access.choices import Action, Attribution, Ground, LegalForce, Marking, Stance
from access.models import Expansion, Position, Program
from access.operations import position_reading, positions
from access.operations.position_papers import Paper
from access.operations.positions import About, Narrowed, Stated
from access.queries.positions import list_of_same_body
from registry.actors import Actor
from registry.admin.desk import DeskAdmin, Step, StepForm, actor_of, holds
from registry.admin.sections import Section, link, rows_of
from registry.choices import OrganizationKind, Role, SourceGrade
from registry.commands import Command
from registry.models import AIModel, Authority, Jurisdiction, Organization, Source, User

_LONG = forms.Textarea(attrs={"rows": 4})


class PositionForm(StepForm):
    authority = forms.ModelChoiceField(Authority.objects.select_related("organization"))
    program = forms.ModelChoiceField(Program.objects.order_by("slug"), required=False)
    ai_model = forms.ModelChoiceField(AIModel.objects.order_by("slug"), required=False)
    organization = forms.ModelChoiceField(Organization.objects.order_by("slug"), required=False)
    expansion = forms.ModelChoiceField(Expansion.objects.order_by("slug"), required=False)
    request = forms.UUIDField(required=False, label="Identifier of an access request")
    jurisdiction = forms.ModelChoiceField(
        Jurisdiction.objects.order_by("slug"),
        required=False,
        help_text="Every organization that it touches, in whichever role.",
    )
    organization_kind = forms.ChoiceField(
        choices=[("", "any"), *OrganizationKind.choices], required=False
    )
    action = forms.ChoiceField(choices=[("", "any"), *Action.choices], required=False)
    stance = forms.ChoiceField(choices=Stance.choices)
    grounds = forms.MultipleChoiceField(
        choices=Ground.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    attribution = forms.ChoiceField(choices=Attribution.choices)
    speaker = forms.CharField(max_length=200, required=False)
    legal_force = forms.ChoiceField(choices=LegalForce.choices)
    statement = forms.CharField(widget=_LONG)
    received_at = forms.SplitDateTimeField(
        required=False,
        help_text="UTC. When it reached you; that it is written down now is recorded by itself.",
        widget=forms.SplitDateTimeWidget(date_attrs={"type": "date"}, time_attrs={"type": "time"}),
    )
    document = forms.FileField(required=False, help_text="What was handed over, of at most 10 MB.")
    document_title = forms.CharField(max_length=200, required=False)
    dated_on = forms.DateField(
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="The document's own date.",
    )
    source = forms.ModelChoiceField(
        Source.objects.order_by("slug"), required=False, help_text="A publication that says so."
    )
    grade = forms.ChoiceField(choices=[("", "—"), *SourceGrade.choices], required=False)
    marking = forms.ChoiceField(choices=Marking.choices)


class ReaderForm(StepForm):
    reader = forms.ModelChoiceField(User.objects.filter(is_active=True).order_by("username"))


def _read_papers(said: dict[str, Any]) -> tuple[Paper, ...]:
    """A document, a publication, or both; the API takes as many as there are."""
    papers = []
    if (file := said["document"]) is not None:
        papers.append(
            Paper(
                said["document_title"] or file.name,
                content=file.read(),
                file_name=file.name,
                dated_on=said["dated_on"],
            )
        )
    if (source := said["source"]) is not None:
        grade = SourceGrade(said["grade"]) if said["grade"] else None
        papers.append(Paper(source.title, source=source.slug, grade=grade))
    return tuple(papers)


def _take_position(command: Command, _row: None, said: dict[str, Any]) -> object:
    place = said["jurisdiction"]
    return positions.receive(
        command,
        authority=said["authority"].id,
        about=About(
            program=_id(said["program"]),
            ai_model=_id(said["ai_model"]),
            expansion=_id(said["expansion"]),
            organization=_id(said["organization"]),
            request=said["request"],
        ),
        stated=_stated(said),
        narrowed=Narrowed(
            jurisdiction=None if place is None else place.slug,
            organization_kind=OrganizationKind(said["organization_kind"])
            if said["organization_kind"]
            else None,
            action=Action(said["action"]) if said["action"] else None,
        ),
        papers=_read_papers(said),
        received_at=said["received_at"],
        marking=Marking(said["marking"]),
    )


def _id(row: Any) -> Any:
    return None if row is None else row.id


def _stated(said: dict[str, Any]) -> Stated:
    return Stated(
        stance=Stance(said["stance"]),
        statement=said["statement"],
        attribution=Attribution(said["attribution"]),
        legal_force=LegalForce(said["legal_force"]),
        grounds=tuple(Ground(ground) for ground in said["grounds"]),
        speaker=said["speaker"],
    )


class SupersedingForm(PositionForm):
    authority = program = ai_model = organization = request = marking = None  # type: ignore[assignment]
    expansion = jurisdiction = organization_kind = action = None  # type: ignore[assignment]


def _supersede(command: Command, row: Position, said: dict[str, Any]) -> object:
    return positions.replace_(
        command,
        position=row.id,
        stated=_stated(said),
        papers=_read_papers(said),
        received_at=said["received_at"],
    )


def _read(command: Command, row: Position, _said: dict[str, Any]) -> str:
    read = position_reading.read(command, position=row.id).value
    said = read.versions.current().get(valid__upper_inf=True)
    return f"It says: {said.statement}" + (f" ({said.speaker})" if said.speaker else "")


def _is_received(actor: Actor, row: Position) -> bool:
    return row.origin == "decided" and actor.has(Role.AUTHORITY_DESK)


@admin.register(Position)
class PositionAdmin(DeskAdmin):
    list_display = ("authority_name", "origin", "marking", "program", "ai_model", "organization")
    list_filter = ("origin", "marking")
    list_select_related = ("authority__organization", "program", "ai_model", "organization")
    search_fields = ("authority__organization__slug", "authority__organization__name")
    ordering = ("-changed_at", "-id")
    fields = (
        *("authority_name", "origin", "marking", "program", "ai_model", "expansion"),
        *("request", "organization", "jurisdiction", "organization_kind", "action"),
        *("fact", "taken_by", "id"),
    )
    readonly_fields = ("authority_name",)
    list_steps = {
        "take": Step("Record a position", _take_position, PositionForm, holds(Role.AUTHORITY_DESK))
    }
    steps = {
        "supersede": Step(
            "Record a later position",
            _supersede,
            SupersedingForm,
            _is_received,
        ),
        "read": Step(
            "Read the words",
            _read,
            may=lambda actor, row: (
                row.is_wordless and actor.has(Role.CLEARED, Role.AUTHORITY_DESK)
            ),
            hint="That you read it is recorded.",
        ),
        "name_reader": Step(
            "Name a reader",
            lambda command, row, said: position_reading.name_reader(
                command, position=row.id, reader=said["reader"].id
            ),
            ReaderForm,
            _is_received,
            hint="From the first one on, nobody else may read it but who wrote it down.",
        ),
        "end_reader": Step(
            "End a reader",
            lambda command, row, said: position_reading.end_reader(
                command, position=row.id, reader=said["reader"].id
            ),
            ReaderForm,
            lambda actor, row: (
                _is_received(actor, row) and row.readers.filter(ended_at__isnull=True).exists()
            ),
        ),
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Position]:
        visible = Position.objects.visible_to(actor_of(request))
        found: QuerySet[Position] = super().get_queryset(request)
        return found.filter(pk__in=visible.values("pk"))

    @admin.display(description="authority", ordering="authority__organization__name")
    def authority_name(self, row: Position) -> str:
        return row.authority.organization.name

    def title(self, row: Position) -> str:
        return f"Position of {row.authority.organization.name}"

    def list_sections(self, request: HttpRequest, row: Position) -> list[Section]:
        shut = "read on record only" if row.is_wordless else ""
        return [
            Section(
                "What it held",
                (
                    *("From", "Until", "Received", "Stance", "Grounds", "Legal force"),
                    *("Attribution", "Statement"),
                ),
                rows_of(
                    row.versions.current().order_by("valid"),
                    lambda said: (
                        said.valid.lower,
                        said.valid.upper,
                        said.received_at or "",
                        said.get_stance_display(),
                        ", ".join(said.grounds),
                        said.get_legal_force_display(),
                        shut or said.speaker or said.get_attribution_display(),
                        shut or said.statement,
                    ),
                ),
            ),
            Section(
                "Papers",
                ("No.", "Title", "Dated", "SHA-256", "Publication", "Grade", "Passage"),
                rows_of(
                    row.papers.select_related("source").order_by("number"),
                    lambda paper: (
                        paper.number,
                        paper.title,
                        paper.dated_on or "",
                        paper.sha256,
                        link(paper.source),
                        paper.grade,
                        paper.passage,
                    ),
                ),
                empty="None is on record.",
            ),
            _others(row, actor_of(request)),
            Section(
                "Readers named",
                ("Who", "Named by", "From", "Until"),
                rows_of(
                    row.readers.select_related("reader").order_by("named_at", "id"),
                    lambda named: (
                        named.reader.display_name,
                        named.named_by,
                        named.named_at,
                        named.ended_at or "",
                    ),
                ),
                empty="None: its marking alone says who may read it.",
            ),
            list_record(row),
        ]


def _others(row: Position, actor: Actor) -> Section:
    """What else the body holds about the same or part of it: a contradiction is seen side by side."""
    return Section(
        "What the same authority holds besides",
        ("Position", "Since", "Stance", "Legal force", "About the same"),
        [
            (
                link(said.position, said.statement[:120]),
                said.valid.lower,
                said.get_stance_display(),
                said.get_legal_force_display(),
                "yes, and it contradicts this" if contradicts else "",
            )
            for said, contradicts in list_of_same_body(row, actor)
        ],
        empty="Nothing, as far as you may read.",
    )
