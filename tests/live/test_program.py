"""The running program: what goes wrong while a drill goes on is told once, to whoever sits in front."""

import pytest

from trainer.bundled import bundled
from trainer.drill.events import Assessed
from trainer.live.program import Options, Program
from trainer.live.transceiver import run

READINGS = str(bundled("audio") / "reference")


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("RUSTON_DATA", str(tmp_path))
    return tmp_path


def options(**more) -> Options:
    return Options(mic=READINGS, speaker="mute", pace="fast", size=2, seed=7, **more)


def test_a_recording_that_cannot_be_kept_is_told_once_and_the_drill_goes_on(home):
    told: list[str] = []
    program = Program(options(), told.append)
    seat = program.seat_of("leonov")
    program.store.add_learner(seat.learner, seat.name, seat.first)
    program.store.consent(seat.learner, True, 30)
    (home / "recordings").write_text("a file in the way")
    drill = program.open_drill(program.plan("read", "docking", seat=seat))
    state = run(drill.transceiver, tries=1)
    drill.close()
    program.close()
    assert state.ended == "completed"
    assert sum(isinstance(event, Assessed) for event in drill.log.events) == 2
    assert len(told) == 1
    assert "recordings" in told[0]


def test_what_is_told_once_in_a_drill_is_told_again_in_the_next(home):
    told: list[str] = []
    program = Program(options(keep=False), told.append)
    for _drill in range(2):
        drill = program.open_drill(program.plan("read", "docking", seat=program.seat_of("leonov")))
        program.tell("the microphone is gone")
        program.tell("the microphone is gone")
        drill.close()
    assert told == ["the microphone is gone"] * 2


async def test_the_console_shows_it(home):
    from trainer.tui.app import Console

    console = Console(options(keep=False))
    async with console.run_test(size=(80, 24)) as pilot:
        console.program.tell("events were passed over")
        await pilot.pause()
        assert [note.message for note in console._notifications] == ["events were passed over"]


def test_somebody_who_says_any_call_drills_all_of_their_own_list():
    calls = ("COM-10", "HTC-02", "HRD-10", "DOC-09")

    def planned(station):
        program = Program(Options(keep=False, who="kubasov", first="ru", station=station))
        program.sign_on("kubasov", "ru")
        for call in calls:
            program.put_on_list(call)
        return [turn.answers[0] for turn in program.plan_listed().agenda]

    assert planned("any") == list(calls)
    assert set(planned(None)) < set(calls)
