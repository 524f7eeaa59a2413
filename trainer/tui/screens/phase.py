"""Which phase a checklist runs, where none was chosen."""

from collections.abc import Callable, Sequence
from typing import Any

from textual.app import App

from trainer.drill.plan import Mode
from trainer.live.board import PhaseRow, next_phase
from trainer.messages import gettext as _
from trainer.messages import interface_language
from trainer.tui.screens.picking import Picking


def with_phase(
    app: App[Any], rows: Sequence[PhaseRow], mode: Mode, phase: str | None, go_on: Callable[[str | None], None]
) -> None:
    """Go on with the phase of a drill; for a checklist without one it is asked for first, what is next on top."""
    following = next_phase(rows)
    if mode != "checklist" or phase is not None or following is None:
        go_on(phase)
        return

    def chosen(wanted: str | None) -> None:
        if wanted is not None:
            go_on(wanted)

    interface = interface_language()
    own = sorted((row for row in rows if row.mastery is not None), key=lambda row: row is not following)
    choices = [
        (row.id, _("{phase} (what is next for me)").format(phase=name) if row is following else name)
        for row in own
        if (name := row.name[interface])
    ]
    app.push_screen(Picking(_("A checklist runs a whole phase. Which?"), choices), chosen)
