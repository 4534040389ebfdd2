"""/help/: how the portal works and what to do when something does not; open to everybody."""

from django.urls import path
from django.views.generic import TemplateView

app_name = "help"
urlpatterns = [
    path("", TemplateView.as_view(template_name="help/index.html"), name="index"),
    path("patients/", TemplateView.as_view(template_name="help/patients.html"), name="patients"),
    path("doctors/", TemplateView.as_view(template_name="help/doctors.html"), name="doctors"),
]
