"""What a notification gives to its authority, for the disclosure log: written as it is sent."""

import datetime as dt

from django.utils.translation import gettext as _

from access.choices import DisclosureBasis, Marking
from access.models import Disclosure
from access.operations.disclosures import Document, Given, _disclose, _take_back
from notifications.choices import StageKind
from notifications.models import FilingStage
from notifications.operations.filings_stages import Act
from notifications.queries.filings import rule_of
from registry.choices import Channel

_LONGEST = 300


def _log_given(act: Act, *, sent_at: dt.datetime) -> Disclosure | None:
    """Its document and whom it names, to its authority. None where nobody is on record as having received it.

    Kept in confidence: nobody outside learns from the log what was notified. Whom its free text names a
    person adds, by a correction.
    """
    row = act.row
    if row.authority_id is None:
        return None
    by_mail = row.channel == Channel.EMAIL
    return _disclose(
        act.command,
        Given(
            authority=row.authority_id,
            given_at=sent_at,
            basis=DisclosureBasis.DUTY,
            organizations=(row.obligation.duty_holder_id,),
            documents=(
                Document(_("Notification %(id)s (JSON)") % {"id": row.id}, row.sha256),
                Document(_("Notification %(id)s (PDF)") % {"id": row.id}, row.pdf_sha256),
            ),
            given_by=row.obligation.duty_holder_id,
            citation=rule_of(row).citation[:_LONGEST],
            words=_("A mail said how to obtain it.") if by_mail else row.dispatch_proof,
            marking=Marking.CONFIDENTIAL,
        ),
    )


def _unlog_given(act: Act, *, reason: str) -> None:
    """It did not arrive: what was last written of it is taken back, unless a person has done so."""
    stage = (
        FilingStage.objects.filter(
            filing=act.row, kind=StageKind.DISPATCHED, disclosure__isnull=False
        )
        .order_by("-id")
        .first()
    )
    given = None if stage is None else stage.disclosure
    while given is not None and (later := Disclosure.objects.filter(corrects=given).first()):
        given = later
    if given is not None and not given.taken_back:
        _take_back(
            act.command, given, reason=_("It did not arrive: %(reason)s") % {"reason": reason}
        )
