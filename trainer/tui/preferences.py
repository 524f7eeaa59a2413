"""What somebody chose at the console, kept in the settings file beside what other parts of the program keep there."""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from trainer.atomic_files import save
from trainer.data_folder import data_folder
from trainer.errors import UserError
from trainer.text_in import json_value, read_text

if TYPE_CHECKING:
    from trainer.live.program import Program

NAME = "settings.json"
RELAY_DELAY = 0.25  # s, as `trainer.audio.radio` has it; that module is too heavy for the first screen
KEY = "console"


@dataclass(frozen=True)
class Preferences:
    """radio: 0 to 1; relay_delay in seconds; mic and speaker None for the default device; kept: whether changes are
    written down."""

    theme: str = "ruston"
    interface: str | None = None
    who: str | None = None
    mode: str = "echo"
    voice: str = "man"
    radio: float = 0.4
    relay: bool = False
    speed: float = 1.0
    mic: str | None = None
    speaker: str | None = None
    ipa: bool = False
    letters: bool = False
    meaning: bool = True
    kept: bool = True

    def changed(self, **values: Any) -> Self:
        """With other values, written down where that is wanted. What cannot be written is still in force now."""
        new = replace(self, **values)
        if new.kept and new != self:
            with suppress(UserError, OSError):
                new._write()
        return new

    def _write(self) -> None:
        folder = data_folder()
        folder.mkdir(parents=True, exist_ok=True)
        content = _content()
        content[KEY] = {name: value for name, value in asdict(self).items() if name != "kept"}
        save(folder / NAME, json.dumps(content, ensure_ascii=False, indent=2) + "\n")


def load(program: "Program") -> Preferences:
    """What was chosen before, laid into the desk where the command line says nothing else. A damaged file counts as
    none: the drill is worth more than the colours."""
    known = Preferences.__dataclass_fields__
    values = {name: value for name, value in (_content().get(KEY) or {}).items() if name in known and name != "kept"}
    try:
        chosen = Preferences(**values, kept=program.options.keep)
    except TypeError:
        chosen = Preferences(kept=program.options.keep)
    apply(chosen, program)
    return chosen


def apply(chosen: Preferences, program: "Program") -> None:
    program.voice = "woman" if chosen.voice == "woman" else "man"
    program.radio, program.speed = chosen.radio, chosen.speed
    program.relay_delay = RELAY_DELAY if chosen.relay else 0.0
    program.mic = program.options.mic or chosen.mic
    program.speaker = program.options.speaker or chosen.speaker


def _content() -> dict[str, Any]:
    try:
        content = json_value(read_text(data_folder() / NAME))
    except (OSError, ValueError, UserError):
        return {}
    return content if isinstance(content, dict) else {}
