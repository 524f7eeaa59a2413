"""Recordings played as if somebody spoke them into a microphone: for drills without a person, and for tests."""

import re
import time
import unicodedata
from collections import defaultdict, deque
from collections.abc import Callable
from itertools import zip_longest
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from trainer.audio.blocks import Samples
from trainer.audio.decibels import amplitude
from trainer.audio.files import decode, refuse_cut_off
from trainer.audio.manifest import NAME, Clip, clips
from trainer.audio.microphone import BEFORE_KEY, WAITING, Pace
from trainer.audio.recording import LONGEST, SAMPLE_RATE, resample
from trainer.errors import UserError
from trainer.languages import Language
from trainer.messages import gettext as _

BLOCK = 480  # samples given at a time: 30 ms
REACTION = 0.3  # s from the key to the first sound of a recording
ROOM = -72.0  # dBFS, RMS of the noise around recordings: a quiet room, below what counts as silence
SUFFIXES = {".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aiff", ".aif", ".au", ".caf", ".w64", ".rf64"}


class RoomNoise:
    """Soft noise without end, the same every time."""

    def __init__(self) -> None:
        self._random = np.random.default_rng(1975)

    def __call__(self, samples: int) -> Samples:
        return (amplitude(ROOM) * self._random.standard_normal(samples)).astype(np.float32)


class RecordedMicrophone:
    """A file is spoken at every press of the key. Of a folder with a clips.tsv, the clip of the call that is asked for
    in its language, several in turn, and nobody speaks where there is none; a press for no call in particular gets the
    next clip of the list. Of a folder without, one file per press, in the order of their names, and then nobody speaks.
    """

    def __init__(
        self, path: Path, pace: Pace = "fast", clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:  # fmt: skip
        """Raises UserError where there is nothing to play."""
        self.name = str(path)
        self.before_key = self.lost = 0.0
        self._pace, self._clock, self._sleep = pace, clock, sleep
        self._answers: dict[tuple[str, str], deque[Path]] = defaultdict(deque)
        self._order: deque[Path] = deque()
        self._again = not path.is_dir()
        self._speech: Samples = np.zeros(0, np.float32)
        self._room = RoomNoise()
        self._given = 0  # samples since the start, read or lost
        self._start = 0.0
        self._choose(path)

    def _choose(self, path: Path) -> None:
        if path.is_dir() and (path / NAME).is_file():
            for clip in clips(path):
                self._answers[_asked(clip)].append(clip.path)
                self._order.append(clip.path)
        elif path.is_dir():
            self._order.extend(recordings(path))
        else:
            decode(path, 0.0)  # refuses now what cannot be read later
            self._order.append(path)
        if not self._order:
            message = _("{folder}: there are no recordings there. Name a folder with sound files, or with a clips.tsv.")
            raise UserError(message.format(folder=path))

    def know(self, named: Callable[[str], str | None]) -> None:
        """named: the id of a call that a clips.tsv names otherwise."""
        for (call, language), files in list(self._answers.items()):
            if (known := named(call)) and known.casefold() != call:
                self._answers[known.casefold(), language].extend(files)

    def __enter__(self) -> Self:
        self._start, self._given = self._clock(), 0
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._speech = np.zeros(0, np.float32)

    def key_down(self, call: str | None = None, language: Language | None = None) -> None:
        """Start speaking. Raises UserError for a recording that cannot be read; then nobody speaks."""
        self.lost = 0.0
        if self._pace == "real":
            self._skip(self._due() - round(BEFORE_KEY * SAMPLE_RATE))
            self.before_key = max(0, self._due()) / SAMPLE_RATE
        self._speech = np.zeros(0, np.float32)
        if path := self._answer(call, language):
            refuse_cut_off(path)
            samples, rate = decode(path, LONGEST + 1)
            quiet = round(REACTION * SAMPLE_RATE) + (max(0, self._due()) if self._pace == "real" else 0)
            self._speech = np.concatenate([self._room(quiet), resample(samples, rate, SAMPLE_RATE)])

    def read(self, timeout: float | None = None) -> Samples | None:
        if self._pace == "real":
            missing = (BLOCK - self._due()) / SAMPLE_RATE
            if missing > 0:
                self._sleep(missing if timeout is None else min(missing, timeout))
                if self._due() < BLOCK:
                    return None
            late = self._due() - round(WAITING * SAMPLE_RATE)
            if late > 0:
                self.lost += late / SAMPLE_RATE
                self._skip(late)
        return self._next(BLOCK)

    def _due(self) -> int:
        """Samples that have sounded but were not read."""
        return int((self._clock() - self._start) * SAMPLE_RATE) - self._given

    def _skip(self, samples: int) -> None:
        if samples > 0:
            self._speech = self._speech[samples:]
            self._given += samples

    def _next(self, samples: int) -> Samples:
        spoken, self._speech = self._speech[:samples], self._speech[samples:]
        self._given += samples
        return np.concatenate([spoken, self._room(samples - len(spoken))])

    def has(self, call: str, language: Language) -> bool:
        """Whether there is something to be said for this call, or for any."""
        named = self._answers and not self._again
        return bool(self._answers.get((call.casefold(), language)) if named else self._again or self._order)

    def _answer(self, call: str | None, language: Language | None) -> Path | None:
        if self._again:
            return self._order[0]
        if self._answers and call is not None:
            fitting = self._answers.get((call.casefold(), language or ""))
            if fitting:
                fitting.rotate(-1)
                return fitting[-1]
            return None
        if not self._order:
            return None
        path = self._order.popleft()
        if self._answers:
            self._order.append(path)
        return path


def recordings(folder: Path) -> list[Path]:
    """The sound files of a folder as people count them, 2 before 10; without hidden ones, as macOS leaves beside every
    file on other disks (._1.wav)."""
    files = (file for file in folder.iterdir() if file.suffix.lower() in SUFFIXES and not file.name.startswith("."))
    return sorted(files, key=lambda file: counted(file.name))


def counted(name: str) -> tuple[tuple[str, int], ...]:
    """A key that sorts names by their letters and by the numbers in them."""
    parts = re.split(r"([0-9]+)", unicodedata.normalize("NFC", name).casefold())
    return tuple((letters, int(digits or 0)) for letters, digits in zip_longest(parts[::2], parts[1::2], fillvalue=""))


def _asked(clip: Clip) -> tuple[str, str]:
    return clip.phrase.casefold(), clip.language
