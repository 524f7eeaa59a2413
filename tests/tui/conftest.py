import pytest


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """A machine that was never used: no settings, no records, no colours forbidden."""
    monkeypatch.setenv("RUSTON_DATA", str(tmp_path))
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    return tmp_path
