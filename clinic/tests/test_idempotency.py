from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Event

import pytest
from django.db import connection

from clinic.errors import RuleViolation
from clinic.idempotency import KeyUsedForSomethingElse, once
from clinic.models import IdempotencyKey
from clinic.people.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return User.objects.create_user("patient@clinic.example")


@pytest.fixture
def make() -> Callable[[], str]:
    """Makes "made 1", then "made 2", and so on."""
    numbers = count(1)
    return lambda: f"made {next(numbers)}"


def test_the_same_request_is_done_once(user: User, make: Callable[[], str]) -> None:
    made = [once(make, user=user, key="k1", body={"slot": "a", "symptoms": "cough"}) for _time in range(2)]

    assert made == ["made 1", "made 1"]


def test_the_order_of_fields_makes_no_other_request(user: User, make: Callable[[], str]) -> None:
    once(make, user=user, key="k1", body={"a": 1, "b": 2})

    assert once(make, user=user, key="k1", body={"b": 2, "a": 1}) == "made 1"


def test_a_key_cannot_stand_for_another_request(user: User, make: Callable[[], str]) -> None:
    once(make, user=user, key="k1", body={"slot": "a"})

    with pytest.raises(KeyUsedForSomethingElse):
        once(make, user=user, key="k1", body={"slot": "b"})


def test_keys_of_two_users_do_not_meet(user: User, make: Callable[[], str]) -> None:
    other = User.objects.create_user("other@clinic.example")
    once(make, user=user, key="k1", body={})

    assert once(make, user=other, key="k1", body={}) == "made 2"


@pytest.mark.parametrize("key", ["x" * 5000, "with \x00 inside", "ключ"])
def test_a_key_may_be_any_text(user: User, make: Callable[[], str], key: str) -> None:
    once(make, user=user, key=key, body={})

    assert once(make, user=user, key=key, body={}) == "made 1"


def test_without_a_key_each_request_is_done(user: User, make: Callable[[], str]) -> None:
    once(make, user=user, key="", body={})

    assert once(make, user=user, key="", body={}) == "made 2"


def test_a_refused_request_leaves_its_key_free(user: User, make: Callable[[], str]) -> None:
    def refuse() -> str:
        raise RuleViolation

    with pytest.raises(RuleViolation):
        once(refuse, user=user, key="k1", body={})

    assert once(make, user=user, key="k1", body={}) == "made 1"


def test_the_row_tells_nothing_of_the_request(user: User, make: Callable[[], str]) -> None:
    once(make, user=user, key="k1", body={"symptoms": "cough"})

    row = IdempotencyKey.objects.values("key", "fingerprint").get()
    assert [len(value) for value in row.values()] == [64, 64]


@pytest.mark.django_db(transaction=True)
def test_two_equal_requests_at_once_make_one_thing(user: User) -> None:
    inside = Event()
    made = count(1)

    def slowly() -> str:
        inside.set()
        inside.clear()
        inside.wait(0.3)  # long enough for the other request to reach the key
        return f"made {next(made)}"

    def request() -> str:
        try:
            return once(slowly, user=user, key="k1", body={})
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = [future.result() for future in [pool.submit(request), pool.submit(request)]]

    assert answers == ["made 1", "made 1"]
