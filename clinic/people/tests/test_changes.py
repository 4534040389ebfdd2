"""What rows of records were before they changed: kept by the database itself, sealed, and edited by nobody."""

import pytest
from django.db import connection, transaction
from django.db.utils import InternalError
from django.utils import timezone

from clinic.people.models import Allergy, AllergyChange, PatientChange
from clinic.people.models.changes import TRACKED
from clinic.people.tests.factories import PatientFactory

pytestmark = pytest.mark.django_db


def test_what_stood_there_before_a_change_is_kept():
    patient = PatientFactory(needs="Speaks slowly.")

    patient.needs = "Lip-reads."
    patient.save(update_fields=["needs"])

    kept = PatientChange.objects.filter(pgh_obj=patient).order_by("pgh_id")
    assert [(each.pgh_label, each.needs) for each in kept] == [("made", "Speaks slowly."), ("changed", "Lip-reads.")]


def test_a_change_behind_the_portals_back_is_kept_too():
    patient = PatientFactory(family_name="Before")

    with connection.cursor() as cursor:
        cursor.execute("UPDATE people_patient SET family_name = 'After' WHERE id = %s", [patient.pk])

    assert PatientChange.objects.filter(pgh_obj=patient, family_name="After").count() == 1


def test_what_was_deleted_can_still_be_read():
    patient = PatientFactory()
    allergy = Allergy.objects.enter(patient, by=patient.user, at=timezone.now(), name="Penicillin", detail="A rash")

    Allergy.objects.filter(pk=allergy.pk).delete()

    assert AllergyChange.objects.get(pgh_label="deleted").name == "Penicillin"


def test_copies_are_encrypted():
    patient = PatientFactory()
    Allergy.objects.enter(patient, by=patient.user, at=timezone.now(), name="Penicillin")

    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM people_allergychange")
        assert b"Penicillin" not in bytes(cursor.fetchone()[0])


@pytest.mark.parametrize(
    "statement", ["UPDATE people_patientchange SET family_name = ''", "DELETE FROM people_patientchange"]
)
def test_nobody_edits_them(statement):
    PatientFactory()

    with pytest.raises(InternalError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("model", TRACKED, ids=lambda model: model.__name__)
def test_every_column_is_kept(model):
    kept = {field.name for field in model.changes.rel.related_model._meta.local_fields}

    assert {field.name for field in model._meta.local_fields} <= kept
