from django.urls import path

from registry.api import events, members, openapi, organizations

__all__ = ["openapi", "urlpatterns"]

urlpatterns = [
    path("organizations/", organizations.OrganizationList.as_view()),
    path("organizations/<str:identifier>/", organizations.OrganizationDetail.as_view()),
    path("models/", organizations.ModelList.as_view()),
    path("models/<slug:slug>/", organizations.ModelDetail.as_view()),
    path("members/", members.MemberList.as_view()),
    path("members/<uuid:pk>/attest/", members.MemberAttest.as_view()),
    path("members/<uuid:pk>/withdraw/", members.MemberWithdraw.as_view()),
    path("events/", events.EventList.as_view()),
]
