"""What may have gone wrong with each expected sound, by kinds of error.

Natives drop a weak vowel in every other sentence and never say a hard consonant for a soft one, so that each kind of
error has a limit of its own, and counts for a call with a weight of its own (scale.py).
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from trainer.languages import LANGUAGES, Language, other
from trainer.phones import inventory as phones
from trainer.scoring.ctc import BLANK
from trainer.scoring.gop import FLOOR, ODDS_FLOOR, Diagnosis, Expected
from trainer.scoring.posteriors import Look, PhoneClasses, Posteriors
from trainer.scoring.times import right_classes

Kind = Literal[
    "softness", "voicing", "accent", "foreign", "reduction", "vowel", "consonant", "other", "weak dropped",
    "weak dropped, fast", "end dropped", "end dropped, fast", "dropped", "dropped, fast",
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)
FOREIGN = KINDS.index("foreign")

AROUND = 2  # frames on either side of a phone that still tell of it
FAST = 13.0  # phones a second: above it natives drop more
SCHWA = ("ə", "ɚ")
CLAIM = 8.0  # nats: a claim beyond it says nothing more
# What CTC makes of a sound it also guesses from the words about it; what sounds where it lies is a second opinion.
# Of natives' English and errors planted in it, both together find more than either; in Russian CTC alone does.
SECOND: dict[Language, float] = {"en": 0.85, "ru": 0.0}  # weight of the second opinion
ASKED: tuple[Kind, ...] = ("voicing", "accent")  # errors on which there is one


@dataclass(frozen=True, eq=False)
class Faults:
    """What may be wrong with each sound.

    Attributes:
        odds: [N, kinds] nats, log-probability of the likeliest error of each kind against the expected sound (as low as
            `ODDS_FLOOR` where there is none).
        heard: [N][kinds] the sound that it would be, "" for none; one of the other language is marked with it (en:ɹ).
        foreign: [N] nats, how much likelier any sound of the other language is than any of the one spoken, where the
            sound lies; 0 where the model has one language only.
    """

    odds: NDArray[np.float64]
    heard: tuple[tuple[str, ...], ...]
    foreign: NDArray[np.float64]


def faults(
    language: Language, expected: Sequence[Expected], diagnosis: Diagnosis, looks: Sequence[Look]
) -> Faults:  # fmt: skip
    """Of the phones of a call in order, by all looks at it in the mean. diagnosis: of these together."""
    own, spans, fine = looks[0].own, looks[0].spans, looks[0].fine
    lies = means([look.lies for look in looks])
    labels = own.classes.labels
    odds = np.full((len(expected), len(KINDS)), ODDS_FLOOR)
    heard = [[""] * len(KINDS) for _ in expected]
    tempo = _tempo(spans, own.frames_per_second)
    ends = [i + 1 == len(expected) or expected[i + 1].word != phone.word for i, phone in enumerate(expected)]
    for i, (phone, evidence) in enumerate(zip(expected, diagnosis.evidence, strict=True)):
        if i in diagnosis.fluent:
            continue
        row = diagnosis.odds[i]
        right = max(evidence.gop, FLOOR)
        for kind, classes in by_kind(language, phone.phone, labels).items():
            best = classes[int(row[list(classes)].argmax())]
            odds[i, KINDS.index(kind)] = row[best] - right
            asked = SECOND[language] and kind in ASKED and row[best] - right > ODDS_FLOOR
            if fine and lies is not None and asked:
                possible = [n for n in classes if np.isfinite(row[n])]
                second = _second(phone, possible, lies[i], own.classes, fine)
                of_ctc = max(row[best] - right, -CLAIM)
                odds[i, KINDS.index(kind)] = of_ctc + SECOND[language] * (second - of_ctc)
            heard[i][KINDS.index(kind)] = labels[best]
        odds[i, KINDS.index(dropped_kind(language, phone.phone, ends[i], tempo))] = row[-1] - right
    over_both = [(look.both, look.spans) for look in looks if look.both is not None]
    lean = np.zeros(len(expected))
    if over_both:
        for i, phone in enumerate(expected):
            if i not in diagnosis.fluent:
                near = [(both, at[i]) for both, at in over_both]
                odds[i, FOREIGN], heard[i][FOREIGN] = _claim(language, phone, labels, near)
        lean = np.mean([_lean(language, at, both) for both, at in over_both], axis=0)
    return Faults(np.maximum(odds, ODDS_FLOOR), tuple(map(tuple, heard)), lean)


def means(of_looks: Sequence[NDArray[np.float64] | None]) -> NDArray[np.float64] | None:
    """Of several looks, those that have any."""
    there = [one for one in of_looks if one is not None]
    return np.mean(there, axis=0) if there else None


def _tempo(spans: Sequence[tuple[int, int]], rate: float) -> float:
    """Phones a second."""
    return len(spans) * rate / max(1, spans[-1][1] - spans[0][0]) if len(spans) else 0.0


def _claim(
    language: Language, phone: Expected, own: tuple[str, ...], looks: Sequence[tuple[Posteriors, tuple[int, int]]]
) -> tuple[float, str]:
    """How much likelier than the expected sound one of the speaker's own language is, where it lies, in nats."""
    both = looks[0][0]
    labels = both.classes.labels
    right = {*(labels.index(own[i]) for i in phone.classes), *both.classes.of(phone.phone).tolist()}
    rivals = [rival for rival in foreign_classes(language, phone.phone, labels) if rival not in right]
    if not rivals:
        return ODDS_FLOOR, ""
    claims = []
    for posteriors, span in looks:
        frames = posteriors.log_probs[max(0, span[0] - AROUND) : span[1] + AROUND]
        expected = np.logaddexp.reduce(frames[:, sorted(right)], axis=1).max()
        claims.append(np.clip(frames[:, rivals].max(axis=0) - expected, -CLAIM, CLAIM))
    best = np.mean(claims, axis=0)
    at = int(best.argmax())
    return float(best[at]), labels[rivals[at]]


