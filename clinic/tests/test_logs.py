import logging

from django.urls import resolve

from clinic.logs import RoutesForPaths

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
