"""Help comes in steps, and each shows more of a call than the one before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.drill.hints import STEPS, shown, shown_in_letters

CALL = "Вас по́нял. Открыва́ю люк но́мер три."


@pytest.mark.parametrize(
    "step, seen",
    [
        (0, "… …. … … … …."),
        (1, "В… п…. О… л… н… т…."),
        (2, "В… по́нял. О… люк н… три."),
        (STEPS, CALL),
    ],
)
def test_first_the_first_letters_then_every_other_word_then_all(step, seen):
    assert shown(CALL, "ru", step) == seen


@given(st.lists(st.sampled_from(["Roger", "three", "Soyuz", "a", "O"]), min_size=1).map(" ".join))
def test_no_step_shows_less_than_the_one_before(call):
    letters = [len(shown(call, "en", step).replace("…", "")) for step in range(STEPS + 1)]
    assert letters == sorted(letters)


@pytest.mark.parametrize(
    "step, seen", [(1, "v… P… a… L…"), (2, "v… PO-nil a… LYUK"), (STEPS, "vas PO-nil at-kry LYUK")]
)
def test_letters_of_ones_own_are_shown_by_the_same_steps(step, seen):
    assert shown_in_letters("vas PO-nil at-kry LYUK", step) == seen
