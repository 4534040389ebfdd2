"""Every address of the portal. Each app's urls.py says where its pages are; its api.py (or api/) what programs call."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path

from clinic import views
from clinic.policy_reports import PolicyReportView

api: list[URLPattern | URLResolver] = [
    path("", include("appointments.api_urls")),
    path("", include("televisit.api_urls")),
    path("", include("prescriptions.api_urls")),
    path("", include("chat.api_urls")),
    path("", include("clinic.record.api_urls")),
    path("", include("clinic.notices.api_urls")),
    path("", include("clinic.people.api_urls")),
    re_path(r"^(?P<rest>.*)$", views.UnknownCallView.as_view(), name="unknown"),
]

urlpatterns = [
    path("", include("appointments.urls")),
    path("", include("televisit.urls")),
    path("", include("prescriptions.urls")),
    path("", include("chat.urls")),
    path("", include("clinic.people.urls")),
    path("", include("clinic.record.urls")),
    path("", include("clinic.notices.urls")),
    path("help/", include("clinic.help")),
    path("home/", views.HomeView.as_view(), name="home"),
    path("health/live", views.live, name="health-live"),
    path("health/ready", views.ready, name="health-ready"),
    path("csp-report/", PolicyReportView.as_view(), name="csp-report"),
    path("accounts/", include("allauth.urls")),
    path("_allauth/", include("allauth.headless.urls")),
    path("api/v1/", include((api, "api"))),
    path("", include("clinic.fhir.urls")),
    path("api/schema/", views.SchemaView.as_view(), name="api-schema"),
    path("api/docs/", views.ApiDocsView.as_view(), name="api-docs"),
    path("admin/", admin.site.urls),
]

if settings.DEBUG:
    urlpatterns.append(path("dev/", include("clinic.notices.dev_urls")))

handler400 = "clinic.views.bad_request"
handler500 = "clinic.views.server_error"
