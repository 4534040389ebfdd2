from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from clinic.people.tests.factories import StaffFactory

from .rules import check

FHIR_JSON = "application/fhir+json; charset=utf-8"


class Reading:
    """A program that reads as `user`. Every answer is checked to be right FHIR."""

    def __init__(self, user: Any) -> None:
        self.client = Client(raise_request_exception=False)
        if user is not None:
            self.client.force_login(user)

    def ask(self, path: str, *, method: str = "GET", expect: int = 200, **more: Any) -> Any:
        """The resource that is answered, with this status."""
        address = path if path.startswith(("http", "/")) else f"/fhir/R4/{path}"
        response = self.client.generic(method, address.removeprefix("http://testserver"), **more)
        assert response.status_code == expect, response.content
        assert response["Content-Type"] == FHIR_JSON
        self.headers = response.headers
        return check(response.json())

    def found(self, path: str) -> list[str]:
        """The matches of a search, as Type/id."""
        entries = self.ask(path).get("entry", [])
        matches = [entry["resource"] for entry in entries if entry["search"]["mode"] == "match"]
        return [f"{resource['resourceType']}/{resource['id']}" for resource in matches]

    def refused(self, path: str, status: int, **more: Any) -> str:
        """The code of the outcome with which it is refused."""
        outcome = self.ask(path, expect=status, **more)
        assert outcome["resourceType"] == "OperationOutcome"
        return outcome["issue"][0]["code"]


@pytest.fixture
def reading() -> Callable[[Any], Reading]:
    return Reading


@pytest.fixture
def desk(reading: Callable[[Any], Reading]) -> Reading:
    return reading(StaffFactory())
