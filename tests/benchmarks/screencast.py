"""A program in a terminal of its own, recorded: what is typed and what it draws, as an asciicast (v2) that
`asciinema play` shows. Whoever types waits for what is on the screen, as a model of a terminal has it, never for quiet.
"""

import codecs
import json
import re
import time
from pathlib import Path
from types import TracebackType

import pyte

from tests.benchmarks.terminal import Terminal

PATIENCE = 60.0  # s until something must be on the screen
KEYS = {
    "enter": "\r", "escape": "\x1b", "tab": "\t", "space": " ", "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C",
    "left": "\x1b[D", "backspace": "\x7f", "ctrl+q": "\x11", "f1": "\x1bOP",
}  # fmt: skip
# Of the keyboard's protocol and the like, which the model of a terminal would write out as text.
_UNKNOWN = re.compile(r"\x1b\[[<>=][0-9;:]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p|\x1b[P_][^\x1b]*\x1b\\")

_BEGUN = re.compile(r"\x1b(?:\[[<>=?0-9;:$]*|[P_][^\x1b]*\x1b?)?\Z")  # an order of which only the beginning has come


class Unseen(Exception):
    """What was waited for did not come: the screen as it was."""


class Screencast(Terminal):
    """Runs one command and keeps its cast."""

    def __init__(
        self, cast: Path, command: list[str], folder: Path, size: tuple[int, int], interface: str, look: float = 0.0,
        **variables: str,
    ) -> None:  # fmt: skip
        """size: columns and rows. look: s between what is seen and the next key, as somebody reads who is new here."""
        columns, rows = size
        self._cast, self._look = cast, look
        head = {"version": 2, "width": columns, "height": rows, "title": cast.stem, "env": {"TERM": "xterm-256color"}}
        self._notes = [json.dumps(head)]
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._model = pyte.Screen(columns, rows)
        self._stream, self._held = pyte.Stream(self._model), ""
        self._since = time.monotonic()
        super().__init__(command, folder, size=(rows, columns), interface=interface, **variables)

    def __enter__(self) -> "Screencast":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        self._cast.write_text("\n".join(self._notes) + "\n", encoding="utf-8")

    def _take(self, some: bytes) -> None:
        text = self._decoder.decode(some)
        self._note("o", text)
        text = self._held + text
        begun = _BEGUN.search(text)
        whole = begun.start() if begun else len(text)
        self._held = text[whole:]
        self._stream.feed(_UNKNOWN.sub("", text[:whole]))

    def _note(self, kind: str, data: str) -> None:
        self._notes.append(json.dumps([round(time.monotonic() - self._since, 3), kind, data], ensure_ascii=False))

    @property
    def elapsed(self) -> float:
        """Seconds since its start."""
        return time.monotonic() - self._since

    @property
    def screen(self) -> str:
        return "\n".join(row.rstrip() for row in self._model.display)

    def sees(self, *wanted: str, gone: str = "", patience: float = PATIENCE, look: float | None = None) -> str:
        """The screen when it shows each of these texts (one of several, where they are divided by |), without what is
        to be gone, and still does after somebody has looked at it. Raises Unseen."""

        def there() -> bool:
            shown = _words(self.screen)
            seen = all(any(_words(one) in shown for one in text.split("|")) for text in wanted)
            return seen and not (gone and _words(gone) in shown)

        end = time.monotonic() + patience
        with self._more:
            while self._more.wait_for(there, end - time.monotonic()):
                self._more.release()
                time.sleep(self._look if look is None else look)
                self._more.acquire()
                if there():
                    return self.screen
            raise Unseen(f"{wanted} without {gone!r}:\n{self.screen}")

    def counts(self, pattern: str, least: int, patience: float = PATIENCE) -> str:
        """The screen when a pattern is there so often. Raises Unseen."""
        with self._more:
            if not self._more.wait_for(lambda: len(re.findall(pattern, self.screen)) >= least, patience):
                raise Unseen(f"{least} times {pattern}:\n{self.screen}")
            return self.screen

    def key(self, *names: str) -> None:
        """Keys by their names, or as they are."""
        for name in names:
            typed = KEYS.get(name, name)
            with self._more:
                self._note("i", typed)
            self.press(typed.encode())

    def types(self, text: str) -> None:
        """Letter by letter."""
        for letter in text:
            with self._more:
                self._note("i", letter)
            self.press(letter.encode())
            time.sleep(self._look / 20)


def _words(text: str) -> str:
    """A text as its words follow each other: where a line ends is the screen's business, as are frames."""
    return " ".join(re.sub(r"[│┃▏▎▌▐█|]", " ", text).split())


def frames(cast: Path) -> list[tuple[float, str, str]]:
    """Of a cast: when each key was pressed, which, and what was on the screen just then; the last is its end."""
    head, *notes = (json.loads(line) for line in cast.read_text(encoding="utf-8").splitlines())
    model = pyte.Screen(head["width"], head["height"])
    stream, found, at = pyte.Stream(model), [], 0.0
    for at, kind, data in notes:
        if kind == "i":
            found.append((at, data, "\n".join(row.rstrip() for row in model.display)))
        else:
            stream.feed(_UNKNOWN.sub("", data))
    return [*found, (at, "", "\n".join(row.rstrip() for row in model.display))]
