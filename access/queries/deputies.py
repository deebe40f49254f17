"""Who stands in for whom now, and where: dated, for a program or a stage where named, and for nobody's deputy."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from django.db.models import Q, QuerySet

from access.models import AccessRequest, Deputation, ReviewPolicy
from access.stages import read_policy
from registry.actors import ActorKind


def deputations_for(request: AccessRequest, stage: str) -> QuerySet[Deputation]:
    """Those in force that cover a stage of the request. With the people of both sides."""
    return (
        Deputation.objects.in_force()
        .filter(
            Q(program__isnull=True) | Q(program=request.tier.program_id),
            stage__in=("", stage),
            person__is_active=True,
            deputy__is_active=True,
        )
        .select_related("person", "deputy")
        .order_by("starts_at", "id")
    )


def find_deputies(
    request: AccessRequest, people: Mapping[str, Collection[str]]
) -> dict[str, dict[str, str]]:
    """By stage, for each of these people who has one, the key of the deputy. In one query."""
    wanted = {_id(key) for keys in people.values() for key in keys if _is_user(key)}
    if not wanted:
        return {}
    rows = Deputation.objects.in_force().filter(
        Q(program__isnull=True) | Q(program=request.tier.program_id),
        person__in=wanted,
        deputy__is_active=True,
    )
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for person, deputy, named in rows.values_list("person_id", "deputy_id", "stage"):
        for stage, keys in people.items():
            if named in {"", stage} and _key(person) in keys:
                found[stage][_key(person)] = _key(deputy)
    return found


def stand_together(one: Collection[str], other: str) -> bool:
    """Whether somebody is now the deputy of one of these people, or one of these theirs: whatever the scope."""
    if not _is_user(other):
        return False
    them = [_id(key) for key in one if _is_user(key)]
    pair = Q(person__in=them, deputy=_id(other)) | Q(deputy__in=them, person=_id(other))
    return Deputation.objects.in_force().filter(pair).exists()


def list_deputies_of(people: Iterable[UUID], *, program: UUID) -> list[UUID]:
    """Who stands in for these people in every stage of a program's requests now."""
    rows = Deputation.objects.in_force().filter(
        Q(program__isnull=True) | Q(program=program), person__in=list(people), stage=""
    )
    return list(rows.order_by("starts_at", "id").values_list("deputy_id", flat=True))


def list_represented(request: AccessRequest) -> list[tuple[str, str]]:
    """The usernames and names of all who have a deputy for the request now."""
    rows = Deputation.objects.in_force().filter(
        Q(program__isnull=True) | Q(program=request.tier.program_id), person__is_active=True
    )
    people = rows.values_list("person__username", "person__display_name")
    return list(people.order_by("person__username").distinct())


def known_stages() -> list[tuple[str, str]]:
    """The stages of every policy that was ever in force, by key: what a deputy may be named for."""
    found = {
        stage.key: stage.title
        for policy in ReviewPolicy.objects.filter(enacted_at__isnull=False).order_by("number")
        for stage in read_policy(policy.document).stages
    }
    return sorted(found.items())


def _key(person: UUID) -> str:
    return f"{ActorKind.USER}:{person}"


def _is_user(key: str) -> bool:
    return key.startswith(f"{ActorKind.USER}:")


def _id(key: str) -> UUID:
    return UUID(key.partition(":")[2])
