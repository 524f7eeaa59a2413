"""Labelled lines out, typed lines in."""

import re
import sys
from collections.abc import Iterable
from threading import Lock

from trainer.errors import UserError
from trainer.messages import gettext as _
from trainer.phrasebook.text import without_stress
from trainer.text_in import Misunderstood, typed_line

Said = tuple[str, str]  # a label, and what it says

_SIGNS = re.compile("[\u2500-\u25ff\u2800-\u28ff]")  # boxes, blocks, marks and Braille: they say nothing aloud


def spoken(text: str) -> str:
    """A text of the screens as it is read aloud: no stress marks, no signs that only the eye knows."""
    bare = _SIGNS.sub("", without_stress(text)).replace(" · ", ", ")
    return " ".join(bare.split())


class Lines:
    """What is said comes from several threads, a line at a time; one thread reads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._misunderstood = Misunderstood()

    @property
    def by_hand(self) -> bool:
        """Whether somebody types, who waits for what is said."""
        return sys.stdin.isatty()

    def say(self, said: Iterable[Said]) -> None:
        with self._lock:
            for label, text in said:
                print(f"{spoken(label)}: {spoken(text)}", flush=True)

    def read(self) -> str | None:
        """The next line that is typed; None where there are no more. Raises UserError for what is no text."""
        return typed_line()

    def understood(self) -> None:
        """What was typed last made sense."""
        self._misunderstood.understood()

    def misunderstood(self) -> None:
        """It did not. Raises UserError where that never ends."""
        self._misunderstood.one_more()

    def choose(self, asked: str, choices: Iterable[str], first: int = 1) -> int | None:
        """One of some, by its number from `first` or by its words; None where nothing is typed, or nothing more."""
        numbered = list(enumerate(choices, first))
        self.say([*((_("Choice {n}").format(n=number), text) for number, text in numbered), (_("Question"), asked)])
        while typed := self.read():
            named = [number for number, text in numbered if typed.casefold() in (str(number), text.casefold())]
            if named:
                self.understood()
                return named[0]
            self.misunderstood()
            self.say([(_("Note"), _("type a number from {first} to {last}").format(first=first, last=numbered[-1][0]))])
        return None

    def ask(self, asked: str) -> str:
        """Raises UserError where no answer comes."""
        self.say([(_("Question"), asked)])
        if typed := self.read():
            return typed
        raise UserError(_("no answer came."))
