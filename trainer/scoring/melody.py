"""Melody: the pitch of a voice, laid over that of a reading, and what a sentence's tune was.

Pitch is tracked over the whole recording: of each window the lags at which it is most like itself (normalised
autocorrelation, Boersma 1993), and through them the path that jumps least (Viterbi). Times are s, pitch in semitones
against the speaker's own median, so that a man and a woman can be compared.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from trainer.phones.inventory import inventory
from trainer.phrasebook.intonation import Sentence
from trainer.scoring.assessment import Assessment, PhoneScore, WordScore

Array = NDArray[np.float64]

LOWEST, HIGHEST = 65.0, 420.0  # Hz
WINDOW = 0.045  # s: three periods of the lowest voice
HOP = 0.01  # s between two windows
CANDIDATES = 6
VOICED = 0.50  # likeness from which a window is voiced
QUIET = 35.0  # dB below the loudest window: no voice
SHORT_LAG = 0.02  # in favour of the shorter of two equally good lags
JUMP = 0.9  # cost of an octave between two windows
SWITCH = 0.15  # cost of voice beginning or ending
SHORTEST_VOICE = 5  # windows: what is shorter is noise that happens to repeat itself
FARTHEST = 11.0  # semitones from the median: what is farther is half or twice the pitch

RISE = 3.0  # semitones by which the centre of a question stands above what goes before
SLOPE = 2.5  # semitones a second that an English question rises from its nucleus to the end,
CLIMB = 4.0  # or semitones in all, where it has long to go
WITHIN = 1.0  # semitones that the centre itself rises
LAST = 10  # windows at the end of a sentence that tell how it ends
TOP = 4  # windows at its very end, that a rise goes on to
FALLEN = 1.0  # semitones below the highest from the nucleus on: a voice that is so low again has not risen
LOST = 0.25  # s before the end of the last vowel or sonorant: a voice that is lost so early has gone down, it creaks
ONSET = 0.03  # s into a vowel that a rise begins
CLEARLY, CLEAR = 1.7, 0.05  # times, and semitones, by which lines are farther from the pitch to be told so
SONOROUS = frozenset({"nasal", "approximant", "lateral"})
BEFORE, AFTER = 0.10, 0.06  # s around a nucleus: the network marks a vowel's middle, not its edges
TAIL = 0.05  # s after the last sound that are still of it
SHORTEST_ZONE = 3  # voiced windows that tell how high a vowel is
SMOOTH = 5  # windows of the running median
Direction = Literal["rise", "fall", "level"]


@dataclass(frozen=True, eq=False)
class Contour:
    """The pitch of a voice.

    Attributes:
        times: [T] s.
        semitones: [T] against the median of the voice, nan where there is none.
        median: Hz, of the voice.
    """

    times: Array
    semitones: Array
    median: float

    def between(self, start: float, end: float) -> Array:
        inside = self.semitones[(self.times >= start) & (self.times < end)]
        voiced: Array = inside[np.isfinite(inside)]
        return voiced


@dataclass(frozen=True)
class Heard:
    """How a sentence was said.

    Attributes:
        rise: semitones that the centre's peak stands above what goes before it.
        after: semitones of what comes after it, against the peak.
        slope: semitones a second of a line from just before the centre to the end.
        end: semitones of the last sounds above the sentence's median.
        direction: in all.
        place: the word on which a Russian question rises, from which an English one does; None where it does not, is
            none, or that is not clear.
    """

    sentence: Sentence
    rise: float
    after: float
    slope: float
    end: float
    direction: Direction
    place: int | None = None

    @property
    def misplaced(self) -> bool:
        """A question that rises on another word than the one that is asked about."""
        return self.place not in (None, self.sentence.centre)

    @property
    def shown(self) -> bool:
        """Whether it is a model of its tune: a question that rises, on its centre, a statement that does not."""
        return self.right and not self.misplaced and (not self.sentence.rises or self.direction == "rise")

    @property
    def right(self) -> bool:
        """A question that does not fall, a statement that does not rise: what lies between is not blamed."""
        if not self.sentence.judged:
            return True
        return self.direction != ("fall" if self.sentence.rises else "rise")


def track(samples: NDArray[np.float32], rate: int) -> tuple[Array, Array]:
    """Times of windows, and pitch in Hz, 0 where there is no voice."""
    size = int(WINDOW * rate)
    count = max(1, int(len(samples) / (HOP * rate)))
    times = (np.arange(count) + 0.5) * HOP
    padded = np.pad(samples.astype(np.float64), size)
    starts = size + (times * rate).astype(int) - size // 2
    windows = padded[np.minimum(starts, len(padded) - size)[:, None] + np.arange(size)]
    energy = 10 * np.log10((windows**2).mean(axis=1) + 1e-12)
    taper = np.hanning(size)
    shaped = (windows - windows.mean(axis=1, keepdims=True)) * taper
    length = 1 << (2 * size - 1).bit_length()
    correlation = np.fft.irfft(np.abs(np.fft.rfft(shaped, length)) ** 2, length)[:, :size]
    own = np.fft.irfft(np.abs(np.fft.rfft(taper, length)) ** 2, length)[:size]
    low, high = int(rate / HIGHEST), min(int(rate / LOWEST) + 2, size - 1)
    alike = correlation[:, low:high] / np.maximum(correlation[:, :1], 1e-12) * (own[0] / own[low:high])
    lags, strengths = _peaks(alike, low)
    quiet = energy < energy.max() - QUIET
    return np.asarray(times, np.float64), _path(rate / lags, strengths, quiet)


def contour(samples: NDArray[np.float32], rate: int) -> Contour:
    times, pitch = track(samples, rate)
    voiced = _long_enough(pitch > 0)
    median = float(np.median(pitch[voiced])) if voiced.any() else 0.0
    semitones = np.full(len(pitch), np.nan)
    if median:
        semitones[voiced] = 12 * np.log2(pitch[voiced] / median)
        semitones[np.abs(semitones) > FARTHEST] = np.nan
    return Contour(times, semitones, median)


def laid_over(mine: Contour, said: Assessment, reference: Contour, read: Assessment) -> tuple[Array, Array, Array]:
    """On the learner's own time: times, the learner's semitones, and the reference's where it says the same sound."""
    here, there = [0.0], [0.0]
    for own, model in zip(said.words, read.words, strict=False):
        for a, b in zip(_timed(own), _timed(model), strict=False):
            here += [a.start, a.end]
            there += [b.start, b.end]
    order = np.maximum.accumulate(here)
    warped = np.interp(mine.times, order, np.maximum.accumulate(there))
    at = np.clip((warped / HOP).astype(int), 0, max(0, len(reference.semitones) - 1))
    return mine.times, mine.semitones, reference.semitones[at]


