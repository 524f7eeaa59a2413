"""Radio colour against its specification: spectra, levels, tones, and streaming that gives the samples of the whole."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainer.audio.decibels import amplitude
from trainer.audio.radio import (
    ATTENUATION,
    HIGH,
    LOW,
    QUINDAR_INTRO,
    QUINDAR_LENGTH,
    QUINDAR_LEVEL,
    QUINDAR_OUTRO,
    RELAY_DELAY,
    SNR,
    SPEECH_LEVEL,
    SQUELCH_LEVEL,
    SQUELCH_TAIL,
    TRANSITION,
    Radio,
    RadioChannel,
    band_pass,
    coloured,
    companded,
)

RATES = [8_000, 16_000, 24_000, 44_100, 48_000]


def tone(frequency: float, rate: int, seconds: float = 1.0, level: float = SPEECH_LEVEL) -> np.ndarray:
    time = np.arange(round(seconds * rate)) / rate
    return (np.sqrt(2) * amplitude(level) * np.sin(2 * np.pi * frequency * time)).astype(np.float32)


def spectrum(samples: np.ndarray, rate: int) -> tuple[np.ndarray, np.ndarray]:
    """Frequencies in Hz, amplitudes in which a full-scale sine is 1."""
    window = np.blackman(len(samples))
    size = 8 * len(samples)
    return np.fft.rfftfreq(size, 1 / rate), np.abs(np.fft.rfft(samples * window, size)) * 2 / window.sum()


def level(samples: np.ndarray) -> float:
    return float(10 * np.log10((samples.astype(np.float64) ** 2).mean() + 1e-20))


def heard(frequency: float, rate: int, strength: float = 1.0) -> float:
    """Level in dB of a tone at a frequency after the channel, against before: fading and its own depth left out."""
    sound = tone(frequency, rate)
    out = coloured(sound, rate, Radio(strength))[: len(sound)]
    middle = slice(rate // 4, -rate // 4)
    frequencies, after = spectrum(out[middle], rate)
    _same, before = spectrum(sound[middle], rate)
    here = np.abs(frequencies - frequency) < 30
    return float(20 * np.log10(after[here].max() / before[here].max()))


@pytest.mark.parametrize("rate", RATES)
def test_the_filter_is_what_was_specified(rate):
    taps = band_pass(rate)
    frequencies = np.fft.rfftfreq(1 << 16, 1 / rate)
    response = 20 * np.log10(np.abs(np.fft.rfft(taps, 1 << 16)) + 1e-12)
    inside = (frequencies >= LOW) & (frequencies <= HIGH)
    outside = (frequencies <= LOW - TRANSITION) | (frequencies >= HIGH + TRANSITION)
    assert np.abs(response[inside]).max() < 0.05  # dB
    assert response[outside].max() < -ATTENUATION
    assert np.array_equal(taps, taps[::-1])  # linear phase


@pytest.mark.parametrize("rate", RATES)
def test_the_pass_band_is_flat_and_the_stop_band_is_gone(rate):
    passed = [heard(frequency, rate) for frequency in np.linspace(LOW, HIGH, 13)]
    assert max(passed) - min(passed) < 1.0  # dB
    stopped = [50.0, LOW - TRANSITION, *np.arange(HIGH + TRANSITION, rate / 2 - 100, 1500)]
    for frequency in stopped:
        assert heard(frequency, rate) - np.mean(passed) < -35, frequency  # what is left is the receiver's noise


@pytest.mark.parametrize("rate", RATES)
def test_receiver_noise_has_its_level_within_the_band(rate):
    """Steady noise of the squelch tail and under a silent call: level and band."""
    silence = np.zeros(4 * rate, np.float32)
    out = coloured(silence, rate, Radio(1.0))
    hiss = out[rate // 10 : 4 * rate]
    assert level(hiss) == pytest.approx(SPEECH_LEVEL - SNR, abs=0.5)
    tail = out[4 * rate + rate // 100 : 4 * rate + round((SQUELCH_TAIL - 0.01) * rate)]
    assert level(tail) == pytest.approx(SQUELCH_LEVEL, abs=1.5)
    frequencies, power = np.fft.rfftfreq(len(hiss), 1 / rate), np.abs(np.fft.rfft(hiss * np.hanning(len(hiss)))) ** 2
    outside = (frequencies < LOW - TRANSITION) | (frequencies > HIGH + TRANSITION)
    assert power[outside].sum() / power.sum() < 1e-4
    weak = coloured(silence, rate, Radio(0.5))[rate // 10 : 4 * rate]
    assert level(weak) == pytest.approx(SPEECH_LEVEL - SNR - 6, abs=0.7)


@pytest.mark.parametrize("rate", RATES)
def test_quindar_tones_are_on_ground_calls_only_and_have_their_pitch_length_and_level(rate):
    silence = np.zeros(2 * rate, np.float32)
    length = round(QUINDAR_LENGTH * rate)
    out = coloured(silence, rate, Radio(1.0, ground=True))
    assert len(out) == len(silence) + 2 * length + round(SQUELCH_TAIL * rate)
    for start, pitch in ((0, QUINDAR_INTRO), (length + len(silence), QUINDAR_OUTRO)):
        beep = out[start : start + length]
        frequencies, amplitudes = spectrum(beep, rate)
        assert frequencies[amplitudes.argmax()] == pytest.approx(pitch, abs=2)
        inner = beep[length // 20 : -length // 20]
        assert QUINDAR_LEVEL - 6.5 < level(inner) < QUINDAR_LEVEL + 0.5  # fading takes up to 6 dB
        # Its length: where the envelope is above half of its height.
        window = round(0.004 * rate)
        before = max(0, start - rate // 10)
        envelope = np.sqrt(
            np.convolve(out[before : start + length + rate // 10] ** 2, np.ones(window) / window, "same")
        )
        loud = envelope > np.median(envelope[start - before : start - before + length]) / 2
        assert loud.sum() / rate == pytest.approx(QUINDAR_LENGTH, abs=0.008)
    flying = coloured(silence, rate, Radio(1.0))
    frequencies, amplitudes = spectrum(flying, rate)
    assert amplitudes[np.abs(frequencies - 2500) < 100].max() < 0.01


def test_speech_fades_slowly_and_never_by_more_than_it_may():
    rate = 16_000
    sound = tone(1000, rate, seconds=20)
    out = coloured(sound, rate, Radio(1.0))[: len(sound)].astype(np.float64)
    carrier = np.exp(-2j * np.pi * 1000 * np.arange(len(out)) / rate)
    envelope = np.abs((out * carrier).reshape(-1, rate // 10).mean(axis=1)) * np.sqrt(2)
    gain = 20 * np.log10(envelope) - SPEECH_LEVEL
    assert gain[1:-1].max() < 1
    assert gain[1:-1].min() > -7.5
    assert np.ptp(gain[1:-1]) > 2
    assert np.abs(np.diff(gain[1:-1])).max() < 2.5  # dB in a tenth of a second


def test_companding_makes_coarse_steps_that_follow_the_loudness():
    """The error is a fixed distance below the sound, loud or soft: G.711's curve, in fewer steps."""
    rate = 16_000
    for loudness in (-15.0, -25.0):
        sound = tone(1000, rate, level=loudness)
        error = companded(sound.astype(np.float64)) - sound
        assert -32 < level(error) - loudness < -18


