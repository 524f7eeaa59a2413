"""A call in time as SVG: the waveform, its words and sounds, and what was heard instead."""

from collections.abc import Iterator
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.reports.attempt import LEFT_OUT
from trainer.scoring.points import FLAGGED
from trainer.wording import GOOD

WIDTH = 760.0
MARGIN = 4.0
WAVE = 64.0  # height of the waveform, and of each row below it
ROW = 22.0
NARROW = 9.0  # pixels that a letter needs
BANDS = ((GOOD, "good"), (FLAGGED, "fair"), (0.0, "poor"))


def band(score: float) -> str:
    """The class of a score, as the colours of the page and the marks of the terminal have it."""
    return next(name for least, name in BANDS if score >= least)


def timeline(assessment: dict[str, Any], samples: NDArray[np.float32] | None, label: str) -> str:
    """assessment: as JSON. samples: mono, of the whole recording; None where it may not be shown. label: what the
    picture shows, for those who cannot see it."""
    seconds = max(float(assessment["seconds"]), 0.1)
    scale = (WIDTH - 2 * MARGIN) / seconds
    top = WAVE + 4 if samples is not None else 0.0
    height = top + 3 * ROW + 22
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {height:g}" class="timeline" role="img" '
        f'aria-label="{escape(label)}">'
    ]
    if samples is not None and len(samples):
        parts.append(f'<path class="wave" d="{_wave(samples)}"/>')
    for word in assessment["words"]:
        if not word["missing"]:
            parts += _word(word, scale, top)
    parts += _axis(seconds, scale, top + 3 * ROW + 4)
    return "".join([*parts, "</svg>"])


def _wave(samples: NDArray[np.float32]) -> str:
    """The outline between the lowest and the highest sample of each pixel, the loudest filling the height."""
    columns = min(int(WIDTH - 2 * MARGIN), len(samples))
    edges = np.linspace(0, len(samples), columns, endpoint=False).astype(int)
    high, low = np.maximum.reduceat(samples, edges), np.minimum.reduceat(samples, edges)
    loudest = max(float(np.abs(samples).max()), 1e-6)
    xs = MARGIN + (WIDTH - 2 * MARGIN) * np.arange(columns) / columns
    middle = WAVE / 2
    upper = [f"{x:.0f} {middle - middle * y / loudest:.1f}" for x, y in zip(xs, high, strict=True)]
    lower = [f"{x:.0f} {middle - middle * y / loudest:.1f}" for x, y in zip(xs, low, strict=True)]
    return "M" + "L".join([*upper, *reversed(lower)]) + "Z"


def _word(word: dict[str, Any], scale: float, top: float) -> Iterator[str]:
    left, right = MARGIN + word["start"] * scale, MARGIN + word["end"] * scale
    text = _fitting(word["text"], right - left, 7.2)
    yield f'<rect class="word" x="{left:.1f}" y="{top:g}" width="{right - left:.1f}" height="{ROW:g}"/>'
    yield f'<text class="w" x="{(left + right) / 2:.1f}" y="{top + 15:g}">{escape(text)}</text>'
    for phone in word["phones"]:
        x, width = MARGIN + phone["start"] * scale, max(2.0, (phone["end"] - phone["start"]) * scale)
        kind = band(phone["score"])
        yield f'<rect class="{kind}" x="{x:.1f}" y="{top + ROW:g}" width="{width:.1f}" height="{ROW:g}"/>'
        size = "p" if width >= NARROW * min(2, len(phone["phone"])) else "p small"
        yield (
            f'<text class="{size} on-{kind}" x="{x + width / 2:.1f}" y="{top + ROW + 15:g}">'
            f"{escape(phone['phone'])}</text>"
        )
        if phone["heard"] is not None and phone["score"] < FLAGGED:
            yield (
                f'<text class="heard" x="{x + width / 2:.1f}" y="{top + 2 * ROW + 15:g}">'
                f"{escape(phone['heard'] or LEFT_OUT)}</text>"
            )


def _fitting(text: str, width: float, letter: float) -> str:
    room = int(width / letter)
    return text if len(text) <= room else text[: max(0, room - 1)] + "…" if room > 2 else ""


def _axis(seconds: float, scale: float, y: float) -> Iterator[str]:
    step = next(step for step in (0.2, 0.5, 1.0, 2.0, 5.0) if seconds / step <= 12)
    for n in range(int(seconds / step) + 1):
        x = MARGIN + n * step * scale
        yield f'<line class="tick" x1="{x:.1f}" x2="{x:.1f}" y1="{y:g}" y2="{y + 4:g}"/>'
        yield f'<text class="time" x="{max(x, 14):.1f}" y="{y + 16:g}">{n * step:g}</text>'
