"""Words in a row: voicing across boundaries, prepositions, long consonants. Grammar is not looked at."""

import pytest

from trainer.phrasebook.connected import connected
from trainer.phrasebook.lexicon import lexicon
from trainer.phrasebook.text import tokens


def ways(text: str, language: str) -> list[list[str]]:
    known = lexicon(language)
    return [
        ["".join(phones) for phones in word]
        for word in connected(
            [known[token.key] for token in tokens(text, language)],
            language,
            [token.key for token in tokens(text, language)],
        )
    ]


@pytest.mark.parametrize(
    "text, word, spoken",
    [
        ("Сою́з гото́в", 0, "sɐjˈuz"),  # voiced before a voiced obstruent ...
        ("друг дру́гу", 0, "drˈuɡ"),
        ("Сою́з на", 0, "sɐjˈus"),  # ... not before a sonorant
        ("из Москве́", 0, "ɪz"),  # a preposition keeps its voice before a sonorant ...
        ("из отсе́ке", 0, "ɪz"),
        ("из ко́смосе", 0, "ɪs"),  # ... and loses it before a voiceless consonant
        ("в Сою́зе", 0, "f"),
        ("к гото́вность", 0, "ɡ"),
        ("Сою́з и", 1, "ɨ"),  # и after a hard consonant
    ],
)
def test_a_word_takes_on_what_follows(text, word, spoken):
    assert spoken in ways(text, "ru")[word]


def test_a_pause_between_words_stays_possible():
    assert "sɐjˈus" in ways("Сою́з гото́в", "ru")[0]


def test_a_preposition_has_no_form_of_its_own_before_a_voiceless_consonant():
    assert ways("в Сою́зе", "ru")[0] == ["f"]


def test_equal_consonants_may_be_said_as_one():
    assert "lˈaʊ" in ways("loud down", "en")[0]
    assert "ɡʊ" not in ways("good day", "en")[0]
    assert "ɡˈʊ" in ways("good day", "en")[0]


def test_a_lone_consonant_lives_on_in_the_next_word():
    preposition, word = ways("к конта́кт", "ru")
    assert preposition == ["k"]
    assert "ɐntˈakt" in word


@pytest.mark.parametrize(
    "text, word, spoken",
    [
        ("in place", 0, "ɪm"),
        ("mission control", 0, "mˈɪʃəŋ"),
        ("read you", 0, "ɹˈiːdʒ"),
        ("read you", 1, "uː"),
        ("mind your", 0, "mˈaɪndʒ"),
        ("what you", 0, "wˈʌtʃ"),
        ("next pass", 0, "nˈɛks"),
        ("hold five", 0, "hˈoʊl"),
        ("last message", 0, "lˈæs"),
        ("us shake", 0, "ʌʃ"),
    ],
)
def test_what_every_american_makes_of_two_words_is_accepted(text, word, spoken):
    assert spoken in [way.replace("ˈʌʃ", "ʌʃ") for way in ways(text, "en")[word]]


@pytest.mark.parametrize(
    "text, word, wrong",
    [
        ("hold at", 0, "hˈoʊl"),  # a stop is kept before a vowel ...
        ("read me", 0, "ɹˈiː"),  # ... and after one
        ("closed valve", 0, "klˈoʊz"),  # the ending -ed carries the tense
        ("your mission", 0, "ˈʊɹ"),  # [j] is lost after t, d, s, z only
        ("in contact", 0, "ɪm"),  # the place is that of the next consonant
        ("time check", 0, "tˈaɪn"),
        ("us", 0, "ʌʃ"),
    ],
)
def test_what_is_not_said_there_stays_wrong(text, word, wrong):
    assert wrong not in ways(text, "en")[word]


def test_a_preposition_may_soften_before_a_soft_dental():
    assert ways("из те́ни", "ru")[0] == ["ɪs", "ɪsʲ"]
    assert ways("из ко́смосе", "ru")[0] == ["ɪs"]


def test_a_final_t_joins_a_following_s():
    assert "nʲˈets" in ways("нет свя́зи", "ru")[0]
