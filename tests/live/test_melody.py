"""The melody drill asks for what its readings show."""

import numpy as np
import pytest

from trainer.audio import own_readings
from trainer.audio.recording import SAMPLE_RATE, Recording
from trainer.live.melody import MelodyDrill
from trainer.live.practice import Practising
from trainer.live.program import Options, Program
from trainer.phrasebook.books import books
from trainer.scoring.melody import contour
from trainer.wording import melody_verdict


def practising(who, book="astp"):
    program = Program(Options(keep=False, threads=1))
    program.who, program.first = who, {"stafford": "en", "leonov": "ru"}[who]
    program.choose_book(book)
    return Practising(program, program.seat)


@pytest.mark.parametrize("who", ["stafford", "leonov"])
@pytest.mark.parametrize("book", [book.id for book in books()])
def test_every_question_has_a_reading_that_asks(book, who):
    """Some 60 readings scored: a question said like a statement must not be what a learner is to imitate."""
    there = practising(who, book)
    drills = [MelodyDrill(there, phrase.id) for phrase in there.calls()]
    asked = [drill for drill in drills if any(one.rises and one.judged for one in drill.wanted)]
    assert len(asked) >= 2
    assert [drill.call for drill in asked if drill.model is None] == []


def falling(samples):
    """The same as a tape that is braked where the voice is high: its pitch falls evenly, by half an octave."""
    tune = contour(samples, SAMPLE_RATE)
    voiced = np.isfinite(tune.semitones)
    at = np.arange(len(samples))
    high = np.interp(at / SAMPLE_RATE, tune.times[voiced], tune.semitones[voiced])
    pace = 2.0 ** ((np.linspace(3, -3, len(samples)) - high) / 12)
    length = np.cumsum(1 / pace)
    return np.interp(np.arange(int(length[-1])), length, samples).astype(np.float32)


def test_a_call_is_neither_asked_nor_judged_where_its_reading_says_another_melody(monkeypatch, tmp_path):
    monkeypatch.setenv("RUSTON_DATA", str(tmp_path))
    there = practising("leonov")
    question = MelodyDrill(there, "PRO-13")
    assert question.model
    assert question.to_be_asked
    said = question.compare(Recording(question.model.samples, "reading", SAMPLE_RATE))
    assert said.points == 100

    flat = falling(question.model.samples)
    own_readings.keep(flat, "PRO-13", question.text, "en", "somebody")

    stated = MelodyDrill(practising("leonov"), "PRO-13")
    assert stated.model is None
    assert not stated.to_be_asked
    said = stated.compare(Recording(flat, "recording", SAMPLE_RATE))
    assert (said.heard, said.points) == ((), None)
    assert "not judged" in melody_verdict(said)


def test_sentences_are_shown_as_they_are_written():
    drill = MelodyDrill(practising("stafford"), "COM-23")
    shown = ["".join(part for _word, part in drill.parts(sentence)) for sentence in drill.wanted]
    assert shown == ["Алло, вы меня слышите?", "Слышу вас хорошо."]
