"""A tier that asks by a form, and a request that was asked about, returned and changed."""

from pathlib import Path

from access.choices import PrimaryPurpose
from access.forms import parse_form
from access.operations import attachments, drafts, questions, request_forms, requests
from access.operations.on_behalf import Asked
from registry.operations.stored_files import Upload
from seeds.worlds.demo.acting import World, find_organization
from seeds.worlds.demo.names import RESEARCH, Part
from seeds.worlds.demo.setting import find_tier

_FORM = Path(__file__).parent.parent.parent / "forms" / "research.yaml"
_ASKING = Part.IMPORTED
_PLAN = b"A plan that is invented. It says what would be studied, and holds nothing real.\n"
_ANSWERS = {
    "team": "An invented laboratory of four.",
    "seat": "KR",
    "people": 40,
    "subject": ["defense", "misuse"],
    "containment": "Nothing leaves the invented laboratory.",
    "systems": "partner",
    "partner": "An invented partner, on an invented agreement.",
    "incidents": "One, invented, in May.",
}


def ask_by_form(world: World) -> None:
    """Put the form in force, and bring one request through a question and a return. Once, whatever came of it."""
    tier = find_tier(RESEARCH)
    document = parse_form(_FORM.read_text(encoding="utf-8"))
    proposed = world.act(
        "administrator", "form:propose", request_forms.propose, tier=tier.id, document=document
    )
    world.act("administrator2", "form:enact", request_forms.enact, form=proposed.id)
    row = world.act(
        "intake",
        "form:draft",
        requests.draft,
        organization=find_organization(_ASKING.slug),
        tier=tier.id,
        purpose=PrimaryPurpose.EVALUATION,
        justification="The organization, which is invented, would study how misuse is found early.",
        answers=_ANSWERS,
        asked=Asked(by="The head of an invented laboratory", evidence="An invented letter."),
    )
    world.act(
        "intake",
        "form:attach",
        attachments.attach,
        request=row.id,
        upload=Upload("plan.txt", _PLAN),
        field="plan",
    )
    world.act("intake", "form:submit", requests.submit, request=row.id, accepts_terms=1)
    world.act("reviewer", "form:take_up", requests.take_up, request=row.id)
    world.act(
        "reviewer",
        "form:ask",
        questions.ask,
        request=row.id,
        question="Do all forty need access at once?",
    )
    world.act("intake", "form:answer", questions.answer, request=row.id, answer="No: four do.")
    world.act(
        "reviewer",
        "form:return",
        requests.return_,
        request=row.id,
        note="Please correct it, then.",
    )
    world.act("intake", "form:save", drafts.save, request=row.id, answers={"people": 4})
    world.act("intake", "form:resubmit", requests.resubmit, request=row.id)
