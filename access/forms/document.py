"""What a form may ask: the schema of its document, and what no form can mean."""

import datetime as dt
from typing import Annotated, Literal, Self, TypeAlias, TypeVar

from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, model_validator

from registry.choices import FileKind

P = TypeVar("P", bound="_Part")
LONGEST_TEXT = 20_000
LARGEST_FILE_MB = 20
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
StageKey = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=60)]
Words = Annotated[str, Field(min_length=1, max_length=300)]
Value = Annotated[str, Field(min_length=1, max_length=100)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Shown(_Part):
    """A field is asked only where the answer to an earlier one is, or contains, one of these."""

    field: Key
    one_of: Annotated[tuple[Value, ...], Field(min_length=1)]


class Option(_Part):
    value: Value
    label: Words


class _Field(_Part):
    """What every field has. All of `shown_if` must hold; `confidential_to` names stages of review."""

    key: Key
    label: Words
    help: Annotated[str, Field(max_length=2000)] = ""
    required: bool = False
    shown_if: tuple[Shown, ...] = ()
    confidential_to: tuple[StageKey, ...] = ()


class TextField(_Field):
    type: Literal["text"]
    min_length: Annotated[int, Field(ge=0)] = 0
    max_length: Annotated[int, Field(ge=1, le=LONGEST_TEXT)] = 5000

    @model_validator(mode="after")
    def _check(self) -> Self:
        return _in_order(self, self.min_length, self.max_length)


class ChoiceField(_Field):
    type: Literal["choice"]
    options: Annotated[tuple[Option, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _check(self) -> Self:
        _check_once(self.options)
        return self


class MultipleChoiceField(_Field):
    type: Literal["multiple_choice"]
    options: Annotated[tuple[Option, ...], Field(min_length=1)]
    at_least: Annotated[int, Field(ge=1)] = 1
    at_most: Annotated[int, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        _check_once(self.options)
        most = len(self.options) if self.at_most is None else self.at_most
        return _in_order(self, self.at_least, min(most, len(self.options)))


class NumberField(_Field):
    type: Literal["number"]
    min: float | None = None
    max: float | None = None
    whole: bool = False

    @model_validator(mode="after")
    def _check(self) -> Self:
        return _in_order(self, self.min, self.max)


class DateField(_Field):
    type: Literal["date"]
    earliest: dt.date | None = None
    latest: dt.date | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        return _in_order(self, self.earliest, self.latest)


class CountryField(_Field):
    """A country by its two-letter code (ISO 3166-1)."""

    type: Literal["country"]


class FileField(_Field):
    """Files of these kinds, by what they hold and not by their names."""

    type: Literal["file"]
    kinds: Annotated[tuple[FileKind, ...], Field(min_length=1)] = tuple(FileKind)
    largest_mb: Annotated[int, Field(ge=1, le=LARGEST_FILE_MB)] = 10
    at_most: Annotated[int, Field(ge=1, le=20)] = 5


FormField: TypeAlias = Annotated[
    TextField
    | ChoiceField
    | MultipleChoiceField
    | NumberField
    | DateField
    | CountryField
    | FileField,
    Field(discriminator="type"),
]


class FormDocument(_Part):
    """One form: what is asked of whoever requests a tier, in this order."""

    title: Words
    intro: Annotated[str, Field(max_length=5000)] = ""
    fields: Annotated[tuple[FormField, ...], Field(min_length=1, max_length=200)]

    @model_validator(mode="after")
    def _check(self) -> Self:
        earlier: dict[str, FormField] = {}
        for field in self.fields:
            if field.key in earlier:
                raise ValueError(_("the field “%(key)s” is there twice") % {"key": field.key})
            for condition in field.shown_if:
                _check_condition(field.key, condition, earlier)
            earlier[field.key] = field
        return self

    def find(self, key: str) -> FormField | None:
        """The field with this key."""
        return next((field for field in self.fields if field.key == key), None)

    @property
    def stages(self) -> frozenset[str]:
        """Every stage of review that some field is confidential to."""
        return frozenset(stage for field in self.fields for stage in field.confidential_to)


def _check_condition(key: str, condition: Shown, earlier: dict[str, FormField]) -> None:
    """It asks about an earlier field whose answers are known beforehand: so it can come true, and has no circle."""
    said = {"key": key, "other": condition.field}
    other = earlier.get(condition.field)
    if other is None:
        raise ValueError(_("“%(key)s” depends on “%(other)s”, which is not before it") % said)
    if not isinstance(other, ChoiceField | MultipleChoiceField | CountryField):
        raise ValueError(  # noqa: TRY004 - what pydantic tells of as a fault of the document
            _("“%(key)s” depends on “%(other)s”, which is no choice") % said
        )
    if isinstance(other, CountryField):
        return
    for value in set(condition.one_of) - {option.value for option in other.options}:
        raise ValueError(
            _("“%(key)s” depends on “%(value)s”, which “%(other)s” does not offer")
            % (said | {"value": value})
        )


def _in_order(part: P, low: object, high: object) -> P:
    if low is not None and high is not None and low > high:  # type: ignore[operator]  # two of a kind
        raise ValueError(_("its lower limit is above its upper one"))
    return part


def _check_once(options: tuple[Option, ...]) -> None:
    values = [option.value for option in options]
    for value in values:
        if values.count(value) > 1:
            raise ValueError(_("the option “%(value)s” is there twice") % {"value": value})
