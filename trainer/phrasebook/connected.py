"""What happens to words when they meet: the lexicon gives each word alone, a call is spoken without gaps.

Russian (Timberlake, A Reference Grammar of Russian, ch. 2): an obstruent takes on the voice of the one that follows;
[v] does not trigger it. A preposition forms one word with what follows; between other words a speaker may pause, so
both forms are right. In both languages two equal consonants that meet may be said as one long consonant. Two equal
consonants inside a word are one long sound, too; the acoustic model names it once, however long it lasts.
"""

from collections.abc import Sequence
from itertools import pairwise

from trainer.languages import Language
from trainer.phones.inventory import Inventory, inventory
from trainer.phones.russian import DEVOICED, VOICED
from trainer.phrasebook.lexicon import Pronunciation

Phones = tuple[str, ...]

_SIBILANT_BEFORE = {"ʂ": "ʂ", "ʐ": "ʐ", "tɕ": "ɕː", "ɕː": "ɕː"}
_AFTER_HARD = {"ɪ": "ɨ", "ˈi": "ˈɨ"}
_PROCLITIC = "proclitic"


def connected(words: Sequence[tuple[Pronunciation, ...]], language: Language) -> list[list[Phones]]:
    """Every acceptable way to say each word among its neighbours, citation form first, without repetition."""
    known = inventory(language)
    ways = [[(_once(p.phones, known), _PROCLITIC in p.tags) for p in pronunciations] for pronunciations in words]
    if language == "ru":
        for i in range(len(ways) - 1):
            ways[i], ways[i + 1] = _russian_boundary(ways[i], ways[i + 1])
    spoken = [list(dict.fromkeys(phones for phones, _ in way)) for way in ways]
    for i in range(len(spoken) - 1):
        _merge_equal(spoken, i, language)
    return spoken


Ways = list[tuple[Phones, bool]]


def _once(phones: Phones, known: Inventory) -> Phones:
    """Long consonants written once."""
    repeated = [a == b and known[a].kind == "consonant" for a, b in pairwise(phones)]
    return (*phones[:1], *(phone for phone, again in zip(phones[1:], repeated, strict=True) if not again))


def _russian_boundary(left: Ways, right: Ways) -> tuple[Ways, Ways]:
    known = inventory("ru")
    onset = right[0][0]
    out: Ways = []
    for phones, leans in left:
        changed = _regressive(phones, onset, known, leans)
        out += [(changed, leans)] if leans else [(phones, leans), (changed, leans)]
    leaning = all(leans for _, leans in left)
    if _hard_consonant(left[0][0][-1], known):
        changed_right = [((_AFTER_HARD.get(p[0], p[0]), *p[1:]), leans) for p, leans in right]
        right = changed_right if leaning else right + changed_right
    return out, right


def _regressive(phones: Phones, onset: Phones, known: Inventory, leans: bool) -> Phones:
    """The final obstruents of a word in the voice of the next word's first obstruent."""
    first = known[onset[0]]
    triggers = first.kind == "consonant" and onset[0] not in ("v", "vʲ", "j") and first.manner in (
        "stop", "affricate", "fricative",
    )  # fmt: skip
    if onset[0] in ("v", "vʲ") and len(onset) > 1 and onset[1] in DEVOICED:
        triggers = True  # [v] before another voiced obstruent passes its voice on
    if not triggers:
        return phones
    table = VOICED if first.voiced else DEVOICED
    out = list(phones)
    for i in range(len(out) - 1, -1, -1):
        if out[i] not in VOICED and out[i] not in DEVOICED:
            break
        out[i] = table.get(out[i], out[i])
    if leans and out[-1] in ("s", "z") and onset[0] in _SIBILANT_BEFORE:
        out[-1] = _SIBILANT_BEFORE[onset[0]]
    return tuple(out)


def _hard_consonant(phone: str, known: Inventory) -> bool:
    return known[phone].kind == "consonant" and not known[phone].soft


def _merge_equal(spoken: list[list[Phones]], i: int, language: Language) -> None:
    known = inventory(language)
    onsets = {phones[0] for phones in spoken[i + 1]}
    finals = {phones[-1] for phones in spoken[i]}
    shared = {phone for phone in onsets & finals if known[phone].kind == "consonant"}
    for phones in list(spoken[i]):
        if phones[-1] in shared and len(phones) > 1 and phones[:-1] not in spoken[i]:
            spoken[i].append(phones[:-1])
    if any(len(phones) == 1 for phones in spoken[i]):  # a one-phone preposition lives on in the long consonant
        spoken[i + 1] += [p[1:] for p in spoken[i + 1] if p[0] in shared and len(p) > 1 and p[1:] not in spoken[i + 1]]