def _second(
    phone: Expected, classes: Sequence[int], row: NDArray[np.float64], own: PhoneClasses, fine: PhoneClasses
) -> float:
    """How much likelier than the expected sound the likeliest of some classes is where it lies, in nats. row: of what
    sounds there."""
    rivals = [fine.labels.index(own.labels[i]) for i in classes if i not in phone.classes]
    if not rivals:
        return -CLAIM
    right = np.logaddexp.reduce(row[right_classes(phone, own, fine)])
    return float(np.clip(row[rivals].max() - right, -CLAIM, CLAIM))


def _lean(language: Language, spans: Sequence[tuple[int, int]], both: Posteriors) -> NDArray[np.float64]:
    """Of each phone: the sounds of the other language against those of the one spoken, in nats."""
    mark = f"{other(language)}:"
    theirs = np.array([label.startswith(mark) for label in both.classes.labels])
    ours = ~theirs
    ours[BLANK] = False
    sides = [np.logaddexp.reduce(both.log_probs[:, side], axis=1) for side in (theirs, ours)]
    near = [slice(max(0, first - AROUND), last + AROUND) for first, last in spans]
    return np.array([np.clip(sides[0][at].max() - sides[1][at].max(), -CLAIM, CLAIM) for at in near])


@cache
def by_kind(language: Language, phone: str, labels: tuple[str, ...]) -> dict[Kind, tuple[int, ...]]:
    """The classes of a head by the kind of error that each would be for a phone."""
    found: dict[Kind, list[int]] = {}
    for i, label in enumerate(labels):
        if label and label != phone:
            found.setdefault(kind_of(language, phone, label), []).append(i)
    return {kind: tuple(classes) for kind, classes in found.items()}


def kind_of(language: Language, expected: str, heard: str) -> Kind:
    """heard: a class of any model; some know sounds that the language lacks."""
    known = phones.inventory(language)
    if heard not in known:
        return "other"
    wanted, said = known[expected], known[heard]
    if wanted.kind != said.kind:
        return "other"
    if expected.rstrip("ʲ") == heard.rstrip("ʲ"):
        return "softness"
    if wanted.kind == "vowel" and (_weak(wanted) or _weak(said)):
        return "reduction"
    if (wanted.manner, wanted.place, wanted.soft) == (said.manner, said.place, said.soft) != (None, None, False):
        return "voicing"
    bare = expected.lstrip("ˈˌ")
    if {(language, expected, heard), (language, bare, heard)} & phones.confusions().keys():
        return "accent"
    return wanted.kind


def _weak(vowel: phones.Phone) -> bool:
    """Whether a vowel is one without stress: as Russian ones are marked, or an English schwa."""
    return vowel.ipa in SCHWA if vowel.stressed is None else not vowel.stressed


def dropped_kind(language: Language, phone: str, last: bool, tempo: float) -> Kind:
    sound = phones.inventory(language)[phone]
    weak = phone == "j" or (sound.kind == "vowel" and (sound.stressed is False or phone in ("ə", "ɪ", "ɚ")))
    kind: Kind = "weak dropped" if weak else "end dropped" if last else "dropped"
    fast: dict[Kind, Kind] = {
        "weak dropped": "weak dropped, fast", "end dropped": "end dropped, fast", "dropped": "dropped, fast",
    }  # fmt: skip
    return fast[kind] if tempo > FAST else kind


@cache
def foreign() -> dict[Language, dict[str, tuple[str, ...]]]:
    """By language spoken and phone: the sounds of the speaker's own language that are put for it."""
    table = tomllib.loads((Path(phones.__file__).parent / "foreign.toml").read_text(encoding="utf-8"))
    return {spoken: {phone: tuple(said) for phone, said in table[spoken].items()} for spoken in LANGUAGES}


@cache
def foreign_classes(language: Language, phone: str, labels: tuple[str, ...]) -> tuple[int, ...]:
    """The classes, of the sounds of both languages, that are put for a phone."""
    table = foreign()[language]
    said = table.get(phone) or table.get(phone.lstrip("ˈˌ"), ())
    marked = (f"{other(language)}:{label}" for label in said)
    return tuple(labels.index(label) for label in marked if label in labels)
