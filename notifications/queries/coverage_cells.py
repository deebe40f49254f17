"""Whether a body meets a need, and by what it is known: one function for each need, over the facts read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db.models import Model
from django.utils.translation import gettext as _

from access.choices import Holds, Stance
from access.eligibility import Path
from notifications.choices import CoverageNeed, Covered
from notifications.queries.coverage_facts import Facts
from registry.models import AcceptedScheme, Jurisdiction, Organization, ReportedFact
from registry.rules import Standing

_HELD = {Stance.SUPPORTS, Stance.NO_OBJECTION, Stance.CONDITIONAL, Stance.OBJECTS}
_FROM_HOLDS = {
    Holds.YES: Covered.YES,
    Holds.NO: Covered.NO,
    Holds.NOT_KNOWN: Covered.NOT_KNOWN,
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """By what a cell is known, in words; `row` is where it is on record, `facts` what sources tell."""

    text: str
    row: Model | None = None
    facts: tuple[ReportedFact, ...] = ()


_Judged = tuple[Covered, *tuple[Evidence, ...]]


@dataclass(frozen=True, slots=True)
class Cell:
    """One need of one body in one jurisdiction."""

    need: CoverageNeed
    covered: Covered
    evidence: tuple[Evidence, ...]


def judge(facts: Facts, place: Jurisdiction, body: Organization) -> tuple[Cell, ...]:
    """Every need, in order."""
    judged = {
        CoverageNeed.AUTHORITY: _judge_authority(facts, body, place),
        **{need: ask(facts, body) for need, ask in _JUDGES.items()},
    }
    return tuple(Cell(need, judged[need][0], judged[need][1:]) for need in CoverageNeed)


def judge_nobody() -> tuple[Cell, ...]:
    """A jurisdiction for which no body is registered: that much is known, and nothing else."""
    nobody = Evidence(_("No body is registered for it."))
    return tuple(
        Cell(need, Covered.NO if need is CoverageNeed.AUTHORITY else Covered.NOT_KNOWN, (nobody,))
        for need in CoverageNeed
    )


def _judge_authority(facts: Facts, body: Organization, place: Jurisdiction) -> _Judged:
    authority = facts.authorities.get(body.id)
    said = [] if authority is None else list(authority.competences.all())
    here = [one for one in said if one.jurisdiction_id == place.id]
    if not here:
        return Covered.NOT_KNOWN, Evidence(_("What it answers for is not on record."), body)
    return Covered.YES, *(
        Evidence(f"{one.subject} ({one.basis})" if one.basis else one.subject, authority)
        for one in here
    )


def _judge_position(facts: Facts, body: Organization) -> _Judged:
    rows = facts.positions.get(body.id, [])
    if not rows:
        return Covered.NOT_KNOWN, Evidence(_("No position of it is on record."))
    evidence = [
        Evidence(
            f"{row.get_stance_display()}: {row.statement}",
            row.position,
            () if row.position.fact is None else (row.position.fact,),
        )
        for row in rows
    ]
    undisputed = [row for row in rows if not _disputed(facts, row.position.fact)]
    if any(Stance(row.stance) in _HELD for row in undisputed):
        return Covered.YES, *evidence
    return Covered.NO if undisputed else Covered.NOT_KNOWN, *evidence


def _judge_access(facts: Facts, body: Organization) -> _Judged:
    if not facts.models:
        return Covered.NOT_KNOWN, Evidence(_("No tier of the program names a model."))
    found, evidence = set(), []
    for evaluator in (body, *facts.evaluators.get(body.id, ())):
        for model, line in facts.holdings.get(evaluator.id, ()):
            known = bool(line.facts) or line.grant is not None
            # Where neither a grant nor a report speaks, that nothing was given here is the operator's own record.
            found.add(line.holds)
            if known:
                who = "" if evaluator == body else f"{evaluator.name}: "
                said = f"{who}{model.name}: {line.holds.label}"
                row: Model = evaluator if line.grant is None else line.grant
                evidence.append(
                    Evidence(f"{said} ({line.manner})" if line.manner else said, row, line.facts)
                )
    if not found:
        return Covered.NOT_KNOWN, Evidence(_("Nothing was recorded of it then."))
    strongest = next(one for one in (Holds.YES, Holds.NOT_KNOWN, Holds.NO) if one in found)
    return _FROM_HOLDS[strongest], *(evidence or [Evidence(_("No grant and no report."), body)])


def _judge_attestation(facts: Facts, body: Organization) -> _Judged:
    """Whether the operator or a holder of access has what the body itself says that it accepts."""
    authority, attested = facts.authorities.get(body.id), facts.attested
    accepted = [] if authority is None else attested.accepted.get(authority.id, [])
    if not accepted:
        return Covered.NOT_KNOWN, Evidence(
            _("Which attestations it accepts is not on record."), body
        )
    found = [(said, path) for said in accepted if (path := attested.find(said)) is not None]
    if found:
        return Covered.YES, *(_show_path(facts, said, path) for said, path in found)
    brought = any(said.scheme_id in attested.brought for said in accepted)
    words = (
        _("What was handed in under %(scheme)s does not count at that moment (%(basis)s).")
        if brought
        else _("It accepts %(scheme)s (%(basis)s). Nothing under it was handed in here.")
    )
    return Covered.NO if brought else Covered.NOT_KNOWN, *(
        Evidence(words % {"scheme": said.scheme, "basis": said.basis}, authority)
        for said in accepted
        if not brought or said.scheme_id in attested.brought
    )


def _show_path(facts: Facts, said: AcceptedScheme, path: Path) -> Evidence:
    row = facts.attested.rows[path.held.id]
    words = {
        "scheme": f"{row.scheme} {row.level}".strip(),
        "holder": row.organization.name,
        "wanted": f"{said.scheme} {said.level}".strip(),
        "basis": said.basis,
    }
    if path.edges:
        text = _(
            "%(scheme)s of %(holder)s, recognized as %(wanted)s, which it accepts (%(basis)s)"
        )
    else:
        text = _("%(scheme)s of %(holder)s, which it accepts (%(basis)s)")
    return Evidence(text % words, row)


def _judge_rule(facts: Facts, body: Organization) -> _Judged:
    if not facts.rules:
        return Covered.NOT_KNOWN, Evidence(_("No rule is in force in this registry."))
    authority = facts.authorities.get(body.id)
    mandates = [] if authority is None else facts.mandated.get(authority.id, [])
    if not mandates:
        return Covered.NOT_KNOWN, Evidence(_("What it receives by law is not on record."))
    keys = {mandate.key for mandate in mandates}
    addressed = [
        rule
        for rule in facts.rules
        if rule.document.is_clocked and not keys.isdisjoint(rule.document.recipients)
    ]
    applying = [
        rule for rule in addressed if rule.document.standing(facts.asked.as_of) is Standing.APPLIES
    ]
    if not addressed:
        keyed = ", ".join(sorted(keys))
        return Covered.NO, Evidence(
            _("No rule in force here is addressed to %(keys)s.") % {"keys": keyed}, authority
        )
    return Covered.YES if applying else Covered.NO, *(
        Evidence(
            f"{rule.document.citation}: {rule.document.title}"
            if applying
            else _("does not apply at that moment: %(citation)s")
            % {"citation": rule.document.citation},
            rule.edition,
        )
        for rule in applying or addressed
    )


def _judge_contact(facts: Facts, body: Organization) -> _Judged:
    by = min(facts.asked.as_of, facts.asked.known_by)
    contacts = [one for one in body.contacts.all() if one.ended_at is None or one.ended_at > by]
    verified = [one for one in contacts if one.verified_at is not None and one.verified_at <= by]
    if verified:
        return Covered.YES, *(
            Evidence(
                _("%(name)s, verified on %(day)s")
                % {"name": one.name, "day": f"{one.verified_at:%Y-%m-%d}"},
                body,
            )
            for one in verified
        )
    authority = facts.authorities.get(body.id)
    channels = [
        one
        for one in ([] if authority is None else authority.channels.all())
        if one.ended_at is None or one.ended_at > by
    ]
    unproven = [
        *(Evidence(_("%(name)s, not verified") % {"name": one.name}, body) for one in contacts),
        *(
            Evidence(
                _("channel: %(kind)s %(address)s; nobody has answered there")
                % {"kind": one.get_channel_display(), "address": one.address},
                authority,
            )
            for one in channels
            if one.address
        ),
    ]
    if unproven:
        return Covered.NO, *unproven
    return Covered.NOT_KNOWN, Evidence(_("Whom to reach there is not on record."), body)


def _disputed(facts: Facts, fact: ReportedFact | None) -> bool:
    known_at = facts.asked.known_at
    return fact is not None and any(
        known_at is None or dispute.raised_at <= known_at for dispute in fact.disputes.all()
    )


_JUDGES: Mapping[CoverageNeed, Callable[[Facts, Organization], _Judged]] = {
    CoverageNeed.POSITION: _judge_position,
    CoverageNeed.ACCESS: _judge_access,
    CoverageNeed.ATTESTATION: _judge_attestation,
    CoverageNeed.RULE: _judge_rule,
    CoverageNeed.CONTACT: _judge_contact,
}
