"""The portal's addresses as with DEBUG on, which Django turns off in tests."""

from django.urls import include, path

from clinic.urls import urlpatterns as portal

urlpatterns = [*portal, path("dev/", include("clinic.notices.dev_urls"))]
