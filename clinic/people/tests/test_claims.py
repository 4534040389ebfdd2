"""How a patient takes over the record that staff made: a code, an account, the date of birth."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from appointments.tests.factories import booked
from clinic.people.models import Allergy, Claim, Patient
from clinic.people.tests.factories import PatientFactory, RepresentationFactory, StaffFactory, UserFactory

pytestmark = pytest.mark.django_db
RIGHT = {"birth_date_day": "27", "birth_date_month": "3", "birth_date_year": "1954"}
WRONG = RIGHT | {"birth_date_day": "28"}


@pytest.fixture
def caller():
    return PatientFactory(user=None, birth_date="1954-03-27")


@pytest.fixture
def code(caller):
    return Claim.objects.offer(caller, by=StaffFactory(), at=timezone.now())


@pytest.fixture
def user(client):
    user = UserFactory()
    client.force_login(user)
    return user


def claim(client, code, answer=RIGHT):
    return client.post(reverse("claim", args=[code]), answer)


def owner_of(patient):
    return Patient.objects.get(pk=patient.pk).user


def test_code_and_date_of_birth_make_the_record_ones_own(client, caller, code, user):
    visit = booked(patient=caller, by=StaffFactory())

    answer = claim(client, code)

    assert answer.url == reverse("home")
    assert owner_of(caller) == user
    assert visit.reference in client.get(reverse("appointments:list")).text


def test_a_stranger_is_asked_to_sign_in_first(client, caller, code):
    page = client.get(reverse("claim", args=[code]))

    assert f"?next=/claim/{code}/" in page.text
    assert caller.family_name not in page.text
    assert claim(client, code).status_code == 302
    assert owner_of(caller) is None


def test_a_wrong_date_is_refused_and_after_five_the_code_is_worth_nothing(client, caller, code, user):
    for _try in range(5):
        assert "not the date that the clinic has" in claim(client, code, WRONG).text

    assert claim(client, code).status_code == 404
    assert owner_of(caller) is None


def test_the_empty_record_that_came_with_the_account_makes_way(client, caller, code, user):
    own = PatientFactory(user=user)

    claim(client, code)

    assert owner_of(caller) == user
    assert not Patient.objects.filter(pk=own.pk).exists()


def fill_with_appointment(own):
    booked(patient=own)


def fill_with_allergy(own):
    Allergy.objects.enter(own, by=own.user, at=timezone.now(), name="Penicillin", detail="A rash")


def fill_with_representation(own):
    RepresentationFactory(patient=own)


@pytest.mark.parametrize("fill", [fill_with_appointment, fill_with_allergy, fill_with_representation])
def test_a_record_in_use_is_never_thrown_away(client, caller, code, user, fill):
    own = PatientFactory(user=user)
    fill(own)

    answer = claim(client, code)

    assert "already has a record of its own" in answer.text
    assert owner_of(own) == user
    assert owner_of(caller) is None


def test_who_has_just_made_an_account_need_not_type_the_date_of_birth_again(client, code, user):
    PatientFactory(user=user, birth_date="1954-03-27")

    page = client.get(reverse("claim", args=[code])).text

    assert 'name="birth_date_year" value="1954"' in page


def test_who_opens_the_used_link_again_is_shown_the_way_home(client, code, user):
    claim(client, code)

    assert "the record is yours already" in client.get(reverse("claim", args=[code])).text


def test_a_code_works_once(client, caller, code, user):
    claim(client, code)
    client.force_login(UserFactory())

    assert claim(client, code).status_code == 404
    assert owner_of(caller) == user


def test_a_code_is_too_old_after_two_weeks(caller, code):
    at = timezone.now()

    assert Claim.objects.of_code(code, at=at) is not None
    assert Claim.objects.of_code(code, at=at + timedelta(days=14)) is None


def test_a_new_code_ends_the_one_before(caller, code):
    newer = Claim.objects.offer(caller, by=StaffFactory(), at=timezone.now())

    assert Claim.objects.of_code(code, at=timezone.now()) is None
    assert Claim.objects.of_code(newer, at=timezone.now()) is not None


def test_a_code_may_be_typed_as_it_was_heard(client, code):
    heard = f" {code[:4].lower()} {code[4:8]}-{code[8:]}".replace("0", "o").replace("1", "l")

    answer = client.post(reverse("claim-code"), {"code": heard})

    assert answer.url == reverse("claim", args=[code])


def test_staff_read_the_code_out_or_send_the_link(client, caller, django_capture_on_commit_callbacks, settings):
    settings.CELERY_TASK_ALWAYS_EAGER = True
    client.force_login(StaffFactory())

    with django_capture_on_commit_callbacks(execute=True):
        page = client.post(reverse("offer-claim", args=[caller.uid]), {"email": "ana@example.org"})

    code = page.context["code"]
    [letter] = mail.outbox
    assert page.context["spoken"].replace(" ", "") == code
    assert letter.to == ["ana@example.org"]
    assert f"/claim/{code}/" in letter.body
    assert caller.family_name not in letter.body


def test_staff_give_no_code_for_a_record_that_has_an_account(client):
    client.force_login(StaffFactory())

    page = client.post(reverse("offer-claim", args=[PatientFactory().uid]), {"email": ""})

    assert "already belongs to an account" in page.text
    assert not Claim.objects.exists()
