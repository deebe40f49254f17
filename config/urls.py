from django.conf import settings
from django.contrib import admin
from django.urls import path
from django.views.generic import RedirectView

from config import probes

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index"), name="home"),
    path("admin/", admin.site.urls),
    path("healthz", probes.healthz),
    path("readyz", probes.readyz),
]

if settings.LOCAL:
    from config.local import mailbox

    urlpatterns += [
        path("mailbox/", mailbox.list_mails, name="mailbox"),
        path("mailbox/<str:name>/", mailbox.show_mail, name="mail"),
    ]
