"""Praat TextGrids: words, phones, what was heard, GOP; one file an attempt (Praat manual, "TextGrid file formats")."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from trainer.reports.attempt import LEFT_OUT

Interval = tuple[float, float, str]
SHORTEST = 1e-4  # seconds: two boundaries nearer than this are one
UNCLEAR = "?"  # under a sound that scored low though nothing else was more probable
CLEAR = 60.0
# Mean error of the boundaries, on synthetic voices whose times are known (models/phones/README.md).
ERROR = 0.013  # seconds


def textgrid(assessment: dict[str, Any]) -> str:
    """Of an assessment as JSON. A missing word has no place in time, so it is in no tier."""
    said = [word for word in assessment["words"] if not word["missing"]]
    phones = [phone for word in said for phone in word["phones"]]
    spans = [(phone["start"], phone["end"]) for phone in phones]
    tiers: dict[str, list[Interval]] = {
        "words": [(word["start"], word["end"], word["text"]) for word in said],
        "phones": [(*span, phone["phone"]) for span, phone in zip(spans, phones, strict=True)],
        "heard": [(*span, heard(phone)) for span, phone in zip(spans, phones, strict=True)],
        "gop": [(*span, f"{phone['gop']:.2f}") for span, phone in zip(spans, phones, strict=True)],
        "other speech": [(x["start"], x["end"], " ".join(x["phones"])) for x in assessment["extra_speech"]],
        "error of times": [(*spans[0], f"±{ERROR} s")] if spans else [],
    }
    end = max([assessment["seconds"], *(interval[1] for tier in tiers.values() for interval in tier)])
    return _file({name: filled(tier, end) for name, tier in tiers.items()}, end)


def heard(phone: dict[str, Any]) -> str:
    """The sound that came: the expected one, another, none, or one that is hard to tell."""
    if phone["heard"] == "":
        return LEFT_OUT
    return str(phone["heard"] or (phone["phone"] if phone["score"] >= CLEAR else UNCLEAR))


def filled(tier: Iterable[Interval], end: float) -> list[Interval]:
    """Intervals from 0 to `end` without gaps or overlaps, as a tier must be: each gives way to the next one, and those
    for which no time is left go."""
    ordered = sorted(tier)
    cut = [(a[0], min(a[1], b[0]), a[2]) for a, b in pairwise([*ordered, (end, end, "")])]
    full: list[Interval] = []
    at = 0.0
    for start, stop, label in cut:
        if stop - max(start, at) < SHORTEST:
            continue
        if start - at >= SHORTEST:
            full.append((at, start, ""))
            at = start
        full.append((at, stop, label))
        at = stop
    if end - at >= SHORTEST or not full:
        full.append((at, end, ""))
    first, last = full[0], full[-1]
    full[0] = (0.0, first[1], first[2])
    full[-1] = (full[-1][0], end, last[2])
    return full


def _file(tiers: dict[str, list[Interval]], end: float) -> str:
    lines = [
        'File type = "ooTextFile"', 'Object class = "TextGrid"', "", "xmin = 0", f"xmax = {end!r}",
        "tiers? <exists>", f"size = {len(tiers)}", "item []:",
    ]  # fmt: skip
    for t, (name, intervals) in enumerate(tiers.items(), 1):
        lines += [f"    item [{t}]:", *_tier(name, intervals, end)]
    return "\n".join(lines) + "\n"


def _tier(name: str, intervals: Sequence[Interval], end: float) -> Iterable[str]:
    yield '        class = "IntervalTier"'
    yield f"        name = {_quoted(name)}"
    yield "        xmin = 0"
    yield f"        xmax = {end!r}"
    yield f"        intervals: size = {len(intervals)}"
    for i, (start, stop, label) in enumerate(intervals, 1):
        yield f"        intervals [{i}]:"
        yield f"            xmin = {start!r}"
        yield f"            xmax = {stop!r}"
        yield f"            text = {_quoted(label)}"


def _quoted(text: str) -> str:
    """Praat doubles quotation marks; a line break inside a label would only hide what follows."""
    return '"' + " ".join(text.split()).replace('"', '""') + '"'
