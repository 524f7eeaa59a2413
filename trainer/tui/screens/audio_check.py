"""Audio check: the devices, the level of the voice, the noise of the room, and one test sentence, scored."""

import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import ClassVar

from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static

from trainer.audio.devices import NoMicrophone, devices
from trainer.audio.level import Level, LevelCheck, advice
from trainer.audio.recording import SAMPLE_RATE, Recording
from trainer.audio.take import Take
from trainer.errors import UserError
from trainer.languages import Language, other
from trainer.messages import N_, interface_language
from trainer.messages import gettext as _
from trainer.scoring.assessment import Assessment
from trainer.tui.bands import bar
from trainer.tui.keys import bind
from trainer.tui.page import Page
from trainer.tui.widgets.cells import pad
from trainer.tui.widgets.channel import ChannelBar
from trainer.tui.widgets.tape import FRAME, Tape
from trainer.tui.widgets.waveform import Waveform
from trainer.tui.widgets.words_view import lines

SENTENCE = "COM-10"  # I read you loud and clear
FLOOR = -80.0  # dBFS at the left of the bars


class AudioCheck(Page):
    heading = N_("Audio check")
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("space", "listen", N_("Say the sentence"), priority=True),
        bind("escape", "close", N_("Back"), priority=True),
        bind("1", "hear", N_("Hear it")),
        bind("r", "devices", N_("Look for devices again")),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._open = False
        self._up = threading.Event()
        self._tape = Tape()
        self._level: Level | None = None
        self._result: Assessment | None = None
        self._trouble = ""
        self._lost = 0.0
        self._names: tuple[list[str], list[str]] | None = None
        self._frames: Timer | None = None

    @property
    def _language(self) -> Language:
        return self.program.seat.target if self.program.signed_on else other(interface_language())

    def body(self) -> Iterable[Widget]:
        yield ChannelBar()
        with VerticalScroll(id="audio", can_focus=False):
            yield Static(id="devices")
            yield Static(id="sentence")
            yield Waveform(id="check-wave")
            yield Static(id="level")
            yield Static(id="check-result")

    def on_mount(self) -> None:
        self._frames = self.set_interval(FRAME, self._frame, pause=True)
        self.fill()
        self.call_after_refresh(self._show_channel)
        self.action_devices()

    def on_unmount(self) -> None:
        self._up.set()

    def fill(self) -> None:
        self._show_devices()
        self.run_worker(self._sentence, thread=True, exit_on_error=False)
        self._show_outcome()
        self._show_channel()

    def action_devices(self) -> None:
        self.run_worker(self._find_devices, thread=True, exclusive=True, group="devices", exit_on_error=False)

    def _find_devices(self) -> None:
        trouble = ""
        found: tuple[list[str], list[str]] = ([], [])
        try:
            inputs, outputs = devices("input"), devices("output")
            found = ([_marked(d.name, d.default) for d in inputs], [_marked(d.name, d.default) for d in outputs])
        except UserError as error:
            trouble = str(error)
        self.app.call_from_thread(self._devices_found, found, trouble)

    def _devices_found(self, found: tuple[list[str], list[str]], trouble: str) -> None:
        self._names = found
        self._trouble = trouble
        self._show_devices()

    def _show_devices(self) -> None:
        if not self.is_mounted or self._names is None:
            return
        inputs, outputs = self._names
        mic = (self.program.mic and Path(self.program.mic).name) or (", ".join(inputs) or _("none found"))
        speaker = self.program.speaker or (", ".join(outputs) or _("none found: drills go on without sound"))
        rows = [
            Content.assemble((pad(_("microphone"), 14), "$foreground 60%"), mic),
            Content.assemble((pad(_("loudspeaker"), 14), "$foreground 60%"), speaker),
        ]
        if self._trouble:
            rows.append(Content.styled(f"! {self._trouble}", "$text-warning"))
        self.query_one("#devices", Static).update(Content("\n").join(rows))

    def _sentence(self) -> None:
        try:
            phrase = self.program.book.find(SENTENCE)
        except UserError:
            return
        text = [Content.styled(phrase.text(self._language), "bold")] if phrase else []
        beside = self.beside(phrase, self._language) if phrase else []
        self.app.call_from_thread(self._show_sentence, [*text, *beside])

    def _show_sentence(self, text: Sequence[Content]) -> None:
        if self.is_mounted:
            say = Content.styled(_("Be silent for a second, then press Space and say:"), "$foreground 60%")
            self.query_one("#sentence", Static).update(Content("\n").join([say, *text]))

    def action_listen(self) -> None:
        if self._open:
            self._up.set()
            return
        self._open = True
        self._up.clear()
        self._tape.clear()
        self._level = self._result = None
        self._show_outcome()
        if self._frames:
            self._frames.resume()
        self._show_channel()
        self.run_worker(self._listen, thread=True, exclusive=True, group="listen", exit_on_error=False)

    def _listen(self) -> None:
        from trainer.audio.doors import open_microphone
        from trainer.audio.microphone import follow

        check, take = LevelCheck(), Take()
        level: Level | None = None
        recording: Recording | None = None
        result: Assessment | None = None
        trouble, lost = "", 0.0
        try:
            phrase = self.program.book.find(SENTENCE)
            with open_microphone(self.program.mic, self.program.options.pace) as microphone:
                for block, status in follow(microphone, take, SENTENCE, self._language, self._up.is_set):
                    check.feed(block)
                    self._tape.feed(status, block)
                lost = microphone.lost
            level = check.level()
            recording = take.recording(_("microphone"))
            if phrase is not None:
                result = self.program.scorer.score(recording, phrase, self._language)
        except NoMicrophone as error:
            self.app.call_from_thread(self.console.offer_ear, str(error))
        except UserError as error:
            trouble = str(error)
        self.app.call_from_thread(self._listened, level, result, trouble, lost)
        if recording is not None:
            self._play_back(recording)

    def _play_back(self, recording: Recording) -> None:
        """What the microphone heard, heard again: nothing says sooner what is wrong with it."""
        try:
            self.program.play((recording.samples, SAMPLE_RATE))
        except UserError as error:
            self.app.call_from_thread(self.notify, str(error), severity="warning", timeout=8)

    def _listened(self, level: Level | None, result: Assessment | None, trouble: str, lost: float) -> None:
        self._open = False
        if self._frames:
            self._frames.pause()
        self._level, self._result, self._lost = level, result, lost
        if trouble:
            self.notify(trouble, severity="warning", timeout=8)
        self._show_channel()
        self._show_outcome()

    def _show_channel(self) -> None:
        if not self.is_mounted:
            return
        channel = self.query_one(ChannelBar)
        channel.channel = "transmit" if self._open else "clear"
        channel.note = _("Space or silence ends") if self._open else _("Space, then speak")

    def _frame(self) -> None:
        channel, status = self.query_one(ChannelBar), self._tape.status
        channel.level, channel.clipped, channel.seconds = status.level, status.clipped, status.seconds
        waveform = self.query_one(Waveform)
        waveform.show(self._tape.columns(waveform.dots), live=True)

    def _show_outcome(self) -> None:
        if not self.is_mounted:
            return
        self.query_one("#level", Static).update(Content("\n").join(self._levels()))
        result = self._result
        self.query_one("#check-result", Static).update(
            Content("\n").join(lines(result, None, 0.0, None, self.reader)) if result else Content("")
        )

    def _levels(self) -> Iterable[Content]:
        level = self._level
        if level is None:
            return
        good = level.verdict == "good"
        yield _meter(_("noise of the room"), level.noise, "$secondary")
        if level.speech is not None and level.snr is not None:
            yield _meter(_("your voice"), level.speech, "$accent")
            yield Content.assemble((pad(_("voice above noise"), 20), "$foreground 60%"), f"{level.snr:.0f} dB")
        yield Content.styled(
            f"{'●' if good else '○'} {advice(level.verdict)}", "$text-success" if good else "$text-warning"
        )
        if self._lost:
            message = _("{seconds:.1f} s of sound were lost: this machine is too busy.")
            yield Content.styled(message.format(seconds=self._lost), "$text-error")

    def action_hear(self) -> None:
        def play() -> None:
            try:
                phrase = self.program.book.find(SENTENCE)
                if phrase is not None:
                    self.program.let_hear(phrase, self._language)
            except UserError as error:
                self.app.call_from_thread(self.notify, str(error), severity="warning", timeout=8)

        if not self._open:
            self.run_worker(play, thread=True, exclusive=True, group="hear")

    def action_close(self) -> None:
        if self._open:
            self._up.set()
        else:
            self.app.pop_screen()


def _meter(name: str, level: float, colour: str) -> Content:
    share = (level - FLOOR) / -FLOOR
    return Content.assemble((pad(name, 20), "$foreground 60%"), bar(share, 30, colour), f" {level:.0f} dBFS")


def _marked(name: str, default: bool) -> str:
    return f"● {name}" if default else name
