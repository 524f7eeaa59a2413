"""`ruston audio` without a sound card: recordings for a microphone, a file for a loudspeaker."""

import json

import pytest
from click.testing import CliRunner, Result

from trainer.audio.files import decode, read
from trainer.bundled import bundled
from trainer.commands import ruston
from trainer.errors import UserError

SAMPLES = bundled("audio") / "samples"
CALL = SAMPLES / "en" / "doc-09-right-woman.opus"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(ruston, ["audio", *map(str, arguments)])


def test_a_recorded_call_can_be_scored(tmp_path):
    out = tmp_path / "call.wav"
    report = json.loads(
        run("record", out, "--mic", SAMPLES, "--phrase", "com-10", "--language", "ru", "--fast", "--json").stdout
    )
    assert report["schema"] == "ruston.recording/1"
    assert report["ended"] == "speech_end"
    assert report["lost"] == 0
    assert report["seconds"] == pytest.approx(read(out).seconds)
    outcome = CliRunner().invoke(ruston, ["score", str(out), "--phrase", "COM-10", "--language", "ru", "--json"])
    heard, original = json.loads(outcome.stdout)["score"], None
    clip = SAMPLES / "ru" / "com-10-right-man.opus"
    outcome = CliRunner().invoke(ruston, ["score", str(clip), "--phrase", "COM-10", "--language", "ru", "--json"])
    original = json.loads(outcome.stdout)["score"]
    assert heard == pytest.approx(original, abs=3)


def test_the_level_check_tells_levels_and_what_to_do():
    report = json.loads(run("check", "--mic", CALL, "--fast", "--json").stdout)
    assert report["schema"] == "ruston.level/1"
    assert report["verdict"] == "good"
    assert report["snr"] > 30
    words = run("check", "--mic", CALL, "--fast").stdout
    assert report["advice"] in words
    assert "dBFS" in words


def test_a_recording_is_played_as_the_radio_brings_it(tmp_path):
    out = tmp_path / "played.wav"
    report = json.loads(
        run("play", CALL, "--radio", 0.8, "--ground", "--relay", "--speaker", out, "--fast", "--json").stdout
    )
    plain, rate = decode(CALL, 60)
    assert report["seconds"] == pytest.approx(len(plain) / rate + 0.25 + 2 * 0.25 + 0.18, abs=0.01)
    played, played_rate = decode(out, 60)
    assert len(played) / played_rate == pytest.approx(report["seconds"], abs=0.01)


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["record", "x.wav", "--mic", "nowhere.wav"], "no such file"),
        (["record", "/nowhere/at/all.wav", "--mic", CALL, "--fast"], "cannot be written"),
        (["play", "nowhere.wav"], "no such file"),
        (
            ["record", "x.wav", "--mic", SAMPLES, "--phrase", "NO-1", "--language", "en", "--fast"],
            "no recording of NO-1",
        ),
    ],
)
def test_what_cannot_be_done_is_said(arguments, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    outcome = run(*arguments)
    assert isinstance(outcome.exception, UserError)
    assert words in str(outcome.exception)
    assert not (tmp_path / "x.wav").exists()
