"""How a call is read, for those who do not know the letters: its sounds in IPA, and in the letters of their own."""

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

from trainer.errors import UserError
from trainer.languages import Language
from trainer.phones import russian
from trainer.phones.inventory import inventory
from trainer.phrasebook.expectation import spoken
from trainer.phrasebook.lexicon import Lexicon, check
from trainer.phrasebook.text import folded, key, without_stress

# By sound, not letter by letter: what the letters hide (его is yi-VO, что is shto) is what a beginner gets wrong.
_LATIN = {
    "a": "a", "ɐ": "a", "ə": "a", "e": "e", "i": "i", "ɪ": "i", "o": "o", "u": "u", "ɨ": "ih", "b": "b", "d": "d",
    "f": "f", "ɡ": "g", "j": "y", "k": "k", "l": "l", "m": "m", "n": "n", "p": "p", "r": "r", "s": "s", "t": "t",
    "v": "v", "x": "kh", "z": "z", "ts": "ts", "tɕ": "ch", "ɕː": "shsh", "ʂ": "sh", "ʐ": "zh",
}  # fmt: skip
_FLOWING = frozenset("rlvjɹw")  # begin a syllable together with the consonant before them
_GLIDING = frozenset("aɐəeou")  # a soft consonant before them is heard as one with y
# Long and short, wide and narrow vowels are told apart: sheep шӣп, ship шип.
_CYRILLIC = {
    "p": "п", "b": "б", "t": "т", "d": "д", "k": "к", "ɡ": "г", "tʃ": "ч", "dʒ": "дж", "f": "ф", "v": "в", "θ": "с̱",
    "ð": "з̱", "s": "с", "z": "з", "ʃ": "ш", "ʒ": "ж", "h": "х", "m": "м", "n": "н", "ŋ": "ӈ", "l": "л", "ɹ": "р",
    "w": "у", "j": "й", "iː": "ӣ", "ɪ": "и", "ɛ": "э", "æ": "ӓ", "ɑː": "а̄", "ɔː": "о̄", "ʊ": "у", "uː": "ӯ",
    "ʌ": "а", "ə": "ə", "ɝ": "ёр", "ɚ": "əр", "eɪ": "эй", "aɪ": "ай", "ɔɪ": "ой", "aʊ": "ау", "oʊ": "оу",
}  # fmt: skip
_LETTERS = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "yo", "ж": "zh", "з": "z", "и": "i", "й": "y",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
    "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shsh", "ъ": "", "ы": "ih", "ь": "’", "э": "e", "ю": "u", "я": "a",
}  # fmt: skip
# English words that advice on sounds names, and the calls do not have.
_EXAMPLES = Path(__file__).parents[1] / "phones" / "examples.en.tsv"


def ipa(text: str, language: Language, known: Lexicon) -> str:
    """The sounds of a call, word by word. Raises UserError for words outside the lexicon."""

    return " ".join(map("".join, spoken(text, language, known)))


def transliteration(text: str, language: Language, known: Lexicon) -> str:
    """A call in the letters of the other language; empty where a word is outside the lexicon."""

    try:
        words = spoken(text, language, known)
    except UserError:
        return ""
    return " ".join(in_letters(phones, language) for phones in words)


def word_in_letters(word: str, language: Language, known: Lexicon) -> str:
    """A word by itself, of the calls or not, in the letters of the other language; empty where nobody knows how it is
    said."""
    phones = _said(word, language, known)
    return in_letters(phones, language) if phones else ""


def _said(word: str, language: Language, known: Lexicon) -> tuple[str, ...]:
    wanted = key(word, language)
    if wanted in known:
        return known[wanted][0].phones
    if language == "en":
        return _examples()[wanted][0].phones if wanted in _examples() else ()
    stressed = known.stressings.get(folded(wanted), ())
    if wanted == folded(wanted) and len(stressed) == 1:
        return known[stressed[0]][0].phones
    try:
        return russian.transcribe(wanted)
    except (ValueError, KeyError):
        return ()


@cache
def _examples() -> Lexicon:
    return check(_EXAMPLES, "en")[0]


def phones_of(ipa: str, language: Language) -> tuple[str, ...]:
    """The sounds of a piece of IPA, the stress before its syllable or its vowel; empty for what is not of the
    language."""
    known = sorted({phone.lstrip("ˈˌ") for phone in inventory(language)}, key=len, reverse=True)
    out: list[str] = []
    stressed = False
    while ipa:
        if ipa[0] in "ˈˌ":
            stressed, ipa = True, ipa[1:]
            continue
        phone = next((one for one in known if ipa.startswith(one)), "")
        if not phone:
            return ()
        ipa = ipa.removeprefix(phone)
        if stressed and f"ˈ{phone}" in inventory(language):
            phone, stressed = f"ˈ{phone}", False
        out.append(phone)
    return tuple(out)


def letter_by_letter(word: str) -> str:
    """A Russian word in Latin letters as it is written, whatever its sounds."""
    out = ""
    for before, letter in pairwise(f" {without_stress(word).lower()}"):
        out += ("" if letter == "е" and before in _LETTERS and before not in "аеёиоуыэюяьъ" else "y") * (
            letter in "еюя"
        )
        out += _LETTERS.get(letter, letter)
    return out


def sound_in_letters(phone: str, language: Language) -> str:
    """One sound, a stressed vowel in capitals; empty for what is no sound of the language."""
    if phone not in inventory(language):
        return ""
    letters = in_letters((phone,), language)
    return letters.upper() if phone.startswith("ˈ") else letters


def in_letters(phones: tuple[str, ...], language: Language) -> str:
    """By syllables, the stressed one in capitals, in words of more than one syllable."""
    spell = _latin if language == "ru" else _cyrillic
    syllables = _syllables(phones, language)
    spelled = ["".join(spell(syllable)) for syllable in syllables]
    if len(syllables) > 1:
        stressed = [any(phone.startswith("ˈ") for phone in syllable) for syllable in syllables]
        spelled = [part.upper() if loud else part for part, loud in zip(spelled, stressed, strict=True)]
    return "-".join(spelled)


def _syllables(phones: tuple[str, ...], language: Language) -> list[tuple[str, ...]]:
    known = inventory(language)
    vowels = [i for i, phone in enumerate(phones) if known[phone].kind == "vowel"]
    cuts = []
    for before, after in pairwise(vowels):
        cut = max(before + 1, after - 1)
        cluster = [phone.rstrip("ʲ") in _FLOWING for phone in phones[before + 1 : after]]
        cuts.append(cut - 1 if cluster[-2:] == [False, True] else cut)
    return [phones[start:end] for start, end in pairwise([0, *cuts, len(phones)])]


def _latin(phones: tuple[str, ...]) -> Iterator[str]:
    for before, phone, after in zip(("", *phones), phones, (*phones[1:], ""), strict=False):
        vowel = after.lstrip("ˈˌ")
        if phone == "j" and not vowel and before.lstrip("ˈˌ") in ("i", "ɪ", "ɨ"):
            continue
        yield _LATIN[phone.lstrip("ˈˌ").rstrip("ʲ")]
        if phone.endswith("ʲ") and vowel not in ("i", "ɪ") and not vowel.endswith("ʲ"):
            yield "y" if vowel in _GLIDING else "’"


def _cyrillic(phones: Iterable[str]) -> Iterator[str]:
    return (_CYRILLIC[phone.lstrip("ˈˌ")] for phone in phones)
