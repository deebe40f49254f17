"""Who may not take part in a request, though the role is theirs: recused, or with an interest in its outcome."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from access.models import AccessRequest, Recusal
from registry.actors import Actor, ActorKind
from registry.errors import Forbidden
from registry.models import Interest, Organization
from registry.queries.interests import lasting_interests
from registry.queries.ties import Tie, find_group, find_tie


class Recused(Forbidden):
    """Whoever said that they take no part takes none."""

    code = "recused"
    text = _("You have recused yourself from this request: another person must act.")


class ConflictOfInterest(Forbidden):
    """Nobody rules on an organization that they, or its group, have an interest in."""

    code = "conflict_of_interest"
    text = _("You have an interest here (%(reason)s): another person must act.")


@dataclass(frozen=True, slots=True)
class Conflicting:
    """Why a person may not act: the organization of the interest, and how it is tied to the one concerned."""

    interest: str
    kind: str
    tie: Tie

    def describe(self) -> str:
        """The interest, then each relation on the way to the organization concerned."""
        return "; ".join([f"{self.interest}: {self.kind}", *self.tie.describe()])


def find_conflict(person: Actor, organization: Organization) -> Conflicting | None:
    """The person's interest, by the database's clock, in the organization or its group; None where there is none.

    Of several, the one with the shortest way. A program has the interest of whom it speaks for.
    """
    interests = {row.organization_id: row for row in _interests_of(person)}
    starts = set(interests)
    if person.organization_id is not None:
        starts.add(person.organization_id)
    tie = find_tie(starts, organization.id)
    if tie is None:
        return None
    declared = interests.get(tie.start)
    if declared is None:
        return Conflicting(str(_("the organization you speak for")), str(_("its own")), tie)
    return Conflicting(declared.organization.name, declared.get_kind_display(), tie)


def check_impartial(request: AccessRequest, person: Actor) -> None:
    """Raise what keeps the person from any step on this request: Recused, ConflictOfInterest."""
    if Recusal.objects.filter(request=request, person=person.key).exists():
        raise Recused
    found = find_conflict(person, request.organization)
    if found is not None:
        raise ConflictOfInterest(reason=found.describe())


def find_bar(request: AccessRequest, person: Actor) -> Forbidden | None:
    """What `check_impartial` would raise; for the screen, which hides what would be refused."""
    try:
        check_impartial(request, person)
    except Forbidden as bar:
        return bar
    return None


def list_barred(request: AccessRequest) -> frozenset[str]:
    """The keys of all people who take no part in a request: recused, or with an interest in its group."""
    recused = request.recusals.values_list("person", flat=True)
    group = find_group(request.organization_id)
    interested = (
        lasting_interests().filter(organization__in=group).values_list("person", flat=True)
    )
    return frozenset((*recused, *(f"{ActorKind.USER}:{person}" for person in interested)))


def _interests_of(person: Actor) -> Iterable[Interest]:
    if person.kind is not ActorKind.USER:
        return ()
    found = lasting_interests().filter(person=person.id).select_related("organization")
    return found.order_by("starts_at", "id")
