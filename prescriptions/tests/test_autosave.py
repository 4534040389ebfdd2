"""The draft saves itself while it is written, right or not; and the doctor's earlier medicines come again."""

import pytest
from django.urls import reverse

from appointments.tests.factories import AppointmentFactory
from clinic.audit.models import AuditEntry
from prescriptions.models import Medicine, Prescription

from .factories import MEDICINE, PrescriptionFactory, issued
from .test_editor import BLANK, ROW, typed

pytestmark = pytest.mark.django_db
HALF = {**BLANK, "name": "Amoxi", "dose": "two"}


@pytest.fixture
def draft():
    return PrescriptionFactory(medicines=[], diagnosis="")


@pytest.fixture
def autosave(client):
    """Sends what stands in the editor, as htmx does."""

    def send(address, user, data):
        client.force_login(user)
        return client.post(address, data, headers={"HX-Request": "true"})

    return send


def editor(draft):
    return reverse("prescriptions:edit", args=[draft.reference])


def test_half_a_word_is_kept_and_is_there_again(client, autosave, draft):
    autosave(editor(draft), draft.doctor.user, typed(HALF, diagnosis="Bron", version=draft.version))

    page = client.get(editor(draft)).content.decode()
    assert 'value="Amoxi"' in page
    assert 'value="two"' in page
    assert ">\nBron</textarea>" in page


def test_the_first_words_begin_the_draft(autosave):
    appointment = AppointmentFactory()
    address = reverse("prescriptions:write", args=[appointment.reference])

    state = autosave(address, appointment.doctor.user, typed(HALF, version="0")).content.decode()

    draft = Prescription.objects.get()
    assert draft.typed["medicines-0-name"] == "Amoxi"
    assert f'name="version" value="{draft.version}"' in state
    assert AuditEntry.objects.filter(action="created", subject_id=draft.reference).count() == 1


def test_a_row_that_was_taken_away_stays_away(client, autosave, draft):
    rows = [HALF, {**HALF, "name": "Zinc", "DELETE": "on"}]
    autosave(editor(draft), draft.doctor.user, typed(*rows, version=draft.version))

    assert "Zinc" not in client.get(editor(draft)).content.decode()


def test_two_tabs_do_not_write_over_each_other(autosave, draft):
    stale = draft.version
    autosave(editor(draft), draft.doctor.user, typed(diagnosis="First", version=stale))

    state = autosave(editor(draft), draft.doctor.user, typed(diagnosis="Second", version=stale)).content.decode()

    draft.refresh_from_db()
    assert "changed in another window" in state
    assert draft.typed["diagnosis"] == "First"


def test_a_page_may_check_what_it_has_just_saved_itself(client, autosave, draft):
    before = draft.version
    autosave(editor(draft), draft.doctor.user, typed(HALF, version=before, page="one"))

    response = client.post(editor(draft), typed(ROW, version=before, page="one"))  # the answer was still on its way

    assert response["Location"] == reverse("prescriptions:issue", args=[draft.reference])


def test_another_page_may_not_check_over_what_was_saved(client, autosave, draft):
    before = draft.version
    autosave(editor(draft), draft.doctor.user, typed(HALF, version=before, page="one"))

    response = client.post(editor(draft), typed(ROW, version=before, page="two"))

    assert "changed in another window" in response.content.decode()


def test_a_page_that_names_no_version_writes_over_nothing(client):
    draft = PrescriptionFactory()
    client.force_login(draft.doctor.user)

    response = client.post(editor(draft), typed(ROW, version=""))

    assert "changed in another window" in response.content.decode()


@pytest.mark.parametrize("data", [{"version": "9" * 5000}, {"add_row": "earlier", "earlier": "9" * 5000}])
def test_a_number_too_long_to_be_one_is_taken_for_none(client, autosave, draft, data):
    autosave(editor(draft), draft.doctor.user, typed(ROW, **data))

    response = client.post(editor(draft), typed(ROW, **data))

    assert response.status_code == 200


def test_an_issued_prescription_takes_no_more_typing(autosave):
    prescription = issued()

    autosave(editor(prescription), prescription.doctor.user, typed(diagnosis="Other", version="1"))

    assert Prescription.objects.get().typed is None


def test_checking_takes_the_place_of_what_was_typed(client, autosave, draft):
    autosave(editor(draft), draft.doctor.user, typed(HALF, version=draft.version))
    draft.refresh_from_db()

    client.post(editor(draft), typed(ROW, version=draft.version))

    draft.refresh_from_db()
    assert draft.typed is None
    assert draft.medicines.get().name == "Amoxicillin"


def test_the_check_page_leads_back_to_what_was_not_checked(client, autosave, draft):
    autosave(editor(draft), draft.doctor.user, typed(HALF, version=draft.version))

    response = client.get(reverse("prescriptions:issue", args=[draft.reference]))

    assert response["Location"] == editor(draft)


def test_only_the_doctors_own_issued_medicines_are_suggested():
    own = issued(medicines=[MEDICINE, {**MEDICINE, "name": "Zinc"}, {**MEDICINE, "name": "zinc"}])
    issued(medicines__name="Somebody else's")
    PrescriptionFactory(appointment__doctor=own.doctor, medicines__name="Not issued")

    earlier = Medicine.objects.earlier_of(own.doctor)

    assert [medicine.name.casefold() for medicine in earlier] == ["amoxicillin", "zinc"]


def test_an_earlier_medicine_is_added_again_and_nothing_typed_is_lost(client):
    earlier = issued().medicines.get()
    doctor = earlier.prescription.doctor
    draft = PrescriptionFactory(appointment__doctor=doctor, medicines=[])
    client.force_login(doctor.user)
    data = typed(HALF, diagnosis="Bron") | {"add_row": "earlier", "earlier": earlier.pk}

    page = client.post(editor(draft), data).content.decode()

    assert 'value="Amoxi"' in page
    assert 'value="500 mg"' in page


@pytest.mark.parametrize("chosen", ["", "x", "999999"])
def test_a_choice_that_is_none_adds_a_blank_row(client, draft, chosen):
    client.force_login(draft.doctor.user)

    response = client.post(editor(draft), typed(HALF) | {"add_row": "earlier", "earlier": chosen})

    assert len(response.context["formset"].forms) == 2


def test_nobody_elses_medicine_can_be_added(client, draft):
    other = issued(medicines__name="Secret").medicines.get()
    client.force_login(draft.doctor.user)

    response = client.post(editor(draft), typed(HALF) | {"add_row": "earlier", "earlier": other.pk})

    assert "Secret" not in response.content.decode()


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"brand": "Clamoxyl"}, "Enter why it has to be this brand"),
        ({"brand_reason": "Filler"}, "Enter the brand, or take the reason away"),
    ],
)
def test_a_brand_needs_its_reason(client, draft, row, message):
    client.force_login(draft.doctor.user)

    response = client.post(editor(draft), typed({**ROW, **row}))

    assert message in response.content.decode()
