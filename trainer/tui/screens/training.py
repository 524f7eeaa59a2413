"""Train: what there is beside calls, what is weak, and what it is good for."""

from collections.abc import Callable, Iterable
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from trainer.errors import UserError
from trainer.messages import N_
from trainer.messages import gettext as _
from trainer.tui.keys import bind
from trainer.tui.page import Page
from trainer.tui.widgets.choices import Choices


def _ear() -> Page:
    from trainer.tui.screens.ear import EarPage

    return EarPage()


def _listening() -> Page:
    from trainer.tui.screens.listening import ListeningPage

    return ListeningPage()


def _mouth() -> Page:
    from trainer.tui.screens.mouth import MouthPage

    return MouthPage()


def _melody() -> Page:
    from trainer.tui.screens.melody import MelodyPage

    return MelodyPage()


def _rules() -> Page:
    from trainer.tui.screens.rules import RulesPage

    return RulesPage()


def _shadow() -> Page:
    from trainer.tui.screens.shadow import ShadowPage

    return ShadowPage()


def _load() -> Page:
    from trainer.tui.screens.load import LoadPage

    return LoadPage()


# Name, what it is, and its screen.
EXERCISES: dict[str, tuple[str, Callable[[], str], Callable[[], Page]]] = {
    "ear": (
        N_("Ear"),
        lambda: _("Two words that sound nearly alike, by several talkers: which one was it? Harder as you get better."),
        _ear,
    ),
    "listen": (
        N_("By ear"),
        lambda: _("A call is heard: which of four meanings is it? It needs no microphone."),
        _listening,
    ),
    "mouth": (
        N_("Mouth"),
        lambda: _("Your weakest sound: by itself, in a syllable, a word, a call. Heard slowly, said, scored."),
        _mouth,
    ),
    "melody": (
        N_("Melody"),
        lambda: _("Your pitch over the reading's: question or statement, its centre, weak words said in full."),
        _melody,
    ),
    "rules": (
        N_("Rules in a minute"),
        lambda: _("Fifteen cards on what one must know of the language's sounds, with words of the calls to hear."),
        _rules,
    ),
    "shadow": (
        N_("Shadowing"),
        lambda: _("Speak along with the reading, evenly behind it; it gets faster as you keep up. Wear a headset."),
        _shadow,
    ),
    "load": (
        N_("Under load"),
        lambda: _("Read calls back while a count must go on or a gauge be held; each call with and without it."),
        _load,
    ),
}


class TrainingPage(Page):
    heading = N_("Train")
    AUTO_FOCUS = "#exercises"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("enter", "begin", N_("Begin")),
        bind("escape", "app.pop_screen", N_("Back")),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._weak: tuple[str, ...] | None = None

    def body(self) -> Iterable[Widget]:
        with Horizontal(id="board"):
            with Vertical(id="phase-box"):
                yield Choices(id="exercises")
            with VerticalScroll(id="phase-about", can_focus=False):
                yield Static(id="about")

    def fill(self) -> None:
        options = self.query_one("#exercises", Choices)
        chosen = options.row
        options.clear_options()
        options.add_options(
            Option(Content.styled(_(name), "bold"), id=key) for key, (name, _a, _s) in EXERCISES.items()
        )
        options.show(chosen)
        self._show_about()
        self.run_worker(self._load, thread=True, exclusive=True, exit_on_error=False)

    def on_screen_resume(self) -> None:
        if self.is_mounted:
            self.run_worker(self._load, thread=True, exclusive=True, exit_on_error=False)

    def _load(self) -> None:
        from trainer.live.practice import Practising

        try:
            self._weak = Practising(self.program, self.program.seat).weak()
        except UserError as error:
            self.app.call_from_thread(self.notify, str(error), severity="warning", timeout=8)
            return
        self.app.call_from_thread(self._show_about)

    @on(OptionList.OptionHighlighted, "#exercises")
    def _pointed(self) -> None:
        self._show_about()

    @on(OptionList.OptionSelected, "#exercises")
    def _selected(self) -> None:
        self.action_begin()

    def _show_about(self) -> None:
        if not self.is_mounted:
            return
        name, about, _screen = EXERCISES[self.query_one("#exercises", Choices).row or next(iter(EXERCISES))]
        rows = [Content.styled(_(name), "bold $accent"), Content(about())]
        if self._weak is not None:
            weak = " ".join(f"[{self.reader.phone(sound, self.program.seat.target)}]" for sound in self._weak)
            rows += [Content(""), Content.styled(_("Weak now: {sounds}").format(sounds=weak or "-"), "$foreground 70%")]
        self.query_one("#about", Static).update(Content("\n").join(rows))

    def action_begin(self) -> None:
        self.app.push_screen(EXERCISES[self.query_one("#exercises", Choices).row or next(iter(EXERCISES))][2]())
