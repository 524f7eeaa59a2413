"""What each mode asks for, on the mission's own phrasebook, from both seats."""

from itertools import pairwise

import pytest
from crew import LEONOV, STAFFORD

from trainer.drill import agenda
from trainer.drill.plan import Plan, Reason, Seat, Turn
from trainer.drill.session import State
from trainer.errors import UserError
from trainer.phrasebook.load import load
from trainer.tui import call_view

ANYBODY = Seat("a", "anna", "Anna", "ru", "any")
NEW = Reason("new")
book = load()


def plan(mode, *seats, within=None):
    return Plan("s", mode, None, seats, (), "2026-01-01T00:00:00+00:00", within=within)


def cue(mode, turn, *seats):
    return agenda.cue(book, plan(mode, *seats), turn, 0, 1.5)


def test_readbacks_of_a_phase_are_all_of_it_and_one_without_any_says_where_there_are_some():
    turns = agenda.readbacks(book, [LEONOV], seed=5, count=12, phase="docking")
    assert {agenda.find(book, turn.prompt).phase for turn in turns} == {"docking"}
    assert len({turn.prompt for turn in turns}) == 12
    for phase, message in (("launch", "docking"), ("lunar-landing", "no phase lunar-landing")):
        with pytest.raises(UserError, match=message):
            agenda.readbacks(book, [LEONOV], seed=5, phase=phase)


@pytest.mark.parametrize("seat, target", [(LEONOV, "en"), (STAFFORD, "ru")])
@pytest.mark.parametrize("mode", ["echo", "read", "relay", "respond"])
def test_every_call_that_can_be_asked_for_makes_a_cue_in_the_partners_language(mode, seat, target):
    calls = agenda.calls(book, mode, seat)
    assert len(calls) > 50
    for turn in agenda.turns(book, mode, seat, ((call.id, NEW) for call in calls)):
        asked = cue(mode, turn, seat)
        assert {line.language for line in asked.answers} == {target}
        assert all(line.speaker in (seat.station, "any") for line in asked.answers)
        assert asked.seat == seat.id
        assert asked.prompt or asked.shown


def test_echo_lets_the_call_be_heard_and_read_shows_it_and_relay_gives_ones_own_language():
    turn = Turn(None, ("DOC-09",), "soyuz", NEW)
    echo, read, relay = (cue(mode, turn, LEONOV) for mode in ("echo", "read", "relay"))
    assert echo.prompt == echo.answers[0] == read.shown[0]
    assert not echo.shown
    assert not read.prompt
    assert relay.prompt is not None
    assert (relay.prompt.call, relay.prompt.language, relay.answers[0].language) == ("DOC-09", "ru", "en")


def test_respond_takes_any_proper_answer_and_hears_the_partner_in_ones_own_language():
    turns = agenda.turns(book, "respond", STAFFORD, ((c.id, NEW) for c in agenda.calls(book, "respond", STAFFORD)))
    cues = [cue("respond", turn, STAFFORD) for turn in turns]
    assert any(len(asked.answers) > 1 for asked in cues)
    for asked in cues:
        assert asked.prompt is not None
        assert asked.prompt.speaker != "apollo"
        assert asked.prompt.language == ("ru" if asked.prompt.speaker == "moscow" else "en")
        answered = [book.find(line.call).answers for line in asked.answers]
        assert all(asked.prompt.call in answers for answers in answered)


@pytest.mark.parametrize("seat", [LEONOV, STAFFORD])
def test_readbacks_repeat_the_figures_of_the_call_and_are_drawn_from_the_seed(seat):
    turns = agenda.readbacks(book, [seat], seed=5)
    assert turns == agenda.readbacks(book, [seat], seed=5) != agenda.readbacks(book, [seat], seed=6)
    assert len(turns) == agenda.READBACKS
    for turn in turns:
        asked = cue("readback", turn, seat)
        assert asked.values
        assert asked.prompt is not None
        assert asked.prompt.speaker != seat.station
        assert asked.answers[0].language == seat.target


@pytest.mark.parametrize("phase", [phase.id for phase in book.phases])
def test_a_checklist_is_the_whole_phase_in_order_both_sides(phase):
    turns = agenda.checklist(book, phase, [LEONOV, STAFFORD])
    called = [turn.prompt or turn.answers[0] for turn in turns]
    assert called == [call.id for call in book.phrases if call.phase == phase and not call.contingency]
    for turn in turns:
        asked = cue("checklist", turn, LEONOV, STAFFORD)
        speaker = agenda.find(book, turn.prompt or turn.answers[0]).speaker
        if speaker in ("apollo", "soyuz"):
            assert asked.seat == speaker
            assert asked.answers[0].language == {"apollo": "ru", "soyuz": "en"}[speaker]
        elif speaker != "any":
            assert asked.seat is None


