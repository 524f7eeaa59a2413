"""The acoustic model: from a recording to phone posteriors in both languages, on onnxruntime.

A model is a folder with a `model.toml` (classes in IPA, checksum, frame rate) and the ONNX graph it names, which maps
Whisper's log-mel [1, 80, T] to one output [1, frames, classes] of log-posteriors per language. It may have two more
over the sounds of both languages together: `both`, and `hundredths`, which says what sounds in every hundredth of a
second. To use another model, replace the folder.
"""

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, model_validator

from trainer.audio.recording import SAMPLE_RATE, Recording
from trainer.bundled import bundled
from trainer.errors import UserError
from trainer.languages import LANGUAGES, Language
from trainer.messages import gettext as _
from trainer.scoring.posteriors import PhoneClasses, Posteriors
from trainer.speech.features import HOP, STEP, levelled, log_mel
from trainer.text_in import read_text, toml

HALF_A_STEP = STEP // HOP // 2  # frames of the spectrogram: so much later begins the second look at a recording
HIDDEN = "hidden"  # output of the graph with the encoder's last layer
BOTH, HUNDREDTHS = "both", "hundredths"  # its outputs over the sounds of both languages


class Head(BaseModel):
    """What one language's output means: its labels, and which of them count as a phone that it does not tell apart."""

    labels: tuple[str, ...]
    accept: dict[str, tuple[str, ...]] = {}

    @model_validator(mode="after")
    def _consistent(self) -> "Head":
        if unknown := {label for labels in self.accept.values() for label in labels} - set(self.labels):
            raise ValueError(f"accepts {unknown}, which are no labels")
        return self


class Union(BaseModel):
    """What the outputs over the sounds of both languages mean. labels: a phone of one language is marked with it
    (en:ɹ), one of an accent alone is not (tʂ). accept: by the language spoken, which labels count as a phone of its
    lexicon, where it is not only its own."""

    labels: tuple[str, ...]
    accept: dict[Language, dict[str, tuple[str, ...]]] = {}

    @model_validator(mode="after")
    def _consistent(self) -> "Union":
        accepted = {label for phones in self.accept.values() for labels in phones.values() for label in labels}
        if unknown := accepted - set(self.labels):
            raise ValueError(f"accepts {unknown}, which are no labels")
        return self


class RatingHead(BaseModel):
    """A rater: its weights, whether it looks at the network's hidden layer, and from which rating (0-2) and
    from which GOP on a learner is told of a phone: those become a score of 60.

    Attributes:
        beside: share of the ratings that another language's rater gives, which sees what means the same in every one.
    """

    weights: str
    sha256: str
    hidden: bool
    flag_below: float
    flag_gop: float
    beside: dict[Language, float] = {}


class Manifest(BaseModel):
    """`model.toml`."""

    name: str
    graph: str
    sha256: str
    frames_per_second: float
    en: Head
    ru: Head
    both: Union | None = None
    levelled: bool = False  # whether recordings are brought to one level first
    ratings: dict[Language, RatingHead] = {}
    scale: str | None = None  # file of what the points of calls, words and sounds mean
    stress: str | None = None  # file of what tells that the stress of an English word was moved

    @model_validator(mode="after")
    def _whole(self) -> "Manifest":
        missing = {name for head in self.ratings.values() for name in head.beside} - self.ratings.keys()
        if missing:
            raise ValueError(f"no rater of {sorted(missing)}")
        return self


@dataclass(frozen=True, eq=False)
class ModelOutput:
    """All that the network makes of one recording.

    Attributes:
        hidden: [T, width] its last layer, for calibration; None where the graph does not give it away.
        both: posteriors over the sounds of both languages at once, by the language spoken, whose own phones are
            labelled as ever and those of the other as in en:ɹ. A graph without such an output has it from its two
            heads, as if either language were as likely.
        hundredths: over the same labels, but class 0 is silence and every hundredth of a second has the sound that
            lies there; None where the graph does not tell.
        again: the same of a second look: what the network hears hangs a little on where its steps fall. None where it
            looked only once.
        later: s after which the second look begins.
    """

    posteriors: "dict[Language, Posteriors]"
    hidden: NDArray[np.float32] | None = None
    both: "dict[Language, Posteriors] | None" = None
    hundredths: "dict[Language, Posteriors] | None" = None
    again: "ModelOutput | None" = None
    later: float = 0.0


def union_of(heads: dict[Language, PhoneClasses]) -> Union:
    """The labels of both heads, for a graph without an output over both."""
    labels = [f"{language}:{label}" for language, classes in heads.items() for label in classes.labels[1:]]
    return Union(labels=("", *labels))


def seen_from(language: Language, union: Union, head: PhoneClasses) -> PhoneClasses:
    """The classes of a union as a speaker's of one language: its own phones lose their mark."""
    own = {label: label.removeprefix(f"{language}:") for label in union.labels}
    accept = head.accept | {
        phone: tuple(own[label] for label in labels) for phone, labels in union.accept.get(language, {}).items()
    }
    return PhoneClasses(tuple(own.values()), accept)


def joined(posteriors: "dict[Language, Posteriors]") -> NDArray[np.float64]:
    """Log-posteriors [T, V] of a union by its two heads, each with half of the probability."""
    heads = [p.log_probs - np.log(len(posteriors)) for p in posteriors.values()]
    blank = np.logaddexp.reduce([head[:, :1] for head in heads], axis=0)
    return np.concatenate([blank, *(head[:, 1:] for head in heads)], axis=1)


