"""What two names have in common, letter by letter: it knows no ingredients, classes of substances or interactions."""

import re
from collections.abc import Iterable
from unicodedata import combining, normalize

SHORTEST = 4  # letters; shorter words say too little
PART = 6  # letters from which on a word counts inside another: "penicillin" in "benzylpenicillin"
SAYS_NOTHING = frozenset(
    [
        "acid",
        "allergy",
        "allergic",
        "capsule",
        "capsules",
        "chloride",
        "cream",
        "drops",
        "extract",
        "gel",
        "hydrochloride",
        "inhaler",
        "injection",
        "liquid",
        "medicine",
        "medicines",
        "ointment",
        "oral",
        "patch",
        "powder",
        "solution",
        "sodium",
        "spray",
        "sulfate",
        "sulphate",
        "suspension",
        "syrup",
        "tablet",
        "tablets",
        "vaccine",
        "with",
    ]
)


def plain(text: str) -> str:
    """`text` without capitals and accents, so that names compare."""
    return "".join(letter for letter in normalize("NFKD", text.casefold()) if not combining(letter))


def words(text: str) -> set[str]:
    """The telling words of a name."""
    found = re.findall(r"[^\W\d_]+", plain(text))
    return {word for word in found if len(word) >= SHORTEST and word not in SAYS_NOTHING}


def are_alike(one: str, other: str) -> bool:
    """Whether the two names share a telling word, or part of one; or are the same throughout."""
    return plain(one).split() == plain(other).split() or any(
        in_common(word, found) for word in words(one) for found in words(other)
    )


def in_common(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return short == long or (len(short) >= PART and short in long)


def have(name: str, listed: Iterable[str]) -> bool:
    """Whether a word of `name` is one of the `listed` words, which are plain already."""
    return not set(re.findall(r"[^\W\d_]+", plain(name))).isdisjoint(listed)
