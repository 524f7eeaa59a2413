"""Practice of one word or sound: every weak sound of the mission gets a ladder, each rung holds the one before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.drill import mouth
from trainer.drill.memory import sound_of
from trainer.phones.inventory import inventory
from trainer.phrasebook.expectation import expect
from trainer.phrasebook.lexicon import lexicon
from trainer.phrasebook.load import load
from trainer.phrasebook.text import key
from trainer.scoring.points import PASS_MARK

BOOK = load()
CALLS = {language: [(phrase.id, phrase.text(language)) for phrase in BOOK.phrases] for language in ("en", "ru")}


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_sound_of_the_mission_has_a_ladder_whose_rungs_hold_one_another(language):
    calls = dict(mouth.expected(CALLS[language], language, lexicon(language)))
    said = {sound_of(language, phone) for whole in calls.values() for phone in whole.citation}
    for sound in sorted(said):
        (rungs,) = mouth.ladder(sound, calls.items(), lexicon(language))
        kinds = [piece.rung for piece in rungs]
        assert kinds == sorted(kinds, key=mouth.RUNGS.index)
        assert len(set(kinds)) == len(kinds)
        assert "word" in kinds
        assert ("sound" in kinds) == mouth.holdable(language, sound)
        lengths = [len(piece.said.citation) for piece in rungs]
        assert lengths == sorted(lengths)
        for piece in rungs:
            assert piece.sound == sound
            assert piece.text.count("«") == piece.text.count("»")
            counted = piece.said.ways[piece.at][0][slice(*piece.phones)]
            assert [sound_of(language, phone) for phone in counted] == [sound]
            assert piece.words[1] <= len(calls[piece.call].words)
        assert all(piece.scored for piece in rungs if piece.rung != "sound")


@pytest.mark.parametrize("language", ["en", "ru"])
def test_syllables_cut_a_word_into_parts_with_one_vowel_each(language):
    known = inventory(language)
    for pronunciations in list(lexicon(language).entries.values())[::7]:
        phones = pronunciations[0].phones
        cuts = {mouth.syllable(phones, at, language) for at in range(len(phones))}
        assert sorted(at for cut in cuts for at in range(*cut)) == list(range(len(phones)))
        if any(known[phone].kind == "vowel" for phone in phones):
            assert all(sum(known[phone].kind == "vowel" for phone in phones[slice(*cut)]) == 1 for cut in cuts)


@given(st.lists(st.floats(0, 100), max_size=3))
def test_three_tries_slowly_at_pace_and_in_the_call(scores):
    call, text = CALLS["ru"][0]
    practice = mouth.Practice(mouth.word(call, text, "ru", lexicon("ru"), 0))
    for number, points in enumerate(scores):
        assert practice.step == mouth.STEPS[number]
        practice = mouth.tried(practice, points)
    assert practice.over == (len(scores) == 3)
    assert practice.passed == (len(scores) == 3 and scores[-1] >= PASS_MARK)
    if len(scores) == 3:
        assert practice.gained == scores[2] - scores[0]
        with pytest.raises(ValueError, match="over"):
            mouth.tried(practice, 50.0)


def test_a_word_in_its_call_is_judged_by_its_own_sounds():
    call, text = next(found for found in CALLS["ru"] if "стыковка" in found[1].replace("\u0301", ""))
    whole = expect(text, "ru", lexicon("ru"))
    for at in range(len(whole.words)):
        piece = mouth.word(call, text, "ru", lexicon("ru"), at)
        within = mouth.in_call(piece, text, lexicon("ru"))
        assert (within.rung, within.said.text, within.at) == ("call", text, at)
        assert within.said.words[within.at] == piece.said.words[piece.at]
        assert piece.rung == ("phrase" if whole.words[at].lower() in ("на", "к", "и", "в", "с") else "word")


@pytest.mark.parametrize("language", ["en", "ru"])
def test_no_rung_ends_in_a_word_that_leans_on_the_next_or_begins_after_one(language):
    known, ladders = lexicon(language), {}
    calls = dict(mouth.expected(CALLS[language], language, known))
    for sound in {sound_of(language, phone) for whole in calls.values() for phone in whole.citation}:
        for rungs in mouth.ladder(sound, calls.items(), known, 30):
            ladders |= {(piece.call, piece.words): piece for piece in rungs if piece.rung == "phrase"}

    def leans(word):
        spelled = key(word, language)
        return spelled in mouth.LEANING if language == "en" else any("proclitic" in w.tags for w in known[spelled])

    assert len(ladders) > 50
    for (call, (first, last)), piece in ladders.items():
        whole = calls[call]
        after = whole.text[whole.text.index(piece.text) + len(piece.text) :] if piece.text in whole.text else ","
        if last < len(whole.words) and after[:1] == " " and after[1:2].isalpha():
            assert not leans(whole.words[last - 1]), piece.text
        if first > 0 and f"{whole.words[first - 1]} {whole.words[first]}" in whole.text:
            assert not leans(whole.words[first - 1]), piece.text
