"""The page of an expansion's lines, narrowed to what holds them, and the page of a batch with how far it is."""

import re

import pytest
from django.test import Client

from access.choices import Attribution, LegalForce, Stance
from access.models import AccessRequest, Expansion
from access.operations import line_batches, positions
from access.operations.positions import About, Stated
from registry.actors import SYSTEM
from registry.choices import JurisdictionKind, Role
from registry.operations import authorities, jurisdictions
from tests import lines, make
from tests.people import person_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(person_of(lines.staff(Role.DECIDER)))
    return client


def object_to(line: AccessRequest) -> None:
    desk = make.by(make.staff(Role.AUTHORITY_DESK))
    jurisdictions.register(
        make.by(make.staff(Role.ADMINISTRATOR)), slug="xx", name="Xx", kind=JurisdictionKind.STATE
    )
    authority = authorities.register(
        desk, organization=make.organization().id, competences=()
    ).value
    positions.take_position(
        desk,
        authority=authority.id,
        about=About(request=line.id),
        stated=Stated(
            stance=Stance.OBJECTS,
            statement="Not yet.",
            attribution=Attribution.OFFICIAL_DOCUMENT,
            legal_force=LegalForce.ORDER,
        ),
    )


def shown(desk: Client, row: Expansion, query: str) -> list[str]:
    """The requests on the page, by the boxes to choose them."""
    page = desk.get(f"/admin/access/expansion/{row.id}/lines/?{query}").content.decode()
    return re.findall(r'name="line" value="([^"]+)"', page)


def test_the_lines_are_narrowed_to_a_state_and_to_what_holds_them(desk: Client) -> None:
    row, (free, held) = lines.filled(2)
    unread = make.submitted(None, row.tier)
    lines.add(row, unread)
    object_to(held)
    assert len(shown(desk, row, "")) == 3
    assert shown(desk, row, "status=submitted") == [str(unread.id)]
    assert shown(desk, row, "why=position") == [str(held.id)]
    assert set(shown(desk, row, "status=in_review")) == {str(free.id), str(held.id)}
    assert shown(desk, row, "status=submitted&why=position") == []
    assert len(shown(desk, row, "status=nonsense&lines=7")) == 3


def test_a_batch_tells_how_far_it_is(desk: Client) -> None:
    row, _lines = lines.filled(3)
    batch = lines.commit(lines.prepare(row))
    line_batches.go_on(make.by(SYSTEM), batch=batch.id, limit=2)
    answer = desk.get(f"/admin/access/linebatch/{batch.id}/change/")
    assert '<progress max="3" value="2"' in answer.content.decode()
    assert "2 of 3 lines done" in answer.content.decode()
    assert answer["Refresh"] == "3"
    lines.run(batch)
    assert "3 of 3 lines done" in desk.get(answer.request["PATH_INFO"]).content.decode()
