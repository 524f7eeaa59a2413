"""Phone models of Hugging Face's transformers: any CTC model whose labels are IPA as espeak writes it.

Written for facebook/wav2vec2-xlsr-53-espeak-cv-ft (Xu, Baevski & Auli 2021, arXiv 2109.11680). One row of labels serves
both languages, each through its own reading of them: labels that a language does not tell apart are added up, one that
stands for two sounds ("ɑːɹ") is laid out in time, and sounds of the other language keep their own name, so that a
foreign sound is heard as what it is. Scores of such a model are on a scale of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.audio.recording import SAMPLE_RATE, Recording
from trainer.errors import UserError
from trainer.languages import LANGUAGES, Language, other
from trainer.messages import gettext as _
from trainer.models.kinds import CONFIG, VOCABULARY
from trainer.phones.inventory import inventory
from trainer.phones.labels import ESPEAK_ACCEPT, from_espeak
from trainer.scoring.posteriors import PhoneClasses, Posteriors
from trainer.text_in import json_value, read_text

BLANK = ""
OTHER = "?"  # a sound of neither language
NO_SOUNDS = frozenset({"<s>", "</s>", "<unk>", "<pad>", "|", "[PAD]", "[UNK]", "[CLS]", "[SEP]", "", " "})
LEAST = 1e-12  # probability, so that logarithms stay finite

Array = NDArray[np.float64]


def is_model(folder: Path) -> bool:
    """Whether a folder is one of these models, as opposed to one with a `model.toml`."""
    return (folder / CONFIG).is_file()


@dataclass(frozen=True, eq=False)
class LabelMap:
    """How one language reads the labels of a model.

    Attributes:
        single: [labels, classes] which class each label counts as.
        pairs: (label, first class, second class) of those that stand for two sounds.
    """

    classes: PhoneClasses
    single: NDArray[np.float64]
    pairs: tuple[tuple[int, int, int], ...]

    def posteriors(self, probabilities: Array) -> Array:
        """[T, labels] probabilities -> [T, classes] log-posteriors."""
        out = probabilities @ self.single
        for label, first, second in self.pairs:
            _lay_out(out, probabilities, label, first, second)
        return np.asarray(np.log(np.maximum(out, LEAST)))


def _lay_out(out: Array, probabilities: Array, label: int, first: int, second: int) -> None:
    """Two sounds in place of one label. CTC names a label in a frame or two amid blanks: a run is cut in half, and of a
    single frame the second sound moves into the blank after it, else the first one into the blank before it."""
    p = probabilities[:, label]
    best = probabilities.argmax(axis=1) == label
    frames = len(p)
    t = 0
    while t < frames:
        end = t + 1
        if not best[t]:
            out[t, [first, second]] += p[t] / 2
        else:
            while end < frames and best[end]:
                end += 1
            if end - t > 1:
                middle = (t + end) // 2
                out[t:middle, first] += p[t:middle]
                out[middle:end, second] += p[middle:end]
            else:
                after = out[t + 1, 0] if t + 1 < frames else 0.0
                before = out[t - 1, 0] if t else 0.0
                neighbour, stays, moves = (t + 1, first, second) if after >= before else (t - 1, second, first)
                out[t, stays] += p[t]
                if 0 <= neighbour < frames:
                    moved = p[t] * out[neighbour, 0]
                    out[neighbour, moves] += moved
                    out[neighbour, 0] -= moved
        t = end


def reading(labels: Sequence[str], blank: int, language: Language) -> LabelMap:
    """How a language reads a model's labels. Raises KeyError for a phone of the language that no label stands for."""
    symbols: dict[str, int] = {BLANK: 0}
    spelled: list[tuple[int, ...]] = []
    for i, label in enumerate(labels):
        if i == blank or label in NO_SOUNDS:
            spelled.append((0,))
            continue
        sounds = from_espeak(label, language) or from_espeak(label, other(language))[:1] or (OTHER,)
        spelled.append(tuple(symbols.setdefault(sound, len(symbols)) for sound in sounds[:2]))
    single = np.zeros((len(labels), len(symbols)))
    pairs = []
    for i, found in enumerate(spelled):
        if len(found) == 1:
            single[i, found[0]] = 1.0
        else:
            pairs.append((i, found[0], found[1]))
    accept = {
        phone: present
        for phone, sounds in ESPEAK_ACCEPT[language].items()
        if (present := tuple(sound for sound in sounds if sound in symbols))
    }
    classes = PhoneClasses(tuple(symbols), accept)
    for phone in inventory(language):
        classes.of(phone)
    return LabelMap(classes, single, tuple(pairs))


