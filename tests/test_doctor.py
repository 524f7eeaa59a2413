"""`ruston doctor`: what it says of this machine, whatever that has."""

import json
import os
import pty
import subprocess
import sys
import termios

import pytest
from program import ruston

from trainer.doctor import key_releases

KEYS = {"program", "portaudio", "phone-model", "words-en", "words-ru", "hub", "records", "disk"}


def test_everything_is_looked_at_and_what_is_wrong_can_be_mended(tmp_path):
    run = ruston("doctor", "--json", RUSTON_DATA=str(tmp_path / "new"))
    rows = [json.loads(line) for line in run.stdout.splitlines()]
    assert {row["schema"] for row in rows} == {"ruston.doctor/1"}
    found = {row["key"]: row for row in rows}
    assert found.keys() >= KEYS
    assert all(row["mend"] for row in rows if row["state"] != "good")
    assert run.returncode == (2 if any(row["state"] == "bad" for row in rows) else 0)
    assert found["phone-model"]["state"] == "good"
    assert found["words-ru"]["state"] == "good"
    assert "vosk-ru" in found["words-ru"]["told"]
    assert found["records"]["told"] == str(tmp_path / "new" / "records.sqlite")
    assert not (tmp_path / "new").exists()  # looking changes nothing


def test_what_is_chosen_but_gone_is_said(tmp_path):
    (tmp_path / "settings.json").write_text('{"words": {"en": "gone"}, "phones": "lost"}', encoding="utf-8")
    rows = [json.loads(line) for line in ruston("doctor", "--json", RUSTON_DATA=str(tmp_path)).stdout.splitlines()]
    found = {row["key"]: row for row in rows}
    assert found["words-en"]["state"] == "fair"
    assert "gone" in found["words-en"]["told"]
    assert found["chosen-phone-model"]["state"] == "bad"
    assert found["chosen-phone-model"]["mend"] == "ruston models use built-in"


def test_damaged_settings_are_one_finding_among_others(tmp_path):
    (tmp_path / "settings.json").write_text("{", encoding="utf-8")
    run = ruston("doctor", "--json", RUSTON_DATA=str(tmp_path))
    rows = [json.loads(line) for line in run.stdout.splitlines()]
    assert any("settings cannot be read" in row["told"] for row in rows)
    assert {"records", "disk"} <= {row["key"] for row in rows}


@pytest.mark.parametrize(
    "answer, knows", [("\x1b[?0u\x1b[?62;22c", True), ("\x1b[?1u\x1b[?6c", True), ("\x1b[?62;22c", False), ("", False)]
)
def test_the_terminal_is_asked_whether_it_knows_key_releases(answer, knows):
    assert key_releases(lambda: answer) is knows


def test_a_place_that_can_hold_no_records_is_bad(tmp_path):
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    run = ruston("doctor", "--json", RUSTON_DATA=str(tmp_path / "file" / "data"))
    found = {row["key"]: row for row in map(json.loads, run.stdout.splitlines())}
    assert run.returncode == 2
    assert found["records"]["state"] == "bad"
    assert "RUSTON_DATA=FOLDER" in found["records"]["mend"]


def test_words_that_were_installed_and_are_damaged_are_installed_again(tmp_path):
    (tmp_path / "models" / "vosk-model-en-us-0.22" / "am").mkdir(parents=True)
    (tmp_path / "settings.json").write_text('{"words": {"en": "vosk-model-en-us-0.22"}}', encoding="utf-8")
    rows = [json.loads(line) for line in ruston("doctor", "--json", RUSTON_DATA=str(tmp_path)).stdout.splitlines()]
    (words,) = [row for row in rows if row["key"] == "words-en"]
    assert words["state"] != "good"
    assert words["mend"].startswith("ruston models install vosk-model")


def doctor_in_a_terminal(answer: bytes, lines: int, columns: int, **environment: str) -> str:
    """What it says on a pseudo-terminal that answers so."""
    master, slave = pty.openpty()
    termios.tcsetwinsize(master, (lines, columns))
    with subprocess.Popen(
        [sys.executable, "-m", "trainer", "--interface", "en", "doctor"], stdin=slave, stdout=slave, stderr=slave,
        env={**os.environ, **environment},
    ):  # fmt: skip
        os.close(slave)
        shown, asked = b"", False
        try:
            while chunk := os.read(master, 4096):
                shown += chunk
                if b"\x1b[c" in shown and not asked:
                    asked = os.write(master, answer) > 0
        except OSError:  # the other end is closed
            pass
    os.close(master)
    return " ".join(shown.decode(errors="replace").split())


def test_in_a_terminal_its_abilities_are_told(tmp_path):
    """As kitty answers."""
    kitty = {"RUSTON_DATA": str(tmp_path), "COLORTERM": "truecolor", "TERM": "xterm-kitty"}
    shown = doctor_in_a_terminal(b"\x1b[?0u\x1b[?62c", 24, 100, **kitty)
    assert "16777216 colours" in shown
    assert "when a key is released: hold Space to talk" in shown


def test_a_terminal_that_lacks_all_of_it_is_told_what_mends_each(tmp_path):
    poor = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C", "PYTHONIOENCODING": "", "COLORTERM": ""}
    shown = doctor_in_a_terminal(b"\x1b[?6c", 20, 60, RUSTON_DATA=str(tmp_path), TERM="vt100", **poor)
    for told in ("60", "80", "no UTF-8", "PYTHONUTF8=1 ruston", "TERM=xterm-256color ruston", "Space keys on and off"):
        assert told in shown
