from django.urls import path

from notifications.api import duties, obligations

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
]
