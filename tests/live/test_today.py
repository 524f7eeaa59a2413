"""What the board counts as due is what a drill of what is next would give."""

from datetime import UTC, datetime, timedelta

import pytest

from trainer.drill.memory import Card, Memory, due
from trainer.live import planning
from trainer.live.board import board
from trainer.live.program import Options, Program
from trainer.live.today import today

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)


def card(hours: float) -> Card:
    return Card(stability=0.08, difficulty=5.0, last=NOW - timedelta(hours=hours))


@pytest.mark.parametrize("mode", ["read", "echo", "relay"])
def test_what_is_due_is_what_a_drill_would_give(mode):
    program = Program(Options(speaker="mute", keep=False))
    seat = program.seat_of("stafford")
    ours = [phrase for phrase in program.book.phrases if phrase.speaker in ("any", seat.station)]
    early, just, again = [phrase.id for phrase in ours if phrase.phase == "comm-check"][:3]
    begun = next(phrase.id for phrase in ours if phrase.phase == "entry-landing")
    cards = {early: card(30), again: card(12), just: card(2), begun: card(30), "OWN-77777777": card(30)}
    assert all(due(each, NOW) for each in cards.values())
    memory = Memory(calls={seat.target: cards})
    plan = planning.plan(program.book, mode, [seat], NOW, memory=memory, seed=1)
    given = {turn.answers[0] for turn in plan.agenda if turn.reason and turn.reason.why == "due"}
    told = today(memory, seat.target, board(program.book, seat, memory, NOW), None, seat.learner, None, NOW)
    assert given == {early, again, begun}
    assert told.due == len(given)
