from django.urls import path

from registry.api import (
    attestations,
    events,
    incidents,
    interests,
    members,
    occurrences,
    openapi,
    organizations,
)

__all__ = ["openapi", "urlpatterns"]

urlpatterns = [
    path("organizations/", organizations.OrganizationList.as_view()),
    path("organizations/<str:identifier>/", organizations.OrganizationDetail.as_view()),
    path("models/", organizations.ModelList.as_view()),
    path("models/<slug:slug>/", organizations.ModelDetail.as_view()),
    path("members/", members.MemberList.as_view()),
    path("members/<uuid:pk>/attest/", members.MemberAttest.as_view()),
    path("incidents/", incidents.IncidentList.as_view()),
    path("incidents/<uuid:pk>/", incidents.IncidentDetail.as_view()),
    path("incidents/<uuid:pk>/classify/", incidents.IncidentClassify.as_view()),
    path("incidents/<uuid:pk>/contain/", incidents.IncidentContain.as_view()),
    path("incidents/<uuid:pk>/state_moment/", incidents.IncidentStateMoment.as_view()),
    path("incidents/<uuid:pk>/resolve/", incidents.IncidentResolve.as_view()),
    path("occurrences/", occurrences.OccurrenceList.as_view()),
    path("occurrences/<uuid:pk>/", occurrences.OccurrenceDetail.as_view()),
    path("occurrences/<uuid:pk>/change/", occurrences.OccurrenceChange.as_view()),
    path("occurrences/<uuid:pk>/state_moment/", occurrences.OccurrenceStateMoment.as_view()),
    path("occurrences/<uuid:pk>/end/", occurrences.OccurrenceEnd.as_view()),
    path("members/<uuid:pk>/withdraw/", members.MemberWithdraw.as_view()),
    path("schemes/", attestations.SchemeList.as_view()),
    path("recognitions/", attestations.RecognitionList.as_view()),
    path("attestations/", attestations.AttestationList.as_view()),
    path("attestations/<uuid:pk>/", attestations.AttestationDetail.as_view()),
    path("attestations/<uuid:pk>/review/", attestations.AttestationReview.as_view()),
    path("attestations/<uuid:pk>/withdraw/", attestations.AttestationWithdraw.as_view()),
    path("interests/", interests.InterestList.as_view()),
    path("interests/<uuid:pk>/end/", interests.InterestEnd.as_view()),
    path("events/", events.EventList.as_view()),
]
