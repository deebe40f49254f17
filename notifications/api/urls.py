from django.urls import path

from notifications.api import demands, dialogues, notices

urlpatterns = [
    path("demands/", demands.DemandList.as_view()),
    path("demands/<uuid:pk>/", demands.DemandDetail.as_view()),
    path("demands/<uuid:pk>/record/", demands.DemandRecordView.as_view()),
    path("dialogues/", dialogues.DialogueList.as_view()),
    path("dialogues/<uuid:pk>/", dialogues.DialogueDetail.as_view()),
    path("dialogues/<uuid:pk>/record/", dialogues.DialogueRecordView.as_view()),
    path("model-notices/", notices.NoticeList.as_view()),
    path("model-notices/<uuid:pk>/answer/", notices.NoticeAnswerView.as_view()),
]
