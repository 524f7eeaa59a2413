"""Figures, signs and abbreviations of a newcomer's phrases, said as the program's own calls say them."""

import pytest

from trainer.phrasebook.lexicon import lexicon
from trainer.phrasebook.load import check
from trainer.phrasebook.spoken import spoken


@pytest.mark.parametrize(
    "text, language, said",
    [
        ("Hold at 150 m, 5% left", "en", "Hold at one hundred fifty meters, five percent left"),
        ("At 16:09 & later", "en", "At sixteen zero nine and later"),
        ("Panel №3, 1.5 m/s", "en", "Panel number three, one point five meters per second"),
        ("До станции 20 м", "ru", "До станции два́дцать ме́тров"),
        ("до 30°", "ru", "до тридцати́ гра́дусов"),
        ("осталось 2 минуты", "ru", "осталось две минуты"),
        ("Осталось 2 мин.", "ru", "Осталось две мину́ты."),
        ("через 5 мин. начнём", "ru", "через пять мину́т начнём"),
        ("21% энергии", "ru", "два́дцать оди́н проце́нт энергии"),
        ("люк №2", "ru", "люк но́мер два"),
        ("ГТС в норме", "ru", "гэтээ́с в норме"),
        ("модуль номер 2 закрыт", "ru", "модуль номер два закрыт"),
        ("патрон CO2, -10 °C", "ru", "патрон цэо́ два, ми́нус де́сять гра́дусов"),
        ("CO2 at -10 °C", "en", "C O two at minus ten degrees"),
        ("люк № Б, панель № два", "ru", "люк но́мер Б, панель но́мер два"),
    ],
)
def test_what_is_written_short_is_said_in_full(text, language, said):
    assert spoken(text, language) == said


@pytest.mark.parametrize(
    "text, language",
    [
        ("R2-D2", "en"),
        ("MA-059", "en"),
        ("2 корабля", "ru"),
        ("No figures here.", "en"),
        ("The hatch № is closed.", "en"),
        ("Люк закрыт № .", "ru"),
        ("Copy &.", "en"),
        ("& hold", "en"),
        ("Точка, запятая — и всё.", "ru"),
    ],
)
def test_what_the_grammar_cannot_tell_stays(text, language):
    assert spoken(text, language) == text


PHRASES = (
    ("Check the pump, 5 bar.", "Проверь насос, 5 бар."),
    ("Battery 80%.", "Батарея 80%."),
    ("The camera is broken.", "Камера сломана."),
    ("Range 20 m.", "Дальность 20 метров."),
    ("Meet us at 16:30.", "Встречайте нас в 16:30."),
    ("We changed the filter.", "Мы заменили фильтр."),
    ("The antenna does not turn.", "Антенна не поворачивается."),
    ("Breakfast & news in 10 minutes.", "Завтрак и новости через 10 минут."),
    ("Hatch №2 is closed.", "Люк №2 закрыт."),
    ("Come behind the station.", "Зайдите из-за станции."),
)


@pytest.mark.parametrize("sign, en", [("№", "The hatch № is closed."), ("&", "Copy & ."), ("%", "Fifty %.")])
def test_a_sign_of_nothing_is_asked_about(tmp_path, sign, en):
    book = tmp_path / "ours.toml"
    book.write_text(f'[[phrase]]\nen = "{en}"\nru = "Люк закры́т {sign} ."\n', encoding="utf-8")
    _book, problems = check(book)
    assert [(problem.field, problem.message[:12]) for problem in problems] == [
        (field, f"write {sign} in w"[:12]) for field in ("en", "ru")
    ]


def test_ten_phrases_of_a_newcomer_ask_for_nothing_but_unknown_words(tmp_path):
    book = tmp_path / "ours.toml"
    book.write_text("".join(f'[[phrase]]\nen = "{en}"\nru = "{ru}"\n' for en, ru in PHRASES), encoding="utf-8")
    lexicons = {language: lexicon(language) for language in ("en", "ru")}
    _book, problems = check(book, lexicons)
    asked = [problem.message for problem in problems if "is not in the lexicon" not in problem.message]
    assert len(asked) == 1
    assert "встречайте" in asked[0]  # no dictionary here knows it
