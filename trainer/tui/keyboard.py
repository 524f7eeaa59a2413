"""What the terminal tells: whether it can draw pictures, and key releases (kitty keyboard
protocol: sw.kovidgoyal.net/kitty/keyboard-protocol).

Textual asks terminals for the protocol without event types, and its parser knows none. This driver asks for them, too,
and tells of what matters here as keys of their own: RELEASED, when Space came up. Terminals without the protocol ignore
the request, and nothing is ever assumed: the console believes in releases only after it saw one.
"""

import re
import select
import sys
from codecs import IncrementalDecoder, getincrementaldecoder
from collections.abc import Callable, Iterable
from functools import partial
from typing import IO, Any

from textual import events
from textual._xterm_parser import XTermParser
from textual.drivers import linux_driver
from textual.keys import Keys
from textual.message import Message

from trainer.tui.graphics import Graphics
from trainer.tui.terminal_query import ask

RELEASED = "space_released"
REPEATED = "space_repeated"
EVENT_TYPES = 0b10  # progressive enhancement flag
ASK = f"\x1b[={EVENT_TYPES};2u"  # sets this flag beside those that Textual has set

_SPACE = "32"
_EVENT = re.compile(
    r"\x1b\[(?P<code>\d*)(?P<shifts>[\d:]*);(?P<modifiers>\d*):(?P<event>[123])(?P<rest>[;\d:]*[u~A-S])"
)


class TerminalGoneError(Exception):
    """Nobody will press a key any more: the window was closed, the connection broke."""


class ReleaseParser(XTermParser):
    """Understands event types: presses lose theirs, repeats count as presses, releases are told of Space alone."""

    terminal: int | None = None  # its descriptor

    def tick(self) -> Iterable[Message]:
        # Who ignores SIGHUP (nohup) would else read nothing from it for ever, as fast as it can.
        if self.terminal is not None and hung_up(self.terminal):
            raise TerminalGoneError
        return super().tick()

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[events.Key]:
        if (match := _EVENT.fullmatch(sequence)) is None:
            yield from super()._sequence_to_key_events(sequence, alt)
            return
        space = match["code"] == _SPACE and match["rest"].endswith("u")
        if match["event"] == "3":
            yield events.Key(RELEASED if space else Keys.Ignore, None)
        elif match["event"] == "2" and space:
            yield events.Key(REPEATED, None)
        else:
            plain = f"\x1b[{match['code']}{match['shifts']};{match['modifiers']}{match['rest']}"
            yield from super()._sequence_to_key_events(plain, alt)


def hung_up(terminal: int) -> bool:
    poll = select.poll()
    poll.register(terminal, 0)
    return any(event & (select.POLLHUP | select.POLLNVAL) for _terminal, event in poll.poll(0))


def forgiving(encoding: str) -> Callable[[], IncrementalDecoder]:
    """What makes text of the keyboard's bytes, and passes over those that are none."""
    return partial(getincrementaldecoder(encoding), errors="ignore")


class Watched:
    """The terminal as a file that tells whether it is still taking what was written."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self.taking = False

    def write(self, text: str) -> None:
        self.taking = True
        self._file.write(text)

    def flush(self) -> None:
        self._file.flush()
        self.taking = False

    def fileno(self) -> int:
        return self._file.fileno()


class ReleaseDriver(linux_driver.LinuxDriver):
    graphics: Graphics | None = None
    _asked = False
    _pressed = ""  # while the terminal was asked

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._file: Any = Watched(self._file)

    @property
    def behind(self) -> bool:
        """Whether the terminal has not taken yet all that was drawn."""
        waiting = self._writer_thread is not None and not self._writer_thread._queue.empty()
        return waiting or self._file.taking

    def start_application_mode(self) -> None:
        if not self._asked and sys.__stderr__:
            self._asked = getattr(self._app, "real_pictures", False)
            self.graphics, self._pressed = ask(self.fileno, sys.__stderr__.fileno(), self._asked)
        super().start_application_mode()  # type: ignore[no-untyped-call]
        self.write(ASK)
        self.flush()

    def run_input_thread(self) -> None:
        # Textual names its parser in the module; there is no other way in.
        module: Any = linux_driver
        known, module.XTermParser = module.XTermParser, ReleaseParser
        module.getincrementaldecoder = forgiving  # a byte that is no text would end the console
        ReleaseParser.terminal = self.fileno
        pressed, self._pressed = self._pressed, ""
        try:
            for event in ReleaseParser().feed(pressed) if pressed else ():
                self.process_message(event)
            super().run_input_thread()
        except TerminalGoneError:
            self._app.call_later(self._app.exit)
        finally:
            module.XTermParser = known
