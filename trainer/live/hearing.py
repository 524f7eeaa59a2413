"""The ear drill at the edges: which contrasts there are recordings of, what is heard, what is kept."""

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from trainer.audio import contrasts as recordings
from trainer.audio.recording import SAMPLE_RATE
from trainer.drill.ear import TRIALS, Asking, Ear, Trial, confusions, ear, next_contrasts
from trainer.drill.exercises import Exercise
from trainer.errors import UserError
from trainer.messages import gettext as _
from trainer.phrasebook.contrasts import Word, contrasts
from trainer.phrasebook.contrasts import contrast as contrast_of

if TYPE_CHECKING:
    from trainer.live.practice import Practising

PAUSE = 0.5  # s between the two words when both are played


class EarDrill:
    """A session: questions, one after the other, each kept as it is answered."""

    def __init__(self, practising: "Practising", only: Sequence[str] = (), size: int = TRIALS, seed: int = 0) -> None:
        """only: these contrasts; none: those that are next. Raises UserError for one that there is not."""
        self.practising = practising
        self.language = practising.language
        self.size = size
        there = tuple(self.pairs)
        if unknown := [name for name in only if name not in there]:
            message = _("there is no contrast {name}. There are: {known}")
            raise UserError(message.format(name=unknown[0], known=", ".join(there)))
        before = self.before
        self.chosen = tuple(dict.fromkeys(only)) or next_contrasts(before, self.confused, there, self._now)
        self.asking = Asking(before, self.chosen, self.pairs, self.talkers, seed)
        self.answers: list[Exercise] = []

    @property
    def _now(self) -> datetime:
        return self.practising.program.options.now()

    @cached_property
    def before(self) -> Ear:
        """What the learner's ear did so far."""
        return ear(self.language, self.practising.program.exercises(self.practising.seat, "ear"))

    @cached_property
    def confused(self) -> dict[str, float]:
        """What the learner's own mouth confuses."""
        return confusions(self.practising.program.memory(self.practising.seat), self.language)

    @cached_property
    def pairs(self) -> dict[str, tuple[tuple[Word, Word], ...]]:
        """Of each contrast, those that somebody says."""
        found = {contrast.id: recordings.recorded(contrast) for contrast in contrasts(self.language)}
        return {name: those for name, those in found.items() if those}

    @cached_property
    def talkers(self) -> dict[tuple[str, str], tuple[str, ...]]:
        return {
            (first.text, second.text): recordings.talkers(contrast_of(self.language, name), first, second)
            for name, those in self.pairs.items()
            for first, second in those
        }

    def question(self, trial: Trial) -> NDArray[np.float32]:
        """What is heard, 16 kHz."""
        samples = recordings.word(self.language, trial.talker, trial.words[trial.answer].text)
        return recordings.harder(samples, trial.snr, trial.radio, trial.seed)

    def both(self, trial: Trial) -> NDArray[np.float32]:
        """The two words side by side, plain, in the order of the screen."""
        quiet = np.zeros(round(PAUSE * SAMPLE_RATE), np.float32)
        first, second = (recordings.word(self.language, trial.talker, word.text) for word in trial.words)
        return np.concatenate([first, quiet, second])

    def answer(self, trial: Trial, chosen: int) -> Exercise:
        exercise = self.asking.answered(trial, chosen, self._now)
        program = self.practising.program
        if program.store is not None:
            program.store.keep_exercise(self.practising.seat, exercise)
        self.answers.append(exercise)
        return exercise

    @property
    def over(self) -> bool:
        return len(self.answers) >= self.size
