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
    """The ratings of K networks: phones [K, N] up to 2, words [K, M, 3] and the call [K, 5] up to 10. weights: with the
    networks along the first axis."""

    def linear(name: str, x: Any) -> Any:
        """x: [K, rows, width]."""
        return x @ weights[f"{name}.weight"].transpose(0, 2, 1) + weights[f"{name}.bias"][:, None]

    def norm(name: str, x: Any) -> Any:
        centred = x - x.mean(-1, keepdims=True)
        spread = np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-5)
        return centred / spread * weights[f"{name}.weight"][:, None] + weights[f"{name}.bias"][:, None]

    def standard(name: str, x: Any) -> Any:
        return (x - weights[f"{name}_mean"][:, None]) / weights[f"{name}_scale"][:, None]

    x = linear("neutral", standard("neutral", seen.neutral))
    if "join.weight" in weights:
        inner = linear("squeeze", standard("hidden", seen.hidden))
        named = weights["phone.weight"][:, seen.phone]
        x = x + linear("join", _gelu(np.concatenate([linear("odds", seen.odds + 3), inner, named], axis=-1)))
    whole = _gelu(linear("of_call", standard("call", seen.call)))
    x = x + whole
    depth = 0
    while f"layers.{depth}.qkv.weight" in weights:
        layer = f"layers.{depth}"
        x = x + linear(f"{layer}.out", _attend(linear(f"{layer}.qkv", norm(f"{layer}.norm1", x))))
        x = x + linear(f"{layer}.down", _gelu(linear(f"{layer}.up", norm(f"{layer}.norm2", x))))
        depth += 1
    x = norm("norm", x)
    phones = 2 - _softplus(linear("to_phone", x)[..., 0])
    ends = []
    for w in range(seen.word[-1] + 1):
        of_word = seen.word == w
        sounds, points = x[:, of_word], phones[:, of_word]
        ends.append([sounds.mean(1), sounds.max(1), points.mean(1)[:, None], points.min(1)[:, None]])
    words = 10 - _softplus(linear("word2", _gelu(linear("word1", np.stack([np.hstack(end) for end in ends], axis=1)))))
    means = phones.mean(1)[:, None], words[..., 2].mean(1)[:, None]
    summary = np.hstack([x.mean(1), x.max(1), whole[:, 0], *means])
    return phones, words, 10 - _softplus(linear("call2", _gelu(linear("call1", summary[:, None])))[:, 0])


def _attend(qkv: Array) -> Array:
    networks, phones, width = qkv.shape[0], qkv.shape[1], qkv.shape[2] // 3
    q, k, v = qkv.reshape(networks, phones, 3, HEADS, width // HEADS).transpose(2, 0, 3, 1, 4)
    scores = q @ k.swapaxes(-1, -2) / np.sqrt(width // HEADS)
    scores = np.exp(scores - scores.max(-1, keepdims=True))
    mixed: Array = (scores / scores.sum(-1, keepdims=True)) @ v
    return mixed.swapaxes(1, 2).reshape(networks, phones, width)


def _gelu(x: Any) -> Any:
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * (x * x * x))))


def _softplus(x: Any) -> Any:
    return np.logaddexp(0, x)
