"""How a call is to be spoken: the tune of each sentence, its centre, and the words that are weak.

Russian sentences are tagged with their intonation construction (E. A. Bryzgunova, IK-1 to IK-5): 1 a statement, falling
on the centre; 2 a question with a question word, a command or a call, with a strong fall; 3 a question without one,
rising steeply on the word that is asked about and low after it; 4 a question with «а»; 5 an appraisal with «как»,
«какой». English ones fall on the nucleus, the last word that is not weak, or rise from it where they can be answered
with yes or no (J. C. Wells, English Intonation, ch. 2-3). Where a question lets one choose (A or B?), it rises on the
first and falls on the last. By rule: a speaker may have reasons to do otherwise.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from trainer.languages import Language
from trainer.phrasebook.lexicon import UNSTRESSED_TAGS, Lexicon
from trainer.phrasebook.text import folded, tokens

Tune = Literal["IK-1", "IK-2", "IK-3", "IK-4", "IK-5", "fall", "rise", "choice"]
RISING: frozenset[Tune] = frozenset({"IK-3", "IK-4", "rise"})
UNJUDGED: frozenset[Tune] = frozenset({"IK-2", "IK-4", "IK-5", "choice"})

_SENTENCE = re.compile(r"[^.!?…]+[.!?…]*")
_ASKING_RU = re.compile(
    "(?:как|что|где|куда|откуда|когда|сколько|кто|кого|кому|почему|зачем|чей|каков.?|как(?:ой|ая|ое|ие|их|им|ую|ого))"
)
_ASKING_EN = frozenset({"what", "where", "when", "who", "whom", "whose", "why", "which", "how", "how's", "what's"})
_CHOOSING = {"en": "or", "ru": "или"}
_ASIDE: dict[Language, tuple[str, ...]] = {"en": ("please",), "ru": ("пожа́луйста",)}  # said beside the sentence
_NOT_ASKED = frozenset({"разрешите", "позвольте"})  # what is asked about is what is to be allowed
_VERB_RU = re.compile(r".+(?:ете|ите|ёте|шь|ли|л|ла|ешь|ем|им|ют|ят)$")


@dataclass(frozen=True)
class Sentence:
    """span: of the text, with the marks that belong to it; words: of the call, first and one past the last; centre: the
    word that carries the tune; weak: those that are not said in full."""

    span: tuple[int, int]
    words: tuple[int, int]
    tune: Tune
    centre: int
    weak: tuple[int, ...]

    @property
    def rises(self) -> bool:
        return self.tune in RISING

    @property
    def judged(self) -> bool:
        """What the centre of a command, of a question with a question word, of a choice or of an appraisal does is not:
        it may well be high."""
        return self.tune not in UNJUDGED


def sentences(text: str, language: Language, lexicon: Lexicon) -> tuple[Sentence, ...]:
    """Of a call, in order; those without a word are passed over."""
    all_words = tokens(text, language)
    found = []
    for match in _SENTENCE.finditer(text):
        inside = [i for i, token in enumerate(all_words) if match.start() <= token.start < match.end()]
        if inside:
            keys = [all_words[i].key for i in inside]
            found.append(_sentence(match.group().strip(), _span(text, match), inside[0], keys, language, lexicon))
    return tuple(found)


def _span(text: str, match: re.Match[str]) -> tuple[int, int]:
    """Without the dash before it, with the quotation marks that it closes."""
    before = len(match[0]) - len(match[0].lstrip(" —–-»”"))
    rest = text[match.end() :]
    return match.start() + before, match.end() + len(rest) - len(rest.lstrip("»”"))


def _sentence(
    text: str, span: tuple[int, int], first: int, keys: Sequence[str], language: Language, lexicon: Lexicon
) -> Sentence:
    last = len(keys) - 1
    leaning = [i for i, key in enumerate(keys) if _leans(key, lexicon)]
    aside = (*leaning, *(i for i, key in enumerate(keys) if key in _ASIDE[language]))
    full = [i for i in range(len(keys)) if i not in aside] or [last]
    plain = [folded(key) for key in keys]
    tune, centre = (_russian if language == "ru" else _english)(text, plain, full)
    request = any(key in _ASIDE[language] for key in keys)  # which is no choice
    if text.endswith("?") and _CHOOSING[language] in plain and not request:
        tune, centre = "choice", full[-1]
    weak = tuple(first + i for i in leaning if i not in (centre, last) and (language == "ru" or i != 0))
    return Sentence(span, (first, first + len(keys)), tune, first + centre, weak)


def _russian(text: str, keys: Sequence[str], full: Sequence[int]) -> tuple[Tune, int]:
    asking = next((i for i, key in enumerate(keys) if _ASKING_RU.fullmatch(key)), None)
    if text.endswith("?"):
        if asking is not None:
            return "IK-2", asking
        if keys[0] == "а" and len(keys) <= 4:
            return "IK-4", full[-1]
        if "ли" in keys and keys.index("ли") > 0:
            return "IK-3", keys.index("ли") - 1
        return "IK-3", next((i for i in full if _VERB_RU.match(keys[i]) and keys[i] not in _NOT_ASKED), full[-1])
    if text.endswith("!"):
        return ("IK-5", full[-1]) if asking == 0 else ("IK-2", full[0] if len(full) == 1 else full[-1])
    return "IK-1", full[-1]


def _english(text: str, keys: Sequence[str], full: Sequence[int]) -> tuple[Tune, int]:
    rises = text.endswith("?") and not any(key in _ASKING_EN for key in keys)
    return ("rise" if rises else "fall"), full[-1]


def _leans(key: str, lexicon: Lexicon) -> bool:
    return key in lexicon and any(way.tags & UNSTRESSED_TAGS for way in lexicon[key])
