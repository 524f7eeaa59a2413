"""The raters that were fitted on a phone model: they lie beside it, one for a language, named in `model.toml`."""

import hashlib
import io
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from trainer.languages import Language
from trainer.scoring import rating_network
from trainer.scoring.english_stress import StressRule
from trainer.scoring.observations import Observations
from trainer.scoring.ratings import Ratings, clipped
from trainer.scoring.scale import Scale
from trainer.speech.acoustic import AcousticModel, RatingHead

Written = TypeVar("Written", bound=BaseModel)  # in a file beside the model
Weights = dict[str, NDArray[np.float32]]  # of a language, the networks along the first axis


class ScaleOfLanguage(BaseModel):
    """One language's part of a scale's file; the fields are those of `Scale`."""

    limits: dict[str, float]
    weights: dict[str, float]
    typical: dict[str, float]
    ratings: tuple[float, float]
    knots: tuple[tuple[float, float], ...]
    wrong: float
    stress: float
    prior: float
    spread: float
    slips: float

    def scale(self, name: str) -> Scale:
        return Scale(name=name, **{field: getattr(self, field) for field in type(self).model_fields})


class ScaleFile(BaseModel):
    """A scale as it lies beside its model. name: of the scale, kept with every score."""

    name: str
    languages: dict[Language, ScaleOfLanguage]


class StressFile(BaseModel):
    """What tells that the stress of an English word was moved; the fields are those of `StressRule`."""

    layer: list[float]
    usual: dict[str, tuple[float, ...]]
    spread: list[float]
    weights: list[float]
    start: float
    limit: float


class FittedRater:
    """Rates with the networks in an acoustic model's folder: the mean of all of a language, and of those beside. Raises
    UserError where a file is damaged."""

    def __init__(self, model: AcousticModel) -> None:
        self._model = model
        self._weights: dict[Language, Weights] = {}

    def rate(self, language: Language, seen: Observations) -> Ratings | None:
        """None where the model has no rater for the language."""
        head = self._model.manifest.ratings.get(language)
        if head is None or (head.hidden and seen.hidden is None):
            return None
        shares = {language: 1 - sum(head.beside.values()), **head.beside}
        made = [self._rated(whose, seen) for whose in shares]
        phones, words, call = (
            sum(share * part for share, part in zip(shares.values(), parts, strict=True))
            for parts in zip(*made, strict=True)
        )
        return clipped(phones, words, call, head.flag_below, head.flag_gop)

    def _rated(self, whose: Language, seen: Observations) -> list[NDArray[np.float32]]:
        """Phones, words and call by the networks of a language, in the mean."""
        if whose not in self._weights:
            self._weights[whose] = self._read(self._model.manifest.ratings[whose])
        return [rated.mean(axis=0) for rated in rating_network.apply(self._weights[whose], seen)]

    def scale(self, language: Language) -> Scale | None:
        """None where the model has no scale for the language."""
        written = self._written
        return written.languages[language].scale(written.name) if written and language in written.languages else None

    @cached_property
    def _written(self) -> ScaleFile | None:
        return self._file(self._model.manifest.scale, ScaleFile)

    def _file(self, name: str | None, kind: type[Written]) -> Written | None:
        """A file of the model, None where it has none. Raises UserError for a damaged one."""
        if name is None:
            return None
        path = self._model.folder / name
        try:
            return kind.model_validate_json(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:  # ValueError: not UTF-8, not JSON, or not of the kind
            raise self._model.damaged(path) from error

    def stress_rule(self, language: Language) -> StressRule | None:
        """None where the model has none; of English only: Russian vowels tell their stress by themselves."""
        return self._stress if language == "en" else None

    @cached_property
    def _stress(self) -> StressRule | None:
        written = self._file(self._model.manifest.stress, StressFile)
        if written is None:
            return None
        layer, spread, weights = (np.array(part) for part in (written.layer, written.spread, written.weights))
        return StressRule(layer, written.usual, spread, weights, written.start, written.limit)

    def _read(self, head: RatingHead) -> Weights:
        path = self._model.folder / head.weights
        try:
            content = path.read_bytes()
        except OSError as error:
            raise self._model.damaged(path) from error
        if hashlib.sha256(content).hexdigest() != head.sha256:
            raise self._model.damaged(path)
        arrays: Any = np.load(io.BytesIO(content))
        networks: dict[str, list[NDArray[np.float32]]] = {}
        for key in arrays.files:
            _number, _dot, name = key.partition(".")
            networks.setdefault(name, []).append(arrays[key].astype(np.float32))
        return {name: np.stack(those) for name, those in networks.items()}