def likeness(mine: Array, reference: Array) -> float | None:
    """Correlation of two contours where both have voice; None where that is too seldom."""
    both = np.isfinite(mine) & np.isfinite(reference)
    if both.sum() < 15 or mine[both].std() < 0.3 or reference[both].std() < 0.3:
        return None
    return float(np.corrcoef(mine[both], reference[both])[0, 1])


def tunes(pitch: Contour, said: Assessment, wanted: Sequence[Sentence]) -> tuple[Heard, ...]:
    """How each sentence of a scored call was said; those of which too little was heard are left out."""
    found = []
    for sentence in wanted:
        if (heard := _heard(pitch, said, sentence)) is not None:
            found.append(heard)
    return tuple(found)


def _heard(pitch: Contour, said: Assessment, sentence: Sentence) -> Heard | None:
    words = said.words[slice(*sentence.words)]
    if sentence.centre >= len(said.words) or any(word.start is None for word in words):
        return None
    nucleus = stressed_vowel(said.words[sentence.centre], said)
    start, end = words[0].start, words[-1].end
    if nucleus is None or start is None or end is None:
        return None
    zone = pitch.between(nucleus.start, nucleus.end + AFTER)
    everything = pitch.between(start, end + TAIL)
    slope = _slope(pitch, nucleus.start - BEFORE, end + TAIL)
    enough = slope is not None if said.language == "en" else len(zone) >= SHORTEST_ZONE
    if not enough or len(everything) < 8:
        return None
    tail = pitch.between(nucleus.end + AFTER, end)
    base = _base(pitch, start, nucleus, everything)
    top = float(np.percentile(zone, 90)) if len(zone) else base
    after = float(np.median(tail)) - top if len(tail) >= 3 else 0.0
    last = float(np.median(everything[-LAST:])) - float(np.median(everything))
    if said.language == "en":
        rises = last >= 0 and _climbs(pitch, nucleus, words, end)
        direction: Direction = "rise" if rises else "fall"
    else:
        direction = _russian(zone, top - base)
    place = None
    if sentence.tune == "IK-3":
        place = place_of_rise(pitch, said, sentence)
        if place is not None and direction != "rise" and not _jumps(pitch, said, sentence, place):
            place = None
    elif sentence.tune == "rise" and last >= 0:
        place = place_of_climb(pitch, said, sentence)
        vowel = None if place is None else stressed_vowel(said.words[place], said)
        if direction != "rise" and not (vowel and _climbs(pitch, vowel, words, end)):
            place = None
    return Heard(sentence, top - base, after, slope or 0.0, last, direction, place)


