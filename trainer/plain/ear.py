"""Two words that sound nearly alike, in lines: one is heard, its number is typed, both are heard side by side."""

from contextlib import ExitStack

from trainer.audio.recording import SAMPLE_RATE
from trainer.drill.ear import TRIALS
from trainer.live.hearing import EarDrill
from trainer.live.practice import Practising
from trainer.live.seed import seed_or_drawn
from trainer.messages import gettext as _
from trainer.messages import ngettext
from trainer.plain.lines import Lines
from trainer.wording import contrast_name


def run(practising: Practising, contrast: str, lines: Lines) -> None:
    """Until all was asked, or nothing is typed. Raises UserError where nothing can be heard."""
    program, reader = practising.program, practising.reader
    drill = EarDrill(practising, (contrast,), program.options.size or TRIALS, seed_or_drawn(program.options.seed))
    lines.say([(_("Contrast"), contrast_name(practising.language, contrast, reader))])
    with ExitStack() as stack:
        loudspeaker = program.open_loudspeaker(stack)
        while not drill.over:
            trial = drill.asking.next()
            asked = _("{n} of {total}, listen").format(n=len(drill.answers) + 1, total=drill.size)
            lines.say([(_("Call"), asked)])
            words = [reader.sounding(word, practising.language) for word in trial.words]
            chosen: int | None = 0
            while chosen == 0:
                loudspeaker.play(drill.question(trial), SAMPLE_RATE).wait()
                chosen = lines.choose(_("Which word was it? Enter leaves."), [_("hear it once more"), *words], first=0)
            if chosen is None:
                break
            right = drill.answer(trial, chosen - 1).right
            told = _("right") if right else _("it was {word}").format(word=words[trial.answer])
            lines.say([(_("Verdict"), told)])
            loudspeaker.play(drill.both(trial), SAMPLE_RATE).wait()
    n, well = len(drill.answers), sum(answer.right for answer in drill.answers)
    told = ngettext("{n} question, {right} right.", "{n} questions, {right} right.", n)
    lines.say([(_("Debrief"), told.format(n=n, right=well))])
