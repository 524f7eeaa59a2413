"""One place on the radio loop: plays what is heard, records what is said, scores it, and logs every event.

The edge where drill, audio and scoring meet. It keeps no rules: the log of events is the session, its fold the state.
Methods block while sound goes by; a screen calls them from a worker thread and follows the log.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from trainer.audio.devices import DeviceLost
from trainer.audio.loudspeaker import Loudspeaker, Playing
from trainer.audio.microphone import Microphone, NoRecording, follow
from trainer.audio.radio import Radio, coloured
from trainer.audio.recording import SAMPLE_RATE, Recording
from trainer.audio.reference import MEN, ReferenceClip, Voices, reading
from trainer.audio.stretch import stretch
from trainer.audio.take import Take, TakeSettings, TakeStatus
from trainer.drill import agenda
from trainer.drill.direction import Manner, due
from trainer.drill.events import (
    Advanced,
    Assessed,
    Cue,
    Ended,
    Event,
    Heard,
    Held,
    Joined,
    KeyDown,
    KeyUp,
    Left,
    Line,
    Missed,
    Refused,
    Resumed,
)
from trainer.drill.hints import STEPS
from trainer.drill.plan import Seat
from trainer.drill.session import DIRECTOR, VOICE, State
from trainer.errors import UserError
from trainer.languages import Language
from trainer.live.early_score import EarlyScore
from trainer.live.session_log import SessionLog
from trainer.live.word_listening import Hearing
from trainer.messages import gettext as _
from trainer.phrasebook.lexicon import Lexicon
from trainer.phrasebook.phrase import Phrase, Phrasebook
from trainer.scoring.assess import Utterance
from trainer.scoring.assessment import Assessment
from trainer.scoring.content import Answer, content
from trainer.scoring.hypothesis import Hypothesis
from trainer.speech.words import WordRecogniser

Meter = Callable[[TakeStatus, NDArray[np.float32]], None]
Keep = Callable[[Recording, State], str | None]
_Score = tuple[Utterance | None, Assessment, Hypothesis | None]  # with what it was made of, and words where known


class Scoring(Protocol):
    """Scores calls: a `Scorer` of this machine, or one that asks another machine's.

    early: whether it may be asked for a score that is not needed in the end."""

    early: bool

    def listen(self, recording: Recording) -> Utterance | None:
        """What the phone model makes of a recording, for scoring and for hearing words; None where another machine
        listens."""

    def score(
        self, recording: Recording, phrase: Phrase, language: Language, also: Sequence[Phrase] = (),
        sound: Utterance | None = None,
    ) -> Assessment: ...  # fmt: skip

    def lexicon(self, language: Language) -> Lexicon: ...


class Clock(Protocol):
    """Session time in seconds."""

    def now(self) -> float: ...

    def passes(self, seconds: float) -> None:
        """So much sound has gone by."""
        ...


class WallClock:
    """Time as it goes by."""

    def __init__(self, start: float = 0.0) -> None:
        self._zero = time.monotonic() - start

    def now(self) -> float:
        return time.monotonic() - self._zero

    def passes(self, seconds: float) -> None:
        pass


class SoundClock:
    """Time as the sound takes it, for drills from recordings that run as fast as possible."""

    def __init__(self, start: float = 0.0) -> None:
        self._now = start

    def now(self) -> float:
        return self._now

    def passes(self, seconds: float) -> None:
        self._now += seconds


@dataclass(frozen=True)
class Voicing:
    """How the absent partner sounds.

    Attributes:
        voices: which reading is preferred in each language.
        radio: how strong its colour is, 0 to 1.
        relay_delay: seconds by way of the satellite.
        speed: 1 is as recorded.
    """

    voices: Voices = field(default_factory=lambda: MEN)
    radio: float = 0.4
    relay_delay: float = 0.0
    speed: float = 1.0


class Transceiver:
    """Runs the turns of one learner's seat or, in a hot seat, of several at the same microphone."""

    def __init__(
        self, log: SessionLog, book: Phrasebook, scorer: Scoring, microphone: Microphone, loudspeaker: Loudspeaker,
        clock: Clock, *, voicing: Voicing | None = None, take: TakeSettings | None = None,
        words: Callable[[Language], WordRecogniser | None] = lambda language: None,
        keep: Keep = lambda recording, state: None, live: bool = True,
        tell: Callable[[str], None] = lambda trouble: None,
    ) -> None:  # fmt: skip
        """words: the recogniser of a language, where there is one; live: it tells words while they are said. keep:
        stores a recording, where the learner agreed, and tells where. tell: hears of trouble with the sound or with
        hearing words."""
        self.log = log
        self.book = book
        self.scorer = scorer
        self.microphone = microphone
        self.loudspeaker = loudspeaker
        self.clock = clock
        self.voicing = voicing or Voicing()
        self.last_recording: Recording | None = None
        self._hinted = (-1, 0)  # in which turn help was asked for, and how many steps
        self._tell = tell
        self._silent: str | None = loudspeaker.trouble  # told by whoever opened it
        self._playing: Playing | None = None
        self._take = take or TakeSettings()
        self._words = words
        self._keep = keep
        self._live = live

    @property
    def state(self) -> State:
        return self.log.state

    @property
    def hints(self) -> int:
        """Steps of help that were asked for in this turn; the answer tells of them."""
        turn, steps = self._hinted
        return steps if turn == self.state.turn else 0

    def hint(self) -> None:
        self._hinted = self.state.turn, min(STEPS, self.hints + 1)

    def next_cue(self) -> Cue | None:
        """Begin the next turn of the agenda and let its prompt be heard; end the session where there is none."""
        state, plan = self.state, self.state.plan
        if plan is None or not state.running:
            return None
        if state.cue is not None:
            cue = state.cue  # taken up again after a break
        elif state.injected or state.queue:
            by, turn = state.injected[0] if state.injected else (DIRECTOR, state.queue[0])
            try:
                cue = agenda.cue(self.book, plan, turn, state.turn + 1, self.clock.now(), by)
            except KeyError:
                if not state.injected:
                    raise
                cue = agenda.nothing(turn, state.turn + 1, self.clock.now(), by)  # a call of another phrasebook
            if cue.prompt and not self.reading(cue.prompt):
                cue = replace(cue, shown=(cue.prompt,))  # what cannot be heard must be read
            if self.log.append(cue).cue != cue:
                return None  # held in this very moment
        else:
            self.end("completed")
            return None
        if cue.answers:
            self._words(cue.answers[0].language)  # made ready while the prompt is heard
        if cue.prompt:
            self.voice(cue.prompt)
        return cue

    def voice(self, line: Line, speed: float | None = None) -> bool:
        """Let a call be heard over the loop, in the voice of the reference. False where there is no recording of it."""
        found = self.reading(line)
        if found is None:
            return False
        samples, rate = found.samples, found.rate
        speed = self.voicing.speed if speed is None else speed
        if speed != 1.0:
            samples = stretch(samples, rate, speed)
        radio = Radio(self.voicing.radio, ground=line.speaker == "houston", relay_delay=self.voicing.relay_delay)
        if not self.key_down(VOICE, line):
            return False
        try:
            self.play(coloured(samples, rate, radio), rate)
        finally:
            self.key_up(VOICE)
        return True

    def key_down(self, seat: str, line: Line | None = None) -> bool:
        """Take the loop; False where somebody else has it."""
        self.log.append(KeyDown(at=self.clock.now(), seat=seat, line=line))
        return True

    def key_up(self, seat: str, *then: Event) -> None:
        """Give the loop back. then: what is known by now, kept together with it."""
        self.log.append(KeyUp(at=self.clock.now(), seat=seat), *then)

    def play(self, samples: NDArray[np.float32], rate: int) -> None:
        """Let something be heard, to its end or until it is hushed."""
        playing = self._playing = self.loudspeaker.play(samples, rate)
        playing.wait()
        self._playing = None
        silent, self._silent = self._silent, self.loudspeaker.trouble
        if self._silent and self._silent != silent:
            self._tell(self._silent)
        self.clock.passes(len(samples) / rate)

    def hush(self) -> None:
        """Stop what is being played; called from another thread than the one that plays."""
        if playing := self._playing:
            playing.stop()

    def talk(
        self, released: Callable[[], bool] = lambda: False, meter: Meter | None = None,
        dropped: Callable[[], bool] = lambda: False,
    ) -> Assessed | Refused | None:  # fmt: skip
        """Key down, until the speech or the key ends it; then the score. None where it is nobody's turn to speak, or
        where somebody else has the loop, or where the call was dropped: then nothing is kept or scored.

        released: asked again and again whether the key is up; dropped: whether the call is taken back. meter: gets the
        level and the sound of every block.
        """
        cue = self.state.cue
        if cue is None or cue.seat is None or not cue.answers or self.state.done or not self.state.running:
            return None
        asked = cue.answers[0]
        if not self.microphone.has(asked.call, asked.language):
            why = str(NoRecording(self.microphone.name, self.book.name_of(asked.call)))
            refused = Refused(at=self.clock.now(), seat=cue.seat, turn=cue.turn, reason=why)
            self.log.append(refused)
            return refused
        take = Take(self._take)
        recogniser = self._words(asked.language)
        stream = recogniser.listen([answer.text for answer in cue.answers]) if recogniser else None
        if stream and stream.note:
            self._tell(stream.note)
        if not self.key_down(cue.seat):
            return None
        hearing = Hearing(stream, partial(self._so_far, cue.seat), self._live) if stream else None
        early = EarlyScore(take, _("microphone"), partial(self._score, cue, hearing))
        silence: list[NDArray[np.float32]] = []
        try:
            for block, status in follow(self.microphone, take, asked.call, asked.language, released):
                self.clock.passes(len(block) / SAMPLE_RATE)
                if dropped():
                    break
                if meter:
                    meter(status, block)
                silence.append(block)
                if hearing and status.spoken:  # silence holds no words, and hearing costs
                    hearing.feed(np.concatenate(silence))
                    silence.clear()
                if self._live and self.scorer.early:
                    early.look()
        except DeviceLost as error:
            self._tell(str(error))  # what came so far is still scored
        finally:
            if hearing:
                hearing.over()
        over = time.perf_counter()
        if dropped():
            self.key_up(cue.seat)
            early.drop()
            return None
        if early.ready:  # one thing to keep, and to show
            heard, outcome = self._outcome(cue, take, early, hearing, over)
            self.key_up(cue.seat, *heard, outcome)
        else:
            self.key_up(cue.seat)
            heard, outcome = self._outcome(cue, take, early, hearing, over)
            self.log.append(*heard, outcome)
        return outcome

    def _outcome(
        self, cue: Cue, take: Take, early: EarlyScore[_Score], hearing: Hearing | None, over: float
    ) -> tuple[list[Heard], Assessed | Refused]:
        """What becomes of a take: the words that were heard, the score. over: when it was, by the computer's clock."""
        assert cue.seat is not None
        try:
            recording = take.recording(_("microphone"))
            self.last_recording = recording
            sound, assessment, words = early.finish(recording)
        except UserError as error:
            early.drop()
            return [], Refused(at=self.clock.now(), seat=cue.seat, turn=cue.turn, reason=str(error))
        line = next(answer for answer in cue.answers if answer.call == assessment.phrase)
        heard, said = [], None
        if hearing:
            language = cue.answers[0].language
            final = hearing.finish(sound.posteriors[language] if sound else None, words)
            heard.append(self._heard(cue.seat, final, final=True))
            answers = [Answer(answer.call, answer.text) for answer in cue.answers]
            said = content(final, answers, language, self.scorer.lexicon(language))
        latency = time.perf_counter() - over
        return heard, Assessed(
            at=self.clock.now(), seat=cue.seat, turn=cue.turn, line=line, assessment=assessment, content=said,
            latency=latency, recording=self._keep(recording, self.state), hints=self.hints,
        )  # fmt: skip

    def _score(self, cue: Cue, hearing: Hearing | None, recording: Recording) -> _Score:
        """What the phone model makes of a recording, its score, and its words where they can be known before the call
        is surely over. Raises UserError where it cannot be scored."""
        language = cue.answers[0].language
        phrases = [agenda.find(self.book, answer.call) for answer in cue.answers]
        sound = self.scorer.listen(recording)
        assessment = self.scorer.score(recording, phrases[0], language, also=phrases[1:], sound=sound)
        words = hearing.ahead(sound.posteriors[language]) if hearing and sound else None
        return sound, assessment, words

    def lacks_recording(self) -> bool:
        """Whether recordings are to answer, and there is none of the call asked for: nobody was silent. Told."""
        cue = self.state.cue
        if cue is None or not cue.answers or self.microphone.has(cue.answers[0].call, cue.answers[0].language):
            return False
        message = _("{folder}: there is no recording of {call}; it is passed over, and counts for nothing.")
        self._tell(message.format(folder=self.microphone.name, call=self.book.name_of(cue.answers[0].call)))
        return True

    def miss(self) -> None:
        """The time to answer is over."""
        cue = self.state.cue
        if cue and cue.seat:
            self.log.append(Missed(at=self.clock.now(), seat=cue.seat, turn=cue.turn))

    def advance(self, how: Literal["next", "again", "skip"] = "next") -> None:
        self.log.append(Advanced(at=self.clock.now(), turn=self.state.turn, how=how))

    def hold(self, by: str) -> None:
        self.log.append(Held(at=self.clock.now(), by=by))

    def join(self, seat: Seat) -> None:
        """Whoever has this seat is there, and ready."""
        self.log.append(Joined(at=self.clock.now(), place=seat.id, name=seat.name))

    def resume(self, by: str) -> None:
        self.log.append(Resumed(at=self.clock.now(), by=by))

    def end(self, why: Literal["completed", "stopped", "lost"] = "stopped") -> None:
        self.log.append(Ended(at=self.clock.now(), why=why))

    def let_hear(self, line: Line, speed: float = 1.0) -> bool:
        """A call, at this terminal alone: the loop stays free. False where there is no recording of it."""
        clip = self.reading(line)
        if clip is not None:
            self.play(clip.samples if speed == 1 else stretch(clip.samples, clip.rate, speed), clip.rate)
        return clip is not None

    def reading(self, line: Line) -> ReferenceClip | None:
        """The reference reading of a call, where there is one."""
        return reading(line.call, line.text, line.language, self.voicing.voices[line.language])

    def _so_far(self, seat: str, heard: Hypothesis) -> None:
        self.log.append(self._heard(seat, heard, final=False))

    def _heard(self, seat: str, heard: Hypothesis, *, final: bool) -> Heard:
        words = tuple(word.text for word in heard.words)
        return Heard(at=self.clock.now(), seat=seat, words=words, final=final, engine=heard.engine)


