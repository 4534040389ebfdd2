"""What programs do about what a person is told."""

import pytest

from clinic.notices.models import Preference
from clinic.people.tests.factories import PatientFactory

pytestmark = pytest.mark.django_db
PREFERENCES = "/api/v1/me/notices/"


@pytest.fixture
def user(client):
    user = PatientFactory().user
    client.force_login(user)
    return user


def change(client, body, tag=None):
    headers = {"if-match": tag} if tag else {}
    return client.patch(PREFERENCES, body, content_type="application/json", headers=headers)


def test_one_reads_and_changes_what_one_is_told(client, user):
    seen = client.get(PREFERENCES)
    first = seen.json()["choices"][0]

    changed = change(client, {"choices": [{**first, "is_on": not first["is_on"]}]}, seen["ETag"])

    assert changed.status_code == 200
    assert changed.json()["choices"][0]["is_on"] is not first["is_on"]
    assert changed["ETag"] == client.get(PREFERENCES)["ETag"] != seen["ETag"]


def test_another_number_has_not_failed_yet(client, user):
    type(user).objects.filter(pk=user.pk).update(phone="+351 912 345 678", phone_failed_at=user.date_joined)

    change(client, {"phone": "+351 913 333 333"}, "*")

    user.refresh_from_db()
    assert (user.phone, user.phone_failed_at) == ("+351 913 333 333", None)


@pytest.mark.parametrize(("tag", "status"), [(None, 428), ('"old"', 412)])
def test_what_was_not_read_is_not_changed(client, user, tag, status):
    assert change(client, {"phone": ""}, tag).status_code == status


@pytest.mark.parametrize(
    "choice",
    [
        {"kind": "confirmed", "channel": "pigeon", "is_on": True},
        {"kind": "nothing", "channel": "email", "is_on": True},
        {"kind": "request_received", "channel": "email", "is_on": False},
    ],
)
def test_what_cannot_be_switched_is_refused(client, user, choice):
    refused = change(client, {"choices": [choice]}, "*")

    assert (refused.status_code, refused.json().keys()) == (400, {"choices"})
    assert not Preference.objects.exists()


def test_one_reads_how_many_are_new(client, user):
    assert client.get("/api/v1/notices/unread/").json() == {"unread": 0}
