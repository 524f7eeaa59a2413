"""What there is to be seen of a call that was said, as numbers: what ratings are made of.

`neutral` observations mean the same in every language and with every phone set. The others - the odds of each class of
the acoustic model, its hidden layer - belong to one language's head.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from trainer.languages import Language
from trainer.phones.inventory import Phone, inventory
from trainer.scoring.assessment import Fluency
from trainer.scoring.fluency import fluency
from trainer.scoring.gop import FLOOR, Diagnosis, Expected
from trainer.scoring.posteriors import Posteriors
from trainer.scoring.prosody import Prosody

Array = NDArray[np.float32]

MANNERS = ("stop", "affricate", "fricative", "nasal", "lateral", "approximant", "trill")
DEEP_FLOOR = -12.0  # nats
CONTEXT = 2  # frames on either side of a phone that still tell of it


@dataclass(frozen=True, eq=False)
class Observations:
    """What the raters are told of N phones of a call.

    Attributes:
        neutral: [N, F] for each phone.
        odds: [N, classes + 1] nats, of the language's own head.
        hidden: [N, width] likewise, its last layer.
        phone: [N] class of each phone.
        word: [N] which of the words said it belongs to, from 0.
        call: [G] of the whole.
    """

    neutral: Array
    odds: Array
    hidden: Array | None
    phone: NDArray[np.int64]
    word: NDArray[np.int64]
    call: Array


def observe(
    language: Language, expected: list[Expected], diagnosis: Diagnosis, spans: tuple[tuple[int, int], ...],
    times: list[tuple[float, float]], posteriors: Posteriors, hidden: NDArray[np.float32] | None, prosody: Prosody,
    silent: NDArray[np.bool_], lies: NDArray[np.float64],
) -> Observations:  # fmt: skip
    """Of a call with at least one phone. times: start and end of each phone in seconds; lies: [N, 2] nats, how likely
    the phone is where it lies, and how much likelier than it the likeliest other sound."""
    known = inventory(language)
    phones = [known[e.phone] for e in expected]
    words = np.unique([e.word for e in expected], return_inverse=True)[1].astype(np.int64)
    rate = posteriors.frames_per_second
    frames = len(posteriors.log_probs)
    ranges = [
        slice(max(0, min(int(a * rate), first - CONTEXT)), min(frames, max(int(b * rate) + 1, last + CONTEXT)))
        for (a, b), (first, last) in zip(times, spans, strict=True)
    ]
    first, last = _edges(words)
    gaps = np.array([0.0, *(b[0] - a[1] for a, b in pairwise(spans))]) / rate
    seconds = np.array([b - a for a, b in times])
    typical = np.median(seconds) + 1e-3
    lost = np.minimum(np.exp(diagnosis.odds).sum(axis=1), 1 - np.exp(DEEP_FLOOR))  # what the alternatives take
    deep = np.log1p(-lost)  # the GOP again, with a lower floor
    gop = np.array([e.gop for e in diagnosis.evidence])
    ranked = np.sort(diagnosis.odds, axis=1)[:, ::-1]
    accepted = np.array(
        [np.logaddexp.reduce(posteriors.log_probs[r][:, sorted(e.classes)], axis=1).max() for r, e in
         zip(ranges, expected, strict=True)]
    )  # fmt: skip
    blurred = np.array([_entropy(posteriors.log_probs[r]) for r in ranges])
    level = np.array([prosody.level[r].max() for r in ranges])
    voiced = np.array([(prosody.pitch[r] > 0).mean() for r in ranges])
    semitones = _semitones(prosody.pitch)
    pitch = np.array([_mean(semitones[r][prosody.pitch[r] > 0]) for r in ranges])
    neutral = np.column_stack([
        gop / 4, deep / 4, np.maximum(ranked[:, :2], DEEP_FLOOR) / 4,
        np.maximum(diagnosis.odds[:, -1], DEEP_FLOOR) / 4, np.maximum(accepted, FLOOR) / 4, blurred,
        np.log(seconds + 0.01), np.log((seconds + 0.01) / typical), np.log1p(np.maximum(gaps, 0)) * 2,
        level / 10, voiced, pitch / 4, first, last, np.log(np.bincount(words)[words]),
        np.linspace(0, 1, len(expected)), _around(gop, 1) / 4, _around(gop, -1) / 4,
        [_articulation(phone, e.phone) for phone, e in zip(phones, expected, strict=True)],
        np.clip(lies, DEEP_FLOOR, -DEEP_FLOOR) / 4,
    ])  # fmt: skip
    flow = fluency(_word_spans(words, spans), sum(p.kind == "vowel" for p in phones), silent, rate)
    return Observations(
        neutral.astype(np.float32),
        (np.maximum(diagnosis.odds, DEEP_FLOOR) / 4).astype(np.float32),
        None if hidden is None else np.stack([hidden[r].mean(axis=0) for r in ranges]).astype(np.float32),
        np.array([min(e.classes) for e in expected], dtype=np.int64),
        words,
        _call(gop, seconds, flow, prosody, semitones, silent, words, phones, frames / rate),
    )


def _call(
    gop: NDArray[np.float64], seconds: NDArray[np.float64], flow: Fluency, prosody: Prosody,
    semitones: NDArray[np.float64], silent: NDArray[np.bool_], words: NDArray[np.int64], phones: list[Phone],
    length: float,
) -> Array:  # fmt: skip
    voiced = semitones[prosody.pitch > 0]
    spread = np.percentile(voiced, [10, 90]) if len(voiced) else np.zeros(2)
    vowels = seconds[[p.kind == "vowel" for p in phones]] if any(p.kind == "vowel" for p in phones) else seconds
    moving = np.diff(vowels) / (vowels[1:] + vowels[:-1]) if len(vowels) > 1 else np.zeros(1)  # as in the nPVI
    paused = sum(pause.seconds for pause in flow.pauses)
    return np.array([
        gop.mean() / 4, gop.min() / 4, np.percentile(gop, 20) / 4, (gop < -3).mean(), (gop < -1).mean(),
        flow.articulation_rate / 4, flow.speaking_rate / 4, len(flow.pauses) / 4, paused,
        max((p.seconds for p in flow.pauses), default=0.0), len(flow.pauses) / (words[-1] + 1),
        flow.speaking_seconds / 4, silent.mean(), len(voiced) / len(silent), voiced.std() / 4 if len(voiced) else 0.0,
        (spread[1] - spread[0]) / 8, prosody.level[~silent].std() / 10 if (~silent).any() else 0.0,
        np.abs(moving).mean(), seconds.std() * 10,
        np.log(seconds.mean() + 0.01), np.log(words[-1] + 1), np.log(len(phones)), length / 8,
    ], dtype=np.float32)  # fmt: skip


def _edges(words: NDArray[np.int64]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    change = np.diff(words) != 0
    return np.r_[True, change], np.r_[change, True]


def _around(values: NDArray[np.float64], shift: int) -> NDArray[np.float64]:
    moved = np.roll(values, shift)
    moved[0 if shift > 0 else -1] = 0
    return moved


def _entropy(log_probs: NDArray[np.float64]) -> float:
    mean = np.exp(log_probs).mean(axis=0)
    return float(-(mean * np.log(mean + 1e-12)).sum())


def _semitones(pitch: NDArray[np.float64]) -> NDArray[np.float64]:
    """Against the speaker's own median; 0 where there is no voice."""
    voiced = pitch > 0
    middle = np.median(pitch[voiced]) if voiced.any() else 1.0
    return np.where(voiced, 12 * np.log2(np.where(voiced, pitch, middle) / middle), 0.0)


def _mean(values: NDArray[np.float64]) -> float:
    return float(values.mean()) if len(values) else 0.0


def _articulation(phone: Phone, symbol: str) -> list[float]:
    vowel = phone.kind == "vowel"
    rolled = "trill" if phone.manner in ("tap", "trill") else phone.manner
    return [
        vowel, symbol.startswith("ˈ"), bool(phone.voiced), phone.soft, phone.long, bool(phone.glide_to),
        *(rolled == manner for manner in MANNERS),
    ]  # fmt: skip


def _word_spans(words: NDArray[np.int64], spans: tuple[tuple[int, int], ...]) -> list[tuple[int, int]]:
    first, last = _edges(words)
    return [(spans[a][0], spans[b][1]) for a, b in zip(np.flatnonzero(first), np.flatnonzero(last), strict=True)]
