import json
import logging
import sys
from uuid import UUID, uuid4

import pytest
from django.urls import resolve
from django_guid.context import guid
from redis import Redis

from clinic.logs import JsonLines, NamesForExceptions, RoutesForPaths
from clinic.tasks import heartbeat

PATH = "/verify/7K3M2Q9AX4TBW5RC/"


def line_about(path: str, rf, *, is_page: bool) -> str:
    request = rf.get(path)
    request.resolver_match = resolve(path) if is_page else None
    record = logging.LogRecord("django.request", logging.ERROR, "", 0, "%s: %s", ("Refused", path), None)
    record.request = request
    RoutesForPaths().filter(record)
    return record.getMessage()


def test_the_log_names_the_route_instead_of_the_path(rf):
    line = line_about(PATH, rf, is_page=True)

    assert line == "Refused: /verify/<str:code>/"


def test_the_log_does_not_repeat_an_unknown_address(rf):
    line = line_about("/reset/secret/", rf, is_page=False)

    assert "secret" not in line


def as_json(*, request_id="", **facts) -> dict:
    """What a line of production says of a record."""
    record = logging.LogRecord("clinic.x", logging.INFO, "", 0, facts.pop("msg", "Told"), facts.pop("args", None), None)
    for name, value in facts.items():
        setattr(record, name, value)
    guid.set(request_id)
    NamesForExceptions().filter(record)
    return json.loads(JsonLines().format(record))


def raised():
    try:
        int("Ana Silva, ana@example.org")
    except ValueError:
        return sys.exc_info()


def test_a_line_of_production_is_one_object_with_its_request():
    line = as_json(request_id="1f", msg="two\nlines", facts={"route": "/home/", "ms": 3})

    assert line.pop("at").endswith("+00:00")
    assert line == {
        "level": "INFO",
        "logger": "clinic.x",
        "message": "two\nlines",
        "request": "1f",
        "route": "/home/",
        "ms": 3,
    }


def test_of_an_exception_only_name_and_place_are_logged():
    line = as_json(exc_info=raised())

    assert line["exception"] == "ValueError"
    assert line["where"][0].endswith(" raised")
    assert "Ana" not in str(line)


def test_what_celery_says_of_an_exception_is_its_name():
    line = as_json(msg="Task %(name)s raised: %(exc)s", args=({"name": "x", "exc": "KeyError('Ana')"},))

    assert line["message"] == "Task x raised: KeyError"


@pytest.mark.parametrize("sent", ["", "nonsense\nINFO forged", "1" * 5_000])
def test_an_answer_names_its_request_with_a_number_of_ours(client, sent):
    answer = client.get("/health/live", headers={"x-request-id": sent})

    assert UUID(answer["X-Request-ID"])
    assert answer["X-Request-ID"] not in sent


def test_a_number_from_the_proxy_is_kept(client):
    sent = uuid4().hex

    assert client.get("/health/live", headers={"x-request-id": sent})["X-Request-ID"] == sent


def test_a_task_carries_the_number_of_the_request_that_queued_it(settings):
    guid.set(uuid4().hex)
    with Redis.from_url(settings.REDIS_URL) as redis:
        heartbeat.delay()
        message = json.loads(redis.lpop("celery"))

    assert guid.get() in message["headers"].values()


@pytest.mark.django_db
def test_each_request_is_one_line_by_route(client, caplog):
    caplog.set_level(logging.INFO, "clinic.requests")

    client.get("/verify/7K3M2Q9AX4TBW5RC/")

    (record,) = [record for record in caplog.records if record.name == "clinic.requests"]
    assert record.getMessage() == "GET /verify/<str:code>/ 404"
    assert set(record.facts) == {"route", "method", "status", "ms"}
