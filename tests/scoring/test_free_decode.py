"""What was said, whatever was expected: by the likeliest alignment, and by all of them."""

from itertools import product

import numpy as np
import pytest

from trainer.scoring import ctc
from trainer.scoring.free_decode import decode, likeliest
from trainer.scoring.posteriors import PhoneClasses, Posteriors

CLASSES = PhoneClasses(("", "a", "b"), {})


def posteriors(*frames: tuple[float, float, float]) -> Posteriors:
    return Posteriors(np.log(np.array(frames)), CLASSES, 50.0)


def drawn(draw: np.random.Generator, frames: int) -> Posteriors:
    return Posteriors(np.log(draw.dirichlet((0.5, 0.5, 0.5), frames)), CLASSES, 50.0)


def log_prob(phones: tuple[str, ...], *looks: Posteriors) -> float:
    accepted = np.array([[label == phone for label in CLASSES.labels] for phone in phones]).reshape(len(phones), 3)
    return sum(ctc.sums(ctc.Chain(look.log_probs, accepted)).total for look in looks)


def test_a_sound_that_no_frame_is_sure_of_is_heard_where_all_frames_together_are():
    unsure = posteriors((0.01, 0.98, 0.01), (0.98, 0.01, 0.01), (0.55, 0.01, 0.44), (0.55, 0.01, 0.44))
    assert [phone.label for phone in decode(unsure)] == ["a"]
    assert likeliest([unsure]) == ("a", "b")


def test_silence_is_no_sequence():
    assert likeliest([posteriors((0.9, 0.05, 0.05), (0.9, 0.05, 0.05))]) == ()


@pytest.mark.parametrize("looks", [1, 2])
def test_of_all_sequences_nearly_always_the_likeliest_is_found(looks):
    draw = np.random.default_rng(5)
    every = [phones for n in range(1, 6) for phones in product("ab", repeat=n)]
    best = better = 0
    for _ in range(60):
        seen = [drawn(draw, 6) for _look in range(looks)]
        found = likeliest(seen)
        if not found:
            continue
        probability = log_prob(found, *seen)
        best += probability >= max(log_prob(phones, *seen) for phones in every) - 1e-9
        greedy = tuple(phone.label for phone in decode(seen[0]))
        better += probability >= log_prob(greedy, *seen) - 1e-9
    assert best >= 50
    assert better >= 55
