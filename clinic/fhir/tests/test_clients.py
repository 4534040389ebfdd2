"""Two clients that others wrote read and search a live server: fhirpy and SMART's fhirclient."""

from datetime import timedelta

import pytest
from django.utils import timezone
from fhirclient.client import FHIRClient
from fhirclient.models.appointment import Appointment as R4Appointment
from fhirclient.models.bundle import Bundle as R4Bundle
from fhirclient.models.encounter import Encounter as R4Encounter
from fhirclient.models.medicationrequest import MedicationRequest as R4MedicationRequest
from fhirclient.models.patient import Patient as R4Patient
from fhirpy import SyncFHIRClient
from fhirpy.base.exceptions import OperationOutcome, ResourceNotFound

from appointments.tests.factories import AppointmentFactory
from clinic.people.models import ApiToken
from prescriptions.tests.factories import issued
from televisit.models import Visit

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.filterwarnings("ignore::DeprecationWarning")]


@pytest.fixture
def appointment():
    return AppointmentFactory()


@pytest.fixture
def base(live_server, settings):
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    return f"{live_server.url.replace('localhost', '127.0.0.1')}/fhir/R4"


@pytest.fixture
def bearer(appointment):
    at = timezone.now()
    facts = {"name": "A program", "scopes": ["fhir:read"], "expires_at": at + timedelta(days=1), "at": at}
    return f"Bearer {ApiToken.objects.make(appointment.patient.user, **facts)[1]}"


# fhirpy


@pytest.fixture
def fhirpy(base, bearer):
    return SyncFHIRClient(base, authorization=bearer)


def test_fhirpy_reads(fhirpy, appointment):
    told = fhirpy.reference("Appointment", appointment.reference).to_resource()

    assert told["status"] == "booked"
    assert told["participant"][0]["actor"].to_resource()["birthDate"] == "1980-05-17"


def test_fhirpy_searches_page_by_page(fhirpy, appointment):
    others = AppointmentFactory.create_batch(4, patient=appointment.patient)
    mine = fhirpy.resources("Appointment").search(patient=appointment.patient.uid, date__ge="2026-01-01")

    assert {told["id"] for told in mine.limit(2).fetch_all()} == {each.reference for each in [appointment, *others]}
    assert mine.count() == 5


def test_fhirpy_searches_with_what_belongs_to_it(fhirpy, appointment):
    visit = Visit.objects.schedule(appointment, by=None, at=timezone.now())
    found = fhirpy.resources("Appointment").search(_id=appointment.reference)

    bundle = found.include("Appointment", "patient").revinclude("Encounter", "appointment").fetch_raw()

    kinds = {entry.resource.resource_type: entry.resource.id for entry in bundle.entry}
    assert kinds == {
        "Appointment": appointment.reference,
        "Patient": appointment.patient.uid,
        "Encounter": visit.uid,
    }


def test_fhirpy_understands_refusals(fhirpy):
    with pytest.raises(ResourceNotFound):
        fhirpy.reference("Appointment", "NOBODYS1").to_resource()
    with pytest.raises(OperationOutcome, match="not-supported"):
        fhirpy.resources("Appointment").search(colour="red").fetch()


# fhirclient, whose models refuse what they do not know


@pytest.fixture
def smart(base, bearer):
    client = FHIRClient(settings={"app_id": "a-program", "api_base": base})
    client.server.session.headers["Authorization"] = bearer
    return client.server


def test_fhirclient_reads_what_the_server_can_do(smart):
    assert smart.capabilityStatement.fhirVersion == "4.0.1"
    assert {resource.type for resource in smart.capabilityStatement.rest[0].resource} >= {"Appointment", "Encounter"}


def test_fhirclient_reads(smart, appointment):
    patient = R4Patient.read(appointment.patient.uid, smart)

    assert (patient.name[0].family, patient.birthDate.isostring) == (appointment.patient.family_name, "1980-05-17")


def test_fhirclient_searches(smart, appointment):
    found = R4Appointment.where({"status": "booked", "patient": appointment.patient.uid}).perform_resources(smart)

    assert [told.id for told in found] == [appointment.reference]
    assert found[0].start.datetime == appointment.starts_at


def test_fhirclient_walks_through_pages(smart, appointment):
    AppointmentFactory.create_batch(2, patient=appointment.patient)

    pages = R4Appointment.where({"_count": "1"}).perform_iter(smart)

    assert sum(len(page.entry) for page in pages) == 3
    assert isinstance(R4Appointment.where({}).perform(smart), R4Bundle)


def test_fhirclient_reads_visits_and_medicines(smart, appointment):
    visit = Visit.objects.schedule(appointment, by=None, at=timezone.now())
    sheet = issued(appointment=appointment)

    encounter = R4Encounter.read(visit.uid, smart)
    medicines = R4MedicationRequest.where({"encounter": visit.uid}).perform_resources(smart)

    assert encounter.class_fhir.code == "VR"
    assert [medicine.groupIdentifier.value for medicine in medicines] == [sheet.reference]
