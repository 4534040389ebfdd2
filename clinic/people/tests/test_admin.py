"""Django's admin for people: what staff find, do, and do not see."""

from datetime import date

import pytest
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import AuditEntry
from clinic.people.models import Allergy, Clinic, Doctor, Patient, Representation, User
from clinic.people.tests.factories import (
    ClinicFactory,
    DoctorFactory,
    PatientFactory,
    RepresentationFactory,
    SpecialtyFactory,
    StaffFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
PEOPLE = ("clinic", "doctor", "patient", "representation", "specialty", "user")


@pytest.fixture
def staff(client):
    staff = StaffFactory()
    client.force_login(staff)
    return staff


def page(name, kind, *args):
    return reverse(f"admin:people_{kind}_{name}", args=args)


def act(client, kind, action, *rows):
    return client.post(
        page("changelist", kind), {"action": action, "_selected_action": [row.pk for row in rows]}, follow=True
    )


@pytest.mark.parametrize(("who", "status"), [("patient", 302), ("doctor", 302), ("powerless", 403), ("superuser", 200)])
@pytest.mark.parametrize("kind", PEOPLE)
def test_who_opens_the_lists(client, who, status, kind):
    users = {
        "patient": lambda: PatientFactory().user,
        "doctor": lambda: DoctorFactory().user,
        "powerless": lambda: StaffFactory(is_superuser=False),
        "superuser": StaffFactory,
    }
    client.force_login(users[who]())

    assert client.get(page("changelist", kind)).status_code == status


def test_every_list_of_the_admin_can_be_searched(client, staff):
    addresses = [
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for model, model_admin in admin.site._registry.items()
        if model_admin.search_fields
    ]

    refused = [address for address in addresses if client.get(address, {"q": "osei 1980-05-17"}).status_code != 200]

    assert refused == []


@pytest.mark.parametrize("number", [2, 12])
@pytest.mark.parametrize("kind", PEOPLE)
def test_lists_take_few_queries_however_long(client, staff, django_assert_max_num_queries, kind, number):
    for _row in range(number):
        DoctorFactory(specialties=[SpecialtyFactory(), SpecialtyFactory()], approved_by=staff)
        RepresentationFactory(patient=PatientFactory())
    client.get(page("changelist", kind))

    with django_assert_max_num_queries(11):
        client.get(page("changelist", kind))


@pytest.mark.parametrize(
    ("typed", "found"), [("Moreira", True), ("1954-03-27", True), ("ana@example.org", True), ("Osei", False)]
)
def test_patients_are_found_by_name_birth_date_and_email(client, staff, typed, found):
    PatientFactory(family_name="Moreira", birth_date=date(1954, 3, 27), user__email="ana@example.org")

    response = client.get(page("changelist", "patient"), {"q": typed})

    assert ("Moreira" in response.content.decode()) is found


def test_patients_are_listed_by_the_name_of_their_language(client, staff):
    for given_name, language in (("Rui", "pt"), ("Eva", "pt"), ("Ana", "")):
        PatientFactory(given_name=given_name, language=language)

    everybody = client.get(page("changelist", "patient"))
    portuguese = client.get(page("changelist", "patient"), {"language": "pt"})

    assert everybody.content.decode().count('<a href="?language=pt">Portuguese</a>') == 1
    assert '<a href="?language=">' not in everybody.content.decode()
    assert {patient.given_name for patient in portuguese.context["cl"].result_list} == {"Rui", "Eva"}


def test_staff_read_nothing_clinical_of_a_patient(client, staff):
    patient = PatientFactory(needs="is afraid of needles")
    Allergy.objects.enter(patient, by=patient.user, at=timezone.now(), name="penicillin")

    text = client.get(page("change", "patient", patient.pk)).content.decode()

    assert patient.family_name in text
    assert "needles" not in text
    assert "penicillin" not in text
    assert not admin.site.is_registered(Allergy)


@pytest.mark.parametrize("kind", ["patient", "representation"])
def test_that_staff_have_read_of_a_patient_is_in_the_audit_log(client, staff, kind):
    row = RepresentationFactory()
    rows = {"patient": row.patient, "representation": row}

    client.get(page("change", kind, rows[kind].pk))

    line = AuditEntry.objects.get()
    assert (line.action, line.actor, line.patient) == ("read", staff, row.patient)


def test_approving_records_who_and_leaves_a_trace(client, staff):
    waiting, earlier = DoctorFactory(approved_at=None), DoctorFactory()

    response = act(client, "doctor", "approve", waiting, earlier)

    waiting.refresh_from_db()
    assert waiting.is_practising
    assert waiting.approved_by == staff
    assert "1 doctor approved." in response.content.decode()
    assert AuditEntry.objects.get(action="changed").subject_id == str(waiting.pk)


def test_suspending_and_reinstating(client, staff):
    doctor = DoctorFactory()

    act(client, "doctor", "suspend", doctor)
    suspended = Doctor.objects.get(pk=doctor.pk).state
    act(client, "doctor", "reinstate", doctor)

    assert suspended == Doctor.State.SUSPENDED
    assert Doctor.objects.get(pk=doctor.pk).is_practising


def test_nobody_approves_themself_nor_ends_their_own_suspension(client, staff):
    own = DoctorFactory(user=staff, approved_at=None)
    act(client, "doctor", "approve", own)
    approved = Doctor.objects.get(pk=own.pk).approved_at
    Doctor.objects.filter(pk=own.pk).update(approved_at=timezone.now(), suspended_at=timezone.now())

    act(client, "doctor", "reinstate", own)

    assert approved is None
    assert Doctor.objects.get(pk=own.pk).state == Doctor.State.SUSPENDED


@pytest.mark.parametrize("state", ["waiting", "practising", "suspended", "nonsense"])
def test_doctors_are_listed_by_state(client, staff, state):
    DoctorFactory(approved_at=None, number="waiting-1")
    DoctorFactory(number="practising-1")
    DoctorFactory(number="suspended-1", suspended_at=timezone.now())

    text = client.get(page("changelist", "doctor"), {"state": state}).content.decode()

    shown = {word for word in ("waiting", "practising", "suspended") if f"{word}-1" in text}
    assert shown == ({state} if state != "nonsense" else {"waiting", "practising", "suspended"})


def test_who_may_only_look_cannot_approve(client):
    clerk = StaffFactory(is_superuser=False)
    clerk.user_permissions.add(Permission.objects.get(codename="view_doctor"))
    client.force_login(clerk)
    doctor = DoctorFactory(approved_at=None)

    act(client, "doctor", "approve", doctor)

    doctor.refresh_from_db()
    assert doctor.approved_at is None


def test_saving_a_representation_checks_it(client, staff):
    parent, child = UserFactory(), PatientFactory(user=None)
    sent = {"user": parent.pk, "patient": child.pk, "relation": "parent", "valid_from": "2026-01-01"}

    client.post(page("add", "representation"), sent)

    assert Representation.objects.get().checked_by == staff
    assert child.is_represented_by(parent)
    assert AuditEntry.objects.get(action="created").patient == child


def test_nobody_gives_themself_access_to_a_record(client, staff):
    child = PatientFactory(user=None)
    own = RepresentationFactory(user=staff, checked_by=None)
    sent = {"user": staff.pk, "patient": child.pk, "relation": "carer", "valid_from": "2026-01-01"}

    refused = client.post(page("add", "representation"), sent)
    act(client, "representation", "check_papers", own)
    linked = client.post(page("change", "patient", child.pk), patient_facts(child) | {"user": staff.pk})

    own.refresh_from_db()
    assert list(refused.context["adminform"].form.errors) == ["user"]
    assert list(linked.context["adminform"].form.errors) == ["user"]
    assert own.checked_by is None


def test_checking_papers_of_others(client, staff):
    rows = RepresentationFactory.create_batch(2, checked_by=None)

    act(client, "representation", "check_papers", *rows)

    assert set(Representation.objects.values_list("checked_by", flat=True)) == {staff.pk}


def test_a_patients_account_cannot_be_exchanged(client, staff):
    patient, other = PatientFactory(), UserFactory()

    client.post(page("change", "patient", patient.pk), patient_facts(patient) | {"user": other.pk})

    assert Patient.objects.get(pk=patient.pk).user == patient.user


def patient_facts(patient) -> dict[str, object]:
    return {
        "given_name": patient.given_name,
        "family_name": patient.family_name,
        "birth_date": patient.birth_date.isoformat(),
        "sex": patient.sex,
        "representations-TOTAL_FORMS": 0,
        "representations-INITIAL_FORMS": 0,
    }


def user_facts(**facts) -> dict[str, object]:
    inline = {"emailaddress_set-TOTAL_FORMS": 0, "emailaddress_set-INITIAL_FORMS": 0}
    return {
        "email": "new@example.org",
        "given_name": "Eva",
        "family_name": "Lima",
        "is_active": "on",
        **inline,
        **facts,
    }


def test_a_user_that_staff_make_signs_in_by_code_only(client, staff):
    client.post(page("add", "user"), user_facts())

    user = User.objects.get(email="new@example.org")
    assert not user.has_usable_password()
    assert not EmailAddress.objects.filter(user=user).exists()


def test_only_superusers_hand_out_rights(client):
    manager = StaffFactory(is_superuser=False)
    manager.user_permissions.add(*Permission.objects.filter(codename__in=["change_user", "add_user", "view_user"]))
    client.force_login(manager)

    client.post(page("add", "user"), user_facts(is_staff="on", is_superuser="on"))
    client.post(page("change", "user", manager.pk), user_facts(is_superuser="on"))

    assert not User.objects.get(email="new@example.org").is_staff
    assert not User.objects.get(pk=manager.pk).is_superuser


def test_who_is_no_superuser_shuts_no_superuser_out(client):
    manager, owner = StaffFactory(is_superuser=False), StaffFactory()
    manager.user_permissions.add(*Permission.objects.filter(codename__in=["change_user", "view_user"]))
    client.force_login(manager)
    facts = user_facts()
    facts.pop("is_active")

    refused = client.post(page("change", "user", owner.pk), facts)
    act(client, "user", "sign_out", owner)

    assert refused.status_code == 403
    assert User.objects.get(pk=owner.pk).is_active
    assert not AuditEntry.objects.filter(subject_type="people.User", subject_id=str(owner.pk)).exists()


def test_the_address_of_an_account_cannot_be_exchanged(client, staff):
    user = UserFactory()

    client.post(page("change", "user", user.pk), user_facts(email="mine@example.org"))

    assert User.objects.get(pk=user.pk).email == user.email


def test_every_policy_of_a_clinic_can_be_set(client, staff):
    form = client.get(page("change", "clinic", ClinicFactory().pk)).context["adminform"].form

    policies = {field.name for field in Clinic._meta.get_fields() if getattr(field, "editable", False)} - {"id"}
    assert policies - set(form.fields) == set()


@pytest.mark.parametrize("kind", PEOPLE)
def test_people_are_not_deleted(client, staff, kind):
    rows = {
        "clinic": ClinicFactory,
        "doctor": DoctorFactory,
        "patient": PatientFactory,
        "representation": RepresentationFactory,
        "specialty": SpecialtyFactory,
        "user": UserFactory,
    }

    assert client.post(page("delete", kind, rows[kind]().pk), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("kind", PEOPLE)
def test_forms_of_the_admin_open(client, staff, kind):
    rows = {
        "clinic": ClinicFactory,
        "doctor": DoctorFactory,
        "patient": PatientFactory,
        "representation": RepresentationFactory,
        "specialty": SpecialtyFactory,
        "user": UserFactory,
    }

    assert client.get(page("change", kind, rows[kind]().pk)).status_code == 200
    assert client.get(page("add", kind)).status_code == 200
