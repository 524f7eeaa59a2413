"""Ear: a word is heard; which of two was it? Told at once, both played side by side, and the next one."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray
from textual.binding import Binding, BindingType
from textual.content import Content

from trainer.drill.ear import TRIALS, Trial
from trainer.live.seed import seed_or_drawn
from trainer.messages import N_, ngettext
from trainer.messages import gettext as _
from trainer.tui.bands import bar
from trainer.tui.keys import bind
from trainer.tui.screens.exercise import ExercisePage
from trainer.tui.widgets.cells import pad

if TYPE_CHECKING:
    from trainer.drill.exercises import Exercise
    from trainer.live.hearing import EarDrill

WIDTH = 24  # cells of a word
BAR = 20


class EarPage(ExercisePage):
    heading = N_("Ear")
    speaks = False
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("left", "choose(0)", N_("Which one"), priority=True, both="← →"),
        bind("right", "choose(1)", N_("Which one"), show=False, priority=True),
    ]

    def __init__(self, only: Sequence[str] = ()) -> None:
        """only: these contrasts; none: those that are next."""
        super().__init__()
        self._only = only
        self.drill: EarDrill | None = None
        self.trial: Trial | None = None
        self.answer: Exercise | None = None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("next", "again"):
            return self.answer is not None
        return super().check_action(action, parameters)

    def prepare(self) -> None:
        from trainer.live.hearing import EarDrill

        seed = seed_or_drawn(self.program.options.seed)
        self.drill = EarDrill(self.practising, self._only, TRIALS, seed)
        self.trial = self.drill.asking.next()

    def ready(self) -> None:
        self.let_hear(self.reading())

    def note(self) -> str:
        if self.leaves:
            return _("↵ or Esc leaves")
        return _("↵ goes on, A plays both") if self.answer else _("← or →")

    @property
    def leaves(self) -> bool:
        return self.drill is not None and self.drill.over

    def rows(self) -> Iterable[Content]:
        drill, trial = self.drill, self.trial
        if drill is None or trial is None:
            return
        number = min(drill.size, len(drill.answers) + (self.answer is None))
        yield Content.styled(f"{number}/{drill.size} · {self._named(trial.contrast)}", "$foreground 60%")
        yield Content("")
        yield Content("   ").join(self._word(trial, at) for at in (0, 1))
        yield Content("   ").join(
            Content.styled(pad(self._sounds(trial, at) if self.answer else "", WIDTH), "$foreground 60%")
            for at in (0, 1)
        )
        yield Content("")
        if self.answer is None:
            yield Content(_("Which word was it? ← the left one, → the right one. 1 plays it again."))
        elif self.answer.right:
            yield Content.styled("● " + _("Right."), "bold $text-success")
        else:
            said = self.reader.sounding(trial.words[trial.answer], self.practising.language)
            yield Content.styled("○ " + _("It was {word}.").format(word=said), "bold $text-error")
        yield Content("")
        yield Content.assemble(
            (pad(_("how hard"), 14), "$foreground 60%"), bar(trial.level, BAR, "$accent"), "  ", self._noise(trial)
        )
        if drill.answers:
            right = sum(answer.right for answer in drill.answers)
            share = right / len(drill.answers)
            yield Content.assemble(
                (pad(_("right so far"), 14), "$foreground 60%"), bar(share, BAR, "$text-success"), f"  {share:.0%}"
            )
        if self.leaves:
            yield Content("")
            yield from self._result()

    def _named(self, contrast: str) -> str:
        return self.reader.contrast(contrast, self.practising.language)

    def _sounds(self, trial: Trial, at: int) -> str:
        """In IPA, or as the word is written, where letters of one's own tell its sounds already."""
        word = trial.words[at]
        return word.text if self.reader.needs(self.practising.language) else f"[{''.join(word.phones)}]"

    def _word(self, trial: Trial, at: int) -> Content:
        colour = "bold"
        if self.answer is not None:
            colour = "bold $text-success reverse" if at == trial.answer else "$foreground 60%"
        arrow = "←" if at == 0 else "→"
        word = self.reader.sounding(trial.words[at], self.practising.language)
        return Content.styled(pad(f"{arrow} {word}", WIDTH), colour)

    def _noise(self, trial: Trial) -> str:
        return _("plain") if trial.snr is None else _("{snr:.0f} dB above the noise").format(snr=trial.snr)

    def _result(self) -> Iterable[Content]:
        assert self.drill is not None
        answers = self.drill.answers
        yield Content.styled(
            ngettext("{n} question, {right} right.", "{n} questions, {right} right.", len(answers)).format(
                n=len(answers), right=sum(answer.right for answer in answers)
            ),
            "bold",
        )
        for name in self.drill.chosen:
            before, after = self.drill.before.of(name).level, self.drill.asking.ear.of(name).level
            yield Content.assemble(
                pad(self._named(name), 14), bar(after, BAR, "$accent"), f"  {before:.0%} → {after:.0%}"
            )

    def reading(self) -> NDArray[np.float32] | None:
        if self.drill is None or self.trial is None:
            return None
        return self.drill.question(self.trial)

    # Keys

    def action_choose(self, which: int) -> None:
        drill, trial = self.drill, self.trial
        if drill is None or trial is None or self.answer is not None or self.preparing:
            return
        self.hush()
        self.answer = drill.answer(trial, which)
        self.fill()
        self.work(lambda: self.let_hear(drill.both(trial)))

    def action_again(self) -> None:
        drill, trial = self.drill, self.trial
        if drill is not None and trial is not None and self.answer is not None:
            self.hush()
            self.work(lambda: self.let_hear(drill.both(trial)))

    def action_next(self) -> None:
        if self.drill is None or self.answer is None:
            return
        self.hush()
        if self.leaves:
            self.console.back()
            return
        self.trial, self.answer = self.drill.asking.next(), None
        self.fill()
        self.work(lambda: self.let_hear(self.reading()))

    def describe(self, binding: Binding) -> str:
        if binding.action == "again":
            return N_("Both")
        return super().describe(binding)
