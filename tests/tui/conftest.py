import pytest
from textual._compositor import Compositor
from textual._context import active_app


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
