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
    [("en", "iː", "uː"), ("en", "t", "k"), ("ru", "ˈi", "ˈɨ"), ("ru", "ˈɨ", "ˈu"), ("ru", "s", "x")],
)
def test_what_is_made_in_front_is_drawn_in_front(language, forward, back):
    assert summit(language, forward)[0] < summit(language, back)[0]


def test_soft_consonants_raise_the_middle_of_the_tongue():
    for hard, soft in (("t", "tʲ"), ("m", "mʲ"), ("r", "rʲ"), ("l", "lʲ")):
        assert summit("ru", soft)[1] < summit("ru", hard)[1]


def test_voice_and_nose_are_seen():
    assert section(inventory("en")["z"]).mouth != section(inventory("en")["s"]).mouth
    assert section(inventory("en")["n"]).mouth != section(inventory("en")["d"]).mouth


def test_the_tip_is_between_the_teeth_for_th_only():
    english, russian = inventory("en"), inventory("ru")
    tip = {phone: min(dots(section(english[phone]).tongue)) for phone in ("θ", "ð", "s", "z")}
    assert tip["θ"][0] < tip["s"][0]
    assert tip["ð"][0] < tip["z"][0]
    assert section(english["θ"]).tongue != section(russian["s"]).tongue


def test_the_back_is_raised_for_a_hard_l():
    back = [dot for dot in dots(section(inventory("ru")["l"]).tongue) if dot[0] > 20]
    assert min(y for _x, y in back) < 9


def test_lips_come_forward_for_hushing_sounds():
    for language, forward, flat in (("en", "ʃ", "s"), ("en", "ɹ", "l"), ("ru", "ʂ", "s")):
        known = inventory(language)
        out = {phone: min(dots(section(known[phone]).mouth)) for phone in (forward, flat)}
        lips = {phone: sum(x < 3 and y > 7 for x, y in dots(section(known[phone]).mouth)) for phone in out}
        assert lips[forward] > lips[flat], (forward, flat)


def test_a_diphthong_shows_where_it_goes():
    drawn = {phone: section(inventory("en")[phone]).tongue for phone in ("aɪ", "aʊ", "ɔɪ", "ɔː")}
    assert drawn["aɪ"] != drawn["aʊ"]
    assert drawn["ɔɪ"] != drawn["ɔː"]
