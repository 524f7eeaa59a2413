"""Lists and the search above them whose Enter is the screen's: it acts when all keys before it have acted, on the row
that is highlighted then."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input, OptionList

from trainer.tui.widgets.field import Field


def _without(bindings: list[BindingType], *keys: str) -> list[BindingType]:
    """Bindings without those that would take a key away from the screen."""
    return [binding for binding in bindings if isinstance(binding, Binding) and not {*keys} & {*binding.key.split(",")}]


class Choices(OptionList, inherit_bindings=False):
    BINDINGS: ClassVar[list[BindingType]] = _without(OptionList.BINDINGS, "enter")

    @property
    def row(self) -> str | None:
        """The id of the highlighted row."""
        return None if self.highlighted is None else self.get_option_at_index(self.highlighted).id

    def show(self, row: str | None) -> None:
        """Highlight a row, or the first that can be chosen where it is not there."""
        ids = [option.id for option in self.options]
        if row in ids:
            self.highlighted = ids.index(row)
        else:
            self.action_first()


class Search(Field, inherit_bindings=False):
    BINDINGS: ClassVar[list[BindingType]] = _without(Input.BINDINGS, "enter", "ctrl+k", "ctrl+d")
