"""Pages and API for gunicorn: ``gunicorn clinic.wsgi``."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
application = get_wsgi_application()

from clinic.crypto import check_keys  # noqa: E402  (these need the apps)
from clinic.metrics import serve  # noqa: E402

check_keys()
serve()
gc.freeze()  # what is loaded by now stays: the collector need not go through it again
