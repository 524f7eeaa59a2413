"""Figures, signs and abbreviations of one's own phrases in words, as far as the grammar can tell.

    >>> spoken("Hold at 150 m, 5% left", "en")
    'Hold at one hundred fifty meters, five percent left'

What cannot be told (the gender of a Russian noun that is counted, figures inside a name) stays as it is, and the check
asks for it in words.
"""

import re

from trainer.languages import Language
from trainer.phrasebook.numbers import LARGEST, UNITS, Case, Gender, Kind, Unit, cardinal, figure_words, say
from trainer.phrasebook.text import folded

_FIGURES = re.compile(
    r"(?<![\w.,:/-])(?P<sign>[+−-]?)(?P<figures>\d{1,2}:\d\d|\d+(?:[.,]\d{1,3})?)(?![\w:/-]|[.,]\d)(?P<unit>\s?(?:%|°(?:\s?[CС]\b)?))?"
)
_SHORT_UNIT = {
    "en": re.compile(r"(?P<figures>\d[\d.,]*)\s?(?P<unit>km|m/s|mm|m|s|psi)\b(?!\w)"),
    "ru": re.compile(
        r"(?P<figures>\d[\d.,]*)\s?(?P<unit>км|м/с|мм|м|с|мин|ч)\b(?:\.(?=\s*[,;:)]|\s+[а-яё\d(]))?(?!\w)"
    ),
}
_UNIT_OF: dict[str, Unit] = {
    "km": "kilometer", "m/s": "meter-per-second", "mm": "millimeter", "m": "meter", "s": "second", "psi": "psi",
    "км": "kilometer", "м/с": "meter-per-second", "мм": "millimeter", "м": "meter", "с": "second", "мин": "minute",
    "ч": "hour", "%": "percent", "°": "degree",
}  # fmt: skip
_SIGNS = {
    "en": ((r"(?<=[\w\u0301])\s*&\s*(?=\w)", " and "), (r"#\s*(?=\d)", "№"), (r"\b[CС][OО]2\b", "C O two")),
    "ru": ((r"(?<=[\w\u0301])\s*&\s*(?=\w)", " и "), (r"\b[CС][OО]2\b", "цэо́ два")),
}
_NUMBER = re.compile(r"№\s*(?=(?P<numbered>[\w\u0301]+))")  # of nothing it is a slip, and asked about
_NUMBER_WORD = {"en": "number ", "ru": "но́мер "}
_GENITIVE_AFTER = re.compile(r"\b(?:до|от|о́?коло|без|с|со|из|у|для|по́?сле|бо́?лее|ме́?нее|бо́?льше|ме́?ньше)\s+$", re.I)
_ACCUSATIVE_AFTER = re.compile(r"\b(?:в|на|че́?рез|за)\s+$", re.I)
_NUMBERED = re.compile(r"\bно́?мер\s+$", re.I)
_LETTERS = {
    "б": "бэ", "в": "вэ", "г": "гэ", "д": "дэ", "ж": "жэ", "з": "зэ", "к": "ка", "л": "эл", "м": "эм", "н": "эн",
    "п": "пэ", "р": "эр", "с": "эс", "т": "тэ", "ф": "эф", "х": "ха", "ц": "цэ", "ч": "че", "ш": "ша", "щ": "ща",
}  # fmt: skip
_ABBREVIATION = re.compile(r"\b[БВГДЖЗКЛМНПРСТФХЦЧШЩ]{2,5}\b")
_NEXT_WORD = re.compile(r"\s+([а-яё\u0301]+)", re.I)


def spoken(text: str, language: Language) -> str:
    """A text as it is said."""
    for pattern, words in _SIGNS[language]:
        text = re.sub(pattern, words, text)
    text = _NUMBER.sub(lambda m: _NUMBER_WORD[language] if _is_number(m["numbered"], language) else m[0], text)
    text = _SHORT_UNIT[language].sub(lambda m: _with_unit(m, text, language), text)
    text = _FIGURES.sub(lambda m: _figures(m, text, language), text)
    return _ABBREVIATION.sub(lambda m: _by_letters(m[0]), text) if language == "ru" else text


def _is_number(word: str, language: Language) -> bool:
    """Whether somebody can have it for a number: figures, their words, a letter or a name."""
    figures = {folded(known) for known in figure_words(language)}
    return word[0].isdigit() or word[0].isupper() or folded(word) in figures


def _with_unit(found: re.Match[str], text: str, language: Language) -> str:
    return _said(found["figures"], found["unit"], language, _case(text[: found.start()])) or found[0]


def _figures(found: re.Match[str], text: str, language: Language) -> str:
    sign = {"": "", "+": "+"}.get(found["sign"], "-")
    figures, case = found["figures"], _case(text[: found.start()])
    if ":" in figures:
        return _try("clock", figures, language) or found[0]
    if found["unit"]:
        return _said(sign + figures, found["unit"].strip()[0], language, case) or found[0]
    if "." in figures or "," in figures or sign:
        return _try("number", sign + figures.replace(",", "."), language) or found[0]
    number = int(figures)
    if number > LARGEST or (len(figures) > 1 and figures[0] == "0"):
        return found[0]
    if language == "en":
        return cardinal(number, "en")
    following = _NEXT_WORD.match(text, found.end())
    named = _NUMBERED.search(text[: found.start()]) is not None
    gender = "m" if named or not following else _gender(following[1])
    ends_in_gender = number % 10 in (1, 2) and number % 100 not in (11, 12)
    if gender is None and ends_in_gender:
        return found[0]
    return cardinal(number, "ru", gender or "m", case)


def _said(figures: str, unit: str, language: Language, case: Case) -> str | None:
    return _try(
        "number", figures.replace(",", "."), language, _UNIT_OF[unit], case if language == "ru" else "nominative"
    )


def _try(
    kind: Kind, figures: str, language: Language, unit: Unit | None = None, case: Case = "nominative"
) -> str | None:
    try:
        return say(kind, figures, language, unit, case)
    except ValueError:
        return None


def _case(before: str) -> Case:
    if _GENITIVE_AFTER.search(before):
        return "genitive"
    return "accusative" if _ACCUSATIVE_AFTER.search(before) else "nominative"


def _gender(word: str) -> Gender | None:
    """The gender of a unit in any of its forms; None for any other word."""
    wanted = folded(word.lower())
    for _english, noun in UNITS.values():
        if wanted in {folded(form) for form in (noun.one, noun.genitive, noun.many, noun.few, noun.accusative)}:
            return noun.gender
    return None


def _by_letters(letters: str) -> str:
    """An abbreviation without a vowel by the names of its letters, the last one stressed: ГТС is гэтээ́с."""
    names = [_LETTERS[letter.lower()] for letter in letters]
    vowel = max(names[-1].find(letter) for letter in "аэе")
    return "".join(names[:-1]) + names[-1][: vowel + 1] + "\u0301" + names[-1][vowel + 1 :]
