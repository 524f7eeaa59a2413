"""The voices to imitate: every call of the mission as a clip, in both languages; calls with figures from pieces."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from trainer.audio.files import decode
from trainer.audio.manifest import Clip, clips
from trainer.audio.own_readings import folder, own_reading
from trainer.audio.recording import LONGEST
from trainer.bundled import bundled
from trainer.errors import UserError
from trainer.languages import Language
from trainer.phrasebook.text import Token, tokens

Voice = Literal["woman", "man"]
VOICES: tuple[Voice, ...] = ("man", "woman")
Voices = Mapping[Language, Voice]  # which reading is preferred in each language
MEN: Voices = {"en": "man", "ru": "man"}

CLIP_EDGE = 0.15  # s of silence on each side of a clip
WORD_GAP, SENTENCE_GAP = 0.06, 0.3  # s between pieces


@dataclass(frozen=True, eq=False)
class ReferenceClip:
    """A call as it is to sound.

    Attributes:
        samples: mono, [-1, 1].
        rate: Hz.
        pieces: of how many clips it was put together.
    """

    samples: NDArray[np.float32]
    rate: int
    voice: str
    pieces: int = 1


def voices(text: str, language: Language) -> dict[str, Clip]:
    """The whole reference readings of a text by voice (woman, man); none where none was good enough to imitate.

    A reading belongs to a text, in whatever book and by whatever id it stands."""
    return dict(_whole().get(_said(text, language), {}))


def readable(phrase_id: str, text: str, language: Language) -> bool:
    """Whether there is a reading of the whole call, one's own or one of the voices'."""
    with suppress(UserError):
        if own_reading(phrase_id, text, language):
            return True
    return bool(voices(text, language))


def reading(phrase_id: str, text: str, language: Language, voice: str = "man") -> ReferenceClip | None:
    """A call read aloud: by somebody of one's own where they recorded it, else in the voice that is preferred where
    there are two. A call with figures is put together from recorded pieces. None where there is no recording of it, or
    of one of its words."""
    with suppress(UserError):  # a reading that was lost or damaged is no reason to hear nothing
        if own := own_reading(phrase_id, text, language):
            return ReferenceClip(*decode(folder() / own.path, LONGEST), own.speaker)
    whole = voices(text, language)
    if clip := whole.get(voice) or next(iter(whole.values()), None):
        return ReferenceClip(*decode(clip.path, LONGEST), clip.path.parent.name)
    for name in dict.fromkeys((voice, *_pieces(language))):
        known = _pieces(language).get(name, {})
        if found := _cover(tokens(text, language), known):
            return _joined(text, found, name)
    return None


_Said = tuple[Language, tuple[str, ...], bool]


def _said(text: str, language: Language) -> _Said:
    """What makes two texts sound alike: the words with their stress, and whether they ask."""
    return language, tuple(token.key for token in tokens(text, language)), text.rstrip().endswith("?")


@cache
def _whole() -> Mapping[_Said, Mapping[str, Clip]]:
    found: dict[_Said, dict[str, Clip]] = {}
    for clip in clips(bundled("audio") / "reference"):
        found.setdefault(_said(clip.text, clip.language), {}).setdefault(clip.path.parent.name, clip)
    return found


@cache
def _pieces(language: Language) -> dict[str, dict[tuple[str, ...], Clip]]:
    """Recorded words and groups of words, by voice and the keys of the words."""
    found: dict[str, dict[tuple[str, ...], Clip]] = {}
    for clip in clips(bundled("audio") / "reference" / "words"):
        if clip.language == language:
            found.setdefault(clip.path.parent.name, {})[tuple(clip.phrase.split())] = clip
    return found


def _cover(
    words: tuple[Token, ...], known: Mapping[tuple[str, ...], Clip]
) -> list[tuple[tuple[Token, ...], Clip]] | None:
    """The words, in the longest pieces that there are recordings of; None where one has none."""
    longest = max(map(len, known), default=0)
    found = []
    at = 0
    while at < len(words):
        for length in range(min(longest, len(words) - at), 0, -1):
            piece = words[at : at + length]
            if clip := known.get(tuple(word.key for word in piece)):
                found.append((piece, clip))
                at += length
                break
        else:
            return None
    return found or None


def _joined(text: str, pieces: list[tuple[tuple[Token, ...], Clip]], voice: str) -> ReferenceClip:
    sounds = [decode(clip.path, LONGEST) for _words, clip in pieces]
    rate = sounds[0][1]
    ends = [words[-1].end for words, _clip in pieces]
    starts = [words[0].start for words, _clip in pieces[1:]]
    gaps = [_gap(text[end:start]) for end, start in zip(ends, starts, strict=False)]
    return ReferenceClip(
        np.concatenate(list(_spliced([samples for samples, _rate in sounds], gaps, rate))), rate, voice, len(pieces)
    )


def _gap(between: str) -> float:
    return SENTENCE_GAP if re.search(r"[.!?:;,—]", between) else WORD_GAP


def _spliced(sounds: Iterable[NDArray[np.float32]], gaps: Iterable[float], rate: int) -> Iterator[NDArray[np.float32]]:
    """The clips without the silence around them, apart by the gaps."""
    edge = round(CLIP_EDGE * rate)
    for sound, gap in zip(sounds, (*gaps, CLIP_EDGE), strict=True):
        yield sound[edge : len(sound) - edge]
        yield np.zeros(round(gap * rate), np.float32)
