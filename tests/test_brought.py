"""What people bring: names, tables, books and recordings as others write them, through the commands that take them."""

import csv
import io
import json
import shutil
import unicodedata

import pytest

from tests.program import one_line, ruston
from trainer.bundled import bundled
from trainer.live.program import Options
from trainer.phrasebook.lexicon import lexicon
from trainer.tui.app import Console

VOICES = bundled("audio") / "reference"
CALL = VOICES / "en" / "man" / "COM-10.opus"  # I read you loud and clear.
DRILL = ("drill", "--headless", "--mode", "echo", "--phase", "comm-check", "--size", 1, "--seed", 1, "--mic", VOICES)
BOOK = '[[phrase]]\nen = "{}"\nru = "Люк закры́т."\n'


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.setenv("RUSTON_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_name_with_brackets_is_that_name_everywhere():
    for name, key in (("[VATSIM] Ivan", "vatsim-ivan"), ("Ivan [/R]", "ivan-r")):
        assert ruston(*DRILL, "--crew", name, "--first", "en").returncode == 0
        assert name in ruston("privacy", "show", key).stdout
    listed = ruston("sessions", "list")
    assert listed.returncode == 0
    assert "vatsim-ivan" in listed.stdout
    assert "ivan-r" in listed.stdout


async def test_a_name_like_markup_is_told_in_the_console_as_it_is():
    console = Console(Options(speaker="mute", keep=False, who="ivan", first="en", name="Ivan [/R]"))
    async with console.run_test(size=(100, 30)) as pilot:
        console.program.tell("Ivan [/R] is not on the loop.")
        await pilot.pause()
        assert "Ivan [/R] is not on the loop." in [note.message for note in console._notifications]
        assert console.screen.is_mounted


@pytest.fixture
def clips(here):
    """A folder with a table of a spreadsheet: a byte order mark, CRLF, the speaker first."""
    made = here / "clips"
    made.mkdir()
    for name in ("call.opus", "b.opus"):
        shutil.copy(CALL, made / name)
    rows = ["speaker\tpath\tphrase\tlanguage", "anna\tcall.opus\tCOM-10\ten", "boris\tb.opus\tCOM-10\ten", ""]
    (made / "clips.tsv").write_bytes("\r\n".join(rows).encode("utf-8-sig"))
    return made


def test_a_table_with_a_mark_is_scored_and_its_speakers_are_told_apart(clips):
    scored = [json.loads(line) for line in ruston("score", clips, "--json").stdout.splitlines()]
    assert [one["phrase"] for one in scored] == ["COM-10"] * 2
    assert min(one["score"] for one in scored) > 90
    rows = csv.DictReader(io.StringIO(ruston("export", "csv", clips, "--names").stdout))
    assert {row["learner"] for row in rows} == {"anna", "boris"}


def test_a_spreadsheet_of_europe_gets_semicolons_and_decimal_commas(clips):
    run = ruston("export", "csv", clips, "--decimal-comma")
    rows = list(csv.DictReader(io.StringIO(run.stdout), delimiter=";"))
    assert len(rows) == 2
    assert all("," in row["points"] and float(row["points"].replace(",", ".")) > 90 for row in rows)


@pytest.mark.parametrize("column", ["text", "sentence"])
def test_a_table_of_natives_is_read_with_its_mark_and_either_name_of_its_text(clips, column):
    (clips / "native.tsv").write_text(f"\ufeffpath\t{column}\ncall.opus\tI read you loud and clear.\n", "utf-8")
    assert ruston("bench", "native", clips / "native.tsv", "--language", "en").returncode == 0


@pytest.mark.parametrize("apostrophe", "‘`´′’ʼ'")
def test_a_word_with_any_apostrophe_is_spoken_as_one(here, apostrophe):
    (here / "ours.toml").write_text(BOOK.format(f"We can{apostrophe}t hear you."), encoding="utf-8")
    assert "k ˈæ n t" in ruston("phrases", "OURS-01", "--phrasebook", here / "ours.toml").stdout


@pytest.mark.parametrize(
    "content, name",
    [
        ("name,first,crew\r\nJosé Álvarez,en,Apollo\r\n".encode("cp1252"), "José Álvarez"),
        ("Ф.И.О.;Родной язык;Группа\r\nАнна Петрова;русский;7Б\r\n".encode(), "Анна Петрова"),
        ("имя;язык;группа\r\nАнна Петрова;русский;7Б\r\n".encode("koi8-r"), "Анна Петрова"),
        ("sep=;\r\nname;first;crew\r\nАнна Петрова;ru;Союз\r\n".encode("utf-8-sig"), "Анна Петрова"),
        ("Имя;Фамилия;Язык\r\nАнна;Петрова;рус\r\n".encode(), "Анна Петрова"),
        ("name\tfirst\tcrew\r\nАнна Петрова\tru\tСоюз\r\n".encode("utf-16"), "Анна Петрова"),
    ],
    ids=["cp1252", "initials", "koi8-r", "sep", "surname apart", "utf-16"],
)
def test_a_roster_of_any_making_enrols_the_right_people(here, content, name):
    (here / "class.csv").write_bytes(content)
    run = ruston("desk", "roster", here / "class.csv")
    assert run.returncode == 0
    assert name in run.stdout


def test_a_roster_in_the_other_form_of_letters_enrols_nobody_twice(here):
    for form, said in (("NFC", "added: 1"), ("NFD", "unchanged: 1")):
        text = unicodedata.normalize(form, "name,first,crew\nАндрей Йодко,ru,Экипаж й\n")
        (here / "class.csv").write_text(text, encoding="utf-8")
        assert said in ruston("desk", "roster", here / "class.csv").stdout


def test_a_book_is_found_in_either_form_of_its_name(here):
    name = "Мой радиообмен.toml"
    (here / unicodedata.normalize("NFD", name)).write_text(BOOK.format("The hatch is closed."), encoding="utf-8")
    for form in ("NFC", "NFD"):
        assert ruston("check", unicodedata.normalize(form, name)).returncode == 0


def test_a_sign_of_nothing_is_refused_and_one_that_can_be_said_is_said(here):
    (here / "ours.toml").write_text(BOOK.format("Copy & hold."), encoding="utf-8")
    assert ruston("check", "ours.toml").returncode == 0
    assert "and" in ruston("phrases", "OURS-01", "--phrasebook", "ours.toml").stdout
    (here / "ours.toml").write_text(BOOK.format("The hatch № is closed."), encoding="utf-8")
    assert "write № in words" in one_line(ruston("check", "ours.toml")) + ruston("check", "ours.toml").stdout


def test_the_words_of_radiotelephony_are_known():
    assert {"niner", "fife", "tree"} <= set(lexicon("en").entries)
