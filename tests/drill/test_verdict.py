"""What is said first of an answer is the worst of it: what was said, then what of its stress and sounds cost most."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.drill.debrief import poor_sounds
from trainer.drill.events import Assessed, Line
from trainer.drill.verdict import LeftOut, OtherCall, PoorSound, Right, WrongFigure, WrongStress, of_answer
from trainer.languages import Language
from trainer.messages import choose_language
from trainer.phrasebook.text import loud, loud_english
from trainer.scoring.assessment import Assessment, Deduction, Fluency, Match, PhoneScore, Stress, WordScore
from trainer.scoring.content import Answer, content
from trainer.scoring.hypothesis import HeardWord, Hypothesis
from trainer.wording import next_step, verdict_told

GOOD, BAD = PhoneScore("s", 95.0, -0.4, 0.0, 0.1, None, ()), PhoneScore("s", 20.0, -9.0, 0.0, 0.1, "z", ())


def word(text: str, *phones: PhoneScore, stress: Stress | None = None, missing: bool = False) -> WordScore:
    return WordScore(
        text, 0.0 if missing else 95.0, 0.0, 0.5, missing, () if missing else phones or (GOOD,), (), None, stress
    )


def said(*words: WordScore, language: Language = "ru", **changed) -> Assessment:
    fields = dict(
        text=" ".join(one.text for one in words), language=language, verdict="scored", score=90.0, completeness=100.0,
        fit=0.0, words=words, extra_speech=(), fluency=Fluency(4.0, 4.0, 0.0, 0.1, ()), seconds=2.0,
    )  # fmt: skip
    return Assessment(**{**fields, **changed})


def heard(text: str, expected: str, language: Language):
    words = tuple(HeardWord(one, 0.0, 0.1, 1.0) for one in text.split())
    return content(Hypothesis(words, True, "test"), [Answer("A", expected)], language)


MISPLACED = Stress(expected=0, heard=1, probability=0.001)


def test_a_wrong_figure_goes_before_stress_and_sounds():
    call = "Понял, до манёвра восемь минут"
    judged = of_answer(
        said(word("вы́двинуто", BAD, stress=MISPLACED)), heard("понял до манёвра семь минут", call, "ru")
    )  # fmt: skip
    assert judged == WrongFigure("восемь", "семь")
    assert verdict_told(judged, "ru") == "FIGURE: you said семь, asked восемь"


def test_a_figure_that_is_missing_or_too_much():
    assert of_answer(
        said(word("a"), language="en"), heard("go for docking", "Go for two docking", "en")
    ) == WrongFigure("two", "")
    extra = of_answer(said(word("a"), language="en"), heard("go for two five", "Go for two", "en"))
    assert extra == WrongFigure("", "five")


def test_another_case_of_the_same_figure_is_no_wrong_figure():
    judged = heard("дальность двести шестьдесят метров", "Да́льность двухсо́т шести́десяти ме́тров", "ru")
    assert of_answer(said(word("дальность")), judged) == Right()


def test_words_left_out_go_before_stress_and_stress_before_sounds_where_nobody_knows_what_they_cost():
    left_out = said(word("кольцо́", missing=True), word("вы́двинуто", stress=MISPLACED))
    assert of_answer(left_out, None) == LeftOut(("кольцо́",))
    stressed = of_answer(said(word("вы́двинуто", BAD, stress=MISPLACED)), None)
    assert stressed == WrongStress("вы́двинуто", 0, 1)
    assert verdict_told(stressed, "ru") == "STRESS: выДВИнуто → ВЫдвинуто"


@pytest.mark.parametrize("dearest, told", [("sound", PoorSound), ("stress", WrongStress)])
def test_of_stress_and_sounds_that_is_told_first_which_cost_more(dearest, told):
    costs = {"stress": 5.0, "sound": 5.0, dearest: 12.0}
    deductions = [Deduction(of, cost, "s" if of == "sound" else None, None, "вы́двинуто") for of, cost in costs.items()]
    deductions.sort(key=lambda one: -one.points)
    answer = said(word("вы́двинуто", BAD, stress=MISPLACED), deductions=tuple(deductions), margin=3.0)
    assert isinstance(of_answer(answer, None), told)


@pytest.mark.parametrize("cost, told", [(0.0, Right), (1.5, PoorSound)])
def test_a_sound_that_costs_a_good_call_nothing_is_not_held_against_it(cost, told):
    named = [Deduction("sound", cost, "s", "z", "Союз")] if cost else []
    deductions = (*named, Deduction("overall", 3.0 - cost))
    answer = said(word("Союз", BAD), score=97.0, margin=3.0, deductions=deductions)
    assert isinstance(of_answer(answer, None), told)
    line = Line("A", "ru", "Союз", "soyuz")
    event = Assessed(at=0.0, seat="soyuz", turn=0, line=line, assessment=answer, latency=0.1)
    assert bool(poor_sounds([event])) == bool(cost)


def test_a_sound_that_stands_out_is_named_and_else_it_was_said_right():
    judged = of_answer(said(word("Союз", BAD)), None)
    assert isinstance(judged, PoorSound)
    assert verdict_told(judged, "ru") == "SOUND: [s] in Союз → [z]"
    assert of_answer(said(word("Союз")), None) == Right()


def test_another_call_is_told_as_what_it_was():
    other = Match("DOC-01", "en", "Capture")
    assert of_answer(said(word("a"), verdict="other_phrase", said=other), None) == OtherCall("Capture")


@pytest.mark.parametrize(
    "marked, heard_at, shown",
    [
        ("вы́двинуто", 1, "выДВИнуто"), ("вы́двинуто", 0, "ВЫдвинуто"), ("стыко́вочный", 3, "стыковоЧНЫЙ"),
        ("агрега́т", 2, "агреГАТ"), ("ё́лка", 0, "ЁЛка"), ("направля́ющими", 2, "напраВЛЯющими"), ("дым", 0, "ДЫМ"),
    ],
)  # fmt: skip
def test_the_stressed_syllable_stands_in_capitals(marked, heard_at, shown):
    assert loud(marked, heard_at) == shown


@given(st.text("абвгдежийклмнопрстуфхцчшщьыэюя", min_size=1, max_size=12), st.integers(0, 6))
def test_capitals_change_no_letter_and_hold_one_vowel_at_most(text, syllable):
    shown = loud(text, syllable)
    assert shown.lower() == text
    assert sum(letter in "АЕЁИОУЫЭЮЯ" for letter in shown) <= 1


@pytest.mark.parametrize(
    "word, syllable, shown",
    [
        ("docking", 0, "DOCking"), ("Report", 1, "rePORT"), ("complete", 1, "comPLETE"), ("closed", 0, "CLOSED"),
        ("trajectory", 1, "traJECtory"), ("started", 1, "starTED"), ("together", 1, "toGEther"),
        ("quarter", 0, "QUARter"), ("visible", 2, "visiBLE"), ("tv", 1, "tv (2)"),
    ],
)  # fmt: skip
def test_an_english_word_is_cut_by_its_letters(word, syllable, shown):
    assert loud_english(word, syllable) == shown


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_verdict_has_its_line_and_its_next_step_in_both_languages(language):
    choose_language(language)
    verdicts = [
        of_answer(said(word("вы́двинуто", BAD)), None), WrongStress("вы́двинуто", 0, 1), LeftOut(("a",)), Right(),
        WrongFigure("", "five"), WrongFigure("five", ""), WrongFigure("five", "six"), OtherCall(""), OtherCall("x"),
    ]  # fmt: skip
    for judged in verdicts:
        assert verdict_told(judged, "ru")
        assert next_step(judged, by_ear=False)


@pytest.mark.parametrize("score, right", [(99.0, True), (85.0, False)])
def test_a_sound_too_many_alone_says_nothing_against_a_call_as_good_as_natives(score, right):
    extra = replace(word("Союз"), added=("j",))
    assert isinstance(of_answer(said(extra, score=score), None), Right if right else PoorSound)
