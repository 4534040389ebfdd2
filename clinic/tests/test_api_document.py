"""The API keeps its word: whatever is sent, it answers as its OpenAPI document says, and never with a 5xx.

API_EXAMPLES says how many requests each call gets from each kind of person.
"""

import os
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as generating
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from rest_framework.throttling import SimpleRateThrottle
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from clinic.people.models import ApiToken
from clinic.people.models.tokens import Scope
from clinic.tests.access import World

pytestmark = pytest.mark.django_db

EXAMPLES = int(os.environ.get("API_EXAMPLES", "2"))
WHO = ("nobody", "patient", "doctor", "superuser")
CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
UNHURRIED = generating(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
    database=None,
)
THINGS = {  # of World, by what stands before the parameter in the address
    "charts": "chart",
    "slots": "slot",
    "availability": "hours",
    "time-off": "time-off",
    "on-call": "on-call",
    "patients": "record",
    "tokens": "token",
    "history": "allergy",
    "participants": "session-seat",
    "invitations": "session-invitation",
    "appointments": "appointment",
    "televisits": "session",
    "codes": "visit",
    "doctors": "doctor",
}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return SchemaGenerator().get_schema(request=None, public=True)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield World()
        transaction.set_rollback(True)


@pytest.fixture
def in_process(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[None]:
    """As many calls as we like, on the connection of the test, under the name that the client uses."""
    settings.ALLOWED_HOSTS = ["localhost"]
    rates = dict.fromkeys(SimpleRateThrottle.THROTTLE_RATES, "1000000/min")
    monkeypatch.setattr(SimpleRateThrottle, "THROTTLE_RATES", rates)
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


def headers_of(world: World, who: str) -> dict[str, str]:
    """With which `who` signs in, for everything that they may do."""
    user, at = world.people[who], timezone.now()
    if user is None:
        return {}
    facts = {"scopes": Scope.values, "expires_at": at + timedelta(days=1), "at": at}
    return {"Authorization": f"Bearer {ApiToken.objects.make(user, name=who, **facts)[1]}"}


def names_in(world: World, path: str) -> dict[str, str]:
    """Names of things that there are, for the parameters of `path`."""
    parts = [part for part in path.split("/") if part]
    names: dict[str, str] = {}
    for before, part in pairwise(parts):
        if part.startswith("{") and part != "{kind}":
            key, thing = part[1:-1], world.things[THINGS.get(before, "allergy")]
            names[key] = thing.get(key, "") or next(iter(thing.values()))
    return names


@pytest.mark.usefixtures("in_process")
def test_every_answer_is_as_the_document_says(document: dict[str, Any], world: World) -> None:
    schema = schemathesis.openapi.from_dict(document)
    schema.app = get_wsgi_application()
    people = [headers_of(world, who) for who in WHO]

    for result in schema.get_all_operations():
        operation = result.ok()

        @UNHURRIED
        @given(case=operation.as_strategy(), is_there=st.booleans())
        def keeps_its_word(case: Any, is_there: bool) -> None:  # noqa: FBT001  (hypothesis passes it by name)
            if is_there:
                case.path_parameters = {**(case.path_parameters or {}), **names_in(world, case.path)}
            for headers in people:
                with transaction.atomic():
                    response = case.call(headers=headers)
                    transaction.set_rollback(True)
                case.validate_response(response, checks=CHECKS)

        keeps_its_word()


def contents(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What each call takes and answers, in each of its forms."""
    for methods in document["paths"].values():
        for operation in methods.values():
            for part in (operation.get("requestBody", {}), *operation["responses"].values()):
                yield from part.get("content", {}).values()


def test_every_example_fits_its_shape(document: dict[str, Any]) -> None:
    with_example = [content for content in contents(document) if "example" in content]

    assert with_example
    for content in with_example:
        whole = {**content["schema"], "components": document["components"]}
        Draft202012Validator(whole).validate(content["example"])


def test_every_call_names_its_refusals(document: dict[str, Any]) -> None:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert {"400", "404", "429"} <= operation["responses"].keys(), (method, path)
            assert operation.get("description"), (method, path)
