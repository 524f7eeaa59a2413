"""The models that are installed: one folder each in the user's data folder, with a record of what it must hold."""

import hashlib
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ValidationError

from trainer.data_folder import data_folder
from trainer.errors import UserError
from trainer.languages import Language
from trainer.messages import gettext as _
from trainer.models.catalogue import Kind

RECORD = "ruston-model.json"
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
