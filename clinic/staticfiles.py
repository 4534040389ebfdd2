"""Which static files there are, and how they are served outside of DEBUG."""

from django.contrib.staticfiles.apps import StaticFilesConfig
from whitenoise.storage import CompressedManifestStaticFilesStorage


class PortalStaticFilesConfig(StaticFilesConfig):
    """Leaves out the scripts of django_htmx: we serve our own htmx, and some of them import what is not there."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "django_htmx"]


class PortalStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Hashed names, also where one script module imports another: browsers never mix two versions."""

    support_js_module_import_aggregation = True
