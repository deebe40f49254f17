"""Forms that are shipped with the project as data: each for the tiers that bear its file's name."""

from dataclasses import dataclass
from pathlib import Path

from access.forms import parse_form, write_form
from access.models import RequestForm, Tier
from access.operations import request_forms
from registry.actors import Command
from registry.errors import DomainError
from registry.operations.editions import digest
from registry.policies import RoleMissing

_FOLDER = Path(__file__).parent / "forms"


@dataclass(frozen=True, slots=True)
class ProposedForms:
    """The editions proposed just now; the tiers that one does not fit, and why; how many had it already."""

    forms: tuple[RequestForm, ...]
    refused: tuple[tuple[Tier, DomainError], ...]
    unchanged: int


def propose_shipped(command: Command) -> ProposedForms:
    """Propose each form for every tier of its name for which nobody ever proposed it. Raises RoleMissing."""
    forms, refused, unchanged = [], [], 0
    for path in sorted(_FOLDER.glob("*.yaml")):
        document = parse_form(path.read_text(encoding="utf-8"))
        spelled = digest(write_form(document))
        for tier in Tier.objects.filter(slug=path.stem).order_by("program__slug"):
            if RequestForm.objects.filter(tier=tier, sha256=spelled).exists():
                unchanged += 1
                continue
            try:
                forms.append(request_forms.propose(command, tier=tier.id, document=document).value)
            except RoleMissing:
                raise
            except DomainError as refusal:  # its stages are not those of the tier's policy
                refused.append((tier, refusal))
    return ProposedForms(tuple(forms), tuple(refused), unchanged)
