"""The models that are installed: one folder each in the user's data folder, with a record of what it must hold."""

import hashlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ValidationError

from trainer.data_folder import data_folder
from trainer.errors import UserError
from trainer.languages import LANGUAGES, Language
from trainer.messages import gettext as _
from trainer.models.catalogue import Kind
from trainer.settings import save_settings, settings

RECORD = "ruston-model.json"
BUILT_IN = "built-in"
BLOCK = 1 << 20  # bytes read at once

Trust = Literal["catalogue", "first use"]
Progress = Callable[[int, int], None]  # bytes done, bytes in all


class Installed(BaseModel):
    """What was installed: where it came from, whether its checksum was known before, and the checksum of every file."""

    name: str
    kind: Kind
    languages: tuple[Language, ...]
    licence: str
    source: str
    trust: Trust
    installed: datetime
    files: dict[str, str]

    @property
    def folder(self) -> Path:
        return models_folder() / self.name

    @property
    def size(self) -> int:
        return sum(path.stat().st_size for name in self.files if (path := self.folder / name).is_file())


def models_folder() -> Path:
    return data_folder() / "models"


def installed() -> tuple[Installed, ...]:
    """All whole installations, by name; unfinished ones have no record yet."""
    folder = models_folder()
    found = []
    for path in sorted(folder.glob(f"*/{RECORD}")) if folder.is_dir() else ():
        try:
            record = Installed.model_validate_json(path.read_bytes())
        except (OSError, ValidationError):
            continue  # a damaged record is as good as none: `install` makes a new one
        if record.name == path.parent.name:
            found.append(record)
    return tuple(found)


def find(name: str) -> Installed:
    for model in installed():
        if model.name == name:
            return model
    message = _("{name} is not installed. `ruston models install {name}` installs it.")
    raise UserError(message.format(name=name))


def words_folder(language: Language) -> Path | None:
    """The folder of the model that hears the words of a language, the chosen one or else the program's own where that
    is the better; None where the phone model hears them."""
    from trainer.speech import vocabulary

    chosen = settings().words.get(language)
    own = vocabulary.built_in(language)
    if own and (own.name == chosen or (chosen is None and vocabulary.manifest(own).preferred)):
        return own
    return next((model.folder for model in installed() if model.name == chosen and model.kind == "vosk"), None)


def built_in_words() -> dict[str, Language]:
    """The names of the models of words that come with the program, and their languages."""
    from trainer.speech import vocabulary

    return {folder.name: language for language in LANGUAGES if (folder := vocabulary.built_in(language))}


def phones_folder() -> Path | None:
    """The folder of the chosen phone model, None for the built-in one. Raises UserError where it is gone."""
    chosen = settings().phones
    return find(chosen).folder if chosen else None


def use(name: str) -> None:
    """Choose a model for what it is made for; BUILT_IN goes back to the built-in one for everything."""
    chosen = settings()
    if name == BUILT_IN:
        save_settings(replace(chosen, words={}, phones=None))
        return
    if language := built_in_words().get(name):
        save_settings(replace(chosen, words={**chosen.words, language: name}))
        return
    model = find(name)
    if model.kind == "hub":
        save_settings(replace(chosen, phones=name))
    else:
        save_settings(replace(chosen, words={**chosen.words, **dict.fromkeys(model.languages, name)}))


def in_use(name: str) -> bool:
    if language := built_in_words().get(name):
        folder = words_folder(language)
        return folder is not None and folder.name == name
    chosen = settings()
    return name == chosen.phones or name in chosen.words.values()


def remove(name: str) -> None:
    """Delete a model; where it was chosen, the built-in one takes its place."""
    if name in built_in_words():
        raise UserError(_("{name} comes with the program and stays.").format(name=name))
    model = find(name)
    chosen = settings()
    if in_use(name):
        words = {language: one for language, one in chosen.words.items() if one != name}
        phones = None if chosen.phones == name else chosen.phones
        save_settings(replace(chosen, words=words, phones=phones))
    discard(model.folder)


def discard(folder: Path) -> None:
    """Delete a folder so that no half of it is ever taken for a model."""
    doomed = folder.with_name(f".removing-{folder.name}")
    shutil.rmtree(doomed, ignore_errors=True)
    folder.rename(doomed)
    shutil.rmtree(doomed)


def verify(model: Installed, progress: Progress | None = None) -> dict[str, Literal["changed", "missing"]]:
    """The files that are not as they were installed."""
    faults: dict[str, Literal["changed", "missing"]] = {}
    done, size = 0, model.size
    for name, expected in model.files.items():
        path = model.folder / name
        if not path.is_file():
            faults[name] = "missing"
            continue
        digest = hashlib.sha256()
        for block in blocks(path):
            digest.update(block)
            done += len(block)
            if progress:
                progress(done, size)
        if digest.hexdigest() != expected:
            faults[name] = "changed"
    return faults


def blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


def sha256(path: Path) -> str:
    digest = hashlib.sha256()
    for block in blocks(path):
        digest.update(block)
    return digest.hexdigest()
