from django.urls import path

from access.api import (
    answers,
    authzen,
    authzen_search,
    authzen_snapshot,
    campaigns,
    claims,
    comments,
    conditions,
    enforcement,
    grants,
    holdings,
    positions,
    programs,
    requests,
    restorations,
    restrictions,
    stops,
    terms,
    to_do,
    usage,
    waiting,
)

urlpatterns = [
    path("programs/", programs.ProgramList.as_view()),
    path("programs/<slug:slug>/", programs.ProgramDetail.as_view()),
    path("programs/<slug:slug>/accept_terms/", programs.ProgramAcceptTerms.as_view()),
    path("expansions/", programs.ExpansionList.as_view()),
    path("access-requests/", requests.RequestList.as_view()),
    path("access-requests/<uuid:pk>/", requests.RequestDetail.as_view()),
    *(
        path(f"access-requests/<uuid:pk>/{name}/", requests.step_view(name))
        for name in requests.STEPS
    ),
    path("access-requests/<uuid:pk>/claims/", claims.ClaimList.as_view()),
    path("access-requests/<uuid:pk>/comments/", comments.CommentList.as_view()),
    path("comments/<uuid:pk>/correct/", comments.CommentCorrect.as_view()),
    path("grants/", grants.GrantList.as_view()),
    path("grants/<uuid:pk>/", grants.GrantDetail.as_view()),
    path("grants/<uuid:pk>/request_renewal/", grants.GrantRequestRenewal.as_view()),
    *(path(f"grants/<uuid:pk>/{name}/", grants.step_view(name)) for name in grants.STEPS),
    path("answers/", answers.AnswerList.as_view()),
    path("holdings/usable/", usage.UsageList.as_view()),
    path("waiting-periods/", waiting.WaitingPeriodList.as_view()),
    path("waiting-facts/", waiting.WaitingFactList.as_view()),
    path("waiting-facts/<uuid:pk>/confirm/", waiting.WaitingFactConfirm.as_view()),
    path("to-do/", to_do.ToDoList.as_view()),
    path("conditions/", conditions.ConditionList.as_view()),
    path("conditions/<uuid:pk>/", conditions.ConditionDetail.as_view()),
    *(
        path(f"conditions/<uuid:pk>/{name}/", conditions.step_view(name))
        for name in conditions.STEPS
    ),
    path("condition-campaigns/", campaigns.CampaignList.as_view()),
    path("condition-campaigns/<uuid:pk>/", campaigns.CampaignDetail.as_view()),
    *(
        path(f"condition-campaigns/<uuid:pk>/{name}/", campaigns.campaign_step(name))
        for name in campaigns.CAMPAIGN_STEPS
    ),
    path("recertifications/", campaigns.RecertificationList.as_view()),
    path("recertifications/<uuid:pk>/", campaigns.RecertificationDetail.as_view()),
    path("recertifications/<uuid:pk>/ask_again/", campaigns.recertification_again()),
    path("recertification-items/", to_do.ItemList.as_view()),
    path("recertification-items/<uuid:pk>/answer/", to_do.ItemAnswer.as_view()),
    path("close-outs/", to_do.CloseOutList.as_view()),
    path("close-outs/<uuid:pk>/attest/", to_do.CloseOutAttest.as_view()),
    path("programs/<slug:slug>/terms/<int:number>/acceptances/", terms.AcceptanceList.as_view()),
    path("holdings/", holdings.HoldingList.as_view()),
    path("positions/", positions.PositionList.as_view()),
    path("restrictions/", restrictions.RestrictionList.as_view()),
    path("restrictions/preview/", stops.RestrictionPreview.as_view()),
    *(
        path(f"restrictions/<uuid:pk>/{name}/", restrictions.step_view(name))
        for name in restrictions.STEPS
    ),
    path(
        "restrictions/<uuid:pk>/preview_restore/", restorations.RestrictionPreviewRestore.as_view()
    ),
    path("restrictions/<uuid:pk>/restore/", restorations.RestrictionRestore.as_view()),
    path("restrictions/<uuid:pk>/effect/", enforcement.RestrictionEffect.as_view()),
    path("enforcement-points/", enforcement.PointList.as_view()),
    path("enforcement-points/<uuid:pk>/applications/", enforcement.PointApplications.as_view()),
    path("enforcement-points/<uuid:pk>/report_applied/", enforcement.PointReportApplied.as_view()),
    path("enforcement-points/<uuid:pk>/drift/", enforcement.PointDrift.as_view()),
    path("grants/<uuid:pk>/surfaces/", enforcement.GrantSurfaces.as_view()),
]

decision_urlpatterns = [
    path("access/v1/evaluation", authzen.EvaluationView.as_view()),
    path("access/v1/evaluations", authzen.EvaluationsView.as_view()),
    path("access/v1/search/subject", authzen_search.SubjectSearchView.as_view()),
    path("access/v1/search/resource", authzen_search.ResourceSearchView.as_view()),
    path("access/v1/search/action", authzen_search.ActionSearchView.as_view()),
    path("access/v1/snapshot", authzen_snapshot.SnapshotView.as_view()),
    path(".well-known/authzen-configuration", authzen.ConfigurationView.as_view()),
]
