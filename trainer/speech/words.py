"""Which words were said: what every recogniser of words takes and gives, and which one answers.

A recogniser of words never sets a pronunciation score: it corrects accents away. It tells what was said while the key
is down, and at the end whether the content was right.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from trainer.languages import Language
from trainer.scoring.hypothesis import Hypothesis

if TYPE_CHECKING:
    from trainer.scoring.posteriors import Posteriors


class WordStream(Protocol):
    """One call, from key down to key up. Not to be shared between threads; feed it outside the thread that draws.

    note: why another engine than the chosen one answers, for the learner to read; None where none does."""

    engine: str
    note: str | None

    def feed(self, samples: NDArray[np.float32], live: bool = True) -> Hypothesis | None:
        """More of the call, mono at 16 kHz. The words so far, where they have changed. live: with False nobody wants
        to know them, which saves work."""

    def finish(self, posteriors: "Posteriors | None" = None) -> Hypothesis:
        """The words of the whole call. The stream is used up then. posteriors: what a phone model has made of the call
        for the scorer; who listens by that very model need not run it again."""

    def ahead(self, posteriors: "Posteriors") -> Hypothesis | None:
        """What `finish` would say of these posteriors, without using the stream up, while others feed it; None where it
        hears the sound itself."""


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
