"""What fluent speech makes of sounds: which may be left out where they stand, and what else counts as one.

These are reductions that natives make without being noticed and that books on phonetics list, whoever speaks; the
lexicon has what belongs to single words (weak forms), `connected.py` what happens where words meet. None is here for
being an error that was heard: z said as s, or the vowel of *sit* as that of *seat*, are errors wherever they stand.

American English (Cruttenden, Gimson's Pronunciation of English, ch. 9, 10 and 12; Shockey, Sound Patterns of Spoken
English, ch. 2; Ladefoged, A Course in Phonetics, ch. 3 and 4): t between a vowel or r and a weak vowel is a tap, and is
lost after n; between consonants t and d are lost; before r they end as tʃ and dʒ do; at the end of a word t before a
consonant is made in the throat. ə is lost before l m n r, which carry the syllable; weak ɪ and ə are one vowel to most,
and iː before the stress may be as weak. ð of a weak word is lost in an l or n before it. In Britain the vowel of *lot*
is rounded (Wells, Accents of English, ch. 2): of the model's sounds that is ɔː; where r follows it is another vowel.

Russian (Avanesov, Russkoe literaturnoe proiznoshenie; Kasatkin, Sovremennyj russkij jazyk: fonetika): j between vowels
is lost before one without stress; two vowels without stress that meet become one; ə and ɪ after the stress are lost
between consonants where a syllable follows; ɐ and ɨ may be as weak as ə.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from trainer.languages import Language
from trainer.phones.inventory import Phone, inventory


@dataclass(frozen=True)
class Place:
    """Where a sound stands. before, after: its neighbours, whatever their word; None at an end.

    Attributes:
        begins, ends: whether it is the first, the last sound of its word.
        later: the sounds after it in its word.
        stress_over: whether the stress of its word is before it.
    """

    phone: str
    before: str | None
    after: str | None
    begins: bool
    ends: bool
    later: tuple[str, ...]
    stress_over: bool


@dataclass(frozen=True)
class Leeway:
    """lost: whether a sound may be left out; also: what else counts as it."""

    lost: bool = False
    also: tuple[str, ...] = ()


def leeway(language: Language, sounds: Sequence[str], words: Sequence[int]) -> list[Leeway]:
    """Of each sound of a call in order. words: which word each is of."""
    rule = {"en": _english, "ru": _russian}[language]
    return [rule(place) for place in _places(sounds, words)]


def _places(sounds: Sequence[str], words: Sequence[int]) -> list[Place]:
    around = [None, *sounds, None]
    out = []
    for i, phone in enumerate(sounds):
        first = next(j for j in range(i, -1, -1) if j == 0 or words[j - 1] != words[i])
        beyond = next((j for j in range(i, len(words)) if words[j] != words[i]), len(words))
        stress_over = any(sound.startswith("ˈ") for sound in sounds[first:i])
        later = tuple(sounds[i + 1 : beyond])
        out.append(Place(phone, around[i], around[i + 2], first == i, not later, later, stress_over))
    return out


def _english(at: Place) -> Leeway:
    if at.phone in ("t", "d"):
        return _english_stop(at, _of("en", at.before), _of("en", at.after))
    if at.phone.lstrip("ˈˌ") == "ɑː" and at.after != "ɹ" and not (at.begins and at.ends):
        return Leeway(also=("ɔː",))
    if at.phone == "ð" and at.begins and at.before in ("n", "l") and len(at.later) < 3 and _weak_english(at.after):
        return Leeway(lost=True)
    if not _weak_english(at.phone) or at.ends or at.after == "ŋ":
        return Leeway()
    stress_later = any(later.startswith("ˈ") for later in at.later)
    if at.phone == "ə":
        carried = at.after in ("n", "m", "l", "ɹ") and not at.begins and not _is_vowel("en", at.before)
        return Leeway(lost=carried, also=("ɪ",))
    if at.phone == "ɪ" and (stress_later or not at.begins):
        return Leeway(also=("ə",))
    return Leeway(also=("ɪ", "ə")) if at.phone == "iː" and stress_later else Leeway()


def _english_stop(at: Place, before: Phone | None, after: Phone | None) -> Leeway:
    """Of t and d."""
    if at.after == "ɹ" and not at.ends:
        return Leeway(also=("tʃ",) if at.phone == "t" else ("dʒ",))
    if after is None or before is None or at.begins:
        return Leeway()
    if after.kind == "consonant":
        if at.ends:  # of clusters connected.py knows, and that d carries a tense
            in_throat = before.kind == "vowel" or at.before in ("n", "l", "ɹ")
            return Leeway(lost=at.phone == "t" and in_throat and at.after not in ("h", "j"))
        among = before.kind == "consonant" and before.voiced == (at.phone == "d") and at.before != "ɹ"
        return Leeway(lost=among and after.manner != "approximant")
    weak_after = _weak_english(at.after) or at.ends
    if at.phone == "t" and at.before == "n" and weak_after and not at.ends:
        return Leeway(lost=True, also=("d",))
    tap = at.phone == "t" and weak_after and (before.kind == "vowel" or at.before == "ɹ")
    return Leeway(also=("d",)) if tap else Leeway()


def _weak_english(phone: str | None) -> bool:
    """Whether it is a vowel without stress of either kind."""
    return phone is not None and _is_vowel("en", phone) and phone[0] not in "ˈˌ"


def _russian(at: Place) -> Leeway:
    if at.begins:
        return Leeway()
    between_vowels = _is_vowel("ru", at.before) and _is_vowel("ru", at.after)
    if at.phone == "j":
        return Leeway(lost=between_vowels and _weak_russian(at.after))
    if not _weak_russian(at.phone):
        return Leeway()
    also = ("ə",) if at.phone in ("ɐ", "ɨ") else ()
    meets = _weak_russian(at.before) or (at.before == "j" and at.stress_over)
    syllable_later = any(_is_vowel("ru", later) for later in at.later)
    alone = at.before is not None and at.after is not None and not _is_vowel("ru", at.before)
    among = alone and not _is_vowel("ru", at.after) and at.phone in ("ə", "ɪ") and at.stress_over and syllable_later
    return Leeway(lost=meets or among, also=also)


def _is_vowel(language: Language, phone: str | None) -> bool:
    known = _of(language, phone)
    return known is not None and known.kind == "vowel"


def _weak_russian(phone: str | None) -> bool:
    known = _of("ru", phone)
    return known is not None and known.kind == "vowel" and known.stressed is False


@cache
def _of(language: Language, phone: str | None) -> Phone | None:
    return inventory(language)[phone] if phone is not None else None
