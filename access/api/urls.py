from django.urls import path

from access.api import (
    answers,
    authzen,
    authzen_search,
    authzen_snapshot,
    enforcement,
    grants,
    holdings,
    positions,
    programs,
    requests,
    restorations,
    restrictions,
    stops,
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
    path("grants/", grants.GrantList.as_view()),
    path("grants/<uuid:pk>/", grants.GrantDetail.as_view()),
    *(path(f"grants/<uuid:pk>/{name}/", grants.step_view(name)) for name in grants.STEPS),
    path("answers/", answers.AnswerList.as_view()),
    path("holdings/usable/", usage.UsageList.as_view()),
    path("waiting-periods/", waiting.WaitingPeriodList.as_view()),
    path("waiting-facts/", waiting.WaitingFactList.as_view()),
    path("waiting-facts/<uuid:pk>/confirm/", waiting.WaitingFactConfirm.as_view()),
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
