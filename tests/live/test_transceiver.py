"""Drills end to end: recordings through the microphone's place, the real model, the log, the state."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
import soundfile

from trainer.audio.doors import open_loudspeaker, open_microphone
from trainer.audio.recording import SAMPLE_RATE
from trainer.audio.reference import reading
from trainer.bundled import bundled
from trainer.drill import agenda
from trainer.drill.direction import missing, time_left
from trainer.drill.events import Assessed, Cue, KeyDown, KeyUp, Opened, Refused
from trainer.drill.plan import Reason
from trainer.drill.session import DIRECTOR, VOICE, fold
from trainer.live import planning
from trainer.live.scorer import Scorer
from trainer.live.session_log import SessionLog
from trainer.live.transceiver import SoundClock, Transceiver, Voicing, run, stand_still
from trainer.speech.acoustic import AcousticModel

NOW = datetime(2026, 7, 17, 16, 0, tzinfo=UTC)
READINGS = bundled("audio") / "reference"


@contextmanager
def drill(scorer, mode, crew, mic=READINGS, words=lambda language: None, live=True, **options) -> Iterator[Transceiver]:
    plan = planning.plan(scorer.book, mode, [planning.seat(scorer.book, crew)], NOW, seed=7, **options)
    log = SessionLog()
    with open_microphone(str(mic), "fast") as microphone, open_loudspeaker("mute", "fast") as loudspeaker:
        log.append(Opened(at=0.0, plan=plan))
        yield Transceiver(log, scorer.book, scorer, microphone, loudspeaker, SoundClock(), words=words, live=live)


@pytest.mark.parametrize("crew, target", [("leonov", "en"), ("stafford", "ru")])
@pytest.mark.parametrize("mode", ["echo", "read", "relay", "respond"])
def test_each_mode_in_both_directions_on_readings_by_the_reference_voices(scorer, mode, crew, target):
    with drill(scorer, mode, crew, phase="docking" if mode != "respond" else None, size=2) as transceiver:
        state = run(transceiver)
    assert state.ended == "completed"
    assert len(state.attempts) >= 2
    scored = [event for event in transceiver.log.events if isinstance(event, Assessed)]
    assert {event.assessment.language for event in scored} == {target}
    assert all(attempt.points > 60 for attempt in state.attempts)
    assert fold(transceiver.log.events) == state


def test_a_checklist_is_flown_on_the_mission_clock_with_the_partner_heard(scorer):
    with drill(scorer, "checklist", "kubasov", phase="undocking") as transceiver:
        state = run(transceiver)
    events = transceiver.log.events
    heard = [event.line.call for event in events if isinstance(event, KeyDown) and event.line and event.seat == VOICE]
    assert heard == ["UND-02", "UND-08", "UND-10", "UND-12"]
    assert [attempt.call for attempt in state.attempts][:3] == ["UND-01", "UND-03", "UND-04"]
    assert state.get(state.at) is None  # nobody knows when this phase began
    assert all(attempt.late == 0 for attempt in state.attempts)
    ups = [event.at for event in events if isinstance(event, KeyUp)]
    assert ups == sorted(ups)


def test_an_answer_other_than_the_model_answer_is_right_too(scorer):
    seat = planning.seat(scorer.book, "leonov")
    calls = agenda.calls(scorer.book, "respond", seat)
    turns = agenda.turns(scorer.book, "respond", seat, ((call.id, Reason("new")) for call in calls))
    turn = next(turn for turn in turns if len(turn.answers) > 1)
    other = turn.answers[1]
    with drill(scorer, "respond", "leonov", READINGS / "en" / "man" / f"{other}.opus") as transceiver:
        transceiver.log = SessionLog(events=[Opened(at=0.0, plan=replace(transceiver.state.plan, agenda=(turn,)))])
        transceiver.next_cue()
        outcome = transceiver.talk()
    assert isinstance(outcome, Assessed)
    assert (outcome.line.call, outcome.assessment.phrase, outcome.assessment.verdict) == (other, other, "scored")


def test_a_break_in_the_middle_of_a_turn_takes_nobodys_time(scorer):
    with drill(scorer, "checklist", "leonov", phase="docking") as transceiver:
        while not (cue := transceiver.next_cue()).answers:
            transceiver.advance()
        left = time_left(transceiver.state, transceiver.clock.now())
        transceiver.clock.passes(600.0)  # the program was not there
        stand_still(transceiver, ["soyuz"])
        assert missing(transceiver.state) == ("soyuz",)
        transceiver.join(transceiver.state.plan.seats[0])
        transceiver.resume(DIRECTOR)
        assert transceiver.state.cue == cue
        assert time_left(transceiver.state, transceiver.clock.now()) == pytest.approx(left)


def test_nobody_speaks_and_the_checklist_goes_on(scorer, tmp_path):
    soundfile.write(tmp_path / "hum.wav", 1e-4 * np.random.default_rng(1).standard_normal(SAMPLE_RATE * 3), SAMPLE_RATE)
    with drill(scorer, "checklist", "leonov", tmp_path / "hum.wav", phase="separation") as transceiver:
        state = run(transceiver)
    assert state.ended == "completed"
    assert {attempt.verdict for attempt in state.attempts} == {"missed"}
    assert sum(isinstance(event, Refused) for event in transceiver.log.events) == len(state.attempts)


def test_another_call_scores_nothing_and_comes_back(scorer):
    wrong = READINGS / "en" / "woman" / "DOC-09.opus"
    with drill(scorer, "read", "leonov", wrong, phase="undocking", size=2) as transceiver:
        state = run(transceiver)
    assert {attempt.verdict for attempt in state.attempts} <= {"other_phrase", "not_recognised"}
    assert len(state.attempts) == 4  # two calls, each once more
    assert all(attempt.points == 0 for attempt in state.attempts)


def test_key_up_ends_the_call_before_the_speech_does(scorer):
    with drill(scorer, "read", "leonov", phase="docking", size=8) as transceiver:
        blocks = []
        transceiver.next_cue()
        transceiver.talk(released=lambda: len(blocks) > 20, meter=lambda status, block: blocks.append(status))
    assert blocks[-1].ended == "key_up"
    assert blocks[-1].seconds < 2.0


def test_time_is_what_the_sound_takes(scorer):
    with drill(scorer, "echo", "leonov", phase="docking", size=1) as transceiver:
        state = run(transceiver)
    cue = next(event for event in transceiver.log.events if isinstance(event, Cue))
    assert cue.prompt is not None
    assert 2.0 < state.at < 30.0


@pytest.fixture(scope="module")
def readbacks(scorer, tmp_path_factory):
    """A folder of right readbacks and one with a wrong figure, put together from the recorded pieces."""
    folder = tmp_path_factory.mktemp("readbacks")
    rows = ["path\tphrase\tlanguage\tspeaker\treading\torigin"]
    for language, crew in (("en", "leonov"), ("ru", "stafford")):
        plan = planning.plan(scorer.book, "readback", [planning.seat(scorer.book, crew)], NOW, seed=7, size=4)
        for i, turn in enumerate(plan.agenda):
            right = turn.answers[0]
            said = agenda.find(scorer.book, right).text(language)
            if i == 0:
                drawn = (agenda.find(scorer.book, right.replace(".7", f".{seed}")) for seed in range(8, 99))
                said = next(other.text(language) for other in drawn if other.text(language) != said)
            found = reading(right, said, language)
            assert found is not None
            path = folder / f"{language}-{i}.wav"
            soundfile.write(path, found.samples, found.rate)
            rows.append(f"{path.name}\t{right}\t{language}\t-\tright\tsynthetic")
    (folder / "clips.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize("crew", ["leonov", "stafford"])
def test_figures_must_come_back_exactly_and_are_judged_apart_from_the_pronunciation(scorer, readbacks, crew):
    with drill(scorer, "readback", crew, readbacks, scorer.words, live=False, size=4) as transceiver:
        state = run(transceiver)
    first, *others = state.attempts[:4]
    assert first.exact is False
    assert not first.passed(0)
    assert [attempt.exact for attempt in others] == [True] * 3
    assert all(attempt.passed(70) for attempt in others)
    assert state.attempts[4].asked == first.asked  # it comes back


class CountingModel(AcousticModel):
    runs = 0

    def hear(self, recording):
        self.runs += 1
        return super().hear(recording)

    def posteriors(self, recording):
        self.runs += 1
        return super().posteriors(recording)


def test_one_hearing_serves_the_score_and_the_words_of_a_call(scorer):
    counting = Scorer(scorer.book, CountingModel())
    with drill(counting, "read", "leonov", words=counting.words, live=False, phase="docking", size=2) as transceiver:
        state = run(transceiver)
    scored = [event for event in transceiver.log.events if isinstance(event, Assessed)]
    assert counting.model.runs == len(scored) == len(state.attempts) >= 2
    assert all(event.content.complete > 0.8 for event in scored)


def test_a_prompt_is_heard_or_else_read(scorer):
    with drill(scorer, "readback", "stafford", size=6) as transceiver:
        for _turn in range(6):
            cue = transceiver.next_cue()
            assert cue is not None
            voiced = any(isinstance(e, KeyDown) and e.line == cue.prompt for e in transceiver.log.events)
            assert voiced != bool(cue.shown)
            transceiver.advance("skip")


def test_a_session_is_taken_up_where_it_stopped(scorer):
    with drill(scorer, "read", "leonov", phase="docking", size=3) as transceiver:
        transceiver.next_cue()
        transceiver.talk()
        transceiver.advance()
        transceiver.next_cue()
        transceiver.log.append(KeyDown(at=transceiver.clock.now(), seat="soyuz"))  # and here the program is killed
        log = SessionLog(events=transceiver.log.events)
        transceiver.log = log
        state = run(transceiver)
    assert state.ended == "completed"
    assert len({attempt.asked for attempt in state.attempts}) == 3


def test_prompts_are_played_in_radio_colour_and_recordings_are_not(scorer, tmp_path):
    path = tmp_path / "heard.wav"
    plan = planning.plan(
        scorer.book, "echo", [planning.seat(scorer.book, "leonov")], NOW, seed=7, phase="docking", size=1
    )
    log = SessionLog(events=[Opened(at=0.0, plan=plan)])
    with open_microphone(str(READINGS), "fast") as microphone, open_loudspeaker(str(path), "fast") as loudspeaker:
        radio = Voicing(radio=1.0)
        transceiver = Transceiver(log, scorer.book, scorer, microphone, loudspeaker, SoundClock(), voicing=radio)
        run(transceiver)
        said = transceiver.last_recording
    samples, rate = soundfile.read(path)
    assert _share_above(samples, rate, 3800) < 1e-3
    assert said is not None
    assert _share_above(said.samples, SAMPLE_RATE, 3800) > 1e-3


def _share_above(samples, rate: int, hertz: float) -> float:
    power = np.abs(np.fft.rfft(samples)) ** 2
    return float(power[np.fft.rfftfreq(len(samples), 1 / rate) > hertz].sum() / power.sum())


def test_somebody_of_no_crew_must_say_a_first_language(scorer):
    from trainer.errors import UserError

    with pytest.raises(UserError, match="--first"):
        planning.seat(scorer.book, "anna")
    seat = planning.seat(scorer.book, "Anna", first="ru", name="Anna Petrova")
    assert (seat.learner, seat.target, seat.station) == ("anna", "en", "soyuz")
