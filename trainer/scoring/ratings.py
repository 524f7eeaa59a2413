"""What experts would have said of a call: phones 0-2, words and the whole call 0-10, as speechocean762 is scored."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from trainer.languages import Language
from trainer.scoring.feedback import FLAGGED
from trainer.scoring.observations import Observations

WORD_ASPECTS = ("accuracy", "stress", "total")
CALL_ASPECTS = ("accuracy", "fluency", "prosodic", "completeness", "total")
FLAGGED_WORD = 6.5  # of 10, on the rated scale: best F1 on speakers held out of training (models/phones/README.md)


@dataclass(frozen=True, eq=False)
class Ratings:
    """phones: [N] 0-2; words: [M, 3] 0-10 by WORD_ASPECTS; call: [5] 0-10 by CALL_ASPECTS. flag_below: the rating of a
    phone below which a learner is told."""

    phones: NDArray[np.float64]
    words: NDArray[np.float64]
    call: NDArray[np.float64]
    flag_below: float

    @property
    def scores(self) -> list[float]:
        """Of the phones, 0-100, those that are to be told below `FLAGGED`."""
        marks = [0.0, self.flag_below, 2.0]
        return [float(score) for score in np.interp(self.phones, marks, [0.0, FLAGGED, 100.0])]


class Rater(Protocol):
    """Rates what was seen of a call in a language; None where it cannot."""

    def rate(self, language: Language, seen: Observations) -> Ratings | None: ...


def clipped(phones: Any, words: Any, call: Any, flag_below: float) -> Ratings:
    """Ratings inside their scales."""
    return Ratings(
        np.clip(np.asarray(phones, dtype=np.float64), 0, 2),
        np.clip(np.asarray(words, dtype=np.float64), 0, 10),
        np.clip(np.asarray(call, dtype=np.float64), 0, 10),
        flag_below,
    )
