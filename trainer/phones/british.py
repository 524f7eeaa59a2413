"""British forms of English words, by rule from the American ones: most Russians learnt these at school.

Wells, Accents of English, ch. 2 and 4; Cruttenden, Gimson's Pronunciation of English, ch. 7 and 8: r is said before a
vowel only, and after a close vowel leaves ə; the vowel of *bath* is that of *father*; j stays between t, d, n and the
vowel of *new*; *hurry* has the vowel of *hut*, *marry* that of *mat*; -ary and -ory are weak; -ization has the vowel of
*eye*, -ile that of *file*. The vowels of *work*, *goat* and *lot* are written as the American ones: the acoustic model
has no sounds of their own for them (`fluent.py` has what else it may make of *lot*).
"""

import re
from functools import cache

from trainer.phones.inventory import inventory

Phones = tuple[str, ...]

# In which words æ became ɑː cannot be told from their sounds. These are what such words are made of: before them stands
# another word or a prefix, after them an ending.
_BATH = (
    "after|answer|aunt|avalanch|bask|bast(?=e|ard)|bath(?!y)|blast(?=$|s$|ed|er|ing|off)|branch|brass|cal[fv]|can't|cask|castl|"
    "cast(?!i[gl]|r)|chanc|chandl|chant|clasp|class(?!i[cf])|command|contrast|craft|daft|danc|demand|disast|draft|draught|"
    "enhanc|exampl|fast(?!i[dg])|flask|france|gasp|ghast|giraffe|(?<!in)glanc|glass|graft|grant|graph(?!i|y|o|e)|grasp|"
    "grass|half|halv|(?<!ba|va)lanc[eh]|(?<![beot])last(?!i[cdqs])|laugh|mask(?!e[lr]a)|(?<!gym)(?<!o)mast(?=e|s|$|h)|nasty|"
    "pass(?!ag|eng|i[ov])|past(?=$|or|ur|e[ru])|(?<![eo])path(?=$|s|w|f)|plant(?!a|i)|plaster|raft(?!e)|ranch|rascal|"
    "rasp(?!b)|rather|sampl|shaft|shan't|slander|slant|staff|stanc[eh]|task|tranc|trans|vantage$|advanc|vast|lather|^aft|"
    "^ask|lath$"
)
# By spelling: how sounds with spaces about each are rewritten; the vowel of *bath* is the last stressed æ.
_VOWELS = (
    (_BATH, r"(.*[ˈˌ])æ ", r"\1ɑː "),
    (_BATH, r"^([^ˈˌæ]* )æ ", r"\1ɑː "),
    ("i[sz]ation", "ə z ˈeɪ ʃ ə n", "aɪ z ˈeɪ ʃ ə n"),
    ("ile$", "ə l $", "aɪ l "),
    ("[ao]r[iy]", "ˌ(?:ɛ|ɔː) ɹ (?=iː|ə l iː)", "ə ɹ "),
)
_ALSO = (
    ("[tdn](u|ew)", "(?<= [tdn]) (?=[ˈˌ]?uː )", " j "),
    ("arr|ari[tdf]", "ɛ ɹ (?={vowel})", "æ ɹ "),
    ("[uo]r", "ɝ (?={vowel})", "ʌ ɹ "),
)
_R = (
    ("ɚ (?={vowel})", "ə ɹ "),
    ("ɝ (?={vowel})", "ɝ ɹ "),
    ("ɚ", "ə"),
    ("(?<=[ɪɛʊ] )ɹ (?!{vowel})", "ə "),
    ("(?<=iː )ɹ (?!{vowel})", "ə "),
    ("(?<= )ɹ (?!{vowel})", ""),
)


def british(spelled: str, phones: Phones) -> tuple[Phones, ...]:
    """How a British speaker may say a word that an American says so; nothing where that is the same."""
    word = spelled.lower()
    said = f" {' '.join(phones)} "
    for letters, sounds, instead in _VOWELS:
        if re.search(letters, word):
            said = re.sub(sounds, instead, said, count=1)
    forms = [said]
    for letters, sounds, instead in _ALSO:
        if re.search(letters, word):
            forms.append(_rewritten(said, sounds, instead))
    spoken = dict.fromkeys(tuple(_without_r(form).split()) for form in forms)
    return tuple(form for form in spoken if form != phones)


def _without_r(said: str) -> str:
    for sounds, instead in _R:
        said = _rewritten(said, sounds, instead)
    return said


def _rewritten(said: str, sounds: str, instead: str) -> str:
    return re.sub(sounds.replace("{vowel}", _vowel()), instead, said)


@cache
def _vowel() -> str:
    vowels = [sound.ipa for sound in inventory("en").values() if sound.kind == "vowel"]
    return f"[ˈˌ]?(?:{'|'.join(sorted(vowels, key=len, reverse=True))}) "
