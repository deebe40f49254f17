"""What a grant needs beside its own terms: written down once, and what it does to the answer."""

import datetime as dt

import pytest
from django.db import transaction

from access.choices import NeedKind, NeedStanding, Reason
from access.models import Grant
from access.operations.grant_needs import NeedSpan, _set_need
from access.queries.decisions import Asked, Evaluation, evaluate, evaluate_in_full
from registry.actors import SYSTEM
from registry.commands import read_clock
from registry.models import AuditEvent
from tests import make

MET, UNMET = NeedSpan(NeedStanding.MET), NeedSpan(NeedStanding.NOT_MET, {"missing": "a paper"})
UNKNOWN = NeedSpan(NeedStanding.NOT_KNOWN)


def set_need(row: Grant, *spans: NeedSpan, kind: NeedKind = NeedKind.REQUIREMENT) -> bool:
    act = make.by(SYSTEM)
    with transaction.atomic():
        locked = Grant.objects.select_for_update().get(pk=row.pk)
        clock = read_clock(act, locked)
        return _set_need(act, locked, kind=kind, code="paper", spans=spans, clock=clock)


def ask(row: Grant) -> Evaluation:
    return evaluate(Asked(row.organization.slug, row.tier.ai_models.get().slug, "invoke"))


@pytest.mark.django_db
class TestNeeds:
    @pytest.mark.parametrize("span", [UNMET, UNKNOWN])
    def test_only_what_is_met_opens(self, span: NeedSpan) -> None:
        row = make.grant()
        set_need(row, span)
        assert ask(row).answer.reason is Reason.REQUIREMENT_UNMET
        set_need(row, span, kind=NeedKind.GATE)
        assert ask(row).answer.reason is Reason.GATE_CLOSED
        set_need(row, MET)
        set_need(row, MET, kind=NeedKind.GATE)
        assert ask(row).answer.decision

    def test_an_end_that_is_known_ends_the_answer(self) -> None:
        row = make.grant()
        until = dt.datetime.now(dt.UTC) + dt.timedelta(days=30)
        set_need(row, NeedSpan(NeedStanding.MET, until=until), UNMET)
        answer = ask(row).answer
        assert answer.decision
        assert (answer.valid_until, answer.next_change_at) == (until, until)
        asked = Asked(row.organization.slug, row.tier.ai_models.get().slug, "invoke", as_of=until)
        (later,) = evaluate_in_full([asked])
        assert isinstance(later, Evaluation)
        assert later.answer.reason is Reason.REQUIREMENT_UNMET

    def test_what_was_known_before_stays(self) -> None:
        row = make.grant()
        set_need(row, MET)
        before = ask(row).evaluated_at
        set_need(row, UNMET)
        asked = Asked(
            *(row.organization.slug, row.tier.ai_models.get().slug, "invoke"),
            as_of=before,
            known_at=before,
        )
        assert evaluate(asked).answer.decision

    def test_the_same_again_is_no_news(self) -> None:
        row = make.grant()
        assert set_need(row, UNMET)
        assert not set_need(row, UNMET)
        assert AuditEvent.objects.filter(name="grant.need_changed").count() == 1

    def test_without_spans_there_is_no_need(self) -> None:
        row = make.grant()
        set_need(row, UNMET)
        assert set_need(row)
        assert ask(row).answer.decision

    def test_leaves_no_gap(self) -> None:
        row = make.grant()
        until = dt.datetime.now(dt.UTC) + dt.timedelta(days=30)
        with pytest.raises(ValueError, match="no end"):
            set_need(row, NeedSpan(NeedStanding.MET, until=until))
        later = NeedSpan(NeedStanding.NOT_MET, until=until)
        with pytest.raises(ValueError, match="follow"):
            set_need(row, later, later, MET)
