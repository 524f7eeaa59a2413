"""A reading of one's own: whose it is, whether they agree, and the call read aloud; kept only if it can be a model."""

import threading
from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input, Static

from trainer.audio.recording import Recording
from trainer.audio.take import Take
from trainer.errors import UserError
from trainer.languages import Language
from trainer.messages import N_
from trainer.messages import gettext as _
from trainer.phrasebook.phrase import Phrase
from trainer.tui.keys import bind
from trainer.tui.page import Page
from trainer.tui.widgets.channel import ChannelBar
from trainer.tui.widgets.field import Field
from trainer.tui.widgets.tape import Tape, columns
from trainer.tui.widgets.tick import Tick
from trainer.tui.widgets.waveform import Waveform

FRAME = 1 / 20  # s


class OwnReadingPage(Page):
    heading = N_("A reading of your own")
    AUTO_FOCUS = "#reader"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+t", "read", N_("Read it aloud"), priority=True),
        bind("escape", "app.pop_screen", N_("Back"), priority=True),
    ]

    def __init__(self, phrase: Phrase, language: Language) -> None:
        super().__init__()
        self._phrase, self._language = phrase, language
        self._name: str | None = None  # as it was typed, and whether it was agreed: the widgets may be made anew
        self._agreed = False
        self._up = threading.Event()
        self._open = False
        self._tape = Tape()
        self._frames: Timer | None = None

    def on_mount(self) -> None:
        self._frames = self.set_interval(FRAME, self._frame, pause=True)

    def body(self) -> Iterable[Widget]:
        yield ChannelBar()
        with Vertical(id="own-reading"):
            yield Static(Content.styled(self._phrase.text(self._language), "bold"))
            name = (self.program.name or "") if self._name is None else self._name
            yield Field(
                name, placeholder=_("Who reads, as learners will see it"), select_on_focus=False,
                id="reader",
            )  # fmt: skip
            agreed = _("I agree that this recording is kept and passed on with the book")
            yield Tick(agreed, value=self._agreed, id="agreed")
            yield Waveform(id="own-wave")
            yield Static(id="own-outcome")

    @on(Input.Changed, "#reader")
    def _named(self, event: Input.Changed) -> None:
        self._name = event.value

    @on(Tick.Changed, "#agreed")
    def _ticked(self, event: Tick.Changed) -> None:
        self._agreed = event.value

    def on_unmount(self) -> None:
        self._up.set()

    def action_read(self) -> None:
        if self._open:
            self._up.set()
            return
        name, agrees = self.query_one("#reader", Input).value, self.query_one("#agreed", Tick).value
        if not name.strip() or not agrees:
            self._done(_("A reading is kept with the name of its reader, and only if they agree."))
            return
        self._open = True
        self._up.clear()
        self._tape.clear()
        if self._frames:
            self._frames.resume()
        self._show("transmit", _("^T or silence ends"))
        self.run_worker(lambda: self._read(name, agrees), thread=True, exclusive=True, exit_on_error=False)

    def _read(self, name: str, agrees: bool) -> None:
        from trainer.audio.doors import open_microphone
        from trainer.audio.microphone import follow
        from trainer.live.model_reading import keep_reading

        take = Take()
        try:
            with open_microphone(self.program.mic, self.program.options.pace) as microphone:
                for block, status in follow(microphone, take, self._phrase.id, self._language, self._up.is_set):
                    self._tape.feed(status, block)
            recording = take.recording(_("microphone"))
            self.app.call_from_thread(self._read_whole, recording)
            kept = keep_reading(self.program.scorer, recording, self._phrase, self._language, name, agrees)
        except UserError as error:
            self.app.call_from_thread(self._done, str(error))
            return
        lines = [_("{path}: kept, {score:.0f} points.").format(path=kept.path.name, score=kept.score)]
        if kept.weak:
            lines.append(_("Listen to these sounds again: {sounds}.").format(sounds=", ".join(kept.weak)))
        self.app.call_from_thread(self._done, "\n".join(lines))

    def _read_whole(self, recording: Recording) -> None:
        """From now on the whole reading is looked at, no longer its newest part."""
        self._stand_still()
        if self.is_mounted:
            waveform = self.query_one(Waveform)
            waveform.show(columns(recording.samples, waveform.dots))

    def _done(self, outcome: str) -> None:
        self._open = False
        self._stand_still()
        if self.is_mounted:
            self.query_one("#own-outcome", Static).update(Content(outcome))
            self._show("clear", "")

    def _stand_still(self) -> None:
        if self._frames:
            self._frames.pause()

    def _frame(self) -> None:
        bar, status = self.query_one(ChannelBar), self._tape.status
        bar.level, bar.clipped, bar.seconds = status.level, status.clipped, status.seconds
        waveform = self.query_one(Waveform)
        waveform.show(self._tape.columns(waveform.dots), live=True)

    def _show(self, channel: str, note: str) -> None:
        bar = self.query_one(ChannelBar)
        bar.channel = "transmit" if channel == "transmit" else "clear"
        bar.note = note
