"""What experts would have said of a call: phones 0-2, words and the whole call 0-10, as speechocean762 is scored."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trainer.languages import Language
from trainer.scoring.english_stress import StressRule
from trainer.scoring.gop import FLOOR
from trainer.scoring.observations import Observations
from trainer.scoring.points import FLAGGED
from trainer.scoring.scale import Scale

WORD_ASPECTS = ("accuracy", "stress", "total")
CALL_ASPECTS = ("accuracy", "fluency", "prosodic", "completeness", "total")
FLAGGED_WORD = 5.8  # of 10: best F1, cross-validated over the speakers the raters were fitted on


@dataclass(frozen=True, eq=False)
class Ratings:
    """What experts would have said.

    Attributes:
        phones: [N] 0-2.
        words: [M, 3] 0-10 by WORD_ASPECTS.
        call: [5] 0-10 by CALL_ASPECTS.
        flag_below: rating of a phone from which on a learner is told of it.
        flag_gop: likewise its GOP, nats.
    """

    phones: NDArray[np.float64]
    words: NDArray[np.float64]
    call: NDArray[np.float64]
    flag_below: float
    flag_gop: float

    def severity(self) -> NDArray[np.float64]:
        """Of the phones, 0-100: bad as experts would find them."""
        return np.interp(self.phones, [0.0, self.flag_below, 2.0], [0.0, FLAGGED, 100.0])

    def scores(self, gop: ArrayLike) -> list[float]:
        """Of the phones, 0-100, those that a learner is told of below `FLAGGED`: bad as experts would find them, or
        surely another sound. Experts forgive a good speaker single slips; the trainer tells."""
        doubt = np.interp(np.asarray(gop, dtype=np.float64), [FLOOR, self.flag_gop, 0.0], [0.0, FLAGGED, 100.0])
        return [float(score) for score in np.minimum(self.severity(), doubt)]


class Rater(Protocol):
    """Rates what was seen of a call in a language, and knows what the points mean there and what tells of a moved
    stress; None where it does not."""

    def rate(self, language: Language, seen: Observations) -> Ratings | None: ...

    def scale(self, language: Language) -> Scale | None: ...

    def stress_rule(self, language: Language) -> StressRule | None: ...


def clipped(phones: Any, words: Any, call: Any, flag_below: float, flag_gop: float) -> Ratings:
    """Ratings inside their scales."""
    return Ratings(
        np.clip(np.asarray(phones, dtype=np.float64), 0, 2),
        np.clip(np.asarray(words, dtype=np.float64), 0, 10),
        np.clip(np.asarray(call, dtype=np.float64), 0, 10),
        flag_below,
        flag_gop,
    )
