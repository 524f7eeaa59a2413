"""The output classes of the network, in the IPA of the program's lexicon; class 0 is the CTC blank.

English: 39 phones as in ARPAbet and the two weak vowels ə ɚ, without stress. Russian: hard and soft consonants,
stressed vowels, and those that reduction leaves: ɐ ə ɪ ɨ u.
"""

import torch
from torch import Tensor

from trainer.phones.labels import ARPABET, FESTVOX_RU

REDUCED_RU = ("ɐ", "ə", "ɪ", "ɨ", "u")
STRESSED_RU = ("ˈa", "ˈe", "ˈi", "ˈo", "ˈu", "ˈɨ")
CONSONANTS_RU = tuple(phone for phone in sorted(FESTVOX_RU.values()) if not set(phone) & set("ˈɐɘəeɪuɨ"))

CLASSES: dict[str, list[str]] = {
    "en": ["", *sorted(ARPABET.values()), "ə", "ɚ"],
    "ru": ["", *REDUCED_RU, *STRESSED_RU, *CONSONANTS_RU],
}

# Phones of the lexicon without a class of their own, and phones between which no listener decides: what counts as each.
ACCEPT: dict[str, dict[str, list[str]]] = {
    "en": {"ə": ["ə", "ʌ", "ɪ"], "ʌ": ["ʌ", "ə"], "ɚ": ["ɚ", "ɝ"], "ɝ": ["ɝ", "ɚ"]},
    "ru": {
        "ɐ": ["ɐ", "ə"],
        "ə": ["ə", "ɐ", "ɪ"],
        "ɨ": ["ɨ", "ə"],
        "o": ["ˈo"],
        "e": ["ˈe", "ɪ"],
        "a": ["ɐ"],
        "ɘ": ["ɪ", "ə"],
    },
}

# Nats taken from the blank's log-odds on export: heard alone, short words lose their ends to it (chosen on the words of
# ktuberling-data and held-out sentences of festvox-ru).
BLANK_PENALTY = {"en": 0.0, "ru": 1.0}

_OLD_EN = [
    "AA",
    "AE",
    "AH",
    "AO",
    "AW",
    "AY",
    "B",
    "CH",
    "D",
    "DH",
    "EH",
    "ER",
    "EY",
    "F",
    "G",
    "HH",
    "IH",
    "IY",
    "JH",
    "K",
    "L",
    "M",
    "N",
    "NG",
    "OW",
    "OY",
    "P",
    "R",
    "S",
    "SH",
    "T",
    "TH",
    "UH",
    "UW",
    "V",
    "W",
    "Y",
    "Z",
    "ZH",
]


def from_phones_0(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """The weights of phones-0 with a row for each of these classes, taken from the nearest of its own."""
    old = {"en": ["", *(ARPABET[p] for p in _OLD_EN)], "ru": ["", *(FESTVOX_RU[p] for p in sorted(FESTVOX_RU))]}
    nearest = {"en": {"ə": "ʌ", "ɚ": "ɝ"}, "ru": {}}
    state = {key: value.float() for key, value in weights.items()}
    for language, labels in CLASSES.items():
        rows = [old[language].index(nearest[language].get(label, label)) for label in labels]
        for part in ("weight", "bias"):
            state[f"heads.{language}.{part}"] = state[f"heads.{language}.{part}"][torch.tensor(rows)]
    return state
