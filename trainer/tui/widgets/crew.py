"""Who is on the loop: whose turn it is, and what each seat's answers are worth so far. For drills of several seats."""

from collections.abc import Collection

from textual.content import Content
from textual.widgets import Static

from trainer.drill.plan import Seat
from trainer.drill.session import State
from trainer.messages import gettext as _
from trainer.tui.bands import mark, style
from trainer.wording import language_mark, seat_name


class CrewBar(Static):
    def show(
        self, state: State, own: str | None = None, away: Collection[str] = (), awaited: Collection[str] = ()
    ) -> None:
        """own: the seat at this terminal, None where all are. away: seats that nobody is in just now. awaited: seats
        whose holders have not said yet that they are ready."""
        if state.plan is None:
            self.update(Content(""))
            return
        seats = state.plan.seats
        self.update(
            Content("    ").join(
                _seat(seat, state, seat.id == own, _standing(seat.id, away, awaited)) for seat in seats
            )
        )


def _standing(seat: str, away: Collection[str], awaited: Collection[str]) -> str:
    return "✕ " + _("away") if seat in away else "… " + _("not ready yet") if seat in awaited else ""


def _seat(seat: Seat, state: State, own: bool, standing: str) -> Content:
    turn = state.cue is not None and state.cue.seat == seat.id
    parts = [
        Content.styled("▶ " if turn else "  ", "bold $accent"),
        Content.styled(seat_name(seat), "bold reverse" if turn and not state.done else "bold" if turn else ""),
        Content.styled(f" {language_mark(seat.target)}", "$foreground 60%"),
    ]
    if own:
        parts.append(Content.styled(" " + _("(you)"), "$foreground 60%"))
    if standing:
        parts.append(Content.styled(f"  {standing}", "bold $text-warning"))
    if attempts := state.of(seat.id):
        mean = sum(attempt.points for attempt in attempts) / len(attempts)
        parts.append(Content.styled(f"  {mean:.0f} {mark(mean)}", style(mean)))
        parts.append(Content.styled(f" ×{len(attempts)}", "$foreground 60%"))
    return Content.assemble(*parts)
