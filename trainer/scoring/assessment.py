"""The result of scoring one radio call. Frozen and plain, so that it can be stored, shown and exported.

Times are seconds from the start of the recording; scores run from 0 to 100.
"""

from dataclasses import dataclass
from typing import Literal

from trainer.languages import Language
from trainer.scoring.fluency import Fluency

SCHEMA = "ruston.assessment/1"

Verdict = Literal["scored", "other_phrase", "other_language", "not_recognised"]


@dataclass(frozen=True)
class PhoneScore:
    """An expected phone. gop: nats, 0 (certain) to the floor. heard: the sound that is more probable than the expected
    one, "" where it was left out, None where the expected one is the most probable."""

    phone: str
    score: float
    gop: float
    start: float
    end: float
    heard: str | None
    alternatives: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class WordScore:
    """missing: the call was said without this word (no times, no phones). added: sounds heard in or before it that do
    not belong."""

    text: str
    score: float
    start: float | None
    end: float | None
    missing: bool
    phones: tuple[PhoneScore, ...]
    added: tuple[str, ...] = ()


@dataclass(frozen=True)
class ExtraSpeech:
    """Speech that is not part of the call, between or around its words."""

    start: float
    end: float
    phones: tuple[str, ...]


@dataclass(frozen=True)
class Match:
    """The call that was said instead."""

    phrase: str
    language: Language
    text: str


@dataclass(frozen=True)
class Assessment:
    """score: the mean of the phones, those of missing words counting 0. completeness: per cent of the words said. Both
    are 0 where something else was said; the words then tell only how far that was from the call.
    fit: how well the text explains the sound, nats per phone against the best free decode (about 0 for a good reading).
    scale: what the scores mean; "plain-gop" is linear in GOP and not yet calibrated to human ratings."""

    text: str
    language: Language
    verdict: Verdict
    score: float
    completeness: float
    fit: float
    words: tuple[WordScore, ...]
    extra_speech: tuple[ExtraSpeech, ...]
    fluency: Fluency
    seconds: float
    said: Match | None = None
    phrase: str | None = None
    clip: str | None = None
    warnings: tuple[str, ...] = ()
    model: str = ""
    scale: str = "plain-gop"
    schema: str = SCHEMA
