"""How a call is read, for those who do not know the letters: its sounds in IPA, and in the letters of their own."""

from trainer.errors import UserError
from trainer.languages import Language
from trainer.phones.inventory import inventory
from trainer.phrasebook.lexicon import Lexicon
from trainer.phrasebook.text import ACUTE, RUSSIAN_VOWELS
from trainer.text_in import clean

# Russian in Latin letters as on the mission's own radio logs (ISO/BGN), English in Cyrillic by sound.
_LATIN = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "yo", "ж": "zh", "з": "z", "и": "i", "й": "y",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
    "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "”", "ы": "y", "ь": "’", "э": "e", "ю": "yu",
    "я": "ya",
}  # fmt: skip
_CYRILLIC = {
    "p": "п", "b": "б", "t": "т", "d": "д", "k": "к", "ɡ": "г", "tʃ": "ч", "dʒ": "дж", "f": "ф", "v": "в", "θ": "с̱",
    "ð": "з̱", "s": "с", "z": "з", "ʃ": "ш", "ʒ": "ж", "h": "х", "m": "м", "n": "н", "ŋ": "нг", "l": "л", "ɹ": "р",
    "w": "у", "j": "й", "iː": "и", "ɪ": "и", "ɛ": "э", "æ": "э", "ɑː": "а", "ɔː": "о", "ʊ": "у", "uː": "у",
    "ʌ": "а", "ə": "э", "ɝ": "ёр", "ɚ": "эр", "eɪ": "эй", "aɪ": "ай", "ɔɪ": "ой", "aʊ": "ау", "oʊ": "оу",
}  # fmt: skip


def ipa(text: str, language: Language, known: Lexicon) -> str:
    """The sounds of a call, word by word. Raises UserError for words outside the lexicon."""
    from trainer.phrasebook.expectation import expect

    return " ".join("".join(ways[0]) for ways in expect(text, language, known).ways)


def transliteration(text: str, language: Language, known: Lexicon) -> str:
    """A call in the letters of the other language; empty where a word is outside the lexicon."""
    if language == "ru":
        return _latin(text)
    from trainer.phrasebook.expectation import expect

    try:
        words = expect(text, language, known).ways
    except UserError:
        return ""
    return " ".join(_cyrillic(ways[0]) for ways in words)


def _latin(text: str) -> str:
    out: list[str] = []
    before = " "
    for letter in text:
        low = letter.lower()
        latin = _LATIN.get(low, letter)
        if low == "е" and (before in RUSSIAN_VOWELS + "ъь" or not before.isalpha()) and before != ACUTE:
            latin = "ye"
        if letter != low and latin:
            latin = latin[0].upper() + latin[1:]
        out.append(latin)
        before = low if letter != ACUTE else before
    return clean("".join(out))


def _cyrillic(phones: tuple[str, ...]) -> str:
    """Stress is marked in words of more than one syllable."""
    known = inventory("en")
    marked = sum(known[phone].kind == "vowel" for phone in phones) > 1
    out = []
    for phone in phones:
        letters = _CYRILLIC[phone.lstrip("ˈˌ")]
        out.append(letters[0] + ACUTE + letters[1:] if phone.startswith("ˈ") and marked else letters)
    return "".join(out)
