"""Text that is drawn anew only where it is another one: laying out a page takes longer than what is shown in it."""

from textual.content import Content
from textual.widgets import Static


class Steady(Static):
    _shown: Content | None = None

    def update(self, content: Content, *, layout: bool = True) -> None:  # type: ignore[override]
        if self._shown is None or not self._shown.is_same(content):
            self._shown = content
            super().update(content, layout=layout)
