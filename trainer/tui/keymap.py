"""Keys of one's own: what the settings file says under `keys`, by what a key does; told apart from what cannot be."""

from collections.abc import Iterator, Mapping
from typing import Any

from textual.app import App
from textual.binding import Binding
from textual.keys import KEY_NAME_REPLACEMENTS, Keys, _character_to_key

from trainer.errors import UserError
from trainer.messages import gettext as _
from trainer.tui.keys import twin
from trainer.tui.page import Page
from trainer.tui.screens.answer import AnswerPage
from trainer.tui.screens.audio_check import AudioCheck
from trainer.tui.screens.board import Board
from trainer.tui.screens.debrief import Debrief
from trainer.tui.screens.desk import DeskPage
from trainer.tui.screens.drill import DrillPage
from trainer.tui.screens.ear import EarPage
from trainer.tui.screens.load import LoadPage
from trainer.tui.screens.mouth import MouthPage
from trainer.tui.screens.phrasebook import PhrasebookPage
from trainer.tui.screens.progress import ProgressPage
from trainer.tui.screens.ready import ReadyPage
from trainer.tui.screens.training import TrainingPage
from trainer.tui.screens.watch import WatchPage

PAGES: tuple[type[Page], ...] = (
    DrillPage, ReadyPage, MouthPage, EarPage, LoadPage,
    Board, Debrief, AnswerPage, TrainingPage, PhrasebookPage, ProgressPage, AudioCheck, DeskPage, WatchPage,
)  # fmt: skip
NAMED = {key.value for key in Keys} | set(KEY_NAME_REPLACEMENTS.values())
Console = type[App[Any]]  # whose own keys work on every page
MODIFIERS = {"ctrl", "shift", "alt", "super", "hyper", "meta"}


def usual(console: Console) -> dict[str, tuple[str, str]]:
    """Every action that has a key: its keys as they are, and what it does."""
    found: dict[str, tuple[str, str]] = {}
    for page in PAGES:
        for binding in _bindings(page, console):
            if binding.id and binding.description:
                found.setdefault(binding.id, (binding.key, binding.description))
    return dict(sorted(found.items()))


def keymap(wanted: Mapping[str, str], console: Console) -> dict[str, str]:
    """As Textual takes it. wanted: keys by actions, several with commas.

    Raises UserError for an action or a key that there is not, and where a screen would have one key for two actions."""
    known = usual(console)
    if unknown := sorted(set(wanted) - set(known)):
        message = _("keys: there is no action {name}. `ruston key map` lists them.")
        raise UserError(message.format(name=unknown[0]))
    own = {name: [key for part in keys.split(",") for key in _with_twin(part.strip())] for name, keys in wanted.items()}
    for page in PAGES:
        taken: dict[str, str] = {}
        for binding in _bindings(page, console):
            if binding.id is None:
                continue
            for key in own.get(binding.id) or [_long(part.strip()) for part in binding.key.split(",")]:
                other = taken.setdefault(key, binding.id)
                if other != binding.id and {other, binding.id} & set(own):
                    message = _("keys: {key} would be both {one} and {other} on a screen. The usual keys are in force.")
                    raise UserError(message.format(key=key, one=other, other=binding.id))
    return {name: ",".join(keys) for name, keys in own.items()}


def _bindings(page: type[Page], console: Console) -> Iterator[Binding]:
    """Of a screen and of all screens, each action's keys once."""
    for owner in (page, *page.__mro__[1:], console):
        for binding in owner.__dict__.get("BINDINGS", ()):
            if isinstance(binding, Binding):
                yield binding


def _with_twin(key: str) -> Iterator[str]:
    """Raises UserError for what is no key."""
    long = _long(key)
    *modifiers, bare = long.split("+")
    if (
        not key
        or set(modifiers) - MODIFIERS
        or not (len(key) == 1 or _long(bare) != bare or bare in NAMED or len(bare) == 1)
    ):
        raise UserError(_("keys: {key} is no key. Write one as v, f5, ctrl+t or space.").format(key=key or "''"))
    yield long
    if other := twin(key):
        yield _long(other)


def _long(key: str) -> str:
    return _character_to_key(key) if len(key) == 1 else key
