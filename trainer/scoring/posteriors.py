"""What an acoustic model says of a recording: how probable each sound is, frame by frame. The one thing that scoring
knows of models."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

SILENT = 0  # the class of no sound: CTC's blank, silence
UNHEARD = -30.0  # nats of a sound where nothing was said


@dataclass(frozen=True, eq=False)
class PhoneClasses:
    """The output classes of one language's head.

    Attributes:
        labels: IPA of each class; class 0 is the CTC blank. Russian vowels of stressed classes carry the mark (ˈa).
        accept: for phones of the lexicon that the head does not tell apart, the labels that count as each.
    """

    labels: tuple[str, ...]
    accept: dict[str, tuple[str, ...]]

    @cached_property
    def _index(self) -> dict[str, int]:
        return {label: i for i, label in enumerate(self.labels) if label}

    def of(self, phone: str) -> NDArray[np.intp]:
        """Classes that count as a phone of the lexicon. Stress marks are dropped where the model has no such class.

        Raises KeyError for a phone that the model does not know.
        """
        for token in (phone, phone.lstrip("ˈˌ")):
            if token in self.accept:
                return np.array([self._index[label] for label in self.accept[token]])
            if token in self._index:
                return np.array([self._index[token]])
        raise KeyError(phone)


@dataclass(frozen=True, eq=False)
class Posteriors:
    """What one language's head makes of a recording.

    Attributes:
        log_probs: [T, V] nats.
    """

    log_probs: NDArray[np.float64]
    classes: PhoneClasses
    frames_per_second: float

    def silenced(self, spans: Sequence[tuple[float, float]]) -> "Posteriors":
        """As if nothing had been said in some spans, s from the first frame."""
        log_probs = self.log_probs.copy()
        for start, end in spans:
            frames = slice(round(start * self.frames_per_second), round(end * self.frames_per_second))
            log_probs[frames] = UNHEARD
            log_probs[frames, SILENT] = 0.0
        return replace(self, log_probs=log_probs)


@dataclass(frozen=True, eq=False)
class Look:
    """Where the sounds of a call lie in what a model makes of a recording at one look.

    Attributes:
        own: posteriors of the language spoken.
        spans: of each sound, its first and one past its last frame there.
        both: of the sounds of both languages, as the speaker's language sees them; None where the model has one
            language only.
        lies: [N, V] nats, what sounds where each sound lies: the mean over its hundredths of a second; None without
            these.
        fine: classes of `lies`.
    """

    own: Posteriors
    spans: tuple[tuple[int, int], ...]
    both: Posteriors | None = None
    lies: NDArray[np.float64] | None = None
    fine: PhoneClasses | None = None
