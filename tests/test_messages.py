"""Messages are written as their language writes them."""

import pytest

from trainer.messages import choose_language, gettext


@pytest.mark.parametrize("language, written", [("en", "2.5 s"), ("ru", "2,5 с")])
def test_a_decimal_is_written_with_the_mark_of_the_language(language, written):
    choose_language(language)
    assert gettext("{seconds:.1f} s").format(seconds=2.5) == written


def test_what_is_no_decimal_stays_as_it_is():
    choose_language("ru")
    assert gettext("{path}: {seconds:.1f} s").format(path="a.wav", seconds=1.0) == "a.wav: 1,0 с"
