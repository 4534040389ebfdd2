import os
import shutil
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import environ
import psutil
import psycopg2
import pytest
from redis import Redis

from clinic.embedded import CannotStart, Services, server, services
from clinic.embedded import redis as embedded_redis
from clinic.embedded.home import locked
from tests.processes import processes_of

STARTER = """
import pathlib, sys
from clinic.embedded import services

with services(pathlib.Path(sys.argv[1])):
    print("up", flush=True)
    input()
"""
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs servers as somebody else")


@pytest.fixture(autouse=True, scope="module")
def nothing_set():
    """What the test run itself uses is not what is tested here."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.delenv("DATABASE_URL")
        monkeypatch.delenv("REDIS_URL")
        yield


@pytest.fixture(scope="module")
def up(reachable_folders, nothing_set):
    """A folder with its running servers, for the tests that only look."""
    folder = reachable_folders()
    with services(folder, durable=False) as found:
        yield folder, found


@pytest.fixture(scope="module")
def left(reachable_folders, nothing_set):
    """A folder as its servers left it."""
    folder = reachable_folders()
    start_and_stop(folder)
    return folder


@pytest.fixture
def used(left, folder):
    """A folder that servers have run in."""
    subprocess.run(["cp", "--archive", f"{left}/.", folder], check=True)
    return folder


def start_and_stop(folder):
    with services(folder, durable=False):
        pass


def connect(url):
    """A connection as Django would make it."""
    parts = environ.Env.db_url_config(url)
    return closing(psycopg2.connect(host=parts["HOST"], user=parts["USER"], dbname=parts["NAME"]))


def answer(url, question):
    with connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0]


def test_both_servers_answer(up):
    _, found = up

    assert answer(found.database_url, "SELECT current_setting('server_version_num')::int / 10000") == 18
    with Redis.from_url(found.redis_url) as client:
        assert client.ping()
    assert set(found.processes) == {"postgres", "redis"}


def test_nothing_listens_on_the_network(up):
    _, found = up

    listening = [
        connection
        for process in found.processes.values()
        for connection in psutil.Process(process.pid).net_connections("inet")
    ]

    assert listening == []


def test_nobody_else_may_enter_the_servers_folders(up):
    folder, _ = up

    modes = [stat.S_IMODE((folder / name).stat().st_mode) for name in ("postgres", "redis")]

    assert modes == [0o700, 0o700]


def test_addresses_are_known_while_another_process_runs_the_servers(up):
    folder, found = up

    assert Services(folder).environment == found.environment


def test_a_second_start_on_the_same_folder_is_refused(up, monkeypatch):
    folder, _ = up
    monkeypatch.setattr(server, "TAKE_OVER_SECONDS", 0)

    with pytest.raises(CannotStart, match="Another postgres runs in"):
        start_and_stop(folder)


@as_root
def test_root_runs_postgres_as_nobody(up):
    _, found = up

    assert psutil.Process(found.processes["postgres"].pid).username() == "nobody"


def test_data_stays_for_the_next_start(used):
    with services(used) as found, connect(found.database_url) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE kept (number int)")
        cursor.execute("INSERT INTO kept VALUES (42)")
        connection.commit()
        with Redis.from_url(found.redis_url) as client:
            client.set("kept", 42)

    with services(used) as found:
        assert answer(found.database_url, "SELECT number FROM kept") == 42
        with Redis.from_url(found.redis_url) as client:
            assert client.get("kept") == b"42"
    assert processes_of(used) == []


def test_what_the_environment_names_is_not_started(folder, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/clinic")

    with services(folder, durable=False) as found:
        assert found.database_url == "postgres://elsewhere/clinic"
        assert set(found.processes) == {"redis"}


def test_a_path_too_long_for_a_socket_gets_a_short_one(folder):
    long = folder / ("x" * 100)

    with services(long, durable=False) as found:
        assert answer(found.database_url, "SELECT 1") == 1
        short = Path(environ.Env.db_url_config(found.database_url)["HOST"])
        assert stat.S_IMODE(short.stat().st_mode) == 0o700

    assert not short.exists()


def test_data_of_another_version_is_left_alone(used):
    version = used / "postgres" / "data" / "PG_VERSION"
    version.write_text("17\n")

    with pytest.raises(CannotStart, match="was made by PostgreSQL 17, this is PostgreSQL 18"):
        start_and_stop(used)

    assert version.read_text() == "17\n"


@pytest.mark.parametrize("text", ["", "nonsense", f"{os.getpid()}\n"], ids=["empty", "nonsense", "another program's"])
def test_the_number_of_a_dead_server_does_not_block_the_start(used, text):
    (used / "postgres" / "data" / "postmaster.pid").write_text(text)

    with services(used, durable=False) as found:
        assert answer(found.database_url, "SELECT 1") == 1


def test_a_first_start_that_was_cut_short_is_begun_again(used):
    data = used / "postgres" / "data"
    (data / "PG_VERSION").unlink()
    data.rename(data.with_name("data.unfinished"))

    with services(used, durable=False) as found:
        assert answer(found.database_url, "SELECT 1") == 1


def test_why_a_server_does_not_start_is_said(used):
    (used / "postgres" / "data" / "postgresql.conf").write_text("nonsense = 1\n")

    with pytest.raises(CannotStart, match=r"postgres did not start: .*postgresql\.conf"):
        start_and_stop(used)


def test_missing_redis_is_said_in_one_line(folder, monkeypatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(embedded_redis, "find_spec", lambda _: None)

    with pytest.raises(CannotStart, match=r"^Redis is missing: install redis-server .*$"):
        Services(folder)


def test_servers_end_when_their_starter_is_killed(used):
    starter = subprocess.Popen([sys.executable, "-c", STARTER, used], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert starter.stdout.readline() == b"up\n"

    starter.kill()
    starter.communicate()

    with services(used, durable=False) as found:  # waits for the old ones to finish
        assert answer(found.database_url, "SELECT 1") == 1
    assert processes_of(used) == []


@as_root
def test_a_closed_parent_stays_closed_and_the_data_goes_elsewhere(tmp_path):
    closed = tmp_path / "home"
    closed.mkdir(mode=0o700)

    try:
        with services(closed / "var", durable=False) as found:
            assert answer(found.database_url, "SELECT 1") == 1

        assert (closed / "var" / "postgres").readlink().is_relative_to("/var/lib")
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    finally:
        shutil.rmtree((closed / "var" / "postgres").resolve())


def test_a_lock_ends_with_its_holder(folder):
    with locked(folder, refusal="Taken."), pytest.raises(CannotStart, match="Taken"), locked(folder, refusal="Taken."):
        pass

    with locked(folder, refusal="Taken."):
        assert list(folder.iterdir()) == []
