"""What is said of a request's own words and files."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from access.events import Event
from notifications.queries.matters import Words

LEADS: Mapping[str, Words] = {
    Event.REQUEST_DRAFTED_ON_BEHALF: _(
        "An access request has been drafted for you, because somebody of your organization asked for it. "
        "If nobody did, tell us."
    ),
    Event.ATTACHMENT_REDACTED: _(
        "A file that came with the access request has been redacted. Why is told where you read the request."
    ),
}
