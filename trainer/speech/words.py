"""Which words were said: what every recogniser of words takes and gives, and which one answers.

A recogniser of words never sets a pronunciation score: it corrects accents away. It tells what was said while the key
is down, and at the end whether the content was right.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from trainer.languages import Language

UNKNOWN = "[unk]"  # speech that is none of the words listened for


@dataclass(frozen=True)
class HeardWord:
    """A word as dictionaries write it: lower case, no stress marks; or UNKNOWN. Seconds from the start of the call.
    confidence: 0-1, None while the call goes on and where the engine gives none."""

    text: str
    start: float
    end: float
    confidence: float | None = None


@dataclass(frozen=True)
class Heard:
    """What has been heard of a call so far, or finally. engine: who heard it, to be shown beside it."""

    words: tuple[HeardWord, ...]
    final: bool
    engine: str

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


class WordStream(Protocol):
    """One call, from key down to key up. Not to be shared between threads; feed it outside the thread that draws."""

    @property
    def engine(self) -> str: ...

    @property
    def note(self) -> str | None:
        """Why another engine than the chosen one answers, for the learner to read; None where none does."""

    def feed(self, samples: NDArray[np.float32]) -> Heard | None:
        """More of the call, mono at 16 kHz. The words so far, where they have changed."""

    def finish(self) -> Heard:
        """The words of the whole call. The stream is used up then."""


class WordRecogniser(Protocol):
    """May be shared between threads."""

    @property
    def name(self) -> str: ...

    @property
    def language(self) -> Language: ...

    def listen(self, expected: Sequence[str], decoys: Sequence[str] = ()) -> WordStream:
        """Listen for a call. expected: the texts that would be right (Russian: with stress marks); decoys: what may be
        said instead, so that a wrong word is heard as what it is."""

    def unknown(self, texts: Sequence[str]) -> tuple[str, ...]:
        """The words of the texts that it cannot hear."""
