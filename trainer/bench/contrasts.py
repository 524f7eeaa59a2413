"""How well two machine ears tell the words of the ear drill from their partners: the program's phone model, and Vosk.

Of two recordings, which is the one word and which the other? Asked so, an ear that likes one of two sounds better (both
like s better than θ) is no worse for it. Nobody's ears: it says whether the difference is in the recordings at all.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.audio.contrasts import LEAD, places, recorded, talkers, word
from trainer.audio.recording import SAMPLE_RATE, Recording
from trainer.bench.report import Figure, spread
from trainer.languages import Language
from trainer.phrasebook.contrasts import MOST, Contrast, Word, contrasts, pairs, words_of
from trainer.phrasebook.contrasts import contrast as contrast_of
from trainer.phrasebook.lexicon import Lexicon, Pronunciation, lexicon
from trainer.phrasebook.text import key, without_stress
from trainer.scoring import ctc
from trainer.scoring.posteriors import Posteriors
from trainer.speech import vocabulary
from trainer.speech.acoustic import AcousticModel
from trainer.speech.vosk import VoskWords

Samples = NDArray[np.float32]
Pair = tuple[Word, Word]

CLEARLY = 1.0  # nats: by so much more an ear leans to the first word in its recording than in the other's


@dataclass(frozen=True)
class Told:
    """By how much more each ear leans to the first of two words where it is said than where the second is, in nats.

    vosk: None where its vocabulary lacks one."""

    own: float
    vosk: float | None

    @property
    def ears(self) -> tuple[bool, ...]:
        return tuple(more > CLEARLY for more in (self.own, self.vosk) if more is not None)

    @property
    def told(self) -> bool:
        """By one at least."""
        return any(self.ears)

    @property
    def sure(self) -> bool:
        """By both."""
        return all(self.ears)


class Ears:
    """Two of them."""

    def __init__(self) -> None:
        self._model = AcousticModel(threads=1)
        self._vosk: dict[Language, VoskWords] = {}

    def told(self, said: tuple[Samples, Samples], pair: Pair, language: Language) -> Told:
        """said: the recordings of both words."""
        own = [self.own(samples, pair, language) for samples in said]
        vosk = [self.vosk(samples, pair, language) for samples in said]
        return Told(own[0] - own[1], None if vosk[0] is None or vosk[1] is None else vosk[0] - vosk[1])

    def own(self, samples: Samples, pair: Pair, language: Language) -> float:
        """How much likelier the phone model takes a sound for the first word than for the second, in nats."""
        posteriors = self._model.posteriors(Recording(_led(samples), pair[0].text, SAMPLE_RATE))[language]
        first, second = (log_prob(word.phones, posteriors) for word in pair)
        return first - second

    def vosk(self, samples: Samples, pair: Pair, language: Language) -> float | None:
        """Likewise; None where its vocabulary lacks one of the two, or they are written alike."""
        if language not in self._vosk:
            self._vosk[language] = _vosk(language)
        recogniser = self._vosk[language]
        spelled = [without_stress(word.text).lower() for word in pair]
        if spelled[0] == spelled[1] or recogniser.unknown(spelled):
            return None
        first, second = (recogniser.likelihood(_led(samples), word) for word in spelled)
        return first - second


def asked(language: Language) -> Iterator[tuple[Contrast, Pair]]:
    """Every pair that the drill might have, by contrast."""
    for contrast in contrasts(language):
        for pair in pairs(contrast, lexicon(language), words_of(language), MOST):
            yield contrast, pair


def figures(languages: Sequence[Language], only: str | None = None) -> Iterator[Figure]:
    """Of the pairs that the drill lets be heard, by every talker: the share that each ear, at least one and both tell
    apart; by contrast, by talker, and talkers a contrast. only: of this contrast."""
    ears = Ears()
    for language in languages:
        told: dict[str, list[Told]] = {}
        voices: dict[str, set[str]] = {}
        for contrast in (known for known in contrasts(language) if only in (None, known.id)):
            for pair, talker in _heard(contrast):
                first, second = (word(language, talker, one.text) for one in pair)
                ear = ears.told((first, second), pair, language)
                for group in (contrast.id, f"by {talker}", "all"):
                    told.setdefault(group, []).append(ear)
                voices.setdefault(contrast.id, set()).add(talker)
        for name, found in told.items():
            yield Figure(f"{language} {name}: own", spread([one.own > CLEARLY for one in found]), len(found))
            known = [one.vosk > CLEARLY for one in found if one.vosk is not None]
            yield Figure(f"{language} {name}: vosk", spread(known), len(known))
            yield Figure(f"{language} {name}: at least one", spread([one.told for one in found]), len(found))
            yield Figure(f"{language} {name}: both", spread([one.sure for one in found]), len(found))
        for name, those in voices.items():
            yield Figure(f"{language} {name}: talkers", len(those), len(recorded(contrast_of(language, name))))


def _heard(contrast: Contrast) -> Iterator[tuple[Pair, str]]:
    """Each pair of the drill and who says it."""
    for pair in recorded(contrast):
        for talker in talkers(contrast, *pair):
            yield pair, talker


def _vosk(language: Language) -> VoskWords:
    """The program's own, with the words of the drill learnt."""
    folder = vocabulary.built_in(language)
    assert folder
    words = [word for contrast in contrasts(language) for pair in contrast.named for word in pair]
    known = {key(word.text, language): (Pronunciation(word.phones),) for word in words}
    there = lexicon(language)
    whole = Lexicon(language, {**known, **there.entries})
    wanted = [word.text for _contrast, pair in asked(language) for word in pair]
    texts = [*wanted, *(text for _talker, text in places(language))]
    return VoskWords(vocabulary.extended(folder, texts, whole), language)


def log_prob(phones: Sequence[str], posteriors: Posteriors) -> float:
    labels = posteriors.classes.labels
    accepted = np.zeros((len(phones), posteriors.log_probs.shape[1]), dtype=bool)
    for i, phone in enumerate(phones):
        accepted[i, [labels.index(phone)] if phone in labels else posteriors.classes.of(phone).tolist()] = True
    return ctc.sums(ctc.Chain(posteriors.log_probs, accepted)).total


def _led(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    quiet = np.zeros(round(LEAD * SAMPLE_RATE), np.float32)
    return np.concatenate([quiet, samples, quiet]).astype(np.float32)
