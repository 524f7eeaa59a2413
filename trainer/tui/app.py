"""The app: screens, themes, language, the commands of the palette."""

import asyncio
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from rich.segment import Segment
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.color import Color
from textual.command import CommandPalette
from textual.driver import Driver
from textual.filter import LineFilter
from textual.notifications import SeverityLevel
from textual.screen import Screen

from trainer.errors import UserError
from trainer.languages import other
from trainer.live.key_socket import KeySocket, Press
from trainer.live.program import Options, Program, crew
from trainer.messages import N_, choose_language, interface_language
from trainer.messages import gettext as _
from trainer.settings import settings
from trainer.text_out import uncommanding
from trainer.tui import preferences
from trainer.tui.changed_cells import ChangedCells, Shown
from trainer.tui.keys import bind, display
from trainer.tui.page import TEXTUALS, Page
from trainer.tui.screens.picking import Picking
from trainer.tui.screens.sign_on import SignOn
from trainer.tui.screenshot import in_cells
from trainer.tui.themes import NIGHT, THEMES
from trainer.tui.widgets.picture import Picture

if TYPE_CHECKING:
    from trainer.drill.plan import Mode, Plan, Seat
    from trainer.live.today import Unfinished
    from trainer.loop.code import JoinCode
    from trainer.tui.graphics import Graphics


TURN = 0.001  # s for which a thread runs before another may: who draws and who listens wait no longer for who scores


