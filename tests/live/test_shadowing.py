"""Shadowing on real sound: what is said is laid beside the reading in the time that both took."""

import pytest

from trainer.audio.mute_loudspeaker import MuteLoudspeaker
from trainer.audio.recorded_microphone import REACTION, RecordedMicrophone
from trainer.bundled import bundled
from trainer.errors import UserError
from trainer.live.practice import Practising
from trainer.live.program import Options, Program
from trainer.live.shadowing import ShadowDrill

CLIP = bundled("audio") / "reference" / "en" / "man" / "DOC-09.opus"


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


@pytest.fixture
def practising(scorer):
    program = Program(Options(keep=False))
    program.book, program.scorer = scorer.book, scorer
    return Practising(program, program.seat_of("leonov"))


def test_what_the_microphone_heard_before_the_key_is_no_lag(practising):
    drill, clock = ShadowDrill(practising, "DOC-09", 1.0), Clock()
    with RecordedMicrophone(CLIP, "real", clock, clock.sleep) as microphone:
        for pause in (0.0, 5.0):
            clock.now += pause
            found = drill.compare(*drill.along(microphone, MuteLoudspeaker("fast")))
            drill.speed = 1.0
            assert found.lag == pytest.approx(REACTION, abs=0.1)


def test_what_has_one_word_is_not_asked_to_be_followed(practising):
    with pytest.raises(UserError, match="one word"):
        ShadowDrill(practising, "PRO-04")
