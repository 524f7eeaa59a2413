"""What the network of calibrate.py says of calls that are made up: the test of its twin in NumPy compares with that.

    python -m recipe.phones.parity ../tests/scoring/rating_network.npz

Run it again whenever RatingNetwork changes; `trainer/scoring/rating_network.py` must follow.
"""

import sys
from pathlib import Path

import numpy as np
import torch

from recipe.phones.calibrate import RatingNetwork, batch_of
from trainer.scoring.observations import Observations

NEUTRAL, CALL, ODDS, HIDDEN = 6, 4, 8, 10  # sizes of what is seen
WORDS = ((3, 1, 4), (2, 2), (1,))  # phones of each word of each call: a batch is padded


def main(path: Path) -> None:
    torch.manual_seed(1975)
    draw = np.random.default_rng(1975)
    network = RatingNetwork(NEUTRAL, CALL, ODDS, HIDDEN).eval()
    with torch.no_grad():
        for values in (*network.parameters(), *network.buffers()):
            values.copy_((values + 0.1 * torch.randn_like(values)).half().float())
    out = {f"weights/{name}": values.numpy().astype(np.float16) for name, values in network.state_dict().items()}
    calls = [seen(draw, words) for words in WORDS]
    with torch.no_grad():
        phones, words, whole = network(batch_of([(None, call) for call in calls], full=True))  # type: ignore[list-item]
    for i, call in enumerate(calls):
        out |= {f"{i}/{name}": getattr(call, name) for name in ("neutral", "odds", "hidden", "phone", "word", "call")}
        out |= {
            f"{i}/phones": phones[i, : len(call.phone)].numpy(),
            f"{i}/words": words[i, : call.word[-1] + 1].numpy(),
        }
        out[f"{i}/whole"] = whole[i].numpy()
    np.savez_compressed(path, **out)


def seen(draw: np.random.Generator, words: tuple[int, ...]) -> Observations:
    count = sum(words)

    def made(*shape: int) -> np.ndarray:
        return draw.normal(size=shape).astype(np.float32)

    word = np.repeat(np.arange(len(words)), words).astype(np.int64)
    phone = draw.integers(0, ODDS, count)
    return Observations(made(count, NEUTRAL), made(count, ODDS), made(count, HIDDEN), phone, word, made(CALL))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
