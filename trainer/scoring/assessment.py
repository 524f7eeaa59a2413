"""The result of scoring one radio call. Frozen and plain, so that it can be stored, shown and exported.

Times are seconds from the start of the recording; scores run from 0 to 100.
"""

from dataclasses import dataclass
from typing import Literal

from trainer.languages import Language
from trainer.phones.inventory import inventory
from trainer.quantities import Finite, Points, Rate, Seconds, Share

SCHEMA = "ruston.assessment/1"

Verdict = Literal["scored", "other_phrase", "other_language", "not_recognised"]
DROPPED = ""  # heard instead of a sound that was left out
MISPLACED = (
    0.01  # probability of the right syllable below which the stress was heard elsewhere: natives fall there, too
)


@dataclass(frozen=True, slots=True)
class PhoneScore:
    """An expected phone.

    Attributes:
        gop: nats, 0 (certain) to the floor.
        start, end: in the recording.
        heard: the sound that is more probable than the expected one, "" where it was left out, None where the expected
            one is the most probable; a sound of the other language is marked with it, so that en:t in a Russian word is
            an English [t].
        alternatives: what the sound may have been, the most probable first.
    """

    phone: str
    score: Points
    gop: Finite
    start: Seconds
    end: Seconds
    heard: str | None
    alternatives: tuple[tuple[str, Share], ...]


@dataclass(frozen=True)
class Stress:
    """Where the stress of a word was heard.

    Attributes:
        expected, heard: syllables, counted from 0.
        probability: of the expected one against all others.
    """

    expected: int
    heard: int
    probability: Share

    @property
    def misplaced(self) -> bool:
        return self.heard != self.expected and self.probability < MISPLACED


def by_stress(language: Language, expected: str, heard: str | None, stress: Stress | None) -> bool:
    """Whether a sound may be another one for the stress alone: a vowel of a word stressed wrong, said as a vowel."""
    known = inventory(language)
    both = [known[one].kind for one in (expected, expected if heard is None else heard) if one in known]
    return stress is not None and stress.misplaced and both == ["vowel", "vowel"]


@dataclass(frozen=True, slots=True)
class WordScore:
    """A word of the call.

    Attributes:
        start, end: in the recording.
        missing: the call was said without this word (no times, no phones).
        added: sounds heard in or before it that do not belong.
        rated: what experts would have said of the word (None: not fitted).
        stress: where its stress was heard (None: no choice, or not measured in this language).
    """

    text: str
    score: Points
    start: Seconds | None
    end: Seconds | None
    missing: bool
    phones: tuple[PhoneScore, ...]
    added: tuple[str, ...] = ()
    rated: Points | None = None
    stress: Stress | None = None

    @property
    def asked(self) -> tuple[str, ...]:
        """The sounds that were asked for where it stands; none where it was left out."""
        return tuple(phone.phone for phone in self.phones)


@dataclass(frozen=True)
class Pause:
    start: Seconds
    seconds: Seconds
    after_word: int


@dataclass(frozen=True)
class Fluency:
    """Seconds, and syllables per second; rates are 0 where no time was measured."""

    onset_latency: Seconds
    speaking_seconds: Seconds
    articulation_rate: Rate
    speaking_rate: Rate
    pauses: tuple[Pause, ...]


@dataclass(frozen=True)
class ExtraSpeech:
    """Speech that is not part of the call, between or around its words."""

    start: Seconds
    end: Seconds
    phones: tuple[str, ...]


@dataclass(frozen=True)
class Match:
    """The call that was said instead."""

    phrase: str
    language: Language
    text: str


@dataclass(frozen=True)
class CallRatings:
    """What experts would have said of the words that were said, 0-100 (on the experts' scale of 0-10)."""

    accuracy: Points
    fluency: Points
    prosodic: Points
    completeness: Points
    total: Points


@dataclass(frozen=True)
class Deduction:
    """What a call lost points for.

    Attributes:
        of: "sound", "stress", "missing" or "overall".
        sound, heard: the sound and what was said for it, where there is one ("" for none).
        word: the first word in which it was so; of those left out the first that is surely heard where it is said.
    """

    of: str
    points: Points
    sound: str | None = None
    heard: str | None = None
    word: str | None = None


@dataclass(frozen=True)
class Assessment:
    """A recording of a call, judged.

    Attributes:
        score: how far from an accent, what missing words leave out taken off.
        completeness: per cent of the words said. Like the score 0 where something else was said; the words then tell
            only how far that was from the call.
        fit: how well the text explains the sound, nats per phone against the best free decode (about 0 for a good
            reading).
        scale: what the points mean, so that only those of one scale are compared. "anchored-3": held by speakers;
            natives' sentences have 95 in the median, and 19 of 20 have 70; a call wholly in another language's sounds
            has less than 40; what was clearly wrong takes points off for itself, and more where many words are wrong;
            heard at two looks. "anchored-2" (November 2026): at one look, and words did not count. "anchored-1"
            (November 2026): nothing was taken off for single sounds, either. "calibrated" (until November 2026): the
            mean of its sounds, as experts would find them. "plain-gop": linear in GOP. "... +course-...": refitted to
            a course's own ratings (course_scale.py).
        ratings: the whole call as experts would rate it (None: not fitted).
        margin: points by which chance may move the score, either way (None: not known).
        deductions: what the missing points are for, the dearest first.
        uncalibrated: the score before a course's own scale was laid over it (None: there is none).
    """

    text: str
    language: Language
    verdict: Verdict
    score: Points
    completeness: Points
    fit: Finite
    words: tuple[WordScore, ...]
    extra_speech: tuple[ExtraSpeech, ...]
    fluency: Fluency
    seconds: Seconds
    said: Match | None = None
    phrase: str | None = None
    clip: str | None = None
    warnings: tuple[str, ...] = ()
    model: str = ""
    scale: str = "plain-gop"
    ratings: CallRatings | None = None
    schema: str = SCHEMA
    margin: Points | None = None
    deductions: tuple[Deduction, ...] = ()
    uncalibrated: Points | None = None

    def __post_init__(self) -> None:
        """Raises ValueError where it speaks of sounds that its language lacks, as somebody else's may."""
        known = inventory(self.language)
        if not all(sound.phone in known for word in self.words for sound in word.phones):
            raise ValueError("a sound that the language lacks")

    @property
    def whole(self) -> bool:
        """Whether no word was left out that is surely heard where it is said, as weak words of a sound or two are not:
        natives, too, seem to leave one of these out in a call of ten."""
        return not any(one.of == "missing" and one.word for one in self.deductions)

    def stress(self, at: int) -> Stress | None:
        """Of a word, by number: None where it was not measured, or where there is no such word."""
        return self.words[at].stress if at < len(self.words) else None
