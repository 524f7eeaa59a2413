"""A guided drill on recorded voices: both crews, each in the partner's language, without a microphone or any set-up."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from trainer.audio.microphone import Pace
from trainer.audio.recorded_microphone import RecordedMicrophone
from trainer.bundled import bundled
from trainer.drill.plan import Plan, Reason, Turn
from trainer.languages import Language
from trainer.live.planning import seat
from trainer.messages import gettext as _
from trainer.phrasebook.phrase import Phrasebook

Act = Literal["tell", "say", "hear", "again", "next"]
View = Literal["words", "sounds", "timing"]

OPENED = "1975-07-17T19:17:00.000+00:00"  # when the hatch was opened


@dataclass(frozen=True)
class Step:
    """One step of the demonstration.

    Attributes:
        act: what happens.
        text: what the learner is told meanwhile.
        seconds: to look at it afterwards.
        view: which view of the score is meant, where there is room for one only.
    """

    act: Act
    text: Callable[[], str]
    seconds: float
    view: View = "words"


# What is told is a function, so that it is said in the language that the interface has at that moment.
SCRIPT: tuple[Step, ...] = (
    Step("tell", lambda: _("July 1975. On a shared radio loop each crew speaks the partner's language."), 8),
    Step("tell", lambda: _("Leonov has this call to make in English. Pressing Space opens the microphone."), 6),
    Step("say", lambda: _("A synthetic voice speaks for him, with an accent on purpose. Silence ends the call."), 0),
    Step("tell", lambda: _("Words and sounds are scored: ● good, ◐ fair, ○ poor; in brackets what was heard."), 11),
    Step("tell", lambda: _("The worst sounds, and how to make them. Dotted: what was heard."), 14, "sounds"),
    Step("tell", lambda: _("Stress and timing, against the reference reading."), 9, "timing"),
    Step("hear", lambda: _("Key 1: the reference, as the radio brings it."), 1, "timing"),
    Step("again", lambda: _("Key A: the same call again."), 1),
    Step("say", lambda: _("He says it once more."), 0),
    Step("tell", lambda: _("Better."), 7),
    Step("next", lambda: _("Now Stafford, in Russian. Keys I, T, M show sounds, his own letters, the meaning."), 7),
    Step("say", lambda: _("Again a voice with an accent."), 0),
    Step("tell", lambda: _("A hard sound instead of a soft one, and the stress on the wrong syllables."), 12, "sounds"),
    Step("again", lambda: _("And now as it should be."), 1),
    Step("say", lambda: _("He says it well."), 0),
    Step("tell", lambda: _("That is a drill. What you miss comes back, and weak sounds are trained."), 9),
)  # fmt: skip


def clips() -> tuple[Path, ...]:
    """What is said, in the order of the script. All voices are synthetic; the accents were made on purpose."""
    audio = bundled("audio")
    return (
        audio / "samples" / "en" / "com-10-accent-woman.opus",
        audio / "reference" / "en" / "woman" / "COM-10.opus",
        audio / "samples" / "ru" / "htc-02-accent-man.opus",
        audio / "samples" / "ru" / "htc-02-right-man.opus",
    )


def plan(book: Phrasebook, interface: Language) -> Plan:
    leonov, stafford = (seat(book, who, interface=interface) for who in ("leonov", "stafford"))
    turns = (
        Turn(None, ("COM-10",), leonov.id, Reason("in-order")),
        Turn(None, ("HTC-02",), stafford.id, Reason("in-order")),
    )
    return Plan("demo", "read", None, (leonov, stafford), turns, OPENED, get=book.get("hatch-opening"))


class ScriptedMicrophone(RecordedMicrophone):
    """Speaks one recording after the other, whatever is asked for."""

    def __init__(self, paths: Sequence[Path], pace: Pace) -> None:
        self._script = deque(paths)
        super().__init__(paths[0], pace)

    def _answer(self, call: str | None, language: Language | None) -> Path | None:
        return self._script.popleft() if self._script else None
