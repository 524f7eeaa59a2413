"""What fluent speech may do with a sound where it stands, and what stays an error."""

import pytest

from trainer.languages import LANGUAGES
from trainer.phones.fluent import Leeway, leeway
from trainer.phones.inventory import inventory


def given(language: str, call: str, sound: int) -> Leeway:
    """call: words divided by |, sounds by blanks."""
    words = [word.split() for word in call.split("|")]
    return leeway(language, [p for word in words for p in word], [w for w, word in enumerate(words) for _ in word])[
        sound
    ]


@pytest.mark.parametrize(
    "language, call, sound",
    [
        ("en", "f ˈæ k t s", 3),  # facts
        ("en", "f ɹ ˈɛ n d z", 4),  # friends
        ("en", "s ˈɛ n t ɚ", 3),  # center
        ("en", "n ˈɑː t | m iː", 2),  # not me
        ("en", "b ˈʌ t ə n", 3),  # button
        ("en", "k ˈæ m ə ɹ ə", 3),  # camera
        ("en", "ɪ n | ð ə | b ˈɑː k s", 2),  # in the box
        ("ru", "z n ˈa j ɪ t", 3),  # знает
        ("ru", "p r ˈo v ə l ə k ə", 4),  # проволока
        ("ru", "n ˈo v ə j ə", 5),  # новая
    ],
)
def test_what_natives_leave_out_may_be_lost(language, call, sound):
    assert given(language, call, sound).lost


@pytest.mark.parametrize(
    "language, call, sound, said",
    [
        ("en", "w ˈɔː t ɚ", 2, "d"),  # water
        ("en", "n ˈɑː t | ˈaʊ t", 2, "d"),  # not out
        ("en", "t ɹ ˈaɪ", 0, "tʃ"),  # try
        ("en", "ɹ ˈoʊ z ə z", 3, "ɪ"),  # roses
        ("en", "ɹ iː p ˈɔː ɹ t", 1, "ɪ"),  # report
        ("en", "d ˈɑː k ɪ ŋ", 1, "ɔː"),  # docking, in Britain
        ("ru", "m ɐ s k v ˈa", 1, "ə"),  # Москва
    ],
)
def test_what_natives_say_instead_counts_as_the_sound(language, call, sound, said):
    assert said in given(language, call, sound).also


@pytest.mark.parametrize(
    "language, call, sound",
    [
        ("en", "s ˈɪ t", 1),  # sit: no seat
        ("en", "d ˈɑː ɡ z", 3),  # dogs: no docks
        ("en", "θ ˈɪ ŋ k", 0),
        ("en", "ð ˈɛ ɹ", 0),
        ("en", "k ˈɔː l d | b ˈæ k", 3),  # called back: carries the tense
        ("en", "ɪ t ˈæ k", 1),  # attack: a t before a stressed vowel is no tap
        ("en", "s ˈoʊ f ə", 3),
        ("en", "h ˈɑː ɹ d", 1),  # hard: no hoard
        ("ru", "v ɐ d ˈa", 3),
        ("ru", "m ˈa tʲ", 2),
        ("ru", "j ɪ j ˈo", 2),  # её: j before a stressed vowel
        ("ru", "d ˈo m ə", 3),
    ],
)  # fmt: skip
def test_what_tells_words_apart_has_no_leeway(language, call, sound):
    assert given(language, call, sound) == Leeway()


def test_a_call_of_one_sound_has_none():
    for language in LANGUAGES:
        assert all(leeway(language, [phone], [0]) == [Leeway()] for phone in inventory(language) if phone not in "ɐɨəɪ")
