"""The labels of made accents: what a voice is given to say is what the recipe says it said."""

import random

import pytest

from recipe.classes import ACCEPT, UNION
from recipe.corpus import errors, foreign, put_for
from trainer.phones.inventory import inventory

DRAW = random.Random(7)


def known(label: str) -> bool:
    language, _, phone = label.rpartition(":")
    return label in UNION or phone in ACCEPT.get(language, {})


def test_every_russian_sound_has_an_american_one_and_every_english_one_cyrillic_letters():
    for phone in inventory("ru"):
        assert {phone, phone.removesuffix("ʲ")} & set(put_for.AMERICAN_FOR)
    for phone in inventory("en"):
        assert phone in put_for.CYRILLIC_FOR
        assert phone in put_for.FLITE_OF


@pytest.mark.parametrize(
    ("make", "text", "language"),
    [
        (foreign.american, "Агрега́т гото́в, кольцо́ вы́двинуто.", "en"),
        (foreign.russian_english, "The docking ring is extended.", "ru"),
    ],
)
def test_what_is_said_is_all_of_the_voice_s_language(make, text, language):
    for _ in range(20):
        utterance = next(make(text, DRAW))
        assert all(label.startswith(f"{language}:") and known(label) for label in utterance.said)
    assert len(utterance.said) > 12


def test_flite_is_given_the_sounds_of_the_labels():
    utterance = next(foreign.american("сою́з", DRAW))
    assert foreign.of_flite(utterance.spelling) == utterance.said


@pytest.mark.parametrize(
    ("word", "kind", "written"),
    [
        ("ма́ть", "hard for soft", "ма́т"),
        ("ме́сто", "hard for soft", "мэ́сто"),
        ("сто́л", "soft for hard", "стё́л"),
        ("ша́р", "ш", "ща́р"),
        ("цена́", "ц", "тсена́"),
        ("дом", "ч", "дом"),
    ],
)
def test_one_error_is_planted_where_it_has_a_place(word, kind, written):
    assert foreign.misspelt(word, kind, DRAW) == written


def test_planted_errors_are_heard_in_the_labels():
    said = {label for _ in range(60) for utterance in foreign.planted("ночна́я у́лица", DRAW) for label in utterance.said}
    assert {"tʂ", "tsʲ", "ru:ɕː"} <= said


def test_english_errors_are_heard_in_the_labels():
    right = errors.plain(foreign.usual("The docking ring is extended.", "en"))
    kinds = {}
    for _ in range(60):
        kind, rows = errors.planted(right, DRAW, russian=True)
        assert all(known(label) for label in errors.sounding(rows))
        assert [[sound[0] for sound in row] for row in rows] == [[sound[0] for sound in row] for row in right]
        kinds.setdefault(kind, set()).add(rows == right)
    assert kinds["native"] == {True}
    assert False in kinds["planted"] & kinds["swapped"]


def test_of_a_pair_one_sound_is_wrong_where_the_table_says():
    right = errors.plain(foreign.usual("The docking ring is extended.", "en"))
    for _ in range(20):
        wrong, place, pair = errors.single(right, DRAW, errors.SINGLE)
        sounds = [sound for row in wrong for sound in row]
        assert [n for n, (expected, said, _stressed) in enumerate(sounds) if expected != said] == [place]
        assert pair == f"{sounds[place][0][3:]}>{'+'.join(label[3:] for label in sounds[place][1].split())}"
