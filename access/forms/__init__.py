"""What is asked of whoever requests a tier, as a document: read, held against answers, written as JSON Schema.

Pure: no database and no clock. An edition of a form is in force by two people's act, and a request keeps the
edition that it was drafted with.
"""

from .checking import (
    PROBLEM_CODES,
    Answers,
    Files,
    Problem,
    asked_fields,
    carry,
    check,
    is_empty,
    keep_asked,
)
from .document import (
    ChoiceField,
    CountryField,
    DateField,
    FileField,
    FormDocument,
    FormField,
    MultipleChoiceField,
    NumberField,
    TextField,
)
from .reading import FormUnreadable, parse_form, read_form, write_form
from .schema import write_schema

__all__ = [
    "PROBLEM_CODES",
    "Answers",
    "ChoiceField",
    "CountryField",
    "DateField",
    "FileField",
    "Files",
    "FormDocument",
    "FormField",
    "FormUnreadable",
    "MultipleChoiceField",
    "NumberField",
    "Problem",
    "TextField",
    "asked_fields",
    "carry",
    "check",
    "is_empty",
    "keep_asked",
    "parse_form",
    "read_form",
    "write_form",
    "write_schema",
]
