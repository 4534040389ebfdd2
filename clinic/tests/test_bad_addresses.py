"""Addresses that lead elsewhere, or to what belongs to somebody else."""

from io import BytesIO
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from clinic.people.models import Chart
from clinic.people.tests.factories import PASSWORD, PatientFactory, UserFactory
from clinic.tests.access import Row, World
from clinic.tests.hostile import ROWS, undone

pytestmark = pytest.mark.django_db

ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "https:evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "http://testserver@evil.example/",
    "https://127.0.0.1.evil.example/",
    " //evil.example/",
    "/\t/evil.example/",
]
NESTED = [row for row in ROWS if row.thing in {"seat", "invitation", "session-seat", "session-invitation"}]


@pytest.fixture
def user() -> Any:
    user = UserFactory(email="ana@example.org", password=PASSWORD)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def leads_away(response: Any) -> bool:
    target = response.get("Location", "")
    return "evil" in target.partition("?")[0] or target.lower().startswith(("javascript", "data"))


@pytest.mark.parametrize("after", ELSEWHERE)
def test_signing_in_leads_to_no_other_site(client: Client, user: Any, after: str) -> None:
    response = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD, "next": after})

    assert client.session["_auth_user_id"]
    assert not leads_away(response)


@pytest.mark.parametrize("after", ELSEWHERE)
@pytest.mark.parametrize(
    "page", ["account_login", "account_signup", "account_logout", "sign-in-again", "account_reauthenticate"]
)
def test_no_page_of_the_account_leads_to_another_site(client: Client, user: Any, page: str, after: str) -> None:
    client.force_login(user)

    seen = client.get(reverse(page), {"next": after})
    done = client.post(reverse(page), {"next": after, "password": PASSWORD})

    assert not leads_away(seen)
    assert not leads_away(done)
    assert 'href="javascript' not in seen.content.decode()


@pytest.mark.parametrize("after", ELSEWHERE)
def test_the_admins_door_leads_to_no_other_site(client: Client, user: Any, after: str) -> None:
    user.is_staff = user.is_superuser = True
    user.save()
    door = client.get(reverse("admin:login"), {"next": after})

    response = client.post(door["Location"], {"login": user.email, "password": PASSWORD, "next": after})

    assert not leads_away(door)
    assert not leads_away(response)


@pytest.mark.parametrize(
    "path", ["//evil.example/", "/doctors//evil.example", "/%2F%2Fevil.example", "/..//evil.example"]
)
def test_no_made_up_path_leads_to_another_site(client: Client, path: str) -> None:
    assert not leads_away(client.get("/", PATH_INFO=path))


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd.pdf",
        "..\\..\\boot.ini.pdf",
        "/etc/passwd.pdf",
        "a\r\nSet-Cookie: x=1.pdf",
        'x".pdf',
        "é\u202efdp.pdf",
        "x" * 300 + ".pdf",
    ],
    ids=["up", "windows", "absolute", "lines", "quote", "turned round", "long"],
)
def test_the_name_of_a_file_is_no_path_and_no_header(client: Client, name: str, settings: Any) -> None:
    patient = PatientFactory()
    client.force_login(patient.user)
    file = SimpleUploadedFile("x.pdf", b"%PDF-1.7\n%%EOF", "application/pdf")
    file._name = name  # as a program could send it

    client.post(reverse("record:add-chart", args=[patient.uid]), {"file": file, "title": name[:80], "kind": "document"})

    for chart in Chart.objects.filter(patient=patient):
        assert ".." not in chart.file.name
        assert (
            (settings.CLINIC_DATA / "files" / chart.file.name).resolve().is_relative_to(settings.CLINIC_DATA / "files")
        )
        given = client.get(reverse("record:chart", args=[chart.uid]))
        assert "\n" not in given["Content-Disposition"]
        assert "/" not in given["Content-Disposition"]
        assert "Set-Cookie" not in given.headers
        given.getvalue()  # reads it to its end, which closes it


@pytest.fixture(scope="module")
def another(world: World) -> World:
    return World()


@pytest.mark.parametrize("row", NESTED, ids=str)
@pytest.mark.parametrize("who", ["doctor", "superuser", "patient"])
def test_what_belongs_to_another_visit_is_not_found_under_mine(
    world: World, another: World, row: Row, who: str
) -> None:
    mixed = {**world.things[row.thing], "uid": another.things[row.thing]["uid"]}

    response = undone(world.browsers[who], row.call, reverse(row.route, kwargs=mixed), "{}", "application/json")

    assert response.status_code == 404 or str(response.status_code) == row.expected[who] >= "400"  # the same for mine


@pytest.mark.parametrize(
    "path",
    ["/static/../clinic/settings.py", "/static/%2e%2e/manage.py", "/static//etc/passwd", "/static/..%5cmanage.py"],
)
def test_no_path_leads_out_of_the_static_files(client: Client, path: str) -> None:
    response = client.get("/", PATH_INFO=path.replace("%2e", ".").replace("%5c", "\\"))

    assert response.status_code == 404
    assert BytesIO(response.content).read(6) != b"import"
