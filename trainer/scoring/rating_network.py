"""The rating network in NumPy: a small transformer over the phones of a call (after GOPT, Gong et al. 2022).

models/recipe/phones/calibrate.py trains it, and a test holds both to the same figures. A call has a few dozen phones at
most, so no other run time is needed.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.scoring.observations import Observations

Array = NDArray[np.float32]
HEADS = 4


def apply(weights: Mapping[str, Array], seen: Observations) -> tuple[Array, Array, Array]:
    """One network's ratings: phones [N] up to 2, words [M, 3] and the call [5] up to 10."""

    def linear(name: str, x: Any) -> Any:
        return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]

    def norm(name: str, x: Any) -> Any:
        centred = x - x.mean(-1, keepdims=True)
        spread = np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-5)
        return centred / spread * weights[f"{name}.weight"] + weights[f"{name}.bias"]

    def standard(name: str, x: Any) -> Any:
        return (x - weights[f"{name}_mean"]) / weights[f"{name}_scale"]

    x = linear("neutral", standard("neutral", seen.neutral))
    if "join.weight" in weights:
        inner = linear("squeeze", standard("hidden", seen.hidden))
        x = x + linear(
            "join", _gelu(np.hstack([linear("odds", seen.odds + 3), inner, weights["phone.weight"][seen.phone]]))
        )
    whole = _gelu(linear("of_call", standard("call", seen.call)))
    x = x + whole
    depth = 0
    while f"layers.{depth}.qkv.weight" in weights:
        layer = f"layers.{depth}"
        x = x + linear(f"{layer}.out", _attend(linear(f"{layer}.qkv", norm(f"{layer}.norm1", x))))
        x = x + linear(f"{layer}.down", _gelu(linear(f"{layer}.up", norm(f"{layer}.norm2", x))))
        depth += 1
    x = norm("norm", x)
    phones = 2 - _softplus(linear("to_phone", x)[:, 0])
    groups = [np.flatnonzero(seen.word == w) for w in range(seen.word[-1] + 1)]
    ends = np.stack([np.r_[x[g].mean(0), x[g].max(0), phones[g].mean(), phones[g].min()] for g in groups])
    words = 10 - _softplus(linear("word2", _gelu(linear("word1", ends))))
    summary = np.r_[x.mean(0), x.max(0), whole, phones.mean(), words[:, 2].mean()]
    return phones, words, 10 - _softplus(linear("call2", _gelu(linear("call1", summary))))


def _attend(qkv: Array) -> Array:
    phones, width = len(qkv), qkv.shape[1] // 3
    q, k, v = qkv.reshape(phones, 3, HEADS, width // HEADS).transpose(1, 2, 0, 3)
    scores = q @ k.transpose(0, 2, 1) / np.sqrt(width // HEADS)
    scores = np.exp(scores - scores.max(-1, keepdims=True))
    mixed: Array = (scores / scores.sum(-1, keepdims=True)) @ v
    return mixed.transpose(1, 0, 2).reshape(phones, width)


def _gelu(x: Any) -> Any:
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * (x * x * x))))


def _softplus(x: Any) -> Any:
    return np.logaddexp(0, x)
