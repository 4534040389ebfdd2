"""The demo's mail: written as files, read in the browser, and nothing else of the disk."""

from email.message import EmailMessage

import pytest
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse

from clinic.notices.outbox import EmailBackend, letters

pytestmark = [pytest.mark.django_db, pytest.mark.urls("clinic.notices.tests.urls")]


@pytest.fixture(autouse=True)
def outbox(settings, tmp_path):
    settings.EMAIL_OUTBOX = tmp_path / "outbox"
    return settings.EMAIL_OUTBOX


def send(subject="Your visit", *, html="", text="Sign in at http://127.0.0.1:8000/ now."):
    mail = EmailMultiAlternatives(subject, text, "portal@clinic.example", ["ana@example.org"])
    if html:
        mail.attach_alternative(html, "text/html")
        mail.attach("invite.ics", b"BEGIN:VCALENDAR", "application/ics")
    assert EmailBackend().send_messages([mail]) == 1
    return next(iter(letters()))


def test_messages_are_files_newest_first(outbox):
    for subject in ("One", "Two", "Three"):
        send(subject)

    assert [letter.subject for letter in letters()] == ["Three", "Two", "One"]
    assert {path.suffix for path in outbox.iterdir()} == {".eml"}


def test_an_empty_outbox_says_so(client):
    assert "Nothing was sent yet" in client.get(reverse("outbox:list")).content.decode()


def test_a_letter_shows_its_text_with_links_and_no_markup_of_its_own(client):
    letter = send(text="<script>alert(1)</script> http://127.0.0.1:8000/visits/ABC/")

    page = client.get(reverse("outbox:letter", args=[letter.name])).content.decode()

    assert "&lt;script&gt;" in page
    assert '<a href="http://127.0.0.1:8000/visits/ABC/"' in page
    assert "outbox/" + letter.name + "/html/" not in page


def test_the_html_is_on_a_page_of_its_own_that_may_do_nothing(client):
    letter = send(html="<style>p { color: red }</style><p>Hello</p>")

    response = client.get(reverse("outbox:html", args=[letter.name]))

    policy = response["Content-Security-Policy"].split("; ")
    assert b"<p>Hello</p>" in response.content
    assert set(policy) == {"default-src 'none'", "style-src 'unsafe-inline'", "frame-ancestors 'none'", "sandbox"}


def test_attachments_are_downloads(client):
    letter = send(html="<p>Hello</p>")

    page = client.get(reverse("outbox:letter", args=[letter.name]))
    response = client.get(reverse("outbox:file", args=[letter.name, 0]))

    assert "<bdi>invite.ics</bdi>" in page.content.decode()
    assert response.content == b"BEGIN:VCALENDAR"
    assert response["Content-Disposition"] == 'attachment; filename="invite.ics"'
    assert response["Content-Type"] == "application/ics"


def test_a_letter_without_html_or_files_has_none(client):
    letter = send()

    addresses = [reverse("outbox:html", args=[letter.name]), reverse("outbox:file", args=[letter.name, 0])]

    assert [client.get(address).status_code for address in addresses] == [404, 404]


@pytest.mark.parametrize("name", ["nothing", "..%2Fsecrets", "%2e%2e/secrets", "../secrets", "secrets.env"])
def test_names_lead_nowhere_else(client, outbox, name):
    send()
    message = EmailMessage()
    message["Subject"] = "A secret"
    (outbox.parent / "secrets.eml").write_bytes(message.as_bytes())

    assert client.get(f"/dev/outbox/{name}/").status_code == 404


@pytest.mark.urls("clinic.urls")
def test_without_debug_there_are_no_such_pages(client):
    letter = send(html="<p>Hello</p>")

    addresses = ["/dev/outbox/", f"/dev/outbox/{letter.name}/", f"/dev/outbox/{letter.name}/html/"]

    assert [client.get(address).status_code for address in addresses] == [404, 404, 404]


def test_codes_to_sign_in_appear_there_too(client, settings):
    settings.EMAIL_BACKEND = "clinic.notices.outbox.EmailBackend"

    client.post(reverse("account_request_login_code"), {"email": "nobody@example.org"})

    assert [letter.recipients for letter in letters()] == ["nobody@example.org"]
