"""Who may open what: the rows of access_table.txt, the routes that there are, and a small clinic to try them in."""

import json
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from asgiref.sync import sync_to_async
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from appointments.models import Appointment, Feed
from appointments.tests.factories import (
    AppointmentFactory,
    AvailabilityFactory,
    OnCallFactory,
    SlotFactory,
    TimeOffFactory,
)
from chat.routing import websocket_urlpatterns as chat_sockets
from chat.tests.sockets import SILENCE, Socket
from clinic.codes import uid
from clinic.notices.answering import answer_path
from clinic.notices.audience import notice_of
from clinic.notices.models import Action
from clinic.notices.routing import websocket_urlpatterns as notice_sockets
from clinic.people.models import Allergy, ApiToken, Chart, Claim, Clinic, Doctor, User
from clinic.people.tests.factories import (
    ClinicFactory,
    DoctorFactory,
    PatientFactory,
    RepresentationFactory,
    StaffFactory,
    staff_in,
)
from prescriptions.tests.factories import PrescriptionFactory, issued
from televisit.models import Integration, Invitation, Visit
from televisit.models.choices import Role
from televisit.routing import websocket_urlpatterns as visit_sockets
from televisit.tests.factories import a_seat_of_the_patient, a_visit
from televisit.visitors import keep_seat

TABLE = Path(__file__).with_name("access_table.txt")
GROUPS = {  # Django's and allauth's own addresses: one row for all of them, tried at one
    "admin:": "admin:index",
    "account_": "account_login",
    "usersessions_": "usersessions_list",
    "mfa_": "mfa_index",
    "headless:": "headless:app:account:current_session",
}
PART = re.compile(r"<str:(\w+)>")
SIGN_IN = re.compile(r"/(accounts|admin)/login/")
METHODS = ("get", "post", "put", "patch", "delete")
PAGE_METHODS = ("get", "post")  # Django's form views take PUT as POST by another name


@dataclass(frozen=True)
class Row:
    """One line of the table: a call of a route about a thing of the World, and what each kind of person gets."""

    call: str
    route: str
    thing: str
    expected: dict[str, str]

    def __str__(self) -> str:
        return f"{self.call} {self.route}"

    @property
    def is_socket(self) -> bool:
        return self.call == "WS"

    @property
    def is_admin(self) -> bool:
        return self.call == "ADMIN"


def read_table() -> list[Row]:
    """The rows; the first line that is no comment names the people."""
    lines = [line.split() for line in TABLE.read_text().splitlines() if line and not line.startswith("#")]
    people = lines[0][3:]
    return [Row(*words[:3], dict(zip(people, words[3:], strict=True))) for words in lines[1:]]


