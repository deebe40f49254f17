"""The staff's pages as the theme shows them: names, style and the way about."""

from typing import Any

from django.templatetags.static import static
from django.urls import reverse_lazy


def _page(title: str, icon: str, name: str, **more: Any) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": reverse_lazy(name), **more}


_SEES_DUTIES = "config.desk.board.may_see"
_SEES_FILINGS = "config.desk.home.may_see_filings"

UNFOLD = {
    "SITE_TITLE": "Concordat",
    "SITE_HEADER": "Concordat",
    "SITE_SUBHEADER": "Access governance registry",
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda _request: static("desk/icon.svg")}
    ],
    "STYLES": [lambda _request: static("desk/desk.css")],
    "LOGIN": {"form": "config.sign_in.SignInForm"},
    "DASHBOARD_CALLBACK": "config.desk.home.add_dashboard",
    "SIDEBAR": {
        "show_search": True,
        "show_all_applications": False,
        "navigation": [
            {
                "title": "Access",
                "items": [
                    _page("Home", "home", "admin:index"),
                    _page("Who holds access", "key", "desk_holdings"),
                    _page("Who can use what", "fact_check", "desk_usage"),
                    _page("Access requests", "inbox", "admin:access_accessrequest_changelist"),
                    _page("Expansions", "groups", "admin:access_expansion_changelist"),
                    _page("Grants", "lock_open", "admin:access_grant_changelist"),
                    _page("What waits", "hourglass", "admin:access_waitingperiod_changelist"),
                    _page("Conditions", "checklist", "admin:access_condition_changelist"),
                    _page(
                        "Condition campaigns",
                        "assignment",
                        "admin:access_conditioncampaign_changelist",
                    ),
                    _page(
                        "Recertification", "how_to_reg", "admin:access_recertification_changelist"
                    ),
                    _page("Close-outs", "inventory", "admin:access_closeout_changelist"),
                    _page("Notices", "event_upcoming", "admin:access_notice_changelist"),
                    _page("Restrictions", "block", "admin:access_restriction_changelist"),
                    _page(
                        "Enforcement points",
                        "toggle_on",
                        "admin:access_enforcementpoint_changelist",
                    ),
                    _page("Deny list", "do_not_disturb_on", "admin:access_denyentry_changelist"),
                    _page("Positions", "gavel", "admin:access_position_changelist"),
                    _page("Attestations", "verified", "admin:registry_attestation_changelist"),
                    _page(
                        "Documents of evidence",
                        "attach_file",
                        "admin:registry_evidencefile_changelist",
                        permission="config.desk.home.may_see_evidence",
                    ),
                    _page("Schemes", "workspace_premium", "admin:registry_scheme_changelist"),
                    _page("Recognitions", "handshake", "admin:registry_recognition_changelist"),
                    _page(
                        "What tiers require",
                        "task_alt",
                        "admin:access_tierrequirements_changelist",
                    ),
                    _page("Screening lists", "list", "admin:registry_screeninglist_changelist"),
                    _page(
                        "Screenings",
                        "policy",
                        "admin:registry_screenedorganization_changelist",
                    ),
                    _page("Screening hits", "flag", "admin:registry_screeninghit_changelist"),
                    _page("Screening runs", "sync", "admin:registry_screeningrun_changelist"),
                    _page("Consultations", "forum", "admin:access_consultation_changelist"),
                    _page("Authorizations", "verified", "admin:access_authorization_changelist"),
                    _page("Programs", "category", "admin:access_program_changelist"),
                    _page("Forms", "list_alt", "admin:access_requestform_changelist"),
                    _page("Review policies", "rule", "admin:access_reviewpolicy_changelist"),
                    _page("Teams", "groups", "admin:access_team_changelist"),
                    _page(
                        "Attributes of staff", "badge", "admin:access_staffattribute_changelist"
                    ),
                ],
            },
            {
                "title": "Duties to notify",
                "items": [
                    _page("Clocks", "timer", "desk_board", permission=_SEES_DUTIES),
                    _page(
                        "All duties",
                        "assignment",
                        "admin:notifications_obligation_changelist",
                        permission=_SEES_DUTIES,
                    ),
                    _page(
                        "Notifications",
                        "outgoing_mail",
                        "admin:notifications_filing_changelist",
                        permission=_SEES_FILINGS,
                    ),
                    _page(
                        "Incidents",
                        "crisis_alert",
                        "admin:registry_incident_changelist",
                        permission="config.desk.home.may_see_incidents",
                    ),
                    *(
                        _page(title, icon, f"admin:{name}_changelist", permission=_SEES_DUTIES)
                        for title, icon, name in (
                            ("Occurrences", "bolt", "registry_occurrence"),
                            ("Questions", "help", "notifications_obligationquestion"),
                            ("Who is bound", "badge", "registry_dutyholderstatus"),
                            ("Who receives", "account_balance", "registry_mandate"),
                        )
                    ),
                ],
            },
            {
                "title": "Authorities",
                "items": [
                    _page("Dialogues", "forum", "admin:notifications_dialogue_changelist"),
                    _page(
                        "Demands for access",
                        "front_hand",
                        "admin:notifications_accessdemand_changelist",
                    ),
                    _page("What was notified", "outbox", "desk_notified"),
                    _page("Coverage", "grid_view", "desk_coverage"),
                    _page(
                        "Gaps of coverage",
                        "report",
                        "admin:notifications_coveragegap_changelist",
                        permission="config.desk.coverage.may_see_gaps",
                    ),
                    _page("What was disclosed", "visibility", "desk_disclosed"),
                    _page(
                        "Facts that waits run from", "flag", "admin:access_waitingfact_changelist"
                    ),
                ],
            },
            {
                "title": "Registry",
                "items": [
                    _page("Organizations", "apartment", "admin:registry_organization_changelist"),
                    _page("Models", "neurology", "admin:registry_aimodel_changelist"),
                    _page("Authorities", "account_balance", "admin:registry_authority_changelist"),
                    _page("Jurisdictions", "public", "admin:registry_jurisdiction_changelist"),
                    _page("Rules", "balance", "admin:registry_obligationrule_changelist"),
                    _page("Holiday tables", "event", "admin:registry_holidaytable_changelist"),
                    _page("As reported", "history", "desk_timeline"),
                    _page(
                        "Reported facts", "fact_check", "admin:registry_reportedfact_changelist"
                    ),
                    _page(
                        "Reported holdings", "campaign", "admin:access_reportedholding_changelist"
                    ),
                    _page("Stated counts", "tag", "admin:access_statedcount_changelist"),
                    _page("Sources", "newspaper", "admin:registry_source_changelist"),
                ],
            },
            {
                "title": "Office",
                "items": [
                    _page("Mails", "mail", "admin:notifications_delivery_changelist"),
                    _page("Answers given", "rule_folder", "desk_answers"),
                    _page("Deputies", "supervisor_account", "admin:access_deputation_changelist"),
                    _page("Record", "receipt_long", "admin:registry_auditevent_changelist"),
                    *(
                        _page(
                            title,
                            icon,
                            f"admin:{name}_changelist",
                            permission="config.desk.home.may_see_office",
                        )
                        for title, icon, name in (
                            ("Staff", "badge", "registry_user"),
                            ("Interests", "handshake", "registry_interest"),
                            ("Clients", "api", "registry_client"),
                        )
                    ),
                ],
            },
        ],
    },
}