def take_up(transceiver: Transceiver) -> None:
    """The program may have been stopped while somebody spoke, or while the drill was held."""
    if transceiver.state.keyed:
        transceiver.log.append(KeyUp(at=transceiver.clock.now(), seat=transceiver.state.keyed))
    if transceiver.state.held_by is not None:
        transceiver.resume(DIRECTOR)


def stand_still(transceiver: Transceiver, seats: Iterable[str], *, directs: bool = True) -> None:
    """The drill waits until those who sit here say that they are ready, for the first time or again after a break; no
    time counts since the last thing that happened. directs: whether it is told here when the drill stands still."""
    state = transceiver.state
    if directs and state.held_by is None:
        transceiver.log.append(Held(at=state.at, by=DIRECTOR))
    for seat in seats:
        if seat in state.present:
            transceiver.log.append(Left(at=transceiver.clock.now(), place=seat))


def run(transceiver: Transceiver, tries: int = 1) -> State:
    """A drill without a screen, from where its log stands to its end: every turn's key goes down by itself.

    tries: how often a call is asked for whose recording cannot be scored; then it counts as not answered.
    """
    take_up(transceiver)
    if transceiver.state.cue and transceiver.state.done:
        transceiver.advance()
    elif transceiver.state.cue:
        transceiver.next_cue()  # taken up again: heard once more
    manner = Manner(tries=tries, look=0.0)
    while transceiver.state.running:
        match due(transceiver.state, transceiver.clock.now(), manner):
            case "cue":
                transceiver.next_cue()
            case "miss":
                transceiver.miss()
            case "advance":
                transceiver.advance()
            case "wait":
                if transceiver.lacks_recording() or transceiver.talk() is None:  # nobody here can answer it
                    transceiver.advance("skip")
    return transceiver.state
