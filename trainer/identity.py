"""Who is who: the key that a learner is known by, and whom a name means as somebody types it.

One rule for rosters, the command line, the console and loops. Two spellings are the same when they differ only in their
Unicode form, in letter case, in the spaces, hyphens and apostrophes between letters, in accents and stress marks, in
the dots of ё, or in being written in the other alphabet letter by letter. Names that may well be the same all the same
(Юлия and Iuliia, Брэд and Brad, the words the other way round) are told, for somebody to be asked.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from trainer.languages import Language
from trainer.speakers import Speaker

CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "yo", "ж": "zh", "з": "z", "и": "i", "й": "y",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
    "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu",
    "я": "ya", "і": "i", "ї": "yi", "є": "ye", "ґ": "g", "ў": "u",
}  # fmt: skip
# Latin letters that Unicode does not take apart into a plain letter and its mark.
LATIN = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
LETTERS = str.maketrans(CYRILLIC | LATIN)

# How differently one name is written in Latin letters, brought to one spelling; and what is left of a name where it
# went through the sounds of the other language: the consonants that both have.
SPELLINGS = (
    (r"x", "ks"), (r"shch|sch|sh|zh", "s"), (r"tch", "ch"), (r"kh", "h"), (r"ph", "f"), (r"ck", "k"), (r"w", "v"),
    (r"tz", "ts"), (r"[yj]", "i"), (r"i+", "i"), (r"(?<=[aeou])i|i(?=[aeou])", ""), (r"(.)\1+", r"\1"),
)  # fmt: skip
CONSONANTS = (
    (r"x", "ks"), (r"dzh|dj|shch|sch|sh|zh|j|z", "s"), (r"ph", "f"), (r"th", "t"), (r"tch|ch|kh|ck|c|q", "k"),
    (r"[^bdfgklmnprstv]", ""), (r"(.)\1+", r"\1"),
)  # fmt: skip
PARTNER = "loop/"  # before the key of somebody who sits elsewhere on a loop, and says who they are
REMEMBERED = 10_000  # names, of a large class and its roster
TELLING = 3  # consonants: with fewer, too many names are alike


@dataclass(frozen=True)
class Person:
    """Somebody who is known, to the records or as a member of a crew. names: in every language in which there is one.
    station: where somebody of a crew sits."""

    key: str
    names: tuple[str, ...]
    first: Language
    station: Speaker | None = None


@dataclass(frozen=True)
class Recognition:
    """person: who is meant, None where nobody is for sure. perhaps: who may be meant, where it is not sure."""

    person: Person | None = None
    perhaps: tuple[Person, ...] = ()


def learner_key(name: str) -> str:
    """The key of somebody new: small letters, digits and dashes, Latin wherever the alphabet has a Latin spelling, so
    that it can be typed on any keyboard. Empty where a name has no letters or digits."""
    return re.sub(r"[\W_]+", "-", _plain(name)).strip("-")


def free_key(name: str, people: Iterable[Person]) -> str:
    """The key of somebody new, apart from everybody who is known."""
    taken = {spelling(person.key) for person in people}
    key = learner_key(name)
    numbered = (key if n == 1 else f"{key}-{n}" for n in range(1, len(taken) + 2))
    return next(free for free in numbered if spelling(free) not in taken)


def same(one: str, other: str) -> bool:
    """Whether two keys or names are spellings of one: ё is е with its dots left out, or yo letter by letter."""
    return not _spellings(one).isdisjoint(_spellings(other))


def recognise(who: str, people: Iterable[Person]) -> Recognition:
    """Whom a key or a name means. A key goes before a name, and whoever comes first before who comes later, where both
    are written exactly so."""
    people = tuple(people)
    exact = [person for person in people if _folded(person.key) == _folded(who)]
    if exact:
        return Recognition(exact[0])
    for spelled in (lambda person: (person.key,), lambda person: person.names):
        fitting = [person for person in people if any(same(who, known) for known in spelled(person))]
        if len(fitting) == 1:
            return Recognition(fitting[0])
        if fitting:
            return Recognition(perhaps=tuple(fitting))
    return Recognition(perhaps=tuple(person for person in people if _alike(who, person)))


def found(wanted: str, *texts: str) -> bool:
    """Whether what somebody types to search is in one of the texts, word by word, in either alphabet."""
    searched = " ".join(_plain(text) for text in texts)
    return all(word in searched for word in _words(wanted))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold().strip()


def _plain(text: str) -> str:
    """In small letters without accents, Latin wherever they can be. What cannot be seen is left out; what looks like an
    apostrophe is one, also where it comes out of a sign that stands for several."""
    latin = unicodedata.normalize("NFC", _seen(unicodedata.normalize("NFC", text)).casefold()).translate(LETTERS)
    apart = _seen(unicodedata.normalize("NFKD", latin).casefold())
    return "".join(c for c in apart if not unicodedata.combining(c)).translate(LETTERS)


def _seen(text: str) -> str:
    kinds = ((c, unicodedata.category(c)) for c in text)
    return "".join("'" if kind in ("Lm", "Sk") else c for c, kind in kinds if kind != "Cf")


@lru_cache(REMEMBERED)
def spelling(text: str) -> str:
    """What all spellings of a key or name have in common. Digits stay apart: 1-12 is not 11-2."""
    dotless = unicodedata.normalize("NFC", text).casefold().replace("ё", "е")
    return _joined(learner_key(dotless))


@lru_cache(REMEMBERED)
def _spellings(text: str) -> frozenset[str]:
    return frozenset(filter(None, (spelling(text), _joined(learner_key(text)))))


def _joined(key: str) -> str:
    return re.sub(r"(?<!\d)-|-(?!\d)", "", key)


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[\W_]+", _plain(text)) if word]


def _alike(who: str, person: Person) -> bool:
    return any(_may_be(_likeness(who), _likeness(name)) for name in (*person.names, person.key))


@dataclass(frozen=True)
class _Likeness:
    """What a name has in common with those that it may be. words: brought to one spelling; heard: their consonants."""

    cyrillic: bool
    words: tuple[str, ...]
    heard: tuple[str, ...]


@lru_cache(REMEMBERED)
def _likeness(name: str) -> _Likeness:
    words = _words(name)
    cyrillic = any(letter in CYRILLIC for letter in unicodedata.normalize("NFC", name).casefold())
    respelled, consonants = (tuple(sorted(filter(None, map(how, words)))) for how in (_respelled, _consonants))
    return _Likeness(cyrillic, respelled, consonants)


def _may_be(one: _Likeness, other: _Likeness) -> bool:
    if one.words == other.words != ():
        return True
    fewer, more = sorted((one.words, other.words), key=len)
    if len(fewer) > 1 and set(fewer) <= set(more):  # with the patronymic and without
        return True
    apart = one.cyrillic != other.cyrillic
    return apart and one.heard == other.heard and len("".join(one.heard)) >= TELLING


def _rewritten(rules: Iterable[tuple[str, str]]) -> Callable[[str], str]:
    compiled = [(re.compile(pattern), replacement) for pattern, replacement in rules]

    def rewrite(word: str) -> str:
        for pattern, replacement in compiled:
            word = pattern.sub(replacement, word)
        return word

    return rewrite


_respelled = _rewritten(SPELLINGS)
_consonants = _rewritten(CONSONANTS)
