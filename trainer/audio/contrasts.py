"""The words of the ear drill: one sound file a talker, and where each word lies in it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.audio.decibels import amplitude
from trainer.audio.radio import SPEECH_LEVEL, Radio, coloured
from trainer.audio.recording import SAMPLE_RATE, resample
from trainer.bundled import bundled
from trainer.languages import Language
from trainer.phrasebook.contrasts import Contrast, Word, pairs, words_of
from trainer.phrasebook.lexicon import lexicon
from trainer.text_in import read_table

LEAD = 0.25  # s of noise before and after a word
NAME = "words.tsv"


SURE = 2  # talkers of a pair whom both machine ears tell apart: then the others are left out
ENOUGH = 3  # such pairs of a contrast: then the other pairs are


@dataclass(frozen=True)
class Place:
    """Where a word lies in its talker's file.

    Attributes:
        start, end: s.
        told: contrasts in which at least one of two machine ears took it for this word and not for its partner.
        sure: in which both did.
    """

    path: Path
    start: float
    end: float
    told: frozenset[str]
    sure: frozenset[str]


@cache
def places(language: Language) -> Mapping[tuple[str, str], Place]:
    """By talker and word."""
    folder = bundled("audio") / "contrasts"
    return {
        (row.text("talker"), row.text("word")): Place(
            folder / language / f"{row.text('talker')}.opus", float(row.text("start")), float(row.text("end")),
            frozenset(row.text("told").split()), frozenset(row.text("sure").split()),
        )
        for row in read_table(folder / NAME, tabs=True).rows
        if row.text("language") == language
    }  # fmt: skip


def talkers(contrast: Contrast, first: Word, second: Word) -> tuple[str, ...]:
    """Who says both words of a pair so that a machine ear tells each from the other; where enough do, only those whom
    both ears do."""
    sure = _talkers(contrast, first, second, lambda place: place.sure)
    return sure if len(sure) >= SURE else _talkers(contrast, first, second, lambda place: place.told)


def recorded(contrast: Contrast) -> tuple[tuple[Word, Word], ...]:
    """The pairs of a contrast that somebody says both words of; where there are enough that both ears tell by several
    talkers, only those."""

    def found(there: Callable[[Word, Word], bool]) -> tuple[tuple[Word, Word], ...]:
        return pairs(contrast, lexicon(contrast.language), words_of(contrast.language), there=there)

    def surely(first: Word, second: Word) -> bool:
        return len(_talkers(contrast, first, second, lambda place: place.sure)) >= SURE

    sure = found(surely)
    return sure if len(sure) >= ENOUGH else found(lambda *pair: bool(talkers(contrast, *pair)))


def _talkers(
    contrast: Contrast, first: Word, second: Word, ear: Callable[[Place], frozenset[str]]
) -> tuple[str, ...]:  # fmt: skip
    known = places(contrast.language)
    names = dict.fromkeys(talker for talker, _word in known)
    said = {name: [known.get((name, word.text)) for word in (first, second)] for name in names}
    return tuple(name for name in names if all(at and contrast.id in ear(at) for at in said[name]))


def word(language: Language, talker: str, text: str) -> NDArray[np.float32]:
    """At 16 kHz. Raises KeyError for a word that this talker does not say."""
    import soundfile

    place = places(language)[talker, text]
    with soundfile.SoundFile(place.path) as file:
        file.seek(round(place.start * file.samplerate))
        samples = file.read(round((place.end - place.start) * file.samplerate), dtype="float32")
        return resample(samples, file.samplerate, SAMPLE_RATE)


def harder(samples: NDArray[np.float32], snr: float | None, radio: float, seed: int) -> NDArray[np.float32]:
    """A word as the loop brings it: in noise (dB of speech to noise, None: without) and by a radio of some strength."""
    quiet = np.zeros(round(LEAD * SAMPLE_RATE), np.float32)
    said = np.concatenate([quiet, samples, quiet])
    if snr is not None:
        noise = np.random.default_rng(seed).standard_normal(len(said)) * amplitude(SPEECH_LEVEL - snr)
        said = (said + noise).astype(np.float32)
        said /= max(1.0, float(np.abs(said).max()))
    return coloured(said, SAMPLE_RATE, Radio(radio, seed=seed)) if radio else said
