"""Progress: the trend of each phase, the map of weak sounds with what was heard instead, and the days of practice."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from trainer.errors import UserError
from trainer.live.board import Progress
from trainer.local_time import local_day
from trainer.messages import N_, interface_language, ngettext
from trainer.messages import gettext as _
from trainer.phones.inventory import inventory
from trainer.tui.bands import bar, mark, style
from trainer.tui.keys import bind
from trainer.tui.page import Page
from trainer.tui.widgets.cells import cut, pad
from trainer.tui.widgets.trend import Trend
from trainer.wording import marked_as_weak

if TYPE_CHECKING:
    from trainer.phrasebook.phrase import Phrasebook

ALL = "all-phases"
WEEKS = 12
SPARKS = "▁▂▃▄▅▆▇█"


class ProgressPage(Page):
    heading = N_("Progress")
    BINDINGS: ClassVar[list[BindingType]] = [bind("escape", "app.pop_screen", N_("Back"))]
    AUTO_FOCUS = "#trend-phases"

    def __init__(self) -> None:
        super().__init__()
        self._progress: Progress | None = None
        self._phase = ALL

    def body(self) -> Iterable[Widget]:
        yield Static(id="progress-head")
        with Container(id="progress"):
            with Vertical(id="trends"):
                yield OptionList(id="trend-phases")
                yield Trend(id="trend")
            with VerticalScroll(id="weak", can_focus=False):
                yield Static(id="weak-sounds")

    def fill(self) -> None:
        if self._progress is None:
            self.run_worker(self._load, thread=True, exclusive=True)
        else:
            self._show()

    def _load(self) -> None:
        try:
            progress = self.program.progress()
        except UserError as error:
            self.app.call_from_thread(self.notify, str(error), severity="error", timeout=10)
            return
        self.app.call_from_thread(self._loaded, progress)

    def _loaded(self, progress: Progress) -> None:
        self._progress = progress
        self._show()

    def _show(self) -> None:
        progress = self._progress
        assert progress is not None
        today = self.program.options.now().astimezone().date()
        self.query_one("#progress-head", Static).update(Content("\n").join(_head(progress, today)))
        self.query_one("#weak-sounds", Static).update(Content("\n").join(self._weak(progress)))
        options = self.query_one("#trend-phases", OptionList)
        wanted = self._phase
        options.clear_options()
        options.add_options(self._phases(progress, self.program.book))
        ids = [option.id for option in options.options]
        options.highlighted = ids.index(wanted) if wanted in ids else 0
        self._show_trend()

    def _phases(self, progress: Progress, book: "Phrasebook") -> Iterable[Option]:
        interface = interface_language()
        yield Option(Content.styled(_("All phases"), "bold"), id=ALL)
        for phase in book.phases:
            if trend := progress.trend.get(phase.id):
                last = trend[-1][1]
                sparks = "".join(SPARKS[min(7, int(points / 12.6))] for _day, points, _n in trend[-12:])
                yield Option(
                    Content.assemble(
                        (f"{mark(last)} ", style(last)), pad(cut(phase.name[interface], 26), 27),
                        (f"{last:3.0f} ", style(last)), (sparks, "$secondary"),
                    ),
                    id=phase.id,
                )  # fmt: skip

    @on(OptionList.OptionHighlighted, "#trend-phases")
    def _pointed(self, event: OptionList.OptionHighlighted) -> None:
        self._phase = event.option.id or ALL
        self._show_trend()

    def _show_trend(self) -> None:
        if self._progress is not None:
            self.query_one(Trend).show(_days(self._progress, None if self._phase == ALL else self._phase))

    def _weak(self, progress: Progress) -> Iterable[Content]:
        yield Content.styled(_("Weak sounds"), "bold $secondary")
        if not progress.sounds:
            yield Content.styled(_("None yet that is weak on enough evidence."), "$foreground 60%")
            return
        target = self.program.seat.target
        known = inventory(target)
        for weak in progress.sounds:
            name = self.reader.sound(known[weak.phone]) if weak.phone in known else ""
            sign = pad(f"[{self.reader.phone(weak.phone, target)}]", 7)
            colour, sign_of_it = style(as_weak := marked_as_weak(weak.score)), mark(as_weak)
            yield Content.assemble(
                (f"{sign_of_it} ", colour), (sign, "bold"), bar(weak.score / 100, 10, colour),
                f" {weak.score:3.0f}  ", name,
            )  # fmt: skip
            heard = [
                _("{sound} in {share:.0%}").format(sound=f"[{label}]" if label else _("nothing"), share=share)
                for label, share in (
                    (self.reader.phones(weak.phone, heard, target)[1], share) for heard, share in weak.confusions[:3]
                )
            ]
            if heard:
                yield Content.assemble("  ", (_("heard: ") + ", ".join(heard), "$text-error"))


def _head(progress: Progress, today: date) -> Iterable[Content]:
    if progress.points is None:
        yield Content(_("Nothing drilled yet. Your first drill begins on the mission board."))
        return
    count = ngettext("{n} answer", "{n} answers", progress.answers).format(n=progress.answers)
    mean = _("{points:.0f} points on average").format(points=progress.points)
    yield Content.assemble((f"{count} · {mean}", "bold"))
    days = {local_day(day) for day in progress.days}
    monday = today - timedelta(days=today.weekday())
    weeks = [
        sum(monday - timedelta(weeks=w) <= day < monday - timedelta(weeks=w - 1) for day in days) for w in range(WEEKS)
    ]
    # How often, not how long without a gap: a day off is no loss.
    row = "".join("·" if not week else SPARKS[week] for week in reversed(weeks))
    this = ngettext("{n} day this week", "{n} days this week", weeks[0]).format(n=weeks[0])
    yield Content.assemble((_("last twelve weeks  "), "$foreground 60%"), (row, "$accent"), f"  {this}")


def _days(progress: Progress, phase: str | None) -> list[tuple[date, float]]:
    """Mean points of each day, of one phase or all."""
    sums: dict[date, tuple[float, int]] = {}
    for name, trend in progress.trend.items():
        if phase is None or name == phase:
            for day, points, answers in trend:
                total, count = sums.get(local_day(day), (0.0, 0))
                sums[local_day(day)] = (total + points * answers, count + answers)
    return [(day, total / count) for day, (total, count) in sorted(sums.items())]
