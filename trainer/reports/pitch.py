"""A picture of a call's melody: the learner's pitch over the reading's, as SVG."""

from collections.abc import Iterator, Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

from trainer.phrasebook.text import without_stress
from trainer.scoring.assessment import Assessment

Array = NDArray[np.float64]

WIDTH, HEIGHT, EDGE = 900, 320, 40
MINE, READING = "#c8641e", "#4a7ba6"


def spoken(said: Assessment) -> tuple[tuple[str, float, float], ...]:
    """The words that were said, and from when to when, s."""
    return tuple(
        (without_stress(word.text), word.start, word.end)
        for word in said.words
        if word.start is not None and word.end is not None
    )


def picture(
    times: Array, mine: Array, reading: Array | None, words: Sequence[tuple[str, float, float]], title: str
) -> str:
    """words: text, start, end in s. Semitones upwards, a line every four of them."""
    curves = [curve for curve in (mine, reading) if curve is not None]
    voiced = np.concatenate([curve[np.isfinite(curve)] for curve in curves]) if curves else np.zeros(0)
    low, high = (float(voiced.min()) - 1, float(voiced.max()) + 1) if len(voiced) else (-6.0, 6.0)
    end = max(float(times[-1]) if len(times) else 1.0, 0.1)

    def x(time: float) -> float:
        return EDGE + (WIDTH - 2 * EDGE) * time / end

    def y(semitones: float) -> float:
        return HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * (semitones - low) / (high - low)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        f'font-size="13"><title>{escape(title)}</title><rect width="100%" height="100%" fill="#fff"/>'
    ]
    for line in range(int(np.ceil(low / 4)) * 4, int(high) + 1, 4):
        parts.append(
            f'<path d="M{EDGE} {y(line):.1f}H{WIDTH - EDGE}" stroke="#ddd"/>'
            f'<text x="4" y="{y(line) + 4:.1f}" fill="#666">{line:+d}</text>'
        )
    for text, start, stop in words:
        parts.append(
            f'<text x="{x((start + stop) / 2):.1f}" y="{HEIGHT - 12}" text-anchor="middle">{escape(text)}</text>'
        )
    for curve, colour, dash in ((reading, READING, ' stroke-dasharray="4 3"'), (mine, MINE, "")):
        if curve is not None:
            for piece in _pieces(times, curve):
                points = " ".join(f"{x(time):.1f},{y(pitch):.1f}" for time, pitch in piece)
                parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2.5"{dash}/>')
    return "".join(parts) + "</svg>\n"


def _pieces(times: Array, curve: Array) -> Iterator[list[tuple[float, float]]]:
    """Stretches with voice."""
    piece: list[tuple[float, float]] = []
    for time, pitch in zip(times.tolist(), curve.tolist(), strict=True):
        if np.isfinite(pitch):
            piece.append((time, pitch))
        elif piece:
            yield piece
            piece = []
    if piece:
        yield piece
