"""Calls by ear at the edges: which calls there are readings of, what is heard, what is kept."""

from typing import TYPE_CHECKING

from trainer.audio.reference import ReferenceClip, reading
from trainer.drill.exercises import Exercise
from trainer.drill.listening import GRADES, Question, questions
from trainer.errors import UserError
from trainer.messages import gettext as _

if TYPE_CHECKING:
    from trainer.live.practice import Practising


class Listening:
    """A session: questions one after the other, each answer kept as it is given."""

    def __init__(self, practising: "Practising", size: int, seed: int, phase: str | None = None) -> None:
        """phase: only calls of this one. Raises UserError where there is nothing to hear."""
        self.practising = practising
        program, self.language = practising.program, practising.language
        phases = [one.id for one in program.book.phases]
        if phase is not None and phase not in phases:
            message = _("nothing can be heard of the phase {name}. There are: {known}")
            raise UserError(message.format(name=phase, known=", ".join(phases)))
        calls = [call for call in practising.calls_read() if phase in (None, call.phase)]
        if not calls:
            raise UserError(_("there is no reading of these calls to hear. `ruston reference record` makes one."))
        done = program.exercises(practising.seat, "listen")
        self.questions = questions(calls, done, self.language, size, seed)
        self.answers: list[Exercise] = []

    @property
    def over(self) -> bool:
        return len(self.answers) == len(self.questions)

    @property
    def question(self) -> Question:
        """The present one."""
        return self.questions[len(self.answers)]

    def heard(self, question: Question) -> ReferenceClip | None:
        voice = self.practising.program.voices[self.language]
        return reading(question.call, question.text, self.language, voice)

    def choose(self, number: int) -> Exercise:
        """One of the meanings, from 0."""
        points = 100.0 if number == self.question.answer else 0.0
        return self._keep(points, {"how": "chosen", "answer": self.question.meanings[number]})

    def grade(self, number: int, typed: str) -> Exercise:
        """What one typed, and how well one says it fits: 1 (not at all) to 4 (all of it)."""
        return self._keep(GRADES[number - 1], {"how": "graded", "answer": typed[:200]})

    def _keep(self, points: float, details: dict[str, str | float]) -> Exercise:
        exercise = self.practising.keep("listen", self.question.call, points, details)
        self.answers.append(exercise)
        return exercise
