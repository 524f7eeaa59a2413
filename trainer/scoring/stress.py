"""Which syllable of a Russian word was stressed?

Moving the stress changes the vowels - the stressed one is full, the others are reduced by their place - so every
possible stress gives a pronunciation of its own, and the recording decides between them: the sum over all CTC
alignments of each against those of the others, in the frames of the word.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from trainer.phones import russian
from trainer.phones.inventory import inventory
from trainer.phrasebook.text import ACUTE, RUSSIAN_VOWELS, key, syllables
from trainer.scoring import ctc
from trainer.scoring.assessment import Stress
from trainer.scoring.posteriors import Posteriors

Phones = tuple[str, ...]

CONTEXT = 2  # frames on either side of a word that still tell of it


def stressings(word: str) -> tuple[int, tuple[Phones, ...]] | None:
    """The stressed syllable of a word as it is written (with its mark) and how it sounds with each syllable stressed.
    None for a word with no choice, or with more than one stress."""
    written = key(word, "ru")
    if syllables(written) < 2 or "-" in written or written.count(ACUTE) > 1:
        return None
    bare = written.replace(ACUTE, "")
    places = [i for i, letter in enumerate(bare) if letter in RUSSIAN_VOWELS]
    at = written.index(ACUTE) - 1 if ACUTE in written else bare.rfind("ё")
    if at not in places:
        return None
    plain = "".join("о" if c == "ё" and bare[i - 1] in "жшчщц" else "е" if c == "ё" else c for i, c in enumerate(bare))
    sounds = []
    for place in places:
        letters = bare if place == at else plain
        marked = letters if letters[place] == "ё" else letters[: place + 1] + ACUTE + letters[place + 1 :]
        sounds.append(russian.transcribe(marked))
    return places.index(at), tuple(sounds)


def heard_stress(word: str, said: Phones, looks: Sequence[tuple[Posteriors, int, int]]) -> Stress | None:
    """said: the phones that the aligner chose; looks: at the word, from a frame to one past another. None where there
    is no choice."""
    found = stressings(word)
    if found is None or not any(phone.startswith("ˈ") for phone in said):
        return None
    expected, sounds = found
    variants = [list(said) if i == expected else _like(said, phones) for i, phones in enumerate(sounds)]
    logs = np.zeros(len(variants))
    for n, (posteriors, first, last) in enumerate(looks):
        frames = posteriors.log_probs[max(0, first - CONTEXT) : last + CONTEXT]
        logs += (np.array([_log_prob(variant, posteriors, frames) for variant in variants]) - logs) / (n + 1)
        if not np.isfinite(logs).any():
            return None
        if logs.argmax() == expected:
            break  # where it was heard right at one look, another is not needed
    share = np.exp(logs - np.logaddexp.reduce(logs))
    return Stress(expected, int(share.argmax()), float(share[expected]))


def _like(said: Phones, moved: Phones) -> list[str]:
    """The moved pronunciation with the consonants at the word's ends as they were said among the neighbours."""
    changed = list(moved)
    vowels = inventory("ru")
    for at in (0, -1):
        if vowels[said[at]].kind == vowels[changed[at]].kind == "consonant":
            changed[at] = said[at]
    return changed


def _log_prob(phones: Sequence[str], posteriors: Posteriors, frames: NDArray[np.float64]) -> float:
    return ctc.log_prob(frames, [_narrow(phone, posteriors) for phone in phones])


def _narrow(phone: str, posteriors: Posteriors) -> list[int]:
    """The phone's own class where it has one: what else is accepted as it would blur the very difference."""
    labels = posteriors.classes.labels
    return [labels.index(phone)] if phone in labels else posteriors.classes.of(phone).tolist()
