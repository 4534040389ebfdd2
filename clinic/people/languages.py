"""The languages that people speak: what doctors list, what patients ask for."""

from django.conf.locale import LANG_INFO
from django.utils.translation import get_language_info

SPOKEN = (
    "ar", "bg", "bn", "cs", "da", "de", "el", "en", "es", "fa", "fi", "fr", "he", "hi", "hr", "hu", "id", "it", "ja",
    "ko", "nl", "nb", "pl", "pt", "ro", "ru", "sk", "sr", "sv", "sw", "ta", "th", "tr", "uk", "ur", "vi", "zh-hans",
)  # fmt: skip


def language_name(code: str) -> str:
    """A language in the reader's words, as "Portuguese"; the code itself where we know no name."""
    return str(get_language_info(code)["name_translated"]) if code in LANG_INFO else code


def language_choices() -> list[tuple[str, str]]:
    """The languages to choose from, in the order of the reader's alphabet."""
    return sorted(((code, language_name(code)) for code in SPOKEN), key=lambda choice: choice[1])
