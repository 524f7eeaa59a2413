"""What happens to words when they meet: the lexicon gives each word alone, a call is spoken without gaps.

Russian (Timberlake, A Reference Grammar of Russian, ch. 2): an obstruent takes on the voice of the one that follows;
[v] does not trigger it. A preposition forms one word with what follows, so its dental may soften before a soft one;
between other words a speaker may pause, so both forms are right. A final т joins a following с or ч to [ts], [tɕ].

American English (Shockey, Sound Patterns of Spoken English, ch. 2; Ladefoged, A Course in Phonetics, ch. 5): n takes
the place of a lip or velar consonant that follows, s and z become hushing before one and before [j], t and d merge with
[j], and a final t or d between consonants is lost, unless it is the ending -ed, which carries the tense.

In both languages two equal consonants that meet may be said as one long consonant. Two equal consonants inside a word
are one long sound, too; the acoustic model names it once, however long it lasts.
"""

from collections.abc import Sequence
from itertools import pairwise

from trainer.languages import Language
from trainer.phones.inventory import Inventory, inventory
from trainer.phones.russian import DEVOICED, VOICED, softens
from trainer.phrasebook.lexicon import Pronunciation

Phones = tuple[str, ...]

_SIBILANT_BEFORE = {"ʂ": "ʂ", "ʐ": "ʐ", "tɕ": "ɕː", "ɕː": "ɕː"}
_AFTER_HARD = {"ɪ": "ɨ", "ˈi": "ˈɨ"}
_JOINED = {("t", "s"): "ts", ("t", "sʲ"): "ts", ("tʲ", "s"): "ts", ("tʲ", "sʲ"): "ts",
           ("t", "tɕ"): "tɕ", ("tʲ", "tɕ"): "tɕ"}  # fmt: skip
_PROCLITIC = "proclitic"


def connected(
    words: Sequence[tuple[Pronunciation, ...]], language: Language, spelled: Sequence[str] = ()
) -> list[list[Phones]]:
    """Every acceptable way to say each word among its neighbours, citation form first, without repetition. spelled: the
    words as they are written, where that is known."""
    known = inventory(language)
    ways = [[(_once(p.phones, known), _PROCLITIC in p.tags) for p in pronunciations] for pronunciations in words]
    if language == "ru":
        for i in range(len(ways) - 1):
            ways[i], ways[i + 1] = _russian_boundary(ways[i], ways[i + 1])
    spoken = [list(dict.fromkeys(phones for phones, _ in way)) for way in ways]
    if language == "en":
        for i in range(len(spoken) - 1):
            tense = bool(spelled) and spelled[i].endswith("ed")
            spoken[i], spoken[i + 1] = _american_boundary(spoken[i], spoken[i + 1], tense)
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
        if leans and softens(changed[-1], onset[0]):
            out.append(((*changed[:-1], changed[-1] + "ʲ"), leans))
        if (changed[-1], onset[0]) in _JOINED and not leans:
            out.append(((*changed[:-1], _JOINED[changed[-1], onset[0]]), leans))
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


_HUSHING = {"s": "ʃ", "z": "ʒ"}
_MERGED_WITH_J = {"t": "tʃ", "d": "dʒ", "s": "ʃ", "z": "ʒ"}
_PLACE_OF_N = {"p": "m", "b": "m", "m": "m", "k": "ŋ", "ɡ": "ŋ"}


def _american_boundary(left: list[Phones], right: list[Phones], tense: bool) -> tuple[list[Phones], list[Phones]]:
    """Both words with what an American makes of their meeting. The [j] that merges with a final consonant is lost in
    the right word whatever the left one was said with: [d uː] for *did you* passes, which is nobody's error."""
    known = inventory("en")
    onset = right[0][0]
    if known[onset].kind == "vowel":
        return left, right
    lost = [] if tense else [phones[:-1] for phones in left if _loses_stop(phones, onset, known)]
    whole = left + lost
    changed = [(*phones[:-1], new) for phones in whole if (new := _before(phones[-1], onset))]
    if onset == "j" and any(phones[-1] in _MERGED_WITH_J for phones in left):
        right = right + [phones[1:] for phones in right if phones[0] == "j" and len(phones) > 1]
    return list(dict.fromkeys([*whole, *changed])), list(dict.fromkeys(right))


def _loses_stop(phones: Phones, onset: str, known: Inventory) -> bool:
    """Whether a final t or d stands between consonants of its own voice, as in *next pass*, *hold five*."""
    if len(phones) < 3 or phones[-1] not in ("t", "d") or onset in ("j", "ɹ", "w", "h"):
        return False
    before = known[phones[-2]]
    return before.kind == "consonant" and phones[-2] != "ɹ" and before.voiced == (phones[-1] == "d")


def _before(final: str, onset: str) -> str | None:
    """What a final consonant becomes before another one."""
    if onset == "j":
        return _MERGED_WITH_J.get(final)
    if onset in ("ʃ", "tʃ", "dʒ"):
        return _HUSHING.get(final)
    return _PLACE_OF_N.get(onset) if final == "n" else None


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
    if any(
        len(phones) == 1 and phones[0] in shared for phones in spoken[i]
    ):  # a one-phone preposition lives on in the long consonant
        spoken[i + 1] += [p[1:] for p in spoken[i + 1] if p[0] in shared and len(p) > 1 and p[1:] not in spoken[i + 1]]
