"""`ruston ear` as a user runs it: asked, answered, told, kept, and harder or easier after that."""

import json

import numpy as np
import pytest
from program import one_line, ruston

from trainer.audio.contrasts import harder, places, recorded, talkers, word
from trainer.bench.contrasts import Ears, asked
from trainer.languages import LANGUAGES
from trainer.phrasebook.contrasts import contrasts


def rows(run):
    assert run.returncode == 0, run.stderr
    return [json.loads(line) for line in run.stdout.splitlines()]


def test_questions_are_answered_kept_and_the_next_session_goes_on(tmp_path):
    kept = ("--records", tmp_path / "records.sqlite", "--speaker", "mute", "--pace", "fast", "--json")
    heard = rows(
        ruston("ear", "--crew", "stafford", "--contrast", "l-lʲ", "--size", 4, "--seed", 5, *kept, typed="1\n2\n1\n1\n")
    )
    questions = [row for row in heard if row["event"] == "question"]
    answers = [row for row in heard if row["event"] == "answer"]
    assert len(questions) == len(answers) == 4
    for question, answer, said in zip(questions, answers, (0, 1, 0, 0), strict=True):
        assert answer["said"] in question["words"]
        assert answer["right"] == (question["words"][said] == answer["said"])
        assert all((question["talker"], word) in places("ru") for word in question["words"])
    listed = rows(ruston("ear", "--crew", "stafford", "--list", *kept))
    row = next(row for row in listed if row["contrast"] == "l-lʲ")
    assert (row["answers"], row["right"]) == (4, sum(answer["right"] for answer in answers))


def test_every_contrast_has_pairs_by_four_talkers_that_were_judged():
    for language in LANGUAGES:
        judged = set(asked(language))
        for contrast in contrasts(language):
            there = recorded(contrast)
            said = [talkers(contrast, first, second) for first, second in there]
            assert len(said) >= 2, contrast.id
            assert len({talker for names in said for talker in names}) >= 4, contrast.id
            assert {(contrast, pair) for pair in there} <= judged


def test_a_machine_ear_tells_words_from_their_partners_until_noise_hides_them():
    ears = Ears()
    contrast = next(contrast for contrast in contrasts("ru") if contrast.id == "t-tʲ")
    heard = [
        (word("ru", talker, pair[0].text), word("ru", talker, pair[1].text), pair)
        for pair in recorded(contrast)[:3]
        for talker in talkers(contrast, *pair)[:3]
    ]
    plain = [ears.own(first, pair, "ru") - ears.own(second, pair, "ru") for first, second, pair in heard]
    assert np.mean(np.array(plain) > 0) > 0.85
    hidden = [
        ears.own(harder(first, -12.0, 0.0, 1), pair, "ru") - ears.own(harder(second, -12.0, 0.0, 2), pair, "ru")
        for first, second, pair in heard
    ]
    assert np.mean(hidden) < np.mean(plain) / 4


def test_words_lie_apart_in_their_files():
    for language in LANGUAGES:
        by_talker = {}
        for (talker, _word), place in places(language).items():
            by_talker.setdefault(talker, []).append((place.start, place.end))
        for spans in by_talker.values():
            ends = [0.0, *(end for _start, end in sorted(spans))]
            assert all(
                start >= before - 1e-6 and end > start
                for (start, end), before in zip(sorted(spans), ends, strict=False)
            )


def test_what_is_no_contrast_or_answer_is_refused():
    assert "θ-s" in one_line(ruston("ear", "--crew", "leonov", "--contrast", "x-y", "--no-records"))


def test_a_wrong_answer_is_told_and_asked_again_and_answers_that_end_early_are_no_success(tmp_path):
    kept = ("--records", tmp_path / "r.sqlite", "--speaker", "mute", "--pace", "fast", "--json")
    run = ruston("ear", "--crew", "leonov", "--size", 3, *kept, typed="3\n1\n")
    assert run.returncode == 2
    assert [json.loads(line)["event"] for line in run.stdout.splitlines()] == ["question", "answer", "question"]
    wrong, early = run.stderr.splitlines()
    assert "from 1 to 2" in wrong
    assert "1 of 3" in early
    assert len(rows(ruston("export", "exercises", "--records", tmp_path / "r.sqlite"))) == 1


@pytest.mark.parametrize(
    "typed, told",
    [("\0" * 30_000, "no text in lines"), ("x" * 30_000, "no text in lines"), ("y\n" * 500, "20 answers in a row")],
    ids=["zeros", "no lines", "no answers"],
)
def test_what_never_becomes_an_answer_is_not_read_for_ever(typed, told):
    run = ruston("ear", "--crew", "leonov", "--speaker", "mute", "--pace", "fast", "--no-records", typed=typed)
    assert run.returncode == 2
    last = run.stderr.splitlines()[-1]
    assert told in last
    assert len(run.stderr) < 3000
