"""Mouth: one word or one sound, out of any call, until it sits.

A piece is heard slowly, at its own pace, and in its call, and said after each: three tries, three scores. For a sound
that is weak there is a ladder: the sound by itself, a syllable, a word, a phrase, the call. All of it is found in the
calls and the lexicon, so what is practised is what will be said.

Pure: what is heard and said is at the edges (`trainer.live.practice`).
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from trainer.errors import UserError
from trainer.languages import Language
from trainer.phones.inventory import inventory, sound_of
from trainer.phrasebook.expectation import Expectation, expect
from trainer.phrasebook.lexicon import UNSTRESSED_TAGS, Lexicon, Pronunciation
from trainer.phrasebook.text import key, tokens
from trainer.scoring.assessment import Assessment, WordScore
from trainer.scoring.points import FLAGGED, PASS_MARK

Rung = Literal["sound", "syllable", "word", "phrase", "call"]
RUNGS: tuple[Rung, ...] = ("sound", "syllable", "word", "phrase", "call")
Step = Literal["slow", "normal", "call"]
STEPS: tuple[Step, ...] = ("slow", "normal", "call")  # how a piece is heard before each try
SLOW = 0.6  # speed: slower, the reading no longer sounds like a voice
TRIES = len(STEPS)

HELD = frozenset({"fricative", "nasal", "lateral", "trill"})  # manners of consonants that can be said by themselves
SHORTEST = 3  # sounds of a word that is judged fairly by itself; natives' shorter ones are misheard half the time
NEIGHBOURS = 1  # words on either side that make a phrase of a word
# English words that lean on the next one; Russian ones are marked in the lexicon.
LEANING = frozenset(
    (
        "a", "an", "and", "are", "as", "at", "but", "by", "for", "from", "his", "in", "is",
        "its", "my", "of", "on", "or", "our", "per", "than", "the", "their", "to", "was", "were",
        "with", "your",
    )
)  # fmt: skip
SENTENCE_ENDS = ".!?;:,—"
QUOTES = (("«", "»"), ("“", "”"), ("„", "“"), ('"', '"'))


@dataclass(frozen=True, eq=False)
class Piece:
    """What is said, out of a call.

    Attributes:
        rung: how much of the call it is.
        call: id of the call.
        said: what the scorer expects. Of a sound by itself nothing can be scored (`scored`): the acoustic model hears
            sounds among others only.
        words: the words of the call that it lies in, first and one past the last.
        at: the word of `said` that counts.
        phones: the phones of that word's citation form that count, first and one past the last; None: the whole word.
        cut: the phones of the call's word that are heard, where it is less than the word.
        sound: which sound is trained, None where it is the word.
    """

    rung: Rung
    call: str
    said: Expectation
    words: tuple[int, int]
    at: int
    phones: tuple[int, int] | None = None
    cut: tuple[int, int] | None = None
    sound: str | None = None

    @property
    def text(self) -> str:
        """A sound and a syllable in IPA, in brackets; the rest as it is written."""
        return self.said.text

    @property
    def ipa(self) -> str:
        """In brackets, a space between words."""
        return f"[{' '.join(''.join(ways[0]) for ways in self.said.ways)}]"

    @property
    def scored(self) -> bool:
        return self.rung != "sound"


@dataclass(frozen=True, eq=False)
class Practice:
    """A piece and what came of its tries.

    Attributes:
        tries: points, 0-100.
    """

    piece: Piece
    tries: tuple[float, ...] = ()

    @property
    def step(self) -> Step | None:
        """How the piece is heard before the next try; None when it is over."""
        return STEPS[len(self.tries)] if len(self.tries) < self.needed else None

    @property
    def needed(self) -> int:
        """Tries in all. A sound by itself is said once, unscored; a whole call has nothing around it to be heard in."""
        return {"sound": 0, "call": TRIES - 1}.get(self.piece.rung, TRIES)

    @property
    def over(self) -> bool:
        return self.step is None

    @property
    def passed(self) -> bool:
        """Whether the last try, the hardest, was good enough."""
        return self.over and (not self.tries or self.tries[-1] >= PASS_MARK)

    @property
    def gained(self) -> float | None:
        """Points from the first try to the last."""
        return self.tries[-1] - self.tries[0] if len(self.tries) > 1 else None


def tried(practice: Practice, points: float) -> Practice:
    """After another try. Raises ValueError where there is none left."""
    if practice.over:
        raise ValueError("this practice is over")
    return replace(practice, tries=(*practice.tries, points))


def word(call: str, text: str, language: Language, lexicon: Lexicon, at: int, sound: str | None = None) -> Piece:
    """One word of a call, by its number (from 0), with its neighbours where nobody says it alone. sound:
    what is trained in it.

    Raises UserError for words outside the lexicon, IndexError for a word that there is not."""
    whole = expect(text, language, lexicon)
    if not 0 <= at < len(whole.words):
        raise IndexError(at)
    around = _around(whole, at, lexicon)
    if _weak(whole.words[at], lexicon) and around != (at, at + 1):
        return _phrase(call, whole, lexicon, at, around, sound)
    return _word(call, whole, lexicon, at, sound)


def in_call(piece: Piece, text: str, lexicon: Lexicon) -> Piece:
    """The same piece in its call: the whole call is said, and the piece's own sounds count."""
    whole = expect(text, piece.said.language, lexicon)
    at = piece.words[0] + piece.at if piece.rung == "phrase" else piece.words[0]
    phones = _place(whole.ways[at][0], piece.sound, whole.language)
    return replace(piece, rung="call", said=whole, words=(0, len(whole.words)), at=at, phones=phones, cut=None)


