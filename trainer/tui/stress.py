"""Which syllable of a word stood out, by length and loudness, against the reference reading.

Only a comparison for the learner's eye: it changes no score, and says nothing of a word whose stress the reference
reading itself does not show in this way.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.audio.recording import SAMPLE_RATE
from trainer.languages import Language
from trainer.phones.inventory import inventory
from trainer.scoring.assessment import Assessment, WordScore

CLEARLY = 1.15  # by this factor another syllable must stand out for the stress to count as misplaced


@dataclass(frozen=True)
class Prominence:
    """wanted: the stressed syllable; heard: the one that stood out most; both from 0."""

    word: str
    wanted: int
    heard: int

    @property
    def right(self) -> bool:
        return self.wanted == self.heard


def prominences(
    mine: Assessment, samples: NDArray[np.float32], reference: Assessment, reference_samples: NDArray[np.float32]
) -> tuple[Prominence, ...]:
    """Samples at 16 kHz, as they were scored."""
    found = []
    for said, model in zip(mine.words, reference.words, strict=False):
        wanted, own = _syllables(said, mine.language, samples)
        stressed, others = _syllables(model, mine.language, reference_samples)
        if wanted is None or wanted != stressed or len(own) != len(others) or len(own) < 2:
            continue
        if max(range(len(others)), key=others.__getitem__) != stressed:
            continue
        loudest = max(range(len(own)), key=own.__getitem__)
        heard = loudest if own[loudest] > CLEARLY * own[wanted] else wanted
        found.append(Prominence(said.text, wanted, heard))
    return tuple(found)


def _syllables(word: WordScore, language: Language, samples: NDArray[np.float32]) -> tuple[int | None, list[float]]:
    """The stressed syllable of a word, and how much each stands out: the energy of its vowel."""
    known = inventory(language)
    stressed = None
    energies: list[float] = []
    for phone in word.phones:
        if known[phone.phone].kind != "vowel":
            continue
        if phone.phone.startswith("ˈ"):
            stressed = len(energies)
        vowel = samples[int(phone.start * SAMPLE_RATE) : int(phone.end * SAMPLE_RATE)]
        energies.append(float(np.sqrt((vowel.astype(np.float64) ** 2).sum())))
    return stressed, energies
