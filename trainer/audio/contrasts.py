"""The words of the ear drill: one sound file a talker, and where each word lies in it."""

from collections.abc import Mapping
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


SURE = 2  # talkers of a pair who say it so that both machine ears tell the words apart: it is not asked by fewer


@dataclass(frozen=True)
class Place:
    """Where a word lies in its talker's file.

    Attributes:
        start, end: s.
        told: contrasts in which at least one of two machine ears told it from its partner by the same talker.
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
    """Who says both words of a pair so that both machine ears tell one from the other."""
    known = places(contrast.language)
    names = dict.fromkeys(talker for talker, _word in known)
    said = {name: [known.get((name, word.text)) for word in (first, second)] for name in names}
    return tuple(name for name in names if all(at and contrast.id in at.sure for at in said[name]))


def recorded(contrast: Contrast) -> tuple[tuple[Word, Word], ...]:
    """The pairs of a contrast that several talkers say so that both ears tell the words apart."""
    return pairs(
        contrast, lexicon(contrast.language), words_of(contrast.language),
        there=lambda first, second: len(talkers(contrast, first, second)) >= SURE,
    )  # fmt: skip


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
