"""The portal with one more address, /plain/: a plain Django view that runs given statements, for comparison.

It stands in the same stack (server, middleware, database), and does nothing but the statements.
"""

import json
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
django.setup()

from django.conf import settings  # noqa: E402  (needs the apps)
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.urls import include, path  # noqa: E402
from django.views.decorators.csrf import csrf_exempt  # noqa: E402


@csrf_exempt
def run(request: HttpRequest) -> HttpResponse:
    """Run the statements of the body in order; what one returns first takes the place of its name in those after it."""
    body = json.loads(request.body)
    with connection.cursor() as cursor:
        for sql, name in body["statements"]:
            cursor.execute(fill(sql, body["values"]))
            rows = cursor.fetchall() if cursor.description else []
            if name:
                body["values"][name] = str(rows[0][0])
    return HttpResponse(status=201)


def fill(sql: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        sql = sql.replace(name, value)
    return sql


urlpatterns = [path("plain/", run), path("", include("clinic.urls"))]
settings.ROOT_URLCONF = "bench.plain"
application = get_wsgi_application()
