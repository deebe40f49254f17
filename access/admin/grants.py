"""Grants on the staff's pages."""

from dataclasses import replace

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.timezone import now

from access.admin import grant_lifecycle
from access.admin.eligibility_sections import list_needs
from access.admin.gate_sections import list_gates
from access.admin.record import ReasonForm, list_record
from access.admin.waiting import list_periods
from access.choices import RevocationReason
from access.models import Grant
from access.operations import grants, import_holdings, terms
from access.queries.gates import gates_of_grant
from access.queries.surfaces import list_grant_surfaces
from registry.actors import Actor
from registry.admin.desk import DeskAdmin, Step, StepForm, actor_of
from registry.admin.imports import Importer
from registry.admin.sections import Section, link, rows_of
from registry.choices import Role

_LONG = forms.Textarea(attrs={"rows": 4})


class RevocationForm(StepForm):
    reason = forms.ChoiceField(choices=RevocationReason.choices)
    text = forms.CharField(
        widget=_LONG, max_length=5_000, required=False, help_text="For staff only."
    )


class TermsForm(StepForm):
    edition = forms.IntegerField(min_value=1)


def _runs(actor: Actor, row: Grant) -> bool:
    return actor.has(Role.RESTRICTOR) and not hasattr(row, "end")


@admin.register(Grant)
class GrantAdmin(DeskAdmin):
    list_display = ("organization", "program", "tier", "purpose", "origin", "issued_at", "ended")
    list_filter = ("origin", "purpose", "program", "end__kind")
    list_select_related = ("organization", "program", "tier", "end")
    search_fields = ("organization__slug", "organization__name", "external_reference", "=id")
    ordering = ("-issued_at", "-id")
    fields = (
        *("organization", "program", "tier", "purpose", "origin", "request"),
        *(
            "use_scope",
            "limits",
            "personnel_scope",
            "external_reference",
            "evidence",
            "issued_by",
            "issued_at",
            "id",
            "version",
        ),
    )
    importer = Importer(
        "Import existing holdings",
        "external_reference,organization,program,tier,model,purpose,starts_at,ends_at,"
        "surfaces,terms_edition,evidence",
        import_holdings.preview,
        import_holdings.import_,
    )
    steps = {
        "suspend": Step(
            "Suspend",
            lambda command, row, said: grants.suspend(command, grant=row.id, **said),
            ReasonForm,
            _runs,
            hint="Access is refused from the commit on, until the grant is reinstated.",
            danger=True,
        ),
        "reinstate": Step(
            "Reinstate",
            lambda command, row, said: grants.reinstate(command, grant=row.id, **said),
            ReasonForm,
            lambda actor, row: (
                _runs(actor, row) and row.items.current().filter(standing="suspended").exists()
            ),
        ),
        "revoke": Step(
            "Revoke",
            lambda command, row, said: grants.revoke(
                command,
                grant=row.id,
                reason=RevocationReason(said["reason"]),
                text=said["text"],
            ),
            RevocationForm,
            _runs,
            hint="The grant ends with the commit, for good.",
            danger=True,
        ),
        "accept_terms": Step(
            "Record acceptance of the terms",
            lambda command, row, said: terms.accept(
                replace(command, expected_version=None),  # the person looked at the grant
                organization=row.organization_id,
                program=row.program_id,
                edition=said["edition"],
            ),
            TermsForm,
            lambda actor, row: actor.has(Role.INTAKE) and not hasattr(row, "end"),
            hint="The holder has accepted this edition, and you have seen it.",
        ),
        "surrender": Step(
            "Give back for the holder",
            lambda command, row, _said: grants.surrender(command, grant=row.id),
            may=lambda actor, row: actor.has(Role.INTAKE) and not hasattr(row, "end"),
        ),
        **grant_lifecycle.STEPS,
    }

    @admin.display(description="ended", ordering="end__ended_at")
    def ended(self, row: Grant) -> str:
        return str(row.end.get_kind_display()) if hasattr(row, "end") else ""

    def title(self, row: Grant) -> str:
        return f"{row.organization.name}: {row.tier.name}"

    def list_sections(self, request: HttpRequest, row: Grant) -> list[Section]:
        end = getattr(row, "end", None)
        return [
            list_gates(gates_of_grant(row, actor_of(request), at=now())),
            Section(
                "What it allows",
                ("Model", "Actions", "Surfaces", "Standing", "From", "Until"),
                rows_of(
                    row.items.current().select_related("ai_model").order_by("ai_model", "valid"),
                    lambda item: (
                        link(item.ai_model),
                        ", ".join(item.actions),
                        ", ".join(item.surfaces) or "any",
                        item.get_standing_display(),
                        item.valid.lower,
                        item.valid.upper,
                    ),
                ),
            ),
            _list_surfaces(row),
            *grant_lifecycle.list_sections(row),
            Section(
                "End",
                ("How", "Reason", "At", "Planned", "By"),
                []
                if end is None
                else [
                    (
                        end.get_kind_display(),
                        end.reason,
                        end.ended_at,
                        end.planned_end,
                        end.ended_by,
                    )
                ],
                empty="It has not ended.",
            ),
            list_needs(row),
            list_periods(row),
            list_record(row),
        ]


def _list_surfaces(row: Grant) -> Section:
    return Section(
        "Where it is switched on",
        ("Model", "Surface", "Standing", "Since", "Reported by"),
        [
            (one.model, one.surface, one.standing, one.since, link(one.point))
            for one in list_grant_surfaces(row)
        ],
        empty="No surface is known: the grant names none, and the holder has no external identifier.",
        note="As enforcement points report it. It changes no answer.",
    )
