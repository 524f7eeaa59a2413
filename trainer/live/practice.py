"""Practice at the edges: pieces of readings to hear, recordings of pieces to score, exercises to keep."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from trainer.audio.excerpt import excerpt
from trainer.audio.microphone import follow
from trainer.audio.recording import SAMPLE_RATE, Recording
from trainer.audio.reference import readable
from trainer.audio.stretch import stretch
from trainer.audio.take import Take, TakeStatus
from trainer.drill import agenda, mouth
from trainer.drill.events import Line
from trainer.drill.exercises import Exercise, Kind
from trainer.drill.memory import weak_sounds
from trainer.errors import UserError
from trainer.languages import Language
from trainer.messages import gettext as _
from trainer.phones.inventory import inventory, sound_of
from trainer.phones.rules import rules
from trainer.phrasebook.text import folded, tokens, without_stress
from trainer.scoring.assessment import Assessment
from trainer.scoring.points import PASS_MARK

if TYPE_CHECKING:
    from datetime import datetime

    from trainer.audio.microphone import Microphone
    from trainer.drill.plan import Seat
    from trainer.live.program import Measured, Program
    from trainer.phrasebook.phrase import Phrase
    from trainer.reader import Reader

Samples = NDArray[np.float32]

MARGIN = 0.05  # s around a word that is cut out: its first and last sounds are found late and early
SOUND_MARGIN = 0.02  # s around a sound
QUIET = 0.2  # s of silence around what is cut
WORDS = 8  # a sound is practised in so many words, one after the other
LONG_SOUND = 0.35  # s: a sound by itself is heard for so long at least, where it can be held


@dataclass(frozen=True, eq=False)
class Tried:
    """A try at a piece, and all that was heard.

    Attributes:
        points: 0-100, that count.
        at: the word that they are of, of those that were said.
    """

    points: float
    at: int
    assessment: Assessment


class Practising:
    """One learner's practice with the program's book, sound and records."""

    def __init__(self, program: "Program", seat: "Seat") -> None:
        self.program = program
        self.seat = seat

    @property
    def language(self) -> Language:
        return self.seat.target

    @property
    def reader(self) -> "Reader":
        """To whom it is said."""
        return self.program.reader(self.seat)

    # What to practise

    def piece(self, call: str, word: int, sound: str | None = None) -> mouth.Piece:
        """One word (from 0) of a call. Raises UserError for a call or a word that there is not."""
        text = self.text(call)
        try:
            return mouth.word(call, text, self.language, self.program.scorer.lexicon(self.language), word, sound)
        except IndexError as error:
            spelled = [text[token.start : token.end] for token in tokens(text, self.language)]
            read = (without_stress(self.reader.word(one, self.language)) for one in spelled)
            words = ", ".join(f"{n} {one}" for n, one in enumerate(read, 1))
            message = _("the call {id} has no word {n}. It has: {words}")
            raise UserError(message.format(id=call, n=word + 1, words=words)) from error

    def word(self, spelled: str) -> mouth.Piece:
        """A word as it is written, out of the shortest call that has it. Raises UserError where none has."""

        wanted = folded(spelled.lower())
        found = [
            (len(words), phrase.id, at)
            for phrase in self.calls()
            for words in [tokens(phrase.text(self.language), self.language)]
            for at, token in enumerate(words)
            if folded(token.key) == wanted
        ]
        if not found:
            raise UserError(_("no call has the word {word}. `ruston phrases TEXT` searches.").format(word=spelled))
        _length, call, at = min(found)
        return self.piece(call, at)

    def ladders(self, sound: str, most: int = 1) -> tuple[tuple[mouth.Piece, ...], ...]:
        """Ladders for a sound in IPA, from the calls that there is a reading of. Raises UserError for a sound that the
        language or its calls do not have."""
        if sound not in inventory(self.language):
            known = " ".join(inventory(self.language))
            message = _("{sound} is no sound of this language. It has: {known}")
            raise UserError(message.format(sound=sound, known=known))
        calls = [(phrase.id, phrase.text(self.language)) for phrase in self.calls()]
        lexicon = self.program.scorer.lexicon(self.language)
        if found := mouth.ladder(sound, mouth.expected(calls, self.language, lexicon), lexicon, most):
            return found
        raise UserError(_("no call has the sound {sound}.").format(sound=sound))

    def ladder(self, sound: str) -> tuple[mouth.Piece, ...]:
        """The one to climb now: in the word that was practised least, so that who comes again meets other words, and
        whose reading has the sound, so that nobody is blamed who says what they heard. Raises UserError likewise."""
        practised = Counter(text for item, text in self._practised if item == sound)
        found = sorted(self.ladders(sound, WORDS), key=lambda rungs: max(practised[piece.text] for piece in rungs))
        return next((rungs for rungs in found if self._shows(rungs[-1], sound)), found[0])

    def _shows(self, piece: mouth.Piece, sound: str) -> bool:
        """Whether the reading passes where the top of a ladder is judged; also where there is none."""
        measured = self._measured(piece.call)
        if measured is None:
            return True
        word = measured.assessment.words[piece.words[0] + piece.at]
        scores = [phone.score for phone in word.phones if sound_of(self.language, phone.phone) == sound]
        return bool(scores) and fmean(scores) >= PASS_MARK

    def to_train(self) -> str:
        """The sound to train next: of those that are weak, else of those that the language is known for, the one that
        was practised least."""
        named = dict.fromkeys(sound for rule in rules(self.language) for sound in rule.sounds)
        known = inventory(self.language)
        sounds = self.weak() or [sound for sound in named if sound in known and mouth.holdable(self.language, sound)]
        practised = Counter(item for item, _text in self._practised)
        return min(sounds, key=lambda sound: practised[sound])

    @property
    def _practised(self) -> list[tuple[str, str]]:
        """The sound or the word, and the text, of each piece that was said so far."""
        done = self.program.exercises(self.seat, "mouth")
        return [(exercise.item, str(exercise.details.get("text", ""))) for exercise in done]

    def weak(self) -> tuple[str, ...]:
        """The learner's weak sounds, the weakest first."""
        return tuple(weak.phone for weak in weak_sounds(self.program.memory(self.seat), self.language))

    # What is heard

    def reading(self, piece: mouth.Piece, step: mouth.Step) -> Samples | None:
        """How a piece is heard before a try, at 16 kHz; None where there is no reading of its call, or where the scorer
        does not find its words in it."""
        measured = self._measured(piece.call)
        if measured is None:
            return None
        if step == "call" or piece.rung == "call":
            whole = measured.samples
            return stretch(whole, SAMPLE_RATE, mouth.SLOW) if step == "slow" else whole
        span = _span(piece, measured.assessment)
        if span is None:
            return None
        samples = excerpt(measured.samples, SAMPLE_RATE, *span)
        if piece.rung == "sound":
            heard = span[1] - span[0]
            return padded(stretch(samples, SAMPLE_RATE, min(1.0, heard / LONG_SOUND)))
        return padded(stretch(samples, SAMPLE_RATE, mouth.SLOW) if step == "slow" else samples)

    def said(self, practice: mouth.Practice) -> mouth.Piece:
        """What the next try is: the piece, or the piece in its call."""
        piece = practice.piece
        if practice.step != "call" or piece.rung == "call":
            return piece
        return mouth.in_call(piece, self.text(piece.call), self.program.scorer.lexicon(self.language))

    # What is said

    def record(
        self, microphone: "Microphone", piece: mouth.Piece, released: Callable[[], bool] = lambda: False,
        meter: Callable[[TakeStatus, Samples], None] = lambda status, block: None,
    ) -> Recording:  # fmt: skip
        """One press of the key. released: asked whether it is up again. Raises UserError where there is nothing to
        score."""
        take = Take()
        call = piece.call if piece.rung == "call" else None
        for block, status in follow(microphone, take, call, self.language, released):
            meter(status, block)
        return take.recording(_("microphone"))

    def score(self, recording: Recording, piece: mouth.Piece) -> Tried:
        """Raises UserError where no speech is heard."""
        assessment = self.program.scorer.score_piece(recording, piece.said)
        return Tried(mouth.points(piece, assessment), piece.at, assessment)

    def keep(self, kind: Kind, item: str, points: float, details: Mapping[str, str | float]) -> Exercise:
        """An exercise that was done, into the records where anything is kept."""
        exercise = Exercise(self.program.options.now(), kind, self.language, item, points, details)
        if self.program.store is not None:
            self.program.store.keep_exercise(self.seat, exercise)
        return exercise

    def kept_since(self, moment: "datetime") -> int:
        """How many exercises of the learner's are in the records from then on."""
        return sum(exercise.at >= moment for exercise in self.program.exercises(self.seat))

    def keep_practice(self, practice: mouth.Practice) -> Exercise:
        piece = practice.piece
        details: dict[str, str | float] = {"rung": piece.rung, "call": piece.call, "text": piece.text}
        details |= {f"try {number}": round(points, 1) for number, points in enumerate(practice.tries, 1)}
        points = round(practice.tries[-1], 1) if practice.tries else 0.0
        return self.keep("mouth", piece.sound or piece.text.lower(), min(100.0, points), details)

    def _measured(self, call: str) -> "Measured | None":
        found = self.program.measured(self.line(call))
        return found if found and found.assessment.verdict == "scored" else None

    def line(self, call: str) -> Line:
        """Raises UserError for a call that there is not."""
        phrase = self.phrase(call)
        return Line(phrase.id, self.language, phrase.text(self.language), phrase.speaker)

    def calls(self) -> "Sequence[Phrase]":
        """The calls with a reading, or all where none has one."""
        return self.calls_read() or self._own_first(self.program.book.phrases)

    def calls_read(self) -> "Sequence[Phrase]":
        """The calls with a reading; those of the learner's own station first."""
        language = self.language
        book = self.program.book.phrases
        return self._own_first(one for one in book if readable(one.id, one.text(language), language))

    def _own_first(self, calls: "Iterable[Phrase]") -> "Sequence[Phrase]":
        return sorted(calls, key=lambda phrase: phrase.speaker not in (self.seat.station, "any"))

    def text(self, call: str) -> str:
        """Of a call, in the language that is learnt. Raises UserError."""
        return self.phrase(call).text(self.language)

    def phrase(self, call: str) -> "Phrase":
        """Raises UserError for a call that there is not."""
        try:
            return agenda.find(self.program.book, call)
        except KeyError as error:
            message = _("there is no phrase {id}. `ruston phrases TEXT` searches.")
            raise UserError(message.format(id=call)) from error


def _span(piece: mouth.Piece, reading: Assessment) -> tuple[float, float] | None:
    """Where a piece lies in the reading of its call, s."""
    words = reading.words[slice(*piece.words)]
    if not words or any(word.missing or word.start is None or word.end is None for word in words):
        return None
    if piece.cut is None:
        first, last = words[0].start, words[-1].end
        assert first is not None
        assert last is not None
        return first - MARGIN, last + MARGIN
    phones = words[0].phones[slice(*piece.cut)]
    if not phones or len(words[0].phones) < piece.cut[1]:
        return None
    return phones[0].start - SOUND_MARGIN, phones[-1].end + SOUND_MARGIN


def padded(samples: Samples) -> Samples:
    silence = np.zeros(round(QUIET * SAMPLE_RATE), np.float32)
    return np.concatenate([silence, samples, silence]).astype(np.float32)
