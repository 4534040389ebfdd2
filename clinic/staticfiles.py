"""Which static files there are, and how they are served."""

from io import BytesIO
from typing import Any

from django.contrib.staticfiles.apps import StaticFilesConfig
from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.storage import CompressedManifestStaticFilesStorage


class PortalStaticFilesConfig(StaticFilesConfig):
    """Leaves out the scripts of django_htmx: we serve our own htmx, and some of them import what is not there."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "django_htmx"]


class PortalStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Hashed names, also where one script module imports another: browsers never mix two versions."""

    support_js_module_import_aggregation = True


class StaticFilesMiddleware(WhiteNoiseMiddleware):
    """Sends files whole: they are small, and under ASGI Django would gather a stream's parts first, with a warning."""

    @staticmethod
    def serve(static_file: Any, request: HttpRequest) -> HttpResponse:
        found = static_file.get_response(request.method, request.META)
        with found.file or BytesIO() as file:
            response = HttpResponse(file.read(), status=int(found.status))
        del response["Content-Type"]
        for name, value in found.headers:
            response[name] = value
        return response
