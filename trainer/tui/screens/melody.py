"""Melody: a call's pitch over that of its reading, the tune it should have, and one thing to do about it."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from textual.content import Content

from trainer.audio.take import Take
from trainer.messages import N_
from trainer.messages import gettext as _
from trainer.tui.screens.exercise import ExercisePage
from trainer.tui.widgets.pitch import MARKS, plotted
from trainer.wording import likeness_told, melody_advice, melody_verdict, tune_name

if TYPE_CHECKING:
    from trainer.audio.microphone import Microphone
    from trainer.audio.recording import Recording
    from trainer.live.melody import Melody, MelodyDrill

COLUMNS, ROWS = 76, 9
STYLES = {"mine": "bold $accent", "reading": "$secondary", "both": "bold $text-success"}


class MelodyPage(ExercisePage):
    heading = N_("Melody")

    def __init__(self, call: str | None = None, recording: "Recording | None" = None) -> None:
        """call: to begin with; then questions, and then whatever there is a reading of. recording: of that call,
        said in a drill."""
        super().__init__()
        self._first, self._recording = call, recording
        self._calls: list[str] = []
        self._at = 0  # of them
        self.drill: MelodyDrill | None = None
        self._reading: NDArray[np.float64] | None = None
        self.melody: Melody | None = None

    def prepare(self) -> None:
        calls = sorted(self.practising.calls(), key=lambda phrase: "?" not in phrase.text(self.practising.language))
        ids = [phrase.id for phrase in calls]
        self._calls = [self._first, *(id for id in ids if id != self._first)] if self._first else ids
        self._open(0 if self._first else None)
        if self._recording is not None and self.drill is not None:
            self.mine = self._recording.samples
            self.melody = self.drill.compare(self._recording)

    def _open(self, at: int | None) -> None:
        """at: this call; None: the next from here on whose melody a reading shows."""
        from trainer.live.melody import MelodyDrill

        for place in [at] if at is not None else [(self._at + n) % len(self._calls) for n in range(len(self._calls))]:
            self._at, self.drill = place, MelodyDrill(self.practising, self._calls[place])
            if self.drill.to_be_asked:
                break
        self.melody = None
        self._reading = self.drill.reading[0].semitones if self.drill and self.drill.reading else None

    def ready(self) -> None:
        if self.melody is None:
            self.let_hear(self.reading())

    def note(self) -> str:
        if self.talking:
            return _("Space or silence ends")
        return _("↵ goes on, A says it again") if self.melody else _("Space, then speak")

    def rows(self) -> Iterable[Content]:
        drill = self.drill
        if drill is None:
            return
        for sentence in drill.wanted:
            styles = {**dict.fromkeys(sentence.weak, "$foreground 60%"), sentence.centre: "bold $accent underline"}
            yield Content.assemble(
                *(
                    part if word is None else (self.reader.word(part, self.practising.language), styles.get(word, ""))
                    for word, part in drill.parts(sentence)
                )
            )
            yield Content.styled(f"  {self.reader.told(tune_name(sentence.tune))}", "$foreground 70%")
        yield from self.beside(self.practising.phrase(drill.call), self.practising.language)
        yield Content("")
        melody = self.melody
        mine, reading = (melody.mine, melody.reading) if melody else (None, self._reading)
        for row in plotted(mine, reading, COLUMNS, ROWS):
            yield Content.assemble(*((MARKS[mark], STYLES[mark]) if mark else " " for mark in row))
        yield Content.assemble(
            ("● " + _("you"), STYLES["mine"]), "   ", ("· " + _("the reading"), STYLES["reading"]), "   ",
            ("◉ " + _("both"), STYLES["both"]),
        )  # fmt: skip
        if melody is not None:
            yield Content("")
            right = melody.points is not None and not melody_advice(melody, self.reader)
            verdict = ("● " if right else "") + melody_verdict(melody, self.reader)
            yield Content.styled(verdict, "bold $text-success" if right else "bold")
            if melody.likeness is not None:
                yield Content.styled(likeness_told(melody.likeness), "$foreground 60%")

    def reading(self) -> NDArray[np.float32] | None:
        if self.drill is None:
            return None
        return self.drill.model.samples if self.drill.model else None

    def may_talk(self) -> bool:
        return self.drill is not None

    def record(self, microphone: "Microphone") -> "Recording | None":
        from trainer.audio.microphone import follow

        assert self.drill is not None
        take = Take()
        for block, status in follow(microphone, take, self.drill.call, self.practising.language, self.released):
            self.tape.feed(status, block)
        return take.recording(_("microphone"))

    def said(self, recording: "Recording") -> None:
        assert self.drill is not None
        self.melody = self.drill.compare(recording)
        self.drill.keep(self.melody)

    def action_next(self) -> None:
        if self.drill is None or self.talking:
            return
        self.hush()
        self._at = (self._at + 1) % len(self._calls)

        def job() -> None:
            self._open(None)
            self.app.call_from_thread(self.fill)
            self.let_hear(self.reading())

        self.work(job)

    def action_again(self) -> None:
        if self.drill is not None and not self.talking:
            self.hush()
            self.melody = None
            self.fill()
            self.work(lambda: self.let_hear(self.reading()))
