"""Many loops on one screen, and the instructor's words of command, one a line: for terminals and for programs.

hold | resume | fail | inject CALL [ANSWER] | cue CALL SEAT | quit      of the first loop, or with its number before
"""

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import click

from trainer.drill.session import State
from trainer.errors import UserError
from trainer.loop.instructor import Watch
from trainer.loop.overview import asked, on_the_loop, turns
from trainer.messages import gettext as _
from trainer.phrasebook.text import without_stress
from trainer.text_out import console
from trainer.wording import band, seat_name

if TYPE_CHECKING:
    from rich.live import Live
    from rich.table import Table

LOOK = 0.25  # s between two pictures


class Overview:
    def __init__(self, loops: Sequence[Watch]) -> None:
        self._loops = loops
        self._over = threading.Event()
        self.said = ""  # the answer to the last command

    def until_over(self) -> None:
        """Until every drill has ended, or somebody says quit."""
        while not self._over.wait(LOOK):
            if all(loop.state.ended or loop.broken for loop in self._loops):
                return

    def obey(self, next_line: Callable[[], str | None]) -> None:
        """next_line: a command, None where no more come; raises UserError where nothing can be read any more."""
        try:
            while (line := next_line()) is not None:
                try:
                    self.command(line)
                    self.said = line
                except UserError as error:
                    self._refuse(error)
        except UserError as error:
            self._refuse(error)

    def _refuse(self, error: UserError) -> None:
        self.said = str(error)
        click.echo(f"ruston: {error}", err=True)

    def command(self, line: str) -> None:
        """Raises UserError for what is no command, or cannot be done."""
        words = line.split()
        number = int(words.pop(0)) if words and words[0].isdecimal() else 1
        if not 1 <= number <= len(self._loops):
            raise UserError(_("there is no loop {number}.").format(number=number))
        loop = self._loops[number - 1]
        match words:
            case ["hold"]:
                loop.hold()
            case ["resume"]:
                loop.resume()
            case ["fail"]:
                loop.fail()
            case ["expel"]:
                loop.expel()
            case ["inject", call]:
                loop.inject(call.upper())
            case ["inject", call, answer]:
                loop.inject(call.upper(), answer.upper())
            case ["cue", call, seat]:
                loop.cue(call.upper(), seat)
            case ["quit"]:
                self._over.set()
            case []:
                return
            case _:
                raise UserError(_("say hold, resume, fail, expel, inject CALL [ANSWER], cue CALL SEAT or quit."))

    def shown(self) -> AbstractContextManager["Live"]:
        """The picture, kept up to date inside."""
        from rich.live import Live

        return Live(get_renderable=self.picture, refresh_per_second=4, console=console())

    def picture(self) -> "Table":
        from rich.table import Table

        table = Table(box=None, padding=(0, 1), header_style="dim", caption=self.said, caption_justify="left")
        for heading in ("", _("phase"), _("turn"), _("on the loop"), _("call"), _("crew")):
            table.add_column(heading)
        for number, loop in enumerate(self._loops, 1):
            table.add_row(str(number), *_row(loop.state, loop.broken))
        return table


def _row(state: State, broken: str | None) -> tuple[str, ...]:
    plan = state.plan
    if plan is None:
        return "", "", on_the_loop(state), "", ""
    call = asked(state)
    crew = "  ".join(f"{seat_name(seat)} {_points(state, seat.id)}" for seat in plan.seats)
    text = without_stress(call.text) if call else ""
    return plan.phase or plan.mode, "{}/{}".format(*turns(state)), broken or on_the_loop(state) or "-", text, crew


def _points(state: State, seat: str) -> str:
    """The mean of a seat's points and its last ones; a mark of its own where nobody sits there."""
    attempts = state.of(seat)
    absent = "" if seat in state.present else "?"
    if not attempts:
        return f"{absent}-"
    mean = sum(attempt.points for attempt in attempts) / len(attempts)
    _style, mark = band(attempts[-1].points)
    return f"{absent}{mean:.0f} ({attempts[-1].points:.0f} {mark})"
