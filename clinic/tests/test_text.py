"""Words that people typed, made harmless for headers, calendar files and sentences."""

import pytest

from clinic.text import one_line


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("Ana Sousa", "Ana Sousa"),
        ("  Ana \t Sousa\n", "Ana Sousa"),
        ("Ana\r\nBcc: all@evil.example", "Ana Bcc: all@evil.example"),
        ("Ana\x00\x1b[31m Sousa", "Ana [31m Sousa"),
        ("Ana\u2028Sousa\u2029", "Ana Sousa"),
        ("\u202easuoS\u2066 anA", "asuoS anA"),
        ("\u0915\u094d\u200d\u0937", "\u0915\u094d\u200d\u0937"),  # a joiner that Devanagari needs
        ("", ""),
    ],
)
def test_what_breaks_or_turns_lines_is_taken_out(typed, line):
    assert one_line(typed) == line


def test_long_text_is_cut():
    assert one_line("x" * 500, limit=10) == "x" * 9 + "…"
