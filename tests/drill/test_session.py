"""A session is a fold: total, deterministic, and the same whether it is folded at once or picked up in the middle."""

import json
from dataclasses import replace

import pytest
from crew import LEONOV, STAFFORD
from hypothesis import given
from hypothesis import strategies as st

from trainer.drill.events import (
    Advanced,
    Assessed,
    Cue,
    Ended,
    Event,
    Heard,
    Held,
    Injected,
    Joined,
    KeyDown,
    KeyUp,
    Left,
    Line,
    Missed,
    Opened,
    Refused,
    Resumed,
    from_json,
    to_json,
)
from trainer.drill.hints import STEPS
from trainer.drill.plan import Plan, Reason, Turn
from trainer.drill.session import INJECTS, VOICE, State, apply, fold, points
from trainer.scoring.assessment import Assessment, Deduction, Fluency, PhoneScore, WordScore
from trainer.scoring.content import Content
from trainer.wording import remark

LINE = Line("DOC-09", "en", "Capture!", "soyuz")
AGENDA = tuple(Turn(None, (call,), "soyuz", Reason("new")) for call in ("A", "B", "C", "D", "E"))
PLAN = Plan("s", "read", "docking", (LEONOV, STAFFORD), AGENDA, "2026-01-01T00:00:00+00:00", get=100.0)
FLUENCY = Fluency(0.1, 0.8, 4.0, 3.5, ())


def assessment(score: float) -> Assessment:
    phone = PhoneScore("k", score, -1.0, 0.1, 0.2, None, (("k", 0.9),))
    return Assessment(
        "Capture!", "en", "scored", score, 100.0, -0.2, (WordScore("Capture", score, 0.1, 0.5, False, (phone,)),), (),
        FLUENCY, 1.0,
    )  # fmt: skip


moments = st.floats(0, 1000, allow_nan=False)
seats = st.sampled_from(["soyuz", "apollo"])
turns = st.integers(-1, 4)
scores = st.floats(0, 100)
EVENTS: dict[str, st.SearchStrategy[Event]] = {
    "opened": st.builds(Opened, at=moments, plan=st.just(PLAN)),
    "cue": st.builds(
        Cue, at=moments, turn=turns, seat=st.none() | seats, prompt=st.none() | st.just(LINE), shown=st.just((LINE,)),
        answers=st.sampled_from([(), (LINE,)]), reason=st.just(Reason("due")), within=st.none() | st.floats(0, 10),
        by=st.sampled_from(["director", "instructor"]),
    ),
    "key_down": st.builds(KeyDown, at=moments, seat=seats, line=st.none() | st.just(LINE)),
    "key_up": st.builds(KeyUp, at=moments, seat=seats),
    "heard": st.builds(Heard, at=moments, seat=seats, words=st.just(("a",)), final=st.booleans(), engine=st.just("x")),
    "assessed": st.builds(
        Assessed, at=moments, seat=seats, turn=turns, line=st.just(LINE), assessment=scores.map(assessment),
        latency=st.floats(0, 1), hints=st.integers(0, STEPS),
    ),
    "refused": st.builds(Refused, at=moments, seat=seats, turn=turns, reason=st.just("silent")),
    "missed": st.builds(Missed, at=moments, seat=seats, turn=turns),
    "advanced": st.builds(Advanced, at=moments, turn=turns, how=st.sampled_from(["next", "again", "skip"])),
    "held": st.builds(Held, at=moments, by=st.just("instructor")),
    "resumed": st.builds(Resumed, at=moments, by=st.just("instructor")),
    "injected": st.builds(Injected, at=moments, by=st.just("instructor"), turn=st.just(AGENDA[0])),
    "joined": st.builds(Joined, at=moments, place=seats, name=st.just("X")),
    "left": st.builds(Left, at=moments, place=seats, why=st.sampled_from(["left", "lost"])),
    "ended": st.builds(Ended, at=moments),
}  # fmt: skip
OPENED = Opened(at=0.0, plan=PLAN)
without_end = st.one_of(*(events for kind, events in EVENTS.items() if kind != "ended"))
logs = st.lists(without_end | without_end | st.one_of(*EVENTS.values()), max_size=60).map(lambda rest: [OPENED, *rest])


@given(logs, st.integers(0, 60))
def test_any_log_gives_the_same_state_bit_for_bit_however_it_travelled(log, cut):
    state = fold(log)
    assert repr(fold(from_json(to_json(event)) for event in log)) == repr(state)
    assert repr(fold(log[cut:], fold(log[:cut]))) == repr(state)


