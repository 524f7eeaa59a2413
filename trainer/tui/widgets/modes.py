"""The kinds of drill in a row, one chosen."""

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from trainer.drill.plan import MODES, Mode
from trainer.wording import mode_name


class ModeBar(Widget):
    mode: reactive[Mode] = reactive("echo")

    class Chosen(Message):
        def __init__(self, mode: Mode) -> None:
            super().__init__()
            self.mode = mode

    def __init__(self, mode: Mode) -> None:
        super().__init__()
        self.set_reactive(ModeBar.mode, mode)

    def render(self) -> Content:
        parts: list[Content] = []
        for number, mode in enumerate(MODES, 1):
            label = f" {number} {mode_name(mode)} "
            parts.append(
                Content.styled(label, "bold $on-accent on $accent" if mode == self.mode else "$foreground 80%")
            )
        return Content(" ").join(parts)

    def on_click(self, event: events.Click) -> None:
        place = 0
        for number, mode in enumerate(MODES, 1):
            place += len(f" {number} {mode_name(mode)} ") + 1
            if event.x - self.styles.padding.left < place:
                self.post_message(self.Chosen(mode))
                return