def _base(pitch: Contour, start: float, vowel: PhoneScore, everything: Array) -> float:
    """Where the voice was before a vowel of a sentence that begins at `start`."""
    before = pitch.between(start, max(start + 0.05, vowel.start - 0.02))
    return float(np.median(before)) if len(before) >= 4 else float(np.percentile(everything, 20))


def _jumps(pitch: Contour, said: Assessment, sentence: Sentence, at: int) -> bool:
    """Whether the voice jumps on a word as on the centre of a Russian question."""
    vowel = stressed_vowel(said.words[at], said)
    start, end = said.words[sentence.words[0]].start, said.words[sentence.words[1] - 1].end
    if vowel is None or start is None or end is None:
        return False
    zone = pitch.between(vowel.start, vowel.end + AFTER)
    base = _base(pitch, start, vowel, pitch.between(start, end + TAIL))
    return _russian(zone, float(np.percentile(zone, 90)) - base) == "rise"


def _climbs(pitch: Contour, nucleus: PhoneScore, words: Sequence[WordScore], end: float) -> bool:
    """Whether the voice rises from a vowel to the end of a sentence, as in an English question."""
    slope = _slope(pitch, nucleus.start - BEFORE, end + TAIL)
    climbs = slope is not None and (slope >= SLOPE or slope * (end - nucleus.start) >= CLIMB)
    return climbs and _stays_up(pitch, nucleus, words)


def _stays_up(pitch: Contour, nucleus: PhoneScore, words: Sequence[WordScore]) -> bool:
    """An English question rises to its end: the accent of a statement, too, may go up, and down again where nothing of
    the voice is left to hear."""
    known = inventory("en")
    end = max(phone.end for word in words for phone in word.phones)
    inside = (pitch.times >= nucleus.start) & (pitch.times < end + TAIL) & np.isfinite(pitch.semitones)
    voiced = pitch.semitones[inside]
    if len(voiced) < TOP:
        return False
    sonorous = max(
        phone.end
        for word in words
        for phone in word.phones
        if phone == nucleus or known[phone.phone].kind == "vowel" or known[phone.phone].manner in SONOROUS
    )
    highest = max(float(np.median(voiced[at : at + SMOOTH])) for at in range(max(1, len(voiced) - SMOOTH + 1)))
    fallen = highest - float(np.median(voiced[-TOP:]))
    return fallen <= FALLEN and sonorous - float(pitch.times[inside][-1]) <= LOST


