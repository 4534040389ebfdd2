"""The ready-made groups of staff, and staff who work for some of the clinics only."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from appointments.models import Appointment
from appointments.tests.factories import AppointmentFactory, SlotFactory
from clinic.people.groups import GROUPS, make_groups
from clinic.people.models import User
from clinic.people.tests.factories import DoctorFactory, PatientFactory, StaffFactory, UserFactory, staff_in
from televisit.models import Visit
from televisit.tests.factories import a_visit

pytestmark = pytest.mark.django_db


def names(group: str) -> set[str]:
    held = Group.objects.get(name=group).permissions.select_related("content_type")
    return {f"{each.content_type.app_label}.{each.codename}" for each in held}


@pytest.mark.parametrize("group", GROUPS)
def test_each_group_may_what_the_list_says(group):
    assert names(group) == GROUPS[group]


def test_making_them_again_keeps_what_somebody_added():
    group = Group.objects.get(name="auditor")
    group.permissions.add(Permission.objects.get(codename="view_clinic"))

    make_groups()

    assert names("auditor") == GROUPS["auditor"] | {"people.view_clinic"}


def test_no_group_may_delete_people_or_appointments():
    deleting = {name for group in GROUPS.values() for name in group if ".delete_" in name}

    assert {name.rpartition("_")[2] for name in deleting} == {"availability", "closure", "oncall", "timeoff"}


@pytest.mark.parametrize(
    ("group", "is_at_desk"),
    [("receptionist", True), ("manager", True), ("operator", False), ("auditor", False)],
)
def test_reception_and_managers_work_at_the_desk(group, is_at_desk):
    assert staff_in(group).is_at_desk is is_at_desk


def test_who_left_works_at_no_desk():
    user = staff_in("receptionist")

    user.is_active = False

    assert not user.is_at_desk


@pytest.mark.parametrize("limited", [True, False])
def test_staff_see_appointments_and_visits_of_their_clinics_only(limited):
    ours, theirs = a_visit(), a_visit()
    user = staff_in("receptionist", *([ours.clinic] if limited else []))

    seen = {ours.pk} if limited else {ours.pk, theirs.pk}

    assert set(Visit.objects.visible_to(user).values_list("pk", flat=True)) == seen
    assert Appointment.objects.visible_to(user).count() == len(seen)


def test_staff_hand_over_only_for_doctors_of_their_clinics(client):
    doctor, stranger = DoctorFactory(), DoctorFactory()
    client.force_login(staff_in("receptionist", doctor.clinic))

    answers = [client.get(reverse("desk:hand-over"), {"doctor": each.slug}).status_code for each in (doctor, stranger)]

    assert answers == [200, 404]


def test_staff_cannot_book_a_slot_of_another_clinic(client):
    slot, patient = SlotFactory(), PatientFactory()
    client.force_login(staff_in("receptionist", DoctorFactory().clinic))

    response = client.get(reverse("desk:book", args=[patient.uid]), {"slot": slot.uid})

    assert response["Location"] == reverse("desk:times", args=[patient.uid])


def test_news_for_the_desk_goes_to_who_works_there():
    appointment = AppointmentFactory()
    there, everywhere, boss = (
        staff_in("receptionist", appointment.clinic),
        staff_in("manager"),
        StaffFactory(),
    )
    staff_in("receptionist", DoctorFactory().clinic)
    staff_in("auditor")
    UserFactory(is_staff=True)

    told = User.objects.staff_who_may("work_at_desk", clinic_id=appointment.clinic_id)

    assert set(told) >= {there, everywhere, boss}
    assert {user for user in told if not user.is_superuser} == {there, everywhere}


def test_staff_see_the_accounts_of_patients_and_of_who_works_in_their_clinics(client):
    ours, elsewhere = DoctorFactory(), DoctorFactory()
    manager, colleague = staff_in("manager", ours.clinic), staff_in("receptionist", ours.clinic)
    above = [StaffFactory(), staff_in("manager"), staff_in("manager", elsewhere.clinic), elsewhere.user]
    client.force_login(manager)

    listed = client.get(reverse("admin:people_user_changelist")).context["cl"].queryset
    patient = PatientFactory().user
    refused = [client.get(reverse("admin:people_user_change", args=[user.pk])).status_code for user in above]

    assert set(listed) == {manager, colleague, ours.user, patient}
    assert refused == [302] * len(above)  # to the desk, with a word that there is no such user


def choices(client, model, field, typed):
    about = {"app_label": "people", "model_name": model, "field_name": field, "term": typed}
    return client.get(reverse("admin:autocomplete"), about)


def test_a_receptionist_chooses_who_acts_for_whom_by_what_tells_people_of_one_name_apart(client):
    carer = UserFactory(given_name="Rui", family_name="Pais", email="rui@example.org")
    patient = PatientFactory(given_name="Ana", family_name="Sousa", birth_date="1980-05-17")
    client.force_login(staff_in("receptionist"))

    found = [choices(client, "representation", *ask).json() for ask in (("user", "Pais"), ("patient", "Sousa"))]

    texts = [each["text"] for answer in found for each in answer["results"]]
    assert texts == ["Rui Pais (rui@example.org)", "Ana Sousa (17 May 1980)"]
    assert [each["id"] for answer in found for each in answer["results"]] == [str(carer.pk), str(patient.pk)]
    assert client.get(reverse("admin:people_user_changelist")).status_code == 403


def test_who_enters_no_representation_chooses_from_no_users(client):
    client.force_login(staff_in("operator"))

    assert choices(client, "representation", "patient", "Sousa").status_code == 403