def worst(assessment: Assessment) -> tuple[int, str | None] | None:
    """The word of a scored call that practice would help most, and its worst sound (None: the stress, or all of it);
    None where nothing is amiss."""
    said = [(at, word) for at, word in enumerate(assessment.words) if word.phones and not word.missing]
    if assessment.verdict != "scored" or not said:
        return None
    at, chosen = min(said, key=lambda found: _amiss(found[1]))
    if sound := worst_sound(assessment, at):
        return at, sound
    misplaced = chosen.stress is not None and chosen.stress.misplaced
    return (at, None) if misplaced or chosen.score < FLAGGED else None


def worst_sound(assessment: Assessment, at: int) -> str | None:
    """The sound of a word of a call that practice would help most; None where none is amiss, or none was said."""
    phone = min(assessment.words[at].phones, key=lambda phone: phone.score, default=None)
    if phone is None or phone.score >= FLAGGED:
        return None
    return sound_of(assessment.language, phone.phone)


def points(piece: Piece, assessment: Assessment) -> float:
    """What a try at a piece is worth: the mean of the sounds that count, 0 where something else was said."""
    if assessment.verdict != "scored" or not piece.scored:
        return 0.0
    chosen = assessment.words[piece.at]
    if chosen.missing or not chosen.phones:
        return 0.0
    if piece.sound is None:
        return chosen.score
    scores = [phone.score for phone in chosen.phones if sound_of(assessment.language, phone.phone) == piece.sound]
    # A variant that is right without the sound (fast speech) is judged by its word.
    return sum(scores) / len(scores) if scores else chosen.score


def expected(
    calls: Iterable[tuple[str, str]], language: Language, lexicon: Lexicon
) -> Iterator[tuple[str, Expectation]]:
    """Calls by their ids and texts, and how they sound. Those with a draft word are no practice."""
    for call, text in calls:
        with suppress(UserError):
            yield call, expect(text, language, lexicon)


def ladder(
    sound: str, calls: Iterable[tuple[str, Expectation]], lexicon: Lexicon, most: int = 1
) -> tuple[tuple[Piece, ...], ...]:
    """Ladders for a sound, at most so many, each out of another word: sound (where it can be held), syllable, word,
    phrase, call. calls: in the order in which they are preferred where all else is equal.

    Words where the sound is easiest to hear and to say come first: short ones, in short calls, the sound at the
    beginning or under the stress. None where no call has the sound.
    """
    places: dict[str, tuple[tuple[float, ...], str, Expectation, int]] = {}
    language = lexicon.language
    for order, (call, whole) in enumerate(calls):
        for at, ways in enumerate(whole.ways):
            spelled = key(whole.words[at], language)
            alone = lexicon[spelled][0].phones  # its neighbours may change a word: the sound must be there either way
            where = _place(alone, sound, language)
            if where is None or _place(ways[0], sound, language) is None or _weak(spelled, lexicon):
                continue
            worth = (*_ease(alone, where[0], language), len(whole.words), order)
            if spelled not in places or worth < places[spelled][0]:
                places[spelled] = (worth, call, whole, at)
    best = sorted(places.values(), key=lambda found: found[0])[:most]
    return tuple(_rungs(call, whole, lexicon, at, sound) for _worth, call, whole, at in best)


def holdable(language: Language, sound: str) -> bool:
    """Whether a sound can be said by itself: a stop is nothing without its neighbour, nor is a weak vowel."""
    phone = inventory(language)[sound]
    return phone.stressed is not False if phone.kind == "vowel" else phone.manner in HELD


def syllable(phones: Sequence[str], at: int, language: Language) -> tuple[int, int]:
    """The syllable of a phone, first and one past the last. A vowel takes the consonant before it, and those after it
    that no later vowel takes; of a cluster in the middle, all but the first go with what follows."""
    known = inventory(language)
    vowels = [i for i, phone in enumerate(phones) if known[phone].kind == "vowel"]
    if not vowels:
        return 0, len(phones)
    starts = [0]
    for before, after in pairwise(vowels):
        between = after - before - 1
        starts.append(after if not between else before + 1 + (between > 1))
    ends = [*starts[1:], len(phones)]
    return next((start, end) for start, end in zip(starts, ends, strict=True) if start <= at < end)


