"""People for the tests."""

from datetime import UTC, date, datetime

import factory
from django.contrib.auth.models import Group
from factory.django import DjangoModelFactory

from clinic.people.models import Clinic, Doctor, Patient, Representation, Specialty, User

APPROVED_AT = datetime(2026, 1, 1, tzinfo=UTC)
PASSWORD = "a-long-password-1"


class ClinicFactory(DjangoModelFactory[Clinic]):
    class Meta:
        model = Clinic

    name = factory.Sequence(lambda n: f"Clinic {n}")
    slug = factory.Sequence(lambda n: f"clinic-{n}")
    zone = "Europe/Lisbon"
    region = "Portugal"
    phone = "+351 210 000 000"
    email = "desk@clinic.example"
    address = "1 Harbour Street, Lisbon"
    country = "PT"


class SpecialtyFactory(DjangoModelFactory[Specialty]):
    class Meta:
        model = Specialty

    name = factory.Sequence(lambda n: f"Specialty {n}")
    slug = factory.Sequence(lambda n: f"specialty-{n}")


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"user{n}@example.org")
    given_name = factory.Sequence(lambda n: f"Given{n}")
    family_name = factory.Sequence(lambda n: f"Family{n}")

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        return model_class.objects.create_user(*args, **{"password": None, **kwargs})


class StaffFactory(UserFactory):
    is_staff = True
    is_superuser = True


def staff_in(group: str, *clinics: Clinic) -> User:
    """A member of one of the ready-made groups; limited to `clinics`, if there are any."""
    user = UserFactory(is_staff=True)
    user.groups.set([Group.objects.get(name=group)])
    user.clinics.set(clinics)
    return user


class DoctorFactory(DjangoModelFactory[Doctor]):
    class Meta:
        model = Doctor
        skip_postgeneration_save = True

    user = factory.SubFactory(UserFactory)
    clinic = factory.SubFactory(ClinicFactory)
    slug = factory.Sequence(lambda n: f"doctor-{n}")
    zone = "Europe/Lisbon"
    register = "Ordem dos Médicos"
    number = factory.Sequence(lambda n: f"{10000 + n}")
    region = "Portugal"
    languages = ["en"]
    approved_at = APPROVED_AT

    @factory.post_generation
    def specialties(self, create, extracted, **kwargs):
        if create:
            self.specialties.set(extracted or [])


class PatientFactory(DjangoModelFactory[Patient]):
    class Meta:
        model = Patient

    user = factory.SubFactory(UserFactory)
    given_name = factory.Sequence(lambda n: f"Patient{n}")
    family_name = factory.Sequence(lambda n: f"Surname{n}")
    birth_date = date(1980, 5, 17)


class RepresentationFactory(DjangoModelFactory[Representation]):
    class Meta:
        model = Representation

    user = factory.SubFactory(UserFactory)
    patient = factory.SubFactory(PatientFactory, user=None)
    relation = Representation.Relation.PARENT
    valid_from = date(2020, 1, 1)
    checked_by = factory.SubFactory(StaffFactory)
