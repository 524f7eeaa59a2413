"""Keys as they are bound, shown and typed: every letter works on the Russian layout and with Caps Lock, too."""

import re
from collections.abc import Callable

from textual.binding import Binding

from trainer.messages import N_
from trainer.messages import gettext as _
from trainer.text_in import LATIN_KEYS, RUSSIAN_KEYS

_TWIN = dict(zip(LATIN_KEYS + LATIN_KEYS.upper(), RUSSIAN_KEYS + RUSSIAN_KEYS.upper(), strict=True))


def bind(
    key: str, action: str, description: str, *, show: bool = True, priority: bool = False, both: str = ""
) -> Binding:
    """A binding whose letters are found under the same keys of a Russian keyboard. both: how it is shown where it
    stands for its twin, too."""
    keys = [part.strip() for part in key.split(",")]
    keys += [other for part in keys if (other := twin(part))]
    keys += [part.upper() for part in keys if len(part) == 1 and part.upper() not in keys]  # Caps Lock
    return Binding(
        ",".join(keys),
        action,
        description,
        show=show,
        priority=priority,
        key_display=both or keys[0],
        id=name_of(action),
    )


def name_of(action: str) -> str:
    """What an action is called in a keymap: talk, hear.reference."""
    return re.sub(r"\W+", ".", action.removeprefix("app.")).strip(".")


def twin(key: str) -> str | None:
    """The letter under the same key of a Russian keyboard."""
    return _TWIN.get(key) if key.isalpha() else None


def display(key: str, say: Callable[[str], str] = _) -> str:
    """What a key is called on the screen. say: puts a text in a language, that of the interface."""
    names = {
        "space": say(N_("Space")), "enter": "↵", "escape": "Esc", "tab": "Tab", "left": "←", "right": "→", "up": "↑",
        "down": "↓", "question_mark": "?", "slash": "/",
    }  # fmt: skip
    if key in names:
        return names[key]
    if " " in key:  # several
        return " ".join(display(part, say) for part in key.split())
    if len(key) == 1 or (key.startswith("f") and key[1:].isdigit()):
        return key.upper()
    return key.replace("ctrl+", "^").upper()
