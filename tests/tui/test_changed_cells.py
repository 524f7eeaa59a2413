"""Only changed cells are sent, in whatever colours the terminal has."""

import io

import pytest
from rich.console import Console
from rich.text import Text

from trainer.tui.changed_cells import ChangedCells, Shown


@pytest.mark.parametrize(
    "colours, red", [("standard", "\x1b[0;31m"), ("256", "\x1b[0;31m"), ("truecolor", "\x1b[0;31m"), (None, "\x1b[")]
)
def test_what_the_terminal_shows_already_is_not_sent_again(colours, red):
    console = Console(file=io.StringIO(), force_terminal=True, color_system=colours, width=20)
    shown = Shown()

    def sent(text: str) -> str:
        return ChangedCells(Text(text, style="red"), shown).render_segments(console)  # type: ignore[arg-type]

    first = sent("Есть захват")
    assert red in first
    assert "Есть захват" in first
    assert sent("Есть захват") == ""
    assert "захват" not in sent("Нет  захват")
    shown.forget()
    assert "Нет  захват" in sent("Нет  захват")
