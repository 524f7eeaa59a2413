"""The state of the loop and of the microphone: always there, in words, never by colour alone."""

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from trainer.drill.session import Channel
from trainer.messages import gettext as _
from trainer.tui.widgets.cells import pad

QUIET, LOUD = -60.0, 0.0  # dBFS: ends of the meter
TOO_LOUD = -3.0  # dBFS
METER = 20


class ChannelBar(Widget):
    """level: dBFS while the key is down, None otherwise. speaker: who is heard. note: what is going on just now."""

    channel: reactive[Channel] = reactive("clear")
    level: reactive[float | None] = reactive(None)
    clipped: reactive[bool] = reactive(False)
    seconds: reactive[float] = reactive(0.0)
    speaker: reactive[str] = reactive("")
    note: reactive[str] = reactive("")
    held: reactive[bool] = reactive(False)

    def __init__(self, *, microphone: bool = True) -> None:
        """microphone: whether one is used on this screen."""
        super().__init__()
        self._used = microphone

    def render(self) -> Content:
        width = self.size.width
        left = Content.assemble(" ", self._state(), "  ", self._microphone())
        right = Content.assemble((self.note, "$foreground 80%"), " ")
        gap = width - left.cell_length - right.cell_length
        return Content.assemble(left, " " * gap, right) if gap > 0 else left

    def _state(self) -> Content:
        if self.held:
            return Content.styled(" ‖ " + _("HELD") + " ", "bold reverse")
        match self.channel:
            case "transmit":
                return Content.styled(" ● " + _("TRANSMIT") + " ", "bold $on-accent on $error")
            case "receive":
                who = f" {self.speaker}" if self.speaker else ""
                return Content.styled(" ◀ " + _("RECEIVE") + f"{who} ", "bold $on-accent on $secondary")
            case _:
                return Content.styled(" ○ " + _("CLEAR") + " ", "bold $foreground 70% on $panel")

    def _microphone(self) -> Content:
        if self.channel != "transmit":
            return Content.styled(_("mic closed") if self._used else "", "$foreground 55%")
        level = QUIET if self.level is None else self.level
        share = max(0.0, min(1.0, (level - QUIET) / (LOUD - QUIET)))
        filled = round(share * METER)
        loud = self.clipped or level > TOO_LOUD
        colour = "$text-error" if loud else "$text-success"
        words = _("too loud") if loud else pad(f"{level:.0f} dB", 6)
        return Content.assemble(
            (_("MIC OPEN"), "bold $text-error"), " ",
            ("▮" * filled, colour), ("▯" * (METER - filled), "$foreground 25%"),
            f" {words} ", _("{seconds:.1f} s").format(seconds=self.seconds),
        )  # fmt: skip
