"""The portal with two more addresses for comparison, in the same stack of server, middleware and database.

/plain/ books as a plain Django view would, without the API's framework and the portal's rules; /bare/ runs the
statements of the request's body as they are, without Django's models.
"""

import json
import os
from datetime import datetime
from hashlib import sha256

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
django.setup()

from django.conf import settings  # noqa: E402  (needs the apps)
from django.contrib.auth import SESSION_KEY, get_user_model  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.http import HttpRequest, HttpResponse, JsonResponse  # noqa: E402
from django.urls import include, path  # noqa: E402
from django.utils import timezone  # noqa: E402
from django.views.decorators.csrf import csrf_exempt  # noqa: E402

from appointments.locks import lock_calendars  # noqa: E402
from appointments.models import Appointment, AppointmentEvent, Slot  # noqa: E402
from clinic.models import IdempotencyKey  # noqa: E402
from clinic.people.models import User  # noqa: E402
from televisit.models import Visit, VisitEvent  # noqa: E402


@csrf_exempt
def book(request: HttpRequest) -> HttpResponse:
    """Book the slot of the body for the user of the session: the statements of a booking, one after the other."""
    body, now = json.loads(request.body), timezone.now()
    session = SessionStore(request.headers["X-Session-Token"])
    users = get_user_model().objects.select_related("doctor__clinic", "patient")
    user = users.filter(pk=session[SESSION_KEY]).first()
    offered = Slot.objects.of_practising_doctors().select_related("doctor__user", "doctor__clinic")
    slot = offered.get(uid=body["slot"])
    with transaction.atomic():
        appointment = take(slot, user, body, key=request.headers["Idempotency-Key"], now=now)
    specialties = [specialty.name for specialty in slot.doctor.specialties.all()]
    return JsonResponse({"reference": appointment.reference, "specialties": specialties}, status=201)


def take(slot: Slot, user: User, body: dict[str, str], *, key: str, now: datetime) -> Appointment:
    """The appointment in the slot, with what is written beside it."""
    key = sha256(key.encode()).hexdigest()
    with transaction.atomic():
        IdempotencyKey.objects.claim(user, key, fingerprint=key)
        appointment = write(slot, user, body, now=now)
        rows = IdempotencyKey.objects.filter(user=user, key=key)
        rows.update(reference=appointment.reference)
    return appointment


def write(slot: Slot, user: User, body: dict[str, str], *, now: datetime) -> Appointment:
    doctor, patient = slot.doctor, user.patient
    people = {"doctor": doctor, "patient": patient, "clinic": doctor.clinic}
    with transaction.atomic():
        lock_calendars(doctor, patient)
        assert Slot.objects.free(now).filter(pk=slot.pk).update(status="booked", held_by="", held_until=None)
        Appointment.objects.crowd_at(slot.period, doctor=doctor, patient=patient)
        appointment = Appointment.objects.create(
            **people, slot=slot, period=slot.period, status="confirmed", symptoms=body["symptoms"], booked_by=user
        )
        AppointmentEvent.objects.create(
            appointment=appointment, kind="confirmed", after="confirmed", actor=user, for_whom=patient
        )
        hours = {"opens_at": slot.starts_at, "expires_at": slot.ends_at}
        visit = Visit.objects.create(appointment=appointment, clinic=doctor.clinic, host=doctor, **hours)
        VisitEvent.objects.create(visit=visit, kind="created", actor=user, at=now, announced_at=now)
    return appointment


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


urlpatterns = [path("plain/", book), path("bare/", run), path("", include("clinic.urls"))]
settings.ROOT_URLCONF = "bench.plain"
application = get_wsgi_application()
