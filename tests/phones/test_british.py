"""British forms of English words by rule, and that no word of the calls is taken from those who learnt them."""

import pytest

from trainer.phones.british import british
from trainer.phones.inventory import inventory
from trainer.phrasebook.drafting import drafted
from trainer.phrasebook.lexicon import lexicon


def forms(spelled: str, american: str) -> list[str]:
    return [" ".join(form) for form in british(spelled, tuple(american.split()))]


@pytest.mark.parametrize(
    "spelled, american, said",
    [
        ("harder", "h ˈɑː ɹ d ɚ", "h ˈɑː d ə"),
        ("wiring", "w ˈaɪ ɚ ɪ ŋ", "w ˈaɪ ə ɹ ɪ ŋ"),
        ("gear", "ɡ ˈɪ ɹ", "ɡ ˈɪ ə"),
        ("grasping", "ɡ ɹ ˈæ s p ɪ ŋ", "ɡ ɹ ˈɑː s p ɪ ŋ"),
        ("staffing", "s t ˈæ f ɪ ŋ", "s t ˈɑː f ɪ ŋ"),
        ("duty", "d ˈuː t iː", "d j ˈuː t iː"),
        ("carrier", "k ˈɛ ɹ iː ɚ", "k ˈæ ɹ iː ə"),
        ("worry", "w ˈɝ iː", "w ˈʌ ɹ iː"),
        ("sedimentary", "s ˌɛ d ə m ˈɛ n t ˌɛ ɹ iː", "s ˌɛ d ə m ˈɛ n t ə ɹ iː"),
        ("ionization", "ˌaɪ ə n ə z ˈeɪ ʃ ə n", "ˌaɪ ə n aɪ z ˈeɪ ʃ ə n"),
        ("fragile", "f ɹ ˈæ dʒ ə l", "f ɹ ˈæ dʒ aɪ l"),
    ],
)
def test_the_british_form_of_a_word_follows_from_the_american(spelled, american, said):
    assert said in forms(spelled, american)


@pytest.mark.parametrize(
    "spelled, american",
    [
        ("mass", "m ˈæ s"), ("classic", "k l ˈæ s ɪ k"), ("balance", "b ˈæ l ə n s"), ("moon", "m ˈuː n"),
        ("rate", "ɹ ˈeɪ t"), ("work", "w ˈɝ k"), ("dock", "d ˈɑː k"),
    ],
)  # fmt: skip
def test_what_sounds_alike_on_both_sides_has_no_form_of_its_own(spelled, american):
    assert forms(spelled, american) == []


def test_a_word_of_ones_own_may_be_said_as_in_britain():
    ways = drafted(["The harness, Commander Parker."], lexicon("en"))["parker"]
    assert [(way.phones[2], way.tags) for way in ways] == [
        ("ɹ", {"draft"}),
        ("k", {"draft", "british"}),
    ]


def test_every_word_of_the_lexicon_may_be_said_without_an_r_that_no_vowel_follows():
    known = inventory("en")

    def american(phones: tuple[str, ...]) -> bool:
        after = (*phones[1:], None)
        return any(
            (known[phone].rhotic and known[phone].kind == "vowel" and phone.lstrip("ˈˌ") != "ɝ")
            or (phone == "ɹ" and (later is None or known[later].kind != "vowel"))
            for phone, later in zip(phones, after, strict=True)
        )  # fmt: skip

    assert [word for word, ways in lexicon("en").entries.items() if all(american(way.phones) for way in ways)] == []