def routes(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every call of every address, as ("GET", "appointments:list"); the groups under their names."""
    for each in (resolver or get_resolver()).url_patterns:
        if isinstance(each, URLResolver):
            yield from routes(each, f"{prefix}{each.namespace}:" if each.namespace else prefix)
        else:
            name = f"{prefix}{each.name}"
            group = next((f"{group}*" for group in GROUPS if name.startswith(group)), None)
            yield from [("GET", group)] if group else [(call, name) for call in calls_of(each)]


def calls_of(pattern: URLPattern) -> list[str]:
    """The methods that a view answers; of a function, GET."""
    view: Any = pattern.callback
    view_class = getattr(view, "cls", None) or getattr(view, "view_class", None)
    if view_class is None:
        return ["GET"]
    methods = getattr(view, "actions", METHODS) if hasattr(view, "cls") else PAGE_METHODS  # `cls`: of the API
    answered = [method for method in METHODS if method in methods and method in view_class.http_method_names]
    return [method.upper() for method in answered if hasattr(view_class, view_action(view, method))]


def view_action(view: Any, method: str) -> str:
    """The name of what answers `method`: a viewset has its own."""
    return getattr(view, "actions", {}).get(method, method)


def managed() -> set[str]:
    """Every model of the admin, as "people.patient"."""
    return {model._meta.label_lower for model in admin.site._registry}


def sockets() -> list[str]:
    """Every socket's address, as ws/visits/<str:code>/."""
    return [str(each.pattern) for each in (*visit_sockets, *chat_sockets, *notice_sockets)]


def browser_of(user: User | None) -> Client:
    browser = Client()
    if user:
        browser.force_login(user)
    return browser


def browser_of_guest(visit: Visit) -> Client:
    """A relative who came by the visit's code, and was let in."""
    browser, seat = Client(), visit.seat_guest("Ana", role=Role.RELATIVE)
    seat.admit(by=visit.host.user, at=timezone.now())
    session = browser.session
    keep_seat(session, seat)
    session.save()
    return browser


def answer_token(kind: str, action: Action, **facts: Any) -> str:
    """The end of the link in a message of that kind."""
    notice = notice_of(kind, f"access-{uid()}", at=timezone.now(), **facts)
    notice.save()
    return answer_path(notice, action).split("/")[-2]


def a_token_of(user: User, at: datetime) -> ApiToken:
    return ApiToken.objects.make(user, name="X", scopes=["visits:read"], expires_at=at + timedelta(days=1), at=at)[0]


def staff(clinic: Clinic) -> dict[str, User]:
    """One of each kind; of two receptionists, one works at `clinic` and the other elsewhere."""
    return {
        "reception": staff_in("receptionist", clinic),
        "elsewhere": staff_in("receptionist", ClinicFactory()),
        "manager": staff_in("manager"),
        "operator": staff_in("operator"),
        "auditor": staff_in("auditor"),
        "superuser": StaffFactory(),
    }


class World:
    """A visit about to begin, what belongs to its patient and doctor, and everybody who might come."""

    def __init__(self) -> None:
        self.visit = visit = a_visit()
        self.patient, self.doctor = visit.appointment.patient, visit.host
        self.people = {**self.of_both_sides(), **staff(self.doctor.clinic)}
        self.browsers = {who: browser_of(user) for who, user in self.people.items()}
        self.browsers["guest"] = browser_of_guest(visit)
        self.things = {
            "-": {},
            "no-call": {"rest": "no-call/"},
            **self.of_calendar(),
            **self.of_desk(),
            **self.of_visit(),
            **self.of_record(),
            **self.of_prescriptions(),
            **self.of_notices(),
            **self.of_fhir(),
        }

    def of_both_sides(self) -> dict[str, User | None]:
        return {
            "nobody": None,
            "guest": None,
            "patient": self.patient.user,
            "carer": RepresentationFactory(patient=self.patient).user,
            "patient2": PatientFactory().user,
            "doctor": self.doctor.user,
            "doctor2": DoctorFactory(clinic=self.doctor.clinic).user,
            "doctor3": DoctorFactory().user,
            "suspended": self.doctor.user,
        }

    def appointment(self, **facts: Any) -> Appointment:
        return AppointmentFactory(doctor=self.doctor, patient=self.patient, **facts)

    def of_calendar(self) -> dict[str, dict[str, str]]:
        past = self.appointment(begins=timezone.now() - timedelta(minutes=30))
        request = self.appointment(status=Appointment.Status.REQUESTED, respond_by=timezone.now() + timedelta(hours=1))
        return {
            "doctor": {"slug": self.doctor.slug},
            "slot": {"uid": SlotFactory(doctor=self.doctor).uid},
            "hours": {"uid": AvailabilityFactory(doctor=self.doctor).uid},
            "weekday": {"weekday": "monday"},
            "on-call": {"uid": OnCallFactory(doctor=self.doctor).uid},
            "time-off": {"uid": TimeOffFactory(doctor=self.doctor).uid},
            "appointment": {"reference": self.visit.appointment.reference},
            "request": {"reference": request.reference},
            "past": {"reference": past.reference},
        }

    def of_desk(self) -> dict[str, dict[str, str]]:
        caller, at = PatientFactory(user=None), timezone.now()
        return {
            "caller": {"uid": caller.uid},
            "token": {"uid": a_token_of(self.patient.user, at).uid},
            "claim": {"code": Claim.objects.offer(caller, by=self.people["superuser"], at=at)},
            "feed": {"token": Feed.objects.renew(self.patient.user, at=at)},
        }

    def of_visit(self) -> dict[str, dict[str, str]]:
        seat = a_seat_of_the_patient(self.visit)
        asked = {"role": "relative", "by": self.doctor.user, "at": timezone.now()}
        invitation = Invitation.objects.invite(self.visit, **asked)
        keys = {"api_key": "APIkey", "api_secret": secrets.token_hex(16)}
        service = Integration.objects.create(clinic=self.visit.clinic, provider="livekit", credentials=keys)
        return {
            "visit": {"code": self.visit.code},
            "seat": {"code": self.visit.code, "uid": seat.uid},
            "invitation": {"code": self.visit.code, "uid": invitation.uid},
            "link": {"secret": invitation.renew_link().split("/")[-2]},
            "session": {"session_id": self.visit.uid},
            "video-service": {"provider": service.provider, "integration": service.uid},
            "session-seat": {"session_id": self.visit.uid, "uid": seat.uid},
            "session-invitation": {"session_id": self.visit.uid, "uid": invitation.uid},
        }

    def of_fhir(self) -> dict[str, dict[str, str]]:
        slot, given = SlotFactory(doctor=self.doctor, status="booked"), issued(appointment=self.appointment())
        named = {
            "Patient": self.patient.uid,
            "Practitioner": self.doctor.slug,
            "PractitionerRole": self.doctor.slug,
            "Organization": self.doctor.clinic.slug,
            "Schedule": self.doctor.slug,
            "Slot": slot.uid,
            "Appointment": self.visit.appointment.reference,
            "Encounter": self.visit.uid,
            "MedicationRequest": f"{given.reference}-1",
            "DocumentReference": f"prescription-{given.reference}",
        }
        things = {type: {"type": type, "name": name} for type, name in named.items()}
        return {"type": {"type": "Appointment"}, "bytes": {"name": named["DocumentReference"]}, **things}

    def of_notices(self) -> dict[str, dict[str, str]]:
        request = self.appointment(status=Appointment.Status.REQUESTED, respond_by=timezone.now() + timedelta(hours=1))
        to_patient = {"side": "patient", "recipient": self.patient.user, "appointment": self.visit.appointment}
        to_doctor = {"side": "doctor", "recipient": self.doctor.user, "appointment": request}
        return {
            "answer": {"token": answer_token("confirmed", Action.CANCEL, **to_patient)},
            "doctors-answer": {"token": answer_token("request_received", Action.ACCEPT, **to_doctor)},
        }

    def of_record(self) -> dict[str, dict[str, str]]:
        by, at = self.patient.user, timezone.now()
        letter = {"title": "A letter", "content_type": "application/pdf"}
        chart = Chart.objects.keep(b"%PDF-1.7", patient=self.patient, by=by, at=at, **letter)
        allergy = Allergy.objects.enter(self.patient, by=by, at=at, name="Penicillin", detail="A rash")
        return {
            "record": {"uid": self.patient.uid},
            "allergies": {"uid": self.patient.uid, "kind": "allergies"},
            "allergy": {"uid": allergy.uid, "kind": "allergies"},
            "chart": {"uid": chart.uid},
        }

    def of_prescriptions(self) -> dict[str, dict[str, str]]:
        draft, given = PrescriptionFactory(appointment=self.appointment()), issued(appointment=self.appointment())
        return {
            "draft": {"reference": draft.reference},
            "prescription": {"reference": given.reference},
            "with-draft": {"reference": draft.appointment.reference},
            "with-prescription": {"reference": given.appointment.reference},
            "code": {"code": given.code},
        }

    def comes(self, who: str) -> None:
        """The doctor of everything here is suspended by the time that "suspended" comes."""
        if who == "suspended":
            Doctor.objects.filter(pk=self.doctor.pk).update(suspended_at=timezone.now())

    def ask(self, row: Row, who: str) -> str:
        """What `who` gets for a call without content: the status, or "sign-in" for the way there. Changes nothing."""
        address = reverse(GROUPS.get(row.route.removesuffix("*"), row.route), kwargs=self.things[row.thing])
        body = ("{}", "application/json") if row.route.startswith("api:") else ()
        with transaction.atomic():
            self.comes(who)
            response = self.browsers[who].generic(row.call, address, *body)
            transaction.set_rollback(True)
        is_sign_in = response.status_code == 302 and SIGN_IN.match(response["Location"])
        return "sign-in" if is_sign_in else str(response.status_code)

    def manage(self, row: Row, who: str) -> str:
        """What `who` may do with a model in the admin, as letters (see the table); "403" for nothing at all."""
        name = f"admin:{row.route.replace('.', '_')}"
        newest = apps.get_model(row.route).objects.order_by("-pk").first()
        pages = {"l": (f"{name}_changelist", []), "a": (f"{name}_add", [])}
        if newest is not None:
            pages |= {"o": (f"{name}_change", [newest.pk]), "d": (f"{name}_delete", [newest.pk])}
        answers = {letter: self.browsers[who].get(reverse(page, args=args)) for letter, (page, args) in pages.items()}
        if any(answer.status_code == 302 and SIGN_IN.match(answer["Location"]) for answer in answers.values()):
            return "sign-in"
        return "".join(letter for letter in "load" if letter in answers and answers[letter].status_code == 200) or "403"

    async def listen(self, row: Row, who: str) -> str:
        """What `who` gets at a socket, once they have said hello where that is asked for: "open", or how it closes."""
        path = "/" + PART.sub(lambda part: self.things[row.thing][part[1]], row.route)
        await sync_to_async(self.comes)(who)
        cookie = self.browsers[who].cookies.get(settings.SESSION_COOKIE_NAME)
        socket = await Socket.open(path, None, cookie=cookie.value if cookie else "")
        if row.thing == "visit":
            await socket.says(text=json.dumps({"type": "hello", "peer": secrets.token_hex(8)}))
        try:
            frame = await socket.wire.receive_output(timeout=SILENCE)
        except TimeoutError:
            return "open"
        return str(frame["code"]) if frame["type"] == "websocket.close" else "open"
