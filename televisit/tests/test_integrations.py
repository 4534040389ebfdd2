"""Setting up a video service in the admin: four steps, in words, and no secret comes out again."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from clinic.audit.models import AuditEntry
from clinic.people.tests.factories import ClinicFactory, DoctorFactory, StaffFactory, staff_in
from televisit import rooms
from televisit.models import Integration
from televisit.tests.factories import a_visit, an_integration

pytestmark = pytest.mark.django_db
ADD = "admin:televisit_integration_add"
NEW = "admin:televisit_integration_new"
LIST = "admin:televisit_integration_changelist"


@pytest.fixture
def clinic():
    return ClinicFactory()


@pytest.fixture
def desk(client):
    client.force_login(StaffFactory())
    return client


@pytest.fixture
def contract(clinic, livekit):
    return an_integration(clinic, livekit, is_active=False)


def step(name, contract):
    return reverse(f"admin:televisit_integration_{name}", args=[contract.pk])


def new(clinic, provider="livekit"):
    return f"{reverse(NEW)}?clinic={clinic.slug}&provider={provider}"


def keys_of(livekit, **other):
    return {**livekit.given_credentials(), "address": livekit.address, **other}


def test_from_the_choice_to_a_service_in_use(desk, clinic, livekit):
    assert "LiveKit" in desk.get(reverse(ADD)).content.decode()

    options = desk.post(new(clinic), keys_of(livekit)).url
    contract = Integration.objects.get()
    assert (contract.clinic, contract.provider, contract.is_active) == (clinic, "livekit", False)
    overview = desk.post(options, {"order": 2, "start_muted": "on"}).url
    desk.post(overview, {"test": "1"})
    assert "The connection works." in desk.get(overview).content.decode()
    desk.post(overview, {"on": "1"})

    contract.refresh_from_db()
    assert (contract.is_active, contract.order) == (True, 2)
    assert [name for name, is_on in contract.options.items() if is_on] == ["start_muted"]
    assert contract.credentials == livekit.given_credentials()


def test_no_page_shows_a_secret(desk, contract, livekit):
    desk.post(step("change", contract), {"test": "1"})

    for address in (step("change", contract), step("credentials", contract), step("options", contract), reverse(LIST)):
        assert livekit.given_credentials()["api_secret"] not in desk.get(address).content.decode()
    assert "APIkey" in desk.get(step("change", contract)).content.decode()  # which is none


def test_a_wrong_form_shows_no_secret_either(desk, clinic):
    page = desk.post(new(clinic), {"api_key": "", "api_secret": "very-secret-indeed", "address": "https://x.example"})

    assert page.status_code == 400
    assert "very-secret-indeed" not in page.content.decode()
    assert not Integration.objects.exists()


def test_keys_are_replaced_and_those_left_empty_stay(desk, contract, livekit):
    desk.post(step("change", contract), {"test": "1"})

    desk.post(step("credentials", contract), keys_of(livekit, api_key="other", api_secret=""))

    contract.refresh_from_db()
    secret = livekit.given_credentials()["api_secret"]
    assert contract.credentials == {"api_key": "other", "api_secret": secret}
    assert contract.tested_at is None


def test_what_is_wrong_with_the_connection_is_said_in_words(desk, contract, livekit):
    def words():
        desk.post(step("change", contract), {"test": "1"})
        return desk.get(step("change", contract)).content.decode()

    contract.keep_credentials({"api_key": "APIkey", "api_secret": "of-another-environment-" + "x" * 20})
    assert "refused the key" in words()
    livekit.clock = timedelta(minutes=10)
    contract.keep_credentials(livekit.given_credentials())
    assert "Set the clock" in words()
    livekit.clock, livekit.mood = timedelta(0), "garbage"
    assert "something that we do not understand" in words()
    livekit.mood = "500"
    assert "does not answer" in words()
    assert not Integration.objects.get().is_active


def test_a_service_that_was_not_found_to_work_is_not_taken_into_use(desk, contract):
    page = desk.post(step("change", contract), {"on": "1"}, follow=True).content.decode()

    assert "Test the connection first" in page
    assert not Integration.objects.get().is_active


@pytest.mark.parametrize(
    "address",
    ["http://video.example.org", "ftp://video.example.org", "video.example.org", "https://user:word@video.example.org"],
)
def test_an_address_that_is_not_https_is_refused(desk, clinic, livekit, settings, address):
    settings.VIDEO_HTTP_ON_LOOPBACK = False

    page = desk.post(new(clinic), keys_of(livekit, address=address))

    assert page.status_code == 400
    assert not Integration.objects.exists()


@pytest.mark.parametrize(
    "site",
    ["http://clinic.app.100ms.live", "javascript:alert(1)", "https://x.example.org;script-src *", "https://x.org\"' *"],
)
def test_the_page_of_a_template_is_at_a_safe_address_or_refused(desk, clinic, site):
    keys = dict.fromkeys(["access_key", "app_secret", "template_id", "host_role", "guest_role"], "x")

    page = desk.post(new(clinic, "100ms"), {**keys, "site": site})

    assert page.status_code == 400
    assert not Integration.objects.exists()
    assert desk.post(new(clinic, "100ms"), {**keys, "site": "https://clinic.app.100ms.live/"}).status_code == 302
    assert Integration.objects.get().credentials["site"] == "https://clinic.app.100ms.live"


def test_a_service_is_offered_the_options_that_it_can_follow_and_no_others(desk, contract):
    page = desk.get(step("options", contract)).content.decode()
    Integration.objects.update(options={"recording": True, "start_muted": True})

    desk.post(step("options", contract), {"order": 1, "start_muted": "on", "recording": "on"})

    assert "People come in with the microphone off" in page
    assert "The doctor can record at the service" not in page
    assert Integration.objects.get().options == {"start_muted": True, "start_camera_off": False, "show_names": False}


def test_an_option_that_a_service_cannot_follow_is_not_shown_as_chosen(desk, contract):
    Integration.objects.update(options={"recording": True})

    assert "The doctor can record" not in desk.get(step("change", contract)).content.decode()


@pytest.mark.parametrize("provider", ["zoom", "webrtc", "", "daily/../x"])
def test_an_unknown_service_is_refused_in_words(desk, clinic, provider):
    page = desk.get(reverse(NEW), {"clinic": clinic.slug, "provider": provider})

    assert page.status_code == 400
    assert "errorlist" in page.content.decode()
    assert not Integration.objects.exists()


def test_who_works_for_one_clinic_sets_up_no_other(client, clinic, contract):
    client.force_login(staff_in("manager", ClinicFactory()))

    assert client.get(new(clinic)).status_code == 400
    for name in ("change", "credentials", "options"):
        assert client.get(step(name, contract)).status_code == 404
    assert str(contract.uid) not in client.get(reverse(LIST)).content.decode()


def test_who_is_no_staff_finds_nothing(client, contract):
    client.force_login(DoctorFactory().user)

    for address in (reverse(ADD), step("change", contract), step("credentials", contract), step("options", contract)):
        assert client.get(address).status_code == 302


def test_nobody_deletes_a_service(desk, contract):
    assert desk.post(step("delete", contract), {"post": "yes"}).status_code == 403


def test_what_staff_change_is_in_the_audit_log(desk, contract, livekit):
    desk.post(step("credentials", contract), keys_of(livekit))

    entry = AuditEntry.objects.get(subject_type="televisit.Integration")
    assert entry.action == AuditEntry.Action.CHANGED


@pytest.mark.parametrize("name", ["change", "credentials", "options"])
@pytest.mark.parametrize("pk", ["0", "99999999999999999999999"])
def test_a_number_that_there_is_not_is_not_found(desk, name, pk):
    assert desk.get(f"/admin/televisit/integration/{pk}/{name}/").status_code == 404


def test_a_list_of_many_takes_as_many_queries_as_a_short_one(desk, clinic, livekit, django_assert_max_num_queries):
    desk.get(reverse(LIST))  # notes the session
    for _number in range(12):
        an_integration(clinic, livekit)

    with django_assert_max_num_queries(12):
        desk.get(reverse(LIST))


def test_credentials_are_encrypted_and_nowhere_to_be_read(livekit):
    contract = an_integration(a_visit().clinic, livekit)

    with connection.cursor() as cursor:
        cursor.execute("SELECT credentials FROM televisit_integration WHERE id = %s", [contract.pk])
        stored = bytes(cursor.fetchone()[0])

    secret = livekit.given_credentials()["api_secret"]
    assert secret.encode() not in stored
    assert secret not in f"{contract!r} {contract} {rooms.account_of(contract)!r}"
    assert secret in json.dumps(Integration.objects.get(pk=contract.pk).credentials)
