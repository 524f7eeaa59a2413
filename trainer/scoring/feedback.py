"""What to tell the learner: the worst sounds of a call, what was heard instead, and what to do about it."""

from collections.abc import Callable
from dataclasses import dataclass

from trainer.languages import Language
from trainer.messages import gettext as _
from trainer.phones.inventory import (
    Confusion,
    Phone,
    confusions,
    foreign,
    general_advice,
    inventory,
    sound,
    unmarked,
)
from trainer.phones.spelling import letters
from trainer.scoring.assessment import DROPPED, Assessment, PhoneScore, WordScore, by_stress
from trainer.scoring.points import AS_NATIVES, FLAGGED


@dataclass(frozen=True)
class Hint:
    """One sound to work on.

    Attributes:
        expected: empty where a sound was added.
        heard: None where the sound was unclear and nothing else more probable.
        score: points, 0-100.
        start, end: s in the recording.
        phones: of the word, as they were asked for.
    """

    word: str
    expected: str
    heard: str | None
    score: float
    start: float
    end: float
    sound: dict[Language, str]
    advice: dict[Language, str]
    phones: tuple[str, ...] = ()


def worst_sounds(assessment: Assessment, most: int = 3, at: int | None = None) -> tuple[Hint, ...]:
    """The sounds of the words that were said that cost the call most, then the worst-scoring ones, each kind of mistake
    once; none of a call that is `as_natives`, nor what a wrong stress alone makes of a word. at: the place of one word,
    to look at no other, and at all of it."""
    if at is None and as_natives(assessment):
        return ()
    words = assessment.words if at is None else assessment.words[at : at + 1]
    cost: dict[str, float] = {}
    for one in assessment.deductions:
        if one.sound is not None:
            cost[one.sound] = max(one.points, cost.get(one.sound, 0.0))
    found = sorted(
        (
            (phone, word, number)
            for word in words
            if not word.missing
            for number, phone in enumerate(word.phones)
            if phone.score < FLAGGED
            and (at is not None or not by_stress(assessment.language, phone.phone, phone.heard, word.stress))
        ),
        key=lambda found: (-cost.get(found[0].phone, 0.0), found[0].score),
    )
    hints: dict[tuple[str, str | None], Hint] = {}
    for phone, word, number in found:
        if len(hints) == most:
            break
        hints.setdefault((phone.phone, phone.heard), _hint(assessment.language, word, number))
    added = [_added(assessment.language, word, label) for word in words for label in dict.fromkeys(word.added)]
    return (*hints.values(), *added)[:most]


def stress_first(assessment: Assessment) -> bool:
    """Whether stress is to be told before sounds: where it cost the call more, or where nobody knows."""
    return next((one.of for one in assessment.deductions if one.of in ("stress", "sound")), "stress") == "stress"


def as_natives(assessment: Assessment) -> bool:
    """Whether a call is as good as natives', whatever its sounds: they, too, have one beyond its limit now and then,
    and one too many in one call of fifty. Where such a thing costs next to nothing there is nothing to say of it."""
    if assessment.verdict != "scored" or assessment.score < AS_NATIVES:
        return False
    if assessment.margin is None:  # on a scale that does not tell what points are for
        return all(phone.score >= FLAGGED for word in assessment.words for phone in word.phones)
    return all(one.of == "overall" for one in assessment.deductions)


def _added(language: Language, word: WordScore, label: str) -> Hint:
    near = word.phones[0]
    return Hint(
        word=word.text,
        phones=word.asked,
        expected="",
        heard=label,
        score=0.0,
        start=near.start,
        end=near.end,
        sound={"en": "", "ru": ""},
        advice=_filled("inserted_j" if (language, label) == ("ru", "j") else "inserted", language, "", label),
    )


@dataclass(frozen=True)
class Place:
    """Where in its word a sound stands.

    Attributes:
        letter: with which it is written, empty where that is not known.
    """

    letter: str = ""
    before_stress: bool = False


def _place(language: Language, word: WordScore, at: int) -> Place:
    phones = [phone.phone for phone in word.phones]
    following = phones[at + 1] if at + 1 < len(phones) else ""
    before_stress = following.startswith("ˈ") and (at == 0 or phones[at - 1] != "s")
    return Place(letters(word.text, phones)[at] if language == "ru" else "", before_stress)


def _hint(language: Language, word: WordScore, at: int) -> Hint:
    phone = word.phones[at]
    return Hint(
        word=word.text,
        phones=word.asked,
        expected=phone.phone,
        heard=heard_instead(language, phone),
        score=phone.score,
        start=phone.start,
        end=phone.end,
        sound=inventory(language)[phone.phone].name,
        advice=advice(language, phone.phone, phone.heard, _place(language, word, at)),
    )


def heard_instead(language: Language, phone: PhoneScore) -> str | None:
    """What was heard, unless it is a consonant for a vowel or the reverse: then a neighbour covered the sound. None,
    too, for a sound of neither language."""
    if phone.heard:
        found = sound(language, phone.heard)
        if found is None or found.kind != inventory(language)[phone.phone].kind:
            return None
    return phone.heard


