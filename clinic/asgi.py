"""Sockets under /ws/, and in the demo the pages too: ``uvicorn clinic.asgi:application --lifespan off``."""

import gc
import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
pages = get_asgi_application()

from channels.routing import ProtocolTypeRouter  # noqa: E402  (these need the apps)

from clinic.crypto import check_keys  # noqa: E402
from clinic.metrics import serve  # noqa: E402
from clinic.routing import sockets  # noqa: E402

check_keys()
serve()
gc.freeze()  # what is loaded by now stays: the collector need not go through it again
application = ProtocolTypeRouter({"http": pages, "websocket": sockets})
