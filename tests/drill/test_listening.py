"""What is asked by ear: never given away by its length, first what was not understood."""

from datetime import UTC, datetime

import pytest

from trainer.drill.exercises import Exercise
from trainer.drill.listening import CHOICES, questions
from trainer.phrasebook.load import load

NOW = datetime(2026, 1, 1, tzinfo=UTC)
CALLS = load().phrases


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_call_has_one_right_meaning_among_others_about_as_long(language):
    asked = questions(CALLS, (), language, len(CALLS), seed=5)
    assert [question.call for question in asked] == [call.id for call in CALLS]
    for question in asked:
        assert len(set(question.meanings)) == CHOICES
        assert question.meaning in {call.plain("ru" if language == "en" else "en") for call in CALLS}
    longest = sum(max(question.meanings, key=len) == question.meaning for question in asked)
    assert longest < len(asked) / 2
    assert {question.answer for question in asked} == set(range(CHOICES))


def test_what_was_not_understood_comes_first_and_what_was_last():
    def told(call, points):
        return Exercise(NOW, "listen", "ru", call.id, points)

    understood, missed, mended = CALLS[0], CALLS[7], CALLS[9]
    done = [told(understood, 100.0), told(missed, 0.0), told(mended, 0.0), told(mended, 100.0)]
    order = [question.call for question in questions(CALLS, done, "ru", len(CALLS), seed=5)]
    assert order[0] == missed.id
    assert order[-2:] == [understood.id, mended.id]
