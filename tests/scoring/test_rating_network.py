"""The rating network in NumPy says what the one that was trained says: figures of models/recipe/phones/parity.py."""

from pathlib import Path

import numpy as np
import pytest

from trainer.scoring.observations import Observations
from trainer.scoring.rating_network import apply

TRAINED = np.load(Path(__file__).with_name("rating_network.npz"))
WEIGHTS = {
    name.removeprefix("weights/"): TRAINED[name].astype(np.float32)[None]
    for name in TRAINED
    if name.startswith("weights/")
}


@pytest.mark.parametrize("call", range(3))
def test_both_rate_a_call_alike(call):
    seen = Observations(*(TRAINED[f"{call}/{name}"] for name in ("neutral", "odds", "hidden", "phone", "word", "call")))
    for name, rated in zip(("phones", "words", "whole"), apply(WEIGHTS, seen), strict=True):
        np.testing.assert_allclose(rated[0], TRAINED[f"{call}/{name}"], atol=2e-4)
