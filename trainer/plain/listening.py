"""Calls by ear in lines: hear one, choose what it means by its number."""

from contextlib import ExitStack

from trainer.drill.listening import CALLS
from trainer.live.listening import Listening
from trainer.live.practice import Practising
from trainer.live.program import Program
from trainer.live.seed import seed_or_drawn
from trainer.messages import gettext as _
from trainer.messages import ngettext
from trainer.plain.lines import Lines


def run(program: Program, phase: str | None, lines: Lines) -> None:
    """Until all was asked, or nothing is typed. Raises UserError where nothing can be heard."""
    seed, size = program.options.seed, program.options.size or CALLS
    listening = Listening(Practising(program, program.seat), size, seed_or_drawn(seed), phase)
    reader = program.reader()
    with ExitStack() as stack:
        loudspeaker = program.open_loudspeaker(stack)
        while not listening.over:
            question = listening.question
            number = len(listening.answers) + 1
            lines.say([(_("Call"), _("{n} of {total}, listen").format(n=number, total=len(listening.questions)))])
            clip, chosen = listening.heard(question), 0
            while chosen == 0:
                if clip is not None:
                    loudspeaker.play(clip.samples, clip.rate).wait()
                again = _("hear it once more")
                answered = lines.choose(_("What does it mean? Enter leaves."), [again, *question.meanings], first=0)
                if answered is None:
                    return
                chosen = answered
            exercise = listening.choose(chosen - 1)
            lines.say(
                [
                    (_("Verdict"), _("right") if exercise.right else _("it was {n}").format(n=question.answer + 1)),
                    (_("Text"), question.text),
                    *([(_("Letters"), letters)] if (letters := reader.read(question.text, listening.language)) else []),
                    (_("Meaning"), question.meaning),
                ]
            )
    right = sum(exercise.right for exercise in listening.answers)
    told = ngettext("{n} question, {right} right.", "{n} questions, {right} right.", len(listening.answers))
    lines.say([(_("Debrief"), told.format(n=len(listening.answers), right=right))])
