"""`ruston doctor`: what it says of this machine, whatever that has."""

import json
import os
import pty
import subprocess
import sys

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


def test_in_a_terminal_its_abilities_are_told(tmp_path):
    """On a pseudo-terminal that answers as kitty does."""
    master, slave = pty.openpty()
    environment = {**os.environ, "RUSTON_DATA": str(tmp_path), "COLORTERM": "truecolor", "TERM": "xterm-kitty"}
    run = subprocess.Popen(
        [sys.executable, "-m", "trainer", "--interface", "en", "doctor"], stdin=slave, stdout=slave, stderr=slave,
        env=environment,
    )  # fmt: skip
    os.close(slave)
    shown, asked = b"", False
    try:
        while chunk := os.read(master, 4096):
            shown += chunk
            if b"\x1b[c" in shown and not asked:
                asked = os.write(master, b"\x1b[?0u\x1b[?62c") > 0
    except OSError:  # the other end is closed
        pass
    run.wait()
    os.close(master)
    assert b"16777216 colours" in shown
    assert b"when a key is released: hold Space to talk" in shown.replace(b"\r\n", b" ")
