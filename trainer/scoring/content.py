"""Was the right thing said? From the words heard and the answers that would be right, however it sounded."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from trainer.languages import Language
from trainer.speech.words import Heard

Verdict = Literal["right", "wrong", "missing", "extra"]


@dataclass(frozen=True)
class Answer:
    """An answer that would be right: the id and text of a call (Russian: with stress marks or without)."""

    id: str
    text: str


@dataclass(frozen=True)
class ContentWord:
    """A word of the answer beside what was heard in its place. expected is None for an extra word, heard None for a
    missing one. figure: whether it is part of a number. Seconds are None for a missing word."""

    verdict: Verdict
    expected: str | None
    heard: str | None
    figure: bool
    start: float | None = None
    end: float | None = None
    confidence: float | None = None


@dataclass(frozen=True)
class Content:
    """answer: id of the answer that was said, None where it was none of them. complete: share of its words that were
    said right, 0-1. exact: whether every figure came back, in order, and no other one; true of an answer without
    figures unless one was said. words: word by word against the nearest answer. engine: who heard it."""

    answer: str | None
    words: tuple[ContentWord, ...]
    complete: float
    exact: bool
    engine: str


def content(heard: Heard, answers: Sequence[Answer], language: Language) -> Content:
    raise NotImplementedError
