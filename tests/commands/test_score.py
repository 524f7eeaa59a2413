"""`ruston score` as a user runs it: its output, its exit code."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from program import one_line, ruston, started
from pydantic import TypeAdapter

from trainer.audio.manifest import clips
from trainer.bundled import bundled
from trainer.scoring.assessment import Assessment

SAMPLES = bundled("audio") / "samples"
RIGHT = next(clip for clip in clips(SAMPLES) if clip.reading == "right" and clip.language == "en")
FULL_DISK = Path("/dev/full")


def test_a_learner_sees_the_words_their_sounds_and_the_score():
    run = ruston("score", RIGHT.path, "--phrase", RIGHT.phrase, "--language", RIGHT.language)
    assert run.returncode == 0, run.stderr
    assert RIGHT.phrase in run.stdout
    assert "words not left out 100 %" in run.stdout
    assert "●" in run.stdout


def test_the_same_in_russian():
    run = ruston("score", RIGHT.path, "--phrase", RIGHT.phrase, "--language", RIGHT.language, "--interface", "ru")
    assert run.returncode == 0, run.stderr
    assert "не пропущено слов: 100 %" in run.stdout


def test_json_is_an_assessment_of_the_documented_schema():
    run = started("score", RIGHT.path, "--phrase", RIGHT.phrase.lower(), "--language", "en", "--json")
    lines = run.stdout.splitlines()
    assert len(lines) == 1
    assert json.loads(lines[0])["schema"] == "ruston.assessment/1"
    result = TypeAdapter(Assessment).validate_json(lines[0])
    assert result.phrase == RIGHT.phrase
    assert result.clip == str(RIGHT.path)


def test_a_folder_with_a_manifest_needs_no_options():
    run = ruston("score", SAMPLES, "--json")
    assert run.returncode == 0, run.stderr
    assert [json.loads(line)["clip"] for line in run.stdout.splitlines()] == [str(clip.path) for clip in clips(SAMPLES)]


def test_several_clips_are_listed_and_a_bad_one_among_them_is_named(tmp_path):
    bad = tmp_path / "bad.wav"
    bad.write_text("not sound")
    run = started("score", RIGHT.path, bad, RIGHT.path, "--phrase", RIGHT.phrase, "--language", "en", "--json")
    assert run.returncode == 2
    first, second, third = (json.loads(line) for line in run.stdout.splitlines())
    assert first == third
    assert second["schema"] == "ruston.error/1"
    assert "bad.wav" in second["error"]
    assert "bad.wav" in one_line(run)
    assert run.stderr.count("\n") == 1  # where nobody looks at a bar it leaves no line


def test_an_unknown_phrase_suggests_near_ones():
    assert "Did you mean COM-10" in one_line(ruston("score", RIGHT.path, "--phrase", "COM10", "--language", "en"))


def test_a_clip_without_a_phrase_asks_for_one(tmp_path):
    clip = tmp_path / "clip.wav"
    soundfile.write(clip, np.full(16_000, 0.1), 16_000)
    assert "--phrase ID --language en|ru" in one_line(ruston("score", clip))
    language_only = one_line(ruston("score", clip, "--phrase", "COM-01"))
    assert "--language en|ru" in language_only
    assert "--phrase" not in language_only
    assert "no such file" in one_line(ruston("score", tmp_path / "none.wav", "--phrase", "COM-01"))
    assert "this is no file" in one_line(ruston("score", "/dev/null", "--phrase", "COM-01", "--language", "en"))


@pytest.mark.parametrize(
    "samples, rate, words",
    [
        (np.zeros(0), 16_000, "no sound"),
        (np.zeros(16_000), 16_000, "silent"),
        (np.sign(np.sin(np.arange(16_000) / 9)), 16_000, "overdriven"),
        (np.zeros(31 * 8_000), 8_000, "at most 30 s"),
    ],
    ids=["empty", "silent", "clipped", "long"],
)
def test_bad_audio_is_refused_in_one_line(tmp_path, samples, rate, words):
    clip = tmp_path / "clip.wav"
    soundfile.write(clip, samples, rate)
    assert words in one_line(ruston("score", clip, "--phrase", "COM-10", "--language", "en"))


def test_a_refusal_speaks_the_learners_language(tmp_path):
    run = ruston("score", tmp_path / "нет.wav", "--phrase", "COM-10", "--language", "ru", RUSTON_INTERFACE="ru")
    assert "такого файла нет" in one_line(run)


def test_a_folder_without_a_manifest_is_refused(tmp_path):
    assert "clips.tsv" in one_line(ruston("score", tmp_path))


def test_a_faulty_manifest_is_refused_with_its_line(tmp_path):
    (tmp_path / "clips.tsv").write_text("path\tphrase\tlanguage\na.wav\tCOM-10\tfr\n", encoding="utf-8")
    assert "clips.tsv:2" in one_line(ruston("score", tmp_path))


def test_another_model_folder_that_holds_none_is_refused(tmp_path):
    run = ruston("score", RIGHT.path, "--phrase", RIGHT.phrase, "--language", "en", "--model", tmp_path)
    assert "no usable acoustic model" in one_line(run)


@pytest.mark.skipif(not FULL_DISK.exists(), reason="no /dev/full here")
def test_a_full_disk_is_said_in_one_line():
    with FULL_DISK.open("w") as full:
        run = subprocess.run(
            [sys.executable, "-m", "trainer", "phrases", "--json"],
            stdout=full, stderr=subprocess.PIPE, encoding="utf-8", check=False,
            env={**os.environ, "RUSTON_INTERFACE": "en"},
        )  # fmt: skip
    assert run.returncode == 2
    assert "Traceback" not in run.stderr


def test_a_reader_that_stops_early_is_no_error():
    command = f"{sys.executable} -m trainer phrases --json | head -n 1"
    run = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, encoding="utf-8", check=False)
    assert run.stdout.startswith("{")
    assert "Traceback" not in run.stderr
    assert "Error" not in run.stderr


def test_experts_melody_is_not_told_beside_a_wrong_stress():
    """They heard no Russian: what is wrong there they could not tell."""
    wrong = SAMPLES / "ru" / "com-10-accent-man.opus"
    told = ruston("score", wrong).stdout
    assert "the stress was heard on syllable" in told
    assert "as experts rate: sounds" in " ".join(told.split())
    assert "melody" not in told
    assert "melody" in ruston("score", RIGHT.path).stdout


def test_what_cost_most_is_told_first():
    told = ruston("score", SAMPLES / "ru" / "htc-02-accent-man.opus").stdout  # stress 13 points, a sound 8
    assert told.index("the stress was heard on syllable") < told.index("Work on")
