"""Decks that Anki itself opens, with sound, and that keep what was learnt when they are made anew."""

import json
from pathlib import Path

import pytest
from program import one_line, ruston

collection = pytest.importorskip("anki.collection")


def made(folder: Path, *arguments: str) -> Path:
    path = folder / "deck.apkg"
    run = ruston("phrasebook", "deck", *arguments, "--out", path, "--json")
    assert run.returncode == 0, run.stderr
    told = json.loads(run.stdout)
    assert told["calls"] > 0
    return path


def opened(path: Path, folder: Path):
    known = collection.Collection(str(folder / "collection.anki2"))
    known.import_anki_package(
        collection.ImportAnkiPackageRequest(package_path=str(path), options=collection.ImportAnkiPackageOptions())
    )
    return known


def test_anki_opens_a_phase_with_its_readings(tmp_path):
    path = made(tmp_path, "--phase", "docking", "--language", "ru")
    known = opened(path, tmp_path)
    notes = [known.get_note(number) for number in known.find_notes("deck:RUSTON*")]
    assert len(notes) >= 15
    capture = next(note for note in notes if note["id"] == "DOC-09")
    assert "Capture" in capture["meaning"]
    assert "захва́т" in capture["call"]
    assert capture["sounds"].startswith("[")
    sounding = [note for note in notes if note["reading"]]
    assert len(sounding) >= len(notes) - 1
    media = Path(known.media.dir())
    for note in sounding:
        name = note["reading"].removeprefix("[sound:").removesuffix("]")
        assert (media / name).read_bytes()[:1] in (b"\xff", b"I")  # MP3
    assert known.card_count() == len(notes) + len(sounding)
    known.close()


def test_a_deck_made_anew_is_the_same_deck(tmp_path):
    first = made(tmp_path, "DOC-09", "COM-10", "--language", "en").rename(tmp_path / "first.apkg")
    known = opened(first, tmp_path)
    known.import_anki_package(
        collection.ImportAnkiPackageRequest(
            package_path=str(made(tmp_path, "DOC-09", "COM-10", "COM-01", "--language", "en")),
            options=collection.ImportAnkiPackageOptions(),
        )
    )
    assert known.note_count() == 3
    known.close()


def test_a_call_or_phase_that_is_not_there_is_refused(tmp_path):
    out = tmp_path / "deck.apkg"
    settings = ("--language", "ru", "--out", out)
    assert "there is no phase" in one_line(ruston("phrasebook", "deck", "--phase", "x", *settings))
    assert "there is no phrase" in one_line(ruston("phrasebook", "deck", "NO-1", *settings))
    assert not out.exists()
