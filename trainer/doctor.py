"""What this machine has of what the program can use, what is missing, and the one command that mends it."""

import os
import platform
import re
import select
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from trainer import __version__
from trainer.data_folder import data_folder
from trainer.errors import UserError
from trainer.languages import LANGUAGES
from trainer.messages import gettext as _
from trainer.messages import ngettext

State = Literal["good", "fair", "bad"]

ROOM = 500_000_000  # bytes free on the disk: below it, recordings of a long course may not fit
SMALLEST = (80, 24)  # columns and lines that the console needs
KEYBOARD_ANSWER = 1.0  # s to wait for the terminal to tell of its keyboard protocol


@dataclass(frozen=True)
class Finding:
    """One thing looked at. key: its name for programs; mend: the command or act that mends it, empty where all is well.

    good: all is well; fair: it works, and could be better; bad: something does not work without it."""

    key: str
    name: str
    state: State
    told: str
    mend: str = ""


def examine() -> Iterator[Finding]:
    """Everything, in the order in which a drill needs it."""
    yield Finding(
        "program", _("program"), "good", f"ruston {__version__}, Python {platform.python_version()}, {_system()}"
    )
    for look in (_settings, _sound, _phones, _words, _hub, _records, _disk, _terminal):
        try:
            yield from look()
        except UserError as error:
            yield Finding(look.__name__.strip("_"), look.__name__.strip("_"), "bad", str(error))


def _settings() -> Iterator[Finding]:
    from trainer.settings import settings

    if trouble := settings().trouble:
        yield Finding("settings", _("settings"), "bad", trouble, _("mend or delete the file"))


def _system() -> str:
    return f"{platform.system()} {platform.machine()}"


def _sound() -> Iterator[Finding]:
    from trainer.audio.devices import devices, portaudio

    name = "PortAudio"
    try:
        version = portaudio().get_portaudio_version()[1].split(",")[0]
    except UserError as error:
        yield Finding("portaudio", name, "bad", str(error), _install_portaudio())
        return
    yield Finding("portaudio", name, "good", version)
    kinds: tuple[tuple[Literal["input", "output"], str, str, str], ...] = (
        ("input", "microphone", _("microphone"), _("connect a microphone, or drill from recordings: --mic FILE")),
        ("output", "loudspeaker", _("loudspeaker"), _("connect a loudspeaker or headphones")),
    )
    for direction, key, shown, mend in kinds:
        found = devices(direction)
        chosen = next((device for device in found if device.default), found[0] if found else None)
        if chosen:
            told = _("{name}, {rate:.0f} Hz").format(name=chosen.name, rate=chosen.rate)
            more = len(found) - 1
            if more:
                told += " " + ngettext("(and {n} more)", "(and {n} more)", more).format(n=more)
            yield Finding(key, shown, "good", told)
        else:
            yield Finding(key, shown, "bad", _("none found"), mend)


def _install_portaudio() -> str:
    commands = {"apt-get": "sudo apt-get install libportaudio2", "dnf": "sudo dnf install portaudio"}
    commands |= {"pacman": "sudo pacman -S portaudio", "brew": "brew install portaudio"}
    return next((command for tool, command in commands.items() if shutil.which(tool)), "pip install -U sounddevice")


def _phones() -> Iterator[Finding]:
    from trainer.speech.acoustic import AcousticModel
    from trainer.speech.choosing import phones_folder
    from trainer.speech.hub import HubModel

    name = _("sounds")
    try:
        built_in = AcousticModel()
        built_in.check()
        yield Finding("phone-model", name, "good", _("{model}, built in").format(model=built_in.name))
    except UserError as error:
        yield Finding("phone-model", name, "bad", str(error), "pip install --force-reinstall ruston")
    try:
        if folder := phones_folder():
            HubModel(folder).check()
            yield Finding("chosen-phone-model", name, "good", _("{model} scores").format(model=folder.name))
    except UserError as error:
        yield Finding("chosen-phone-model", name, "bad", str(error), "ruston models use built-in")


def _words() -> Iterator[Finding]:
    from trainer.models.catalogue import catalogue
    from trainer.settings import settings
    from trainer.speech import vocabulary
    from trainer.speech.choosing import words_folder
    from trainer.speech.vosk import VoskWords

    small = {language: entry.name for entry in reversed(catalogue().model) for language in entry.languages
             if entry.kind == "vosk"}  # fmt: skip
    for language in LANGUAGES:
        name = {"en": _("English words"), "ru": _("Russian words")}[language]
        key = f"words-{language}"
        chosen, folder, own = settings().words.get(language), words_folder(language), vocabulary.built_in(language)
        if folder is None and (chosen or own is None):
            told = _("heard by the built-in phone model; Vosk hears them live with less work for the computer")
            if chosen:
                told = _("{name} is chosen, but not installed").format(name=chosen)
            yield Finding(key, name, "fair", told, f"ruston models install {small[language]}")
            continue
        told = _("{name}, {size:.0f} MB") if folder else _("{name}, {size:.0f} MB; in the end the phone model")
        folder = folder or own
        assert folder
        try:
            VoskWords(folder, language).check()
            size = vocabulary.size(folder) / 1e6
            yield Finding(key, name, "good", told.format(name=folder.name, size=size))
        except UserError as error:
            ours = folder == own
            mend = "pip install --force-reinstall ruston" if ours else f"ruston models install {folder.name}"
            yield Finding(key, name, "bad", str(error), mend)


