"""`ruston load` as a user runs it: calls answered with another task and without, what each costs the other, kept."""

import json

import pytest
import soundfile
from program import one_line, ruston

from trainer.audio.reference import reading
from trainer.bundled import bundled
from trainer.drill import agenda
from trainer.live.planning import seat
from trainer.phrasebook.load import load

BEAT = 2.0  # s of the first level


@pytest.fixture(scope="module")
def readings(tmp_path_factory):
    """What a learner of Russian says to two readbacks, each answered twice, from the program's own readings."""
    folder = tmp_path_factory.mktemp("readings")
    book = load()
    who = seat(book, "stafford", first=None, interface="en")
    for number, turn in enumerate(agenda.readbacks(book, [who], 3, 2)):
        text = agenda.find(book, turn.answers[0]).text("ru")
        clip = reading(turn.answers[0], text, "ru")
        for again in (0, 1):
            soundfile.write(folder / f"{2 * number + again}.wav", clip.samples, clip.rate)
    return folder


def rows(run):
    assert run.returncode == 0, run.stderr
    return [json.loads(line) for line in run.stdout.splitlines()]


def asked(records, readings, typed, calls=2):
    return rows(
        ruston(
            "load", "--crew", "stafford", "--task", "count", "--calls", calls, "--seed", 3, "--mic", readings,
            "--speaker", "mute", "--records", records, "--json", typed=typed,
        )
    )  # fmt: skip


def test_calls_are_answered_both_ways_and_both_tasks_are_scored(tmp_path, readings):
    count = "".join(f"{n * BEAT} step\n" for n in range(1, 100))
    found = asked(tmp_path / "r.sqlite", readings, count)
    assert [row["event"] for row in found] == ["alone", *["answer"] * 4, "outcome"]
    assert found[0]["held"] == pytest.approx(100, abs=0.5)
    answers = found[1:5]
    assert [row["call"] for row in answers][::2] == [row["call"] for row in answers][1::2]
    assert sorted(row["loaded"] for row in answers[:2]) == sorted(row["loaded"] for row in answers[2:]) == [False, True]
    assert all(row["points"] >= 70 for row in answers), answers
    assert all((row["held"] is None) != row["loaded"] for row in answers)
    assert all(row["held"] > 99 for row in answers if row["loaded"])
    outcome = found[-1]
    assert outcome["loss"] == pytest.approx(0, abs=5)  # the same recording, with load and without
    kept = rows(ruston("export", "exercises", "--records", tmp_path / "r.sqlite", "--learner", "stafford"))
    assert [row["kind"] for row in kept] == ["load"] * 2
    assert {row["item"] for row in kept} == {row["call"] for row in answers}
    assert all(row["points"] == min(row["details"]["readback"], row["details"]["other"]) for row in kept)
    again = asked(tmp_path / "r.sqlite", readings, "", calls=1)
    assert again[0]["level"] == pytest.approx(0.2)  # both were held: a step harder for each
    assert again[0]["held"] == 0  # and nobody counted


def test_what_is_no_key_is_told_and_the_drill_goes_on(tmp_path, readings):
    run = ruston(
        "load", "--crew", "stafford", "--task", "gauge", "--calls", 1, "--seed", 3, "--mic", readings,
        "--speaker", "mute", "--no-records", typed="1.0 up\nnonsense\nnan up\n-3 down\n",
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert [line.split(":")[1].strip() for line in run.stderr.splitlines()] == ["nonsense", "nan up", "-3 down"]
    assert "35" in run.stdout
    assert "65" in run.stdout


@pytest.mark.parametrize(
    "typed, told", [("y\n" * 500, "20 answers in a row"), ("\n" * 20_000, "10000"), ("\0" * 20_000, "no text in lines")]
)
def test_keys_that_never_end_are_not_read_for_ever(readings, typed, told):
    run = ruston("load", "--crew", "stafford", "--mic", readings, "--speaker", "mute", "--no-records", typed=typed)
    assert run.returncode == 2
    assert told in run.stderr.splitlines()[-1]


def test_a_folder_without_the_calls_is_told_before_anything_is_asked():
    told = one_line(
        ruston("load", "--crew", "stafford", "--mic", bundled("audio") / "reference", "--no-records", "--calls", 2)
    )
    assert "there is no recording of RBK" in told
