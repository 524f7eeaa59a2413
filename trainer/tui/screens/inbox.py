"""What the instructor gave: all that is asked of the learner, and all that was said to them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from trainer.errors import UserError
from trainer.messages import N_
from trainer.messages import gettext as _
from trainer.tui.keys import bind
from trainer.tui.page import Page
from trainer.wording import assignment_told, comment_told, names_in

if TYPE_CHECKING:
    from trainer.records.inbox import Comment, Inbox


class InboxPage(Page):
    heading = N_("From the instructor")
    BINDINGS: ClassVar[list[BindingType]] = [bind("escape,q,i", "app.pop_screen", N_("Back"))]
    AUTO_FOCUS = "#inbox"

    def __init__(self) -> None:
        super().__init__()
        self._inbox: Inbox | None = None
        self._comments: tuple[Comment, ...] = ()

    def body(self) -> Iterable[Widget]:
        with VerticalScroll(id="inbox"):
            yield Static(id="inbox-text")

    def on_mount(self) -> None:
        self.run_worker(self._load, thread=True)

    def _load(self) -> None:
        try:
            box, comments = self.program.inbox(), self.program.comments()
            if self.app.call_from_thread(self._loaded, box, comments):
                self.program.show_comments()
        except UserError as error:
            self.app.call_from_thread(self.notify, str(error), severity="error", timeout=10)

    def _loaded(self, box: "Inbox", comments: "tuple[Comment, ...]") -> bool:
        """Whether they are seen: the page may have been left meanwhile."""
        self._inbox, self._comments = box, comments
        if self.is_attached:
            self.fill()
        return self.is_attached

    def fill(self) -> None:
        if self._inbox is not None and not self.relabelling:
            self.query_one("#inbox-text", Static).update(Content("\n").join(self._text(self._inbox)))

    def _text(self, box: "Inbox") -> Iterable[Content]:
        now = self.program.options.now()
        phases = names_in(self.program.book)
        yield Content.styled(_("Assignments"), "bold $secondary")
        for progress in box.assignments:
            overdue = progress.standing(now) == "overdue"
            yield Content.styled(f"◇ {assignment_told(progress, now, phases)}", "$text-warning" if overdue else "")
        if not box.assignments:
            yield Content(_("Nothing is asked of {name}.").format(name=self.program.name or self.program.who))
        yield Content("")
        yield Content.styled(_("Comments"), "bold $secondary")
        for comment in self._comments:
            day = f"{comment.at.astimezone():%Y-%m-%d}  "
            yield Content.assemble(
                ("● " if comment.new else "  ", "$accent"), (day, "$foreground 60%"), comment_told(comment, phases)
            )
        if not self._comments:
            yield Content(_("No comments yet."))
