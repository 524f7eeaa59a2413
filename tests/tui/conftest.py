import pytest
from textual._compositor import Compositor
from textual._context import active_app
from textual.css.stylesheet import Stylesheet

RULES: dict[object, object] = {}  # that were read, by text and colours


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """A machine that was never used: no settings, no records, no colours forbidden."""
    monkeypatch.setenv("RUSTON_DATA", str(tmp_path))
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    return tmp_path


@pytest.fixture(autouse=True)
def only_pictures_are_painted(request, monkeypatch):
    """Without a terminal Textual works out what changes on it, and throws it away: a third of a test's computing. What
    is asked for, a picture, is painted whole. Where pictures are compared all is painted: some change as they are
    painted first."""
    if request.path.name == "test_screens.py":
        return
    painted = Compositor.render_update

    def render_update(self, full=False, screen_stack=None, simplify=False):
        if full or not active_app.get().is_headless:
            return painted(self, full, screen_stack, simplify)
        self._dirty_regions.clear()
        return None

    monkeypatch.setattr(Compositor, "render_update", render_update)


@pytest.fixture(autouse=True)
def style_sheets_are_read_once(monkeypatch):
    """Of the same rules with the same colours every console makes the same: a tenth of what a short one computes."""
    read = Stylesheet._parse_rules

    def parse_rules(self, *arguments, **named):
        key = (frozenset(self._variables.items()), arguments, frozenset(named.items()))
        if key not in RULES:
            RULES[key] = read(self, *arguments, **named)
        return RULES[key]

    monkeypatch.setattr(Stylesheet, "_parse_rules", parse_rules)
