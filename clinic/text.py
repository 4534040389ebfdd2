"""Words that people typed, where they must not break what stands around them."""

import unicodedata

from django.utils.text import Truncator

BREAKING = {"Cc", "Zl", "Zp"}  # control characters; separators of lines and paragraphs
DIRECTING = set("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def one_line(text: str, *, limit: int = 80) -> str:
    """`text` as one line of at most `limit` characters, without anything that breaks lines or turns them round.

    For headers, calendar files and sentences in e-mails.
    """
    plain = "".join(" " if unicodedata.category(sign) in BREAKING else sign for sign in text if sign not in DIRECTING)
    return Truncator(" ".join(plain.split())).chars(limit)
