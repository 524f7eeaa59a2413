"""Rules in a minute: a card at a time, with its sounds and words to hear."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from textual.binding import Binding
from textual.content import Content

from trainer.messages import N_
from trainer.messages import gettext as _
from trainer.phones.inventory import inventory
from trainer.phones.rules import Rule, rules
from trainer.tui.screens.exercise import ExercisePage
from trainer.tui.widgets.mouth import drawing


class RulesPage(ExercisePage):
    heading = N_("Rules in a minute")
    speaks = False

    def __init__(self, rule: str | None = None) -> None:
        """rule: to begin with."""
        super().__init__()
        self._wanted = rule
        self._rules: tuple[Rule, ...] = ()
        self._at = 0

    def prepare(self) -> None:
        self._rules = rules(self.practising.language)
        self._at = next((at for at, rule in enumerate(self._rules) if rule.id == self._wanted), 0)

    def note(self) -> str:
        return _("1 plays the words, ↵ the next card, A the one before")

    def rows(self) -> Iterable[Content]:
        rule, reader = self._rules[self._at], self.reader
        yield Content.styled(f"{self._at + 1}/{len(self._rules)}", "$foreground 60%")
        yield Content.styled(reader.told(rule.title), "bold $accent")
        yield Content("")
        yield Content(reader.told(rule.text))
        yield Content("")
        yield Content.styled(" · ".join(reader.word(word, rule.language) for word in rule.words), "bold")
        known = inventory(rule.language)
        if rule.sounds[0] in known:
            phone = known[rule.sounds[0]]
            yield Content("")
            yield Content.assemble((f"[{reader.phone(phone.ipa, rule.language)}] ", "bold"), reader.sound(phone))
            yield drawing(phone)

    def reading(self) -> NDArray[np.float32] | None:
        rule = self._rules[self._at]
        heard = [self.practising.reading(self.practising.word(word), "normal") for word in rule.words]
        there = [samples for samples in heard if samples is not None]
        return np.concatenate(there) if there else None

    def action_next(self) -> None:
        self._turn(1)

    def action_again(self) -> None:
        self._turn(-1)

    def _turn(self, by: int) -> None:
        if self._rules:
            self.hush()
            self._at = (self._at + by) % len(self._rules)
            self.fill()

    def describe(self, binding: Binding) -> str:
        return N_("Back a card") if binding.action == "again" else super().describe(binding)
