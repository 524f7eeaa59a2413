"""Points by day, as a line in the terminal."""

from collections.abc import Sequence
from datetime import date

from textual.app import ComposeResult
from textual.color import Color
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static
from textual_plot import AxisFormatter, HiResMode, PlotWidget

from trainer.messages import gettext as _
from trainer.scoring.points import PASS_MARK


class _Days(AxisFormatter):
    """Days before the newest one, as dates."""

    def __init__(self, zero: date) -> None:
        self._zero = zero

    def get_ticks(self, min_: float, max_: float, max_ticks: int = 8) -> list[float]:
        step = max(1, round((max_ - min_) / max(1, max_ticks - 1)))
        return [float(day) for day in range(round(min_), round(max_) + 1, step)]

    def get_labels_for_ticks(self, ticks: Sequence[float]) -> list[str]:
        days = [date.fromordinal(self._zero.toordinal() + round(tick)) for tick in ticks]
        return [f"{day.day:02}.{day.month:02}" for day in days]


class Trend(Vertical):
    """The mark from which a call is done is drawn, too."""

    MARK = PASS_MARK

    def compose(self) -> ComposeResult:
        yield Static(id="trend-title")
        yield PlotWidget(allow_pan_and_zoom=False)

    def show(self, days: Sequence[tuple[date, float]]) -> None:
        plot = self.query_one(PlotWidget)
        plot.display = len(days) > 1
        title = _("points by day") if len(days) > 1 else _("A trend needs two days of practice.")
        self.query_one("#trend-title", Static).update(Content.styled(title, "$foreground 60%"))
        plot.clear()
        if len(days) < 2:
            return
        variables = self.app.theme_variables
        first = days[0][0]
        x = [float((day - first).days) for day, _points in days]
        plot.set_x_formatter(_Days(first))
        plot.set_xlimits(x[0], x[-1])
        plot.set_ylimits(0, 100)
        plot.set_yticks([0, 50, PASS_MARK, 100])
        plot.plot([x[0], x[-1]], [self.MARK, self.MARK], Color.parse(variables["secondary"]).hex, HiResMode.BRAILLE)
        plot.plot(x, [points for _day, points in days], Color.parse(variables["accent"]).hex, HiResMode.BRAILLE)
