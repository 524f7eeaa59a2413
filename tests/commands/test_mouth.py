"""`ruston mouth` as a user runs it: a word heard three times, said three times, scored, kept."""

import json

from program import one_line, ruston

from trainer.audio import files
from trainer.audio.recording import SAMPLE_RATE
from trainer.bundled import bundled
from trainer.scoring.points import PASS_MARK

CALL = bundled("audio") / "reference" / "en" / "man" / "DOC-17.opus"


def rows(run):
    assert run.returncode == 0, run.stderr
    return [json.loads(line) for line in run.stdout.splitlines()]


def test_three_tries_after_slow_normal_and_the_call(tmp_path):
    store = tmp_path / "records.sqlite"
    piece, *tries = rows(
        ruston(
            "mouth",
            "--crew",
            "leonov",
            "--word",
            "docking",
            "--mic",
            CALL,
            "--speaker",
            "mute",
            "--records",
            store,
            "--json",
        )
    )
    assert (piece["rung"], piece["text"].lower()) == ("word", "docking")
    assert [(one["number"], one["after"]) for one in tries] == [(1, "slow"), (2, "normal"), (3, "call")]
    kept = rows(ruston("export", "exercises", "--records", store))
    assert [(one["kind"], one["item"], one["points"]) for one in kept] == [("mouth", "docking", tries[-1]["points"])]
    assert "leonov" not in json.dumps(kept)


def test_a_word_with_a_moved_stress_is_not_praised(tmp_path):
    """GROM-ka, where it is grom-KA: its sounds are right."""
    said = files.read(bundled("audio") / "samples" / "ru" / "com-10-accent-man.opus").samples
    files.write(tmp_path / "word.wav", said[round(1.08 * SAMPLE_RATE) : round(1.87 * SAMPLE_RATE)])
    mouth = ("mouth", "--crew", "stafford", "--word", "громко", "--mic", tmp_path / "word.wav", "--no-records")
    tries = [one for one in rows(ruston(*mouth, "--speaker", "mute", "--json")) if one["event"] == "try"]
    assert tries[0]["stress"] == "misplaced"
    assert min(phone["score"] for phone in tries[0]["phones"]) > PASS_MARK
    assert max(one["points"] for one in tries[:2]) < PASS_MARK
    assert "STRESS" in ruston(*mouth, "--speaker", "mute").stdout


def test_the_ladder_of_a_sound_is_listed():
    found = rows(ruston("mouth", "--crew", "stafford", "--sound", "sʲ", "--list", "--no-records", "--json"))
    assert [piece["rung"] for piece in found] == ["sound", "syllable", "word", "call"]


def test_who_has_no_weak_sound_is_told_what_to_do():
    assert "--sound" in one_line(ruston("mouth", "--no-records"))
    assert "one of" in one_line(ruston("mouth", "--word", "a", "--sound", "b", "--no-records"))


def test_sound_on_standard_input_that_ends_too_soon_is_named_as_the_reason():
    run = ruston(
        "mouth", "--crew", "leonov", "--word", "docking", "--mic", "-", "--pace", "fast", "--speaker", "mute",
        "--no-records", typed="",
    )  # fmt: skip
    assert "standard input is over" in one_line(run)
