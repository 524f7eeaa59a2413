"""The keys that work now."""

from textual.app import ComposeResult
from textual.widgets import Footer
from textual.widgets._footer import FooterKey


class KeyBar(Footer):
    """Textual's footer without its palette key at the far end, which would cover the others on a narrow screen."""

    def __init__(self) -> None:
        super().__init__(show_command_palette=False, compact=True)

    def compose(self) -> ComposeResult:
        seen: set[str] = set()
        for child in super().compose():
            if isinstance(child, FooterKey):
                if child.action in seen:
                    continue
                seen.add(child.action)
            yield child
