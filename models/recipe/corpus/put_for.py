"""What is put for the sounds of a language by those who have never learnt them: every table that speech is made with.

Of alternatives the first is the plainest; a voice with a strong accent says it always (accented.py), others draw by lot
(foreign.py, errors.py).
"""

from trainer.phones.labels import ARPABET

# Names of flite and festival for our English sounds.
FLITE_OF = {ipa: name.lower() for name, ipa in ARPABET.items()} | {"ə": "ax", "ɚ": "er"}

# What an American says for a Russian sound, soft or hard, by flite's names.
AMERICAN_FOR = {
    "r": ["r"], "l": ["l"], "x": ["hh", "k"], "ts": ["t s", "s"], "tɕ": ["ch"], "ɕː": ["sh"], "ʂ": ["sh"], "ʐ": ["zh"],
    "j": ["y"], "b": ["b"], "d": ["d"], "f": ["f"], "k": ["k"], "m": ["m"], "n": ["n"], "p": ["p"], "s": ["s"],
    "t": ["t"], "v": ["v"], "z": ["z"], "ɡ": ["g"], "ˈa": ["aa", "ae"], "a": ["aa", "ah"], "ɐ": ["aa", "ah", "ax"],
    "ə": ["ax"], "ˈo": ["ow", "ao"], "o": ["ow"], "ˈe": ["eh", "ey"], "e": ["eh"], "ˈi": ["iy"], "ɪ": ["ih", "iy"],
    "ɘ": ["ih"], "ˈɨ": ["ih", "iy"], "ɨ": ["ih"], "ˈu": ["uw"], "u": ["uw", "uh"],
}  # fmt: skip
# What a Russian writes and says for an English sound: the consonants and vowels of Cyrillic.
CYRILLIC_FOR = {
    "p": ["п"], "b": ["б"], "t": ["т"], "d": ["д"], "k": ["к"], "ɡ": ["г"], "f": ["ф"], "v": ["в"], "s": ["с"],
    "z": ["з"], "θ": ["с", "т", "ф"], "ð": ["з", "д"], "w": ["в", "у"], "h": ["х"], "ŋ": ["н", "нг"], "m": ["м"],
    "n": ["н"], "l": ["л", "ль"], "ɹ": ["р"], "j": ["й"], "ʃ": ["ш"], "ʒ": ["ж"], "tʃ": ["ч"], "dʒ": ["дж"],
    "iː": ["и"], "ɪ": ["и"], "æ": ["э", "а", "е"], "ʌ": ["а"], "ə": ["э", "а", "е"], "ɑː": ["а", "о"],
    "ɔː": ["о"], "oʊ": ["оу", "о"], "eɪ": ["эй", "ей"], "aɪ": ["ай"], "aʊ": ["ау"], "ɔɪ": ["ой"], "uː": ["у", "ю"],
    "ʊ": ["у"], "ɝ": ["эр", "ёр"], "ɚ": ["эр", "ер"], "ɛ": ["э", "е"],
}  # fmt: skip

# Errors of a Russian in English, in English sounds.
RUSSIAN_ERRORS = {
    "θ": ["s", "s", "t", "f"], "ð": ["z", "z", "d"], "w": ["v"], "v": ["w"], "ŋ": ["n", "n ɡ", "ŋ ɡ"], "ɪ": ["iː"],
    "iː": ["ɪ"], "æ": ["ɛ", "ɛ", "ʌ"], "ɛ": ["æ", "eɪ"], "h": ["k"], "ɝ": ["ɛ ɹ", "oʊ ɹ"], "ɑː": ["oʊ", "ɔː"],
    "ʊ": ["uː"], "uː": ["ʊ"], "oʊ": ["ɔː"], "eɪ": ["ɛ"], "ʌ": ["ɑː"], "ɔː": ["oʊ"], "d": ["t"], "t": ["d"],
    "dʒ": ["tʃ", "ʒ"], "ʃ": ["s", "ʒ"], "s": ["z"], "ə": ["ɛ", "ɑː", "oʊ"], "aɪ": ["ɛ"], "j": [""], "tʃ": ["ʃ"],
}  # fmt: skip
# Likewise, at the end of a word.
DEVOICED = {"b": "p", "d": "t", "ɡ": "k", "v": "f", "z": "s", "dʒ": "tʃ", "ʒ": "ʃ", "ð": "θ"}
# Likewise, in Russian sounds, where a voice has them (labels of the union).
RUSSIAN_SOUNDS = {
    "ɹ": ["ru:r"], "h": ["ru:x"], "ɝ": ["ru:ˈe ru:r", "ru:ˈo ru:r"], "ɚ": ["ru:ˈe ru:r"], "oʊ": ["ru:ˈo"],
    "ɔː": ["ru:ˈo"], "æ": ["ru:ˈe", "ru:ˈa"], "ɛ": ["ru:ˈe"], "ʌ": ["ru:ˈa"], "ɑː": ["ru:ˈa"], "ə": ["ru:ɐ", "ru:ˈe"],
}  # fmt: skip

# A native's sounds as those of the other language that are likest. Who has never learnt the sounds of a language says
# those of his own: a native's sentence is, sound by sound, also a sentence of the other language in the sounds of the
# wrong one, by natural speech of many people.
AS_RUSSIAN = {
    "ɑː": "ˈa", "ə": "ə", "ɪ": "ɪ", "ɛ": "ˈe", "iː": "ˈi", "uː": "ˈu", "ʊ": "ˈu", "oʊ": "ˈo", "ɔː": "ˈo", "æ": "ˈa",
    "ʌ": "ˈa", "aɪ": "ˈa j", "aʊ": "ˈa u", "eɪ": "ˈe j", "ɔɪ": "ˈo j", "ɝ": "ˈo r", "ɚ": "ə r", "h": "x", "ɹ": "r",
    "ʃ": "ʂ", "ʒ": "ʐ", "tʃ": "tɕ", "dʒ": "d ʐ", "ŋ": "n", "θ": "s", "ð": "z", "w": "v",
}  # fmt: skip
AS_ENGLISH = {
    "ɐ": ("ʌ",), "ə": ("ə",), "ɪ": ("ɪ",), "ɨ": ("ɪ",), "u": ("ʊ",), "e": ("ɛ",), "o": ("ɔː",), "a": ("ʌ",),
    "ɘ": ("ɪ",), "ˈa": ("ɑː",), "ˈe": ("ɛ", "æ"), "ˈi": ("iː", "ɪ"), "ˈo": ("ɔː",), "ˈu": ("uː",), "ˈɨ": ("ɪ",),
    "r": ("ɹ",), "x": ("h",), "ts": ("t s",), "tɕ": ("tʃ",), "ʂ": ("ʃ",), "ɕː": ("ʃ",), "ʐ": ("ʒ",), "v": ("v", "w"),
    "z": ("z", "ð"), "s": ("s", "s", "s", "s", "s", "θ"),
}  # fmt: skip
