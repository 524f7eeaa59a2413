import pytest

from trainer.messages import choose_language, interface_language


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """A machine that was never used: no settings, no records, no colours forbidden; the language is given back."""
    language = interface_language()
    monkeypatch.setenv("RUSTON_DATA", str(tmp_path))
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    yield tmp_path
    choose_language(language)
