"""Which words were said: what every recogniser of words takes and gives, and which one answers.

A recogniser of words never sets a pronunciation score: it corrects accents away. It tells what was said while the key
is down, and at the end whether the content was right.
"""

import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from trainer.errors import UserError
from trainer.languages import Language
from trainer.messages import gettext as _
from trainer.scoring.hypothesis import Hypothesis

if TYPE_CHECKING:
    from trainer.phrasebook.lexicon import Lexicon
    from trainer.scoring.posteriors import Posteriors
    from trainer.speech.acoustic import PhoneModel


class WordStream(Protocol):
    """One call, from key down to key up. Not to be shared between threads; feed it outside the thread that draws.

    note: why another engine than the chosen one answers, for the learner to read; None where none does."""

    engine: str
    note: str | None

    def feed(self, samples: NDArray[np.float32], live: bool = True) -> Hypothesis | None:
        """More of the call, mono at 16 kHz. The words so far, where they have changed. live: with False nobody wants
        to know them, which saves work."""

    def finish(self, posteriors: "Posteriors | None" = None) -> Hypothesis:
        """The words of the whole call. The stream is used up then. posteriors: what a phone model has made of the call
        for the scorer; who listens by that very model need not run it again."""


class WordRecogniser(Protocol):
    """May be shared between threads."""

    @property
    def name(self) -> str: ...

    @property
    def language(self) -> Language: ...

    def listen(self, expected: Sequence[str], decoys: Sequence[str] = ()) -> WordStream:
        """Listen for a call. expected: the texts that would be right (Russian: with stress marks); decoys: what may be
        said instead, so that a wrong word is heard as what it is."""

    def unknown(self, texts: Sequence[str]) -> tuple[str, ...]:
        """The words of the texts that it cannot hear."""


def recogniser(
    language: Language, model: "PhoneModel", known: "Lexicon", decoys: Sequence[str] = ()
) -> WordRecogniser:  # fmt: skip
    """Who hears the words of a language: the model that the user has chosen, else the program's own or the phone model,
    whichever is better. The program's own learns the words that it lacks of the decoys.

    Calls with words that the chosen model does not know go to the phone model, and so do all calls where the chosen
    model does not run. known: the lexicon of the phrasebook; decoys: what may be said instead of any call.
    """
    from trainer.models.installed import words_folder
    from trainer.speech import vocabulary
    from trainer.speech.phonewords import PhoneWords
    from trainer.speech.vosk import VoskWords

    folder = words_folder(language)
    if folder and folder == vocabulary.built_in(language):
        with suppress(UserError):  # where its new words cannot be kept, calls with them go to the phone model
            folder = vocabulary.extended(folder, decoys, known)
    chosen = VoskWords(folder, language) if folder else None
    if chosen:
        threading.Thread(target=chosen.load, daemon=True).start()  # seconds, for a big one
    return Listener(chosen, PhoneWords(language, model, known), decoys)


class Listener:
    """A recogniser with a limited vocabulary, where there is one, and one that answers for calls outside it."""

    def __init__(
        self, first: WordRecogniser | None, fallback: WordRecogniser, decoys: Sequence[str] = ()
    ) -> None:  # fmt: skip
        self._first = first
        self._fallback = fallback
        self._decoys = tuple(decoys)
        self._broken: str | None = None

    @property
    def name(self) -> str:
        return (self._first or self._fallback).name

    @property
    def language(self) -> Language:
        return self._fallback.language

    def listen(self, expected: Sequence[str], decoys: Sequence[str] = ()) -> WordStream:
        decoys = (*decoys, *self._decoys)
        if self._first is None:
            return Noted(self._fallback.listen(expected, decoys), self._broken)
        try:
            missing = self._first.unknown(expected)
            if not missing:
                return self._first.listen(expected, decoys)
        except UserError as error:  # it does not run here, and will not at the next call
            self._first, self._broken = None, str(error)
            return self.listen(expected, decoys)
        message = _("{engine} does not know {words}: {other} listens to this call.")
        note = message.format(engine=self._first.name, words=", ".join(missing), other=self._fallback.name)
        return Noted(self._fallback.listen(expected, decoys), note)

    def unknown(self, texts: Sequence[str]) -> tuple[str, ...]:
        return self._fallback.unknown(texts)


class Noted:
    """A stream that says why it is not the chosen one."""

    def __init__(self, stream: WordStream, note: str | None) -> None:
        self._stream = stream
        self.note = note
        self.engine = stream.engine

    def feed(self, samples: NDArray[np.float32], live: bool = True) -> Hypothesis | None:
        return self._stream.feed(samples, live)

    def finish(self, posteriors: "Posteriors | None" = None) -> Hypothesis:
        return self._stream.finish(posteriors)