def _russian(zone: Array, rise: float) -> Direction:
    """A question jumps within its centre."""
    within = float(np.percentile(zone[len(zone) // 3 :], 90)) - float(np.median(zone[:3]))
    return "rise" if rise >= RISE and within > WITHIN else "fall" if rise < RISE else "level"


def _slope(pitch: Contour, start: float, end: float) -> float | None:
    """Semitones a second; None where too little is voiced."""
    inside = (pitch.times >= start) & (pitch.times < end) & np.isfinite(pitch.semitones)
    if inside.sum() <= SMOOTH:
        return None
    voiced = np.pad(pitch.semitones[inside], SMOOTH // 2, mode="edge")
    smooth = np.median(np.lib.stride_tricks.sliding_window_view(voiced, SMOOTH), axis=1)
    return float(np.polyfit(pitch.times[inside], smooth, 1)[0])


def place_of_rise(pitch: Contour, said: Assessment, sentence: Sentence) -> int | None:
    """The word whose vowel stands highest: that on which a Russian question rises. None where too little is voiced."""
    heights = {}
    for at in range(*sentence.words):
        vowel = None if at in sentence.weak else stressed_vowel(said.words[at], said)
        zone = pitch.between(vowel.start, vowel.end + AFTER) if vowel else np.zeros(0)
        if len(zone) >= SHORTEST_ZONE:
            heights[at] = float(np.percentile(zone, 90))
    return max(heights, key=lambda at: heights[at]) if len(heights) > 1 else None


def place_of_climb(pitch: Contour, said: Assessment, sentence: Sentence) -> int | None:
    """The word from whose vowel an English question rises: where two straight lines that meet there, the first level or
    falling, the second going up, are nearest to the pitch. None where another word than the rule's is not clearly
    nearer."""
    start, end = said.words[sentence.words[0]].start, said.words[sentence.words[1] - 1].end
    if start is None or end is None:
        return None
    inside = (pitch.times >= start) & (pitch.times < end + TAIL) & np.isfinite(pitch.semitones)
    times, heights = pitch.times[inside], pitch.semitones[inside]
    misses = {}
    for at in range(*sentence.words):
        vowel = None if at in sentence.weak else stressed_vowel(said.words[at], said)
        after = times - vowel.start - ONSET if vowel else np.zeros(0)
        if (after >= 0).sum() < TOP:
            continue
        level, before, climb = np.ones(len(times)), np.minimum(after, 0), np.maximum(after, 0)
        lines = np.stack([level, climb, before], axis=1)
        solved = np.linalg.lstsq(lines, heights, rcond=None)[0]
        if solved[2] > 0:
            lines = lines[:, :2]
            solved = np.linalg.lstsq(lines, heights, rcond=None)[0]
        if solved[1] > 0:
            misses[at] = float(np.abs(heights - lines @ solved).mean())
    if len(misses) < 2:
        return None
    nearest = min(misses, key=lambda at: misses[at])
    doubtful = misses.get(sentence.centre, np.inf) <= CLEARLY * misses[nearest] + CLEAR
    return nearest if nearest == sentence.centre or not doubtful else None


def stressed_vowel(word: WordScore, said: Assessment) -> PhoneScore | None:
    """Of a word that was said; its first vowel where none is stressed."""
    known = inventory(said.language)
    vowels = [phone for phone in word.phones if known[phone.phone].kind == "vowel"]
    return next((vowel for vowel in vowels if vowel.phone.startswith("ˈ")), vowels[0] if vowels else None)


def _timed(word: WordScore) -> tuple[PhoneScore, ...]:
    return word.phones if word.start is not None else ()


def _long_enough(voiced: NDArray[np.bool_]) -> NDArray[np.bool_]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], voiced.astype(np.int8), [0]])))
    kept = np.zeros(len(voiced), dtype=bool)
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        kept[start:end] = end - start >= SHORTEST_VOICE
    return kept


def _peaks(alike: Array, low: int) -> tuple[Array, Array]:
    """[T, CANDIDATES] lags (in samples, between them) and how like the window is to itself there."""
    inner = alike[:, 1:-1]
    local = (inner >= alike[:, :-2]) & (inner > alike[:, 2:])
    lags = np.arange(low + 1, low + 1 + inner.shape[1])
    worth = np.where(local, inner - SHORT_LAG * np.log2(lags / low), -1.0)
    best = np.argsort(-worth, axis=1)[:, :CANDIDATES]
    rows = np.arange(len(alike))[:, None]
    a, b, c = alike[rows, best], alike[rows, best + 1], alike[rows, best + 2]
    bend = a - 2 * b + c
    shift = np.where(np.abs(bend) > 1e-9, 0.5 * (a - c) / np.where(np.abs(bend) > 1e-9, bend, 1.0), 0.0)
    return best + low + 1 + np.clip(shift, -0.5, 0.5), worth[rows, best]


def _path(pitch: Array, strength: Array, quiet: NDArray[np.bool_]) -> Array:
    """The path of least cost through [T, K] candidates and a state without voice."""
    frames, states = pitch.shape
    logs = np.log2(np.maximum(pitch, 1.0))
    local = np.empty((frames, states + 1))
    local[:, :states] = np.where(quiet[:, None], -1.0, strength)
    local[:, states] = np.where(quiet, 1.0, VOICED)
    score, back = local[0], np.zeros((frames, states + 1), dtype=int)
    for t in range(1, frames):
        moves = np.full((states + 1, states + 1), -SWITCH)
        moves[:states, :states] = -JUMP * np.abs(logs[t - 1][:, None] - logs[t][None, :])
        moves[states, states] = 0.0
        total = score[:, None] + moves
        back[t] = total.argmax(axis=0)
        score = total.max(axis=0) + local[t]
    path = np.empty(frames, dtype=int)
    path[-1] = int(score.argmax())
    for t in range(frames - 1, 0, -1):
        path[t - 1] = back[t, path[t]]
    voiced = path < states
    return np.where(voiced, pitch[np.arange(frames), np.minimum(path, states - 1)], 0.0)
