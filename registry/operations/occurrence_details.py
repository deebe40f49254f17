"""What each kind of occurrence says of itself. Rules ask about these by name: `occurrence.flop`.

Absent or null is not known. Every kind takes `note`, in words; words go into no event and into no rule.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any

from django.utils.translation import gettext_lazy as _
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from registry.choices import Trigger
from registry.errors import Invalid

_TWO_FIGURES = re.compile(r"[1-9]\.\d[eE]\+?\d{1,2}")

Text = Annotated[str, Field(max_length=5_000)]
Short = Annotated[str, Field(max_length=200)]


class DetailsUnreadable(Invalid):
    code = "details_unreadable"
    text = _("What is said of it cannot be read: at %(place)s, %(problem)s.")


def _check_flop(said: str) -> str:
    """As the Commission's guidelines ask (para 32): in FLOP, to two significant figures."""
    if not _TWO_FIGURES.fullmatch(said):
        raise ValueError(str(_("give two significant figures, such as 2.3e25")))
    return said.lower().replace("e+", "e")


class Details(BaseModel):
    """What any occurrence may say."""

    model_config = ConfigDict(extra="forbid", strict=True)

    note: Text = ""


class TrainingCompute(Details):
    """Cumulative training compute that meets a threshold, or of which it is known that it will.

    The others are about arguments against a classification (AI Act, Art. 52(2)) and what came of them.
    """

    flop: Annotated[str, AfterValidator(_check_flop)]
    method: Annotated[Text, Field(min_length=1)]
    foreseen: bool
    arguments_offered: bool | None = None
    rebuttal_accepted: bool | None = None
    facts_changed: bool | None = None
    information_wrong: bool | None = None


class MarketPlacement(Details):
    """A model is placed on a market, or may have been. `eu`: on that of the Union.

    `substantially_modified`: a modified version of a model that was there before.
    """

    eu: bool | None = None
    new: bool | None = None
    substantially_modified: bool | None = None
    grant: Annotated[str, Field(pattern=r"^[0-9a-f-]{36}$")] | None = None


class Framework(Details):
    """A safety framework, or an update of it, is confirmed."""

    label: Short = ""
    update: bool | None = None
    material: bool | None = None


class ModelReport(Details):
    """A report on a model, or an update of one, is confirmed, or is due for one.

    `justification_undermined`, by a `deliberate_change` perhaps: Code of Practice, Measure 7.6.
    """

    label: Short = ""
    update: bool | None = None
    among_most_capable: bool | None = None
    justification_undermined: bool | None = None
    deliberate_change: bool | None = None
    delay_permitted: bool | None = None


class Evaluation(Details):
    """Findings of an evaluation or an audit, or a call for external evaluators."""

    external: bool | None = None
    audit: bool | None = None
    call: bool | None = None


class InternalUse(Details):
    """Use inside the developer's own house."""

    schedule_agreed: bool | None = None


class Ownership(Details):
    """Who owns or operates a developer: at the beginning, on a transfer, on a material change."""

    begins: bool | None = None
    transferred: bool | None = None
    material: bool | None = None


class Request(Details):
    """An authority asks. `reference` is its own, `due_by` the day that it sets."""

    reference: Short = ""
    under_article_91: bool | None = None
    due_by: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")] | None = None


SHAPES: Mapping[str, type[Details]] = {
    Trigger.TRAINING_COMPUTE: TrainingCompute,
    Trigger.MARKET_PLACEMENT: MarketPlacement,
    Trigger.FRAMEWORK: Framework,
    Trigger.MODEL_REPORT: ModelReport,
    Trigger.EVALUATION: Evaluation,
    Trigger.INTERNAL_USE: InternalUse,
    Trigger.OWNERSHIP: Ownership,
    Trigger.REFERENCE_MODEL: Details,
    Trigger.REQUEST: Request,
    Trigger.OTHER: Details,
}
"""The kinds that may be reported. An incident is none of them."""

WORDS = frozenset({"note", "method", "label", "reference"})
"""What is said in free text."""


def read_details(kind: Trigger, said: Mapping[str, Any]) -> dict[str, Any]:
    """What is said, checked against the kind's shape. Raises DetailsUnreadable."""
    shape = SHAPES.get(kind)
    if shape is None:
        raise DetailsUnreadable(place="kind", problem=_("an incident is reported as one"))
    try:
        return shape.model_validate(dict(said)).model_dump(exclude_none=True)
    except ValidationError as wrong:
        first = wrong.errors(include_url=False, include_context=False)[0]
        place = ".".join(str(step) for step in first["loc"]) or "details"
        problem = first["msg"].removeprefix("Value error, ").rstrip(".")
        raise DetailsUnreadable(place=place, problem=problem) from wrong


def ask_of(kind: str, details: Mapping[str, Any]) -> dict[str, Any]:
    """The details as rules read them: without words, and compute as a number."""
    facts = {name: value for name, value in details.items() if name not in WORDS}
    if "flop" in facts:
        facts["flop"] = float(Decimal(facts["flop"]))
    return {"kind": kind} | facts
