"""What is known already of whoever asks: earlier refusals, open requests and grants, of affiliates too."""

import pytest
from django.utils.timezone import now

from access.choices import PrimaryPurpose
from access.models import AccessRequest
from access.operations import requests, reviews
from access.queries.related import RelatedKind, Tie, find_related
from registry.choices import RelationKind, Role
from registry.models import Organization, Relation
from registry.operations import relations
from tests import make

pytestmark = pytest.mark.django_db


def own(owner: Organization, owned: Organization, kind: RelationKind = RelationKind.OWNS) -> None:
    relations.register(make.by(make.staff(Role.INTAKE)), subject=owner.id, kind=kind, to=owned.id)


def decline(row: AccessRequest) -> None:
    reviews.decline(make.by(make.staff(Role.DECIDER)), request=row.id, ruling=make.ruling())


def test_shows_the_decider_what_was_refused_what_is_open_and_what_is_held() -> None:
    asking, parent, sister, host = (make.organization() for _ in range(4))
    tier = make.tier()
    own(parent, asking)
    own(asking, sister, RelationKind.AFFILIATE_OF)
    own(host, asking, RelationKind.HOSTS)
    refused = make.assessed(asking, tier)
    decline(refused)
    gone = make.submitted(asking, tier)
    requests.withdraw(make.by(make.client(asking)), request=gone.id)
    waiting = make.submitted(parent, tier)
    grant = make.grant(sister, tier)
    make.submitted(host, tier)
    make.draft(parent, tier)
    row = make.submitted(asking, tier, purpose=PrimaryPurpose.EVALUATION)

    found = find_related(row, make.staff(Role.DECIDER), at=now())
    assert {(one.kind, one.tie, one.thing) for one in found} == {
        (RelatedKind.DECLINED, Tie.ITSELF, refused),
        (RelatedKind.WITHDRAWN, Tie.ITSELF, gone),
        (RelatedKind.OPEN_REQUEST, Tie.OWNER, waiting),
        (RelatedKind.GRANT, Tie.AFFILIATE, grant),
    }
    known = row.submissions.get().known
    assert {one["id"] for one in known} == {str(one.thing.pk) for one in found}
    assert found[0].reason == "the published criteria are met"
    own_only = find_related(row, make.client(asking), at=now())
    assert {one.tie for one in own_only} == {Tie.ITSELF}
    assert len(own_only) == 2


def test_a_tie_that_has_ended_shows_nothing_more() -> None:
    asking, parent = make.organization(), make.organization()
    tier = make.tier()
    own(parent, asking)
    make.submitted(parent, tier)
    row = make.submitted(asking, tier)
    assert find_related(row, make.staff(Role.DECIDER), at=now())
    edge = Relation.objects.current().get()
    relations.end(
        make.by(make.staff(Role.INTAKE)),
        subject=parent.id,
        kind=RelationKind(edge.kind),
        to=asking.id,
    )
    assert not find_related(row, make.staff(Role.DECIDER), at=now())
