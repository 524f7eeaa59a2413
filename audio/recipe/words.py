"""List the pieces that calls with figures are put together from: the words of their values, and the texts around them.

    words.py > words.tsv
    render.py --list words.tsv --into audio/reference/words

Runs in the trainer's own environment. A piece is named by the keys of its words, its file in Latin letters.
"""

import re
from collections.abc import Iterator

from trainer.languages import LANGUAGES, Language
from trainer.phrasebook.load import load
from trainer.phrasebook.templates import SLOT
from trainer.phrasebook.text import tokens

VOICES = {"en": (("af_heart", "woman"), ("am_fenrir", "man")), "ru": (("anna", "woman"), ("msu_ru_nsh", "man"))}
SPEED = {"af_heart": "0.9", "am_fenrir": "0.9", "anna": "0.9", "msu_ru_nsh": "1.0"}
LEFT_OUT = {"в", "и", "двух", "пяти́"}  # nothing by themselves, or misread by the voice in every take
FIGURES = ("ноль", "оди́н", "два", "три", "четы́ре", "пять", "шесть", "семь", "во́семь", "де́вять")
TOGETHER = {
    "en": (),
    "ru": (
        *("ме́тра в секу́нду", "ме́тров в секу́нду", "двух мину́т", "пяти́ мину́т", "двух миллиме́тров", "пяти́ миллиме́тров"),
        *("и се́мьдесят", *(f"и {figure}" for figure in FIGURES)),
    ),
}
# What the man's voice misreads, as it is to be spelled for it, and joins of units that are better than the usual ones.
RESPELLED = {"одного́": "Аднаво́.", "в тонне́ле": "В тонэ́ле."}
TAKES = {"пяти́ миллиме́тров": "5", "двух миллиме́тров": "5", "пяти́ мину́т": "3"}
LATIN = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        "a b v g d e yo zh z i y k l m n o p r s t u f kh ts ch sh shch _ y _ e yu ya".replace("_", "").split(" "),
        strict=True,
    )
)


def words(language: Language) -> list[str]:
    """Every word that some value of some template is said with."""
    book = load()
    calls = {template.id: template for template in book.templates}
    found = set()
    for template in book.templates:
        slots = calls[template.answers[0]].slots if template.answers else template.slots
        for name, case in template.names(language).items():
            for i in range(slots[name].count):
                said = slots[name].say(slots[name].value(i), language, case)
                found |= {token.key for token in tokens(said, language)}
    return sorted(found - LEFT_OUT)


def around(language: Language) -> dict[str, str]:
    """The texts between the slots of the templates, by the keys of their words. A comma keeps the voice up where a
    value follows."""
    found: dict[str, str] = {}
    for template in load().templates:
        for part in SLOT.split(template.text(language))[::3]:
            said = part.strip(" ,.:—")
            if key := " ".join(token.key for token in tokens(said, language)):
                ended = part.rstrip().endswith(".")
                found.setdefault(key, said[0].upper() + said[1:] + ("." if ended else ","))
    return found


def rows() -> Iterator[tuple[str, ...]]:
    for language in LANGUAGES:
        pieces = {said: f"{said.capitalize()}." for said in (*words(language), *TOGETHER[language])} | around(language)
        for key, said in pieces.items():
            latin = (
                key
                if language == "en"
                else "".join(LATIN.get(letter, "") if letter not in " -" else "-" for letter in key)
            )
            name = re.sub(r"[^a-z]+", "-", latin.replace("'", ""))
            for voice, reading in VOICES[language]:
                path = f"{language}/{reading}/{name}.opus"
                say, take = (RESPELLED.get(key, said), TAKES.get(key, "0")) if voice == "msu_ru_nsh" else (said, "0")
                yield path, key, language, "right", voice, SPEED[voice], take, "text", say


if __name__ == "__main__":
    print("path", "phrase", "language", "reading", "voice", "speed", "take", "kind", "say", sep="\t")
    for row in rows():
        print(*row, sep="\t")