class PhoneModel(Protocol):
    """What the scoring core needs of an acoustic model. scale: what its scores mean, for `Assessment.scale`: scores of
    different models are not comparable until each is calibrated."""

    @property
    def name(self) -> str: ...

    @property
    def scale(self) -> str: ...

    @property
    def classes(self) -> dict[Language, PhoneClasses]: ...

    def posteriors(self, recording: Recording) -> dict[Language, Posteriors]:
        """Phone posteriors of a recording by every head."""


# Graphs that are ready to run, by checksum and threads: commands and screens of one process share them.
_READY: dict[tuple[str, int], Any] = {}


class AcousticModel:
    """An ONNX phone model, loaded on first use. Raises UserError where the folder is missing or damaged."""

    def __init__(self, folder: Path | None = None, threads: int | None = None) -> None:
        self.folder = folder or bundled("models") / "phones"
        self._threads = threads or min(os.cpu_count() or 1, 4)

    @cached_property
    def manifest(self) -> Manifest:
        path = self.folder / "model.toml"
        try:
            return Manifest.model_validate(toml(read_text(path)))
        except (OSError, ValueError, UserError) as error:  # ValueError: not TOML, or not a manifest
            message = _("{path}: no usable acoustic model there. Install the program again, or name another folder.")
            raise UserError(message.format(path=path)) from error

    @property
    def name(self) -> str:
        return self.manifest.name

    @property
    def scale(self) -> str:
        return "plain-gop"

    @cached_property
    def classes(self) -> dict[Language, PhoneClasses]:
        heads: dict[Language, Head] = {"en": self.manifest.en, "ru": self.manifest.ru}
        return {language: PhoneClasses(head.labels, head.accept) for language, head in heads.items()}

    @cached_property
    def _union_classes(self) -> dict[Language, PhoneClasses]:
        union = self.manifest.both or union_of(self.classes)
        return {language: seen_from(language, union, self.classes[language]) for language in LANGUAGES}

    @cached_property
    def _session(self) -> Any:
        path = self.folder / self.manifest.graph
        try:
            with path.open("rb") as graph:
                checksum = hashlib.file_digest(graph, "sha256").hexdigest()
        except OSError as error:
            raise self._damaged() from error
        if checksum != self.manifest.sha256:
            raise self._damaged()

        if ready := _READY.get((self.manifest.sha256, self._threads)):
            return ready
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.log_severity_level = 3
        # Of what the longest recording took it would keep up to twice as much for good.
        options.enable_cpu_mem_arena = False
        # Threads that wait for work sleep: spinning took half as much computing again, which the console draws with.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            # By its path: of a graph that it is handed in memory it keeps a copy.
            ready = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime's exceptions share no base class of their own
            raise self._damaged() from error
        _READY[self.manifest.sha256, self._threads] = ready
        return ready

    def check(self) -> None:
        """Raises UserError where the model would not run."""
        assert self._session

    def damaged(self, path: Path) -> UserError:
        message = _("{path}: the model file is missing or damaged. Install the program again, or name another folder.")
        return UserError(message.format(path=path))

    def _damaged(self) -> UserError:
        return self.damaged(self.folder / self.manifest.graph)

    def posteriors(self, recording: Recording) -> dict[Language, Posteriors]:
        """Phone posteriors of a recording by every head, at one look."""
        return self._look(self._mel(recording)).posteriors

    def hear(self, recording: Recording) -> ModelOutput:
        """Phone posteriors by every head, and what they are made of: two looks, at once where there are two cores."""
        mel = self._mel(recording)
        if mel.shape[1] <= HALF_A_STEP:
            return self._look(mel)
        self.check()
        with ThreadPoolExecutor(1) as beside:
            again = beside.submit(self._look, mel[:, HALF_A_STEP:]) if self._threads > 1 else None
            first = self._look(mel)
        second = again.result() if again else self._look(mel[:, HALF_A_STEP:])
        return replace(first, again=second, later=HALF_A_STEP * HOP / SAMPLE_RATE)

    def _mel(self, recording: Recording) -> NDArray[np.float32]:
        return log_mel(levelled(recording.samples) if self.manifest.levelled else recording.samples)

    def _look(self, mel: NDArray[np.float32]) -> ModelOutput:
        given = {output.name for output in self._session.get_outputs()}
        names = (*LANGUAGES, HIDDEN, BOTH, HUNDREDTHS)
        wanted = [name for name in names if name in LANGUAGES or name in given]
        try:
            outputs = self._session.run(wanted, {"mel": np.ascontiguousarray(mel)[None]})
        except Exception as error:  # a graph of another kind: onnxruntime names neither input nor output in its types
            raise self._damaged() from error
        out: dict[str, Any] = {name: output[0] for name, output in zip(wanted, outputs, strict=True)}
        rate = self.manifest.frames_per_second
        posteriors = {lang: self._posteriors(out[lang], self.classes[lang], rate) for lang in LANGUAGES}
        views = self._union_classes
        over_both = out[BOTH] if BOTH in out and self.manifest.both else joined(posteriors)
        both = {language: self._posteriors(over_both, views[language], rate) for language in LANGUAGES}
        fine = out.get(HUNDREDTHS)
        hundredths = None if fine is None else {lang: self._posteriors(fine, views[lang], 100.0) for lang in LANGUAGES}
        return ModelOutput(posteriors, out.get(HIDDEN), both, hundredths)

    def _posteriors(self, log_probs: NDArray[np.floating[Any]], classes: PhoneClasses, rate: float) -> Posteriors:
        if log_probs.shape[-1] != len(classes.labels):
            raise self._damaged()
        return Posteriors(log_probs.astype(np.float64), classes, rate)
