"""What other people's phone labels are in IPA: those of training data, human scores and dictionaries."""

import re
import unicodedata

from trainer.languages import Language
from trainer.phones.inventory import inventory

# English: ARPAbet without stress digits.
ARPABET = dict(
    AA="ɑː", AE="æ", AH="ʌ", AO="ɔː", AW="aʊ", AY="aɪ", B="b", CH="tʃ", D="d", DH="ð", EH="ɛ", ER="ɝ", EY="eɪ", F="f",
    G="ɡ", HH="h", IH="ɪ", IY="iː", JH="dʒ", K="k", L="l", M="m", N="n", NG="ŋ", OW="oʊ", OY="ɔɪ", P="p", R="ɹ", S="s",
    SH="ʃ", T="t", TH="θ", UH="ʊ", UW="uː", V="v", W="w", Y="j", Z="z", ZH="ʒ",
)  # fmt: skip

# Russian: the phone set of festvox-ru. Doubled consonants are palatalised, doubled vowels stressed; `ay` and `ae` are
# vowels of second-degree reduction after a hard and a soft consonant.
FESTVOX_RU = dict(
    a="ɐ", aa="ˈa", ae="ɘ", ay="ə", b="b", bb="bʲ", c="ts", ch="tɕ", d="d", dd="dʲ", e="e", ee="ˈe", f="f", ff="fʲ",
    g="ɡ", gg="ɡʲ", h="x", hh="xʲ", i="ɪ", ii="ˈi", j="j", k="k", kk="kʲ", l="l", ll="lʲ", m="m", mm="mʲ", n="n",
    nn="nʲ", oo="ˈo", p="p", pp="pʲ", r="r", rr="rʲ", s="s", sch="ɕː", sh="ʂ", ss="sʲ", t="t", tt="tʲ", u="u", uu="ˈu",
    v="v", vv="vʲ", y="ɨ", yy="ˈɨ", z="z", zh="ʐ", zz="zʲ",
)  # fmt: skip

# espeak-ng, the labels of many phone models on Hugging Face. Left: a label, or a piece of one, that the inventory
# writes otherwise. Right: a symbol of the inventory, two with a space between, or a sound that counts as several (ɾ).
ESPEAK: dict[Language, dict[str, str]] = {
    "en": {
        "i": "iː", "u": "uː", "ɑ": "ɑː", "ɒ": "ɑː", "ɔ": "ɔː", "o": "oʊ", "oː": "ɔː", "əʊ": "oʊ", "e": "ɛ", "eː": "eɪ",
        "a": "æ", "aː": "ɑː", "ææ": "æ", "ᵻ": "ɪ", "ɜ": "ɝ", "ɜː": "ɝ", "əl": "ə l", "aɪə": "aɪ ə", "aɪɚ": "aɪ ɚ",
        "iə": "iː ə", "g": "ɡ", "ɐ": "ɐ", "ɾ": "ɾ", "ʔ": "ʔ", "ɫ": "l",
    },
    "ru": {
        "a": "ˈa", "ɑ": "ˈa", "æ": "ˈa", "e": "ˈe", "ɛ": "ˈe", "i": "ˈi", "y": "ˈɨ", "ɨ": "ˈɨ", "o": "ˈo", "ɔ": "ˈo",
        "ɵ": "ˈo", "u": "ˈu", 'u"': "ˈu", "ʉ": "ˈu", "ʌ": "ɐ", "ʊ": "u", "ɭ": "l", "ɫ": "l", "ɭʲ": "lʲ", "tʃ": "tɕ",
        "tʃʲ": "tɕ", "ʃ": "ʂ", "ʒ": "ʐ", "ʑ": "ʐ", "ɕ": "ɕː", "ɕɕ": "ɕː", "ʃʲ": "ɕː", "g": "ɡ", "gʲ": "ɡʲ",
    },
}  # fmt: skip

# Which of those sounds count as each phone of the inventory, where more than the one of the same name does. Such labels
# carry no stress, so a Russian unstressed vowel may come under the name of the stressed one.
ESPEAK_ACCEPT: dict[Language, dict[str, tuple[str, ...]]] = {
    "en": {
        "t": ("t", "ɾ", "ʔ"), "d": ("d", "ɾ"), "ə": ("ə", "ɐ", "ʌ", "ɪ"), "ʌ": ("ʌ", "ɐ"), "ɚ": ("ɚ", "ɝ"),
        "ɝ": ("ɝ", "ɚ"),
    },
    "ru": {
        "a": ("ˈa", "ɐ"), "ɐ": ("ɐ", "ə", "ˈa"), "ə": ("ə", "ɐ", "ˈa"), "ɪ": ("ɪ", "ˈi", "ɘ"),
        "ɘ": ("ɘ", "ɪ", "ˈi", "ə"), "ɨ": ("ɨ", "ˈɨ", "ə"), "u": ("u", "ˈu"), "ˈu": ("ˈu", "u"),
        "e": ("e", "ˈe"), "o": ("o", "ˈo"),
    },
}  # fmt: skip

_NO_PHONES = re.compile('[ˈˌ͜͡.ˑ0-9ʰˤʷ̩̪̃̚"]')  # stress, ties, tones, aspiration, nasality


def from_espeak(label: str, language: Language) -> tuple[str, ...]:
    """The symbols of the inventory that an espeak label stands for, one or more; empty where it has none.

    A length mark that the language does not tell apart is dropped.
    """
    known = {*inventory(language), *ESPEAK[language]}
    found: list[str] = []
    rest = label if label in known else _NO_PHONES.sub("", unicodedata.normalize("NFD", label))
    while rest:
        size = next((n for n in range(len(rest), 0, -1) if rest[:n] in known), 0)
        if size:
            found += ESPEAK[language].get(rest[:size], rest[:size]).split()
        elif rest[0] != "ː" or not found:
            return ()
        rest = rest[size or 1 :]
    return tuple(found)
