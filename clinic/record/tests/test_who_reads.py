"""One table of who opens which page and call of a record; what is closed does not exist."""

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.people.models import Allergy, Chart
from clinic.people.tests.factories import PatientFactory
from clinic.record.tests.people import NO_PRACTISING_DOCTOR, OWN_SIDE, PNG, READERS, STRANGERS, TREATING

pytestmark = pytest.mark.django_db

BOTH_SIDES = {"anonymous": 302, **dict.fromkeys(OWN_SIDE | TREATING, 200), **dict.fromkeys(STRANGERS, 404)}
DOCTORS_ONLY = BOTH_SIDES | dict.fromkeys(NO_PRACTISING_DOCTOR, 403)
CALLS = BOTH_SIDES | {"anonymous": 401}


@pytest.fixture
def patient():
    return PatientFactory()


@pytest.fixture
def addresses(patient):
    entry = Allergy.objects.enter(patient, by=patient.user, at=timezone.now(), name="penicillin")
    facts = {"title": "Letter", "content_type": "image/png", "at": timezone.now()}
    chart = Chart.objects.keep(PNG, patient=patient, by=patient.user, **facts)
    return {
        "add": reverse("record:add", args=[patient.uid, "allergies"]),
        "strike out": reverse("record:strike-out", args=["allergies", entry.uid]),
        "add file": reverse("record:add-chart", args=[patient.uid]),
        "file": reverse("record:chart", args=[chart.uid]),
        "doctor's page": reverse("record:patient", args=[patient.uid]),
        "summary": reverse("record:summary", args=[patient.uid]),
        "api summary": reverse("api:patient-summary", args=[patient.uid]),
        "api files": reverse("api:patient-charts", args=[patient.uid]),
        "api file": reverse("api:chart", args=[chart.uid]),
    }


EXPECTED = {
    "add": BOTH_SIDES,
    "strike out": BOTH_SIDES,
    "add file": BOTH_SIDES,
    "file": BOTH_SIDES,
    "doctor's page": DOCTORS_ONLY,
    "summary": DOCTORS_ONLY,
    "api summary": CALLS,
    "api files": CALLS,
    "api file": CALLS,
}


@pytest.mark.parametrize("who", READERS)
def test_who_opens_what(client, patient, addresses, who):
    if (reader := READERS[who](patient)) is not None:
        client.force_login(reader)

    statuses = {what: client.get(address).status_code for what, address in addresses.items()}

    asks_why = {"doctor's page": 302} if who == "doctor 31 days after" else {}
    assert statuses == {what: EXPECTED[what][who] for what in addresses} | asks_why


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("anonymous", 302),
        ("patient", 200),
        ("representative", 200),
        ("unchecked representative", 200),
        ("other patient", 404),
        ("staff", 200),
    ],
)
def test_the_page_of_ones_own_people(client, patient, who, status):
    """Who has no people reads that there is no record for them here."""
    if (reader := READERS[who](patient)) is not None:
        client.force_login(reader)

    response = client.get(reverse("record:own"), {"patient": patient.uid})

    assert response.status_code == status
    assert patient.family_name not in response.content.decode() or who in OWN_SIDE


@pytest.mark.parametrize("who", sorted(OWN_SIDE | STRANGERS))
def test_only_the_patients_doctor_confirms(client, patient, who):
    entry = Allergy.objects.enter(patient, by=patient.user, at=timezone.now(), name="penicillin")
    client.force_login(READERS[who](patient))

    response = client.post(reverse("record:confirm", args=["allergies", entry.uid]))

    entry.refresh_from_db()
    assert response.status_code == (403 if who in OWN_SIDE else 404)
    assert entry.confirmed_by is None


@pytest.mark.parametrize("who", sorted(STRANGERS))
def test_strangers_change_nothing(client, patient, addresses, who):
    client.force_login(READERS[who](patient))

    statuses = {
        client.post(addresses["add"], {"name": "latex"}).status_code,
        client.post(addresses["strike out"]).status_code,
        client.post(addresses["add file"]).status_code,
        client.post(addresses["api files"]).status_code,
    }

    assert statuses == {404}
    assert Allergy.objects.current().count() == 1
    assert Chart.objects.count() == 1
