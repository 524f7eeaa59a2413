"""What somebody chose at the console, kept in the settings file beside what other parts of the program keep there."""

from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from trainer.errors import UserError
from trainer.languages import LANGUAGES
from trainer.messages import asked_for, interface_language
from trainer.settings import save_settings, settings

if TYPE_CHECKING:
    from trainer.live.program import Program

RELAY_DELAY = 0.25  # s, as `trainer.audio.radio` has it; that module is too heavy for the first screen
UNWRITTEN = ("kept", "trouble")


@dataclass(frozen=True)
class Preferences:
    """radio: 0 to 1; relay_delay in seconds; mic and speaker None for the default device; pictures: real ones where the
    terminal can; kept: whether changes are written down; trouble: why what was chosen before could not be read."""

    theme: str = "ruston"
    interface: str | None = None
    who: str | None = None
    mode: str = "echo"
    voice_en: str = "man"
    voice_ru: str = "man"
    radio: float = 0.4
    relay: bool = False
    speed: float = 1.0
    mic: str | None = None
    speaker: str | None = None
    ipa: bool = False
    meaning: bool = True
    compare: bool = True
    pictures: bool = True
    kept: bool = True
    trouble: str | None = None

    def changed(self, **values: Any) -> Self:
        """With other values, written down where that is wanted. What cannot be written is still in force now."""
        new = replace(self, **values)
        if new.kept and new != self:
            with suppress(UserError):
                chosen = {name: value for name, value in asdict(new).items() if name not in UNWRITTEN}
                save_settings(replace(settings(), console={**settings().console, **chosen}))
        return new


def load(program: "Program") -> Preferences:
    """What was chosen before, laid into the desk where the command line says nothing else. What makes no sense counts
    as not chosen: the drill is worth more than the colours."""
    kept = settings()
    usual = Preferences(kept=program.options.keep, trouble=kept.trouble)
    chosen_before = {f"voice_{language}": kept.console.get("voice") for language in LANGUAGES}  # one voice for both
    known = {name: value for name, value in {**chosen_before, **kept.console}.items() if _fits(name, value)}
    chosen = replace(usual, **known)
    apply(chosen, program)
    return chosen


def follows(chosen: Preferences, first: str) -> bool:
    """Whether the interface goes over to the first language of whoever signs on."""
    return chosen.interface is None and not asked_for() and interface_language() != first


def _fits(name: str, value: Any) -> bool:
    if name in UNWRITTEN or name not in Preferences.__dataclass_fields__:
        return False
    usual = getattr(Preferences, name)
    if usual is None:
        return value is None or isinstance(value, str)
    return isinstance(value, int | float if isinstance(usual, float) else type(usual))


def apply(chosen: Preferences, program: "Program") -> None:
    program.voices = {
        "en": "woman" if chosen.voice_en == "woman" else "man",
        "ru": "woman" if chosen.voice_ru == "woman" else "man",
    }
    program.radio, program.speed, program.compare = chosen.radio, chosen.speed, chosen.compare
    program.relay_delay = RELAY_DELAY if chosen.relay else 0.0
    program.mic = program.options.mic or chosen.mic
    program.speaker = program.options.speaker or chosen.speaker
