"""What a user has chosen, in one small file of the data folder. Nothing else reads or writes it.

A damaged file is never replaced: the program says so, works with what is usual, and keeps the file as it is.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from trainer.atomic_files import save
from trainer.data_folder import data_folder
from trainer.errors import UserError
from trainer.languages import LANGUAGES, Language
from trainer.messages import gettext as _
from trainer.text_in import json_value, read_text

NAME = "settings.json"


@dataclass(frozen=True)
class Settings:
    """words: the installed model that recognises words of each language; phones: the installed phone model that
    scores, None for the built-in one; console: what was chosen at the console, by name; keys: keys of one's own, by
    what they do; plain: lines in place of the full-screen console. others: what a newer program keeps there. trouble:
    why the file could not be read and all this is what is usual; None where it could."""

    words: Mapping[Language, str] = field(default_factory=dict)
    phones: str | None = None
    console: Mapping[str, Any] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)
    plain: bool = False
    others: Mapping[str, Any] = field(default_factory=dict)
    trouble: str | None = None


def settings() -> Settings:
    path = data_folder() / NAME
    try:
        return _read(json_value(read_text(path)))
    except FileNotFoundError:
        return Settings()
    except (OSError, UserError, ValueError, TypeError, AttributeError):  # whatever JSON can hold
        if not os.access(path.parent, os.X_OK):  # a closed folder: told where it is needed, the file is none of it
            return Settings()
        message = _("{path}: these settings cannot be read and do not count. Mend or delete the file.")
        return Settings(trouble=message.format(path=path))


def save_settings(changed: Settings) -> None:
    """Raises UserError where it cannot be written, or where the file is damaged; it stays as it is then."""
    if trouble := settings().trouble:
        raise UserError(trouble)
    folder = data_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = _("{path}: cannot be written ({reason}). Nothing was changed.")
        raise UserError(message.format(path=folder, reason=error.strerror or error)) from error
    content = {**changed.others, "words": changed.words, "phones": changed.phones, "console": changed.console}
    content |= {"keys": changed.keys} if changed.keys else {}
    content |= {"plain": True} if changed.plain else {}
    save(folder / NAME, json.dumps(content, ensure_ascii=False, indent=2) + "\n")


def _read(content: Any) -> Settings:
    """Raises TypeError for what no program of ours has written."""
    own = {own.name for own in fields(Settings)} - {"others", "trouble"}
    words, phones, console, keys = (content.get(name) or None for name in ("words", "phones", "console", "keys"))
    named = {**words} if words else {}
    if not all(isinstance(name, str) for name in (*named.values(), phones or "")) or set(named) - set(LANGUAGES):
        raise TypeError("a model is called by its name, for a language that we have")
    keys = {**keys} if keys else {}
    if not all(isinstance(key, str) for key in keys.values()) or not isinstance(content.get("plain", False), bool):
        raise TypeError("keys are called by their names, and lines are plain or not")
    others = {name: value for name, value in content.items() if name not in own}
    plain = content.get("plain", False)
    return Settings(named, phones, {**console} if console else {}, keys, plain, others)
