"""Words heard by the phone model through the pronunciation lexicon: no model of words needed, no vocabulary limits it.

While the key is down the model hears the whole call again every so often. The interval grows with the call, so that the
work stays a small share of the time it takes to speak.
"""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from trainer.audio.files import LONGEST, SAMPLE_RATE, SHORTEST, Recording
from trainer.errors import UserError
from trainer.languages import Language
from trainer.phrasebook import drafting
from trainer.phrasebook.lexicon import Lexicon
from trainer.phrasebook.text import tokens, without_stress
from trainer.scoring import free
from trainer.scoring.align import align
from trainer.scoring.expectation import expect
from trainer.scoring.grammar import Found, Grammar, Text, grammar, hear
from trainer.speech.acoustic import AcousticModel, Posteriors
from trainer.speech.words import UNKNOWN, Heard, HeardWord

SHORTEST_INTERVAL = 0.4  # s between two partial results ...
GROWTH = 0.1  # ... and at least this share of the call so far


class PhoneWords:
    """A word recogniser on a phone model. Words that the lexicon lacks get drafted pronunciations."""

    def __init__(self, language: Language, model: AcousticModel, known: Lexicon) -> None:
        self.language = language
        self.model = model
        self._known = known
        self._texts: dict[str, Text | None] = {}

    @property
    def name(self) -> str:
        return self.model.name

    def listen(self, expected: Sequence[str], decoys: Sequence[str] = ()) -> "PhoneStream":
        """Raises UserError for an expected word of which no pronunciation can be drafted."""
        if missing := self.unknown(expected):
            message = _no_pronunciation()
            raise UserError(message.format(word=missing[0]))
        return PhoneStream(self, (*expected, *decoys))

    def unknown(self, texts: Sequence[str]) -> tuple[str, ...]:
        missing = []
        for text in texts:
            if self.pronounced(text) is None:
                missing += [
                    without_stress(token.key)
                    for token in tokens(text, self.language)
                    if token.key not in self._known and self.pronounced(text[token.start : token.end]) is None
                ]
        return tuple(dict.fromkeys(missing))

    def pronounced(self, text: str) -> Text | None:
        """The words of a text with all their pronunciations, None where one of them has none."""
        if text not in self._texts:
            try:
                call = expect(text, self.language, drafting.with_drafts(text, self._known))
                words = (without_stress(token.key) for token in tokens(text, self.language))
                self._texts[text] = tuple(zip(words, call.ways, strict=True))
            except UserError:
                self._texts[text] = None
        return self._texts[text]


def _no_pronunciation() -> str:
    from trainer.messages import gettext as _

    return _("no pronunciation of {word!r} can be drafted. Write the word as it is spoken.")


class PhoneStream:
    """One call. Feeding takes up to about 50 ms for each second of the call so far, now and then."""

    note: str | None = None

    def __init__(self, recogniser: PhoneWords, texts: Sequence[str]) -> None:
        self.engine = recogniser.name
        self._recogniser = recogniser
        self._texts = tuple(dict.fromkeys(texts))
        self._samples = np.empty(0, dtype=np.float32)
        self._next = SHORTEST_INTERVAL
        self._last: tuple[str, ...] = ()

    @cached_property
    def _grammar(self) -> Grammar | None:
        found = [text for text in map(self._recogniser.pronounced, self._texts) if text]
        return grammar(found, self._recogniser.model.classes[self._recogniser.language]) if found else None

    def feed(self, samples: NDArray[np.float32]) -> Heard | None:
        room = int(LONGEST * SAMPLE_RATE) - len(self._samples)
        self._samples = np.concatenate([self._samples, samples[:room].astype(np.float32)])
        seconds = len(self._samples) / SAMPLE_RATE
        if seconds < self._next:
            return None
        self._next = seconds + max(SHORTEST_INTERVAL, GROWTH * seconds)
        posteriors = self._posteriors()
        if posteriors is None or self._grammar is None:
            return None
        found = hear(posteriors, self._grammar, whole=False)
        said = tuple(one.word for one in found)
        if said == self._last:
            return None
        self._last = said
        rate = posteriors.frames_per_second
        words = tuple(HeardWord(one.word, one.start / rate, one.end / rate) for one in found)
        return Heard(words, final=False, engine=self.engine)

    def finish(self) -> Heard:
        posteriors = self._posteriors()
        if posteriors is None or self._grammar is None:
            return Heard((), final=True, engine=self.engine)
        found = hear(posteriors, self._grammar)
        return Heard(tuple(self._timed(one, posteriors) for one in found), final=True, engine=self.engine)

    def _posteriors(self) -> Posteriors | None:
        """None where there is no speech."""
        if len(self._samples) < SHORTEST * SAMPLE_RATE:
            return None
        recording = Recording(self._samples, "", SAMPLE_RATE)
        found = self._recogniser.model.posteriors(recording)[self._recogniser.language]
        return found if len(free.decode(found)) >= 2 else None

    @cached_property
    def _ways(self) -> dict[str, list[tuple[str, ...]]]:
        ways: dict[str, list[tuple[str, ...]]] = {}
        for text in map(self._recogniser.pronounced, self._texts):
            for word, pronunciations in text or ():
                ways.setdefault(word, []).extend(pronunciations)
        return {word: list(dict.fromkeys(all_ways)) for word, all_ways in ways.items()}

    def _timed(self, one: Found, posteriors: Posteriors) -> HeardWord:
        """A found word with the pause around it taken off, and how surely it was that word: the probability of its best
        pronunciation against the best free decode, a phone."""
        rate = posteriors.frames_per_second
        part = Posteriors(posteriors.log_probs[one.start : one.end], posteriors.classes, rate)
        if one.word == UNKNOWN:
            sounds = free.decode(part)
            spans, confidence = [(sound.start, sound.end) for sound in sounds], None
        else:
            alignment = align([self._ways[one.word]], part)
            spans, confidence = list(alignment.spans), float(np.exp(min(0.0, alignment.fit)))
        first, last = (spans[0][0], spans[-1][1]) if spans else (0, one.end - one.start)
        return HeardWord(one.word, (one.start + first) / rate, (one.start + last) / rate, confidence)
