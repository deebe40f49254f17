"""One position overridden for many lines: a batch as any other, each line asked, nobody outside told."""

import pytest
from django.utils.timezone import now

from access.choices import LineAct, Marking
from access.operations.line_acts import LineOrder, PositionNotNamed
from access.operations.positions import About
from access.operations.request_steps import TextMissing
from access.queries.line_jobs import list_told
from access.queries.positions import list_overridable
from registry.choices import InterestKind, Role
from registry.operations import interests
from registry.policies import RoleMissing
from tests import lines, make
from tests import positions as making

pytestmark = pytest.mark.django_db


def test_two_people_set_it_aside_line_by_line_and_one_with_an_interest_for_the_rest() -> None:
    envelope, rows = lines.filled(3, make.tier(review_policy=making.policy()))
    held = making.take(rows[0], about=About(expansion=envelope.id))
    order = LineOrder(LineAct.OVERRIDE, note="Met in substance.", position=held.id)
    first, second = lines.staff(Role.COUNTERSIGNER), lines.staff(Role.DECIDER)
    interests.declare(
        make.by(second), organization=rows[2].organization_id, kind=InterestKind.ADVISORY
    )
    batch = lines.run(lines.commit(lines.prepare(envelope, order, first), first))
    assert {result for result, _code in lines.results(batch)} == {"done"}
    assert list_told(batch) == []
    batch = lines.run(lines.commit(lines.prepare(envelope, order, second), second))
    assert dict(batch.items.values_list("request", "result_code")) == {
        rows[0].id: "",
        rows[1].id: "",
        rows[2].id: "conflict_of_interest",
    }
    batch = lines.prepare(envelope)
    assert dict(batch.items.values_list("request", "foreseen_code")) == {
        rows[0].id: "",
        rows[1].id: "",
        rows[2].id: "override_missing",
    }
    ((offered, number),) = list_overridable(
        list(envelope.access_requests.select_related("tier", "review_policy")), first, at=now()
    )
    assert (offered.id, number) == (held.id, 1)


def test_needs_a_role_a_position_and_reasons() -> None:
    envelope, rows = lines.filled(1, make.tier(review_policy=making.policy()))
    held = making.take(rows[0], marking=Marking.CONFIDENTIAL)
    with pytest.raises(PositionNotNamed):
        lines.prepare(envelope, LineOrder(LineAct.OVERRIDE, note="Why."))
    with pytest.raises(TextMissing):
        lines.prepare(envelope, LineOrder(LineAct.OVERRIDE, note=" ", position=held.id))
    order = LineOrder(LineAct.OVERRIDE, note="Why.", position=held.id)
    with pytest.raises(RoleMissing):
        lines.prepare(envelope, order, lines.staff(Role.REVIEWER))
    uncleared, cleared = lines.staff(Role.DECIDER), lines.staff(Role.DECIDER, Role.CLEARED)
    assert lines.foreseen(lines.prepare(envelope, order, uncleared)) == [("refused", "not_found")]
    assert lines.foreseen(lines.prepare(envelope, order, cleared)) == [("done", "")]