def _weak(word: str, lexicon: Lexicon) -> bool:
    """Whether a word is a short or a weak one, that nobody says by itself."""
    ways = lexicon[key(word, lexicon.language)]
    return len(ways[0].phones) < SHORTEST or any(way.tags & UNSTRESSED_TAGS for way in ways)


def _rungs(call: str, whole: Expectation, lexicon: Lexicon, at: int, sound: str) -> tuple[Piece, ...]:
    alone = _word(call, whole, lexicon, at, sound)
    phones = alone.said.ways[0][0]
    first = alone.phones[0] if alone.phones else 0
    begin, end = syllable(phones, first, whole.language)
    found = []
    if holdable(whole.language, sound):
        found.append(_sounds(alone, "sound", (first, first + 1)))
    if end - begin > 1:
        found.append(_sounds(alone, "syllable", (begin, end)))
    found.append(alone)
    around = _around(whole, at, lexicon)
    if around != (at, at + 1) and around != (0, len(whole.words)):
        found.append(_phrase(call, whole, lexicon, at, around, sound))
    if len(whole.words) > 1:
        found.append(in_call(alone, whole.text, lexicon))
    return tuple(found)


def _word(call: str, whole: Expectation, lexicon: Lexicon, at: int, sound: str | None) -> Piece:
    """A word by itself is said in its own form, not in the one that its neighbours gave it."""
    said = expect(whole.words[at], whole.language, lexicon)
    phones = _place(said.ways[0][0], sound, whole.language)
    return Piece("word", call, said, (at, at + 1), 0, phones=phones, sound=sound)


def _sounds(alone: Piece, rung: Rung, cut: tuple[int, int]) -> Piece:
    phones = alone.said.ways[0][0][slice(*cut)]
    text = f"[{''.join(phones)}]"
    said = Expectation(text, alone.said.language, (text,), ((phones,),))
    return replace(alone, rung=rung, said=said, phones=_place(phones, alone.sound, alone.said.language), cut=cut)


def _phrase(
    call: str, whole: Expectation, lexicon: Lexicon, at: int, around: tuple[int, int], sound: str | None
) -> Piece:  # fmt: skip
    spans = tokens(whole.text, whole.language)
    text = _paired(whole.text[spans[around[0]].start : spans[around[1] - 1].end])
    said = expect(text, whole.language, lexicon)
    phones = _place(said.ways[at - around[0]][0], sound, whole.language)
    return Piece("phrase", call, said, around, at - around[0], phones=phones, sound=sound)


def _around(whole: Expectation, at: int, lexicon: Lexicon) -> tuple[int, int]:
    """A word and its neighbours in the same clause, no preposition without its noun."""
    spans = tokens(whole.text, whole.language)

    def goes_on(number: int) -> bool:
        """Whether the clause goes on between a word and the one before it."""
        return 0 < number < len(spans) and not _apart(whole.text[spans[number - 1].end : spans[number].start])

    def leans(number: int) -> bool:
        """Whether one of the two is nothing without the other."""
        before, after = (lexicon[spans[one].key] for one in (number - 1, number))
        forward = spans[number - 1].key in LEANING if whole.language == "en" else _tagged(before, "proclitic")
        return forward or _tagged(after, "enclitic")

    first, last = at, at + 1
    for _ in range(NEIGHBOURS):
        first, last = first - goes_on(first), last + goes_on(last)
    while goes_on(first) and leans(first):
        first -= 1
    while goes_on(last) and leans(last):
        last += 1
    return first, last


def _tagged(ways: Sequence[Pronunciation], tag: str) -> bool:
    return any(tag in way.tags for way in ways)


def _paired(text: str) -> str:
    """Without quotation marks whose other one was left behind."""
    for opening, closing in QUOTES:
        if text.count(opening) != text.count(closing) or (opening == closing and text.count(opening) % 2):
            text = text.replace(opening, "").replace(closing, "")
    return text


def _apart(between: str) -> bool:
    return any(mark in between for mark in SENTENCE_ENDS)


def _place(phones: Sequence[str], sound: str | None, language: Language) -> tuple[int, int] | None:
    """Where a sound stands first."""
    if sound is None:
        return None
    at = next((i for i, phone in enumerate(phones) if sound_of(language, phone) == sound), None)
    return None if at is None else (at, at + 1)


def _ease(phones: Sequence[str], at: int, language: Language) -> tuple[float, float]:
    begin, end = syllable(phones, at, language)
    stressed = any(phone.startswith("ˈ") for phone in phones[begin:end])
    return float(not (at == 0 or stressed)), float(len(phones))


def _amiss(word: WordScore) -> float:
    """The less, the more practice it needs."""
    least = min(phone.score for phone in word.phones)
    return min(least, 0.0 if word.stress is not None and word.stress.misplaced else 100.0) + word.score / 1000
