"""Commands that work for nobody in particular speak to somebody: letters that they read, sounds by words they know."""

import re
import sqlite3
import zipfile
from contextlib import closing

import pytest
from program import one_line, ruston
from tui import stage

from trainer.audio.contrasts import recorded
from trainer.bundled import bundled
from trainer.languages import LANGUAGES, other
from trainer.live.program import Program
from trainer.phrasebook.contrasts import contrasts
from trainer.reader import Reader
from trainer.records.store import Store
from trainer.settings import Settings, save_settings

CYRILLIC = re.compile("[А-Яа-яЁё]")
CLIP = bundled("audio") / "samples" / "ru" / "com-01-accent-man.opus"
SAID = ("--phrase", "COM-01", "--language", "ru")
COMMANDS = {
    "score": ("score", CLIP, *SAID), "phrases": ("phrases", "--phase", "comm-check"), "words": ("words", CLIP, *SAID),
}  # fmt: skip


@pytest.fixture
def known(tmp_path, monkeypatch):
    """Bill reads no Cyrillic, Boris does."""
    monkeypatch.setenv("RUSTON_DATA", str(tmp_path))
    with Store.open() as store:
        for key, letters in (("bill", True), ("boris", False)):
            store.add_learner(key, key.title(), "en")
            store.show_letters(key, letters)
    return tmp_path


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_who_reads_no_cyrillic_is_told_in_letters_of_their_own(command, known):
    assert CYRILLIC.search(ruston(*command).stdout)
    told = ruston(*command, "--learner", "Bill").stdout
    assert told
    assert not CYRILLIC.search(told)
    assert command[0] != "score" or not re.search("[ʲɨ]", told)  # what was heard, too
    assert CYRILLIC.search(ruston(*command, "--learner", "Boris").stdout)


def test_the_words_of_the_ear_are_in_letters_too_whoever_reads_and_still_differ(known):
    listed = {who: ruston("ear", "--crew", who, "--list").stdout for who in ("bill", "boris")}
    assert {who: ("biht" in told, "быть" in told) for who, told in listed.items()} == {
        "bill": (True, False), "boris": (False, True),
    }  # fmt: skip
    for language in LANGUAGES:
        reader = Reader(other(language), letters=True)
        pairs = [pair for contrast in contrasts(language) for pair in recorded(contrast)]
        same = [pair for pair in pairs if len({reader.sounding(word, language) for word in pair}) < 2]
        assert len(pairs) > 50
        assert same == []


def test_who_signed_on_last_is_spoken_to_where_nobody_is_named(known):
    save_settings(Settings(console={"who": "bill"}))
    assert "sa-YUS" in ruston("score", CLIP).stdout
    assert "Сою́з" in ruston("score", CLIP, "--learner", "boris").stdout
    assert "Сою́з" in ruston("score", CLIP, "--json").stdout
    assert "letters" in ruston("phrases", "COM-01").stdout


def test_a_learner_whom_the_records_do_not_know_is_refused_in_a_line(known):
    assert "nobody" in one_line(ruston("score", CLIP, "--learner", "nobody"))


def test_a_report_on_somebody_names_sounds_in_letters_that_they_read(tmp_path):
    records = str(tmp_path / "records.sqlite")
    program = Program(stage.options(keep=True, records=records))
    stage.share(program)
    stage.practise(program, "en")
    who = program.who
    program.show_letters(True)
    program.close()
    out = tmp_path / "report.html"
    ruston("report", "--learner", who, "--names", "--records", records, "--out", out, "--no-clips")
    page = out.read_text(encoding="utf-8")
    advice = page[page.index("What to drill next") :]
    assert re.search(r"as in [a-z]+", advice)
    assert not re.search(r"as in [а-яё]+", page)


def test_a_deck_says_in_letters_of_ones_own_how_a_call_is_read_and_names_ones_own_calls(known):
    book, deck = known / "ours.toml", known / "deck.apkg"
    ruston("phrasebook", "new", book)
    made = ("phrasebook", "deck", "OURS-01", "--language", "ru", "--phrasebook", book, "--out", deck)
    for learner, letters in (("Bill", True), ("Boris", False)):
        assert ruston(*made, "--learner", learner).returncode == 0
        with zipfile.ZipFile(deck) as packed:
            packed.extract("collection.anki2", known)
        with closing(sqlite3.connect(known / "collection.anki2")) as opened:
            [fields] = opened.execute("select flds from notes").fetchone()
        name, _meaning, _call, sounds, _reading = fields.split("\x1f")
        assert name == "OURS-01"
        assert sounds.startswith("sa-YUS") is letters
