"""Mouth: one word or one sound, slowly, at its pace, and in its call; three tries, three scores."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray
from textual.binding import BindingType
from textual.content import Content

from trainer.drill.mouth import STEPS, Piece, Practice, tried
from trainer.messages import N_
from trainer.messages import gettext as _
from trainer.phones.inventory import inventory
from trainer.tui.bands import bar, mark, style
from trainer.tui.keys import bind
from trainer.tui.screens.exercise import ExercisePage
from trainer.tui.widgets.mouth import drawing
from trainer.wording import piece_told, rung_name, step_name, try_told

if TYPE_CHECKING:
    from trainer.audio.microphone import Microphone
    from trainer.audio.recording import Recording
    from trainer.live.practice import Practising, Tried

WIDTH = 20  # cells of a score's bar
Chosen = Callable[["Practising"], tuple[Piece, ...]]


def next_ladder(practising: "Practising") -> tuple[Piece, ...]:
    """The ladder of a weak sound of the learner's; of one that the language is known for where none is weak yet."""
    return practising.ladder(practising.to_train())


class MouthPage(ExercisePage):
    heading = N_("Mouth")
    BINDINGS: ClassVar[list[BindingType]] = [bind("r", "rule", N_("The rule"), priority=True)]

    def __init__(self, chosen: Chosen = next_ladder) -> None:
        """chosen: the pieces to practise, one after the other."""
        super().__init__()
        self._chosen = chosen
        self._pieces: tuple[Piece, ...] = ()
        self._at = 0
        self.practice: Practice | None = None
        self._last: Tried | None = None

    def prepare(self) -> None:
        self._pieces = self._chosen(self.practising)
        self.practice = Practice(self._pieces[0])

    def ready(self) -> None:
        self.let_hear(self.reading())

    @property
    def leaves(self) -> bool:
        return self._at + 1 >= len(self._pieces)

    def note(self) -> str:
        practice = self.practice
        if practice is None or self.talking:
            return _("Space or silence ends") if self.talking else ""
        if practice.over:
            return _("↵ or Esc leaves, A says it again") if self.leaves else _("↵ goes on, A says it again")
        return _("Space, then speak")

    def rows(self) -> Iterable[Content]:
        practice = self.practice
        if practice is None:
            return
        piece = practice.piece
        yield Content("  ").join(self._rungs())
        yield Content("")
        ipa = "" if piece.text == piece.ipa or self.reader.needs(piece.said.language) else f"  {piece.ipa}"
        read = self.reader.call(piece_told(piece, self.reader), piece.said.language)
        yield Content.assemble((read, "bold $accent"), (ipa, "$foreground 60%"))
        yield Content.styled(self.practising.text(piece.call), "$foreground 60%")
        yield from self.beside(self.practising.phrase(piece.call), self.practising.language)
        yield Content("")
        for number, step in enumerate(STEPS[: practice.needed]):
            yield self._try(practice, number, step)
        if self._last is not None and (why := try_told(self._last.assessment, self._last.at, self.reader)):
            yield Content.styled(why, "$text-warning")
        if practice.over and practice.tries:
            yield Content.styled(self._outcome(practice), "bold")
        if piece.sound is not None:
            phone = inventory(self.practising.language)[piece.sound]
            yield Content("")
            yield Content.assemble(
                (f"[{self.reader.phone(piece.sound, self.practising.language)}] ", "bold"), self.reader.sound(phone)
            )
            yield Content(self.reader.told(phone.how))
            yield drawing(phone)

    def _rungs(self) -> Iterable[Content]:
        for number, piece in enumerate(self._pieces):
            colour = "bold reverse" if number == self._at else "$foreground 60%"
            yield Content.styled(f" {rung_name(piece.rung)} ", colour)

    def _try(self, practice: Practice, number: int, step: str) -> Content:
        now = number == len(practice.tries)
        name = Content.styled(f"{'▸' if now else ' '} {step_name(step):<22}", "bold" if now else "$foreground 70%")
        if number >= len(practice.tries):
            return name
        points = practice.tries[number]
        return Content.assemble(
            name, bar(points / 100, WIDTH, style(points)), (f" {mark(points)} {points:.0f}", style(points))
        )

    def _outcome(self, practice: Practice) -> str:
        if practice.passed:
            return _("It sits, in its call, too.") if practice.needed == len(STEPS) else _("It sits.")
        gained = practice.gained
        if gained is not None and gained > 0:
            return _("Better by {points:.0f} points. Once more: A.").format(points=gained)
        return _("Not yet. Hear it slowly once more (3), then A.")

    # What sounds and what is said

    def reading(self) -> NDArray[np.float32] | None:
        practice = self.practice
        return None if practice is None else self.practising.reading(practice.piece, practice.step or "normal")

    def may_talk(self) -> bool:
        return self.practice is not None and not self.practice.over

    def record(self, microphone: "Microphone") -> "Recording | None":
        assert self.practice is not None
        said = self.practising.said(self.practice)
        return self.practising.record(microphone, said, self.released, self.tape.feed)

    def said(self, recording: "Recording") -> None:
        assert self.practice is not None
        self._last = self.practising.score(recording, self.practising.said(self.practice))
        self.practice = tried(self.practice, self._last.points)
        self.app.call_from_thread(self.fill)
        if self.practice.over:
            self.practising.keep_practice(self.practice)
        else:
            self.let_hear(self.reading())

    # Keys

    def action_next(self) -> None:
        """To the next rung; leave after the last."""
        if self.practice is None or self.talking:
            return
        self.hush()
        if self.leaves:
            self.console.back()
            return
        self._begin(self._at + 1)

    def action_again(self) -> None:
        if self.practice is not None and not self.talking:
            self.hush()
            self._begin(self._at)

    def action_rule(self) -> None:
        """The card that says what one must know of the sound."""
        from trainer.phones.rules import rule_of
        from trainer.tui.screens.rules import RulesPage

        sound = self.practice.piece.sound if self.practice else None
        rule = rule_of(self.practising.language, sound) if sound else None
        if rule is not None and not self.talking:
            self.hush()
            self.app.push_screen(RulesPage(rule.id))

    def _begin(self, at: int) -> None:
        self._at, self.practice, self._last = at, Practice(self._pieces[at]), None
        self.fill()
        self.work(lambda: self.let_hear(self.reading()))
