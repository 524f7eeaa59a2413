"""A line to type in."""

import time

from textual.widgets import Input

from trainer.messages import ngettext

SAID_FOR = 5.0  # s that a notice stays


class Field(Input):
    """What is too long, as a whole page that was pasted, is not taken, and says so."""

    _told = -SAID_FOR

    def restricted(self) -> None:
        now = time.monotonic()
        if self.max_length is None or now - self._told < SAID_FOR:
            return
        self._told = now
        text = ngettext(
            "Too long: {n} character at most fits here.", "Too long: {n} characters at most fit here.", self.max_length
        )
        self.notify(text.format(n=self.max_length), severity="warning", timeout=SAID_FOR)
