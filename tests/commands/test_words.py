"""`ruston words` as a user runs it."""

import json

from program import ruston

from trainer.audio.manifest import clips
from trainer.bundled import bundled
from trainer.speech.acoustic import AcousticModel

RIGHT = next(c for c in clips(bundled("audio") / "samples") if c.reading == "right" and c.language == "ru")


def test_words_come_as_json_while_the_call_goes_on_and_with_a_verdict_at_its_end(tmp_path):
    run = ruston("words", RIGHT.path, "--language", "ru", "--phrase", RIGHT.phrase, "--phrase", "COM-10", "--json")
    assert run.returncode == 0, run.stderr
    rows = [json.loads(line) for line in run.stdout.splitlines()]
    assert {row["schema"] for row in rows} == {"ruston.words/1"}
    assert len(rows) > 2
    assert [row["final"] for row in rows] == [False] * (len(rows) - 1) + [True]
    assert [row["at"] for row in rows] == sorted(row["at"] for row in rows)
    assert rows[-1]["content"]["answer"] == RIGHT.phrase
    assert rows[-1]["content"]["complete"] == 1
    # Whoever is quicker tells the words so far, whoever hears better has the last word.
    assert {row["engine"] for row in rows[:-1]} == {"vosk-ru"}
    assert rows[-1]["engine"] == AcousticModel().name


def test_without_a_call_the_whole_book_is_listened_for():
    run = ruston("words", RIGHT.path, "--language", "ru")
    assert run.returncode == 0, run.stderr
    assert "аполлон" in run.stdout
    assert "heard by" in run.stdout


def test_what_cannot_be_heard_is_refused_in_one_line(tmp_path):
    run = ruston("words", tmp_path / "none.wav", "--language", "en")
    assert run.returncode == 2
    assert len(run.stderr.splitlines()) == 1