class Harmless(LineFilter):
    """No text on any screen commands the terminal."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            segment if segment.control else Segment(uncommanding(segment.text), segment.style) for segment in segments
        ]


HARMLESS = Harmless()


class Console(App[None]):
    CSS_PATH = "ruston.tcss"
    TITLE = "RUSTON"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (34, "-tall")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("f1", "help", N_("Help")),
        bind("f2", "language", N_("Русский")),
        Binding("ctrl+p", "command_palette", N_("Commands"), priority=True),
        Binding("ctrl+q", "quit", N_("Quit"), priority=True, show=False),
        Binding("ctrl+z", "suspend_process", "", show=False),
        Binding("ctrl+l", "show_all", "", show=False),
    ]

    def __init__(self, options: Options | None = None, first: Callable[[], Screen[Any]] | None = None) -> None:
        """first: the screen to begin with, where it is not the sign-on."""
        super().__init__()
        self.program = Program(options, self._tell)
        self.preferences = preferences.load(self.program)
        self._first = first
        self._key_socket: KeySocket | None = None
        self._shown = Shown()
        self.told_to_end = False  # by the system, not by a key
        self.pointed = ""  # the row of the board that somebody was at last
        for theme in THEMES:
            self.register_theme(theme)

    def get_driver_class(self) -> type[Driver]:
        found = super().get_driver_class()
        if found.__name__ != "LinuxDriver":
            return found
        from trainer.tui.keyboard import ReleaseDriver

        return ReleaseDriver

    @property
    def real_pictures(self) -> bool:
        """Whether pictures may be more than characters."""
        return self.preferences.pictures

    @property
    def graphics(self) -> "Graphics | None":
        """How real pictures are drawn here; None where they are drawn in characters."""
        able: Graphics | None = getattr(self._driver, "graphics", None) if self.real_pictures else None
        # kitty's pictures have their number in the colour of their cells: fewer colours would change it.
        return None if able and able.protocol == "kitty" and self.console.color_system != "truecolor" else able

    def export_screenshot(self, *, title: str | None = None, simplify: bool = False) -> str:
        return in_cells(super().export_screenshot(title=title, simplify=simplify))

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), HARMLESS]

    def notify(
        self, message: str, *, title: str = "", severity: SeverityLevel = "information", timeout: float | None = None,
        markup: bool = False,
    ) -> None:  # fmt: skip
        """What is told may hold the names of people and files: it is never markup. What is shown is not repeated."""
        if any(shown.message == message for shown in self._notifications):
            return
        super().notify(message, title=title, severity=severity, timeout=timeout, markup=False)

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        """While widgets are made anew Textual throws away what a screen draws, and believes that it is on the terminal.
        It is drawn again, all of it: the first picture of a screen may be among it, and the one before showed through.
        """
        if renderable is not None and self._batch_count:
            screen.refresh()
        if isinstance(renderable, LayoutUpdate | ChopsUpdate):
            renderable = ChangedCells(renderable, self._shown)
        super()._display(screen, renderable)
        if renderable is not None and self.graphics and self.graphics.protocol != "kitty" and not self._batch_count:
            self._lay_pictures(screen)

    def _lay_pictures(self, screen: Screen[Any]) -> None:
        """Over cells that were drawn. Nobody knows what these show then: whatever is drawn there next is sent."""
        for picture in screen.query(Picture):
            if self._driver and self._shown.known(picture.on_screen) and (drawn := picture.over()):
                self._driver.write(drawn)
                self._driver.flush()
                self._shown.forget(picture.on_screen)

    @property
    def behind(self) -> bool:
        """Whether the terminal has not taken yet what was drawn: pictures that move can wait."""
        from trainer.tui.keyboard import ReleaseDriver

        return isinstance(self._driver, ReleaseDriver) and self._driver.behind

    def action_show_all(self) -> None:
        """The terminal may have lost what it showed."""
        self._shown.forget()
        self.screen.refresh()

    def action_suspend_process(self) -> None:
        """To the shell, until it says `fg`; no microphone stays open meanwhile."""
        if isinstance(self.screen, Page):
            self.screen.close_microphone()
        super().action_suspend_process()

    def action_help_quit(self) -> None:
        """^C: Textual says so in English."""
        self.notify(_("^Q quits."))

    def on_resize(self) -> None:
        self._shown.forget()

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """For themes that are not ours."""
        return {"on-accent": "#000000"}

    def on_mount(self) -> None:
        sys.setswitchinterval(TURN)
        self._end_in_order()
        known = self.preferences.theme
        self.theme = known if known in self.available_themes else NIGHT.name
        self.app_resume_signal.subscribe(self, lambda _app: self.action_show_all())
        self.push_screen(self._first() if self._first else SignOn())
        if self._first:
            self.call_after_refresh(self.warm)
        if self.preferences.trouble:
            self.notify(self.preferences.trouble, severity="warning", timeout=10)
        self._use_own_keys()
        self._key_socket = self._heed_key_socket()
        if self.program.options.who:
            self.run_worker(self._straight_in, thread=True)

    def _use_own_keys(self) -> None:
        if own := settings().keys:
            from trainer.tui.keymap import keymap

            try:
                self.set_keymap(keymap(own, type(self)))
            except UserError as error:
                self.notify(str(error), severity="warning", timeout=15)

    def _heed_key_socket(self) -> KeySocket | None:
        """Pedals, buttons and shortcuts reach the key from outside; where they cannot, the keyboard does."""
        try:
            return KeySocket(lambda press: self.call_from_thread(self._pressed_outside, press))
        except UserError as error:
            self.log.warning(str(error))
            return None

    def _pressed_outside(self, press: Press) -> bool:
        """Whether the screen heeded it."""
        return self.screen.pressed_outside(press) if isinstance(self.screen, Page) else False

    def _tell(self, trouble: str) -> None:
        """What went wrong while the program goes on; from any thread."""
        self.notify(trouble, severity="warning", timeout=8)

    def _straight_in(self) -> None:
        """Sign on and begin the drill that the command line asks for."""
        asked = self.program.options
        member = next((member for member in self.program.crew if member.id == asked.who), None)
        self.program.sign_on(asked.who or "", asked.first or (member.first if member else "en"), asked.name)
        self.call_from_thread(self.show_board)
        try:
            if asked.listed:
                self.call_from_thread(self.start, self.program.plan_listed(mode=asked.mode))
            else:
                self.begin(asked.mode, asked.phase)
        except UserError as error:
            self.call_from_thread(self.notify, str(error), severity="error")

    def warm(self) -> None:
        """Load what the next screens need, when the first one stands."""
        self.run_worker(self.program.warm, thread=True, group="warm", exit_on_error=False)

    def _end_in_order(self) -> None:
        """Whoever ends the process, or closes its terminal, gets the terminal back as it was."""
        if sys.platform != "win32" and threading.current_thread() is threading.main_thread():
            for ended in (signal.SIGTERM, signal.SIGHUP):
                asyncio.get_running_loop().add_signal_handler(ended, self._told_to_end)

    def _told_to_end(self) -> None:
        self.told_to_end = True
        self.exit()

    def on_unmount(self) -> None:
        if self._key_socket:
            self._key_socket.close()
        self.program.close()

    @property
    def whereabouts(self) -> str:
        """Who is at the desk."""
        if not self.program.signed_on:
            return ""
        from trainer.wording import in_language

        member = next((member for member in crew() if member.id == self.program.who), None)
        interface = interface_language()
        name = self.program.name or self.program.who
        if member and name in (*member.name.values(), member.id):
            name = member.name[interface]
        return f"{name} · {in_language(other(self.program.first))}"

    def get_key_display(self, binding: Binding) -> str:
        return display(binding.key_display or binding.key)

    # Language and colours

    async def action_language(self) -> None:
        await self.speak(other(interface_language()))
        self.preferences = self.preferences.changed(interface=interface_language())

    async def speak_to(self, first: str) -> None:
        """The interface speaks the own language of whoever signs on, unless another was chosen or asked for."""
        if preferences.follows(self.preferences, first):
            await self.speak(first)

    async def speak(self, language: str) -> None:
        choose_language(language)
        for screen in self.screen_stack:
            if isinstance(screen, Page):
                await screen.relabel()
            else:
                screen.refresh(recompose=True)
        self.refresh_bindings()

    def use_theme(self, name: str) -> None:
        self.theme = name
        self.preferences = self.preferences.changed(theme=name)

    # Ways

    def show_board(self) -> None:
        from trainer.tui.screens.board import Board

        while len(self.screen_stack) > 2:
            self.pop_screen()
        self.switch_screen(Board())

    def back(self) -> None:
        """To where this screen was opened from; to the board where it was the first."""
        if len(self.screen_stack) > 2 or not self.program.signed_on:
            self.pop_screen()
        else:
            self.show_board()

    def action_open(self, name: str) -> None:
        """One of the screens that can be looked into from anywhere."""
        if name == "help":
            self.action_help()
        elif not isinstance(self.screen, page := self._looked_into(name)):
            self.push_screen(page())

    def _looked_into(self, name: str) -> type[Page]:
        match name:
            case "progress":
                from trainer.tui.screens.progress import ProgressPage

                return ProgressPage
            case "inbox":
                from trainer.tui.screens.inbox import InboxPage

                return InboxPage
            case "training":
                from trainer.tui.screens.training import TrainingPage

                return TrainingPage
            case "audio":
                from trainer.tui.screens.audio_check import AudioCheck

                return AudioCheck
            case "phrasebook":
                from trainer.tui.screens.phrasebook import PhrasebookPage

                return PhrasebookPage
            case "desk":
                from trainer.tui.screens.desk import DeskPage

                return DeskPage
            case "manual":
                from trainer.tui.screens.manual import ManualPage

                return ManualPage
            case "settings":
                from trainer.tui.screens.settings import SettingsPage

                return SettingsPage
            case _:
                raise ValueError(name)

    def action_help(self) -> None:
        from trainer.tui.screens.help import HelpPage

        if not isinstance(self.screen, HelpPage):
            self.push_screen(HelpPage(self.screen if isinstance(self.screen, Page) else None))

    def action_demo(self) -> None:
        from trainer.tui.screens.demo import DemoPage

        self.push_screen(DemoPage())

    def start(self, plan: "Plan", *, instead: bool = False) -> None:
        """instead: of the page that is shown, to which nobody comes back then."""
        from trainer.tui.operator import Operator
        from trainer.tui.screens.ready import drill_page

        page = drill_page(Operator(plan))
        self.switch_screen(page) if instead else self.push_screen(page)

    def take_up(self, unfinished: "Unfinished") -> None:
        """Go on with a drill that was broken off."""
        from trainer.live.today import taken_up
        from trainer.tui.operator import Operator
        from trainer.tui.screens.ready import drill_page

        self.push_screen(drill_page(Operator(unfinished.plan, partial(taken_up, unfinished.events))))

    def begin(self, mode: "Mode", phase: str | None, *partner: "Seat") -> None:
        """Open a drill; called in a thread. partner: who is at this terminal, too. Raises UserError where there is
        nothing to drill."""
        plan = self.program.plan(mode, phase, *partner)
        self.call_from_thread(self.start, plan)

    def offer_ear(self, why: str, phase: str | None = None) -> None:
        """Without a microphone there is still something to do."""
        from trainer.tui.screens.listening import ListeningPage

        def answered(choice: str | None) -> None:
            if choice == "listen":
                self.push_screen(ListeningPage(phase))

        choices = [("listen", _("Drill by ear: hear calls, tell what they mean")), ("back", _("Back"))]
        self.push_screen(Picking(why, choices), answered)

    def host(self, mode: "Mode", phase: str | None) -> None:
        """Open a loop for a partner on another machine."""
        from trainer.loop.ends import HostEnd, Loop
        from trainer.tui.screens.waiting import WaitingPage

        self.push_screen(WaitingPage(HostEnd(self.program, Loop(mode, phase))))

    def action_join(self) -> None:
        from trainer.tui.screens.joining import Joining

        self.push_screen(Joining(), self._joining)

    def _joining(self, code: "JoinCode | None") -> None:
        from trainer.loop.ends import GuestEnd
        from trainer.tui.screens.waiting import WaitingPage

        if code:
            self.push_screen(WaitingPage(GuestEnd(self.program, code)))

    def action_watch(self) -> None:
        """Watch a loop as its instructor, and then as many as are added."""
        from trainer.tui.screens.joining import Joining

        self.push_screen(Joining("instructor"), self._watching)

    def _watching(self, code: "JoinCode | None") -> None:
        from trainer.loop.ends import Watching
        from trainer.loop.roles import role_name
        from trainer.tui.screens.watch import WatchPage

        if code:
            name = self.program.seat.name if self.program.signed_on else role_name("instructor")
            self.push_screen(WatchPage(Watching(self.program, name), [code]))

    # The palette

    def action_command_palette(self) -> None:
        if not isinstance(self.screen, CommandPalette):
            self.push_screen(CommandPalette(placeholder=_("Search for commands…"), id="--command-palette"))

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        yield SystemCommand(
            _("Language: English / Русский"), _("Change the language of all texts"), self._go("language")
        )
        for name, title, about in self._places():
            yield SystemCommand(title, about, partial(self.action_open, name))
        yield SystemCommand(_("Demo"), _("Two minutes on recorded voices"), self.action_demo)
        if self.program.signed_on:
            yield SystemCommand(_("Mission board"), _("Phases, mastery, what is due"), self.show_board)
            yield SystemCommand(_("Join with a code"), _("A partner's drill, across the network"), self.action_join)
        yield SystemCommand(_("Watch as instructor"), _("Drills of pairs, many at once"), self.action_watch)
        for theme in (theme.name for theme in THEMES):
            title = _("Theme: {name}").format(name=theme)
            yield SystemCommand(title, _("Change the colours"), partial(self.use_theme, theme))
        told = set()
        for active in screen.active_bindings.values():
            binding = active.binding
            if binding.action in told or binding.action in TEXTUALS:
                continue
            told.add(binding.action)
            if binding.description and active.enabled and active.node is screen:
                title = f"{_(binding.description)}  ({self.get_key_display(binding)})"
                yield SystemCommand(title, _("On this screen"), partial(screen.run_action, binding.action))
        yield SystemCommand(_("Quit"), _("Leave the console"), self._go("quit"))

    def _places(self) -> Iterable[tuple[str, str, str]]:
        if self.program.signed_on:
            yield "progress", _("Progress"), _("Trends and weak sounds")
            yield "inbox", _("From the instructor"), _("Assignments and comments")
            yield "training", _("Train"), _("Ear, mouth and melody, beside the calls")
        yield "phrasebook", _("Phrasebook"), _("All calls of the mission, with search")
        yield "audio", _("Audio check"), _("Devices, level, noise, one test sentence")
        yield "settings", _("Settings"), _("Voices, radio, devices, colours")
        yield "desk", _("Instructor's desk"), _("The class: roster, assignments, sign-off")
        yield "help", _("Help"), _("Keys and marks")
        yield "manual", _("Manual"), _("All of it, page by page")

    def _go(self, action: str) -> Callable[[], Any]:
        return partial(self.run_action, action)
