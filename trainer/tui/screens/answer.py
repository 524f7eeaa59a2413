"""One answer of a drill that is over: its words and sounds, heard again, and its words worked on."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from trainer.drill.ear import confused_in
from trainer.drill.events import Assessed
from trainer.drill.mouth import worst, worst_sound
from trainer.drill.session import Attempt
from trainer.drill.verdict import Right, of_answer
from trainer.messages import N_
from trainer.messages import gettext as _
from trainer.tui.keys import bind
from trainer.tui.page import Page
from trainer.tui.playback import hear
from trainer.tui.widgets.sounds_view import SoundsView
from trainer.tui.widgets.words_view import WordsView
from trainer.wording import heard_words, marks, verdict_told

if TYPE_CHECKING:
    from trainer.tui.operator import Half


class AnswerPage(Page):
    heading = N_("Answer")
    AUTO_FOCUS = "#answer"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("escape", "app.pop_screen", N_("Back")),
        bind("1", "hear('reference')", N_("Hear it")),
        bind("2", "hear('mine')", N_("Hear me")),
        Binding("left", "word(-1)", N_("Word"), show=False, priority=True),
        Binding("right", "word(1)", N_("Word"), key_display="← →", priority=True),
        bind("w", "only_word", N_("Only this word")),
        bind("e", "ear", N_("By ear")),
    ]

    def __init__(self, assessed: Assessed, attempt: Attempt, recording: Path | None) -> None:
        """recording: where it may be heard."""
        super().__init__()
        self._assessed = assessed
        self._attempt = attempt
        self._recording = recording
        self._word: int | None = None  # the place of the one that is looked at

    def body(self) -> Iterable[Widget]:
        with VerticalScroll(id="answer"):
            yield Static(id="answer-verdict")
            yield WordsView(id="answer-words")
            yield SoundsView(id="answer-sounds")

    def place(self) -> str:
        return self._assessed.line.call

    def fill(self) -> None:
        result, content = self._assessed.assessment, self._assessed.content
        judged = of_answer(result, content)
        told = verdict_told(judged, self._assessed.line.language, self.reader)
        self.query_one("#answer-verdict", Static).update(Content.styled(told, "bold"))
        said = None
        if content is not None:
            said = Content.assemble(
                (_("words heard: "), "$foreground 60%"),
                heard_words((word.heard for word in content.words if word.heard), result.language, self.reader),
            )  # fmt: skip
        words = self.query_one(WordsView)
        words.show(result, self._attempt.points, self._attempt.late, said, reader=self.reader)
        words.chosen = self._word
        well_said = isinstance(judged, Right)
        self.query_one(SoundsView).show(result, well_said=well_said, word=self._word, reader=self.reader)

    def explained(self) -> Iterable[tuple[str, str]]:
        return marks(self._assessed.assessment, self.reader)

    def action_word(self, step: int) -> None:
        """To the next word of the call, and from the last one to the call as a whole."""
        count = len(self._assessed.assessment.words) + 1  # the whole call stands before the first word
        place = ((0 if self._word is None else self._word + 1) + step) % count
        self._word = place - 1 if place else None
        self.fill()

    def action_hear(self, which: "Half") -> None:
        line = self._assessed.line
        self.run_worker(
            partial(hear, self, line.call, line.language, self._recording, which),
            thread=True, group="hear", exclusive=True,
        )  # fmt: skip

    def action_only_word(self) -> None:
        from trainer.tui.screens.mouth import MouthPage

        result, call = self._assessed.assessment, self._assessed.line.call
        amiss = worst(result)
        place = self._word if self._word is not None else amiss[0] if amiss else None
        if place is not None:
            sound = worst_sound(result, place)
            self.app.push_screen(MouthPage(lambda practising: (practising.piece(call, place, sound),)))

    def action_ear(self) -> None:
        from trainer.tui.screens.ear import EarPage

        if contrast := self._confused():
            self.app.push_screen(EarPage((contrast,)))

    def _confused(self) -> str | None:
        """The contrast of what was heard instead, in the word that is looked at or in the worst."""
        result = self._assessed.assessment
        amiss = worst(result)
        place = self._word if self._word is not None else amiss[0] if amiss else None
        return None if place is None else confused_in(result, place)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("only_word", "ear"):
            seat_language = self.program.signed_on and self.program.seat.target
            own = seat_language == self._assessed.line.language
            return own and (action == "only_word" or self._confused() is not None)
        return action != "hear" or parameters != ("mine",) or self._recording is not None
