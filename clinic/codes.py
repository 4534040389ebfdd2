"""Random names that people and programs see instead of row numbers."""

import secrets

from django.utils.crypto import salted_hmac

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford base32: no I, L, O, U; easy to read out


def random_code(length: int) -> str:
    """`length` random characters of 5 bits each, in capitals."""
    return "".join(secrets.choice(ALPHABET) for _position in range(length))


def code_of(text: str, length: int, *, purpose: str) -> str:
    """The same for the same `text` and `purpose`, and as good as random for who does not know our SECRET_KEY."""
    digest = salted_hmac(purpose, text, algorithm="sha512").digest()
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:length])


def uid() -> str:
    """16 characters (80 bits): the public name of a row that nobody reads aloud."""
    return random_code(16)


def reference() -> str:
    """8 characters (40 bits): the name of an appointment or prescription, short enough for the phone.

    It names, it does not open: access is always checked.
    """
    return random_code(8)


def normalise_code(typed: str) -> str:
    """What a person typed, as we store it: capitals, no dashes or spaces, O read as 0, I and L as 1."""
    plain = "".join(typed.upper().split()).replace("-", "")
    return plain.translate(str.maketrans("OIL", "011"))
