"""Shadowing at the edges: the reading sounds while the microphone is open."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from trainer.audio.microphone import follow
from trainer.audio.recording import SAMPLE_RATE, Recording
from trainer.audio.stretch import stretch
from trainer.audio.take import Take, TakeSettings, TakeStatus
from trainer.drill import agenda
from trainer.drill.shadowing import FIRST, Shadow, next_speed, shadow, timeable
from trainer.errors import UserError
from trainer.live.practice import Samples
from trainer.messages import gettext as _

if TYPE_CHECKING:
    from trainer.audio.loudspeaker import Loudspeaker
    from trainer.audio.microphone import Microphone
    from trainer.live.practice import Practising

AFTER = 1.5  # s of silence that end it: a shadow lags


class ShadowDrill:
    def __init__(self, practising: "Practising", call: str, speed: float = FIRST) -> None:
        """Raises UserError for a call that there is not, or no reading of, or with too few words to time."""
        self.practising = practising
        self.call = call
        self.text = practising.text(call)
        self.speed = speed
        if not timeable(self.text, practising.language):
            raise UserError(_("{id} is one word: there is no timing to keep.").format(id=call))
        found = practising.program.measured(practising.line(call))
        if found is None or found.assessment.verdict != "scored":
            raise UserError(_("there is no reading of {id} to speak along with.").format(id=call))
        self.reading = found

    def along(
        self, microphone: "Microphone", loudspeaker: "Loudspeaker", released: Callable[[], bool] = lambda: False,
        meter: Callable[[TakeStatus, Samples], None] = lambda status, block: None,
    ) -> tuple[Recording, float]:  # fmt: skip
        """The key goes down and the reading begins: what was said, and when it began, s. Raises UserError where there
        is nothing to score."""
        samples = self.reading.samples
        slowed = samples if self.speed == 1.0 else stretch(samples, SAMPLE_RATE, self.speed)
        take = Take(TakeSettings(pre_roll=0.0, speech_end=AFTER))
        playing = loudspeaker.play(slowed, SAMPLE_RATE)
        try:
            for block, status in follow(microphone, take, self.call, self.practising.language, released):
                meter(status, block)
        finally:
            playing.stop()
        recording = take.recording(_("microphone"))
        return recording, take.first / SAMPLE_RATE - microphone.before_key

    def compare(self, recording: Recording, began: float) -> Shadow:
        """Raises UserError where no speech is heard, or another call."""
        phrase = agenda.find(self.practising.program.book, self.call)
        said = self.practising.program.scorer.score(recording, phrase, self.practising.language)
        found = shadow(said, self.reading.assessment, self.speed, began)
        if found is None:
            raise UserError(_("this was not the call: {text}").format(text=self.text))
        details: dict[str, str | float] = {
            "speed": self.speed,
            "lag": round(found.lag, 3),
            "spread": round(found.spread, 3),
        }
        self.practising.keep("shadow", self.call, round(found.points, 1), details)
        self.speed = next_speed(self.speed, found.points)
        return found
