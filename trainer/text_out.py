"""Text goes out here, to terminals, pipes and files, as text and nothing else.

What is printed goes through an `Outlet`: no letter of it commands a terminal, whatever the code page, and a reader that
has seen enough ends the program in peace. What is drawn with rich goes through `console`: strings are never markup.
"""

import codecs
import io
import os
import re
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, TextIO

from trainer.settings import settings

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
    from rich.progress import Progress, ProgressColumn

# Control characters but for tab and line ends, and what turns the direction of writing.
_COMMANDS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|\r(?!\n)")
PLAIN_ASCII = "plain-ascii"  # a name that only we know
WIDEST = 1_000  # columns of a terminal that are believed


def uncommanding(text: str) -> str:
    """Without what a terminal would obey."""
    return _COMMANDS.sub("", text) if _COMMANDS.search(text) else text


class Outlet(io.TextIOWrapper):
    """Standard output or standard error. What an encoding lacks is replaced; UTF-8 lacks only halves of characters, as
    names of files in other encodings have, and these are written as JSON spells them."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream  # whose end would close what both write into
        encoding = "ascii" if stream.encoding == PLAIN_ASCII else stream.encoding or "utf-8"
        super().__init__(
            stream.buffer, encoding, _errors(encoding), line_buffering=getattr(stream, "line_buffering", False),
            write_through=getattr(stream, "write_through", False),
        )  # fmt: skip

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """Click takes ASCII for a mistake, and would write past this, in UTF-8, to a terminal that lacks it."""
        encoding = str(super().encoding)
        return PLAIN_ASCII if codecs.lookup(encoding).name == "ascii" else encoding

    def write(self, text: str) -> int:
        self.draw(uncommanding(text))
        return len(text)

    def draw(self, text: str) -> None:
        """As it is, with the escape sequences that rich made."""
        try:
            super().write(text)
        except BrokenPipeError:
            self._end()

    def flush(self) -> None:
        try:
            super().flush()
        except BrokenPipeError:
            self._end()

    def use_utf8(self) -> None:
        self.reconfigure(encoding="utf-8", errors=_errors("utf-8"))

    def mute(self) -> None:
        """Throw away what is still to be written, for it cannot be."""
        with suppress(OSError, ValueError):
            _lead_nowhere(self.fileno())

    def leave(self) -> None:
        """Let go of the stream below, which Python flushes once more at its own end."""
        with suppress(OSError, ValueError, SystemExit):
            self.flush()
            self.detach()
            return
        self.mute()
        with suppress(OSError, ValueError):
            self.detach()

    def _end(self) -> None:
        """Whoever reads this (head, less) has seen enough."""
        self.mute()
        raise SystemExit(0)


def _errors(encoding: str) -> str:
    return "backslashreplace" if encoding.lower().replace("_", "-").startswith("utf-") else "replace"


@contextmanager
def standard_streams() -> Iterator[None]:
    """Inside, standard output and error are outlets, and no standard stream is missing: a file that is opened in place
    of a closed one would be written into by whatever prints."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
    before = sys.stdin, sys.stdout, sys.stderr, sys.__stderr__
    with ExitStack() as opened:
        sys.stdin = sys.stdin or opened.enter_context(Path(os.devnull).open(encoding="utf-8"))
        if _is_descriptor(sys.stderr, 2):
            # Screens are drawn there by Textual, too.
            sys.stderr = sys.__stderr__ = opened.enter_context(_copy(sys.stderr))  # type: ignore[misc, assignment]
        outlets = [_outlet(sys.stdout), _outlet(sys.stderr)]
        sys.stdout, sys.stderr = outlets
        try:
            yield
        finally:
            for stream in outlets:
                if isinstance(stream, Outlet):
                    stream.leave()
            sys.stdin, sys.stdout, sys.stderr, sys.__stderr__ = before  # type: ignore[misc]


def _is_descriptor(stream: TextIO | None, number: int) -> bool:
    try:
        return stream is not None and stream.fileno() == number
    except (OSError, ValueError):  # a stream in memory, or closed
        return False


