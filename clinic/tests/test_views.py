import json
import re
from typing import Any

import pytest
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.urls import reverse
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator

from clinic.people.tests.factories import DoctorFactory, PatientFactory, StaffFactory

pytestmark = pytest.mark.django_db

INLINE = re.compile(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=", re.IGNORECASE)


def test_somebody_signed_out_is_sent_to_sign_in(client: Client) -> None:
    response = client.get(reverse("home"))

    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize(
    ("person", "page"),
    [
        (lambda: PatientFactory().user, "appointments:list"),
        (lambda: DoctorFactory().user, "doctor:today"),
        (StaffFactory, "admin:index"),
    ],
    ids=["patient", "doctor", "staff"],
)
def test_everybody_has_a_home_of_their_own(client: Client, person: Any, page: str) -> None:
    client.force_login(person())

    assert client.get(reverse("home"))["Location"] == reverse(page)


def test_a_process_that_answers_is_live(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        response = client.get(reverse("health-live"))

    assert response.json() == {"status": "live"}


def test_it_is_ready_with_database_and_redis(client: Client) -> None:
    response = client.get(reverse("health-ready"))

    assert (response.status_code, response.json()) == (200, {"ready": True, "database": True, "redis": True})


def test_it_is_not_ready_while_a_migration_is_missing(client: Client) -> None:
    MigrationRecorder.Migration.objects.filter(app="appointments").latest("pk").delete()

    response = client.get(reverse("health-ready"))

    assert (response.status_code, response.json()) == (503, {"ready": False, "database": False, "redis": True})


def test_it_is_not_ready_without_redis(client: Client, settings: Any) -> None:
    nowhere = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": nowhere}

    response = client.get(reverse("health-ready"))

    assert (response.status_code, response.json()) == (503, {"ready": False, "database": True, "redis": False})


def test_the_openapi_document_is_public(client: Client) -> None:
    document = json.loads(client.get(reverse("api-schema")).content)

    assert document["openapi"].startswith("3.1")
    assert all(path.startswith("/api/v1/") for path in document["paths"])


def test_the_openapi_document_is_made_without_a_warning() -> None:
    GENERATOR_STATS.reset()

    with GENERATOR_STATS.silence():
        SchemaGenerator().get_schema(request=None, public=True)

    assert {**GENERATOR_STATS._warn_cache, **GENERATOR_STATS._error_cache} == {}


@pytest.mark.parametrize(
    "path", ["appointments", "televisits", "patients/{uid}/charts", "televisits/{session_id}/charts"]
)
def test_the_openapi_document_says_which_calls_take_a_key(path: str) -> None:
    document = SchemaGenerator().get_schema(request=None, public=True)

    parameters = document["paths"][f"/api/v1/{path}/"]["post"]["parameters"]

    assert "Idempotency-Key" in {parameter["name"] for parameter in parameters}


def test_the_api_page_lists_every_call(client: Client) -> None:
    document = SchemaGenerator().get_schema(request=None, public=True)

    page = client.get(reverse("api-docs")).content.decode()

    for path, methods in document["paths"].items():
        assert page.count(f"<code>{path}</code>") == len(methods)


def test_the_api_page_links_only_to_shapes_that_it_shows(client: Client) -> None:
    page = client.get(reverse("api-docs")).content.decode()

    linked, shown = set(re.findall(r'href="#(shape-\w+)"', page)), set(re.findall(r'id="(shape-\w+)"', page))
    assert linked
    assert linked <= shown


def test_the_api_page_obeys_our_policy(client: Client) -> None:
    response = client.get(reverse("api-docs"))

    assert "script-src 'self'" in response["Content-Security-Policy"].split("; ")
    assert not INLINE.search(response.content.decode())
