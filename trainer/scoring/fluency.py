"""How the call flowed: delay before speaking, rate, pauses.

Articulation rate counts syllables against the time spent speaking, speaking rate against all time from first to last
sound (de Jong & Wempe 2009). A pause is a silent gap between words of at least 250 ms (Goldman-Eisler 1968).
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from trainer.scoring.assessment import Fluency, Pause

SHORTEST_PAUSE = 0.25  # s
BELOW_PEAK = 35.0  # dB: quieter frames are silence ...
ABOVE_NOISE = 8.0  # dB: ... and so are frames this near to the quietest tenth


def silence(samples: NDArray[np.float32], sample_rate: int, frames: int) -> NDArray[np.bool_]:
    """[frames] where nobody speaks, by level. The recording is cut into `frames` equal parts."""
    edges = np.linspace(0, len(samples), frames + 1).astype(int)
    energy = np.add.reduceat(samples.astype(np.float64) ** 2, edges[:-1]) / np.maximum(1, np.diff(edges))
    level = 10 * np.log10(energy + 1e-12)
    # Measured against both ends: a clean recording has no noise to speak of, a noisy one no 35 dB above it.
    limit = min(max(float(level.max()) - BELOW_PEAK, float(np.percentile(level, 10)) + ABOVE_NOISE), level.max() - 12)
    return np.asarray(level < limit)


def pauses(
    word_spans: list[tuple[int, int]], silent: NDArray[np.bool_], frames_per_second: float
) -> tuple[Pause, ...]:  # fmt: skip
    """Silent gaps between neighbouring words; word_spans are (first, one past last) frames."""
    found = []
    for w, ((_, end), (start, _)) in enumerate(pairwise(word_spans)):
        quiet = np.flatnonzero(silent[end:start])
        if len(quiet) and len(quiet) / frames_per_second >= SHORTEST_PAUSE:
            found.append(Pause((end + int(quiet[0])) / frames_per_second, len(quiet) / frames_per_second, w))
    return tuple(found)


def fluency(
    word_spans: list[tuple[int, int]], syllables: int, silent: NDArray[np.bool_], frames_per_second: float
) -> Fluency:  # fmt: skip
    if not word_spans:
        return Fluency(0.0, 0.0, 0.0, 0.0, ())
    first, last = word_spans[0][0], word_spans[-1][1]
    span = (last - first) / frames_per_second
    found = pauses(word_spans, silent, frames_per_second)
    speaking = span - sum(pause.seconds for pause in found)
    return Fluency(
        onset_latency=first / frames_per_second,
        speaking_seconds=speaking,
        articulation_rate=syllables / speaking if speaking > 0 else 0.0,
        speaking_rate=syllables / span if span > 0 else 0.0,
        pauses=found,
    )
