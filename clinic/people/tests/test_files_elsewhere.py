"""Files in a bucket, and files that a virus scanner looks at; both are other programs, here on this machine."""

import socket
import socketserver
import struct
import threading
from collections.abc import Iterator

import boto3
import pytest
from django.core.files.storage import storages
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from moto.server import ThreadedMotoServer

from clinic.audit.models import AuditEntry
from clinic.codes import uid
from clinic.people.models import Chart
from clinic.people.scanning import ScannerAway, find_virus, virus_in
from clinic.people.tasks import scan_charts
from clinic.people.tests.factories import PatientFactory

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:botocore"),
]

LETTER = b"%PDF-1.7 " + b"a long letter " * 20_000
EICAR = b"%PDF-1.7 EICAR"


def keep(content: bytes, patient=None) -> Chart:
    patient = patient or PatientFactory()
    facts = {"title": "A letter", "content_type": "application/pdf"}
    return Chart.objects.keep(content, patient=patient, by=patient.user, at=timezone.now(), **facts)


# A bucket


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3, settings, monkeypatch):
    """What lies in the bucket of this test, by name."""
    bucket = f"charts-{uid().lower()}"
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    client = boto3.client("s3", endpoint_url=s3, region_name="us-east-1")
    client.create_bucket(Bucket=bucket)
    options = {**settings.ON_S3["OPTIONS"], "bucket_name": bucket, "endpoint_url": s3, "region_name": "us-east-1"}
    settings.STORAGES = {**settings.STORAGES, "default": {**settings.ON_S3, "OPTIONS": options}}
    yield lambda: {
        each["Key"]: client.get_object(Bucket=bucket, Key=each["Key"])["Body"].read()
        for each in client.list_objects_v2(Bucket=bucket).get("Contents", [])
    }
    client.close()
    storages["default"].connection.meta.client.close()


def test_a_file_lies_encrypted_in_the_bucket_and_reads_as_before(bucket):
    chart = keep(LETTER)

    stored = bucket()

    assert list(stored) == [chart.file.name]
    assert b"letter" not in stored[chart.file.name]
    assert Chart.objects.get().read() == LETTER


def test_a_file_of_the_bucket_is_streamed_after_the_check(bucket):
    chart = keep(LETTER)
    own, other = Client(), Client()
    own.force_login(chart.patient.user)
    other.force_login(PatientFactory().user)
    address = reverse("record:chart", args=[chart.uid])

    response = own.get(address)

    assert response.content == LETTER
    assert other.get(address).status_code == 404


# A scanner


class Clamd(socketserver.BaseRequestHandler):
    """Speaks INSTREAM as clamd does, and finds a virus in all that holds "EICAR"."""

    def handle(self) -> None:
        assert self.exactly(10) == b"zINSTREAM\0"
        content = b""
        while size := struct.unpack("!I", self.exactly(4))[0]:
            content += self.exactly(size)
        self.request.sendall(b"stream: Eicar-Test-Signature FOUND\0" if b"EICAR" in content else b"stream: OK\0")

    def exactly(self, size: int) -> bytes:
        heard = b""
        while len(heard) < size:
            heard += self.request.recv(size - len(heard))
        return heard


@pytest.fixture
def clamd(settings):
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Clamd) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.CLAMAV_URL = f"tcp://127.0.0.1:{server.server_address[1]}"
        yield
        server.shutdown()


@pytest.fixture
def no_clamd(settings):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings.CLAMAV_URL = f"tcp://127.0.0.1:{taken.getsockname()[1]}"


@pytest.mark.parametrize(("content", "virus"), [(LETTER, ""), (EICAR, "Eicar-Test-Signature"), (b"", "")])
def test_the_scanner_says_what_it_finds(clamd, content, virus):
    assert find_virus(content) == virus


def test_over_a_unix_socket_too(settings, tmp_path):
    settings.CLAMAV_URL = f"unix://{tmp_path}/clamd"
    with socketserver.ThreadingUnixStreamServer(f"{tmp_path}/clamd", Clamd) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        found = find_virus(EICAR)
        server.shutdown()

    assert found == "Eicar-Test-Signature"


def status_of(chart: Chart, user) -> int:
    browser = Client()
    browser.force_login(user)
    return browser.get(reverse("record:chart", args=[chart.uid])).status_code


def test_nobody_reads_a_file_before_the_scanner_has_seen_it(clamd):
    chart = keep(LETTER)

    before = status_of(chart, chart.patient.user)
    scan_charts()

    assert before == 409
    assert status_of(chart, chart.patient.user) == 200


def test_a_refused_file_is_not_noted_as_read(clamd):
    chart = keep(LETTER)

    status_of(chart, chart.patient.user)

    assert not AuditEntry.objects.filter(action=AuditEntry.Action.DOWNLOADED).exists()


def test_a_file_with_a_virus_is_never_read(clamd):
    chart = keep(EICAR)

    scan_charts()
    scan_charts()

    chart.refresh_from_db()
    assert (chart.scan, chart.virus) == (Chart.Scan.VIRUS, "Eicar-Test-Signature")
    assert status_of(chart, chart.patient.user) == 409


def test_a_file_waits_while_the_scanner_is_away(no_clamd):
    chart = keep(LETTER)

    scanned = scan_charts()

    chart.refresh_from_db()
    assert (scanned, chart.scan) == (0, Chart.Scan.WAITING)


def test_an_answer_that_is_no_verdict_is_none():
    with pytest.raises(ScannerAway, match="size limit"):
        virus_in("INSTREAM size limit exceeded. ERROR")


def test_without_a_scanner_files_are_read_at_once(settings):
    settings.CLAMAV_URL = ""
    chart = keep(LETTER)

    assert status_of(chart, chart.patient.user) == 200
