"""What the doctor confirms before issuing: names that match, controlled medicines, and what is kept of it."""

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.people.models import Allergy, Clinic, Medication
from prescriptions.controlled import is_controlled
from prescriptions.errors import ControlledMedicine, MatchNeedsReason, NotReviewed, Unfinished
from prescriptions.models import Medicine, Prescription
from prescriptions.names import are_alike

from .factories import MEDICINE, PrescriptionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    return PrescriptionFactory()


def on_record(model, draft, name, *, struck_out=False):
    entry = model.objects.enter(draft.patient, by=draft.doctor.user, at=timezone.now(), name=name)
    if struck_out:
        entry.end(at=timezone.now())
    return entry


def issue(draft, **facts):
    draft.issue(by=draft.doctor.user, at=timezone.now(), **{"reviewed": True, **facts})


def check_page(client, draft, data=None):
    client.force_login(draft.doctor.user)
    address = reverse("prescriptions:issue", args=[draft.reference])
    seen = {"version": draft.version, "record_seen": draft.record_now()}
    return client.get(address) if data is None else client.post(address, {**seen, **data})


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Amoxicillin", "amoxicillin 500 mg", True),
        ("Benzylpenicillin", "Penicillin", True),
        ("Ibuprofeno", "IBUPROFEN", True),
        ("Paracétamol", "paracetamol", True),
        ("Метформин", "метформин 850 мг", True),
        ("青霉素", "青霉素", True),
        ("Amoxicillin", "Penicillin", False),
        ("Zinc sulfate tablets", "Morphine sulfate tablets", False),
        ("Folic acid", "Acid reflux", False),
        ("Zinc", "", False),
    ],
)
def test_names_are_compared_word_by_word(one, other, alike):
    assert are_alike(one, other) is alike


def test_nothing_is_issued_without_the_confirmation(draft):
    with pytest.raises(NotReviewed):
        issue(draft, reviewed=False)


@pytest.mark.parametrize("model", [Allergy, Medication])
def test_going_on_over_a_match_needs_a_reason_that_is_kept(draft, model):
    on_record(model, draft, "amoxicillin")

    with pytest.raises(MatchNeedsReason):
        issue(draft, match_reason="  ")
    issue(draft, match_reason="Taken without trouble in 2024")

    stored = Prescription.objects.get()
    assert stored.match_reason == "Taken without trouble in 2024"
    assert [(match["medicine"], match["name"]) for match in stored.matches] == [("Amoxicillin", "amoxicillin")]


def test_a_brand_is_compared_too():
    draft = PrescriptionFactory(medicines__brand="Clamoxyl", medicines__brand_reason="Allergic to a filler")
    on_record(Allergy, draft, "Clamoxyl")

    with pytest.raises(MatchNeedsReason):
        issue(draft)


def test_what_was_struck_out_does_not_match(draft):
    on_record(Allergy, draft, "Amoxicillin", struck_out=True)

    issue(draft)

    assert draft.status == Prescription.Status.ISSUED


def test_pressing_issue_twice_at_once_leads_to_what_was_issued(client, monkeypatch, draft):
    issue_first = Prescription.issue

    def be_overtaken(self, **facts):
        issue_first(Prescription.objects.get(pk=self.pk), **facts)
        issue_first(self, **facts)

    monkeypatch.setattr(Prescription, "issue", be_overtaken)

    response = check_page(client, draft, {"reviewed": "on"})

    assert response["Location"] == draft.get_absolute_url()


def test_the_check_page_shows_matches_and_asks_why(client, draft):
    on_record(Allergy, draft, "Amoxicillin")

    page = check_page(client, draft).content.decode()
    refused = check_page(client, draft, {"reviewed": "on"}).content.decode()
    check_page(client, draft, {"reviewed": "on", "match_reason": "Tested: no allergy any more"})

    assert "an allergy on record is called “Amoxicillin”" in page
    assert "Names only" in page
    assert "Enter why you prescribe it all the same" in refused
    assert Prescription.objects.get().match_reason == "Tested: no allergy any more"


@pytest.mark.parametrize("model", [Allergy, Medication])
def test_what_came_onto_the_record_meanwhile_is_shown_before_it_is_issued(client, draft, model):
    seen = check_page(client, draft).context["record_now"]
    on_record(model, draft, "Penicillin")

    again = check_page(client, draft, {"record_seen": seen, "reviewed": "on"})
    at_first = Prescription.objects.get().status
    check_page(client, draft, {"record_seen": again.context["record_now"], "reviewed": "on"})

    assert "Read them once more" in again.content.decode()
    assert f'name="record_seen" value="{again.context["record_now"]}"' in again.content.decode()
    assert (at_first, Prescription.objects.get().status) == (Prescription.Status.DRAFT, Prescription.Status.ISSUED)


def test_without_a_match_the_page_gives_no_all_clear(client, draft):
    page = check_page(client, draft).content.decode()

    assert "Names only: this does not rule out an allergy" in page
    assert "no allergy" not in page.lower()
    assert "no allergies" not in page.lower()


def test_the_check_page_wants_the_confirmation(client, draft):
    refused = check_page(client, draft, {}).content.decode()

    assert "Confirm that you have reviewed" in refused
    assert Prescription.objects.get().status == Prescription.Status.DRAFT


@pytest.mark.parametrize("name", ["Morphine sulfate", "CODEINE / paracetamol", "Diazépam", "zolpidem"])
def test_controlled_medicines_are_told_by_their_name(name):
    assert is_controlled(name)


@pytest.mark.parametrize("name", ["Amoxicillin", "Ibuprofen", "Apomorphine", "Metformin"])
def test_other_medicines_are_not_controlled(name):
    assert not is_controlled(name)


def test_controlled_medicines_are_blocked(draft):
    with pytest.raises(ControlledMedicine, match="Morphine"):
        draft.rewrite(medicines=[Medicine(**{**MEDICINE, "name": "Morphine"})])

    assert draft.medicines.get().name == "Amoxicillin"


def test_a_clinic_may_allow_controlled_medicines():
    draft = PrescriptionFactory(medicines=[], appointment__doctor__clinic__controlled_medicines=True)

    draft.rewrite(medicines=[Medicine(**{**MEDICINE, "name": "Morphine"})])
    issue(draft)

    assert draft.status == Prescription.Status.ISSUED


def test_a_clinic_that_no_longer_allows_them_stops_the_issue():
    draft = PrescriptionFactory(medicines__name="Morphine", appointment__doctor__clinic__controlled_medicines=True)
    Clinic.objects.update(controlled_medicines=False)

    with pytest.raises(ControlledMedicine):
        issue(draft)


def test_what_was_not_checked_is_not_issued(draft):
    draft.keep_typed({"diagnosis": "Half a wo"}, version=None)

    with pytest.raises(Unfinished):
        issue(draft)
