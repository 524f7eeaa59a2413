"""Words heard by Vosk (alphacep/vosk-api): streaming, with a grammar of the expected call and its decoys.

What its library does to the unwary: a grammar that is no JSON crashes the process, words outside the vocabulary are
dropped without a word, a small grammar hears its words in anything with full confidence, and a model asked for by name
is downloaded unchecked or ends the process. So grammars hold only known words, decoys and
[unk]; models come from folders that were checked; and every call gets a recogniser of its own, which leaks nothing.
"""

import json
import re
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cached_property
from itertools import takewhile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.audio.recording import SAMPLE_RATE
from trainer.errors import UserError
from trainer.languages import Language
from trainer.messages import gettext as _
from trainer.models.kinds import complete
from trainer.phrasebook.text import without_stress
from trainer.scoring.hypothesis import UNKNOWN, HeardWord, Hypothesis
from trainer.scoring.posteriors import Posteriors
from trainer.speech.wordgraph import whole
from trainer.text_in import clean

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
FULL_SCALE = 32_767


class VoskWords:
    """A word recogniser on a folder with a Vosk model, loaded on first use."""

    def __init__(self, folder: Path, language: Language) -> None:
        self.folder = folder
        self.language = language
        self._spellings: dict[str, tuple[str, ...] | None] = {}
        self._loading = threading.Lock()
        self._model: Any = None

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def model(self) -> Any:
        """Raises UserError where Vosk does not run here or the folder holds no model."""
        with self._loading:
            if self._model is None:
                self._model = self._loaded()
            return self._model

    def load(self) -> None:
        """Load ahead of the first call. What is wrong with the model, that call says."""
        with suppress(UserError):
            assert self.model

    def _loaded(self) -> Any:
        if not complete(self.folder, "vosk"):
            message = _("{path}: no whole Vosk model there. Install it again: ruston models install {name}")
            raise UserError(message.format(path=self.folder, name=self.name))
        try:
            import vosk
        except (ImportError, OSError, TypeError) as error:  # no wheel, no shared library, no such platform
            message = _("Vosk does not run on this machine ({reason}). `ruston models use built-in` goes on without.")
            raise UserError(message.format(reason=error)) from error
        vosk.SetLogLevel(-2)  # not even warnings: they would land in the middle of the screen
        message = _("{path}: Vosk cannot load this model. Install it again: ruston models install {name}")
        damaged = UserError(message.format(path=self.folder, name=self.name))
        if not all(map(whole, self.folder.glob("graph/*.fst"))):
            raise damaged
        try:
            return vosk.Model(str(self.folder))
        except Exception as error:  # vosk raises nothing more special
            raise damaged from error

    def check(self) -> None:
        """Raises UserError where the model would not run. Loads it."""
        assert self.model

    def listen(self, expected: Sequence[str], decoys: Sequence[str] = ()) -> "VoskStream":
        """Expected words that it does not know count as other speech; decoys with such words are left out."""
        import vosk

        grammar = self.grammar(expected, decoys)
        arguments = [self.model, float(SAMPLE_RATE), *([grammar] if grammar else [])]
        recogniser = vosk.KaldiRecognizer(*arguments)
        recogniser.SetWords(True)
        return VoskStream(self.name, recogniser)

    def likelihood(self, samples: NDArray[np.float32], word: str) -> float:
        """Of a word that it knows, in nats, in a recording (16 kHz) of nothing else."""
        import vosk

        heard = vosk.KaldiRecognizer(self.model, float(SAMPLE_RATE), json.dumps([word], ensure_ascii=False))
        heard.SetMaxAlternatives(1)
        heard.AcceptWaveform((np.clip(samples, -1, 1) * FULL_SCALE).astype("<i2").tobytes())
        return float(json.loads(heard.FinalResult())["alternatives"][0]["confidence"])

    def unknown(self, texts: Sequence[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(word for text in texts for word in _words(text) if self.spelled(word) is None))

    @cached_property
    def takes_grammars(self) -> bool:
        """Big models have their grammar built in: they listen for all words of the language."""
        return (self.folder / "graph" / "HCLr.fst").is_file()

    def grammar(self, expected: Sequence[str], decoys: Sequence[str] = ()) -> str | None:
        """The grammar as the JSON that Vosk wants, None where it would hold nothing or the model takes none."""
        if not self.takes_grammars:
            return None
        other = [UNKNOWN] if self._has(UNKNOWN) else []
        phrases = [" ".join(self._spelled_out(text, other)) for text in expected]
        phrases += [" ".join(self._spelled_out(text, [])) for text in decoys if not self.unknown([text])]
        phrases = [phrase for phrase in dict.fromkeys(phrases) if phrase]
        return json.dumps([*phrases, *other], ensure_ascii=False) if phrases else None

    def _spelled_out(self, text: str, instead: Sequence[str]) -> list[str]:
        return [part for word in _words(text) for part in (self.spelled(word) or instead)]

    def spelled(self, word: str) -> tuple[str, ...] | None:
        """A word as the model writes it: with ё or е, whole or in the parts between its hyphens. None: unknown."""
        if word not in self._spellings:
            wholes = ((word,), (word.replace("ё", "е"),))
            parts = tuple(tuple(form[0].split("-")) for form in wholes)
            self._spellings[word] = next((form for form in (*wholes, *parts) if all(map(self._has, form))), None)
        return self._spellings[word]

    def _has(self, word: str) -> bool:
        return bool(self.model.vosk_model_find_word(word) >= 0)


def _words(text: str) -> Iterable[str]:
    return (word.replace("’", "'") for word in _WORD.findall(without_stress(clean(text)).lower()))


class VoskStream:
    """One call."""

    note: str | None = None

    def __init__(self, engine: str, recogniser: Any) -> None:
        self.engine = engine
        self._recogniser = recogniser
        self._done: tuple[HeardWord, ...] = ()  # words before the last pause, which are settled
        self._open: tuple[HeardWord, ...] = ()  # words since
        self._fed = 0  # samples
        self._last: tuple[str, ...] = ()

    def feed(self, samples: NDArray[np.float32], live: bool = True) -> Hypothesis | None:
        pcm = (np.clip(samples, -1, 1) * FULL_SCALE).astype("<i2")
        self._fed += len(samples)
        if paused := self._recogniser.AcceptWaveform(pcm.tobytes()):
            self._done += _heard(self._recogniser.Result())
            self._open = ()
        if not live:
            return None
        if not paused:
            self._open = self._so_far(json.loads(self._recogniser.PartialResult())["partial"].split())
        words = self._done + self._open
        said = tuple(word.text for word in words)
        if said == self._last:
            return None
        self._last = said
        return Hypothesis(tuple(HeardWord(word.text, word.start, word.end) for word in words), False, self.engine)

    def finish(self, posteriors: Posteriors | None = None) -> Hypothesis:
        return Hypothesis(self._done + _heard(self._recogniser.FinalResult()), True, self.engine)

    def ahead(self, posteriors: Posteriors) -> Hypothesis | None:
        return None

    def _so_far(self, texts: list[str]) -> tuple[HeardWord, ...]:
        """Words before they are settled. Vosk knows their times a second and a half later than the words themselves
        (SetPartialWords), so a word counts as said between the one before it and the moment it was first heard."""
        same = [
            word for word, text in takewhile(lambda pair: pair[0].text == pair[1], zip(self._open, texts, strict=False))
        ]
        before = [*self._done, *same]
        start, now = before[-1].end if before else 0.0, self._fed / SAMPLE_RATE
        return (*same, *(HeardWord(text, start, now) for text in texts[len(same) :]))


def _heard(result: str) -> tuple[HeardWord, ...]:
    found = json.loads(result).get("result", [])
    return tuple(HeardWord(w["word"], w["start"], w["end"], w["conf"]) for w in found)