@pytest.mark.parametrize("ground", [False, True])
def test_no_strength_leaves_every_sample_as_it_was(ground):
    sound = tone(440, 16_000)
    assert np.array_equal(coloured(sound, 16_000, Radio(0.0, ground=ground)), sound)


def test_strength_takes_more_and_more_of_what_no_radio_carries():
    rest = [heard(5000, 16_000, strength) for strength in (0.0, 0.25, 0.5, 0.75)]
    assert rest == sorted(rest, reverse=True)
    assert rest[0] == 0
    assert rest[-1] < -30


def test_the_relay_brings_the_call_later():
    sound = tone(440, 16_000)
    early, late = (coloured(sound, 16_000, Radio(0.7, True, delay)) for delay in (0.0, RELAY_DELAY))
    silence = round(RELAY_DELAY * 16_000)
    assert not late[:silence].any()
    assert np.array_equal(late[silence:], early)


@settings(max_examples=40)
@given(
    st.lists(st.integers(0, 3000), max_size=12),
    st.sampled_from(RATES),
    st.builds(
        Radio,
        strength=st.sampled_from([0.0, 0.3, 1.0]),
        ground=st.booleans(),
        relay_delay=st.sampled_from([0.0, RELAY_DELAY]),
        seed=st.integers(0, 9),
    ),
)
def test_streaming_gives_the_samples_of_the_whole_bit_by_bit(sizes, rate, radio):
    sound = (0.1 * np.random.default_rng(3).standard_normal(sum(sizes) + 100)).astype(np.float32)
    channel, pieces, start = RadioChannel(radio, rate), [], 0
    for size in sizes:
        pieces.append(channel.feed(sound[start : start + size]))
        start += size
    pieces += [channel.feed(sound[start:]), channel.finish()]
    assert np.array_equal(np.concatenate(pieces), coloured(sound, rate, radio))


def test_a_stream_is_heard_while_it_comes():
    """What is held back is a block and half a filter: 20 ms and 12 ms."""
    rate = 16_000
    channel = RadioChannel(Radio(1.0), rate)
    given, back = 0, 0
    for _piece in range(50):
        given += 160
        back += len(channel.feed(np.zeros(160, np.float32)))
        assert given - back <= 0.036 * rate


def test_the_same_seed_gives_the_same_noise_and_another_another():
    sound = tone(440, 16_000)
    first, again, other = (coloured(sound, 16_000, Radio(seed=seed)) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_overdriven_input_stays_within_full_scale():
    out = coloured(3 * np.sign(tone(300, 16_000)), 16_000, Radio(1.0, ground=True))
    assert np.abs(out).max() <= 1


@pytest.mark.parametrize("make", [lambda: Radio(1.5), lambda: Radio(-0.1), lambda: RadioChannel(Radio(), 6000)])
def test_what_cannot_be_is_refused(make):
    with pytest.raises(ValueError, match=r"strength|samples a second"):
        make()
