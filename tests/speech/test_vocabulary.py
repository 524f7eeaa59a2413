"""The Vosk models that come with the program: what they know, and how they learn the words of one's own phrases."""

import json
import shutil
import time

import numpy as np
import pytest

from trainer.bundled import bundled
from trainer.errors import UserError
from trainer.languages import LANGUAGES
from trainer.phrasebook.drafting import texts
from trainer.phrasebook.lexicon import lexicon
from trainer.phrasebook.load import load
from trainer.phrasebook.numbers import figure_words
from trainer.speech import vocabulary
from trainer.speech.choosing import built_in_words, in_use, remove, use, words_folder
from trainer.speech.vosk import VoskWords, complete

OWN = {"en": "The gyrodyne is behind the snorkel.", "ru": "Гироди\u0301н за кинеско\u0301пом."}
MOST = 12_000_000  # bytes


@pytest.fixture(autouse=True)
def _own_place(tmp_path, monkeypatch):
    monkeypatch.setenv("RUSTON_DATA", str(tmp_path / "data"))


@pytest.fixture(params=LANGUAGES)
def language(request):
    return request.param


@pytest.fixture
def folder(language):
    found = vocabulary.built_in(language)
    assert found
    return found


def test_a_model_is_whole_small_and_has_its_card(folder):
    assert complete(folder, "vosk")
    assert vocabulary.size(folder) <= MOST
    assert "Apache-2.0" in (folder / "README.md").read_text(encoding="utf-8")


def test_it_knows_every_word_of_the_mission_and_every_figure(folder, language):
    model = VoskWords(folder, language)
    calls = texts(load(bundled("phrasebooks") / "astp"), language)
    assert model.unknown([*calls, *figure_words(language)]) == ()
    begun = time.perf_counter()
    assert vocabulary.extended(folder, calls, lexicon(language)) == folder
    assert time.perf_counter() - begun < 5


def test_the_graph_that_ships_is_that_of_its_words(folder):
    model = vocabulary.manifest(folder)
    for path, content in vocabulary.files(vocabulary.words(folder), model.labels, model.costs).items():
        assert (folder / path).read_bytes() == content, path


def test_words_of_ones_own_are_learnt_into_the_users_place(folder, language, tmp_path):
    before = (folder / vocabulary.WORDS).read_bytes()
    assert VoskWords(folder, language).unknown([OWN[language]])
    made = vocabulary.extended(folder, [OWN[language]], lexicon(language))
    assert made.is_relative_to(tmp_path)
    assert made.name == folder.name
    learnt = VoskWords(made, language)
    assert learnt.unknown([OWN[language]]) == ()
    assert "[unk]" in json.loads(learnt.grammar([OWN[language]]))
    stream = learnt.listen([OWN[language]])
    stream.feed(np.zeros(16_000, dtype=np.float32))
    assert stream.finish().final
    assert (folder / vocabulary.WORDS).read_bytes() == before
    assert vocabulary.extended(folder, [OWN[language]], lexicon(language)) == made


def test_another_edition_of_the_model_learns_the_words_anew(folder, language, tmp_path):
    edition = shutil.copytree(folder, tmp_path / "edition")
    before = vocabulary.extended(edition, [OWN[language]], lexicon(language))
    network = edition / "am" / "final.mdl"
    another = network.read_bytes() + b"\n"
    network.unlink()
    network.write_bytes(another)
    after = vocabulary.extended(edition, [OWN[language]], lexicon(language))
    assert (after / "am" / "final.mdl").read_bytes() == another
    assert after != before


@pytest.mark.parametrize("left", [b"", b"junk", 700_000], ids=["empty", "junk", "cut short"])
def test_a_damaged_graph_is_refused_in_one_line(folder, language, left, tmp_path):
    damaged = shutil.copytree(folder, tmp_path / "damaged")
    graph = damaged / vocabulary.TREE
    graph.write_bytes(left if isinstance(left, bytes) else graph.read_bytes()[:left])
    with pytest.raises(UserError, match="Vosk cannot load this model"):
        VoskWords(damaged, language).check()


def test_old_extensions_are_forgotten(folder, language):
    for n in range(vocabulary.KEPT + 2):
        word = {"en": "blorg" + "o" * n, "ru": "бры́к" + "ма" * n}[language]
        made = vocabulary.extended(folder, [word], lexicon(language))
    assert len(list(made.parent.parent.iterdir())) == vocabulary.KEPT


def test_a_damaged_list_of_words_is_refused_in_one_line(tmp_path):
    (tmp_path / vocabulary.WORDS).write_text("word without columns\n")
    with pytest.raises(UserError, match="missing or damaged"):
        vocabulary.words(tmp_path)


def test_it_is_chosen_by_name_and_cannot_be_removed(folder, language):
    assert built_in_words()[folder.name] == language
    use(folder.name)
    assert words_folder(language) == folder
    assert in_use(folder.name)
    with pytest.raises(UserError, match="comes with the program"):
        remove(folder.name)
    use("built-in")
    assert in_use(folder.name)  # at least while one speaks
