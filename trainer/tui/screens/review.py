"""The instructor's ear: a queue of recordings, each heard with its marks and its reference, kept, rated, commented on,
asked for again. Blind, nothing is shown that would give the score away."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from trainer.errors import UserError
from trainer.languages import other
from trainer.messages import N_, ngettext
from trainer.messages import gettext as _
from trainer.phrasebook.draw import recall
from trainer.phrasebook.phases import Phases
from trainer.phrasebook.phrase import Phrase
from trainer.records.ratings import Rating, look, rate
from trainer.records.review import Waiting, blind_sample, queue, say_again
from trainer.records.store import Store
from trainer.reports.names import Names
from trainer.reports.selection import Selection, conditions
from trainer.tui.bands import mark, style
from trainer.tui.keys import bind
from trainer.tui.page import Page
from trainer.tui.screens.question import Question
from trainer.tui.widgets.cells import cut, pad
from trainer.tui.widgets.words_view import lines


@dataclass(frozen=True)
class Review:
    """by: who listens. length: of the queue. blind: without the machine's score. selection: whose calls."""

    by: str
    length: int
    blind: bool = False
    selection: Selection = field(default_factory=Selection)


class ReviewPage(Page):
    heading = N_("Review")
    AUTO_FOCUS = "#waiting-calls"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("escape", "leave", N_("Back")),
        Binding("space", "hear", N_("Play it"), priority=True),
        bind("r", "reference", N_("Reference")),
        bind("k", "keep", N_("Keep")),
        bind("s", "score", N_("My score")),
        bind("c", "comment", N_("Comment")),
        bind("a", "again", N_("Say again")),
    ]

    def __init__(self, wanted: Review) -> None:
        super().__init__()
        self._wanted = wanted
        self._waiting: tuple[Waiting, ...] | None = None
        self._said: dict[int, str] = {}  # what was said of which, in this review
        self._at = 0

    def body(self) -> Iterable[Widget]:
        with Container(id="review"):
            with Vertical(id="review-list"):
                yield Static(id="review-count")
                yield OptionList(id="waiting-calls")
            with VerticalScroll(id="review-one", can_focus=False):
                yield Static(id="one-call")

    def place(self) -> str:
        return self._wanted.by

    def fill(self) -> None:
        if self._waiting is None:
            self.run_worker(self._load, thread=True, exclusive=True)
        else:
            self._show()

    def _load(self) -> None:
        wanted = self._wanted
        try:
            store = self._store()
            where = conditions(store, wanted.selection, Phases.of(self.program.book), Names(None))
            if wanted.blind:
                found = blind_sample(store, wanted.by, wanted.length, where)
            else:
                found = queue(store, wanted.by, where, wanted.length)
                look(store, wanted.by, [one.number for one in found])
        except UserError as error:
            self.app.call_from_thread(self.notify, str(error), severity="error", timeout=10)
            return
        self.app.call_from_thread(self._loaded, found)

    def _store(self) -> Store:
        if (store := self.program.store) is None:
            raise UserError(_("this console keeps no records, so there is nothing to review."))
        return store

    def _loaded(self, found: tuple[Waiting, ...]) -> None:
        self._waiting = found
        self._show()

    @property
    def _one(self) -> Waiting | None:
        return self._waiting[self._at] if self._waiting and self._at < len(self._waiting) else None

    def _show(self) -> None:
        waiting = self._waiting or ()
        listed = self.query_one("#waiting-calls", OptionList)
        at = self._at
        listed.clear_options()
        listed.add_options(Option(self._row(one)) for one in waiting)
        if waiting:
            listed.highlighted = min(at, len(waiting) - 1)
        done = sum(one.number in self._said for one in waiting)
        text = ngettext("{done} of {n} call", "{done} of {n} calls", len(waiting)).format(done=done, n=len(waiting))
        if self._wanted.blind:
            text += " · " + _("blind")
        self.query_one("#review-count", Static).update(Content.styled(text, "$foreground 60%"))
        self._show_one()

    def _row(self, one: Waiting) -> Content:
        said = self._said.get(one.number, "")
        score: tuple[str, str] = ("", "") if self._wanted.blind else (f"{one.points:3.0f} {mark(one.points)} ", style(one.points))  # fmt: skip  # noqa: E501
        return Content.assemble(
            ("✓ " if said else "  ", "$text-success"), score, (pad(cut(one.asked, 10), 11), "$foreground 60%"),
            pad(cut(one.name, 18), 19), (said, "$accent"),
        )  # fmt: skip

    @on(OptionList.OptionHighlighted, "#waiting-calls")
    def _pointed(self, event: OptionList.OptionHighlighted) -> None:
        self._at = event.option_index
        self._show_one()

    def _show_one(self) -> None:
        one = self._one
        text = Content("\n").join(self._about(one)) if one else Content(_("Nothing waits: no recording that may be heard here, or all of them are rated."))  # fmt: skip  # noqa: E501
        self.query_one("#one-call", Static).update(text)

    def _about(self, one: Waiting) -> Iterable[Content]:
        dim = "$foreground 60%"
        yield Content.styled(f"{one.asked} · {one.name} · {one.at.astimezone():%Y-%m-%d %H:%M}", dim)
        phrase = self._phrase(one)
        if self._wanted.blind:
            yield Content.styled(phrase.text(one.language) if phrase else one.asked, "bold")
            yield Content.styled(_("Space lets you hear it; S rates it, 0 to 100: from 95 as natives say it, from 70 "
                                   "good enough, below 40 spoken in the sounds of another language."), dim)  # fmt: skip
        elif one.assessment is not None:
            yield Content("\n").join(lines(one.assessment, one.points, 0.0, None))
            yield Content("")
            yield Content.styled(
                _("Pass mark {mark:.0f}. That pass and fail are the wrong way round: {doubt:.0f} in 100.").format(
                    mark=one.pass_mark, doubt=100 * one.doubt
                ), dim,
            )  # fmt: skip
        if phrase is not None:
            yield Content.styled(phrase.text(other(one.language)), dim)

    def _phrase(self, one: Waiting) -> Phrase | None:
        return self.program.book.find(one.asked) or recall(self.program.book, one.asked)

    # Hearing

    def action_hear(self) -> None:
        one = self._one
        if one is None or one.path is None:
            return
        path = one.path

        def play() -> None:
            from trainer.audio.files import read
            from trainer.audio.recording import SAMPLE_RATE

            self.program.play((read(path).samples, SAMPLE_RATE))

        self._sound(play)

    def action_reference(self) -> None:
        one = self._one
        phrase = self._phrase(one) if one else None
        if one is None or phrase is None:
            return

        def play() -> None:
            if not self.program.let_hear(phrase, one.language):
                self.app.call_from_thread(self.notify, _("There is no recording of this call."), severity="warning")

        self._sound(play)

    def _sound(self, play: Callable[[], None]) -> None:
        def work() -> None:
            try:
                play()
            except UserError as error:
                self.app.call_from_thread(self.notify, str(error), severity="warning")

        self.run_worker(work, thread=True, group="hear", exclusive=True)

    # Saying

    def action_keep(self) -> None:
        if one := self._one:
            self._say(one, _("kept"), lambda store: rate(store, Rating(one.number, self._wanted.by, "keep")))

    def action_score(self) -> None:
        one = self._one
        if one is None:
            return

        def chosen(values: tuple[str, ...] | None) -> None:
            if values:
                self._score(one, *values)

        self.app.push_screen(
            Question(_("My score"), ((_("Points, 0 to 100"), ""), (_("Comment for the learner, if any"), ""))), chosen
        )

    def _score(self, one: Waiting, points: str, comment: str) -> None:
        try:
            number = float(points.replace(",", "."))
        except ValueError:
            self.notify(_("{value} is no number.").format(value=points), severity="warning")
            return
        rating = Rating(one.number, self._wanted.by, "score", number, comment, self._wanted.blind)
        self._say(one, f"{number:g}", lambda store: rate(store, rating))

    def action_comment(self) -> None:
        if one := self._one:
            self._ask(one, _("Comment"), lambda text: lambda store: rate(
                store, Rating(one.number, self._wanted.by, "comment", comment=text)), _("commented"))  # fmt: skip

    def action_again(self) -> None:
        if one := self._one:
            self._ask(one, _("Say again"), lambda text: lambda store: say_again(
                store, one, self._wanted.by, text), _("again"))  # fmt: skip

    def _ask(
        self, one: Waiting, title: str, saying: Callable[[str], Callable[[Store], object]], said: str
    ) -> None:  # fmt: skip
        def chosen(values: tuple[str, ...] | None) -> None:
            if values is not None:
                self._say(one, said, saying(values[0]))

        heading = f"{title}: {one.name}, {one.asked}"
        self.app.push_screen(Question(heading, ((_("Comment for the learner, if any"), ""),)), chosen)

    def _say(self, one: Waiting, said: str, what: Callable[[Store], object]) -> None:
        """Keep it, in a thread, and go on to the next one that nothing was said of."""

        def work() -> None:
            try:
                what(self._store())
            except UserError as error:
                self.app.call_from_thread(self.notify, str(error), severity="error", timeout=10)
                return
            self.app.call_from_thread(self._told, one, said)

        self.run_worker(work, thread=True, group="review")

    def _told(self, one: Waiting, said: str) -> None:
        self._said[one.number] = said
        waiting = self._waiting or ()
        later = (i for i in (*range(self._at, len(waiting)), *range(self._at)) if waiting[i].number not in self._said)
        self._at = next(later, self._at)
        self._show()

    def action_leave(self) -> None:
        if len(self.app.screen_stack) > 2:
            self.app.pop_screen()
        else:
            self.app.exit()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Blind, the machine's points cannot be kept, and nothing but points is asked for."""
        return not (self._wanted.blind and action in ("keep", "comment", "again"))
