"""`ruston drill` and `ruston sessions` as a user runs them: a real store, recordings for a voice, killed processes."""

import json
import random
import shutil
from datetime import UTC, datetime

import pytest
from crew import CUE, PLAN
from nursery import DEVNULL, PIPE, begun
from program import ruston

from trainer.bundled import bundled
from trainer.commands import transcript
from trainer.drill.events import Assessed, Opened, from_json
from trainer.drill.session import fold
from trainer.live.session_log import SessionLog
from trainer.records.store import Store

READINGS = str(bundled("audio") / "reference")


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.setenv("RUSTON_DATA", str(tmp_path))


def drill(*arguments, **environment):
    return ruston("drill", "--headless", "--mic", READINGS, *arguments, **environment)


def events(output: str) -> list:
    """The events of JSON lines; a line that was cut off by the end of its program is no event."""
    found = []
    for line in output.splitlines():
        try:
            told = json.loads(line)
        except ValueError:
            break
        assert told.pop("schema") == "ruston.event/1"
        del told["session"], told["seq"]
        found.append(from_json(json.dumps(told)))
    return found


def test_a_checklist_from_recordings_is_told_as_json_lines_and_kept():
    run = drill("--crew", "leonov", "--mode", "checklist", "--phase", "eclipse", "--json")
    assert run.returncode == 0, run.stderr
    told = events(run.stdout)
    state = fold(told)
    assert state.ended == "completed"
    assert [attempt.call for attempt in state.attempts] == [f"ECL-{n:02}" for n in (3, 4, 5, 6, 7, 9, 10)]
    assert min(attempt.points for attempt in state.attempts) > 60
    assert state.get(0.0) == 95 * 3600 + 43 * 60 + 15
    listed = json.loads(ruston("sessions", "list", "--json").stdout)
    assert (listed["id"], listed["attempts"], listed["ended"]) == (state.plan.session, 7, "completed")
    shown = ruston("sessions", COLUMNS="80").stdout
    assert state.plan.session in shown
    assert "…" not in shown
    replayed = ruston("sessions", "replay", state.plan.session[:-2], "--json")
    assert fold(events(replayed.stdout)) == state


def test_answers_are_dated_by_the_clock_however_fast_recordings_are_heard():
    """The session's own clock counts the sound, with the prompts: more of it than the time that the drill takes."""
    began = datetime.now(UTC)
    assert drill("--mode", "echo", "--size", "4", "--seed", "1").returncode == 0
    with Store.open() as store:
        moments = [began, *(one.at for one in store.attempts()), datetime.now(UTC)]
    assert len(moments) >= 6
    assert moments == sorted(moments)


def test_where_a_recording_is_missing_nobody_was_silent(tmp_path):
    folder = tmp_path / "spoken"
    folder.mkdir()
    shutil.copy(f"{READINGS}/en/man/DOC-09.opus", folder / "a.opus")
    (folder / "clips.tsv").write_text("path\tphrase\tlanguage\na.opus\tDOC-09\ten\n", encoding="utf-8")
    run = ruston(
        "drill", "--headless", "--mic", folder, "--mode", "read", "--phase", "docking", "--size", "19", "--json"
    )
    state = fold(events(run.stdout))
    assert (state.ended, {attempt.asked for attempt in state.attempts}) == ("completed", {"DOC-09"})
    assert "there is no recording of DOC-02" in run.stderr


def test_a_person_reads_a_transcript_and_a_debrief_in_either_language():
    options = ("--mode", "read", "--phase", "docking", "--size", "2", "--seed", "3", "--no-records")
    english = drill("--crew", "kubasov", *options)
    russian = drill("--crew", "stafford", *options, RUSTON_INTERFACE="ru")
    assert "2 answers, 2 of them good enough" in english.stdout
    assert "Томас Стаффорд" in russian.stdout
    assert "Чтение" in russian.stdout
    assert "no sessions" in ruston("sessions").stdout.lower()


@pytest.mark.parametrize(
    "here, asked", [(["soyuz"], "your call"), (["apollo"], "the turn of Leonov"), (["soyuz", "apollo"], "of Leonov")]
)
def test_of_two_it_is_said_whose_turn_it_is(here, asked):
    log, told = SessionLog(), []
    log.follow(lambda event, state: told.append(transcript.event(event, state, here=here)))
    log.append(Opened(at=0.0, plan=PLAN))
    log.append(CUE)
    assert f"{asked}: Capture!" in told[-1].plain


def test_what_was_learnt_changes_what_is_drilled_next():
    options = ("--crew", "leonov", "--mode", "relay", "--size", "4", "--json")
    first = fold(events(drill(*options).stdout))
    second = fold(events(drill(*options).stdout))
    drilled = {attempt.asked for attempt in first.attempts}
    chosen = [(turn.answers[0], turn.reason.why) for turn in second.plan.agenda]
    assert all(why == "new" for _call, why in ((t.answers[0], t.reason.why) for t in first.plan.agenda))
    assert {call for call, why in chosen if why == "new"}.isdisjoint(drilled)


def test_a_killed_drill_loses_nothing_that_was_told_and_goes_on():
    moments = random.Random(1975)
    begin = ["drill", "--headless", "--mic", READINGS, "--mode", "read", "--size", "12", "--json"]
    resume = ["sessions", "resume", "--mic", READINGS, "--json"]
    told = []
    for arguments in (begin, resume, resume):
        process = begun(*arguments, stdout=PIPE, stderr=DEVNULL)
        with process.stdout as lines:
            for line in lines:
                told.append(line)
                if '"assessed"' in line and moments.random() < 0.5:
                    break
            process.kill()
        process.wait()
    rest = ruston(*resume)
    assert rest.returncode == 0, rest.stderr
    session = json.loads(told[0])["session"]
    kept = events(ruston("sessions", "replay", session, "--json").stdout)
    for line in told:
        assert from_json(json.dumps(json.loads(line))) in kept
    state = fold(kept)
    assert state.ended == "completed"
    assert len({attempt.asked for attempt in state.attempts}) == 12
    assert len(state.attempts) == sum(isinstance(event, Assessed) for event in kept)


@pytest.mark.parametrize(
    "arguments, told",
    [
        (("--mode", "checklist"), "--phase"),
        (("--phase", "lunar-landing"), "docking"),
        (("--crew", "gagarin"), "--first"),
        (("--mic", "no-such-folder/"), "no-such-folder"),
    ],
)
def test_what_cannot_be_drilled_is_said_in_one_line(arguments, told):
    run = drill(*arguments)
    assert run.returncode == 2
    assert told in run.stderr
    assert len(run.stderr.splitlines()) == 1


def test_nothing_waits_to_be_resumed():
    run = ruston("sessions", "resume", "--mic", READINGS)
    assert run.returncode == 2
    assert "ruston drill" in run.stderr
