"""Was the right thing said? From the words heard and the answers that would be right, however it sounded."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from trainer.languages import Language
from trainer.phrasebook.lexicon import Lexicon
from trainer.phrasebook.numbers import figure_words
from trainer.phrasebook.text import folded, tokens
from trainer.quantities import Seconds, Share
from trainer.scoring.hypothesis import UNKNOWN, HeardWord, Hypothesis
from trainer.text_in import clean

Verdict = Literal["right", "wrong", "missing", "extra"]

LEAST = 0.5  # of the words of an answer: with fewer, it was not this answer


@dataclass(frozen=True)
class Answer:
    """An answer that would be right: the id and text of a call (Russian: with stress marks or without)."""

    id: str
    text: str


@dataclass(frozen=True)
class ContentWord:
    """A word of the answer beside what was heard in its place; neither carries stress marks.

    Attributes:
        expected: None for an extra word.
        heard: None for a missing word.
        figure: whether it is part of a number.
        start: in the recording, s; None for a missing word, as is `end`.
        confidence: of the recogniser.
    """

    verdict: Verdict
    expected: str | None
    heard: str | None
    figure: bool
    start: Seconds | None = None
    end: Seconds | None = None
    confidence: Share | None = None


@dataclass(frozen=True)
class Content:
    """What was said, measured against the nearest answer.

    Attributes:
        answer: its id, None where less than half of it was said.
        words: word by word.
        complete: share of its words that were said right, 0-1.
        exact: whether its figures came back, all of them in order and no other ones, in whatever grammatical form; None
            for an answer that has none.
        engine: who heard it.
    """

    answer: str | None
    words: tuple[ContentWord, ...]
    complete: Share
    exact: bool | None
    engine: str


def content(heard: Hypothesis, answers: Sequence[Answer], language: Language, known: Lexicon | None = None) -> Content:
    """Compare the words heard with each answer; the nearest one counts, the first of several.

    known: a lexicon, so that words which sound alike count as one ("for", "four"): no ear can tell them apart. Raises
    ValueError where there is no answer to compare with.
    """
    compared = [_compare(heard, answer, language, known) for answer in answers]

    def nearness(one: Content) -> tuple[float, bool, int]:
        return one.complete, one.exact is not False, -sum(word.verdict == "extra" for word in one.words)

    return max(compared, key=nearness)


def _compare(heard: Hypothesis, answer: Answer, language: Language, known: Lexicon | None) -> Content:
    from rapidfuzz.distance import Levenshtein

    expected = [(part, token.key) for token in tokens(clean(answer.text), language) for part in _parts(token.key)]
    said = [(part, word) for word in heard.words for part in _parts(word.text)]
    alike = _sounding_like(dict(expected), known)
    wanted = [folded(part) for part, _ in expected]
    found = [word if (word := folded(part)) in wanted else alike.get(word, word) for part, _ in said]
    figures = _figures(language)

    def pair(i: int | None, j: int | None) -> ContentWord:
        want = wanted[i] if i is not None else None
        have = found[j] if j is not None else None
        word: HeardWord | None = said[j][1] if j is not None else None
        verdict: Verdict = "extra" if want is None else "missing" if have is None else "right"
        if verdict == "right" and want != have:
            verdict = "wrong"
        return ContentWord(
            verdict=verdict,
            expected=_shown(expected[i][0]) if i is not None else None,
            heard=_shown(said[j][0]) if j is not None else None,
            figure=(want if want is not None else have) in figures,
            start=word.start if word else None,
            end=word.end if word else None,
            confidence=word.confidence if word else None,
        )

    words = tuple(pair(i, j) for i, j in _aligned(Levenshtein.opcodes(wanted, found)))
    complete = sum(word.verdict == "right" for word in words) / len(wanted) if wanted else 0.0
    asked = [figures[w] for w in wanted if w in figures]
    exact = asked == [figures[w] for w in found if w in figures] if asked else None
    return Content(answer.id if complete >= LEAST else None, words, complete, exact, heard.engine)


def wrong_figure(judged: Content, language: Language) -> tuple[str, str] | None:
    """The first figure that did not come back: what was asked and what was said, either empty where there was none.
    None where every figure did."""
    figures = _figures(language)

    def value(word: str | None) -> str | None:
        return figures.get(folded(word)) if word else None

    for word in judged.words:
        said = word.heard if word.heard != UNKNOWN else None
        if word.figure and value(word.expected) != value(word.heard):
            return (word.expected or "") if value(word.expected) else "", said or ""
        if word.verdict == "wrong" and value(word.heard) is not None and not word.figure:
            return "", word.heard or ""
    return None


def _aligned(opcodes: Iterable[Any]) -> Iterator[tuple[int | None, int | None]]:
    """Places in the expected and the heard words, side by side."""
    for _kind, a, a_end, b, b_end in opcodes:
        both = min(a_end - a, b_end - b)
        yield from ((a + k, b + k) for k in range(both))
        yield from ((i, None) for i in range(a + both, a_end))
        yield from ((None, j) for j in range(b + both, b_end))


def _parts(word: str) -> list[str]:
    """A hyphenated word may be heard in its parts."""
    return [part for part in word.split("-") if part]


def _shown(word: str) -> str:
    return word.replace("\u0301", "")


@cache
def _figures(language: Language) -> dict[str, str]:
    return {folded(part): figure for word, figure in figure_words(language).items() for part in _parts(word)}


def _sounding_like(expected: dict[str, str], known: Lexicon | None) -> dict[str, str]:
    """Words of the lexicon, folded, that share a pronunciation with an expected word, and that word."""
    if known is None:
        return {}
    wanted = {way.phones: folded(part) for part, key in expected.items() for way in known.entries.get(key, ())}
    return {folded(w): wanted[way.phones] for w, ways in known.entries.items() for way in ways if way.phones in wanted}
