"""Frames and the jitter buffer: whatever the network does, no sound is cut off, and silence pays for the delay."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from trainer.loop.frames import FRAME, LENGTH, SIZE, Frame, Framer, JitterBuffer, pack, unpack

SECONDS = 1.5


def speech(seconds: float) -> np.ndarray:
    """As loud as speech, and every sample another one."""
    return (0.1 * np.sin(np.arange(round(seconds * 16_000)) * 0.37)).astype(np.float32)


def frames(take: int = 1, seconds: float = SECONDS, start: float = 0.0) -> list[Frame]:
    framer = Framer(take)
    sound = speech(seconds)
    made = []
    for i in range(0, len(sound), 480):
        made += framer.feed(sound[i : i + 480], start + (i + 480) / 16_000)
    return [*made, framer.finish(start + seconds)]


def listen(arrivals: list[tuple[float, Frame]], until: float, buffer: JitterBuffer | None = None):
    """What is played and when: pairs of time and (number, samples)."""
    buffer = buffer or JitterBuffer()
    waiting = sorted(arrivals, key=lambda arrival: arrival[0])
    played = []
    for tick in range(round(until / FRAME)):
        now = tick * FRAME
        while waiting and waiting[0][0] <= now:
            at, frame = waiting.pop(0)
            buffer.put(frame, at)
        if piece := buffer.take(now):
            played.append((now, *piece))
    return played, buffer


@given(st.binary(max_size=2 * SIZE))
def test_what_is_no_frame_is_passed_over(data):
    frame = unpack(data)
    assert frame is None or len(data) == SIZE


@given(st.integers(0, 2**32 - 1), st.integers(0, 2999), st.booleans(), st.floats(-1, 1))
def test_a_frame_arrives_as_it_was_sent(take, number, last, level):
    sent = Frame(take, number, 1.5, np.full(LENGTH, level, np.float32), last)
    got = unpack(pack(sent))
    assert got is not None
    assert (got.take, got.number, got.sent, got.last) == (take, number, 1.5, last)
    np.testing.assert_allclose(got.samples, sent.samples, atol=1 / 16_000)


@given(st.binary(min_size=20, max_size=20))
def test_a_frame_with_a_hostile_header_is_passed_over_or_plain(header):
    frame = unpack(header + bytes(SIZE - 20))
    assert frame is None or (math.isfinite(frame.sent) and frame.number < 3000)


@given(st.lists(st.integers(1, 2000), min_size=1, max_size=30))
def test_blocks_of_any_size_become_the_same_sound(sizes):
    framer, sound = Framer(1), speech(1.0)
    made, start = [], 0
    for size in sizes:
        made += framer.feed(sound[start : start + size], 0.0)
        start += size
    made.append(framer.finish(0.0))
    joined = np.concatenate([frame.samples for frame in made])
    fed = sound[: min(start, len(sound))]
    np.testing.assert_array_equal(joined[: len(fed)], fed)
    assert [frame.number for frame in made] == list(range(len(made)))


def test_silence_from_before_the_key_is_not_sent_and_speech_is():
    framer = Framer(1)
    assert framer.feed(np.zeros(8000, np.float32), 0.0, live=False) == []
    assert framer.feed(speech(0.1), 0.0, live=False)


@given(st.lists(st.floats(0, 0.25), min_size=76, max_size=76))
def test_under_any_delay_every_frame_is_played_once_in_order_to_the_last(delays):
    sent = frames()
    clock = 0.0
    arrivals = []
    for frame, delay in zip(sent, delays, strict=True):
        clock = max(clock, frame.sent + delay)  # a stream may be slow, but it keeps its order
        arrivals.append((clock, frame))
    played, buffer = listen(arrivals, 6.0)
    assert [number for _at, number, _samples in played if number is not None] == list(range(len(sent)))
    assert not buffer.talking
    assert buffer.count.lost == 0


@given(st.sets(st.integers(1, 70), max_size=12))
def test_what_is_lost_is_filled_in_and_the_rest_stays_in_its_place(lost):
    sent = frames()
    arrivals = [(frame.sent + 0.005, frame) for frame in sent if frame.number not in lost]
    played, buffer = listen(arrivals, 4.0)
    assert [number for _at, number, _s in played if number is not None] == [
        frame.number for frame in sent if frame.number not in lost
    ]
    assert buffer.count.lost == len(lost)
    assert len(sent) <= len(played) <= len(sent) + len(lost)  # with nothing behind it, a loss looks like a delay


def test_on_a_quiet_network_the_voice_is_late_by_little_more_than_the_least():
    played, _buffer = listen([(frame.sent + 0.002, frame) for frame in frames()], 4.0)
    late = [at - number * FRAME for at, number, _s in played if number is not None]
    assert max(late) < 0.15


def test_after_a_hold_up_the_next_pause_pays_the_time_back():
    sent = frames(seconds=4.0)
    silent = [
        Frame(f.take, f.number, f.sent, np.zeros(LENGTH, np.float32) if 100 <= f.number < 150 else f.samples, f.last)
        for f in sent
    ]
    arrivals = [(f.sent + (0.5 if f.number < 40 else 0.005), f) for f in silent]
    arrivals = [(max(at for at, g in arrivals if g.number <= f.number), f) for _at, f in arrivals]
    played, buffer = listen(arrivals, 8.0)
    late = {number: at - number * FRAME for at, number, _s in played if number is not None}
    assert late[90] > 0.4
    assert late[190] < 0.4
    assert buffer.count.skipped > 0
    assert set(late) >= {number for number in range(len(sent)) if not 100 <= number < 150}


def test_a_talker_who_vanishes_is_given_up_and_heard_again_on_coming_back():
    sent = frames(seconds=1.0)
    early, late = sent[:20], sent[30:]
    arrivals = [(f.sent, f) for f in early] + [(f.sent + 5.0, f) for f in late]
    played, _buffer = listen(arrivals, 8.0)
    numbers = [number for _at, number, _s in played if number is not None]
    assert numbers == [f.number for f in (*early, *late)]


def test_a_new_take_ends_the_old_one_and_stragglers_are_left_out():
    old, new = frames(1), frames(2, start=2.0)
    arrivals = [(f.sent, f) for f in old[:50]] + [(f.sent, f) for f in new] + [(2.5, old[60])]
    played, buffer = listen(arrivals, 6.0)
    assert [number for at, number, _s in played if number is not None and at > 2.0] == list(range(len(new)))
    assert buffer.count.late == 1


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2999), st.booleans(), st.floats(0, 3)), max_size=80))
def test_no_order_of_frames_breaks_the_buffer_or_makes_it_hoard(arrivals):
    sound = speech(FRAME)
    sent = [(at, Frame(take, number, at, sound, last)) for take, number, last, at in arrivals]
    played, buffer = listen(sent, 70.0)
    assert not buffer.talking
    assert sum(number is not None for _at, number, _s in played) <= len(sent)