@given(logs)
def test_whatever_happens_the_state_makes_sense(log):
    state = State()
    for event in log:
        before, state = state, apply(state, event)
        assert state.at >= before.at
        assert len(state.attempts) - len(before.attempts) in (0, 1)
        assert len(state.queue) <= len(AGENDA)
        assert state.turn - before.turn in (0, 1)
        assert before.ended is None or state == before
        assert all(0 <= attempt.points <= max(attempt.score, 0) for attempt in state.attempts)
        assert state.keyed is None or state.channel(state.keyed) == "transmit"
        assert len(set(state.present)) == len(state.present)
        assert len(state.injected) <= INJECTS


@given(logs)
def test_an_answer_is_counted_once_a_turn(log):
    taken = [attempt.turn for attempt in fold(log).attempts]
    assert len(taken) == len(set(taken))


def play(*events: Event) -> State:
    return fold([OPENED, *events])


def cue(turn: int, at: float = 0.0, within: float | None = None, by: str = "director") -> Cue:
    return Cue(
        at=at, turn=turn, seat="soyuz", prompt=None, shown=(LINE,), answers=(LINE,), reason=Reason("new"),
        within=within, by=by,
    )  # fmt: skip


def scored(turn: int, score: float, at: float = 0.0) -> Assessed:
    return Assessed(at=at, seat="soyuz", turn=turn, line=LINE, assessment=assessment(score), latency=0.1)


def test_half_duplex_nobody_talks_over_the_one_who_has_the_loop():
    state = play(cue(0), KeyDown(at=1, seat="soyuz"), KeyDown(at=2, seat="apollo"), KeyUp(at=3, seat="apollo"))
    assert state.channel("soyuz") == "transmit"
    assert state.channel("apollo") == "receive"
    assert apply(state, KeyUp(at=4, seat="soyuz")).channel("apollo") == "clear"


@pytest.mark.parametrize("down, late, worth", [(4.0, 0.0, 90.0), (7.5, 2.5, 80.0), (60.0, 55.0, 60.0)])
def test_a_late_answer_costs(down, late, worth):
    state = play(
        cue(0, at=0.0, within=5.0), KeyDown(at=down, seat="soyuz"), KeyUp(at=61, seat="soyuz"), scored(0, 90.0, 62)
    )
    assert (state.attempts[0].late, state.attempts[0].points) == (late, worth)


@pytest.mark.parametrize("hints, worth", [(0, 90.0), (1, 80.0), (STEPS, 60.0)])
def test_help_costs(hints, worth):
    attempt = play(cue(0), replace(scored(0, 90.0), hints=hints)).attempts[0]
    assert (attempt.points, attempt.hints) == (worth, hints)


def test_an_answer_left_out_is_counted_until_it_is_given():
    skipped = play(cue(0), Advanced(at=3, turn=0, how="skip"))
    assert (skipped.left_out(), skipped.left_out("soyuz"), skipped.left_out(VOICE)) == (1, 1, 0)
    assert play(cue(0), scored(0, 90.0), Advanced(at=3, turn=0, how="skip")).left_out() == 0
    assert play(cue(0), Advanced(at=3, turn=0, how="skip"), cue(1), scored(1, 90.0)).left_out() == 0


def test_answers_from_before_there_was_help_are_read_on():
    written = json.loads(to_json(scored(0, 90.0)))
    written.pop("hints", None)
    assert from_json(json.dumps(written)) == scored(0, 90.0)


def test_the_time_to_answer_counts_from_the_end_of_the_prompt():
    state = play(
        cue(0, within=5.0), KeyDown(at=1, seat=VOICE, line=LINE), KeyUp(at=6, seat=VOICE), KeyDown(at=10, seat="soyuz"),
        KeyUp(at=11, seat="soyuz"), scored(0, 90.0, 12),
    )  # fmt: skip
    assert state.attempts[0].late == 0.0
    assert state.attempts[0].response == 4.0 + FLUENCY.onset_latency


def test_figures_that_came_back_wrong_are_no_readback_however_well_they_sounded():
    wrong = replace(scored(0, 95.0), content=Content(None, (), 0.8, exact=False, engine="x"))
    assert not play(cue(0), wrong).attempts[0].passed(70)
    assert play(cue(0), replace(wrong, content=None)).attempts[0].passed(70)


@pytest.mark.parametrize("score, passed, doubtful", [(64, False, False), (69, False, True), (71, True, True), (76, True, False)])  # fmt: skip  # noqa: E501
def test_an_answer_near_the_mark_passes_or_not_and_says_that_chance_decided(score, passed, doubtful):
    attempt = play(cue(0), scored(0, score)).attempts[0]
    assert (attempt.passed(70), attempt.doubtful(70)) == (passed, doubtful)
    assert bool(remark(attempt, 70)) is doubtful
    assert not remark(attempt)


def test_a_wrong_figure_is_no_matter_of_chance():
    wrong = replace(scored(0, 71.0), content=Content(None, (), 0.8, exact=False, engine="x"))
    assert not play(cue(0), wrong).attempts[0].doubtful(70)