class HubModel:
    """A CTC phone model in a folder as transformers saves it, loaded on first use. Needs the extra `hub`."""

    def __init__(self, folder: Path, threads: int | None = None) -> None:
        self.folder = folder
        self._threads = threads

    @property
    def name(self) -> str:
        return self.folder.resolve().name

    @property
    def scale(self) -> str:
        return f"plain-gop of {self.name}"

    @cached_property
    def _config(self) -> dict[str, Any]:
        try:
            config = json_value(read_text(self.folder / CONFIG))
        except (OSError, ValueError, UserError) as error:
            raise self._unusable() from error
        if not isinstance(config, dict) or not any("ForCTC" in name for name in config.get("architectures") or ()):
            raise self._unusable()
        return config

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The model's own labels, by class."""
        try:
            vocabulary = json_value(read_text(self.folder / VOCABULARY))
            by_class = {int(i): label for label, i in vocabulary.items()}
            return tuple(by_class.get(i, "") for i in range(max(by_class) + 1))
        except (OSError, ValueError, AttributeError, TypeError, UserError) as error:
            raise self._unusable() from error

    @cached_property
    def _readings(self) -> dict[Language, LabelMap]:
        blank = int(self._config.get("pad_token_id") or 0)
        try:
            return {language: reading(self.labels, blank, language) for language in LANGUAGES}
        except KeyError as error:
            message = _(
                "{path}: this model does not know the sound [{phone}]. It must have been trained on espeak's IPA."
            )
            raise UserError(message.format(path=self.folder, phone=error.args[0])) from error

    @cached_property
    def classes(self) -> dict[Language, PhoneClasses]:
        return {language: found.classes for language, found in self._readings.items()}

    @property
    def frames_per_second(self) -> float:
        return SAMPLE_RATE / float(np.prod(self._config.get("conv_stride") or [320]))

    @cached_property
    def _network(self) -> tuple[Any, Any]:
        """The network and what prepares samples for it."""
        try:
            import torch
            from transformers import AutoFeatureExtractor, AutoModelForCTC
            from transformers.utils import logging
        except ImportError as error:
            message = _("this model needs torch and transformers: pip install 'ruston[hub]'")
            raise UserError(message) from error
        if self._threads:
            torch.set_num_threads(self._threads)
        logging.set_verbosity_error()
        logging.disable_progress_bar()
        try:
            prepare = AutoFeatureExtractor.from_pretrained(self.folder, local_files_only=True)
            network = AutoModelForCTC.from_pretrained(self.folder, local_files_only=True)
        except Exception as error:  # a damaged file raises almost anything
            raise self._unusable() from error
        if prepare.sampling_rate != SAMPLE_RATE or network.config.vocab_size != len(self.labels):
            raise self._unusable()
        return network.eval(), prepare

    def check(self) -> None:
        """Raises UserError where the model would not run. Loads it: seconds."""
        assert self.classes
        assert self._network

    def _unusable(self) -> UserError:
        message = _("{path}: no usable CTC phone model there. Install it again, or name another folder.")
        return UserError(message.format(path=self.folder))

    def posteriors(self, recording: Recording) -> dict[Language, Posteriors]:
        """Both languages' readings of one run of the network."""
        readings = self._readings
        network, prepare = self._network
        import torch

        prepared = prepare(recording.samples, sampling_rate=SAMPLE_RATE, return_tensors="pt")
        with torch.inference_mode():
            logits = network(prepared.input_values).logits[0]
        probabilities = logits.double().softmax(-1).numpy()
        return {
            language: Posteriors(found.posteriors(probabilities), found.classes, self.frames_per_second)
            for language, found in readings.items()
        }
