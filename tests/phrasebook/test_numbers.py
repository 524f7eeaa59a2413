"""How figures are said: facts about both languages, and what holds for every number."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.languages import LANGUAGES
from trainer.phrasebook.lexicon import lexicon
from trainer.phrasebook.numbers import LARGEST, UNITS, cardinal, digits, ordinal, say
from trainer.phrasebook.text import tokens, without_stress

CARDINALS = [
    (0, "zero", "ноль"),
    (1, "one", "оди́н"),
    (2, "two", "два"),
    (5, "five", "пять"),
    (11, "eleven", "оди́ннадцать"),
    (12, "twelve", "двена́дцать"),
    (19, "nineteen", "девятна́дцать"),
    (20, "twenty", "два́дцать"),
    (21, "twenty-one", "два́дцать оди́н"),
    (40, "forty", "со́рок"),
    (90, "ninety", "девяно́сто"),
    (100, "one hundred", "сто"),
    (112, "one hundred twelve", "сто двена́дцать"),
    (222, "two hundred twenty-two", "две́сти два́дцать два"),
    (260, "two hundred sixty", "две́сти шестьдеся́т"),
    (305, "three hundred five", "три́ста пять"),
    (999, "nine hundred ninety-nine", "девятьсо́т девяно́сто де́вять"),
    (1000, "one thousand", "ты́сяча"),
    (1001, "one thousand one", "ты́сяча оди́н"),
    (2000, "two thousand", "две ты́сячи"),
    (5300, "five thousand three hundred", "пять ты́сяч три́ста"),
    (11000, "eleven thousand", "оди́ннадцать ты́сяч"),
    (21000, "twenty-one thousand", "два́дцать одна́ ты́сяча"),
    (
        LARGEST,
        "nine hundred ninety-nine thousand nine hundred ninety-nine",
        "девятьсо́т девяно́сто де́вять ты́сяч девятьсо́т девяно́сто де́вять",
    ),
]


@pytest.mark.parametrize("n, english, russian", CARDINALS)
def test_whole_numerals(n, english, russian):
    assert cardinal(n, "en") == english
    assert cardinal(n, "ru") == russian


@pytest.mark.parametrize("n", [-1, LARGEST + 1])
def test_numbers_beyond_the_tables_are_refused(n):
    with pytest.raises(ValueError, match="not from"):
        cardinal(n, "ru")


@pytest.mark.parametrize(
    "n, russian",
    [
        (1, "пе́рвый"),
        (3, "тре́тий"),
        (10, "деся́тый"),
        (21, "два́дцать пе́рвый"),
        (36, "три́дцать шесто́й"),
        (40, "сороково́й"),
        (96, "девяно́сто шесто́й"),
        (100, "со́тый"),
        (148, "сто со́рок восьмо́й"),
        (200, "двухсо́тый"),
        (211, "две́сти оди́ннадцатый"),
    ],
)
def test_revolutions_are_ordinals_in_russian(n, russian):
    assert ordinal(n) == russian
    assert say("revolution", str(n), "ru") == russian
    assert say("revolution", str(n), "en") == cardinal(n, "en")


AGREEMENT = [
    ("0", "minute", "zero minutes", "ноль мину́т"),
    ("1", "minute", "one minute", "одна́ мину́та"),
    ("2", "minute", "two minutes", "две мину́ты"),
    ("5", "minute", "five minutes", "пять мину́т"),
    ("11", "minute", "eleven minutes", "оди́ннадцать мину́т"),
    ("12", "minute", "twelve minutes", "двена́дцать мину́т"),
    ("21", "minute", "twenty-one minutes", "два́дцать одна́ мину́та"),
    ("22", "second", "twenty-two seconds", "два́дцать две секу́нды"),
    ("112", "minute", "one hundred twelve minutes", "сто двена́дцать мину́т"),
    ("1", "meter", "one meter", "оди́н метр"),
    ("2", "meter", "two meters", "два ме́тра"),
    ("5", "meter", "five meters", "пять ме́тров"),
    ("14", "meter", "fourteen meters", "четы́рнадцать ме́тров"),
    ("51", "hour", "fifty-one hours", "пятьдеся́т оди́н час"),
    ("3", "hour", "three hours", "три часа́"),
    ("1000", "meter", "one thousand meters", "ты́сяча ме́тров"),
    ("222", "kilometer", "two hundred twenty-two kilometers", "две́сти два́дцать два киломе́тра"),
    ("61", "percent", "sixty-one percent", "шестьдеся́т оди́н проце́нт"),
    ("20", "degree", "twenty degrees", "два́дцать гра́дусов"),
    ("2", "meter-per-second", "two meters per second", "два ме́тра в секу́нду"),
    ("0.3", "meter-per-second", "zero point three meters per second", "ноль це́лых три деся́тых ме́тра в секу́нду"),
    ("2.5", "meter", "two point five meters", "две це́лых пять деся́тых ме́тра"),
    ("1.1", "meter", "one point one meters", "одна́ це́лая одна́ деся́тая ме́тра"),
    ("21.02", "meter", "twenty-one point zero two meters", "два́дцать одна́ це́лая две со́тых ме́тра"),
    ("11.011", "meter", "eleven point zero one one meters", "оди́ннадцать це́лых оди́ннадцать ты́сячных ме́тра"),
]


@pytest.mark.parametrize("figures, unit, english, russian", AGREEMENT)
def test_units_agree_with_their_number(figures, unit, english, russian):
    assert say("number", figures, "en", unit) == english
    assert say("number", figures, "ru", unit) == russian


@pytest.mark.parametrize(
    "figures, unit, case, russian",
    [
        ("1", "minute", "accusative", "одну́ мину́ту"),
        ("2", "minute", "accusative", "две мину́ты"),
        ("21", "second", "accusative", "два́дцать одну́ секу́нду"),
        ("1", "degree", "accusative", "оди́н гра́дус"),
        ("1", "minute", "genitive", "одно́й мину́ты"),
        ("2", "minute", "genitive", "двух мину́т"),
        ("30", "second", "genitive", "тридцати́ секу́нд"),
        ("21", "meter", "genitive", "двадцати́ одного́ ме́тра"),
        ("40", "meter", "genitive", "сорока́ ме́тров"),
        ("150", "meter", "genitive", "ста пяти́десяти ме́тров"),
        ("260", "millimeter", "genitive", "двухсо́т шести́десяти миллиме́тров"),
        ("0", "meter", "genitive", "нуля́ ме́тров"),
        ("2000", "meter", "genitive", "двух ты́сяч ме́тров"),
        ("1000", "meter", "accusative", "ты́сячу ме́тров"),
        ("2.5", "meter", "genitive", "двух це́лых пяти́ деся́тых ме́тра"),
    ],
)
def test_russian_cases(figures, unit, case, russian):
    assert say("number", figures, "ru", unit, case) == russian


SPOKEN = [
    ("number", "7.2", None, "seven point two", "семь и два"),
    ("number", "12.8", None, "twelve point eight", "двена́дцать и во́семь"),
    ("number", "7.05", None, "seven point zero five", "семь и ноль пять"),
    ("range", "150", None, "one hundred fifty", "сто пятьдеся́т"),
    ("rate", "0.25", None, "zero point two five", "ноль два́дцать пять"),
    ("rate", "0.3", None, "zero point three", "ноль три"),
    ("rate", "-0.1", None, "minus zero point one", "ми́нус ноль оди́н"),
    (
        "closure",
        "0.2",
        "meter-per-second",
        "closing at zero point two meters per second",
        "ско́рость сближе́ния ноль це́лых две деся́тых ме́тра в секу́нду",
    ),
    (
        "closure",
        "-1",
        "meter-per-second",
        "opening at one meter per second",
        "ско́рость расхожде́ния оди́н метр в секу́нду",
    ),
    ("closure", "0.0", "meter-per-second", "rate zero", "ско́рость ноль"),
    ("pressure", "260", None, "two six zero", "две́сти шестьдеся́т"),
    (
        "pressure",
        "260",
        "mercury",
        "two six zero millimeters of mercury",
        "две́сти шестьдеся́т миллиме́тров рту́тного столба́",
    ),
    ("pressure", "521", "millimeter", "five two one millimeters", "пятьсо́т два́дцать оди́н миллиме́тр"),
    ("pressure", "5", "pound", "five pounds", "пять фу́нтов"),
    ("pressure", "1", "pound", "one pound", "оди́н фунт"),
    ("pressure", "10.2", "psi", "one zero point two psi", "де́сять це́лых две деся́тых фу́нта"),
    ("angle", "60", "degree", "six zero degrees", "шестьдеся́т гра́дусов"),
    ("angle", "1", "degree", "one degree", "оди́н гра́дус"),
    ("angle", "-3", None, "minus three", "ми́нус три"),
    ("angle", "+2", None, "plus two", "плюс два"),
    ("angle", "0", None, "zero", "ноль"),
    ("frequency", "296.8", None, "two nine six decimal eight", "две́сти девяно́сто шесть и во́семь"),
    ("frequency", "121.75", None, "one two one decimal seven five", "сто два́дцать оди́н и се́мьдесят пять"),
    ("clock", "16:09", None, "sixteen zero nine", "шестна́дцать ноль де́вять"),
    ("clock", "19:00", None, "nineteen zero zero", "девятна́дцать ноль ноль"),
    ("clock", "09:05", None, "zero nine zero five", "де́вять ноль пять"),
    ("clock", "00:30", None, "zero zero thirty", "ноль три́дцать"),
    ("clock", "12:20", None, "twelve twenty", "двена́дцать два́дцать"),
    ("clock", "14:25:00", None, "fourteen twenty-five zero zero", "четы́рнадцать два́дцать пять ноль ноль"),
    ("get", "51:49", None, "five one hours, four nine minutes", "пятьдеся́т оди́н час со́рок де́вять мину́т"),
    ("get", "7:30", None, "seven hours, three zero minutes", "семь часо́в три́дцать мину́т"),
    ("get", "1:01", None, "one hour, zero one minutes", "оди́н час одна́ мину́та"),
    (
        "get",
        "142:05:22",
        None,
        "one four two hours, zero five minutes, two two seconds",
        "сто со́рок два часа́ пять мину́т два́дцать две секу́нды",
    ),
    ("duration", "3:00", None, "three minutes", "три мину́ты"),
    ("duration", "0:30", None, "thirty seconds", "три́дцать секу́нд"),
    ("duration", "1:01", None, "one minute one second", "одна́ мину́та одна́ секу́нда"),
    ("duration", "0:00", None, "zero seconds", "ноль секу́нд"),
]


@pytest.mark.parametrize("kind, figures, unit, english, russian", SPOKEN)
def test_what_is_said_on_the_loop(kind, figures, unit, english, russian):
    assert say(kind, figures, "en", unit) == english
    assert say(kind, figures, "ru", unit) == russian


def test_digit_names_for_what_was_not_understood():
    assert digits("260", "ru") == "дво́йка шестёрка ноль"
    assert digits("7.2", "ru") == "семёрка запята́я дво́йка"


@pytest.mark.parametrize(
    "kind, figures",
    [
        ("number", "a"),
        ("number", "1,5"),
        ("number", "٣"),
        ("number", "1234567"),
        ("clock", "24:00"),
        ("clock", "12:60"),
        ("get", "12"),
        ("duration", "1:2"),
        ("revolution", "0"),
        ("revolution", "1.5"),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_other_figures_are_refused(kind, figures, language):
    with pytest.raises(ValueError, match=re.escape(figures)):
        say(kind, figures, language)


def test_a_time_has_no_genitive():
    with pytest.raises(ValueError, match="nominative"):
        say("clock", "16:09", "ru", case="genitive")


whole = st.integers(0, LARGEST)
decimal = st.from_regex(r"[+-]?[0-9]{1,3}(\.[0-9]{1,3})?", fullmatch=True)
sixty = st.integers(0, 59).map("{:02}".format)
FIGURES = {
    "number": decimal,
    "range": whole.map(str),
    "rate": decimal,
    "closure": decimal,
    "pressure": decimal,
    "angle": decimal,
    "frequency": decimal,
    "clock": st.builds("{:02}:{}".format, st.integers(0, 23), sixty),
    "get": st.builds("{}:{}:{}".format, st.integers(0, 999), sixty, sixty),
    "duration": st.builds("{}:{}".format, st.integers(0, 99), sixty),
    "revolution": st.integers(1, 999).map(str),
}
anything_said = st.sampled_from(sorted(FIGURES)).flatmap(lambda kind: st.tuples(st.just(kind), FIGURES[kind]))


@given(anything_said, st.none() | st.sampled_from(sorted(UNITS)))
def test_every_word_can_be_scored_and_no_figure_is_left(said, unit):
    kind, figures = said
    for language in LANGUAGES:
        text = say(kind, figures, language, unit)
        assert not re.search(r"\d", text)
        assert text == " ".join(text.split())
        missing = [token.key for token in tokens(text, language) if token.key not in lexicon(language)]
        assert missing == []


@given(decimal, st.sampled_from(sorted(UNITS)), st.sampled_from(["genitive", "accusative"]))
def test_every_word_of_the_other_cases_can_be_scored(figures, unit, case):
    words = tokens(say("number", figures, "ru", unit, case), "ru")
    assert [word.key for word in words if word.key not in lexicon("ru")] == []


def value_of(words, names, thousand):
    """A whole number back from its words: each adds its value, the thousand multiplies what came before."""
    total = 0
    for word in words:
        total = (total or 1) * 1000 if word.startswith(thousand) else total + names[word]
    return total


RUSSIAN_VALUES = {
    without_stress(cardinal(n, "ru", gender)): n
    for n in (*range(21), *range(20, 100, 10), *range(100, 1000, 100))
    for gender in ("m", "f")
}
ENGLISH_VALUES = {cardinal(n, "en"): n for n in (*range(21), *range(20, 100, 10))}
ENGLISH_DIGITS = {cardinal(n, "en"): str(n) for n in range(10)}


@given(whole)
def test_russian_numerals_mean_their_number(n):
    assert value_of(without_stress(cardinal(n, "ru")).split(), RUSSIAN_VALUES, "тысяч") == n


@given(whole)
def test_english_numerals_mean_their_number(n):
    total = 0
    for part in cardinal(n, "en").split(" thousand"):
        hundreds, _, rest = part.strip().rpartition(" hundred")
        value = ENGLISH_VALUES[hundreds] * 100 if hundreds else 0
        value += sum(ENGLISH_VALUES[word] for word in rest.replace("-", " ").split())
        total = total * 1000 + value
    assert total == n


@given(decimal)
def test_digit_by_digit_repeats_the_figures(figures):
    signs = {"point": ".", "minus": "-", "plus": "+"}
    words = say("pressure", figures, "en").split()
    assert "".join((ENGLISH_DIGITS | signs)[word] for word in words) == figures


@given(st.integers(0, 23), st.integers(0, 59))
def test_times_mean_their_time(hour, minute):
    english = say("clock", f"{hour:02}:{minute:02}", "en").replace("-", " ").split()
    # The second number begins with the last word that can open one: a zero before a figure, a ten or a teen.
    readings = {
        tuple(sum(ENGLISH_VALUES[word] for word in half) for half in (english[:i], english[i:]))
        for i in range(1, len(english))
    }
    assert (hour, minute) in readings
    russian = without_stress(say("clock", f"{hour:02}:{minute:02}", "ru")).split()
    readings = {
        tuple(sum(RUSSIAN_VALUES[word] for word in half) for half in (russian[:i], russian[i:]))
        for i in range(1, len(russian))
    }
    assert (hour, minute) in readings
