"""Where the files of static/ are served from outside of DEBUG."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class PortalStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Hashed names, also where one script module imports another: browsers never mix two versions."""

    support_js_module_import_aggregation = True
