"""Shadowing: an even distance costs nothing, a changing one does; the speed follows."""

import json
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st
from program import ruston

from trainer.bundled import bundled
from trainer.drill.shadowing import SPEEDS, next_speed, timed
from trainer.scoring.points import PASS_MARK, doubtful

gaps = st.lists(st.floats(0.2, 0.8), min_size=2, max_size=8)
starts = gaps.map(lambda found: list(accumulate(found)))


@given(starts, st.floats(0, 0.6))
def test_an_even_shadow_is_whole(read, lag):
    found = timed([start + lag for start in read], read, len(read))
    assert found.points == pytest.approx(100)
    assert found.lag == pytest.approx(lag)
    assert found.spread == pytest.approx(0, abs=1e-9)


@given(starts, st.floats(0.2, 1.0))
def test_a_shadow_that_stumbles_is_worth_less_and_words_left_out_cost(read, jump):
    uneven = [start + (jump if n % 2 else 0.0) for n, start in enumerate(read)]
    assert timed(uneven, read, len(read)).points <= timed(read, read, len(read)).points
    assert timed(read, read, 2 * len(read)).points == pytest.approx(50)


@given(st.sampled_from(SPEEDS), st.floats(0, 100))
def test_the_ladder_goes_up_where_it_was_good_and_ends_at_both_ends(speed, points):
    after = next_speed(speed, points)
    assert after in SPEEDS
    assert after >= speed if points >= PASS_MARK else after <= speed
    assert after == speed or not doubtful(points, PASS_MARK)


def test_a_reading_shadows_itself(tmp_path):
    clip = bundled("audio") / "reference" / "en" / "man" / "DOC-09.opus"
    run = ruston(
        "shadow", "DOC-09", "--crew", "leonov", "--speed", 1.0, "--mic", clip, "--speaker", "mute",
        "--records", tmp_path / "r.sqlite", "--json",
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    assert found["said"] == 1
    assert found["spread"] < 0.05
    assert found["points"] > 90
    assert found["next"] == 1.1