def test_time_held_is_not_late_and_the_mission_clock_stands_still():
    held = play(cue(0, at=0.0, within=5.0), Held(at=1, by="instructor"))
    assert held.get(50.0) == 101.0
    state = fold([Resumed(at=101, by="instructor"), KeyDown(at=104, seat="soyuz"), scored(0, 90.0, 106)], held)
    assert state.attempts[0].late == 0.0
    assert state.get(106.0) == 106.0


def test_a_held_drill_takes_no_new_call_but_lets_go_of_the_key():
    state = play(cue(0), KeyDown(at=1, seat="soyuz"), Held(at=2, by="x"), KeyUp(at=3, seat="soyuz"))
    assert state.keyed is None
    assert apply(state, KeyDown(at=4, seat="soyuz")).keyed is None
    assert apply(state, scored(0, 80)).attempts  # what was said before is still scored


def test_a_call_that_was_not_good_enough_comes_back_once():
    state = play(cue(0), scored(0, 50.0), Advanced(at=2, turn=0))
    assert [turn.answers[0] for turn in state.queue] == ["B", "C", "D", "A", "E"]
    assert state.queue[3].reason.why == "again"
    for turn in range(1, 5):
        state = fold([cue(turn), scored(turn, 90.0 if turn < 4 else 10.0), Advanced(at=3, turn=turn)], state)
    assert [turn.answers[0] for turn in state.queue] == ["E"]


def test_a_call_said_once_more_is_no_other():
    state = play(cue(0), scored(0, 50.0), Advanced(at=2, turn=0, how="again"), cue(1), scored(1, 60.0))
    assert len(state.attempts) == 2
    assert state.begun == (LINE.call,)


def test_again_repeats_at_once_and_an_inject_takes_nothing_from_the_agenda():
    again = play(cue(0), scored(0, 50.0), Advanced(at=2, turn=0, how="again"))
    assert again.queue == AGENDA
    injected = play(cue(0, by="instructor"), scored(0, 50.0), Advanced(at=2, turn=0))
    assert injected.queue == AGENDA


def test_what_an_instructor_puts_in_between_comes_next_and_once():
    alarm = Turn("EMG-01", (), None, Reason("inject"))
    state = play(cue(0), Injected(at=1, by="instructor", turn=alarm))
    assert state.injected == (("instructor", alarm),)
    state = fold([Advanced(at=2, turn=0), cue(1, by="instructor")], state)
    assert state.injected == ()
    assert [turn.answers[0] for turn in fold([Advanced(at=3, turn=1)], state).queue] == ["B", "C", "D", "E"]


@pytest.mark.parametrize("event", [Left(at=2, place="soyuz", why="lost"), Joined(at=2, place="soyuz", name="L")])
def test_whoever_vanishes_with_the_key_down_lets_go_of_it(event):
    state = play(cue(0), Joined(at=0, place="soyuz", name="L"), KeyDown(at=1, seat="soyuz"))
    assert state.keyed == "soyuz"
    after = apply(state, event)
    assert after.keyed is None
    assert ("soyuz" in after.present) == isinstance(event, Joined)


def test_the_partner_who_comes_does_not_take_the_loop_from_the_one_who_talks():
    state = play(cue(0), KeyDown(at=1, seat="soyuz"), Joined(at=2, place="apollo", name="S"))
    assert state.keyed == "soyuz"


def test_nothing_happens_after_the_end():
    state = play(cue(0), Ended(at=1))
    assert apply(state, scored(0, 90.0, 2)) == state


@given(scores, st.floats(0, 1e6), st.floats(0, 1e6))
def test_points_never_rise_with_lateness(score, late, later):
    assert 0 <= points(score, late + later) <= points(score, late) <= score


def test_a_state_knows_whose_turn_it_is():
    state = play(replace(cue(0), seat="apollo"))
    assert state.seat() == STAFFORD
    assert state.seat() is not None
    assert state.seat().target == "ru"


@pytest.mark.parametrize("word, passes", [(None, True), ("Capture", False)])
@pytest.mark.parametrize("mark", [50.0, 70.0, 90.0])
def test_a_call_without_one_of_its_words_is_not_done_however_well_the_rest_was_said(word, passes, mark):
    said = replace(assessment(96.0), deductions=(Deduction("missing", 4.0, word=word),))
    cue = Cue(at=0.0, turn=0, seat="soyuz", prompt=None, shown=(LINE,), answers=(LINE,), reason=Reason("new"))
    answer = Assessed(at=2.0, seat="soyuz", turn=0, line=LINE, assessment=said, latency=0.1)
    (attempt,) = fold([Opened(at=0.0, plan=replace(PLAN, pass_mark=mark)), cue, answer]).attempts
    assert attempt.score == 96.0
    assert attempt.passed(mark) == passes
    assert attempt.holds(mark) == passes
    assert not attempt.doubtful(mark)
    assert bool(remark(attempt, mark)) == (not passes)
