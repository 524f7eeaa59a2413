"""List the words that values of the templates are made of, to be rendered one by one.

    words.py > words.tsv
    render.py --list words.tsv --into audio/reference/words

Runs in the trainer's own environment. A word is named by its key in the lexicon, its file in Latin letters.
"""

from collections.abc import Iterator

from trainer.languages import LANGUAGES, Language
from trainer.phrasebook.load import load
from trainer.phrasebook.text import tokens

VOICES = {"en": (("af_heart", "woman"), ("am_fenrir", "man")), "ru": (("msu_ru_nsh", "man"),)}
SPEED = {"en": "0.9", "ru": "1.0"}
LEFT_OUT = {"в", "и", "двух", "пяти́"}  # nothing by themselves, or misread by the voice in every take
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


def rows() -> Iterator[tuple[str, ...]]:
    for language in LANGUAGES:
        for word in words(language):
            name = word if language == "en" else "".join(LATIN.get(letter, "") for letter in word)
            for voice, reading in VOICES[language]:
                path = f"{language}/{reading}/{name}.opus"
                yield path, word, language, "right", voice, SPEED[language], "0", "text", f"{word.capitalize()}."


if __name__ == "__main__":
    print("path", "phrase", "language", "reading", "voice", "speed", "take", "kind", "say", sep="\t")
    for row in rows():
        print(*row, sep="\t")
