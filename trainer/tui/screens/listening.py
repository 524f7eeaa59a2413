"""By ear: a call is heard; which of four meanings is it? Told at once. It needs no microphone."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input

from trainer.audio.recording import SAMPLE_RATE, resample
from trainer.drill.listening import CALLS, CHOICES, GRADES
from trainer.live.listening import Listening
from trainer.live.seed import seed_or_drawn
from trainer.messages import N_, ngettext
from trainer.messages import gettext as _
from trainer.tui.bands import mark, style
from trainer.tui.keys import bind
from trainer.tui.screens.exercise import ExercisePage
from trainer.tui.widgets.field import Field

if TYPE_CHECKING:
    from trainer.drill.exercises import Exercise
    from trainer.drill.listening import Question

KEYS = "abcd"


class ListeningPage(ExercisePage):
    heading = N_("By ear")
    speaks = False
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            bind(key, f"choose({at})", N_("This meaning"), show=False, priority=True)
            for at, key in enumerate(KEYS[:CHOICES])
        ),
        bind("tab", "type", N_("Type it"), priority=True),
    ]

    def __init__(self, phase: str | None = None) -> None:
        super().__init__()
        self._phase = phase
        self.listening: Listening | None = None
        self.question: Question | None = None
        self.answer: Exercise | None = None
        self.types = False  # what is heard is typed, and graded by oneself
        self.typed: str | None = None  # what was typed to this question; None: not yet

    @property
    def _typing(self) -> bool:
        return self.types and self.typed is None and self.answer is None and not self.preparing

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "again":
            return False
        if self._typing and action in ("choose", "hear"):
            return False  # letters and figures belong to what is typed
        if action == "next":
            return self.answer is not None or self._typing
        if action == "type":
            return self.answer is None and self.typed is None and not self.preparing
        return super().check_action(action, parameters)

    def describe(self, binding: Binding) -> str:
        if binding.action == "type" and self.types:
            return N_("Choose")
        return super().describe(binding)

    def body(self) -> Iterable[Widget]:
        yield from super().body()
        yield Field(
            self.typed or "",
            placeholder=_("What does it mean? ↵ ends it; ↵ alone plays it again"),
            id="typed",
            max_length=200,
        )

    def fill(self) -> None:
        super().fill()
        if not self.is_mounted or self.relabelling:
            return
        line = self.query_one("#typed", Input)
        line.display = self._typing
        if self._typing and not line.has_focus:
            line.focus()
        self.refresh_bindings()

    def prepare(self) -> None:
        seed = seed_or_drawn(self.program.options.seed)
        self.listening = Listening(self.practising, CALLS, seed, self._phase)
        self.question = self.listening.question

    def ready(self) -> None:
        self.let_hear(self.reading())

    def note(self) -> str:
        if self.leaves:
            return _("↵ or Esc leaves")
        if self._typing:
            return _("↵ ends what is typed, Tab lets choose")
        return _("↵ goes on, 1 plays it again") if self.answer else _("A to D, 1 plays it again")

    @property
    def leaves(self) -> bool:
        return self.listening is not None and self.listening.over

    def rows(self) -> Iterable[Content]:
        listening, question = self.listening, self.question
        if listening is None or question is None:
            return
        number = len(listening.answers) + (self.answer is None)
        yield Content.styled(f"{number}/{len(listening.questions)}", "$foreground 60%")
        yield Content("")
        yield Content(self._asked(question))
        if self.answer is not None and (letters := self.reader.read(question.text, self.practising.language)):
            yield Content.styled(letters, "italic $foreground 80%")
        yield Content("")
        if self.types:
            yield from self._graded(question)
        for at, meaning in enumerate(question.meanings if not self.types else ()):
            right = self.answer is not None and at == question.answer
            yield Content.assemble(
                (f"{KEYS[at].upper()}  ", "bold $accent"), (meaning, "bold $text-success" if right else "")
            )
        yield Content("")
        if self.types and self.answer is not None:
            yield Content.styled(
                f"{self.answer.points:.0f} {mark(self.answer.points)}", f"bold {style(self.answer.points)}"
            )
        elif self.answer is not None and self.answer.right:
            yield Content.styled("● " + _("Right."), "bold $text-success")
        elif self.answer is not None:
            yield Content.styled(
                "○ " + _("It was {key}.").format(key=KEYS[question.answer].upper()), "bold $text-error"
            )
        if self.leaves:
            answered = sum(answer.right for answer in listening.answers)
            told = ngettext("{n} question, {right} right.", "{n} questions, {right} right.", len(listening.answers))
            yield Content.styled(told.format(n=len(listening.answers), right=answered), "bold")

    def _asked(self, question: "Question") -> str:
        if self.answer is not None:
            return question.text
        return _("Listen.") if self.types else _("Listen. What does it mean? Press its letter.")

    def _graded(self, question: "Question") -> Iterable[Content]:
        """What was typed, what it means, and how well the one fits the other."""
        if self.typed is None:
            return
        yield Content.assemble((_("you: "), "$foreground 60%"), self.typed)
        yield Content.assemble((_("it means: "), "$foreground 60%"), (question.meaning, "bold $text-success"))
        yield Content("")
        if self.answer is None:
            yield Content(_("How well does it fit? Press the letter."))
            for key, grade in zip(KEYS, (_("all of it"), _("nearly"), _("hardly"), _("not at all")), strict=True):
                yield Content.assemble((f"{key.upper()}  ", "bold $accent"), grade)

    def reading(self) -> NDArray[np.float32] | None:
        clip = self.listening.heard(self.question) if self.listening and self.question else None
        return resample(clip.samples, clip.rate, SAMPLE_RATE) if clip else None

    # Keys

    def action_choose(self, which: int) -> None:
        listening, question = self.listening, self.question
        if listening is None or question is None or self.answer is not None:
            return
        self.hush()
        if self.types:
            self.answer = listening.grade(len(GRADES) - which, self.typed or "")
        elif which < len(question.meanings):
            self.answer = listening.choose(which)
        self.fill()

    def action_type(self) -> None:
        """To type what is heard, or to choose again."""
        self.types = not self.types
        self.fill()

    def action_next(self) -> None:
        if self._typing:
            typed = self.query_one("#typed", Input).value.strip()
            self.query_one("#typed", Input).value = ""
            if typed in ("", "?"):
                self.action_hear(1.0)
                return
            self.typed = typed
            self.fill()
            return
        if self.listening is None or self.answer is None:
            return
        self.hush()
        if self.leaves:
            self.console.back()
            return
        self.question, self.answer, self.typed = self.listening.question, None, None
        self.fill()
        self.work(lambda: self.let_hear(self.reading()))
