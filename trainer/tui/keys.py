"""Keys as they are bound, shown and typed: every letter works on the Russian layout, too."""

from textual.binding import Binding

from trainer.messages import gettext as _

_LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
_RUSSIAN = "йцукенгшщзхъфывапролджэячсмитьбюё"
_TWIN = dict(zip(_LATIN + _LATIN.upper(), _RUSSIAN + _RUSSIAN.upper(), strict=True))


def bind(key: str, action: str, description: str, *, show: bool = True, priority: bool = False) -> Binding:
    """A binding whose letters are found under the same keys of a Russian keyboard."""
    keys = [part.strip() for part in key.split(",")]
    keys += [_TWIN[part] for part in keys if part in _TWIN and part.isalpha()]
    return Binding(",".join(keys), action, description, show=show, priority=priority, key_display=keys[0])


def display(key: str) -> str:
    """What a key is called on the screen."""
    names = {
        "space": _("Space"), "enter": "↵", "escape": "Esc", "tab": "Tab", "left": "←", "right": "→", "up": "↑",
        "down": "↓", "question_mark": "?", "slash": "/",
    }  # fmt: skip
    if key in names:
        return names[key]
    if len(key) == 1 or (key.startswith("f") and key[1:].isdigit()):
        return key.upper()
    return key.replace("ctrl+", "^").upper()
