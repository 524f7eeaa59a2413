"""Readings that an instructor or a partner recorded: kept in the data folder with who read them, preferred in drills.

The folder holds one WAV file a reading and a `clips.tsv`. A reading belongs to a text: where a call is worded otherwise
than it was read, the reading is not used. Readings leave as one ZIP file of the same content, and come in again so.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.atomic_files import save
from trainer.audio.files import decode, write
from trainer.audio.recording import LONGEST
from trainer.data_folder import data_folder
from trainer.errors import UserError
from trainer.languages import Language
from trainer.messages import gettext as _
from trainer.text_in import read_text

FOLDER = "readings"
MANIFEST = "clips.tsv"
MOST_BYTES = 4_000_000  # of one reading: half a minute of any WAV file that is meant
_FILE = re.compile(r"[\w.-]{1,120}\.wav")


@dataclass(frozen=True)
class OwnReading:
    """A reading that somebody of the course has given.

    Attributes:
        path: the file's name in the folder.
        text: what was read.
        speaker: the reader's name, as they want to be called.
        consent: the day on which they allowed it to be kept and passed on.
    """

    path: str
    phrase: str
    language: Language
    text: str
    speaker: str
    consent: str

    @property
    def key(self) -> tuple[str, str]:
        return (self.phrase.casefold(), self.language)


def folder() -> Path:
    return data_folder() / FOLDER


def own_readings() -> tuple[OwnReading, ...]:
    """Raises UserError where the list is damaged."""
    path = folder() / MANIFEST
    try:
        return _parsed(read_text(path), path)
    except FileNotFoundError:
        return ()


def own_reading(phrase_id: str, text: str, language: Language) -> OwnReading | None:
    """The reading of a call as it is worded now."""
    wanted = (phrase_id.casefold(), language)
    found = next((reading for reading in own_readings() if reading.key == wanted), None)
    return found if found and found.text == text else None


def keep(samples: NDArray[np.float32], phrase_id: str, text: str, language: Language, speaker: str) -> Path:
    """Keep a reading, in place of an older one of the same call. Returns where it lies."""
    name = f"{re.sub(r'[^0-9A-Za-z-]', '_', phrase_id)}.{language}.wav"
    folder().mkdir(parents=True, exist_ok=True)
    write(folder() / name, samples)
    new = OwnReading(name, phrase_id, language, text, speaker, date.today().isoformat())
    _list([*(reading for reading in own_readings() if reading.key != new.key), new])
    return folder() / name


def export(out: Path, phrases: Iterable[str]) -> int:
    """Write the readings of these calls into one file. Returns how many there are."""
    wanted = {phrase.casefold() for phrase in phrases}
    chosen = [reading for reading in own_readings() if reading.phrase.casefold() in wanted]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(MANIFEST, _table(chosen))
        for reading in chosen:
            archive.write(folder() / reading.path, reading.path)
    save(out, packed.getvalue())
    return len(chosen)


def take_in(file: Path) -> int:
    """Take in the readings of a file that `export` wrote; nothing is taken in unless all of it can be.

    Raises UserError for anything else.
    """
    refused = UserError(_("{path}: these are no readings. `ruston reference export` writes them.").format(path=file))
    sounds: dict[OwnReading, NDArray[np.float32]] = {}
    try:
        with zipfile.ZipFile(file) as archive:
            sizes = {info.filename: info.file_size for info in archive.infolist()}
            if sizes.get(MANIFEST, MOST_BYTES + 1) > MOST_BYTES:
                raise refused
            listed = _parsed(archive.read(MANIFEST).decode("utf-8"), file)
            for reading in listed:
                if sizes.get(reading.path, MOST_BYTES + 1) > MOST_BYTES:
                    raise refused
                folder().mkdir(parents=True, exist_ok=True)
                arrived = folder() / f"arriving-{reading.path}"
                save(arrived, archive.read(reading.path))
                try:
                    sounds[reading] = decode(arrived, LONGEST)[0]
                finally:
                    arrived.unlink(missing_ok=True)
    except (OSError, KeyError, UnicodeDecodeError, zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise refused from error
    known = {reading.key: reading for reading in own_readings()}
    for reading, samples in sounds.items():
        write(folder() / reading.path, samples)
        known[reading.key] = reading
    _list(known.values())
    return len(sounds)


def _list(readings: Iterable[OwnReading]) -> None:
    save(folder() / MANIFEST, _table(readings))


def _table(readings: Iterable[OwnReading]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    writer.writerow([field.name for field in fields(OwnReading)])
    writer.writerows(astuple(reading) for reading in readings)
    return out.getvalue()


def _parsed(text: str, path: Path) -> tuple[OwnReading, ...]:
    damaged = UserError(_("{path}: this list of readings cannot be read. Mend or delete it.").format(path=path))
    names = [field.name for field in fields(OwnReading)]
    found = []
    for row in csv.DictReader(io.StringIO(text), delimiter="\t"):
        values = [row.get(name) for name in names]
        if not all(values) or not _FILE.fullmatch(str(row["path"])) or row["language"] not in ("en", "ru"):
            raise damaged
        found.append(OwnReading(*(str(value) for value in values)))  # type: ignore[arg-type]
    return tuple(found)
