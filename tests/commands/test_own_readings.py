"""A voice of one's own: recorded, checked, heard in drills, passed on."""

import json
import zipfile

import numpy as np
import pytest
from click.testing import CliRunner, Result

from trainer.audio.own_readings import keep, own_readings
from trainer.audio.reference import reading
from trainer.bundled import bundled
from trainer.commands import ruston
from trainer.phrasebook.load import load

VOICE = bundled("audio") / "reference" / "ru" / "man"
CALL = load().find("COM-10")


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch):
    monkeypatch.setenv("RUSTON_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(ruston, ["reference", *map(str, arguments)])


def record(*more: object, mic: object = VOICE / "COM-10.opus") -> Result:
    spoken = ("--language", "ru", "--name", "Shatalov", "--mic", mic, "--fast", *more)
    return run("record", "COM-10", *spoken)


def test_a_reading_of_ones_own_is_preferred_in_drills():
    done = record("--consent", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["name"] == "Shatalov"
    assert told["score"] >= 80
    assert reading("COM-10", CALL.ru, "ru").voice == "Shatalov"
    assert reading("COM-10", CALL.en, "en").voice == "man"


def test_a_call_that_is_worded_otherwise_now_is_not_read_by_it():
    keep(np.zeros(16_000, np.float32), "COM-10", "Други́е слова́.", "ru", "Shatalov")
    assert reading("COM-10", CALL.ru, "ru").voice == "man"


@pytest.mark.parametrize(
    "more, mic, words",
    [
        ([], VOICE / "COM-10.opus", "--consent"),
        (["--consent"], VOICE / "DOC-09.opus", "not heard"),
    ],
)
def test_what_is_no_model_is_not_kept(more, mic, words):
    done = record(*more, mic=mic)
    assert done.exit_code != 0
    assert words in done.output + str(done.exception)
    assert own_readings() == ()


def test_readings_go_with_a_book_to_another_machine(tmp_path, monkeypatch):
    keep(np.full(16_000, 0.1, np.float32), "COM-10", CALL.ru, "ru", "Shatalov")
    told = json.loads(run("export", tmp_path / "ours.zip", "--json").stdout)
    assert (told["path"], told["readings"]) == (str(tmp_path / "ours.zip"), 1)
    monkeypatch.setenv("RUSTON_DATA", str(tmp_path / "elsewhere"))
    assert own_readings() == ()
    assert json.loads(run("import", tmp_path / "ours.zip", "--json").stdout)["readings"] == 1
    assert reading("COM-10", CALL.ru, "ru").voice == "Shatalov"


@pytest.mark.parametrize("name", ["../../evil.wav", "a/b.wav"])
def test_a_file_that_would_land_elsewhere_is_refused(tmp_path, name):
    table = f"path\tphrase\tlanguage\ttext\tspeaker\tconsent\n{name}\tCOM-10\tru\tТекст\tX\t2026-01-01\n"
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as archive:
        archive.writestr("clips.tsv", table)
        archive.writestr(name, b"RIFF")
    done = run("import", tmp_path / "evil.zip")
    assert done.exit_code != 0
    assert own_readings() == ()


def test_a_call_is_still_shown_by_its_id_alone():
    assert run("COM-10", "--language", "ru").output.strip().endswith("COM-10.opus")
    assert run("--language", "ru", "COM-10").exit_code == 0
