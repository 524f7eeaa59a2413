"""Words heard by the phone model through the pronunciation lexicon: no model of words needed, no vocabulary limits it.

While the key is down the model hears the whole call again every so often. The interval grows with the call, so that the
work stays a small share of the time it takes to speak.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from trainer.audio.recording import LONGEST, SAMPLE_RATE, SHORTEST, Recording
from trainer.errors import UserError
from trainer.languages import Language
from trainer.messages import gettext as _
from trainer.phrasebook import drafting
from trainer.phrasebook.expectation import expect
from trainer.phrasebook.lexicon import Lexicon
from trainer.phrasebook.text import tokens, without_stress
from trainer.scoring import free_decode
from trainer.scoring.align import Phones, align
from trainer.scoring.grammar import Found, Grammar, Text, grammar, hear
from trainer.scoring.hypothesis import UNKNOWN, HeardWord, Hypothesis
from trainer.scoring.posteriors import PhoneClasses, Posteriors
from trainer.speech.acoustic import PhoneModel

SHORTEST_INTERVAL = 0.4  # s between two partial results ...
GROWTH = 0.1  # ... and at least this share of the call so far
MOST_TEXTS = 24  # decoys that are compared by CTC scores: those nearest to what is heard without any text ...
MOST_WORDS = 30  # ... and as many single words, such as figures


class PhoneWords:
    """A word recogniser on a phone model. Words that the lexicon lacks get drafted pronunciations."""

    def __init__(self, language: Language, model: PhoneModel, known: Lexicon) -> None:
        self.language = language
        self.model = model
        self._known = known
        self._texts: dict[str, Text | None] = {}
        self._letters: dict[str, str] = {}

    @property
    def name(self) -> str:
        return self.model.name

    def listen(self, expected: Sequence[str], decoys: Sequence[str] = ()) -> "PhoneStream":
        """Raises UserError for an expected word of which no pronunciation can be drafted."""
        if missing := self.unknown(expected):
            message = _("no pronunciation of {word!r} can be drafted. Write the word as it is spoken.")
            raise UserError(message.format(word=missing[0]))
        return PhoneStream(self, expected, decoys)

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

    def letters(self, text: str) -> str:
        """The sounds of a text as a string with one letter each, for comparing strings; empty where it has none."""
        if text not in self._letters:
            classes = self.model.classes[self.language]
            sounds = [phone for _word, ways in self.pronounced(text) or () for phone in ways[0]]
            self._letters[text] = _letters(classes, (classes.labels[classes.of(phone)[0]] for phone in sounds))
        return self._letters[text]


def _letters(classes: PhoneClasses, labels: Iterable[str]) -> str:
    place = {label: chr(ord("A") + i) for i, label in enumerate(classes.labels)}
    return "".join(place[label] for label in labels)


class PhoneStream:
    """One call. Feeding takes up to about 50 ms for each second of the call so far, now and then."""

    note: str | None = None

    def __init__(self, recogniser: PhoneWords, expected: Sequence[str], decoys: Sequence[str]) -> None:
        self.engine = recogniser.name
        self._recogniser = recogniser
        self._expected = tuple(text for text in map(recogniser.pronounced, expected) if text)
        known = [(said, text) for said in dict.fromkeys(decoys) if (text := recogniser.pronounced(said))]
        self._texts = (*self._expected, *(text for _said, text in known))
        self._short = [(recogniser.letters(said), text) for said, text in known if len(text) == 1]
        self._long = [(recogniser.letters(said), text) for said, text in known if len(text) > 1]
        self._samples = np.empty(0, dtype=np.float32)
        self._next = SHORTEST_INTERVAL
        self._last: tuple[str, ...] = ()
        self._heard: tuple[int, Posteriors | None] = (0, None)  # samples that the model heard last, and what came of it

    def feed(self, samples: NDArray[np.float32], live: bool = True) -> Hypothesis | None:
        room = int(LONGEST * SAMPLE_RATE) - len(self._samples)
        self._samples = np.concatenate([self._samples, samples[:room].astype(np.float32)])
        seconds = len(self._samples) / SAMPLE_RATE
        if not live or seconds < self._next:
            return None
        self._next = seconds + max(SHORTEST_INTERVAL, GROWTH * seconds)
        posteriors = self._posteriors()
        found = hear(posteriors, self._grammar(posteriors), whole=False) if posteriors else ()
        said = tuple(one.word for one in found)
        if posteriors is None or said == self._last:
            return None
        self._last = said
        rate = posteriors.frames_per_second
        words = tuple(HeardWord(one.word, one.start / rate, one.end / rate) for one in found)
        return Hypothesis(words, final=False, engine=self.engine)

    def finish(self, posteriors: Posteriors | None = None) -> Hypothesis:
        return self._final(self._posteriors(posteriors))

    def ahead(self, posteriors: Posteriors) -> Hypothesis | None:
        if posteriors.classes is not self._recogniser.model.classes[self._recogniser.language] or not self._texts:
            return None
        return self._final(posteriors if len(free_decode.decode(posteriors)) >= 2 else None)

    def _final(self, posteriors: Posteriors | None) -> Hypothesis:
        found = hear(posteriors, self._grammar(posteriors)) if posteriors else ()
        words = tuple(self._timed(one, posteriors) for one in found) if posteriors else ()
        return Hypothesis(words, final=True, engine=self.engine)

    def _grammar(self, posteriors: Posteriors) -> Grammar:
        """The expected texts and the decoys that are nearest to what the model hears without any text."""
        heard = _letters(posteriors.classes, [sound.label for sound in free_decode.decode(posteriors)])
        near: list[Text] = []
        for most, decoys in ((MOST_WORDS, self._short), (MOST_TEXTS, self._long)):
            likeness = [fuzz.partial_ratio(said, heard) for said, _text in decoys]
            near += [decoys[i][1] for i in np.argsort(likeness)[::-1][:most]]
        return grammar(self._expected, posteriors.classes, near)

    def _posteriors(self, known: Posteriors | None = None) -> Posteriors | None:
        """Of the call so far: those known, where they are of this model. None where there is no speech, or nothing to
        listen for."""
        if len(self._samples) < SHORTEST * SAMPLE_RATE or not self._texts:
            return None
        language, model = self._recogniser.language, self._recogniser.model
        if known and known.classes is model.classes[language]:
            self._heard = len(self._samples), known
        heard, found = self._heard
        if heard != len(self._samples):
            found = model.posteriors(Recording(self._samples, "", SAMPLE_RATE))[language]
            self._heard = len(self._samples), found
        return found if found and len(free_decode.decode(found)) >= 2 else None

    def _ways(self, word: str) -> list[Phones]:
        """A word's pronunciations in all texts."""
        texts = (ways for text in self._texts for said, ways in text if said == word)
        return list(dict.fromkeys(way for ways in texts for way in ways))

    def _timed(self, one: Found, posteriors: Posteriors) -> HeardWord:
        """A found word with the pause around it taken off, and how surely it was that word: the probability of its best
        pronunciation against the best free decode, a phone."""
        rate = posteriors.frames_per_second
        part = Posteriors(posteriors.log_probs[one.start : one.end], posteriors.classes, rate)
        if one.word == UNKNOWN:
            sounds = free_decode.decode(part)
            spans, confidence = [(sound.start, sound.end) for sound in sounds], None
        else:
            alignment = align([self._ways(one.word)], part)
            spans, confidence = list(alignment.spans), float(np.exp(min(0.0, alignment.fit)))
        first, last = (spans[0][0], spans[-1][1]) if spans else (0, one.end - one.start)
        return HeardWord(one.word, (one.start + first) / rate, (one.start + last) / rate, confidence)
