"""Was the right thing said: completeness, wrong words, figures, which of several answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.phrasebook.draw import exchanges
from trainer.phrasebook.lexicon import lexicon
from trainer.phrasebook.load import load
from trainer.phrasebook.text import tokens, without_stress
from trainer.scoring.content import Answer, content
from trainer.scoring.hypothesis import UNKNOWN, HeardWord, Hypothesis


def heard(text: str) -> Hypothesis:
    words = tuple(HeardWord(word, i, i + 0.5, 0.9) for i, word in enumerate(text.split()))
    return Hypothesis(words, final=True, engine="test")


def verdicts(found) -> list[tuple[str, str | None, str | None]]:
    return [(word.verdict, word.expected, word.heard) for word in found.words]


RANGE = Answer("RNG-01", "Range two six zero meters.")


def test_a_right_answer_is_whole_and_exact():
    found = content(heard("range two six zero meters"), [RANGE], "en")
    assert (found.answer, found.complete, found.exact, found.engine) == ("RNG-01", 1.0, True, "test")
    assert [word.figure for word in found.words] == [False, True, True, True, False]
    assert found.words[1].start == 1


def test_a_wrong_figure_is_not_exact_though_nearly_complete():
    found = content(heard("range two five zero meters"), [RANGE], "en")
    assert found.exact is False
    assert found.complete == pytest.approx(0.8)
    assert ("wrong", "six", "five") in verdicts(found)


@pytest.mark.parametrize(
    "said", ["range two zero meters", "range two six zero zero meters", "range six two zero meters"]
)
def test_a_figure_left_out_added_or_moved_is_not_exact(said):
    assert content(heard(said), [RANGE], "en").exact is False


def test_a_word_left_out_a_word_too_many_and_a_word_that_was_none():
    found = content(heard("range two six zero uh"), [RANGE], "en")
    assert verdicts(found)[-1] == ("wrong", "meters", "uh")
    found = content(heard("two six zero meters roger"), [RANGE], "en")
    assert ("missing", "range", None) in verdicts(found)
    assert ("extra", None, "roger") in verdicts(found)
    found = content(heard(f"{UNKNOWN} two six zero meters"), [RANGE], "en")
    assert verdicts(found)[0] == ("wrong", "range", UNKNOWN)
    assert found.exact


def test_the_answer_that_was_said_is_found_among_several():
    answers = [Answer("A", "Roger, closing the hatch."), Answer("B", "Negative, hatch is open."), Answer("C", "Roger.")]
    assert content(heard("negative hatch is open"), answers, "en").answer == "B"
    assert content(heard("roger"), answers, "en").answer == "C"
    assert content(heard("good morning houston"), answers, "en").answer is None
    assert content(heard(""), answers, "en").answer is None


def test_words_that_sound_alike_are_one():
    answer = [Answer("A", "Go for two.")]
    assert content(heard("go four too"), answer, "en", lexicon("en")).complete >= 2 / 3
    assert content(heard("go for to"), answer, "en").exact is False


def test_russian_is_compared_without_stress_and_with_either_letter_of_ё():
    answer = [Answer("A", "Идём по-ру́сски, всё норма́льно.")]
    found = content(heard("идем по русски все нормально"), answer, "ru")
    assert (found.complete, found.exact) == (1.0, None)


def test_figures_are_not_compared_where_none_are_asked():
    assert content(heard("say seven again"), [Answer("A", "Say again.")], "en").exact is None
    assert content(heard("сто узел готов"), [Answer("A", "Стыко́вочный у́зел гото́в.")], "ru").exact is None


def test_a_russian_figure_in_another_case_is_the_same_figure_but_the_wrong_word():
    answer = [Answer("A", "Да́льность двухсо́т шести́десяти ме́тров.")]
    found = content(heard("дальность двести шестьдесят метров"), answer, "ru")
    assert found.exact
    assert found.complete == pytest.approx(0.5)


def test_nothing_to_compare_with_is_an_error():
    with pytest.raises(ValueError, match="empty"):
        content(heard("roger"), [], "en")


CALLS = [call for turn, _seed in zip(exchanges(load(), 3), range(60), strict=False) for call in turn]


@given(st.sampled_from(CALLS), st.sampled_from(["en", "ru"]))
def test_every_drawn_call_said_right_is_exact(call, language):
    text = call.text(language)
    said = " ".join(without_stress(token.key) for token in tokens(text, language))
    found = content(heard(said), [Answer(call.id, text)], language)
    asked = any(word.figure for word in found.words)
    assert (found.answer, found.complete, found.exact) == (call.id, 1.0, True if asked else None)


@given(st.sampled_from([call for call in CALLS if call.values]), st.sampled_from(["en", "ru"]), st.data())
def test_a_figure_of_a_drawn_call_that_is_said_wrong_is_never_exact(call, language, data):
    text = call.text(language)
    words = [without_stress(token.key) for token in tokens(text, language)]
    right = content(heard(" ".join(words)), [Answer(call.id, text)], language)
    figures = [word.heard for word in right.words if word.figure]
    if not figures:
        return
    wrong = data.draw(st.sampled_from(figures))
    words = [part for word in words for part in word.split("-")]
    words[words.index(wrong)] = {"en": "eleven", "ru": "семьсот"}[language]
    judged = content(heard(" ".join(words)), [Answer("A", text)], language)
    assert wrong in ("eleven", "семьсот") or judged.exact is False
