"""Pitch is tracked, tunes are told apart, a contour is laid over another: on sound whose pitch is known."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainer.phrasebook.intonation import sentences
from trainer.phrasebook.lexicon import lexicon
from trainer.phrasebook.load import load
from trainer.phrasebook.text import tokens
from trainer.scoring.assessment import Assessment, Fluency, PhoneScore, WordScore
from trainer.scoring.melody import contour, laid_over, likeness, track, tunes

RATE = 16_000


def voice(pitch, seconds, noise=0.0, seed=0):
    """A glottal pulse train through two resonances, at a pitch in Hz that may change."""
    times = np.arange(int(seconds * RATE)) / RATE
    hertz = np.interp(times, np.linspace(0, seconds, len(pitch)), pitch)
    phase = np.cumsum(hertz) / RATE
    source = sum(np.sin(2 * np.pi * k * phase) / k for k in range(1, 20))
    return (0.1 * source + noise * np.random.default_rng(seed).standard_normal(len(times))).astype(np.float32)


@settings(max_examples=20)
@given(st.floats(90, 240), st.lists(st.floats(-5, 5), min_size=1, max_size=2), st.integers(0, 9))
def test_pitch_is_within_a_third_of_a_semitone(base, moves, seed):
    pitch = [base, *(base * 2 ** (move / 12) for move in moves)]
    times, heard = track(voice(pitch, 1.0, 0.005, seed), RATE)
    true = np.interp(times, np.linspace(0, 1.0, len(pitch)), pitch)
    inside = (times > 0.05) & (times < 0.95)
    assert (heard[inside] > 0).mean() > 0.95
    voiced = inside & (heard > 0)
    assert np.median(np.abs(12 * np.log2(heard[voiced] / true[voiced]))) < 0.33


def test_noise_and_silence_have_no_pitch():
    rng = np.random.default_rng(1)
    assert (track((0.1 * rng.standard_normal(RATE)).astype(np.float32), RATE)[1] > 0).mean() < 0.1
    assert not track(np.zeros(RATE, np.float32), RATE)[1].any()


def said(text, language, spans):
    """A call of which each word is one stressed vowel, in time."""
    words = tuple(
        WordScore(
            word,
            90.0,
            start,
            end,
            False,
            (PhoneScore("ˈa" if language == "ru" else "ˈɑː", 90.0, 0.0, start, end, None, ()),),
        )
        for word, (start, end) in zip(text.split(), spans, strict=True)
    )
    return Assessment(text, language, "scored", 90.0, 100.0, 0.0, words, (), Fluency(0, 1, 4, 4, ()), spans[-1][1])


@pytest.mark.parametrize(
    "text, language, pitch, rises",
    [
        ("Вы по́няли?", "ru", [110, 112, 115, 170, 95, 90], True),
        ("Вы по́няли?", "ru", [120, 122, 118, 100, 88, 85], False),
        ("Did you understand?", "en", [120, 118, 115, 105, 140, 170], True),
        ("Did you understand?", "en", [130, 128, 130, 120, 100, 85], False),
    ],
)
def test_a_question_is_told_from_a_statement(text, language, pitch, rises):
    count = len(text.split())
    spans = [(0.1 + at * 1.0 / count, 0.1 + (at + 0.9) * 1.0 / count) for at in range(count)]
    if language == "ru":
        spans = [(0.1, 0.4), (0.5, 0.75)]
    call = said(text, language, spans)
    (heard,) = tunes(contour(voice(pitch, 1.2), RATE), call, sentences(text, language, lexicon(language)))
    assert (heard.direction == "rise") == rises
    assert heard.right == rises


@pytest.mark.parametrize(
    "pitch, misplaced", [([110, 112, 115, 170, 95, 90], False), ([108, 110, 180, 95, 92, 90], True)]
)
def test_a_question_that_rises_on_another_word_is_told_from_a_statement(pitch, misplaced):
    text = "Давле́ние па́дает?"
    call = said(text, "ru", [(0.2, 0.4), (0.6, 0.85)])
    (heard,) = tunes(contour(voice(pitch, 1.2), RATE), call, sentences(text, "ru", lexicon("ru")))
    assert heard.misplaced == misplaced
    assert (heard.place == 0) == misplaced


@pytest.mark.parametrize("pitch, place", [([115, 112, 108, 105, 100, 170], 3), ([115, 100, 115, 130, 150, 170], None)])
def test_where_an_english_question_begins_to_rise_is_told_where_it_is_clear(pitch, place):
    text = "Main power valve closed?"
    call = said(text, "en", [(0.1, 0.3), (0.4, 0.6), (0.7, 0.9), (0.95, 1.15)])
    (asked,) = sentences(text, "en", lexicon("en"))
    (heard,) = tunes(contour(voice(pitch, 1.2), RATE), call, [asked])
    assert heard.direction == "rise"
    assert asked.centre == 3
    if place is None:
        assert heard.misplaced
        assert heard.place in (0, 1)
    else:
        assert heard.place == place


def test_an_english_question_that_has_risen_before_its_centre_is_told_as_misplaced():
    text = "Main power valve closed?"
    call = said(text, "en", [(0.1, 0.3), (0.6, 0.8), (1.4, 1.8), (2.6, 2.8)])
    (heard,) = tunes(
        contour(voice([110, 108, 100, 108, 116, 124, 128, 130, 132, 134, 135], 3.0), RATE),
        call, sentences(text, "en", lexicon("en")),
    )  # fmt: skip
    assert heard.direction == "fall"  # from its own centre on there is little left to rise
    assert heard.misplaced
    assert heard.place == 1


@pytest.mark.parametrize(
    "pitch, rises",
    [
        ([115, 110, 100, 130, 160], True),  # to the end
        ([115, 110, 100, 160, 110], False),  # up and down again
        ([115, 110, 100, 150, None], False),  # the voice is lost after its accent
    ],
)
def test_an_english_question_rises_to_its_end(pitch, rises):
    text = "Main power closing?"
    lasting = voice([p or 150 for p in pitch], 1.2)
    if pitch[-1] is None:
        lasting[int(0.95 * RATE) :] = 0.001 * np.random.default_rng(0).standard_normal(len(lasting) - int(0.95 * RATE))
    call = said(text, "en", [(0.1, 0.3), (0.4, 0.6), (0.7, 1.2)])
    (heard,) = tunes(contour(lasting, RATE), call, sentences(text, "en", lexicon("en")))
    assert (heard.direction == "rise") == rises


def test_a_contour_is_laid_over_at_the_same_sounds_whatever_the_pace_and_the_voice():
    slow = said("а б", "ru", [(0.2, 1.0), (1.2, 2.0)])
    quick = said("а б", "ru", [(0.1, 0.5), (0.6, 1.0)])
    mine, reading = (
        contour(voice([100, 100, 150, 150, 100, 100], 2.2), RATE),
        contour(voice([200, 200, 300, 300, 200, 200], 1.1), RATE),
    )
    _times, own, there = laid_over(mine, slow, reading, quick)
    assert likeness(own, there) > 0.9
    assert likeness(own, -there) < -0.9
    assert likeness(own, np.full_like(own, np.nan)) is None


def test_every_call_of_the_mission_has_its_tunes():
    book = load()
    seen = set()
    for language in ("en", "ru"):
        for phrase in book.phrases:
            text = phrase.text(language)
            found = sentences(text, language, lexicon(language))
            assert found, text
            for sentence in found:
                assert sentence.words[0] <= sentence.centre < sentence.words[1]
                assert sentence.centre not in sentence.weak
                seen.add(sentence.tune)
    assert seen >= {"IK-1", "IK-2", "IK-3", "fall", "rise"}
    (asked,) = sentences(book.find("PRO-13").ru, "ru", lexicon("ru"))
    assert (asked.tune, asked.centre) == ("IK-3", 1)
    (how,) = sentences("Как слы́шите меня́?", "ru", lexicon("ru"))
    assert how.tune == "IK-2"


def test_a_weak_word_in_full_is_told_and_one_whose_weak_form_has_the_same_vowel_is_not():
    from trainer.scoring.rhythm import full_forms

    (sentence,) = sentences("Soyuz and Apollo", "en", lexicon("en"))
    assert sentence.weak == (1,)

    def call(*phones):
        sounds = tuple(PhoneScore(phone, 90.0, 0.0, 0.5, 0.6, None, ()) for phone in phones)
        whole = said("Soyuz and Apollo", "en", [(0.1, 0.4), (0.5, 0.6), (0.7, 1.0)])
        words = (whole.words[0], WordScore("and", 90.0, 0.5, 0.6, False, sounds), whole.words[2])
        return replace(whole, words=words)

    assert [form.word for form in full_forms(call("ˈæ", "n", "d"), [sentence], lexicon("en"))] == ["and"]
    assert not full_forms(call("ə", "n"), [sentence], lexicon("en"))
    (you,) = sentences("Did you understand?", "en", lexicon("en"))
    sounds = tuple(PhoneScore(phone, 90.0, 0.0, 0.5, 0.6, None, ()) for phone in ("j", "ˈuː"))
    whole = said("Did you understand?", "en", [(0.1, 0.4), (0.5, 0.6), (0.7, 1.0)])
    words = (whole.words[0], WordScore("you", 90.0, 0.5, 0.6, False, sounds), whole.words[2])
    assert not full_forms(replace(whole, words=words), [you], lexicon("en"))


def test_a_reduced_vowel_in_full_is_told_and_another_reduced_one_is_not():
    from trainer.scoring.rhythm import full_vowels

    def call(heard):
        sounds = tuple(
            PhoneScore(phone, 80.0, 0.0, 0.5, 0.6, instead, ())
            for phone, instead in (("p", None), ("ɐ", heard), ("ˈe", "ˈo"))
        )
        whole = said("а", "ru", [(0.5, 0.6)])
        return replace(whole, words=(WordScore("поём", 80.0, 0.5, 0.6, False, sounds),))

    assert [(vowel.phone, vowel.heard) for vowel in full_vowels(call("ˈo"))] == [("ɐ", "ˈo")]
    assert [vowel.heard for vowel in full_vowels(call("en:oʊ"))] == ["en:oʊ"]
    for reduced in (None, "ə", "ɨ", "", "ˈa", "en:ə"):  # [ɐ] and stressed [a] differ in length alone
        assert not full_vowels(call(reduced))


@pytest.mark.parametrize(
    "text, language, centre",
    [
        ("Закро́йте кла́пан, пожа́луйста.", "ru", "кла́пан"), ("Пожа́луйста, закро́йте кла́пан.", "ru", "кла́пан"),
        ("Close the valve, please.", "en", "valve"), ("Пожа́луйста.", "ru", "Пожа́луйста"),
    ],
)  # fmt: skip
def test_please_carries_the_tune_only_where_nothing_else_is_said(text, language, centre):
    (sentence,) = sentences(text, language, lexicon(language))
    assert [text[token.start : token.end] for token in tokens(text, language)][sentence.centre] == centre