def _hub() -> Iterator[Finding]:
    from importlib.util import find_spec  # asked of nothing else

    name = _("big models")
    if find_spec("torch") and find_spec("transformers"):
        yield Finding("hub", name, "good", _("torch and transformers are there"))
    else:
        told = _("torch and transformers are not installed; only phone models of Hugging Face need them")
        yield Finding("hub", name, "good", told, "pip install 'ruston[hub]'")


def _records() -> Iterator[Finding]:
    from trainer.records.connecting import target

    name = _("records")
    found = target()
    folder = found.path.parent if found.path else data_folder().absolute()
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    if os.access(nearest, os.W_OK | os.X_OK) and nearest.is_dir():
        yield Finding("records", name, "good", found.place)
    else:
        mend = _("choose another folder: RUSTON_DATA=FOLDER")
        yield Finding("records", name, "bad", _("{folder} cannot be written").format(folder=folder), mend)


def _disk() -> Iterator[Finding]:
    folder = data_folder().absolute()
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(nearest).free
    told = _("{size:.1f} GB free").format(size=free / 1e9)
    mend = "" if free >= ROOM else _("make room, or choose another disk: RUSTON_DATA=FOLDER")
    yield Finding("disk", _("disk"), "good" if free >= ROOM else "fair", told, mend)


def _terminal() -> Iterator[Finding]:
    name = _("terminal")
    if not sys.stdout.isatty():
        yield Finding("terminal", name, "fair", _("output does not go to a terminal"), _("run it in a terminal window"))
        return
    columns, lines = os.get_terminal_size(sys.stdout.fileno())
    fits = columns >= SMALLEST[0] and lines >= SMALLEST[1]
    size = _("{columns} × {lines} characters").format(columns=columns, lines=lines)
    mend = "" if fits else _("enlarge the window to {columns} × {lines}").format(columns=SMALLEST[0], lines=SMALLEST[1])
    yield Finding("terminal-size", name, "good" if fits else "bad", size, mend)
    unicode = "utf" in (sys.stdout.encoding or "").lower()
    mend = "" if unicode else "PYTHONUTF8=1 ruston"
    told = _("UTF-8") if unicode else _("no UTF-8: Cyrillic and IPA cannot be shown")
    yield Finding("terminal-text", name, "good" if unicode else "bad", told, mend)
    from rich.console import Console

    colours = {"truecolor": 1 << 24, "256": 256, "standard": 16, "windows": 16}.get(Console().color_system or "", 2)
    enough = colours >= 256
    told = ngettext("{n} colour", "{n} colours", colours).format(n=colours)
    yield Finding(
        "terminal-colours", name, "good" if enough else "fair", told, "" if enough else "TERM=xterm-256color ruston"
    )
    releases = key_releases()
    told = (
        _("tells when a key is released: hold Space to talk")
        if releases
        else _("does not tell when a key is released: Space keys on and off")
    )
    mend = (
        ""
        if releases
        else _("for hold-to-talk use a terminal with the kitty keyboard protocol: kitty, foot, WezTerm, Ghostty")
    )
    yield Finding("terminal-keys", name, "good" if releases else "fair", told, mend)


def key_releases(ask: Callable[[], str] | None = None) -> bool:
    """Whether the terminal speaks the kitty keyboard protocol, which knows key releases.

    The terminal is asked for its keyboard flags, then for its device attributes, which every terminal answers."""
    answer = (ask or _asked)()
    return re.search(r"\x1b\[\?\d+u", answer) is not None


def _asked() -> str:
    if sys.platform == "win32" or not sys.stdin.isatty():
        return ""
    import termios  # not on Windows
    import tty  # likewise

    source = sys.stdin.fileno()
    before = termios.tcgetattr(source)
    answer = ""
    try:
        tty.setcbreak(source)
        os.write(sys.stdout.fileno(), b"\x1b[?u\x1b[c")
        end = time.monotonic() + KEYBOARD_ANSWER
        while not re.search(r"\x1b\[\?[\d;]*c", answer) and (left := end - time.monotonic()) > 0:
            if select.select([source], [], [], left)[0]:
                answer += os.read(source, 256).decode("ascii", "replace")
    finally:
        termios.tcsetattr(source, termios.TCSANOW, before)
    return answer
