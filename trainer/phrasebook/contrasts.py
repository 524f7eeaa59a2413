"""Words that an ear must tell apart: pairs that differ in one sound, or in the stress, found by rule in a lexicon; and
those that are named because they are taken one for the other on the radio."""

import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Literal

from trainer.languages import Language
from trainer.phones import inventory as phones_room
from trainer.phones import russian
from trainer.phones.inventory import inventory
from trainer.phrasebook.lexicon import UNSTRESSED_TAGS, Lexicon
from trainer.phrasebook.text import tokens, without_stress

Phones = tuple[str, ...]
Kind = Literal["sounds", "stress", "words"]

PAIRS = 6  # of a contrast: enough that no word is learnt instead of the sound
MOST = 16  # of which those are chosen that are told apart best
SHORTEST = 2  # sounds of a word


@dataclass(frozen=True)
class Word:
    """As it is written (Russian with its stress mark), and how it sounds."""

    text: str
    phones: Phones


@dataclass(frozen=True)
class Contrast:
    """Two sounds, or the place of the stress, or words that are easily confused.

    Attributes:
        id: of the contrast, in its language.
        sounds: the two, as the lexicon writes them without stress; None where it is no matter of two sounds.
        final: whether only ends of words count.
        with_soft: the consonant before changes its softness along.
        named: pairs beside those that the rule finds.
        left_out: words that the rule does not take.
    """

    id: str
    language: Language
    kind: Kind
    sounds: tuple[str, str] | None
    final: bool
    with_soft: bool
    named: tuple[tuple[Word, Word], ...]
    left_out: frozenset[str] = frozenset()


@cache
def contrasts(language: Language) -> tuple[Contrast, ...]:
    path = Path(phones_room.__file__).parent / "contrasts.toml"
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["contrast"]
    return tuple(
        Contrast(
            row["id"], row["language"], row.get("kind", "sounds"),
            tuple(row["sounds"]) if "sounds" in row else None, row.get("position") == "final",
            row.get("with_soft", False), tuple(_named(line, language) for line in row.get("also", ())),
            frozenset(row.get("but_not", ())),
        )
        for row in rows
        if row["language"] == language
    )  # fmt: skip


def contrast(language: Language, name: str) -> Contrast:
    """Raises KeyError for one that there is not."""
    for known in contrasts(language):
        if known.id == name:
            return known
    raise KeyError(name)


def of_sounds(language: Language, expected: str, heard: str) -> Contrast | None:
    """The contrast that a confusion belongs to, whichever was expected."""
    wanted = {_bare(language, expected), _bare(language, heard)}
    for known in contrasts(language):
        if known.sounds and {_bare(language, sound) for sound in known.sounds} == wanted:
            return known
    return None


def pairs(
    wanted: Contrast, lexicon: Lexicon, said: Iterable[str] = (), most: int = PAIRS,
    there: Callable[[Word, Word], bool] = lambda first, second: True,
) -> tuple[tuple[Word, Word], ...]:  # fmt: skip
    """Pairs of a contrast, at most so many, the mission's words first, no word twice. said: the words of the calls,
    each as often as it is said. there: which pairs can be had."""
    often = Counter(said)

    def worth(pair: tuple[Word, Word]) -> tuple[float, ...]:
        known = [often[word.text] for word in pair]
        there = sum(word.text in lexicon for word in pair)
        return (-sum(n > 0 for n in known), -there, -min(known), sum(len(word.phones) for word in pair))

    ruled = (
        _ruled(wanted, lexicon) if wanted.kind == "sounds" else _stressed(lexicon) if wanted.kind == "stress" else ()
    )
    found = sorted(
        {_key(pair): pair for pair in (*ruled, *wanted.named)}.values(), key=lambda pair: (*worth(pair), pair[0].text)
    )
    chosen: list[tuple[Word, Word]] = []
    used: set[str] = set()
    for pair in found:
        texts = {word.text for word in pair}
        if not texts & (used | wanted.left_out) and len(chosen) < most and there(*pair):
            chosen.append(pair)
            used |= texts
    return tuple(chosen)


def differs(wanted: Contrast, first: Word, second: Word) -> bool:
    """Whether two words differ in this contrast, the first having its first sound, and in nothing else."""
    if wanted.kind == "words":
        return first.phones != second.phones
    if wanted.kind == "stress":
        return without_stress(first.text) == without_stress(second.text) and first.text != second.text
    assert wanted.sounds
    a, b = _plain(first.phones, wanted.language), _plain(second.phones, wanted.language)
    if len(a) != len(b):
        return False
    places = [at for at in range(len(a)) if a[at] != b[at]]
    at = next((at for at in places if (a[at], b[at]) == tuple(_bare(wanted.language, s) for s in wanted.sounds)), None)
    if at is None or (wanted.final and at != len(a) - 1):
        return False
    others = [other for other in places if other != at]
    if wanted.with_soft:
        return all(other == at - 1 and a[other].rstrip("ʲ") == b[other].rstrip("ʲ") for other in others)
    return not others


def _ruled(wanted: Contrast, lexicon: Lexicon) -> Iterator[tuple[Word, Word]]:
    assert wanted.sounds
    by_rest: dict[Phones, list[Word]] = defaultdict(list)
    for word in _words(lexicon):
        for at in range(len(word.phones)):
            plain = _plain(word.phones, wanted.language)
            if plain[at] in (_bare(wanted.language, sound) for sound in wanted.sounds):
                by_rest[(*plain[:at], "", *plain[at + 1 :])].append(word)
    for words in by_rest.values():
        for one, other in combinations(words, 2):
            for first, second in ((one, other), (other, one)):
                if differs(wanted, first, second):
                    yield first, second


def _stressed(lexicon: Lexicon) -> Iterator[tuple[Word, Word]]:
    by_letters: dict[str, list[Word]] = defaultdict(list)
    for word in _words(lexicon):
        by_letters[without_stress(word.text)].append(word)
    for words in by_letters.values():
        yield from combinations(sorted(words, key=lambda word: word.text), 2)


def _words(lexicon: Lexicon) -> Iterator[Word]:
    for text, ways in lexicon.entries.items():
        way = ways[0]
        if way.tags & (UNSTRESSED_TAGS | {"draft", "british"}) or len(way.phones) < SHORTEST or len(text) < 2:
            continue
        if any(other.tags & UNSTRESSED_TAGS for other in ways):
            continue  # said in full, a weak word is no longer what one hears
        yield Word(text, way.phones)


def _named(line: str, language: Language) -> tuple[Word, Word]:
    first, second = (side.strip() for side in line.split("|"))
    return _word(first, language), _word(second, language)


def _word(side: str, language: Language) -> Word:
    if language == "ru":
        return Word(side, russian.transcribe(side))
    text, *phones = side.split()
    return Word(text, tuple(phones))


def _key(pair: tuple[Word, Word]) -> tuple[str, ...]:
    return tuple(sorted(word.text for word in pair))


def _plain(phones: Sequence[str], language: Language) -> Phones:
    return tuple(_bare(language, phone) for phone in phones)


def _bare(language: Language, phone: str) -> str:
    """Without the stress of an English vowel; a Russian vowel is another one without it."""
    known = inventory("en")
    return known[phone].ipa if language == "en" and phone in known else phone


@cache
def words_of(language: Language) -> tuple[str, ...]:
    """The words of the mission's calls, as often as they are said."""
    from trainer.phrasebook.load import load

    return tuple(token.key for phrase in load().phrases for token in tokens(phrase.text(language), language))
