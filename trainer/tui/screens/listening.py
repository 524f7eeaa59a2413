"""By ear: a call is heard; which of four meanings is it? Told at once. It needs no microphone."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray
from textual.binding import BindingType
from textual.content import Content

from trainer.audio.recording import SAMPLE_RATE, resample
from trainer.drill.listening import CALLS, CHOICES
from trainer.live.listening import Listening
from trainer.live.seed import seed_or_drawn
from trainer.messages import N_, ngettext
from trainer.messages import gettext as _
from trainer.tui.keys import bind
from trainer.tui.screens.exercise import ExercisePage

if TYPE_CHECKING:
    from trainer.drill.exercises import Exercise
    from trainer.drill.listening import Question

KEYS = "abcd"


class ListeningPage(ExercisePage):
    heading = N_("By ear")
    BINDINGS: ClassVar[list[BindingType]] = [
        bind(key, f"choose({at})", N_("This meaning"), show=False, priority=True)
        for at, key in enumerate(KEYS[:CHOICES])
    ]

    def __init__(self, phase: str | None = None) -> None:
        super().__init__()
        self._phase = phase
        self.listening: Listening | None = None
        self.question: Question | None = None
        self.answer: Exercise | None = None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action not in ("talk", "hear_me", "again") and super().check_action(action, parameters)

    def prepare(self) -> None:
        seed = seed_or_drawn(self.program.options.seed)
        self.listening = Listening(self.practising, CALLS, seed, self._phase)
        self.question = self.listening.question

    def ready(self) -> None:
        self.let_hear(self.reading())

    def note(self) -> str:
        if self._over:
            return _("↵ or Esc leaves")
        return _("↵ goes on, 1 plays it again") if self.answer else _("A to D, 1 plays it again")

    @property
    def _over(self) -> bool:
        return self.listening is not None and self.listening.over

    def rows(self) -> Iterable[Content]:
        listening, question = self.listening, self.question
        if listening is None or question is None:
            return
        number = len(listening.answers) + (self.answer is None)
        yield Content.styled(f"{number}/{len(listening.questions)}", "$foreground 60%")
        yield Content("")
        yield Content(_("Listen. What does it mean?") if self.answer is None else question.text)
        if self.answer is not None and (letters := self.reader.read(question.text, self.practising.language)):
            yield Content.styled(letters, "italic $foreground 80%")
        yield Content("")
        for at, meaning in enumerate(question.meanings):
            right = self.answer is not None and at == question.answer
            yield Content.assemble(
                (f"{KEYS[at].upper()}  ", "bold $accent"), (meaning, "bold $text-success" if right else "")
            )
        yield Content("")
        if self.answer is not None and self.answer.right:
            yield Content.styled("● " + _("Right."), "bold $text-success")
        elif self.answer is not None:
            yield Content.styled(
                "○ " + _("It was {key}.").format(key=KEYS[question.answer].upper()), "bold $text-error"
            )
        if self._over:
            answered = sum(answer.right for answer in listening.answers)
            told = ngettext("{n} question, {right} right.", "{n} questions, {right} right.", len(listening.answers))
            yield Content.styled(told.format(n=len(listening.answers), right=answered), "bold")

    def reading(self) -> NDArray[np.float32] | None:
        clip = self.listening.heard(self.question) if self.listening and self.question else None
        return resample(clip.samples, clip.rate, SAMPLE_RATE) if clip else None

    # Keys

    def action_choose(self, which: int) -> None:
        listening, question = self.listening, self.question
        if listening is None or question is None or self.answer is not None or which >= len(question.meanings):
            return
        self.hush()
        self.answer = listening.choose(which)
        self.fill()

    def action_next(self) -> None:
        if self.listening is None or self.answer is None:
            return
        self.hush()
        if self._over:
            self.console.back()
            return
        self.question, self.answer = self.listening.question, None
        self.fill()
        self.work(lambda: self.let_hear(self.reading()))
