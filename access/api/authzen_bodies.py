"""Reading what AuthZEN callers send. Knows JSON and the standard, and neither HTTP nor any framework.

What the standard does not name is passed over. What it names must be of the type it says.
"""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from access.choices import Reason
from access.queries.decisions import Asked
from registry.api.commands import parse_moment
from registry.errors import Invalid

MOST_EVALUATIONS = 100
MOST_BYTES = 1024 * 1024
MOST_CHARACTERS = 300
SUBJECT_TYPES = ("organization", "member")
RESOURCE_TYPES = ("model", "model_version")
SEMANTICS = ("execute_all", "deny_on_first_deny", "permit_on_first_permit")

Body = Mapping[str, Any]


class NotJson(Invalid):
    code = "content_type_not_json"
    text = _("Send application/json.")


class JsonMalformed(Invalid):
    code = "malformed_json"
    text = _("The body must be one JSON object.")


class BodyTooLarge(Invalid):
    code = "body_too_large"
    text = _("The body is larger than %(most)s bytes.")


class MemberMissing(Invalid):
    code = "member_missing"
    text = _("“%(field)s” is missing.")


class MemberOfWrongType(Invalid):
    code = "member_of_wrong_type"
    text = _("“%(field)s” must be %(wanted)s.")


class MemberOfNobody(Invalid):
    code = "member_organization_missing"
    text = _("A member is asked about with properties.organization.")


class ContextUnreadable(Invalid):
    code = "context_unreadable"
    text = _("context.%(field)s must be a text.")


class TooManyEvaluations(Invalid):
    code = "too_many_evaluations"
    text = _("At most %(most)s questions may be asked at once.")


class SemanticUnknown(Invalid):
    code = "evaluations_semantic_unknown"
    text = _("There is no evaluations_semantic “%(semantic)s”.")


@dataclass(frozen=True, slots=True)
class Put:
    """A question as it was put. `unknown` is the reason for a no where a type is not one of ours."""

    asked: Asked
    explain: bool = False
    unknown: Reason | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a search is about: `id` is the organization or member, `organization` the member's."""

    type: str
    id: str = ""
    organization: str = ""


def read_json(content_type: str, content: bytes) -> Body:
    """The body as an object. Raises NotJson, BodyTooLarge, JsonMalformed."""
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise NotJson
    if len(content) > MOST_BYTES:
        raise BodyTooLarge(most=MOST_BYTES)
    try:
        said = json.loads(content)
    except (ValueError, RecursionError) as broken:
        raise JsonMalformed from broken
    if not isinstance(said, dict):
        raise JsonMalformed
    return said


def read_question(body: Body) -> Put:
    """One evaluation. Raises MemberMissing, MemberOfWrongType, MemberOfNobody, ContextUnreadable,
    MomentUnreadable."""
    subject = read_subject(body)
    action = _read_text(_read_object(body, "action"), "name", "action.name")
    resource = _read_object(body, "resource")
    kind = _read_text(resource, "type", "resource.type")
    model = _read_text(resource, "id", "resource.id")
    put = read_context(body, subject, action=action, model=model, version=kind == "model_version")
    if put.unknown is None and kind not in RESOURCE_TYPES:
        return replace(put, unknown=Reason.UNKNOWN_RESOURCE_TYPE)
    return put


def read_context(
    body: Body,
    subject: Subject,
    *,
    action: str | None = None,
    model: str = "",
    version: bool = False,
) -> Put:
    """The subject within its context: without action and model, a question that lacks them."""
    context = _read_optional(body, "context")
    is_member = subject.type == "member"
    asked = Asked(
        organization=subject.organization if is_member else subject.id,
        model=model,
        action=action,
        member=subject.id if is_member else None,
        version=version,
        surface=_read_context_text(context, "surface"),
        as_of=_read_moment(context, "as_of"),
        known_at=_read_moment(context, "known_at"),
        revision=_read_context_text(context, "revision"),
    )
    unknown = None if subject.type in SUBJECT_TYPES else Reason.UNKNOWN_SUBJECT_TYPE
    return Put(asked, explain=context.get("explain") is True, unknown=unknown)