def test_alone_on_a_checklist_the_partner_is_heard_in_ones_own_language():
    heard = [
        cue("checklist", turn, LEONOV).prompt for turn in agenda.checklist(book, "docking", [LEONOV]) if not turn.seat
    ]
    assert heard
    assert {line.language for line in heard if line and line.speaker == "apollo"} == {"ru"}


def test_a_call_for_anybody_goes_to_the_seat_that_did_not_speak_last():
    turns = agenda.checklist(book, "hard-dock", [LEONOV, STAFFORD])
    seats = [turn.seat for turn in turns if agenda.find(book, (turn.prompt or turn.answers[0])).speaker == "any"]
    assert set(seats) == {"soyuz", "apollo"}


def test_somebody_of_no_crew_can_be_asked_for_everything():
    assert len(agenda.calls(book, "read", ANYBODY)) == len(book.phrases)
    assert agenda.readbacks(book, [ANYBODY], seed=1, count=30)


@pytest.mark.parametrize("ask", [
    lambda: agenda.calls(book, "read", LEONOV, "lunar-landing"),
    lambda: agenda.checklist(book, "lunar-landing", [LEONOV]),
])  # fmt: skip
def test_an_unknown_phase_is_answered_with_those_there_are(ask):
    with pytest.raises(UserError, match="docking"):
        ask()


def test_the_crews_of_the_mission_sit_at_their_own_station():
    crew = {member.id: member for member in book.crew}
    assert {"stafford", "slayton", "brand", "leonov", "kubasov"} <= {m.id for m in crew.values() if m.crew == "prime"}
    assert all((member.station == "soyuz") == (member.first == "ru") for member in crew.values())


def test_events_have_their_mission_time_in_seconds():
    assert book.get("first-docking") == 51 * 3600 + 49 * 60 + 9
    assert book.get("crew-exchange") == 69 * 3600 + 40 * 60
    assert book.get(None) is None


def test_a_call_for_a_partner_who_is_there_is_said_by_the_partner_and_then_answered_unheard_by_the_machine():
    seats = [LEONOV, STAFFORD]
    alone = agenda.readbacks(book, seats, seed=3, count=6)
    turns = agenda.between(book, alone, seats)
    assert len(turns) > len(alone)
    for said, answered in pairwise(turns):
        if answered.prompt and said.answers == (answered.prompt,):
            call, answer = cue("readback", said, *seats), cue("readback", answered, *seats)
            assert {call.seat, answer.seat} == {"soyuz", "apollo"}
            assert call.shown
            assert not answer.shown
            assert call.prompt is answer.prompt is None
    voiced = [turn for turn in turns if cue("readback", turn, *seats).prompt]
    assert {agenda.find(book, turn.prompt).speaker for turn in voiced} <= {"houston", "moscow", "recovery"}


@pytest.mark.parametrize("mode, hidden", [("respond", False), ("readback", True)])
def test_what_a_partner_has_just_said_stands_over_the_answer_but_its_figures_are_to_be_remembered(mode, hidden):
    seats = [LEONOV, STAFFORD]
    turns = agenda.between(book, agenda.readbacks(book, seats, seed=3, count=6), seats)
    said, answered = next(two for two in pairwise(turns) if two[1].prompt and two[0].answers == (two[1].prompt,))
    asked = cue(mode, answered, *seats)
    state = State(queue=(answered,), turn=1, cue=asked)
    [card] = call_view.texts(state, plan(mode, *seats), book, lambda phrase, line: ("", ""), hints=0)
    assert (card.text, card.hidden) == (cue(mode, said, *seats).shown[0].text, hidden)


def test_seats_take_turns_for_as_long_as_they_have_any():
    one, other = ([Turn(None, (name,), name, NEW)] * n for name, n in (("a", 3), ("b", 1)))
    assert [turn.seat for turn in agenda.taken_in_turns([one, other])] == ["a", "b", "a", "a"]


def test_an_alarm_in_between_is_heard_by_all_and_answered_by_one():
    heard, answered = agenda.injected(book, [LEONOV, STAFFORD], "EMG-01")
    assert (heard.prompt, heard.seat) == ("EMG-01", None)
    assert answered.seat == "soyuz"
    assert "EMG-02" in answered.answers
    inject = agenda.cue(book, plan("checklist", LEONOV, STAFFORD), answered, 3, 0.0, "instructor")
    assert (inject.by, inject.shown) == ("instructor", inject.answers[:1])


def test_an_unknown_call_cannot_be_put_in_between():
    with pytest.raises(UserError, match="NO-1"):
        agenda.injected(book, [LEONOV, STAFFORD], "NO-1")
