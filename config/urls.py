from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from access.api.urls import decision_urlpatterns
from config import probes
from config.desk import answers, board, coverage, disclosed, holdings, notified, timeline, usage
from config.sign_in import sign_in
from registry.api.tokens import TokenView

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index"), name="home"),
    path("admin/holdings/", admin.site.admin_view(holdings.show_holdings), name="desk_holdings"),
    path("admin/notified/", admin.site.admin_view(notified.show_notified), name="desk_notified"),
    path(
        "admin/disclosed/", admin.site.admin_view(disclosed.show_disclosed), name="desk_disclosed"
    ),
    path("admin/coverage/", admin.site.admin_view(coverage.show_coverage), name="desk_coverage"),
    path("admin/usage/", admin.site.admin_view(usage.show_usage), name="desk_usage"),
    path("admin/answers/", admin.site.admin_view(answers.show_answers), name="desk_answers"),
    path("admin/timeline/", admin.site.admin_view(timeline.show_timeline), name="desk_timeline"),
    path("admin/clocks/", admin.site.admin_view(board.show_board), name="desk_board"),
    path("admin/clocks/untold/", admin.site.admin_view(board.show_untold), name="desk_untold"),
    path("admin/clocks/missed/", admin.site.admin_view(board.show_missed), name="desk_missed"),
    path("admin/login/", sign_in),
    path("admin/", admin.site.urls),
    path("api/v1/", include("registry.api.urls")),
    path("api/v1/", include("access.api.urls")),
    path("api/v1/", include("notifications.api.urls")),
    path(
        "api/schema/",
        SpectacularAPIView.as_view(renderer_classes=[OpenApiYamlRenderer, OpenApiJsonRenderer]),
        name="schema",
    ),
    path("api/docs/", SpectacularSwaggerView.as_view(url_name="schema"), name="docs"),
    path("oauth/token", TokenView.as_view(), name="token"),
    *decision_urlpatterns,
    path("healthz", probes.healthz),
    path("readyz", probes.readyz),
]

if settings.LOCAL:
    from config.local import mailbox

    urlpatterns += [
        path("mailbox/", mailbox.list_mails, name="mailbox"),
        path("mailbox/<str:name>/", mailbox.show_mail, name="mail"),
    ]

handler404 = "config.problems.answer_not_found"
handler500 = "config.problems.answer_failure"
