"""Shadowing: speak along with the reading; the timing is scored, and the speed follows it."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from textual.content import Content

from trainer.drill.shadowing import FIRST, SPEEDS, timeable
from trainer.messages import N_
from trainer.messages import gettext as _
from trainer.tui.bands import bar, mark, style
from trainer.tui.screens.exercise import ExercisePage
from trainer.wording import lag_told

if TYPE_CHECKING:
    from trainer.audio.microphone import Microphone
    from trainer.audio.recording import Recording
    from trainer.drill.shadowing import Shadow
    from trainer.live.shadowing import ShadowDrill


class ShadowPage(ExercisePage):
    heading = N_("Shadowing")

    def __init__(self, call: str | None = None, speed: float = FIRST) -> None:
        """call: to begin with; then whatever there is a reading of. speed: to begin with."""
        super().__init__()
        self._first, self._speed = call, speed
        self._calls: list[str] = []
        self._at = 0
        self.drill: ShadowDrill | None = None
        self._began = 0.0
        self.shadow: Shadow | None = None

    def prepare(self) -> None:
        language = self.practising.language
        ids = [phrase.id for phrase in self.practising.calls() if timeable(phrase.text(language), language)]
        self._calls = [self._first, *ids] if self._first else ids
        self._open(self._speed)

    def _open(self, speed: float) -> None:
        from trainer.live.shadowing import ShadowDrill

        self.drill, self.shadow = ShadowDrill(self.practising, self._calls[self._at], speed), None

    def note(self) -> str:
        if self.talking:
            return _("Speak along; Space or silence ends")
        return _("Space: the reading begins, speak along")

    def rows(self) -> Iterable[Content]:
        drill = self.drill
        if drill is None:
            return
        yield Content.styled(drill.text, "bold $accent")
        yield from self.beside(self.practising.phrase(self._calls[self._at]), self.practising.language)
        yield Content("")
        yield Content("  ").join(
            Content.styled(
                " " + _("{speed:.1f}×").format(speed=speed) + " ",
                "bold reverse" if speed == drill.speed else "$foreground 60%",
            )
            for speed in SPEEDS
        )
        if (shadow := self.shadow) is not None:
            yield Content("")
            yield Content.assemble(
                bar(shadow.points / 100, 20, style(shadow.points)),
                (f" {mark(shadow.points)} {shadow.points:.0f}", style(shadow.points)),
            )
            yield Content(lag_told(shadow.lag, shadow.spread))
        yield Content("")
        yield Content.styled(_("Wear a headset: the microphone must not hear the reading."), "$foreground 60%")

    def reading(self) -> NDArray[np.float32] | None:
        return self.drill.reading.samples if self.drill else None

    def may_talk(self) -> bool:
        return self.drill is not None

    def record(self, microphone: "Microphone") -> "Recording | None":
        assert self.drill is not None
        recording, self._began = self.drill.along(microphone, self.loudspeaker(), self.released, self.tape.feed)
        return recording

    def said(self, recording: "Recording") -> None:
        assert self.drill is not None
        self.shadow = self.drill.compare(recording, self._began)

    def action_next(self) -> None:
        if self.drill is None or self.talking:
            return
        self.hush()
        self._at, speed = (self._at + 1) % len(self._calls), self.drill.speed
        self.work(lambda: self._open(speed))
