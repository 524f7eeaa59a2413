"""Which model serves: the one that a user has chosen, else what comes with the program."""

import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from trainer.errors import UserError
from trainer.languages import LANGUAGES, Language
from trainer.messages import gettext as _
from trainer.models.installed import discard, find, installed
from trainer.scoring.hypothesis import Hypothesis
from trainer.settings import save_settings, settings
from trainer.speech import hub, vocabulary
from trainer.speech.acoustic import AcousticModel, PhoneModel
from trainer.speech.vosk import VoskWords
from trainer.speech.words import WordRecogniser, WordStream

if TYPE_CHECKING:
    from trainer.phrasebook.lexicon import Lexicon
    from trainer.scoring.posteriors import Posteriors

BUILT_IN = "built-in"


def phone_model(folder: Path | None = None, threads: int | None = None) -> PhoneModel:
    """A folder with a `config.json` holds a model of Hugging Face's transformers, one with a `model.toml` our own.

    Raises UserError where the chosen model is no longer installed.
    """

    folder = folder or phones_folder()
    if folder and hub.is_model(folder):
        return hub.HubModel(folder, threads)
    return AcousticModel(folder, threads)


def phones_folder() -> Path | None:
    """The folder of the chosen phone model, None for the built-in one. Raises UserError where it is gone."""
    chosen = settings().phones
    return find(chosen).folder if chosen else None


def words_folder(language: Language) -> Path | None:
    """The folder of the model that hears the words of a language, the chosen one or else the program's own where that
    is the better; None where the phone model has the last word."""
    chosen = settings().words.get(language)
    own = vocabulary.built_in(language)
    if own and (own.name == chosen or (chosen is None and vocabulary.manifest(own).preferred)):
        return own
    return next((model.folder for model in installed() if model.name == chosen and model.kind == "vosk"), None)


def built_in_words() -> dict[str, Language]:
    """The names of the models of words that come with the program, and their languages."""
    return {folder.name: language for language in LANGUAGES if (folder := vocabulary.built_in(language))}


def use(name: str) -> None:
    """Choose a model for what it is made for; BUILT_IN goes back to the built-in one for everything."""
    chosen = settings()
    if name == BUILT_IN:
        save_settings(replace(chosen, words={}, phones=None))
        return
    if language := built_in_words().get(name):
        save_settings(replace(chosen, words={**chosen.words, language: name}))
        return
    model = find(name)
    if model.kind == "hub":
        save_settings(replace(chosen, phones=name))
    else:
        save_settings(replace(chosen, words={**chosen.words, **dict.fromkeys(model.languages, name)}))


def in_use(name: str) -> bool:
    """The program's own models of words hear at least the words while one speaks, unless another is chosen."""
    if language := built_in_words().get(name):
        return settings().words.get(language) in (None, name)
    chosen = settings()
    return name == chosen.phones or name in chosen.words.values()


def remove(name: str) -> None:
    """Delete a model; where it was chosen, the built-in one takes its place."""
    if name in built_in_words():
        raise UserError(_("{name} comes with the program and stays.").format(name=name))
    model = find(name)
    chosen = settings()
    if in_use(name):
        words = {language: one for language, one in chosen.words.items() if one != name}
        phones = None if chosen.phones == name else chosen.phones
        save_settings(replace(chosen, words=words, phones=phones))
    discard(model.folder)


def recogniser(
    language: Language, model: PhoneModel, known: "Lexicon", decoys: Sequence[str] = ()
) -> WordRecogniser:  # fmt: skip
    """Who hears the words of a language: the model that the user has chosen; else words while one speaks come from the
    program's own Vosk model, which is quicker, and the final ones from whichever hears better, which its card says.

    Calls with words that a Vosk model does not know go to the phone model, and so do all calls where Vosk does not run.
    The program's own learns the words that it lacks of the decoys. known: the lexicon of the phrasebook; decoys: what
    may be said instead of any call.
    """
    from trainer.speech.phonewords import PhoneWords

    phones = PhoneWords(language, model, known)
    own, folder = vocabulary.built_in(language), words_folder(language)
    vosk = folder or own
    if vosk and vosk == own:
        with suppress(UserError):  # where its new words cannot be kept, calls with them go to the phone model
            vosk = vocabulary.extended(vosk, decoys, known)
    quick = VoskWords(vosk, language) if vosk else None
    if quick:
        threading.Thread(target=quick.load, daemon=True).start()  # seconds, for a big one
    if folder or quick is None:
        return Listener(quick, phones, decoys)
    return TwoListeners(quick, phones, decoys)


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

    def ahead(self, posteriors: "Posteriors") -> Hypothesis | None:
        return self._stream.ahead(posteriors)


class TwoListeners:
    """Words while one speaks from a quick recogniser, the final ones from a better one, which also listens where the
    quick one does not know a word of the call or does not run."""

    def __init__(self, quick: WordRecogniser, better: WordRecogniser, decoys: Sequence[str] = ()) -> None:
        self._quick: WordRecogniser | None = quick
        self._better = better
        self._decoys = tuple(decoys)

    @property
    def name(self) -> str:
        return self._better.name

    @property
    def language(self) -> Language:
        return self._better.language

    def listen(self, expected: Sequence[str], decoys: Sequence[str] = ()) -> WordStream:
        decoys = (*decoys, *self._decoys)
        better = self._better.listen(expected, decoys)
        try:
            if self._quick and not self._quick.unknown(expected):
                return TwoStreams(self._quick.listen(expected, decoys), better)
        except UserError:  # it does not run here: nobody chose it, so nobody need hear of it
            self._quick = None
        return better

    def unknown(self, texts: Sequence[str]) -> tuple[str, ...]:
        return self._better.unknown(texts)


class TwoStreams:
    """One call, heard twice."""

    note: str | None = None

    def __init__(self, quick: WordStream, better: WordStream) -> None:
        self._quick, self._better = quick, better
        self.engine = better.engine

    def feed(self, samples: NDArray[np.float32], live: bool = True) -> Hypothesis | None:
        self._better.feed(samples, live=False)
        return self._quick.feed(samples) if live else None

    def finish(self, posteriors: "Posteriors | None" = None) -> Hypothesis:
        return self._better.finish(posteriors)

    def ahead(self, posteriors: "Posteriors") -> Hypothesis | None:
        return self._better.ahead(posteriors)
