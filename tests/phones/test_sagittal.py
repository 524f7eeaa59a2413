"""The mouth from the side: what is drawn agrees with what the features say."""

import pytest

from trainer.languages import LANGUAGES
from trainer.phones.inventory import inventory
from trainer.phones.sagittal import COLUMNS, ROWS, section


def dots(rows: tuple[str, ...]) -> list[tuple[int, int]]:
    """Columns and rows of the dots of a drawing."""
    order = {
        0x01: (0, 0),
        0x02: (0, 1),
        0x04: (0, 2),
        0x08: (1, 0),
        0x10: (1, 1),
        0x20: (1, 2),
        0x40: (0, 3),
        0x80: (1, 3),
    }
    return [
        (2 * column + x, 4 * row + y)
        for row, line in enumerate(rows)
        for column, glyph in enumerate(line)
        if glyph != " "
        for bit, (x, y) in order.items()
        if (ord(glyph) - 0x2800) & bit
    ]


def summit(language, phone) -> tuple[int, int]:
    """The highest dot of the tongue."""
    return min(dots(section(inventory(language)[phone]).tongue), key=lambda dot: dot[1])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sound_has_a_drawing_of_one_size(language):
    for phone in inventory(language).values():
        drawn = section(phone)
        for layer in (drawn.mouth, drawn.tongue, drawn.body):
            assert [len(row) for row in layer] == [COLUMNS] * ROWS
        assert dots(drawn.tongue)


@pytest.mark.parametrize(
    "language, higher, lower", [("en", "iː", "æ"), ("en", "uː", "ɑː"), ("ru", "ˈi", "ˈe"), ("ru", "ˈu", "ˈo")]
)
def test_close_vowels_are_high_and_open_ones_low(language, higher, lower):
    assert summit(language, higher)[1] < summit(language, lower)[1]


@pytest.mark.parametrize(
    "language, forward, back",
    [("en", "iː", "uː"), ("en", "t", "k"), ("ru", "s", "ʂ"), ("ru", "ˈi", "ˈɨ"), ("ru", "ˈɨ", "ˈu"), ("ru", "s", "x")],
)
def test_what_is_made_in_front_is_drawn_in_front(language, forward, back):
    assert summit(language, forward)[0] < summit(language, back)[0]


def test_soft_consonants_raise_the_middle_of_the_tongue():
    for hard, soft in (("t", "tʲ"), ("m", "mʲ"), ("r", "rʲ"), ("l", "lʲ")):
        assert summit("ru", soft)[1] < summit("ru", hard)[1]


def test_voice_and_nose_are_seen():
    assert section(inventory("en")["z"]).mouth != section(inventory("en")["s"]).mouth
    assert section(inventory("en")["n"]).mouth != section(inventory("en")["d"]).mouth
