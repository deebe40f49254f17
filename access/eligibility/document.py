"""What one edition of a tier's requirements says. Read from its JSON, and refused where it cannot be meant."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from registry.choices import JurisdictionRole
from registry.errors import Invalid

Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=80)]
Slugs = Annotated[tuple[Slug, ...], Field(min_length=1)]


class RequirementsUnreadable(Invalid):
    """A document of requirements is not of the shape that the evaluator reads."""

    code = "requirements_unreadable"
    text = _("The requirements cannot be read: %(problem)s.")


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    code: Slug
    title: Annotated[str, Field(min_length=1, max_length=300)]
    advisory: bool = False


class AttestationAsked(_Asked):
    """A scheme held at a level or above, of the editions named, or of any. Without a service it must cover all
    that the organization does; `any_service` takes one about any of its services."""

    kind: Literal["attestation"]
    scheme: Slug
    level: str = ""
    editions: tuple[str, ...] = ()
    service: str = ""
    any_service: bool = False


class JurisdictionsAsked(_Asked):
    """Where an organization may be, and may not be, by role. What bars wins over what allows."""

    kind: Literal["jurisdictions"]
    allowed: Mapping[JurisdictionRole, Slugs] = Field(default_factory=dict)
    barred: Mapping[JurisdictionRole, Slugs] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _says_something(self) -> "JurisdictionsAsked":
        if not self.allowed and not self.barred:
            raise ValueError("it neither allows nor bars anything")
        return self


class OwnershipAsked(_Asked):
    """No owner from these jurisdictions with this share or more, one alone or together."""

    kind: Literal["ownership"]
    barred: Slugs
    percent: Annotated[float, Field(gt=0, le=100)] = 50


class VendorsAsked(_Asked):
    """No vendor (who hosts, or processes for, the organization) of these, or from these jurisdictions."""

    kind: Literal["vendors"]
    barred: tuple[Slug, ...] = ()
    barred_jurisdictions: tuple[Slug, ...] = ()


class ScreeningAsked(_Asked):
    """The organization and its owners screened against every list in use, and no hit open or confirmed."""

    kind: Literal["screening"]


class TermsAsked(_Asked):
    """The program's terms accepted. The decision point reads this itself, so no grant has it as a need."""

    kind: Literal["terms"]


Requirement = Annotated[
    AttestationAsked
    | JurisdictionsAsked
    | OwnershipAsked
    | VendorsAsked
    | ScreeningAsked
    | TermsAsked,
    Field(discriminator="kind"),
]


class Requirements(BaseModel):
    """All of one edition, in its order."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    requirements: tuple[Requirement, ...]

    @model_validator(mode="after")
    def _codes_once(self) -> "Requirements":
        codes = [asked.code for asked in self.requirements]
        if len(set(codes)) != len(codes):
            raise ValueError("two requirements have one code")
        return self

    @property
    def asks_screening(self) -> bool:
        """Whether any of them needs to know how the organization's screening stands."""
        return any(asked.kind == "screening" for asked in self.requirements)


def read_requirements(document: Mapping[str, Any]) -> Requirements:
    """The edition's requirements. Raises RequirementsUnreadable, with the place and the problem."""
    try:
        return Requirements.model_validate(document)
    except ValidationError as wrong:
        first = wrong.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the document"
        raise RequirementsUnreadable(problem=f"{place}: {first['msg']}") from wrong
