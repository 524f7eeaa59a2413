"""Practice on real sound: what is cut out of the readings is what the scorer hears, and it is kept."""

from datetime import UTC, datetime

import numpy as np
import pytest

from trainer.audio.recording import SAMPLE_RATE, Recording
from trainer.drill import mouth
from trainer.errors import UserError
from trainer.live.practice import Practising
from trainer.live.program import Options, Program
from trainer.scoring.points import PASS_MARK

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def practising(scorer, tmp_path):
    def of(who):
        program = Program(Options(records=str(tmp_path / "records.sqlite"), now=lambda: NOW))
        program.book, program.scorer = scorer.book, scorer
        return Practising(program, program.seat_of(who))

    return of


@pytest.mark.parametrize("who, call", [("stafford", "DOC-09"), ("leonov", "DOC-09")])
def test_the_words_of_a_reading_pass_by_themselves_and_another_word_does_not(practising, who, call):
    those = practising(who)
    whole = those.piece(call, 0)
    number = len(mouth.in_call(whole, those.text(call), those.program.scorer.lexicon(those.language)).said.words)
    pieces = [those.piece(call, at) for at in range(number)]
    words = [(piece, those.reading(piece, "normal")) for piece in pieces if piece.rung == "word"]
    assert len(words) >= 3
    for piece, samples in words:
        slow = those.reading(piece, "slow")
        assert len(slow) > 1.2 * len(samples)
        said = those.score(Recording(samples, "reading", SAMPLE_RATE), piece)
        assert said.points >= PASS_MARK, piece.text
    (piece, _own), (_other, samples) = words[0], words[-1]
    assert those.score(Recording(samples, "another", SAMPLE_RATE), piece).points < PASS_MARK


def test_three_tries_are_kept_and_the_last_is_the_call(practising):
    those = practising("stafford")
    (rungs,) = those.ladders("ɨ")
    piece = next(piece for piece in rungs if piece.rung == "word")
    practice = mouth.Practice(piece)
    while (step := practice.step) is not None:
        samples = those.reading(piece, step)
        outcome = those.score(Recording(samples, step, SAMPLE_RATE), those.said(practice))
        practice = mouth.tried(practice, outcome.points)
    assert practice.passed
    kept = those.keep_practice(practice)
    assert [exercise for _who, exercise in those.program.store.exercises("stafford", "ru", "mouth")] == [kept]
    assert (kept.at, kept.item, kept.details["call"]) == (NOW, "ɨ", piece.call)
    assert {"try 1", "try 2", "try 3"} < set(kept.details)


def test_who_comes_again_meets_another_sound_and_another_word(practising):
    those = practising("stafford")
    sounds, words = [], []
    for _ladder in range(3):
        sound = those.to_train()
        piece = next(piece for piece in those.ladder("ɨ") if piece.rung == "word")
        sounds.append(sound)
        words.append(piece.text)
        those.keep("mouth", sound, 90.0, {"text": "-"})
        those.keep_practice(mouth.Practice(piece, (90.0,) * 3))
    assert len(set(sounds)) == len(set(words)) == 3


def test_a_ladder_is_climbed_whose_reading_has_the_sound(practising):
    those = practising("leonov")
    avoided = next(rungs[-1] for rungs in those.ladders("ɪ"))
    top = those.ladder("ɪ")[-1]
    judged = {
        piece.call: those.score(Recording(those.reading(piece, "normal"), "reading", SAMPLE_RATE), piece).points
        for piece in (avoided, top)
    }
    assert judged[avoided.call] < PASS_MARK <= judged[top.call]


def test_a_sound_by_itself_is_long_enough_to_be_heard_and_silence_is_refused(practising):
    those = practising("leonov")
    (rungs,) = those.ladders("θ")
    heard = those.reading(rungs[0], "normal")
    assert np.count_nonzero(heard) / SAMPLE_RATE > 0.25
    with pytest.raises(UserError, match="no speech"):
        those.score(Recording(np.zeros(SAMPLE_RATE, np.float32), "silence", SAMPLE_RATE), rungs[-1])


def test_what_there_is_not_is_refused_in_one_line(practising):
    those = practising("leonov")
    for ask in (lambda: those.word("zzyzx"), lambda: those.ladders("ɨ"), lambda: those.piece("DOC-09", 99)):
        with pytest.raises(UserError):
            ask()
