from django.urls import path

from access.api import (
    answers,
    authorizations,
    authzen,
    authzen_search,
    authzen_snapshot,
    campaigns,
    claims,
    comments,
    conditions,
    consultations,
    deny_list,
    deputations,
    disclosures,
    eligibility,
    enforcement,
    expansions,
    grants,
    holdings,
    line_jobs,
    positions,
    programs,
    request_files,
    request_forms,
    request_steps,
    requests,
    restorations,
    restrictions,
    review_policies,
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
    path(
        "programs/<slug:slug>/tiers/<slug:tier>/requirements/",
        eligibility.TierRequirementsView.as_view(),
    ),
    path(
        "programs/<slug:slug>/tiers/<slug:tier>/eligibility/",
        eligibility.TierEligibilityView.as_view(),
    ),
    path("attestations/<uuid:pk>/grants/", eligibility.AttestationGrants.as_view()),
    path("expansions/", expansions.ExpansionList.as_view()),
    path("expansions/<slug:slug>/", expansions.ExpansionDetail.as_view()),
    path("expansions/<slug:slug>/lines/", expansions.ExpansionLines.as_view()),
    *(
        path(f"expansions/<slug:slug>/{name}/", expansions.step_view(name))
        for name in expansions.STEPS
    ),
    path("expansions/<slug:slug>/import/", line_jobs.ExpansionImport.as_view()),
    path("expansions/<slug:slug>/imports/<uuid:pk>/", line_jobs.ImportDetail.as_view()),
    path("expansions/<slug:slug>/imports/<uuid:pk>/rows/", line_jobs.ImportRows.as_view()),
    path("expansions/<slug:slug>/imports/<uuid:pk>/commit/", line_jobs.import_commit()),
    path("expansions/<slug:slug>/decide_lines/", line_jobs.ExpansionDecideLines.as_view()),
    path("expansions/<slug:slug>/publish/", line_jobs.ExpansionPublish.as_view()),
    path("expansions/<slug:slug>/batches/<uuid:pk>/", line_jobs.BatchDetail.as_view()),
    path("expansions/<slug:slug>/batches/<uuid:pk>/items/", line_jobs.BatchItems.as_view()),
    *(
        path(f"expansions/<slug:slug>/batches/<uuid:pk>/{name}/", line_jobs.batch_step(name))
        for name in line_jobs.BATCH_STEPS
    ),
    path("access-requests/", requests.RequestList.as_view()),
    path("access-requests/<uuid:pk>/attach/", request_files.RequestAttach.as_view()),
    path("access-requests/<uuid:pk>/copy/", request_files.RequestCopy.as_view()),
    path("access-requests/<uuid:pk>/discard/", request_files.RequestDiscard.as_view()),
    path("access-requests/<uuid:pk>/submissions/", request_files.RequestSubmissions.as_view()),
    path(
        "access-requests/<uuid:pk>/attachments/<uuid:attachment>/",
        request_files.RequestAttachment.as_view(),
    ),
    path("programs/<slug:slug>/tiers/<slug:tier>/form/", request_forms.TierForm.as_view()),
    path("access-requests/<uuid:pk>/", requests.RequestDetail.as_view()),
    *(
        path(f"access-requests/<uuid:pk>/{name}/", request_steps.step_view(name))
        for name in request_steps.STEPS
    ),
    path("request-forms/", request_forms.FormList.as_view()),
    path("request-forms/<uuid:pk>/", request_forms.FormDetail.as_view()),
    path("request-forms/<uuid:pk>/enact/", request_forms.FormEnact.as_view()),
    path("review-policies/", review_policies.PolicyList.as_view()),
    path("review-policies/<uuid:pk>/", review_policies.PolicyDetail.as_view()),
    path("review-policies/<uuid:pk>/enact/", review_policies.PolicyEnact.as_view()),
    path("review-policies/<uuid:pk>/dry_run/", review_policies.PolicyDryRun.as_view()),
    path("deputations/", deputations.DeputationList.as_view()),
    path("deputations/<uuid:pk>/revoke/", deputations.DeputationRevoke.as_view()),
    path("access-requests/<uuid:pk>/claims/", claims.ClaimList.as_view()),
    path("access-requests/<uuid:pk>/comments/", comments.CommentList.as_view()),
    path("comments/<uuid:pk>/correct/", comments.CommentCorrect.as_view()),
    path("grants/", grants.GrantList.as_view()),
    path("grants/<uuid:pk>/", grants.GrantDetail.as_view()),
    path("grants/<uuid:pk>/request_renewal/", grants.GrantRequestRenewal.as_view()),
    *(path(f"grants/<uuid:pk>/{name}/", grants.step_view(name)) for name in grants.STEPS),
    path("answers/", answers.AnswerList.as_view()),
    path("answers/searches/", answers.SearchList.as_view()),
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
    path("disclosures/", disclosures.DisclosureList.as_view()),
    path("disclosures/<uuid:pk>/", disclosures.DisclosureDetail.as_view()),
    path("disclosures/<uuid:pk>/correct/", disclosures.DisclosureCorrect.as_view()),
    path("disclosures/<uuid:pk>/take_back/", disclosures.DisclosureTakeBack.as_view()),
    path("positions/<uuid:pk>/", positions.PositionDetail.as_view()),
    *(path(f"positions/<uuid:pk>/{name}/", positions.step_view(name)) for name in positions.STEPS),
    path("consultations/", consultations.ConsultationList.as_view()),
    path("consultations/<uuid:pk>/hand_over/", consultations.ConsultationHandOver.as_view()),
    path("consultations/<uuid:pk>/withdraw/", consultations.ConsultationWithdraw.as_view()),
    path("authorizations/", authorizations.AuthorizationList.as_view()),
    path("authorizations/<uuid:pk>/withdraw/", authorizations.AuthorizationWithdraw.as_view()),
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
    path("deny-entries/", deny_list.DenyEntryList.as_view()),
    *(
        path(f"deny-entries/<uuid:pk>/{name}/", deny_list.step_view(name))
        for name in deny_list.STEPS
    ),
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
