"""The language of the interface: gettext with English in the code and Russian in `trainer/locale`."""

import gettext as _gettext
import locale
import os
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

from trainer.languages import LANGUAGES, Language

DOMAIN = "ruston"
LOCALE_FOLDER = Path(__file__).parent / "locale"

_language: Language = "en"
_asked_for: str | None = None


def heed(option: str | None, chosen: str | None = None) -> Language:
    """Set the interface language as this run is asked to: by `--interface`, else RUSTON_INTERFACE; else as it was
    chosen before, else the system's, else English."""
    global _asked_for
    _asked_for = option
    return choose_language(option or os.environ.get("RUSTON_INTERFACE") or chosen)


def asked_for() -> bool:
    """Whether this run was asked to speak a language: whoever signs on then does not change it."""
    return bool(_asked_for or os.environ.get("RUSTON_INTERFACE"))


def choose_language(wanted: str | None = None) -> Language:
    """Set the interface language: as wanted, else RUSTON_INTERFACE, else the system's, else English."""
    global _language
    candidates = (wanted, os.environ.get("RUSTON_INTERFACE"), *_system_languages())
    _language = next((language for c in candidates for language in LANGUAGES if language == c), "en")
    # click speaks through gettext's global domain: give it our catalogue, too.
    os.environ["LANGUAGE"] = _language
    _gettext.bindtextdomain(DOMAIN, LOCALE_FOLDER)
    _gettext.textdomain(DOMAIN)
    return _language


def interface_language() -> Language:
    return _language


def _system_languages() -> list[str]:
    names = [os.environ.get(key, "") for key in ("LC_ALL", "LC_MESSAGES", "LANG")]
    if not any(names):
        names = [locale.getlocale()[0] or ""]
    return [name[:2].lower() for name in names if name][:1]


@cache
def _catalogue(language: str) -> _gettext.NullTranslations:
    return _gettext.translation(DOMAIN, LOCALE_FOLDER, languages=[language], fallback=language == "en")


def N_(text: str) -> str:  # noqa: N802
    """Marks a text that is said later, in the language that the interface has then."""
    return text


class _Russian(Formatter):
    """Decimals with a comma, as Russian writes them."""

    def format_field(self, value: Any, format_spec: str) -> str:
        written = format(value, format_spec)
        return written.replace(".", ",") if isinstance(value, float) else written


class _RussianMessage(str):
    __slots__ = ()

    def format(self, *args: object, **values: object) -> str:
        return _RUSSIAN.vformat(self, args, values)


_RUSSIAN = _Russian()


def _spoken(message: str) -> str:
    return _RussianMessage(message) if _language == "ru" else message


def figure(value: float, spec: str) -> str:
    """A number as the language of the interface writes it."""
    return _spoken(f"{{:{spec}}}").format(value)


def said_in(language: Language, message: str) -> str:
    """A text as another language of the interface has it."""
    return _catalogue(language).gettext(message)


def gettext(message: str) -> str:
    return _spoken(said_in(_language, message))


def ngettext(singular: str, plural: str, n: int) -> str:
    return _spoken(_catalogue(_language).ngettext(singular, plural, n))
