"""The editor: what it takes, what it refuses in which words, and that nothing typed is lost."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from appointments.tests.factories import AppointmentFactory
from prescriptions.forms import rows_of
from prescriptions.models import Prescription
from prescriptions.models.medicine import MEDICINE_LIMIT

from .factories import MEDICINE, PrescriptionFactory, issued

pytestmark = pytest.mark.django_db

ROW = {name: str(value) for name, value in MEDICINE.items() if name != "substitution_allowed"} | {
    "substitution_allowed": "on"
}
BLANK = dict.fromkeys(ROW, "") | {"refills": "0", "substitution_allowed": "on"}


def typed(*rows, **fields):
    """The editor's form as a browser sends it."""
    data = {"diagnosis": "Bronchitis", "advice": "", "follow_up_on": "", "valid_until": "", "version": ""} | fields
    data |= {"medicines-TOTAL_FORMS": len(rows), "medicines-INITIAL_FORMS": 0}
    for number, row in enumerate(rows):
        data |= {f"medicines-{number}-{name}": value for name, value in row.items()}
    return data


@pytest.fixture
def draft():
    return PrescriptionFactory(medicines=[], diagnosis="")


@pytest.fixture
def send(client, draft):
    """Posts the editor's form as the doctor who has just opened it."""
    client.force_login(draft.doctor.user)
    address, seen = reverse("prescriptions:edit", args=[draft.reference]), draft.version
    return lambda data: client.post(address, {**data, "version": data["version"] or seen})


def medicines_of(draft):
    return [medicine.name for medicine in draft.medicines.all()]


def test_what_was_typed_is_kept_and_checked_next(send, draft):
    response = send(typed(ROW, {**ROW, "name": "Zinc"}, advice="Rest"))

    draft.refresh_from_db()
    assert response["Location"] == reverse("prescriptions:issue", args=[draft.reference])
    assert medicines_of(draft) == ["Amoxicillin", "Zinc"]
    assert (draft.diagnosis, draft.advice) == ("Bronchitis", "Rest")


def test_pressing_twice_checks_once(send, draft):
    data = typed(ROW, advice="Rest")

    places = [send(data)["Location"], send(data)["Location"]]

    assert places == [reverse("prescriptions:issue", args=[draft.reference])] * 2
    assert medicines_of(draft) == ["Amoxicillin"]


def test_pressing_twice_begins_one_draft(client):
    appointment = AppointmentFactory()
    client.force_login(appointment.doctor.user)
    address = reverse("prescriptions:write", args=[appointment.reference])

    answers = [client.post(address, typed(ROW, version="0", page="one")) for _press in range(2)]

    draft = Prescription.objects.get()
    assert [answer["Location"] for answer in answers] == [reverse("prescriptions:issue", args=[draft.reference])] * 2


def test_blank_and_ticked_rows_are_left_out(send, draft):
    send(typed(BLANK, ROW, {**ROW, "name": "Zinc", "DELETE": "on"}, BLANK))

    assert medicines_of(draft) == ["Amoxicillin"]


@pytest.mark.parametrize("rows", [[], [BLANK], [{**ROW, "DELETE": "on"}]])
def test_an_empty_list_is_refused(send, draft, rows):
    response = send(typed(*rows))

    assert "Add at least one medicine" in response.content.decode()
    assert medicines_of(draft) == []


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("dose", "two", "Enter the dose as a number, like 1 or 0.5"),
        ("dose", "0", "Enter a number above zero"),
        ("dose", "-1", "Enter a number above zero"),
        ("dose", "NaN", "Enter the dose as a number, like 1 or 0.5"),
        ("dose", "", "Enter the dose as a number"),
        ("quantity", "many", "Enter the quantity as a number, like 20"),
        ("quantity", "1e9", "digits"),
        ("duration_days", "1.5", "Enter the days as a whole number, like 7"),
        ("duration_days", "0", "Enter a number above zero"),
        ("duration_days", "4000", "Enter at most 366 days"),
        ("refills", "-1", "Enter 0 or more"),
        ("refills", "13", "Enter at most 12 repeats"),
        ("name", "", "Enter the name of the medicine"),
        ("name", "Amoxi\x07cillin", "Remove the invisible characters"),
        ("name", "Amoxi\u202ecillin", "Remove the invisible characters"),
        ("name", "x" * 201, "at most 200 characters"),
        ("instructions", "take\x1bit", "Remove the invisible characters"),
    ],
)
def test_a_bad_row_is_refused_in_words_and_stays_as_typed(send, draft, field, value, message):
    response = send(typed({**ROW, field: value}))

    row = response.context["formset"].forms[0]
    assert any(message in error for error in row.errors[field])
    assert row[field].value() == value
    assert medicines_of(draft) == []


@pytest.mark.parametrize("field", ["follow_up_on", "valid_until"])
@pytest.mark.parametrize(
    ("days", "message"), [(-1, "Enter today's date or a later one"), (1000, "Enter a date within the next two years")]
)
def test_a_day_that_cannot_be_meant_is_refused(send, field, days, message):
    day = (timezone.localdate() + timedelta(days=days)).isoformat()

    response = send(typed(ROW, **{field: day}))

    assert response.context["form"].errors[field] == [message]
    assert day in response.content.decode()


def test_a_diagnosis_is_needed(send):
    response = send(typed(ROW, diagnosis=" "))

    assert response.context["form"].errors["diagnosis"] == ["Enter the diagnosis"]


