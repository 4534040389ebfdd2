"""What the desk has to know now: the panels on the first page of the admin, each for who may see what it lists."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from appointments.models import Appointment
from clinic.heartbeats import silent
from clinic.notices.models import Delivery
from clinic.notices.models.deliveries import ENDED_BADLY
from clinic.people.languages import language_name
from clinic.people.models import User
from clinic.people.permissions import in_own_clinics, in_own_clinics_or_none
from clinic.time import day_bounds
from televisit.models import Integration, Participant, Visit

MOST = 12  # rows of a panel; its list has the others
LATE = timedelta(minutes=5)
SOON_EXPIRED = timedelta(hours=2)
INTERPRETERS_AHEAD = timedelta(days=7)
FAILED_LATELY = timedelta(days=7)

Status = Appointment.Status


@dataclass(frozen=True)
class Row:
    """One line of a panel: what it is about, where that is, and what there is to know."""

    text: str
    href: str
    at: datetime | None = None
    note: str | Promise = ""


@dataclass(frozen=True)
class Panel:
    """A headed list on the desk. `tone` says how pressing its rows are: "danger", "warn" or none."""

    title: str | Promise
    rows: list[Row]
    empty: str | Promise
    tone: str = ""
    more: str = ""  # the list of all of them

    @property
    def shown(self) -> list[Row]:
        return self.rows[:MOST]

    @property
    def has_more(self) -> bool:
        return len(self.rows) > MOST


def panels_for(user: User, at: datetime) -> list[Panel]:
    """What `user` may see of the instant `at`; what is pressing comes first, what is empty last."""
    made = [make(user, at) for permission, make in PANELS if user.has_perm(permission)]
    seen = [panel for each in made for panel in (each if isinstance(each, tuple) else (each,))]
    return sorted(seen, key=lambda panel: (not panel.rows, not panel.tone))


def all_of(name: str, **filters: Any) -> str:
    """The address of a list of the admin."""
    address = reverse(f"admin:{name}_changelist")
    return f"{address}?{urlencode(filters)}" if filters else address


def appointments(user: User) -> Any:
    return in_own_clinics(Appointment.objects.with_parties(), user)


def visits(user: User) -> Any:
    return in_own_clinics(Visit.objects.select_related("appointment__patient", "appointment__doctor__user"), user)


def row_of(appointment: Appointment, note: str | Promise = "") -> Row:
    people = f"{appointment.patient or _('No patient yet')}, {appointment.doctor or _('no doctor yet')}"
    return Row(people, page_of(appointment), appointment.starts_at, note or appointment.get_status_display())


def page_of(appointment: Appointment) -> str:
    return reverse("admin:appointments_appointment_change", args=[appointment.pk])


def rows_of(found: QuerySet[Appointment], note: str | Promise = "") -> list[Row]:
    return [row_of(each, note) for each in found[: MOST + 1]]


def today(user: User, at: datetime) -> Panel:
    zone = timezone.get_current_timezone()
    start, end = day_bounds(at.astimezone(zone).date(), zone)
    of_day = appointments(user).filter(status__in=[*Appointment.ACTIVE, Status.COMPLETED, Status.NO_SHOW])
    more = all_of("appointments_appointment", starts_at__gte=start.isoformat(), starts_at__lt=end.isoformat())
    rows = rows_of(of_day.starting_in(max(start, at - timedelta(hours=1)), end))
    return Panel(_("Visits of today, from now on"), rows, _("No more visits today."), more=more)


def waiting(user: User, at: datetime) -> Panel:
    people = in_own_clinics(Participant.objects.waiting(at), user, "visit__clinic").exclude(
        role=Participant.Role.DOCTOR
    )
    there = people.select_related("visit__host__user", "visit__appointment")[: MOST + 1]
    rows = [
        Row(f"{each.name}, {each.get_role_display()}", visit_page(each.visit), each.waiting_since, each.visit.host.name)
        for each in there
    ]
    return Panel(_("In the waiting room"), rows, _("Nobody waits."), "warn")


def visit_page(visit: Visit) -> str:
    return reverse("admin:televisit_visit_change", args=[visit.pk])


def late(user: User, at: datetime) -> Panel:
    """Visits that should have begun, and who is missing."""
    there = Exists(Participant.objects.waiting(at).filter(visit=OuterRef("pk")))
    begun = visits(user).unfinished().filter(appointment__starts_at__lte=at - LATE, expires_at__gt=at)
    due = begun.filter(appointment__status=Status.CONFIRMED).annotate(is_there=there).order_by("appointment__starts_at")
    doctor, patient = _("the patient waits, the doctor is not there"), _("the patient is not there")
    rows = [row_of(each.appointment, doctor if each.is_there else patient) for each in due[: MOST + 1]]
    return Panel(_("Late"), rows, _("Nobody is late."), "danger")


def requests(user: User, at: datetime) -> tuple[Panel, Panel]:
    """Emergencies that nobody has taken, all of which end within the hour; and requests that end unanswered soon."""
    ending = appointments(user).filter(status=Status.REQUESTED, respond_by__lte=at + SOON_EXPIRED)
    found = list(ending.order_by("respond_by")[: 3 * MOST])
    untaken = [Row(str(each.patient), page_of(each), each.created_at, _("asked")) for each in found if each.is_untaken]
    asked = [
        Row(row_of(each).text, page_of(each), each.respond_by, _("ends unanswered then"))
        for each in found
        if not each.is_untaken
    ]
    more = all_of("appointments_appointment", status__exact=Status.REQUESTED)
    return (
        Panel(_("Emergencies that nobody has taken"), untaken, _("None."), "danger"),
        Panel(_("Requests that end soon"), asked, _("No request is about to end."), "warn", more),
    )


def interpreters(user: User, at: datetime) -> Panel:
    ahead = visits(user).without_interpreter(at, until=at + INTERPRETERS_AHEAD)[: MOST + 1]
    rows = [row_of(each.appointment, language_name(each.appointment.patient.language)) for each in ahead]
    return Panel(_("Interpreters to arrange"), rows, _("None in the coming week."), "warn")


def without_outcome(user: User, at: datetime) -> Panel:
    rows = rows_of(appointments(user).unsettled(at), _("what became of it?"))
    more = all_of("appointments_appointment", status__exact=Status.CONFIRMED, starts_at__lt=at.isoformat())
    return Panel(_("Over, and nobody has said how it went"), rows, _("All are settled."), "warn", more)


def undelivered(user: User, at: datetime) -> Panel:
    lately = Delivery.objects.filter(status__in=ENDED_BADLY, created_at__gt=at - FAILED_LATELY)
    own = in_own_clinics_or_none(lately.select_related("notice"), user, "notice__appointment__clinic")
    found = own.order_by("-created_at")[: MOST + 1]
    rows = [
        Row(
            f"{each.notice.get_kind_display()}, {each.get_channel_display()}",
            reverse("admin:notices_delivery_change", args=[each.pk]),
            each.created_at,
            each.get_status_display(),
        )
        for each in found
    ]
    more = all_of("notices_delivery", status__in=",".join(ENDED_BADLY))
    return Panel(_("Messages that did not arrive"), rows, _("None in the last week."), "warn", more)


def integrations(user: User, at: datetime) -> Panel:
    failing = in_own_clinics(Integration.objects.exclude(problem=""), user).select_related("clinic")[: MOST + 1]
    rows = [
        Row(f"{each.clinic}, {each.provider}", service_page(each), each.tested_at, each.problem) for each in failing
    ]
    return Panel(_("Video services that fail"), rows, _("None."), "danger")


def service_page(integration: Integration) -> str:
    return reverse("admin:televisit_integration_change", args=[integration.pk])


def machinery(user: User, at: datetime) -> Panel:
    """Worker and beat: without them nothing is sent, and nothing ends by itself."""
    rows = [Row(name, "", None, _("is not heard of: see its log, and start it again")) for name in silent()]
    return Panel(_("Programs that have stopped"), rows, _("Worker and beat are running."), "danger")


Maker = Callable[[User, datetime], Panel | tuple[Panel, ...]]
AT_DESK = "people.work_at_desk"
PANELS: Iterable[tuple[str, Maker]] = (
    (AT_DESK, requests),
    (AT_DESK, late),
    (AT_DESK, waiting),
    (AT_DESK, today),
    (AT_DESK, without_outcome),
    (AT_DESK, interpreters),
    ("notices.view_delivery", undelivered),
    ("televisit.view_integration", integrations),
    ("notices.view_delivery", machinery),
)
