"""The scale of points: that its parts add up, that errors only ever cost, and what it makes of the samples."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.audio.files import read
from trainer.audio.manifest import clips
from trainer.bundled import bundled
from trainer.live.scorer import Scorer, heard
from trainer.phones.inventory import sound
from trainer.phrasebook.expectation import expect
from trainer.phrasebook.load import load
from trainer.scoring.assess import lay
from trainer.scoring.faults import KINDS, Faults, kind_of
from trainer.scoring.feedback import advice
from trainer.scoring.gop import ODDS_FLOOR
from trainer.scoring.points import FLAGGED, PASS_MARK
from trainer.scoring.scale import SIGNS, Scale, call_score, signs, sound_scores, understood, word_points
from trainer.speech.acoustic import AcousticModel
from trainer.speech.ratings import FittedRater
from trainer.wording import UNSURE, breakdown, dearest, points, remarks

MODEL = AcousticModel()
SCORER = Scorer(load(), MODEL)
SAMPLES = clips(bundled("audio") / "samples")
SCALE = Scale(
    "a scale", {"softness": 1.0, "foreign r": 0.0, "dropped": 3.0},
    {"softness": 6.0, "foreign, sure": 4.0, "wrong": 2.0},
    {"r": 0.5}, (1.0, 1.0), ((-1.0, 100.0), (0.0, 95.0), (1.0, 70.0), (3.0, 30.0), (9.0, 0.0)), 0.5, 1.0, 3.0, 1.0, 0.1,
)  # fmt: skip
PHONES = ("m", "ˈa", "r", "t")


def evidence_of(odds):
    rows = np.full((len(odds), len(KINDS)), ODDS_FLOOR)
    for i, (kind, value) in enumerate(odds):
        rows[i, KINDS.index(kind)] = value
    return Faults(rows, (("x",) * len(KINDS),) * len(odds), np.zeros(len(odds)))


def judged(odds, wrong_stress=(), ratings=None):
    likely = evidence_of(odds)
    gop = [-max(0.0, value) for _kind, value in odds]
    scores = sound_scores(SCALE, PHONES, likely)
    return call_score(SCALE, PHONES, [0, 0, 1, 1], "ab", likely, gop, scores, wrong_stress, ratings)


kinds = st.sampled_from(["softness", "foreign", "dropped", "vowel"])
errors = st.lists(st.tuples(kinds, st.floats(-10, 8)), min_size=4, max_size=4)


@given(errors, st.lists(st.sampled_from([0, 1]), max_size=2), st.tuples(st.floats(0, 10), st.floats(0, 10)))
def test_what_a_call_loses_adds_up_to_what_is_missing(odds, wrong_stress, ratings):
    result = judged(odds, wrong_stress, ratings)
    lost = sum(deduction.points for deduction in result.deductions)
    assert lost == pytest.approx(100 - result.points) or (not lost and result.points > 90)
    assert 0 <= result.points <= 100
    assert result.margin >= 0


@given(errors, st.integers(0, 3), st.floats(0, 6))
def test_a_worse_sound_never_makes_a_call_or_itself_better(odds, place, worse):
    kind, value = odds[place]
    more = [*odds[:place], (kind, value + worse), *odds[place + 1 :]]
    assert judged(more).points <= judged(odds).points + 1e-9
    before, after = (sound_scores(SCALE, PHONES, evidence_of(each))[place].points for each in (odds, more))
    assert after <= before + 1e-9


@given(errors, st.integers(0, 3))
def test_a_sound_that_is_surely_another_takes_its_share_of_any_call(odds, place):
    right, wrong = ([*odds[:place], ("softness", value), *odds[place + 1 :]] for value in (-10.0, 8.0))
    before, after = judged(right), judged(wrong)
    assert after.points <= 0.9 * before.points
    assert before.points < 10 or any(one.of == "sound" and one.sound == PHONES[place] for one in after.deductions)


def test_the_vowels_of_a_word_stressed_wrong_cost_nothing_beside_its_stress():
    clip = next(c for c in SAMPLES if c.phrase == "HTC-02" and c.language == "ru" and c.reading.startswith("planted"))
    result = SCORER.score(read(clip.path), SCORER.book.find("HTC-02"), "ru")
    moved = {word.text for word in result.words if word.stress and word.stress.misplaced}
    assert moved
    named = {(one.of, one.word) for one in result.deductions}
    assert "stress" in {of for of, _word in named}
    vowels = [p for w in result.words if w.text in moved for p in w.phones if p.score < FLAGGED and p.phone == "ˈo"]
    assert vowels
    assert not any(one.sound == "ˈo" and one.word in moved for one in result.deductions)


def test_what_is_not_among_the_dearest_stands_in_the_rest():
    clip = next(c for c in SAMPLES if c.phrase == "COM-01" and c.language == "ru" and c.reading.startswith("planted"))
    result = SCORER.score(read(clip.path), SCORER.book.find("COM-01"), "ru")
    told = dearest(result)
    assert len(result.deductions) > len(told)
    assert told[-1].of == "overall"
    assert sum(one.points for one in told) == pytest.approx(100 - result.score, abs=1)


def test_a_call_whose_sounds_differ_is_less_sure_than_one_whose_sounds_are_alike():
    alike, differing = ([("softness", value), *[("softness", -10.0)] * 3] for value in (-10.0, 8.0))
    assert judged(differing).margin > judged(alike).margin


@given(errors)
def test_wrong_stress_costs_and_is_named(odds):
    plain, stressed = judged(odds), judged(odds, [1])
    assert stressed.points <= plain.points
    if stressed.points < plain.points - 2:
        assert any(one.of == "stress" and one.word == "b" for one in stressed.deductions)


def test_each_kind_of_error_has_its_own_limit_and_one_without_is_never_blamed():
    odds = [("softness", 1.5), ("vowel", 8.0), ("foreign", 0.5), ("dropped", 1.5)]
    scores = sound_scores(SCALE, PHONES, evidence_of(odds))
    assert [score.points < FLAGGED for score in scores] == [True, False, True, False]
    assert [score.heard for score in scores] == ["x", None, "x", None]
    elsewhere = sound_scores(SCALE, ("l", *PHONES[1:]), evidence_of([("foreign", 0.5), *odds[1:]]))
    assert elsewhere[0].points >= FLAGGED


@given(st.lists(st.floats(0, 100), min_size=1, max_size=9), st.integers(0, 8))
def test_words_take_points_off_once_many_are_wrong_and_a_worse_one_never_less(worst, place):
    words = range(len(worst))
    kept = understood(worst, words)
    assert 0 < kept <= 1
    if sum(points < FLAGGED for points in worst) <= 0.3 * len(worst):
        assert kept == 1
    place %= len(worst)
    assert understood([*worst[:place], worst[place] / 2, *worst[place + 1 :]], words) <= kept
    assert understood(worst, words, [place]) <= kept


def test_a_call_most_of_whose_words_are_wrong_does_not_pass_however_well_the_rest_was_said():
    clip = next(c for c in SAMPLES if c.phrase == "HRD-10" and c.reading.startswith("planted"))
    result = SCORER.score(read(clip.path), SCORER.book.find("HRD-10"), clip.language)
    assert sum(word.score < FLAGGED for word in result.words) > len(result.words) / 2
    assert result.score < PASS_MARK


@given(st.lists(st.floats(0, 100), min_size=1, max_size=9))
def test_a_word_with_a_sound_that_was_another_one_is_never_fair(sounds):
    points = word_points(sounds)
    assert 0 <= points <= np.mean(sounds) + 1e-9
    if min(sounds) == 0:
        assert points < FLAGGED


@pytest.mark.parametrize(
    ("language", "expected", "heard", "kind"),
    [("ru", "mʲ", "m", "softness"), ("ru", "m", "mʲ", "softness"), ("ru", "ˈa", "ɐ", "reduction"),
     ("en", "θ", "s", "accent"), ("ru", "t", "k", "consonant"), ("ru", "ˈa", "ˈu", "vowel"),
     ("ru", "ˈa", "n", "other")],
)  # fmt: skip
def test_errors_are_told_apart_by_kind(language, expected, heard, kind):
    assert kind_of(language, expected, heard) == kind


def test_the_shipped_scale_knows_only_signs_and_kinds_that_there_are():
    for language in ("en", "ru"):
        scale = FittedRater(MODEL).scale(language)
        assert set(scale.weights) <= set(SIGNS)
        assert min(scale.weights.values()) > 0
        assert {name.split(" ")[0] for name in scale.limits} <= {"rated", *(kind.split(" ")[0] for kind in KINDS)}
        evidence, points = zip(*scale.knots, strict=True)
        assert list(evidence) == sorted(evidence)
        assert list(points) == sorted(points, reverse=True)
        assert {PASS_MARK, 100.0, 0.0} <= set(points)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_planted_accents_cost_points_and_the_call_says_for_what(language):
    def scored(reading):
        return [
            SCORER.score(read(clip.path), SCORER.book.find(clip.phrase), language)
            for clip in SAMPLES
            if clip.language == language and clip.reading.startswith(reading)
        ]

    right, accents = scored("right"), scored("planted")
    assert np.mean([one.score for one in right]) > np.mean([one.score for one in accents]) + 3
    worst = min(accents, key=lambda one: one.score)
    assert breakdown(worst).startswith(f"{points(worst)} = ")
    assert breakdown(worst) in remarks(worst)
    assert sum(one.points for one in worst.deductions) == pytest.approx(100 - worst.score)


def test_a_score_that_chance_may_move_says_by_how_much():
    clip = next(clip for clip in SAMPLES if clip.reading.startswith("planted"))
    result = SCORER.score(read(clip.path), SCORER.book.find(clip.phrase), clip.language)
    assert points(replace(result, score=76.4, margin=UNSURE + 1.4)) == "76 ±4"
    assert points(replace(result, score=76.4, margin=UNSURE - 1)) == "76"
    assert points(replace(result, score=76.4, margin=None)) == "76"


def test_a_sound_of_the_speakers_own_language_is_called_by_its_name():
    assert sound("ru", "en:t").name == sound("en", "t").name != sound("ru", "t").name
    text = advice("ru", "r", "en:ɹ")
    assert text["en"].startswith("You said the English [ɹ].")
    assert text["ru"].startswith("Вы сказали английский звук [ɹ].")
    assert text["ru"].endswith(sound("ru", "r").how["ru"])


def test_signs_lie_between_none_and_one():
    rows = signs(evidence_of([(kind, 100.0) for kind in KINDS]), [-100.0] * len(KINDS))
    assert rows.shape == (len(KINDS), len(SIGNS))
    assert rows.min() >= 0
    assert rows.max() <= 1


def test_what_sounds_where_a_phone_lies_is_a_second_opinion_on_what_may_have_been_said():
    clip = next(
        clip for clip in SAMPLES if clip.reading == "right" and clip.phrase == "COM-10" and clip.language == "en"
    )
    sound_ = heard(MODEL, read(clip.path))
    call = expect(SCORER.book.find("COM-10").text("en"), "en", SCORER.lexicon("en"))
    hundredths = sound_.hundredths["en"]
    swapped = hundredths.log_probs.copy()
    pair = [hundredths.classes.labels.index(label) for label in ("iː", "ɪ")]
    swapped[:, pair] = swapped[:, pair[::-1]]
    misheard = replace(sound_, hundredths={"en": replace(hundredths, log_probs=swapped)})
    kind = KINDS.index("accent")
    odds = []
    for heard_ in (sound_, misheard):
        reading = lay(call.ways, "en", heard_)
        place = next(i for i, phone in enumerate(reading.expected) if phone.phone.endswith("iː"))
        odds.append(reading.faults.odds[place, kind])
    assert odds[1] > odds[0] + 1