def test_hundreds_of_medicines_are_refused_and_none_is_lost(send, draft):
    response = send(typed(*[{**ROW, "name": f"M{number}"} for number in range(300)]))

    assert response.status_code == 200
    assert "Write at most 20 medicines on one prescription" in response.content.decode()
    assert len(response.context["formset"].forms) == 300
    assert medicines_of(draft) == []


def test_as_many_medicines_as_allowed_are_kept(send, draft):
    send(typed(*[ROW] * MEDICINE_LIMIT))

    assert draft.medicines.count() == MEDICINE_LIMIT


def test_without_javascript_the_button_adds_a_row_and_keeps_the_rest(send, draft):
    response = send(typed({**ROW, "dose": "half"}, {**ROW, "DELETE": "on"}, diagnosis="Cold", add_row="1"))

    formset = response.context["formset"]
    assert [row["dose"].value() for row in formset.forms] == ["half", None]
    assert not formset.is_bound
    assert response.context["form"]["diagnosis"].value() == "Cold"
    assert medicines_of(draft) == []


def test_a_draft_opens_with_its_medicines(client):
    draft = PrescriptionFactory(medicines=[MEDICINE, {**MEDICINE, "substitution_allowed": False}])

    formset = rows_of(draft)

    assert [row["substitution_allowed"].value() for row in formset.forms] == [True, False]


def test_the_second_tab_is_told_and_keeps_its_words(send, draft):
    seen = draft.version
    send(typed(ROW, version=seen))

    response = send(typed({**ROW, "name": "Zinc"}, version=seen, advice="From the second tab"))

    assert "changed in another window" in response.content.decode()
    assert "From the second tab" in response.content.decode()
    assert medicines_of(draft) == ["Amoxicillin"]


def test_opening_the_editor_of_an_appointment_stores_nothing(client):
    appointment = AppointmentFactory()
    client.force_login(appointment.doctor.user)

    response = client.get(reverse("prescriptions:write", args=[appointment.reference]))

    assert response.status_code == 200
    assert not Prescription.objects.exists()


def test_the_first_save_begins_the_prescription(client):
    appointment = AppointmentFactory()
    client.force_login(appointment.doctor.user)

    response = client.post(reverse("prescriptions:write", args=[appointment.reference]), typed(ROW, version="0"))

    draft = Prescription.objects.get()
    assert response["Location"] == reverse("prescriptions:issue", args=[draft.reference])
    assert (draft.appointment, draft.patient, medicines_of(draft)) == (
        appointment,
        appointment.patient,
        ["Amoxicillin"],
    )


@pytest.mark.parametrize(
    ("make", "message"), [(PrescriptionFactory, "changed in another window"), (issued, "has been issued")]
)
def test_a_second_beginning_is_refused_and_keeps_its_words(client, make, message):
    prescription = make()
    client.force_login(prescription.doctor.user)
    address = reverse("prescriptions:write", args=[prescription.appointment.reference])

    response = client.post(address, typed(ROW, version="0", advice="From the second tab"))

    assert message in response.content.decode()
    assert "From the second tab" in response.content.decode()
    assert Prescription.objects.get().advice != "From the second tab"


@pytest.mark.parametrize("make", [PrescriptionFactory, issued])
def test_the_way_to_write_leads_to_what_there_is(client, make):
    prescription = make()
    client.force_login(prescription.doctor.user)

    response = client.get(reverse("prescriptions:write", args=[prescription.appointment.reference]))

    assert response["Location"] == prescription.get_absolute_url()


def test_nothing_is_written_before_the_appointment_is_confirmed(client):
    appointment = AppointmentFactory(status="requested")
    client.force_login(appointment.doctor.user)

    response = client.get(reverse("prescriptions:write", args=[appointment.reference]))

    assert response.status_code == 409


def test_the_record_stands_beside_the_pen(client, draft):
    draft.patient.allergy_set.create(name="Penicillin", detail="Rash", source="patient", entered_by=draft.patient.user)
    client.force_login(draft.doctor.user)

    page = client.get(reverse("prescriptions:edit", args=[draft.reference])).content.decode()

    assert "Penicillin" in page
    assert "Nothing recorded. Ask the patient." in page


def test_the_check_page_issues_what_it_showed(client):
    draft = PrescriptionFactory()
    client.force_login(draft.doctor.user)
    address = reverse("prescriptions:issue", args=[draft.reference])
    page = client.get(address)
    seen = {"version": page.context["form"]["version"].value(), "record_seen": page.context["record_now"]}

    response = client.post(address, {**seen, "reviewed": "on"})

    assert "Amoxicillin" in page.content.decode()
    assert response["Location"] == draft.get_absolute_url()
    assert Prescription.objects.get().status == Prescription.Status.ISSUED


@pytest.mark.parametrize(
    ("data", "message"), [({"version": "99"}, "changed in another window"), ({"version": "x"}, "whole number")]
)
def test_the_check_page_refuses_what_it_did_not_show(client, data, message):
    draft = PrescriptionFactory()
    client.force_login(draft.doctor.user)
    seen = {"record_seen": draft.record_now(), "reviewed": "on"}

    response = client.post(reverse("prescriptions:issue", args=[draft.reference]), {**seen, **data})

    assert message in response.content.decode()
    assert Prescription.objects.get().status == Prescription.Status.DRAFT
