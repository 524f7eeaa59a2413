"""Figures as they are said on the loop: 16:09 is "sixteen zero nine", «шестна́дцать ноль де́вять».

English says frequencies, pressures, elapsed times and angles digit by digit, with "decimal" in frequencies and "point"
in measurements, and everything else in whole numerals. Russian always says whole numerals, which agree with their unit
in gender, number and case; without a unit it says a decimal as two numbers, «семь и два».

The tables are our own. num2words knows many more languages, but marks no stress, declines little in Russian, has no
radio forms, and its licence (LGPL) is not one that this program depends on.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from trainer.languages import Language

Case = Literal["nominative", "genitive", "accusative"]
Gender = Literal["m", "f", "n"]
Kind = Literal[
    "number", "range", "rate", "closure", "pressure", "angle", "frequency", "clock", "get", "duration", "revolution"
]  # fmt: skip
Unit = Literal[
    "meter", "kilometer", "millimeter", "mercury", "psi", "pound", "degree", "percent", "hour", "minute", "second",
    "meter-per-second",
]  # fmt: skip

LARGEST = 999_999

# --- whole numerals ---

_EN_ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_EN_TENS = ("", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")

# Nominative, genitive. Where it differs from the nominative, the accusative stands in _RU_GENDERED.
_RU_CARDINALS: dict[int, tuple[str, str]] = {
    0: ("ноль", "нуля́"),
    3: ("три", "трёх"),
    4: ("четы́ре", "четырёх"),
    5: ("пять", "пяти́"),
    6: ("шесть", "шести́"),
    7: ("семь", "семи́"),
    8: ("во́семь", "восьми́"),
    9: ("де́вять", "девяти́"),
    10: ("де́сять", "десяти́"),
    11: ("оди́ннадцать", "оди́ннадцати"),
    12: ("двена́дцать", "двена́дцати"),
    13: ("трина́дцать", "трина́дцати"),
    14: ("четы́рнадцать", "четы́рнадцати"),
    15: ("пятна́дцать", "пятна́дцати"),
    16: ("шестна́дцать", "шестна́дцати"),
    17: ("семна́дцать", "семна́дцати"),
    18: ("восемна́дцать", "восемна́дцати"),
    19: ("девятна́дцать", "девятна́дцати"),
    20: ("два́дцать", "двадцати́"),
    30: ("три́дцать", "тридцати́"),
    40: ("со́рок", "сорока́"),
    50: ("пятьдеся́т", "пяти́десяти"),
    60: ("шестьдеся́т", "шести́десяти"),
    70: ("се́мьдесят", "семи́десяти"),
    80: ("во́семьдесят", "восьми́десяти"),
    90: ("девяно́сто", "девяно́ста"),
    100: ("сто", "ста"),
    200: ("две́сти", "двухсо́т"),
    300: ("три́ста", "трёхсо́т"),
    400: ("четы́реста", "четырёхсо́т"),
    500: ("пятьсо́т", "пятисо́т"),
    600: ("шестьсо́т", "шестисо́т"),
    700: ("семьсо́т", "семисо́т"),
    800: ("восемьсо́т", "восьмисо́т"),
    900: ("девятьсо́т", "девятисо́т"),
}
# One and two agree in gender: nominative, genitive, accusative (of things, not of living beings).
_RU_GENDERED: dict[tuple[int, Gender], tuple[str, str, str]] = {
    (1, "m"): ("оди́н", "одного́", "оди́н"),
    (1, "f"): ("одна́", "одно́й", "одну́"),
    (1, "n"): ("одно́", "одного́", "одно́"),
    (2, "m"): ("два", "двух", "два"),
    (2, "f"): ("две", "двух", "две"),
    (2, "n"): ("два", "двух", "два"),
}
_RU_ORDINALS: dict[int, str] = {
    1: "пе́рвый",
    2: "второ́й",
    3: "тре́тий",
    4: "четвёртый",
    5: "пя́тый",
    6: "шесто́й",
    7: "седьмо́й",
    8: "восьмо́й",
    9: "девя́тый",
    10: "деся́тый",
    11: "оди́ннадцатый",
    12: "двена́дцатый",
    13: "трина́дцатый",
    14: "четы́рнадцатый",
    15: "пятна́дцатый",
    16: "шестна́дцатый",
    17: "семна́дцатый",
    18: "восемна́дцатый",
    19: "девятна́дцатый",
    20: "двадца́тый",
    30: "тридца́тый",
    40: "сороково́й",
    50: "пятидеся́тый",
    60: "шестидеся́тый",
    70: "семидеся́тый",
    80: "восьмидеся́тый",
    90: "девяно́стый",
    100: "со́тый",
    200: "двухсо́тый",
    300: "трёхсо́тый",
    400: "четырёхсо́тый",
    500: "пятисо́тый",
    600: "шестисо́тый",
    700: "семисо́тый",
    800: "восьмисо́тый",
    900: "девятисо́тый",
}

_RU_DIGITS = (
    *("ноль", "едини́ца", "дво́йка", "тро́йка", "четвёрка"),
    *("пятёрка", "шестёрка", "семёрка", "восьмёрка", "девя́тка"),
)


@dataclass(frozen=True)
class _Noun:
    """A Russian word that is counted: один `one`, нет одного `genitive`, два `few`, пять `many`, вижу `accusative`."""

    gender: Gender
    one: str
    genitive: str
    many: str
    few: str
    accusative: str

    def after(self, n: int, case: Case) -> str:
        last, teens = n % 10, n % 100 // 10 == 1
        if last == 1 and not teens:
            return {"nominative": self.one, "genitive": self.genitive, "accusative": self.accusative}[case]
        if 2 <= last <= 4 and not teens and case != "genitive":
            return self.few
        return self.many


def _noun(gender: Gender, one: str, genitive: str, many: str, accusative: str | None = None) -> _Noun:
    return _Noun(gender, one, genitive, many, genitive, accusative or one)


def _share(one: str, genitive: str, many: str, accusative: str) -> _Noun:
    """Две десятых: an adjective, that stands in the genitive plural after two, too."""
    return _Noun("f", one, genitive, many, many, accusative)


_THOUSAND = _noun("f", "ты́сяча", "ты́сячи", "ты́сяч", "ты́сячу")
_WHOLES = _share("це́лая", "це́лой", "це́лых", "це́лую")
_SHARES = {
    1: _share("деся́тая", "деся́той", "деся́тых", "деся́тую"),
    2: _share("со́тая", "со́той", "со́тых", "со́тую"),
    3: _share("ты́сячная", "ты́сячной", "ты́сячных", "ты́сячную"),
}
_HOUR = _Noun("m", "час", "ча́са", "часо́в", few="часа́", accusative="час")  # два часа́, but полови́на ча́са
_MINUTE = _noun("f", "мину́та", "мину́ты", "мину́т", "мину́ту")
_SECOND = _noun("f", "секу́нда", "секу́нды", "секу́нд", "секу́нду")
_POUND = _noun("m", "фунт", "фу́нта", "фу́нтов")

UNITS: dict[Unit, tuple[tuple[str, str], _Noun]] = {
    "meter": (("meter", "meters"), _noun("m", "метр", "ме́тра", "ме́тров")),
    "kilometer": (("kilometer", "kilometers"), _noun("m", "киломе́тр", "киломе́тра", "киломе́тров")),
    "millimeter": (("millimeter", "millimeters"), _noun("m", "миллиме́тр", "миллиме́тра", "миллиме́тров")),
    "mercury": (
        ("millimeter of mercury", "millimeters of mercury"),
        _noun("m", "миллиме́тр рту́тного столба́", "миллиме́тра рту́тного столба́", "миллиме́тров рту́тного столба́"),
    ),
    # On the loop the square inch goes without saying.
    "psi": (("psi", "psi"), _POUND),
    "pound": (("pound", "pounds"), _POUND),
    "degree": (("degree", "degrees"), _noun("m", "гра́дус", "гра́дуса", "гра́дусов")),
    "percent": (("percent", "percent"), _noun("m", "проце́нт", "проце́нта", "проце́нтов")),
    "hour": (("hour", "hours"), _HOUR),
    "minute": (("minute", "minutes"), _MINUTE),
    "second": (("second", "seconds"), _SECOND),
    "meter-per-second": (
        ("meter per second", "meters per second"),
        _noun("m", "метр в секу́нду", "ме́тра в секу́нду", "ме́тров в секу́нду"),
    ),
}


def cardinal(n: int, language: Language, gender: Gender = "m", case: Case = "nominative") -> str:
    """A whole number from 0 to LARGEST: "two hundred sixty", «две́сти шестьдеся́т»."""
    if not 0 <= n <= LARGEST:
        raise ValueError(f"{n} is not from 0 to {LARGEST}")
    return _english(n) if language == "en" else _russian(n, gender, case)


def ordinal(n: int) -> str:
    """A Russian ordinal from 1 to 999 with a masculine noun: «два́дцать пе́рвый». English names things by number."""
    if not 1 <= n <= 999:
        raise ValueError(f"{n} is not from 1 to 999")
    *before, last = _parts(n)
    return " ".join([*(_russian(part, "m", "nominative") for part in before), _RU_ORDINALS[last]])


def figure_words(language: Language) -> dict[str, str]:
    """Every word that figures are said with, units left out, and the figure it stands for: Russian «трёх» is «три»."""
    if language == "en":
        words = (*_EN_ONES, *_EN_TENS[1:], "hundred", "thousand", "point", "decimal", "plus", "minus")
        return {word: word for word in words}
    forms = [(form, forms[0]) for forms in _RU_CARDINALS.values() for form in forms]
    forms += [(form, _RU_GENDERED[n, "m"][0]) for (n, _gender), forms in _RU_GENDERED.items() for form in forms]
    for noun in (_THOUSAND, _WHOLES, *_SHARES.values()):
        forms += [(form, noun.one) for form in (noun.one, noun.genitive, noun.many, noun.few, noun.accusative)]
    alone = (*_RU_ORDINALS.values(), *_RU_DIGITS, "плюс", "ми́нус", "запята́я")
    return {**{word: word for word in alone}, **dict(forms)}


def _english(n: int) -> str:
    if n < 20:
        return _EN_ONES[n]
    if n < 100:
        tens, rest = divmod(n, 10)
        return f"{_EN_TENS[tens]}-{_EN_ONES[rest]}" if rest else _EN_TENS[tens]
    size, name = (1000, "thousand") if n >= 1000 else (100, "hundred")
    count, rest = divmod(n, size)
    return f"{_english(count)} {name} {_english(rest)}" if rest else f"{_english(count)} {name}"


def _russian(n: int, gender: Gender, case: Case) -> str:
    thousands, rest = divmod(n, 1000)
    words = []
    if thousands:
        # A single thousand is said without its one.
        words += [_russian(thousands, "f", case)] if thousands > 1 else []
        words.append(_THOUSAND.after(thousands, case))
    for part in _parts(rest) if rest or not thousands else ():
        if (part, gender) in _RU_GENDERED:
            nominative, genitive, accusative = _RU_GENDERED[part, gender]
        else:
            nominative, genitive = _RU_CARDINALS[part]
            accusative = nominative
        words.append({"nominative": nominative, "genitive": genitive, "accusative": accusative}[case])
    return " ".join(words)


def _parts(n: int) -> list[int]:
    """What a number below 1000 is said as: 121 is 100, 20, 1."""
    rest = n % 100
    tail = [rest] if rest < 20 else [rest - rest % 10, rest % 10]
    return [part for part in (n - rest, *tail) if part] or [0]


# --- figures ---

_NUMBER = re.compile(r"(?P<sign>[+-]?)(?P<whole>\d{1,6})(?:\.(?P<share>\d{1,3}))?")
_CLOCK = re.compile(r"(\d|[01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?")
_GET = re.compile(r"(\d{1,3}):([0-5]\d)(?::([0-5]\d))?")
_REVOLUTION = re.compile(r"[1-9]\d{0,2}")
_DURATION = re.compile(r"(\d{1,3}):([0-5]\d)")
_SIGNS = {"en": {"": "", "+": "plus ", "-": "minus "}, "ru": {"": "", "+": "плюс ", "-": "ми́нус "}}


def say(kind: Kind, figures: str, language: Language, unit: Unit | None = None, case: Case = "nominative") -> str:
    """Figures in words. Raises ValueError where they are not figures of this kind, or do not stand in this case."""
    if kind not in DECLINED and case != "nominative":
        raise ValueError(f"a {kind} stands in the nominative only")
    return _KINDS[kind](figures, language, unit, case)


def digits(figures: str, language: Language, point: str = "point") -> str:
    """Digit by digit: "two six zero", "one two one decimal seven five". In Russian only for what was not understood."""
    names = {"en": _EN_ONES, "ru": _RU_DIGITS}[language]
    separator = {"en": point, "ru": "запята́я"}[language]
    found = _match(_NUMBER, figures)
    sign = _SIGNS[language][found["sign"]]
    return sign + " ".join(separator if figure == "." else names[int(figure)] for figure in figures.lstrip("+-"))


def _match(pattern: re.Pattern[str], figures: str) -> re.Match[str]:
    # Only 0-9: \d would let through the figures of every script.
    if not (found := pattern.fullmatch(figures)) or not figures.isascii():
        raise ValueError(f"{figures!r} are not figures of this kind")
    return found


def _quantity(figures: str, language: Language, unit: Unit | None, case: Case) -> str:
    """English in whole numerals; Russian as in `_russian_quantity`."""
    if language == "ru":
        return _russian_quantity(figures, unit, case)
    found = _match(_NUMBER, figures)
    words = _SIGNS["en"][found["sign"]] + _english(int(found["whole"]))
    if found["share"]:
        words += " point " + digits(found["share"], "en")
    return _with_english_unit(words, figures, unit)


def _by_digits(figures: str, language: Language, unit: Unit | None, case: Case) -> str:
    if language == "ru":
        return _russian_quantity(figures, unit, case)
    return _with_english_unit(digits(figures, "en"), figures, unit)


def _with_english_unit(words: str, figures: str, unit: Unit | None) -> str:
    if unit is None:
        return words
    one, many = UNITS[unit][0]
    return f"{words} {one if figures.lstrip('+-') == '1' else many}"


def _russian_quantity(figures: str, unit: Unit | None, case: Case) -> str:
    found = _match(_NUMBER, figures)
    sign, n, share = _SIGNS["ru"][found["sign"]], int(found["whole"]), found["share"]
    noun = UNITS[unit][1] if unit else None
    if not share:
        return sign + (_counted(n, noun, case) if noun else _russian(n, "m", case))
    if noun:
        whole, part = _counted(n, _WHOLES, case), _counted(int(share), _SHARES[len(share)], case)
        return f"{sign}{whole} {part} {noun.genitive}"
    # Zero runs into its share, «ноль три»; other numbers are joined to it, «семь и два».
    joint = " " if n == 0 else " и "
    return f"{sign}{_russian(n, 'm', case)}{joint}{_zeros_and_number(share, case)}"


def _counted(n: int, noun: _Noun, case: Case) -> str:
    return f"{_russian(n, noun.gender, case)} {noun.after(n, case)}"


def _zeros_and_number(figures: str, case: Case = "nominative") -> str:
    """Leading zeros one by one, then a whole number: 09 is «ноль де́вять», 00 «ноль ноль»."""
    zeros = len(figures) - len(figures.lstrip("0"))
    words = [_russian(0, "m", case)] * zeros
    return " ".join([*words, _russian(int(figures), "m", case)] if zeros < len(figures) else words)


def _frequency(figures: str, language: Language, unit: Unit | None, case: Case) -> str:
    return digits(figures, "en", "decimal") if language == "en" else _russian_quantity(figures, None, "nominative")


def _closure(figures: str, language: Language, unit: Unit | None, case: Case) -> str:
    """A range rate with its direction in words; negative figures mean that the ships move apart."""
    opening, speed = figures.startswith("-"), figures.lstrip("+-")
    if not speed.strip("0."):
        return {"en": "rate zero", "ru": "ско́рость ноль"}[language]
    words = _quantity(speed, language, unit, case)
    if language == "en":
        return f"{'opening' if opening else 'closing'} at {words}"
    return f"ско́рость {'расхожде́ния' if opening else 'сближе́ния'} {words}"


def _clock(figures: str, language: Language, unit: Unit | None, case: Case) -> str:
    """Hours and minutes as two numbers, with a zero before a single figure; Russian drops that of the hour."""
    hour, *others = (field for field in _match(_CLOCK, figures).groups() if field)
    if language == "ru":
        return " ".join([_russian(int(hour), "m", "nominative"), *map(_zeros_and_number, others)])
    fields = [hour.zfill(2), *others]
    return " ".join(_english(int(f)) if f[0] != "0" else f"zero {_EN_ONES[int(f)]}" for f in fields)


def _get(figures: str, language: Language, unit: Unit | None, case: Case) -> str:
    """Ground elapsed time: "five one hours, four nine minutes"."""
    fields = [field for field in _match(_GET, figures).groups() if field]
    if language == "ru":
        nouns = (_HOUR, _MINUTE, _SECOND)
        return " ".join(_counted(int(f), noun, case) for f, noun in zip(fields, nouns, strict=False))
    fields[0] = str(int(fields[0]))
    names: tuple[Unit, ...] = ("hour", "minute", "second")
    return ", ".join(_by_digits(f, "en", name, case) for f, name in zip(fields, names, strict=False))


def _duration(figures: str, language: Language, unit: Unit | None, case: Case) -> str:
    """Minutes and seconds that something lasts, without those that are zero."""
    minutes, seconds = map(int, _match(_DURATION, figures).groups())
    parts: list[tuple[int, Unit]] = [(minutes, "minute"), (seconds, "second")]
    spoken = [(n, name) for n, name in parts if n] or parts[1:]
    return " ".join(_quantity(str(n), language, name, case) for n, name in spoken)


def _revolution(figures: str, language: Language, unit: Unit | None, case: Case) -> str:
    _match(_REVOLUTION, figures)
    return _english(int(figures)) if language == "en" else ordinal(int(figures))


_KINDS: dict[Kind, Callable[[str, Language, Unit | None, Case], str]] = {
    "number": _quantity,
    "range": _quantity,
    "rate": _quantity,
    "closure": _closure,
    "pressure": _by_digits,
    "angle": _by_digits,
    "frequency": _frequency,
    "clock": _clock,
    "get": _get,
    "duration": _duration,
    "revolution": _revolution,
}
# Kinds that a Russian sentence may put into another case.
DECLINED: frozenset[Kind] = frozenset({"number", "range", "rate", "pressure", "angle", "duration", "get"})