def read_subject(body: Body, *, searched: bool = False) -> Subject:
    """Who is asked about; where subjects are searched for, of which type and whose."""
    said = _read_object(body, "subject")
    kind = _read_text(said, "type", "subject.type")
    organization = _read_optional(said, "properties", "subject.properties").get("organization")
    if organization is not None:
        organization = _check_text(organization, "subject.properties.organization")
    elif kind == "member" and not searched:
        raise MemberOfNobody
    identifier = "" if searched else _read_text(said, "id", "subject.id")
    return Subject(kind, identifier, organization or "")


def read_action(body: Body) -> str:
    return _read_text(_read_object(body, "action"), "name", "action.name")


def read_resource(body: Body, *, searched: bool = False) -> tuple[str, str]:
    """Type and identifier; where resources are searched for, the type alone."""
    said = _read_object(body, "resource")
    kind = _read_text(said, "type", "resource.type")
    return kind, "" if searched else _read_text(said, "id", "resource.id")


def read_evaluations(body: Body) -> tuple[list[object], str]:
    """The items of a batch, each with what it takes over from outside, and the semantic.

    Raises MemberOfWrongType, TooManyEvaluations, SemanticUnknown.
    """
    items = body.get("evaluations") or []
    if not isinstance(items, list):
        raise MemberOfWrongType(field="evaluations", wanted="a list")
    if len(items) > MOST_EVALUATIONS:
        raise TooManyEvaluations(most=MOST_EVALUATIONS)
    semantic = _read_optional(body, "options").get("evaluations_semantic", SEMANTICS[0])
    if semantic not in SEMANTICS:
        raise SemanticUnknown(semantic=ascii(semantic)[:MOST_CHARACTERS])
    return [_complete(item, body) for item in items], semantic


def _complete(item: object, shared: Body) -> object:
    """A member of the item replaces the shared one whole; only `type`, `id` and `name` that it leaves
    out are taken from there."""
    if not isinstance(item, dict):
        return item
    whole = {
        key: shared[key] for key in ("subject", "action", "resource", "context") if key in shared
    }
    for key, said in item.items():
        default = whole.get(key)
        if key != "context" and isinstance(default, dict) and isinstance(said, dict):
            kept = {name: default[name] for name in ("type", "id", "name") if name in default}
            whole[key] = kept | said
        else:
            whole[key] = said
    return whole


def read_item(item: object) -> Put:
    """One question of a batch. Raises as `read_question`."""
    if not isinstance(item, dict):
        raise MemberOfWrongType(field="evaluations", wanted="a list of objects")
    return read_question(item)


def _read_object(body: Body, field: str) -> Body:
    said = body.get(field)
    if said is None:
        raise MemberMissing(field=field)
    if not isinstance(said, dict):
        raise MemberOfWrongType(field=field, wanted="an object")
    return said


def _read_optional(body: Body, field: str, path: str = "") -> Body:
    said = body.get(field)
    if said is None:
        return {}
    if not isinstance(said, dict):
        raise MemberOfWrongType(field=path or field, wanted="an object")
    return said


def _read_text(said: Body, field: str, path: str) -> str:
    if said.get(field) is None:
        raise MemberMissing(field=path)
    return _check_text(said[field], path)


def _check_text(value: object, path: str) -> str:
    if not (isinstance(value, str) and _is_plain(value) and 0 < len(value) <= MOST_CHARACTERS):
        raise MemberOfWrongType(field=path, wanted=f"a text of 1 to {MOST_CHARACTERS} characters")
    return value


def _is_plain(text: str) -> bool:
    """Whether the database can hold it: no NUL, no half of a surrogate pair."""
    return "\x00" not in text and text.isprintable()


def _read_context_text(context: Body, field: str) -> str | None:
    value = context.get(field)
    if value is None:
        return None
    if not (isinstance(value, str) and _is_plain(value) and len(value) <= MOST_CHARACTERS):
        raise ContextUnreadable(field=field)
    return value


def _read_moment(context: Body, field: str) -> dt.datetime | None:
    value = context.get(field)
    return None if value is None else parse_moment(value, field)