def _copy(stream: TextIO) -> TextIO:
    """The same way out by a descriptor of its own, which stays when `clean_terminal` closes the usual one."""
    stream.flush()
    return open(os.dup(stream.fileno()), "w", buffering=1, encoding=stream.encoding, errors=stream.errors)  # noqa: PTH123


class _Complaints:
    """What libraries in C write to descriptor 2, and how many do not want to see it now."""

    def __init__(self) -> None:
        self._lock, self._unwanted, self._way_out = Lock(), 0, -1

    def leave_out(self) -> None:
        with self._lock:
            if not self._unwanted:
                self._way_out = os.dup(2)
                _lead_nowhere(2)
            self._unwanted += 1

    def let_out(self) -> None:
        with self._lock:
            self._unwanted -= 1
            if not self._unwanted:
                os.dup2(self._way_out, 2)
                os.close(self._way_out)


_complaints = _Complaints()


@contextmanager
def clean_terminal() -> Iterator[None]:
    """Keep the complaints of libraries in C (of sound devices, decoders) off the terminal: they write to descriptor 2,
    across whatever is shown there. Inside, it leads nowhere, for all threads; what the program itself says has a way
    of its own (`standard_streams`)."""
    _complaints.leave_out()
    try:
        yield
    finally:
        _complaints.let_out()


def _lead_nowhere(descriptor: int) -> None:
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, descriptor)
    os.close(null)


def _outlet(stream: TextIO | None) -> TextIO:
    if stream is None:
        return Path(os.devnull).open("w", encoding="utf-8")
    stream.flush()
    return Outlet(stream) if hasattr(stream, "buffer") else stream


def use_utf8() -> None:
    """What other programs read is UTF-8 on every machine."""
    if isinstance(sys.stdout, Outlet):
        sys.stdout.use_utf8()


_plain = False


def choose_plain(wanted: bool) -> None:
    """Whether lines were asked for on the command line (`--plain`)."""
    global _plain
    _plain = wanted


def plain_lines() -> bool:
    """Whether people are to get labelled lines in place of pictures: asked for by `--plain`, or at a terminal by
    RUSTON_PLAIN, by the settings, or by a terminal that shows no pictures."""
    return _plain or (_at_terminal() and _no_pictures())


def full_screen() -> bool:
    """Whether there is a terminal that can show a full-screen program, and nobody wants lines instead."""
    return _at_terminal() and not plain_lines()


def _at_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _no_pictures() -> bool:
    wanted = os.environ.get("RUSTON_PLAIN", "") not in ("", "0")
    return wanted or os.environ.get("TERM") == "dumb" or settings().plain


class _Drawing:
    """An outlet as rich is to see it."""

    def __init__(self, outlet: Outlet) -> None:
        self._outlet = outlet

    def write(self, text: str) -> int:
        self._outlet.draw(text)
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._outlet, name)


class _Harmless:
    """Something to be drawn, whose texts do not command the terminal."""

    def __init__(self, drawn: "RenderableType") -> None:
        self._drawn = drawn

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "RenderResult":
        from rich.segment import Segment

        for segment in console.render(self._drawn, options):
            yield segment if segment.control else Segment(uncommanding(segment.text), segment.style)


def console(*, errors: bool = False) -> "Console":
    """A console of rich on standard output or standard error."""
    from rich.console import Console

    stream = sys.stderr if errors else sys.stdout
    return Console(
        file=_Drawing(stream) if isinstance(stream, Outlet) else stream,  # type: ignore[arg-type]
        markup=False,
        emoji=False,
        force_terminal=False if _plain or _no_pictures() else None,
    )


def progress(*columns: "ProgressColumn") -> "Progress":
    """A bar of rich on standard error, where somebody looks at it; elsewhere not even the line that it leaves."""
    from rich.progress import Progress

    errors = console(errors=True)
    return Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal)


def show(drawn: "RenderableType") -> None:
    """Print something drawn with rich."""
    console().print(_Harmless(drawn))
