from django.urls import path

from notifications.api import (
    coverage,
    coverage_gaps,
    demands,
    dialogues,
    duties,
    filing_files,
    filings,
    notices,
    obligations,
)

urlpatterns = [
    path("incidents/<uuid:pk>/duties/", duties.IncidentDuties.as_view()),
    path("incidents/<uuid:pk>/assess/", duties.IncidentAssess.as_view()),
    path("incidents/<uuid:pk>/stop_access/", duties.IncidentStopAccess.as_view()),
    path("occurrences/<uuid:pk>/duties/", duties.OccurrenceDuties.as_view()),
    path("obligation-questions/", duties.QuestionList.as_view()),
    path("obligation-questions/<uuid:pk>/answer/", duties.QuestionAnswer.as_view()),
    path("obligations/", obligations.ObligationList.as_view()),
    path("obligations/<uuid:pk>/", obligations.ObligationDetail.as_view()),
    *(
        path(f"obligations/<uuid:pk>/{name}/", obligations.step_view(name))
        for name in obligations.STEPS
    ),
    path("filings/", filings.FilingList.as_view()),
    path("filings/<uuid:pk>/", filings.FilingDetail.as_view()),
    path("filings/<uuid:pk>/pdf/", filing_files.FilingPdf.as_view()),
    path("filings/<uuid:pk>/json/", filing_files.FilingJson.as_view()),
    path("filings/<uuid:pk>/proofs/<int:stage>/", filing_files.FilingProof.as_view()),
    *(path(f"filings/<uuid:pk>/{name}/", filings.step_view(name)) for name in filings.STEPS),
    path("coverage/", coverage.CoverageView.as_view()),
    path("coverage-gaps/", coverage_gaps.GapList.as_view()),
    path("coverage-gaps/<uuid:pk>/", coverage_gaps.GapDetail.as_view()),
    path("coverage-gaps/<uuid:pk>/explain/", coverage_gaps.GapExplain.as_view()),
    path("demands/", demands.DemandList.as_view()),
    path("demands/<uuid:pk>/", demands.DemandDetail.as_view()),
    path("demands/<uuid:pk>/record/", demands.DemandRecordView.as_view()),
    path("dialogues/", dialogues.DialogueList.as_view()),
    path("dialogues/<uuid:pk>/", dialogues.DialogueDetail.as_view()),
    path("dialogues/<uuid:pk>/record/", dialogues.DialogueRecordView.as_view()),
    path("model-notices/", notices.NoticeList.as_view()),
    path("model-notices/<uuid:pk>/answer/", notices.NoticeAnswerView.as_view()),
]
