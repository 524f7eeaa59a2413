"""The same call over other microphones, rooms and lines: how far does that move its score?

A score that moves is unfair unless the program says so: calls that are refused or marked with a warning are counted
apart and their changes left out.
"""

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.audio.recording import SAMPLE_RATE, Recording, refuse_unscorable
from trainer.bench.clips import Clip, assessed, scored
from trainer.bench.measures import correlation, rank_correlation
from trainer.bench.report import Figure, spread
from trainer.errors import UserError
from trainer.messages import gettext as _
from trainer.scoring.ratings import Rater
from trainer.speech.acoustic import AcousticModel

Samples = NDArray[np.float32]

SHIFT = 0.007  # s: a little less than the model's step, and of no meaning whatever
SHIFTS = 10
ROOM = 0.45  # s for an echo to fall by 60 dB
PEAK = 0.95  # of full scale: nothing below is overdriven


def _single(samples: NDArray[np.floating[Any]]) -> Samples:
    return np.asarray(samples, dtype=np.float32)


def _louder(decibels: float) -> Callable[[Samples], Samples]:
    def change(samples: Samples) -> Samples:
        gain = 10 ** (decibels / 20)
        return _single(samples * min(gain, PEAK / max(1e-6, float(np.abs(samples).max()))))

    return change


def _band(low: float, high: float) -> Callable[[Samples], Samples]:
    def change(samples: Samples) -> Samples:
        spectrum = np.fft.rfft(samples)
        hertz = np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE)
        edge = np.clip((hertz - low) / 50, 0, 1) * np.clip((high - hertz) / 150, 0, 1)
        return _single(np.fft.irfft(spectrum * edge, len(samples)))

    return change