def heard_text(
    hint: Hint, language: Language, named: Callable[[Phone], str], written: Callable[[str, str], tuple[str, str]]
) -> str:
    """What was heard in place of a sound, for the learner. named: what a sound is called; written: two sounds in
    letters that the learner reads."""
    if hint.heard is None:
        return _("unclear")
    if not hint.heard:
        return _("nothing")
    symbol, known = f"[{written(hint.expected, unmarked(hint.heard))[1]}]", sound(language, hint.heard)
    spoken = foreign(hint.heard)
    if spoken:
        symbol = (_("the English {sound}") if spoken == "en" else _("the Russian {sound}")).format(sound=symbol)
    return f"{symbol} {named(known)}" if known else symbol


def advice(
    language: Language,
    expected: str,
    heard: str | None,
    place: Place = Place(),
) -> dict[Language, str]:
    """What to do, in both languages: for a known confusion, for the feature that differs, or how the sound is made."""
    known = inventory(language)
    if heard and (spoken := foreign(heard)):
        said = _filled(f"foreign_{spoken}", language, expected, unmarked(heard))
        return {interface: f"{said[interface]} {how}" for interface, how in known[expected].how.items()}
    found = sound(language, heard) if heard else None
    if heard is None or (heard != DROPPED and (found is None or found.kind != known[expected].kind)):
        return known[expected].how
    bare = expected if expected in confusions_of(language) else expected.lstrip("ˈˌ")
    listed = confusions().get((language, bare, heard))
    if listed and (fitting := _fitting(listed, place)):
        return fitting
    if found is None:
        return _filled("dropped", language, expected, heard)
    difference = _difference(known[expected], found)
    return _filled(difference, language, expected, heard)


def _fitting(confusion: Confusion, place: Place) -> dict[Language, str] | None:
    """The advice for a confusion that is true where the sound stands."""
    if confusion.if_written and place.letter and place.letter in confusion.letters:
        return confusion.if_written
    if confusion.if_before_stress and place.before_stress:
        return confusion.if_before_stress
    return confusion.advice


def confusions_of(language: Language) -> set[str]:
    """The phones of a language for which substitutions are listed."""
    return {expected for spoken, expected, _heard in confusions() if spoken == language}


def _filled(key: str, language: Language, expected: str, heard: str) -> dict[Language, str]:
    symbols = {"expected": f"[{expected}]", "heard": f"[{heard}]"}
    return {interface: text.format(**symbols) for interface, text in general_advice()[key].items()}


_HEIGHTS = ("close", "near-close", "close-mid", "mid", "open-mid", "near-open", "open")
_BACKNESSES = ("front", "near-front", "central", "near-back", "back")
_PLACES = (
    "bilabial", "labiodental", "dental", "alveolar", "postalveolar", "retroflex", "alveolo-palatal", "palatal", "velar",
    "labial-velar", "glottal",
)  # fmt: skip


def _difference(expected: Phone, heard: Phone) -> str:
    """Key of the general advice for the most audible feature in which two vowels or two consonants differ."""
    return _vowel_difference(expected, heard) if expected.kind == "vowel" else _consonant_difference(expected, heard)


def _consonant_difference(expected: Phone, heard: Phone) -> str:
    if expected.manner != heard.manner:
        change = f"{expected.manner}_to_{heard.manner}"
        if change in general_advice():
            return change
        for manner in ("nasal", "lateral"):
            if expected.manner == manner:
                return f"{manner}_missing"
            if heard.manner == manner:
                return f"{manner}_extra"
        rolled = ("tap", "trill")
        if heard.manner in rolled and expected.manner == "approximant":
            return "r_tapped"
        if expected.manner in rolled and heard.manner == "approximant":
            return "r_not_tapped"
        return "other"
    if expected.voiced != heard.voiced:
        return "voiced_to_voiceless" if expected.voiced else "voiceless_to_voiced"
    if expected.soft != heard.soft and expected.place == heard.place:
        return "soft_to_hard" if expected.soft else "hard_to_soft"
    if expected.place != heard.place:
        # A key names where the heard sound lies; the text says how to come back.
        return (
            "place_forward" if _PLACES.index(heard.place or "") < _PLACES.index(expected.place or "") else "place_back"
        )
    return "consonant_too_long" if heard.long and not expected.long else "consonant_too_short"


def _vowel_difference(expected: Phone, heard: Phone) -> str:
    if expected.stressed and heard.stressed is False:
        return "stress_missing"
    if expected.stressed is False and heard.stressed:
        return "reduced_vowel_full" if expected.height != heard.height else "stress_extra"
    if expected.rhotic != heard.rhotic:
        return "rhotic_missing" if expected.rhotic else "rhotic_extra"
    if bool(expected.glide_to) != bool(heard.glide_to):
        return "glide_missing" if expected.glide_to else "glide_extra"
    height = _HEIGHTS.index(heard.height or "") - _HEIGHTS.index(expected.height or "")
    backness = _BACKNESSES.index(heard.backness or "") - _BACKNESSES.index(expected.backness or "")
    if height and abs(height) >= abs(backness):
        return "vowel_too_low" if height > 0 else "vowel_too_high"
    if backness:
        return "vowel_too_back" if backness > 0 else "vowel_too_front"
    if expected.rounded != heard.rounded:
        return "rounded_missing" if expected.rounded else "rounded_extra"
    return "too_long" if heard.long and not expected.long else "too_short"
