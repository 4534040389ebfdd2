"""Every page of the admin: few queries however many rows there are, a search on every list, and no clinical text."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.tests.access import World, managed

pytestmark = pytest.mark.django_db

MOST_QUERIES = 15
NOT_OURS = "django_celery_beat."


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        made = World()
        for _time in range(3):
            World()
        yield made
        transaction.set_rollback(True)


def pages_of(label: str) -> list[str]:
    name = f"admin:{label.replace('.', '_')}"
    newest = apps.get_model(label).objects.order_by("-pk").first()
    return [reverse(f"{name}_changelist"), *([reverse(f"{name}_change", args=[newest.pk])] if newest else [])]


@pytest.mark.parametrize("who", ["superuser", "manager"])
@pytest.mark.parametrize("label", sorted(managed()))
def test_a_page_takes_at_most_15_queries(world: World, who: str, label: str) -> None:
    world.browsers[who].get(reverse("home"))  # notes the session, as once a minute
    for page in pages_of(label):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            world.browsers[who].get(page)

        assert len(queries) <= MOST_QUERIES, page


@pytest.mark.parametrize("label", sorted(each for each in managed() if not each.startswith(NOT_OURS)))
def test_a_list_can_be_searched(world: World, label: str) -> None:
    page = reverse(f"admin:{label.replace('.', '_')}_changelist")

    assert admin.site._registry[apps.get_model(label)].search_fields
    assert world.browsers["superuser"].get(page, {"q": "nothing has this"}).status_code == 200
