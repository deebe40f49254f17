from django.urls import path

from notifications.api import obligations

urlpatterns = [
    path("obligations/", obligations.ObligationList.as_view()),
    path("obligations/<uuid:pk>/", obligations.ObligationDetail.as_view()),
    *(
        path(f"obligations/<uuid:pk>/{name}/", obligations.step_view(name))
        for name in obligations.STEPS
    ),
]
