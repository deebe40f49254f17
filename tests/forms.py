"""A form that asks for something of every type, and what answers it."""

from typing import Any

from access.models import AccessRequest, Attachment, RequestForm, Tier
from access.operations import attachments, request_forms
from registry.actors import Actor
from registry.choices import Role
from registry.operations.stored_files import Upload
from tests import make

PDF = b"%PDF-1.7 synthetic"
DOCUMENT: dict[str, Any] = {
    "title": "What you would do with it",
    "fields": [
        {"key": "team", "type": "text", "label": "Team", "required": True, "max_length": 40},
        {
            "key": "use",
            "type": "choice",
            "label": "Use",
            "required": True,
            "options": [
                {"value": "own", "label": "Own systems"},
                {"value": "vendor", "label": "A vendor's systems"},
            ],
        },
        {
            "key": "vendor",
            "type": "text",
            "label": "Which vendor?",
            "required": True,
            "shown_if": [{"field": "use", "one_of": ["vendor"]}],
        },
        {"key": "people", "type": "number", "label": "People", "min": 1, "whole": True},
        {
            "key": "incidents",
            "type": "text",
            "label": "Past incidents",
            "confidential_to": ["decision"],
        },
        {
            "key": "plan",
            "type": "file",
            "label": "Plan",
            "kinds": ["pdf"],
            "at_most": 1,
            "confidential_to": ["decision"],
        },
    ],
}
ANSWERS: dict[str, Any] = {"team": "Blue", "use": "own", "people": 4, "incidents": "One in May."}


def form(of: Tier, **changes: Any) -> RequestForm:
    """A form in force for the tier, by two people's act."""
    proposed = request_forms.propose(
        make.by(make.staff(Role.ADMINISTRATOR)), tier=of.id, document=DOCUMENT | changes
    ).value
    enacted = request_forms.enact(make.by(make.staff(Role.ADMINISTRATOR)), form=proposed.id)
    return enacted.value


def tier() -> Tier:
    """A tier with a form in force."""
    found = make.tier()
    form(found)
    return found


def attach(
    row: AccessRequest, by: Actor | None = None, content: bytes = PDF, field: str = "plan"
) -> Attachment:
    """A file that the organization attaches."""
    return attachments.attach(
        make.by(by or make.client(row.organization)),
        request=row.id,
        upload=Upload("plan of Ann.pdf", content),
        field=field,
    ).value
