"""Help: what the keys do, what the marks mean, how a drill goes."""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from trainer.messages import N_
from trainer.messages import gettext as _
from trainer.tui.bands import BANDS, FLAGGED, GOOD, MISSING, STYLES
from trainer.tui.keys import bind
from trainer.tui.page import TEXTUALS, Page
from trainer.tui.widgets.cells import pad, wide


class HelpPage(Page):
    heading = N_("Help")
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("m", "manual", N_("Manual")),
        bind("escape,q", "app.pop_screen", N_("Back")),
    ]
    AUTO_FOCUS = "#help"

    def __init__(self, about: Page | None = None) -> None:
        """about: the screen that was on top, to be explained first."""
        super().__init__()
        self._about = about

    def body(self) -> Iterable[Widget]:
        with VerticalScroll(id="help"):
            yield Static(id="help-text")

    def fill(self) -> None:
        self.query_one("#help-text", Static).update(Content("\n").join(self._text()))

    def action_manual(self) -> None:
        from trainer.tui.screens.manual import ManualPage

        self.app.push_screen(ManualPage())

    def _text(self) -> Iterable[Content]:
        if self._about is not None:
            yield from self._of(self._about)
        yield _title(_("How a drill goes"))
        yield Content(
            _(
                "You hear or read a call. Press Space and speak; silence ends the call, or Space again. "
                "Then you see which words and sounds were right, and what to do about the others."
            )
        )
        yield Content("")
        for title, keys in self._keys():
            yield _title(title)
            for key, text in keys:
                yield Content.assemble((pad(key, 9), "bold $accent"), text)
            yield Content("")
        yield _title(_("Marks"))
        limits = {"●": f"{GOOD:.0f}–100", "◐": f"{FLAGGED:.0f}–{GOOD:.0f}", "○": f"0–{FLAGGED:.0f}"}
        names = {"●": _("good"), "◐": _("fair"), "○": _("poor")}
        for _least, colour, mark in BANDS:
            yield Content.assemble((pad(f"{mark} {limits[mark]}", 9), STYLES[colour]), names[mark])
        yield Content.assemble((pad(MISSING, 9), "$text-error"), _("left out, or nobody answered"))
        yield Content.assemble((pad("ɨ(i)", 9), "bold"), _("the sound expected, and in brackets what was heard"))
        yield Content.assemble((pad("↻", 9), "$text-warning"), _("due again"))
        yield Content("")
        yield _title(_("The mouth"))
        yield Content(
            _(
                "Seen from the left, lips first. The filled tongue shows the sound as it should be, the dotted line "
                "what was heard. A ripple in the throat is voice, an open way at the back air through the nose."
            )
        )

    def _of(self, page: Page) -> Iterable[Content]:
        """The marks that stand on a screen just now, and the keys that work there."""
        if marks := list(page.explained()):
            yield _title(_("What is marked in this call"))
            width = max(wide(mark) for mark, _meaning in marks) + 2
            for mark, meaning in marks:
                yield Content.assemble((pad(mark, width), "bold"), meaning)
            yield Content("")
        keys: dict[str, tuple[str, str]] = {}
        for active in page.active_bindings.values():
            binding = active.binding
            if binding.description and active.enabled and active.node is page and binding.action not in TEXTUALS:
                keys.setdefault(binding.action, (self.app.get_key_display(binding), _(binding.description)))
        if keys:
            yield _title(_("On this screen: {name}").format(name=_(page.heading)))
            width = max(wide(key) for key, _text in keys.values()) + 2
            for key, text in keys.values():
                yield Content.assemble((pad(key, width), "bold $accent"), text)
            yield Content("")

    def _keys(self) -> Iterable[tuple[str, list[tuple[str, str]]]]:
        yield (
            _("On the loop"),
            [
                (
                    _("Space"),
                    _("talk; again, or silence, ends the call. Held down where the terminal tells of releases"),
                ),
                ("Esc", _("close the microphone at once and take the call back; hush what sounds; then: leave")),
                ("1  2", _("hear the reference, hear yourself")),
                ("3  4", _("both at half speed")),
                ("↵", _("next call")),
                ("A", _("the same call again")),
                ("←  →", _("walk the words: their sounds, and the keys that hear them, follow")),
                ("W", _("only this word: slowly, at its pace, in its call")),
                ("R", _("the rule of the sound that is poor, on a card")),
                ("P", _("the melody: your pitch over the reading's")),
                ("Y", _("hear the difference: the word as it should be, and yours")),
                ("↑  ↓", _("scroll what does not fit; PgUp, PgDn by pages")),
                ("L", _("cycle: hear, say, see, again")),
                ("S  H", _("skip the call, hold the drill")),
                ("W", _("on the board: drill in pairs, at one terminal or across the network; or watch pairs")),
            ],
        )
        yield (
            _("Ways to read a call"),
            [
                ("I", _("sounds in IPA")),
                ("T", _("in letters of your own: capitals are stressed, ’ makes a consonant soft, kh is a rough h")),
                ("M", _("meaning")),
                ("X", _("a hint: first letters, every other word, all of it; each step costs 10 points")),
                ("Tab", _("words, sounds, timing (on a narrow screen)")),
            ],
        )
        yield (
            _("Everywhere"),
            [
                ("^P", _("all commands, by name")),
                ("F1", _("this page; M: the manual")),
                ("^L  ^Z", _("draw the screen anew; to the shell, until `fg`")),
                ("F2", _("English, Russian")),
                ("^Q", _("quit")),
            ],
        )


def _title(text: str) -> Content:
    return Content.styled(text, "bold $secondary")
