"""What was said, whatever was expected: the model's best guess without a text."""

from dataclasses import dataclass

import numpy as np

from trainer.scoring.ctc import BLANK
from trainer.scoring.posteriors import Posteriors


@dataclass(frozen=True)
class DecodedPhone:
    """A phone of the free decode.

    Attributes:
        start, end: its first frame, and one past its last.
        probability: mean over these.
    """

    label: str
    start: int
    end: int
    probability: float


def decode(posteriors: Posteriors) -> tuple[DecodedPhone, ...]:
    """Best class of every frame, repeats merged, blanks dropped."""
    best = posteriors.log_probs.argmax(axis=1)
    probability = np.exp(posteriors.log_probs.max(axis=1))
    edges = np.flatnonzero(np.diff(best)) + 1
    runs = zip([0, *edges.tolist()], [*edges.tolist(), len(best)], strict=True)
    return tuple(
        DecodedPhone(posteriors.classes.labels[best[a]], a, b, float(probability[a:b].mean()))
        for a, b in runs
        if best[a] != BLANK
    )


def log_prob(posteriors: Posteriors) -> float:
    """Log-probability of the best path of all, the yardstick for how well an expected text fits."""
    return float(posteriors.log_probs.max(axis=1).sum())
