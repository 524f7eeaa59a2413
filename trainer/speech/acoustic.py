"""The acoustic model: from a recording to phone posteriors in both languages, on onnxruntime.

A model is a folder with a `model.toml` (classes in IPA, checksum, frame rate) and the ONNX graph it names, which maps
Whisper's log-mel [1, 80, T] to one output [1, frames, classes] of log-posteriors per language. To use another model,
replace the folder.
"""

import hashlib
import os
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, model_validator

from trainer.audio.files import Recording
from trainer.bundled import bundled
from trainer.errors import UserError
from trainer.languages import LANGUAGES, Language
from trainer.messages import gettext as _
from trainer.speech.features import log_mel

HIDDEN = "hidden"  # output of the graph with the encoder's last layer


class Head(BaseModel):
    """What one language's output means: its labels, and which of them count as a phone that it does not tell apart."""

    labels: tuple[str, ...]
    accept: dict[str, tuple[str, ...]] = {}

    @model_validator(mode="after")
    def _consistent(self) -> "Head":
        if unknown := {label for labels in self.accept.values() for label in labels} - set(self.labels):
            raise ValueError(f"accepts {unknown}, which are no labels")
        return self


class RatingHead(BaseModel):
    """A rater: its weights, whether it looks at the network's hidden layer, and from which rating (0-2) and
    from which GOP on a learner is told of a phone: those become a score of 60."""

    weights: str
    sha256: str
    hidden: bool
    flag_below: float
    flag_gop: float


class Manifest(BaseModel):
    """`model.toml`."""

    name: str
    graph: str
    sha256: str
    frames_per_second: float
    en: Head
    ru: Head
    ratings: dict[Language, RatingHead] = {}


@dataclass(frozen=True, eq=False)
class PhoneClasses:
    """The output classes of one language's head.

    labels: IPA of each class; class 0 is the CTC blank. Russian vowels of stressed classes carry the mark (ˈa).
    accept: for phones of the lexicon that the head does not tell apart, the labels that count as each.
    """

    labels: tuple[str, ...]
    accept: dict[str, tuple[str, ...]]

    @cached_property
    def _index(self) -> dict[str, int]:
        return {label: i for i, label in enumerate(self.labels) if label}

    def of(self, phone: str) -> NDArray[np.intp]:
        """Classes that count as a phone of the lexicon. Stress marks are dropped where the model has no such class.

        Raises KeyError for a phone that the model does not know.
        """
        for token in (phone, phone.lstrip("ˈˌ")):
            if token in self.accept:
                return np.array([self._index[label] for label in self.accept[token]])
            if token in self._index:
                return np.array([self._index[token]])
        raise KeyError(phone)


@dataclass(frozen=True, eq=False)
class Heard:
    """All that the network makes of one recording. hidden: [T, width] its last layer, for calibration; None where the
    graph does not give it away."""

    posteriors: "dict[Language, Posteriors]"
    hidden: NDArray[np.float32] | None


@dataclass(frozen=True, eq=False)
class Posteriors:
    """Log-posteriors [T, V] of one recording by one language's head."""

    log_probs: NDArray[np.float64]
    classes: PhoneClasses
    frames_per_second: float


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


class AcousticModel:
    """An ONNX phone model, loaded on first use. Raises UserError where the folder is missing or damaged."""

    def __init__(self, folder: Path | None = None, threads: int | None = None) -> None:
        self.folder = folder or bundled("models") / "phones"
        self._threads = threads or min(os.cpu_count() or 1, 4)

    @cached_property
    def manifest(self) -> Manifest:
        path = self.folder / "model.toml"
        try:
            return Manifest.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError) as error:  # ValueError: not UTF-8, not TOML, or not a manifest
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
    def _session(self) -> Any:
        path = self.folder / self.manifest.graph
        try:
            graph = path.read_bytes()
        except OSError as error:
            raise self._damaged() from error
        if hashlib.sha256(graph).hexdigest() != self.manifest.sha256:
            raise self._damaged()

        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.log_severity_level = 3
        try:
            return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime's exceptions share no base class of their own
            raise self._damaged() from error

    def check(self) -> None:
        """Raises UserError where the model would not run."""
        assert self._session

    def damaged(self, path: Path) -> UserError:
        message = _("{path}: the model file is missing or damaged. Install the program again, or name another folder.")
        return UserError(message.format(path=path))

    def _damaged(self) -> UserError:
        return self.damaged(self.folder / self.manifest.graph)

    def posteriors(self, recording: Recording) -> dict[Language, Posteriors]:
        """Phone posteriors of a recording by every head."""
        return self.hear(recording).posteriors

    def hear(self, recording: Recording) -> Heard:
        """Phone posteriors by every head, and what they are made of: all from one run of the encoder."""
        given = {output.name for output in self._session.get_outputs()}
        wanted = [*LANGUAGES, *({HIDDEN} & given)]
        try:
            outputs = self._session.run(wanted, {"mel": log_mel(recording.samples)[None]})
        except Exception as error:  # a graph of another kind: onnxruntime names neither input nor output in its types
            raise self._damaged() from error
        if any(
            output.shape[-1] != len(self.classes[lang].labels) for lang, output in zip(LANGUAGES, outputs, strict=False)
        ):
            raise self._damaged()
        posteriors = {
            language: Posteriors(output[0].astype(np.float64), self.classes[language], self.manifest.frames_per_second)
            for language, output in zip(LANGUAGES, outputs, strict=False)
        }
        return Heard(posteriors, outputs[-1][0] if HIDDEN in wanted else None)
