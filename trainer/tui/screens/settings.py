"""Settings: what is heard and how, the devices, the colours, the language. Each change is in force at once."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, ClassVar

from textual import on
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Label, Select, Static

from trainer.data_folder import data_folder
from trainer.errors import UserError
from trainer.messages import N_, interface_language
from trainer.messages import gettext as _
from trainer.settings import save_settings, settings
from trainer.tui import preferences
from trainer.tui.keys import bind
from trainer.tui.page import Page

DEFAULT = ""


class SettingsPage(Page):
    heading = N_("Settings")
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("escape", "app.pop_screen", N_("Back")),
        bind("c", "app.open('audio')", N_("Audio check")),
    ]
    AUTO_FOCUS = "#interface"

    def __init__(self) -> None:
        super().__init__()
        self._devices: dict[str, list[str]] = {"input": [], "output": []}
        self._ready = False

    def body(self) -> Iterable[Widget]:
        chosen = self.console.preferences
        with VerticalScroll(id="settings", can_focus=False):
            how = _("Tab: to the next setting · ↵: what there is, ↑ ↓ among it, ↵ takes it")
            yield Static(Content.styled(how, "$foreground 60%"), id="settings-how")
            yield _row(
                _("Language"), self._select("interface", [("English", "en"), ("Русский", "ru")], interface_language())
            )
            themes = sorted(self.app.available_themes, key=lambda name: (not name.startswith("ruston"), name))
            yield _row(_("Colours"), self._select("theme", [(_theme(name), name) for name in themes], self.app.theme))
            lines = [(_("full screen"), False), (_("labelled lines, from the next start on"), True)]
            yield _row(_("Console"), self._select("plain", lines, settings().plain))
            if self.program.signed_on:
                letters = [(_("no, I read the other alphabet"), False), (_("yes, beside what is written"), True)]
                yield _row(_("My letters"), self._select("letters", letters, self.program.letters))
            pictures = [(_("real ones, if the terminal can"), True), (_("in characters"), False)]
            yield _row(_("Pictures"), self._select("pictures", pictures, chosen.pictures))
            voices = [(_("man"), "man"), (_("woman"), "woman")]
            yield _row(_("English voice"), self._select("voice_en", voices, chosen.voice_en))
            yield _row(_("Russian voice"), self._select("voice_ru", voices, chosen.voice_ru))
            radio = [(_("none"), 0.0), (_("light"), 0.2), (_("as usual"), 0.4), (_("poor link"), 0.8)]
            yield _row(
                _("Radio colour"),
                self._select("radio", radio, _nearest(chosen.radio, [value for _name, value in radio])),
            )
            speeds = [(_("{speed:.1f}×").format(speed=speed), speed) for speed in (0.6, 0.8, 1.0)]
            yield _row(_("Pace of the prompts"), self._select("speed", speeds, _nearest(chosen.speed, [0.6, 0.8, 1.0])))
            hear = [(_("hear the worst word: right, then yours"), True), (_("silence"), False)]
            yield _row(_("After a score"), self._select("compare", hear, chosen.compare))
            yield _row(
                _("Delay by satellite"), self._select("relay", [(_("no"), False), (_("yes"), True)], chosen.relay)
            )
            yield _row(_("Microphone"), self._select("mic", self._choices("input", chosen.mic), chosen.mic or DEFAULT))
            yield _row(
                _("Loudspeaker"),
                self._select("speaker", self._choices("output", chosen.speaker), chosen.speaker or DEFAULT),
            )
            yield Static(id="settings-note")

    def fill(self) -> None:
        self._ready = True
        note = (
            _("Kept in {folder}.").format(folder=data_folder())
            if self.console.preferences.kept
            else _("Nothing is kept in this run.")
        )
        if self.program.options.mic or self.program.options.speaker:
            note += " " + _("A device named on the command line comes first.")
        self.query_one("#settings-note", Static).update(Content.styled(note, "$foreground 55%"))
        if not self._devices["input"] and not self._devices["output"]:
            self.run_worker(self._find_devices, thread=True, exit_on_error=False)

    def _select(self, name: str, options: list[tuple[str, Any]], value: Any) -> Select[Any]:
        values = [option for _label, option in options]
        shown = [(Content(label), option) for label, option in options]  # names of devices are no markup
        return Select(shown, value=value if value in values else values[0], allow_blank=False, id=name, compact=True)

    def _choices(self, direction: str, chosen: str | None) -> list[tuple[str, str]]:
        names = list(dict.fromkeys([*self._devices[direction], *([chosen] if chosen and chosen != "mute" else [])]))
        mute = [(_("mute"), "mute")] if direction == "output" else []
        return [(_("the system's"), DEFAULT), *mute, *((name, name) for name in names)]

    def _find_devices(self) -> None:
        from trainer.audio.devices import devices

        found: dict[str, list[str]] = {"input": [], "output": []}
        try:
            found["input"] = list(dict.fromkeys(device.name for device in devices("input")))
            found["output"] = list(dict.fromkeys(device.name for device in devices("output")))
        except UserError as error:
            self.app.call_from_thread(self.notify, str(error), severity="warning")
            return
        self.app.call_from_thread(self._devices_found, found)

    def _devices_found(self, found: dict[str, list[str]]) -> None:
        self._devices = found
        chosen = self.console.preferences
        for name, direction, value in (("mic", "input", chosen.mic), ("speaker", "output", chosen.speaker)):
            select: Select[Any] = self.query_one(f"#{name}", Select)
            with self.prevent(Select.Changed):
                select.set_options(self._choices(direction, value))
                select.value = value or DEFAULT

    @on(Select.Changed)
    async def _chosen(self, event: Select.Changed) -> None:
        name, value = event.select.id, event.value
        current = {**vars(self.console.preferences), "interface": interface_language(), "theme": self.app.theme}
        current |= {"plain": settings().plain, "letters": self.program.letters}
        if not self._ready or name is None or value == (DEFAULT if current.get(name) is None else current[name]):
            return
        if name == "interface":
            await self.console.speak(str(value))
            self._change(interface=str(value))
        elif name == "theme":
            self.console.use_theme(str(value))
        elif name in ("plain", "letters"):
            self._keep(name, bool(value))
        else:
            self._change(**{name: value if value != DEFAULT else None})

    def _keep(self, name: str, value: bool) -> None:
        try:
            if name == "letters":
                self.program.show_letters(value)
            elif self.console.preferences.kept:
                save_settings(replace(settings(), plain=value))
        except UserError as error:
            self.notify(str(error), severity="warning", timeout=8)

    def _change(self, **values: Any) -> None:
        self.console.preferences = self.console.preferences.changed(**values)
        preferences.apply(self.console.preferences, self.program)


def _row(label: str, widget: Widget) -> Widget:
    return Horizontal(Label(Content(label)), widget, classes="setting")


def _theme(name: str) -> str:
    return {
        "ruston": _("night (RUSTON)"),
        "ruston-day": _("day (RUSTON)"),
        "ruston-clear": _("blue and orange, for colour-blind eyes (RUSTON)"),
    }.get(name, name)


def _nearest(value: float, known: list[float]) -> float:
    return min(known, key=lambda one: abs(one - value))
