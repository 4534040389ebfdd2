"""Engines and processes go and come back: what was confirmed is there, people read what is the matter, all heals."""

import json
import signal
import subprocess
import time

import pytest
from redis import Redis
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from clinic.embedded import services
from clinic.processes import kill_group, spawn, stop
from tests.compose import Deployment, dockerfile_step
from tests.test_production import HOST, TWO_PARTIES, WRITE, get

SHELL = ["python", "manage.py", "shell", "--no-imports", "--command"]
COUNT = "from appointments.models import Appointment; print(Appointment.objects.filter(status='confirmed').count())"
QUEUE = "from clinic.tasks import heartbeat; heartbeat.delay()"
HEARD = "from clinic.heartbeats import seconds_since; print(seconds_since()['worker'] is not None)"
PATIENCE_SECONDS = 180


@pytest.fixture(scope="module")
def found(reachable_folders):
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.delenv("DATABASE_URL")
        monkeypatch.delenv("REDIS_URL")
        with services(reachable_folders(), durable=False) as found:
            yield found


@pytest.fixture(scope="module")
def deployment(found, reachable_folders):
    deployment = Deployment(found, reachable_folders())
    deployment.run(dockerfile_step("collectstatic"))
    deployment.run(deployment.services["migrate"]["command"])
    yield deployment
    deployment.stop()


@pytest.fixture(scope="module")
def parties(deployment):
    """A confirmed visit's reference, and the cookies of its doctor and patient."""
    return json.loads(deployment.run([*SHELL, TWO_PARTIES]))


@pytest.fixture(scope="module")
def web(deployment, parties):
    return deployment.start("web")


def engine(found, name):
    return next(server for server in found.servers if server.name == name)


def end(server):
    stop(server.process, *server.stop_signals)


def begin(server):
    server.process = spawn(
        server.command(),
        account=server.home.account,
        on_our_death=signal.SIGKILL,
        cwd=server.home.folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    server._wait()


def soon(condition):
    """Whether `condition` becomes true while one may wait."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.3)
    return True


def number_of_confirmed(deployment):
    return int(deployment.run([*SHELL, COUNT]))


def test_while_postgres_is_away_people_are_told_and_afterwards_all_is_there(deployment, found, web):
    postgres, before = engine(found, "postgres"), number_of_confirmed(deployment)

    end(postgres)
    page, ready, live = (get(web, path) for path in ("/doctors/", "/health/ready", "/health/live"))
    begin(postgres)

    assert (page.status, ready.status, live.status) == (503, 503, 200)
    assert "Nothing that you sent before is lost" in page.body
    assert page.getheader("Retry-After")
    assert soon(lambda: get(web, "/doctors/").status == 200 and get(web, "/health/ready").status == 200)
    assert number_of_confirmed(deployment) == before > 0


def test_while_redis_is_away_people_still_read_and_stay_signed_in(deployment, found, web, parties):
    redis, path = engine(found, "redis"), f"/appointments/{parties['reference']}/"
    cookie = {"Cookie": parties["cookies"][1]}

    end(redis)
    away = [get(web, "/doctors/").status, get(web, path, **cookie).status, get(web, "/health/ready").status]
    begin(redis)

    assert away == [200, 200, 503]
    assert soon(lambda: get(web, "/health/ready").status == 200)
    assert get(web, path, **cookie).status == 200


def forget_the_worker(deployment):
    """As if it had not been heard of yet."""
    with Redis.from_url(deployment.environment["REDIS_URL"]) as redis:
        redis.delete(":1:heartbeat-worker")


def a_task_is_done(deployment):
    deployment.run([*SHELL, QUEUE])
    return soon(lambda: deployment.run([*SHELL, HEARD]).strip() == "True")


def test_what_was_queued_while_the_worker_was_dead_is_done_by_the_next(deployment):
    deployment.start("worker")
    kill_group(deployment.running.pop())
    forget_the_worker(deployment)
    deployment.run([*SHELL, QUEUE])

    deployment.start("worker")

    assert soon(lambda: deployment.run([*SHELL, HEARD]).strip() == "True")


def test_the_worker_finds_its_way_back_to_redis(deployment, found):
    redis = engine(found, "redis")
    deployment.start("worker")
    assert a_task_is_done(deployment)

    end(redis)
    begin(redis)
    forget_the_worker(deployment)

    assert a_task_is_done(deployment)


def test_after_a_live_process_was_killed_the_next_one_carries_the_news(deployment, parties):
    def dial(port):
        address = f"ws://127.0.0.1:{port}/ws/appointments/{parties['reference']}/"
        return connect(address, origin=f"https://{HOST}", additional_headers={"Cookie": parties["cookies"][1]})

    with dial(deployment.start("live")) as first:
        kill_group(deployment.running.pop())
        with pytest.raises(ConnectionClosed):
            first.recv(timeout=20)

    with dial(deployment.start("live")) as again:
        deployment.run([*SHELL, WRITE % parties["reference"]])

        assert json.loads(again.recv(timeout=20)) == {"message": 1}
