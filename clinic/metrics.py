"""What Prometheus reads, on a port of its own: requests by route, never by path; queue, heartbeats, engines."""

import logging
import time
from collections.abc import Callable, Iterator

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from prometheus_client import Counter, Gauge, Histogram, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import REGISTRY, Collector
from redis import Redis
from redis.exceptions import RedisError

from clinic.heartbeats import seconds_since
from clinic.logs import route_of

logger = logging.getLogger("clinic.requests")
PORTS = 10  # processes of one machine: each takes the next free port
QUIET = ("/health/", "/static/")
UNKNOWN = float("nan")

REQUESTS = Counter("clinic_requests", "Requests answered", ["route", "method", "status"])
SECONDS = Histogram("clinic_request_seconds", "Time to answer", ["route"], buckets=(0.01, 0.03, 0.1, 0.3, 1, 3, 10))
KNOWN_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
SOCKETS = Gauge("clinic_sockets", "Open sockets of this process")


class MeasureMiddleware:
    """Counts and times each request, and logs one line of it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        response = self.get_response(request)
        if not request.path.startswith(QUIET):
            note_request(request, response.status_code, time.perf_counter() - began)
        return response


def note_request(request: HttpRequest, status: int, seconds: float) -> None:
    route, method = route_of(request), request.method if request.method in KNOWN_METHODS else "other"
    REQUESTS.labels(route, method, status).inc()
    SECONDS.labels(route).observe(seconds)
    facts = {"route": route, "method": method, "status": status, "ms": round(seconds * 1000)}
    logger.info("%s %s %s", method, route, status, extra={"facts": facts})


class Pulse(Collector):
    """What is asked at each scrape: do the engines answer, how long is the queue, when were worker and beat heard."""

    def describe(self) -> list[GaugeMetricFamily]:
        return []  # else it would be asked when it is registered

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield GaugeMetricFamily("clinic_database_up", "1: the database answers", value=database_answers())
        queue = queue_length()
        yield GaugeMetricFamily("clinic_redis_up", "1: Redis answers", value=queue is not None)
        yield GaugeMetricFamily("clinic_queue_length", "Tasks that wait", value=UNKNOWN if queue is None else queue)
        heard = GaugeMetricFamily(
            "clinic_heartbeat_age_seconds", "Since worker and beat were heard of", labels=["name"]
        )
        for name, ago in seconds_since().items():
            heard.add_metric([name], UNKNOWN if ago is None else ago)
        yield heard


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    finally:
        connection.close()  # this thread's own
    return True


def queue_length() -> int | None:
    """How many tasks wait; None if Redis does not say."""
    try:
        with Redis.from_url(settings.REDIS_URL, socket_timeout=2) as redis:
            return int(redis.llen("celery"))
    except RedisError:
        return None


def serve() -> int | None:
    """Answer scrapes from a thread of this process, on the first free port from METRICS_PORT on; None if it is 0."""
    if not settings.METRICS_PORT:
        return None
    REGISTRY.register(Pulse())
    for port in range(settings.METRICS_PORT, settings.METRICS_PORT + PORTS):
        try:
            start_http_server(port, addr=settings.METRICS_ADDRESS)
        except OSError:  # another process has it
            continue
        return port
    logger.warning("metrics: no port is free from %s on", settings.METRICS_PORT)
    return None
