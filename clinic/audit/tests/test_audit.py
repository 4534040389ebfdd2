"""The audit log: what a line holds, and that staff can only read it."""

import pytest
from django.urls import reverse

from clinic.audit import admin
from clinic.audit.models import AuditEntry
from clinic.people.tests.factories import DoctorFactory, PatientFactory, StaffFactory

pytestmark = pytest.mark.django_db


def test_a_line_says_who_did_what_with_whose_record(rf):
    doctor, patient = DoctorFactory(), PatientFactory()

    request = rf.get("/", REMOTE_ADDR="192.0.2.7")
    AuditEntry.objects.record("read", patient, by=doctor.user, request=request, patient=patient)

    line = AuditEntry.objects.get()
    assert (line.actor, line.patient, line.action) == (doctor.user, patient, "read")
    assert (line.subject_type, line.subject_id, line.address) == ("people.Patient", patient.uid, "192.0.2.7")


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "203.0.113.9", "192.0.2.7"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (2, "203.0.113.9", None),
        (1, "nonsense", None),
    ],
)
def test_the_address_is_what_our_own_proxies_saw(rf, settings, proxies, forwarded, address):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    request = rf.get("/", REMOTE_ADDR="192.0.2.7", headers={"x-forwarded-for": forwarded})

    line = AuditEntry.objects.record("read", PatientFactory(), by=None, request=request)

    assert line.address == address


def test_what_the_portal_does_by_itself_has_no_actor():
    line = AuditEntry.objects.record("changed", PatientFactory(), by=None)

    assert (line.actor, line.address) == (None, None)


@pytest.mark.parametrize(("name", "status"), [("changelist", 200), ("add", 403)])
def test_staff_read_the_log_and_add_nothing(client, name, status):
    client.force_login(StaffFactory())

    assert client.get(reverse(f"admin:audit_auditentry_{name}")).status_code == status


@pytest.mark.parametrize("name", ["change", "delete"])
def test_staff_change_no_line(client, name):
    line = AuditEntry.objects.record("read", PatientFactory(), by=None)
    client.force_login(StaffFactory())

    response = client.post(
        reverse(f"admin:audit_auditentry_{name}", args=[line.pk]), {"action": "created", "post": "yes"}
    )

    assert response.status_code == 403
    assert AuditEntry.objects.get(pk=line.pk).action == "read"


@pytest.mark.parametrize("number", [1, 15])
def test_the_list_takes_few_queries_however_long(client, django_assert_max_num_queries, number):
    for _line in range(number):
        AuditEntry.objects.record("read", PatientFactory(), by=DoctorFactory().user)
    client.force_login(StaffFactory())
    address = reverse("admin:audit_auditentry_changelist")
    client.get(address)

    with django_assert_max_num_queries(9):
        client.get(address)


def test_the_filter_offers_what_the_newest_lines_are_about_and_takes_anything(client, monkeypatch):
    monkeypatch.setattr(admin, "NEWEST", 1)
    old = AuditEntry.objects.record("read", DoctorFactory(), by=None)
    AuditEntry.objects.record("read", PatientFactory(), by=None)
    client.force_login(StaffFactory())
    address = reverse("admin:audit_auditentry_changelist")

    page = client.get(address).content.decode()
    found = client.get(address, {"subject_type": "people.Doctor"})

    assert "?subject_type=people.Patient" in page
    assert "?subject_type=people.Doctor" not in page
    assert list(found.context["cl"].result_list) == [old]