def _noise(decibels: float) -> Callable[[Samples], Samples]:
    """Noise that falls by 3 dB an octave, as rooms and machines have it, so far below the speech."""

    def change(samples: Samples) -> Samples:
        draw = np.random.default_rng(len(samples))
        spectrum = np.fft.rfft(draw.normal(size=len(samples)))
        pink = np.fft.irfft(spectrum / np.sqrt(np.maximum(1, np.arange(len(spectrum)))), len(samples))
        loud = np.sort(samples.astype(np.float64) ** 2)[len(samples) // 2 :].mean()  # where somebody speaks
        return _single(samples + pink * np.sqrt(loud / (pink**2).mean() / 10 ** (decibels / 10)))

    return change


def _room(samples: Samples) -> Samples:
    """A microphone at two metres: as much echo as direct sound."""
    draw = np.random.default_rng(7)
    time = np.arange(int(ROOM * SAMPLE_RATE)) / SAMPLE_RATE
    echo = draw.normal(size=len(time)) * 10 ** (-3 * time / ROOM)
    echo[: int(0.004 * SAMPLE_RATE)] = 0
    echo *= 1 / np.sqrt((echo**2).sum())
    echo[0] = 1.0
    size = len(samples) + len(echo) - 1
    wet = np.fft.irfft(np.fft.rfft(samples, size) * np.fft.rfft(echo, size), size)[: len(samples)]
    return _single(wet * np.abs(samples).max() / max(1e-6, float(np.abs(wet).max())))


def _opus(samples: Samples) -> Samples:
    import soundfile

    file = io.BytesIO()
    soundfile.write(file, samples, SAMPLE_RATE, format="OGG", subtype="OPUS", compression_level=0.97)
    file.seek(0)
    return np.asarray(soundfile.read(file, dtype="float32")[0][: len(samples)], dtype=np.float32)


def _telephone(samples: Samples) -> Samples:
    """300-3400 Hz, companded to 8 bits as on the line (ITU-T G.711)."""
    line = _band(300, 3400)(samples)
    full = max(1e-6, float(np.abs(line).max()))
    pressed = np.sign(line) * np.log1p(255 * np.abs(line) / full) / np.log(256)
    coarse = np.round(pressed * 127) / 127
    return _single(np.sign(coarse) * (256 ** np.abs(coarse) - 1) / 255 * full)


def _later(seconds: float) -> Callable[[Samples], Samples]:
    def change(samples: Samples) -> Samples:
        return samples[round(seconds * SAMPLE_RATE) :]

    return change


CHANNELS: dict[str, Callable[[Samples], Samples]] = {
    "level -30 dB": _louder(-30), "level -12 dB": _louder(-12), "level +12 dB": _louder(12),
    "band 8 kHz rate": _band(0, 3900), "band telephone": _telephone, "noise 20 dB": _noise(20),
    "noise 10 dB": _noise(10), "room 2 m": _room, "codec Opus": _opus,
    **{f"shift {n}": _later(n * SHIFT) for n in range(1, SHIFTS + 1)},
}  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """before: score of the call and share of its sounds flagged; after: the same by channel, None where the program
    refused the recording or marked it."""

    before: tuple[float, float]
    after: dict[str, tuple[float, float] | None]


def measure(clip: Clip, model: AcousticModel, rater: Rater | None, only: Sequence[str] = ()) -> Outcome | None:
    """`only`: channels whose names begin so. None where the recording itself cannot be scored."""
    try:
        recording = clip.recording()
        first = assessed(clip.call, recording, model, rater)
    except UserError:
        return None
    if first is None or first.verdict != "scored" or first.warnings:
        return None
    whole = scored(clip, first)
    wanted = {name: change for name, change in CHANNELS.items() if not only or name.startswith(tuple(only))}
    after = {name: _through(clip, recording, change, model, rater) for name, change in wanted.items()}
    return Outcome((whole.score, whole.flagged), after)


def _through(
    clip: Clip, recording: Recording, change: Callable[[Samples], Samples], model: AcousticModel, rater: Rater | None
) -> tuple[float, float] | None:
    samples = change(recording.samples)
    try:
        refuse_unscorable(recording.source, samples[:, None], SAMPLE_RATE)
        found = assessed(clip.call, replace(recording, samples=samples), model, rater)
    except UserError:
        return None
    if found is None or found.verdict != "scored" or found.warnings:
        return None
    after = scored(clip, found)
    return after.score, after.flagged


def figures(found: Sequence[Outcome | None]) -> list[Figure]:
    outcomes = [outcome for outcome in found if outcome]
    if not outcomes:
        raise UserError(_("no recording of the table could be scored."))
    names = list(outcomes[0].after)
    kinds = {name: [name] for name in names if not name.startswith("shift")}
    if shifts := [name for name in names if name.startswith("shift")]:
        kinds[f"shift {1000 * SHIFT:.0f} ms"] = shifts
    return [figure for kind, members in kinds.items() for figure in _of_kind(kind, members, outcomes)]


def _of_kind(kind: str, members: Sequence[str], outcomes: Sequence[Outcome]) -> Iterator[Figure]:
    through = [(outcome.before, outcome.after[name]) for outcome in outcomes for name in members]
    kept = [(before, after) for before, after in through if after is not None]
    yield Figure(f"{kind}: refused or marked", spread([after is None for _before, after in through]), len(through))
    if not kept:
        return
    before, after = (np.array([pair[side][0] for pair in kept]) for side in (0, 1))
    flags = np.array([later[1] - earlier[1] for earlier, later in kept])
    yield Figure(f"{kind}: mean change", float((after - before).mean()), len(kept))
    yield Figure(f"{kind}: change, 95th percentile", float(np.percentile(np.abs(after - before), 95)), len(kept))
    yield Figure(f"{kind}: change of flagged sounds", float(flags.mean()), len(kept))
    yield Figure(f"{kind}: correlation", correlation(before, after), len(kept))
    yield Figure(f"{kind}: rank correlation", rank_correlation(before, after), len(kept))
