"""Each kind to each side on each channel, word for word; and never a word about anybody's health.

``UPDATE_GOLDEN=1 pytest clinic/notices/tests/test_golden.py`` writes the files anew: read the difference.
"""

import os
import re
from html import unescape
from pathlib import Path

import pytest
import time_machine

from clinic.notices.mails import mail_of
from clinic.notices.readers import as_read_by
from clinic.notices.texts import number_of, text_of
from clinic.notices.words import facts_of, words_of

from .every_kind import NOW, every_delivery

pytestmark = pytest.mark.django_db
GOLDEN = Path(__file__).with_name("golden")
CLINICAL = re.compile(
    "oncolog|lump|breast|amoxi|capsule|feeling|symptom|diagnos|dose|prescri|medicine|chart|record", re.IGNORECASE
)
SECRETS = (  # what is random, for what it is
    (re.compile(r"/i/[0-9A-Z]{26}/"), "/i/SECRET/"),
    (re.compile(r"/answers/[\w.-]+/"), "/answers/TOKEN/"),
    (re.compile(r"/appointments/[0-9A-Z]{8}/"), "/appointments/REFERENCE/"),
    (re.compile(r"/visits/[0-9A-Z]{12}/"), "/visits/CODE/"),
)


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield


def plain(text):
    for pattern, name in SECRETS:
        text = pattern.sub(name, text)
    return text


def in_portal(delivery):
    with as_read_by(delivery.notice):
        words, facts = words_of(delivery.notice), facts_of(delivery.notice)
    return "\n".join([words.title, words.text, *(f"{label}: {value}" for label, value in facts)])


def in_email(delivery):
    mail = mail_of(delivery, at=NOW)
    files = [f"File: {name}" for name, _content, _type in mail.attachments]
    return "\n".join([f"To: {', '.join(mail.to)}", f"Subject: {mail.subject}", "", mail.body.strip(), *files])


CHANNELS = {"portal": in_portal, "email": in_email, "sms": text_of}


@pytest.mark.parametrize("channel", CHANNELS)
def test_every_kind_reads_as_it_should(channel):
    deliveries = every_delivery("sms" if channel == "sms" else "email")
    reached = [each for each in deliveries if channel != "sms" or number_of(each.notice)]

    said = "".join(
        f"=== {each.notice.kind}, to {each.notice.side}\n{plain(CHANNELS[channel](each))}\n\n" for each in reached
    )

    path = GOLDEN / f"{channel}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(said)
    assert said == path.read_text()


def test_nothing_that_leaves_the_portal_is_clinical():
    found = {
        each.notice.key: CLINICAL.findall(" ".join([mail.subject, mail.body, html, text_of(each)]))
        for each in every_delivery("email")
        for mail in [mail_of(each, at=NOW)]
        for html in [str(mail.alternatives[0][0])]
    }

    assert {key: words for key, words in found.items() if words} == {}


def test_html_says_what_the_text_says():
    for delivery in every_delivery("email"):
        mail = mail_of(delivery, at=NOW)
        html = unescape(str(mail.alternatives[0][0]))
        with as_read_by(delivery.notice):
            values = [value for _label, value in facts_of(delivery.notice)]
            words = words_of(delivery.notice)
        assert all(value in html and value in mail.body for value in [words.subject, words.text, *values])


def test_a_text_message_is_short():
    lengths = {each.notice.key: len(text_of(each)) for each in every_delivery("sms")}

    assert max(lengths.values()) <= 200
