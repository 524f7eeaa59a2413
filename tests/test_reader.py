"""What is said to somebody who does not read the other alphabet is in letters of their own."""

import re
import tomllib
from pathlib import Path

import pytest

import trainer.phones
from trainer.drill.verdict import PoorSound
from trainer.languages import other
from trainer.messages import choose_language
from trainer.phones.inventory import inventory
from trainer.phones.rules import rules
from trainer.reader import Reader
from trainer.scoring.feedback import Hint
from trainer.wording import verdict_told

AMERICAN, RUSSIAN = Reader("en", letters=True), Reader("ru", letters=True)
FOREIGN = {"en": "[а-яё]", "ru": "[a-z]"}


@pytest.fixture(params=["en", "ru"])
def reader(request):
    choose_language(request.param)
    return Reader(request.param, letters=True)


def texts(table):
    """All texts in both languages of a table."""
    if isinstance(table, dict) and isinstance(table.get("en"), str) and "ru" in table:
        yield table
    elif isinstance(table, dict | list):
        # What a sound is called has another rule: it is named after a word of the reader's own language.
        below = [one for name, one in table.items() if name != "name"] if isinstance(table, dict) else table
        for one in below:
            yield from texts(one)


def test_all_that_is_said_of_sounds_can_be_read_by_both_newcomers(reader):
    files = Path(trainer.phones.__file__).parent.glob("*.toml")
    told = [reader.told(text) for path in files for text in texts(tomllib.loads(path.read_text(encoding="utf-8")))]
    told += [reader.sound(phone) for language in ("en", "ru") for phone in inventory(language).values()]
    assert len(told) > 400
    unread = re.compile(FOREIGN[reader.first], re.IGNORECASE)
    assert [text for text in told if unread.search(re.sub(r"\[[^]]*\]|\{[^}]*\}", "", text))] == []


@pytest.mark.parametrize("first", ["en", "ru"])
def test_the_rules_speak_in_letters_and_their_examples_say_something_in_these(first):
    choose_language(first)
    reader, cards = Reader(first, letters=True), rules(other(first))
    told = " ".join(reader.told(text) for card in cards for text in (card.title, card.text))
    written = r"\[[a-zA-Z’-]+\]" if first == "en" else "\\[[а-яА-ЯӯӣӓӈəЁё\u0304\u0331-]+\\]"
    assert [sound for sound in re.findall(r"\[[^]]*\]", told) if not re.fullmatch(written, sound)] == []
    if first == "en":
        assert "gaz is [gas], god is [got]" in told
        assert "khorosho is [kha-ra-SHO]" in told


def test_sounds_that_letters_would_not_tell_apart_stay_in_ipa():
    choose_language("en")
    assert AMERICAN.told("You said [ɐ] for [ə], and [tʲ].") == "You said [ɐ] for [ə], and [t’]."


def test_a_word_of_a_call_is_read_as_it_stands_there():
    assert RUSSIAN.word("the", "en", ("ð", "ə")) == "з̱ə"
    assert RUSSIAN.word("the", "en") == "з̱ӣ"
    assert Reader("ru").word("the", "en", ("ð", "ə")) == "the"


def test_sounds_are_named_after_words_of_ones_own_language():
    choose_language("en")
    sound = inventory("ru")["ɨ"]
    assert AMERICAN.sound(sound) == "weak ih: the i of bill, short, the tongue further back"
    assert Reader("en").sound(sound) == "weak y as in рыбак"


def test_sounds_by_themselves_are_in_letters_where_these_tell_them_apart():
    assert [AMERICAN.phone(sound, "ru") for sound in ("ɕː", "tʲ", "ˈɨ", "ɐ")] == ["shsh", "t’", "IH", "a"]
    assert [RUSSIAN.phone(sound, "en") for sound in ("θ", "ŋ", "ˈiː")] == ["с̱", "ӈ", "Ӣ"]
    assert Reader("en").phone("ɕː", "ru") == AMERICAN.phone("ɕː", "en") == "ɕː"
    assert AMERICAN.phones("tʲ", "t", "ru") == ("t’", "t")
    assert AMERICAN.phones("ɐ", "ə", "ru") == ("ɐ", "ə")  # both are an a
    assert AMERICAN.phones("t", "en:t", "ru") == ("t", "en:t")
    assert AMERICAN.contrast("l-lʲ", "ru") == "l-l’"


def test_what_a_score_says_of_sounds_is_in_letters_of_ones_own():
    choose_language("en")
    hint = Hint("со́ль", "lʲ", "l", 30.0, 0.1, 0.2, {"en": "", "ru": ""}, {"en": "", "ru": ""})
    assert verdict_told(PoorSound(hint), "ru", AMERICAN) == "SOUND: [l’] in sol’ → [l]"
    assert verdict_told(PoorSound(hint), "ru") == "SOUND: [lʲ] in соль → [l]"


def test_the_stressed_syllable_is_in_capitals():
    assert AMERICAN.read("Вас по́нял.", "ru") == "vas PO-nil"
    assert RUSSIAN.read("Opening hatch.", "en") == "ОУ-пə-ниӈ хӓч"
    assert AMERICAN.loud("вы́двинуто", 1, "ru") == "vih-DVI-nu-ta"
    assert Reader("en").loud("вы́двинуто", 1, "ru") == "выДВИнуто"


def test_words_that_no_call_has_are_read_too():
    choose_language("en")
    assert AMERICAN.told({"en": "пыл, not пил; the ending -ого", "ru": ""}) == "pihl, not pil; the ending -ogo"


def test_what_is_in_ones_own_language_stays_as_it_is():
    assert AMERICAN.call("Opening hatch.", "en") == "Opening hatch."
    choose_language("ru")  # an American who has the interface in Russian
    assert AMERICAN.told({"en": "", "ru": "Скажите по-русски."}) == "Скажите по-русски."
