"""The output classes of the network, in the IPA of the program's lexicon; class 0 is the CTC blank.

English: 39 phones as in ARPAbet and the two weak vowels ə ɚ, without stress. Russian: hard and soft consonants,
stressed vowels, and those that reduction leaves: ɐ ə ɪ ɨ u.
"""

from trainer.phones.labels import ARPABET, FESTVOX_RU

REDUCED_RU = ("ɐ", "ə", "ɪ", "ɨ", "u")
STRESSED_RU = ("ˈa", "ˈe", "ˈi", "ˈo", "ˈu", "ˈɨ")
CONSONANTS_RU = tuple(phone for phone in sorted(FESTVOX_RU.values()) if not set(phone) & set("ˈɐɘəeɪuɨ"))

CLASSES: dict[str, list[str]] = {
    "en": ["", *sorted(ARPABET.values()), "ə", "ɚ"],
    "ru": ["", *REDUCED_RU, *STRESSED_RU, *CONSONANTS_RU],
}

# Soft ц and hard ч; a soft ж or ш is the English ʒ or ʃ, or the Russian ɕː.
ACCENTS = ("tsʲ", "tʂ")
UNION = ["", *(f"{language}:{label}" for language, labels in CLASSES.items() for label in labels[1:]), *ACCENTS]

# Every output of CTC. `hundredths` has the classes of UNION too, but its class 0 is silence, not the blank.
HEADS: dict[str, list[str]] = {**CLASSES, "both": UNION}

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

# By the language spoken: which labels of the union count as a phone of its lexicon, where they are not only its own.
ACCEPT_OF_BOTH: dict[str, dict[str, list[str]]] = {"en": {}, "ru": {}}

# Nats taken from the blank's log-odds on export: heard alone, short words lose their ends to it (chosen on the words of
# ktuberling-data and held-out sentences of festvox-ru; English: on learners unknown to the network and one Briton).
BLANK_PENALTY = {"en": 1.0, "ru": 1.0}
