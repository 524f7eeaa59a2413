"""What the screens that train ear, mouth and melody share: sound in a thread of its own, and the keys of the drill."""

import threading
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from functools import cached_property, partial
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from trainer.audio.devices import NoMicrophone
from trainer.audio.recording import SAMPLE_RATE
from trainer.audio.stretch import stretch
from trainer.errors import UserError
from trainer.messages import N_
from trainer.messages import gettext as _
from trainer.tui.keyboard import RELEASED, REPEATED
from trainer.tui.keys import bind
from trainer.tui.operator import ANSWERING, HELD_FOR, REPEATING, SLOW, no_recording, withdrawn
from trainer.tui.page import Page
from trainer.tui.widgets.channel import ChannelBar
from trainer.tui.widgets.tape import FRAME, Tape
from trainer.tui.widgets.waveform import Waveform

if TYPE_CHECKING:
    from trainer.audio.loudspeaker import Loudspeaker, Playing
    from trainer.audio.microphone import Microphone
    from trainer.audio.recording import Recording
    from trainer.live.key_socket import Press
    from trainer.live.practice import Practising


class ExercisePage(Page):
    speaks = True  # whether anything is said here
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("space", "talk", N_("Talk"), priority=True),
        Binding(RELEASED, "released", "", show=False, priority=True),
        Binding(REPEATED, "repeated", "", show=False, priority=True),
        bind("escape", "close_mic", N_("Close the mic"), priority=True),
        bind("enter", "next", N_("Next"), priority=True),
        bind("a", "again", N_("Again"), priority=True),
        bind("1", "hear(1.0)", N_("Hear it"), priority=True),
        bind("2", "hear_me(1.0)", N_("Hear me"), priority=True),
        bind("3", f"hear({SLOW})", N_("It ½"), priority=True),
        bind("4", f"hear_me({SLOW})", N_("Me ½"), priority=True),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.tape = Tape()
        self.talking = False
        self.sounding = False
        self.mine: NDArray[np.float32] | None = None  # what was said last, at 16 kHz
        self.preparing = True  # until `prepare` is done
        self._sound = ExitStack()
        self._microphone: Microphone | None = None
        self._loudspeaker: Loudspeaker | None = None
        self._playing: Playing | None = None
        self._jobs = threading.Lock()
        self._up, self._dropped = threading.Event(), threading.Event()
        self._key_down_at = self._last_space = 0.0
        self._holds = False

    @cached_property
    def practising(self) -> "Practising":
        from trainer.live.practice import Practising

        return Practising(self.program, self.program.seat)

    # For an exercise to fill in

    def prepare(self) -> None:
        """What is to be trained; in a thread. Raises UserError where there is nothing."""

    def rows(self) -> Iterable[Content]:
        """What is shown, line by line."""
        return ()

    def note(self) -> str:
        """What to do now."""
        return ""

    def reading(self) -> NDArray[np.float32] | None:
        """What key 1 lets be heard, at 16 kHz; in a thread."""
        return None

    def record(self, microphone: "Microphone") -> "Recording | None":
        """One press of the key; in a thread. Raises UserError."""
        return None

    def said(self, recording: "Recording") -> None:
        """What comes of it; in a thread. Raises UserError."""

    @property
    def leaves(self) -> bool:
        """Whether Enter leaves, because there is nothing more."""
        return False

    # The screen

    def body(self) -> Iterable[Widget]:
        yield ChannelBar(microphone=self.speaks)
        with VerticalScroll(id="exercise", can_focus=False):
            yield Static(id="exercise-rows")
            yield Waveform(id="exercise-wave")

    def on_mount(self) -> None:
        self._frames = self.set_interval(FRAME, self._frame)
        self.fill()
        self.work(self._prepared)

    def on_unmount(self) -> None:
        self._up.set()
        self.hush()
        threading.Thread(target=self._close, daemon=True).start()

    def _close(self) -> None:
        with self._jobs:
            self._sound.close()

    def fill(self) -> None:
        if not self.is_mounted or self.relabelling:
            return
        rows = [Content.styled(_("one moment…"), "$foreground 60%")] if self.preparing else list(self.rows())
        self.query_one("#exercise-rows", Static).update(Content("\n").join(rows))
        self.query_one("#exercise-wave", Waveform).display = self.talking
        channel = self.query_one(ChannelBar)
        channel.channel = "transmit" if self.talking else "receive" if self.sounding else "clear"
        channel.note = "" if self.preparing else self.note()
        self.refresh_bindings()

    def _frame(self) -> None:
        if not self.talking:
            return
        channel, status = self.query_one(ChannelBar), self.tape.status
        channel.level, channel.clipped, channel.seconds = status.level, status.clipped, status.seconds
        waveform = self.query_one("#exercise-wave", Waveform)
        waveform.show(self.tape.columns(waveform.dots), live=True)

    # The thread

    def work(self, job: Callable[[], None]) -> None:
        """One after the other, in a thread; what goes wrong is told."""

        def run() -> None:
            with self._jobs:
                try:
                    job()
                except NoMicrophone as error:
                    self.app.call_from_thread(self.console.offer_ear, str(error))
                except UserError as error:
                    self.app.call_from_thread(self.notify, str(error), severity="warning", timeout=8)
                finally:
                    self.sounding = self.talking = False
            self.app.call_from_thread(self.fill)

        self.run_worker(run, thread=True, exit_on_error=False)

    def _prepared(self) -> None:
        try:
            self.prepare()
        except UserError:
            self.app.call_from_thread(self.console.back)
            raise
        self.preparing = False
        self.app.call_from_thread(self.fill)
        self.ready()

    def ready(self) -> None:
        """The first thing that is heard; in a thread."""

    def loudspeaker(self) -> "Loudspeaker":
        """Open until the screen is left; in a thread."""
        if self._loudspeaker is None:
            self._loudspeaker = self.program.open_loudspeaker(self._sound)
        return self._loudspeaker

    def microphone(self) -> "Microphone":
        """Likewise."""
        from trainer.audio.doors import open_microphone

        if self._microphone is None:
            self._microphone = self._sound.enter_context(open_microphone(self.program.mic, self.program.options.pace))
        return self._microphone

    def let_hear(self, samples: NDArray[np.float32] | None, speed: float = 1.0) -> None:
        """Until it has sounded or is hushed; in a thread."""

        if samples is None:
            return
        loudspeaker = self.loudspeaker()
        self.sounding = True
        self.app.call_from_thread(self.fill)
        slowed = samples if speed == 1.0 else stretch(samples, SAMPLE_RATE, speed)
        self._playing = loudspeaker.play(slowed, SAMPLE_RATE)
        self._playing.wait()
        self.sounding = False
        self.app.call_from_thread(self.fill)

    def hush(self) -> None:
        if self._playing is not None:
            self._playing.stop()

    def _talk(self) -> None:
        microphone = self.microphone()
        self.talking = True
        self.tape.clear()
        self.app.call_from_thread(self.fill)
        recording = self.record(microphone)
        self.talking = False
        self.app.call_from_thread(self.fill)
        if recording is not None and not self._dropped.is_set():
            self.mine = recording.samples
            self.said(recording)

    def released(self) -> bool:
        """Whether the key is up again."""
        return self._up.is_set()

    # Keys

    def may_talk(self) -> bool:
        return self.speaks

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        match action:
            case "talk":
                return self.talking or (not self.preparing and self.may_talk())
            case "hear_me":
                return self.mine is not None
            case "next" | "again":
                return not self.talking
            case _:
                return True

    def why_not(self, action: str, parameters: tuple[object, ...]) -> str:
        match action:
            case "talk" if not self.preparing:
                return self.note()
            case "hear_me" if self.speaks:
                return _("You have not said anything here yet.")
        return ""

    def action_talk(self) -> None:
        now = time.monotonic()
        since, self._last_space = now - self._last_space, now
        if self.preparing or (since < REPEATING and not self._holds and not self.talking):
            return
        if self.talking:
            if now - self._key_down_at > ANSWERING and since > REPEATING:
                self._up.set()
            return
        if not self.may_talk():
            return
        self.hush()
        self._up.clear()
        self._dropped.clear()
        self._key_down_at = now
        self.work(self._talk)

    def pressed_outside(self, press: "Press") -> bool:
        if self.talking:
            if press != "down":
                self._up.set()
            return True
        if press == "up" or self.preparing or not self.may_talk():
            return False
        self._last_space = -ANSWERING
        self.action_talk()
        return True

    def action_released(self) -> None:
        self._holds = True
        if self.talking and time.monotonic() - self._key_down_at >= HELD_FOR:
            self._up.set()

    def action_repeated(self) -> None:
        self._last_space = time.monotonic()

    def action_close_mic(self) -> None:
        """Whatever is open is closed, whatever sounds is hushed; where nothing is, leave."""
        if self.talking or self.sounding:
            if self.talking:
                self.notify(withdrawn(), timeout=4)
            self._dropped.set()
            self._up.set()
            self.hush()
        else:
            self.console.back()

    def action_hear(self, speed: float) -> None:
        if not self.preparing and not self.talking:
            self.hush()
            self.work(partial(self._hear_reading, speed))

    def _hear_reading(self, speed: float) -> None:
        reading = self.reading()
        if reading is None:
            self.app.call_from_thread(self.notify, no_recording(), timeout=3)
        self.let_hear(reading, speed)

    def action_hear_me(self, speed: float) -> None:
        if not self.talking and self.mine is not None:
            self.hush()
            self.work(lambda: self.let_hear(self.mine, speed))

    def action_next(self) -> None: ...

    def action_again(self) -> None: ...

    def describe(self, binding: Binding) -> str:
        if binding.action == "close_mic" and not self.talking:
            return N_("Hush") if self.sounding else N_("Back")
        if binding.action == "talk" and self.talking:
            return N_("End the call")
        if binding.action == "next" and self.leaves:
            return N_("Back")
        return super().describe(binding)
