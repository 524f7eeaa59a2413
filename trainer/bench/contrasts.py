"""How well two machine ears tell the words of the ear drill from their partners: the program's phone model, and Vosk.

Nobody's ears: it says whether the difference is in the recording at all.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.audio.contrasts import LEAD, places, recorded, talkers, word
from trainer.audio.recording import SAMPLE_RATE, Recording
from trainer.bench.report import Figure, spread
from trainer.languages import Language
from trainer.phrasebook.contrasts import Contrast, Word, contrasts, pairs, words_of
from trainer.phrasebook.contrasts import contrast as contrast_of
from trainer.phrasebook.lexicon import Lexicon, Pronunciation, lexicon
from trainer.phrasebook.text import key, without_stress
from trainer.scoring import ctc
from trainer.scoring.posteriors import Posteriors
from trainer.speech import vocabulary
from trainer.speech.acoustic import AcousticModel
from trainer.speech.vosk import VoskWords


@dataclass(frozen=True)
class Told:
    """Whether each ear told a word from its partner. vosk: None where its vocabulary lacks one."""

    own: bool
    vosk: bool | None

    @property
    def told(self) -> bool:
        return self.own or bool(self.vosk)

    @property
    def sure(self) -> bool:
        return self.own and self.vosk is not False


class Ears:
    """Two of them."""

    def __init__(self) -> None:
        self._model = AcousticModel(threads=1)
        self._vosk: dict[Language, VoskWords] = {}

    def told(self, samples: NDArray[np.float32], said: Word, other: Word, language: Language) -> Told:
        """Both."""
        return Told(self.own(samples, said, other, language), self.vosk(samples, said, other, language))

    def own(self, samples: NDArray[np.float32], said: Word, other: Word, language: Language) -> bool:
        """Whether the phone model takes the sound for what was said, and not for the other."""
        posteriors = self._model.posteriors(Recording(_led(samples), said.text, SAMPLE_RATE))[language]
        return log_prob(said.phones, posteriors) > log_prob(other.phones, posteriors)

    def vosk(self, samples: NDArray[np.float32], said: Word, other: Word, language: Language) -> bool | None:
        """Likewise; None where its vocabulary lacks one of the two, or they are written alike."""
        if language not in self._vosk:
            self._vosk[language] = _vosk(language)
        recogniser = self._vosk[language]
        spelled = [without_stress(word.text).lower() for word in (said, other)]
        if spelled[0] == spelled[1] or recogniser.unknown(spelled):
            return None
        stream = recogniser.listen(spelled)
        stream.feed(_led(samples))
        return [heard.text for heard in stream.finish().words] == [spelled[0]]


def asked(language: Language) -> Iterator[tuple[Contrast, Word, Word]]:
    """Every word of the drill with its partner, by contrast."""
    for contrast in contrasts(language):
        for first, second in pairs(contrast, lexicon(language), words_of(language)):
            yield contrast, first, second
            yield contrast, second, first


def figures(languages: Sequence[Language], only: str | None = None) -> Iterator[Figure]:
    """Of the recordings that the drill lets be heard: the share that each ear, at least one and both take for the word
    that it is and not for its partner; by contrast, by talker, and talkers a contrast. only: of this contrast."""
    ears = Ears()
    for language in languages:
        told: dict[str, list[Told]] = {}
        voices: dict[str, set[str]] = {}
        for contrast in (known for known in contrasts(language) if only in (None, known.id)):
            for said, other, talker in _heard(contrast):
                samples = word(language, talker, said.text)
                ear = ears.told(samples, said, other, language)
                for group in (contrast.id, f"by {talker}", "all"):
                    told.setdefault(group, []).append(ear)
                voices.setdefault(contrast.id, set()).add(talker)
        for name, found in told.items():
            yield Figure(f"{language} {name}: own", spread([one.own for one in found]), len(found))
            known = [one.vosk for one in found if one.vosk is not None]
            yield Figure(f"{language} {name}: vosk", spread(known), len(known))
            yield Figure(f"{language} {name}: at least one", spread([one.told for one in found]), len(found))
            yield Figure(f"{language} {name}: both", spread([one.sure for one in found]), len(found))
        for name, those in voices.items():
            yield Figure(f"{language} {name}: talkers", len(those), len(recorded(contrast_of(language, name))))


def _heard(contrast: Contrast) -> Iterator[tuple[Word, Word, str]]:
    """Each word of the drill with its partner and who says it."""
    for pair in recorded(contrast):
        for talker in talkers(contrast, *pair):
            yield pair[0], pair[1], talker
            yield pair[1], pair[0], talker


def _vosk(language: Language) -> VoskWords:
    """The program's own, with the words of the drill learnt."""
    folder = vocabulary.built_in(language)
    assert folder
    words = [word for contrast in contrasts(language) for pair in contrast.named for word in pair]
    known = {key(word.text, language): (Pronunciation(word.phones),) for word in words}
    there = lexicon(language)
    whole = Lexicon(language, {**known, **there.entries})
    texts = [*(said.text for _contrast, said, _other in asked(language)), *(text for _talker, text in places(language))]
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
