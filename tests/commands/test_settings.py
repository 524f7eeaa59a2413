"""What was chosen is shown and changed by command, too."""

import json

import pytest
from program import ruston

from trainer.records.store import Store
from trainer.settings import settings


def value(run):
    return json.loads(run.stdout)["value"]


@pytest.mark.parametrize(
    "name, typed, kept", [("plain", "yes", True), ("radio", "0.2", 0.2), ("voice_ru", "woman", "woman")]
)
def test_a_setting_is_changed_and_brought_back(name, typed, kept, tmp_path, monkeypatch):
    monkeypatch.setenv("RUSTON_DATA", str(tmp_path))
    usual = value(ruston("settings", name, "--json", RUSTON_DATA=str(tmp_path)))
    assert value(ruston("settings", name, typed, "--json", RUSTON_DATA=str(tmp_path))) == kept != usual
    assert kept in (settings().plain, *settings().console.values())
    assert value(ruston("settings", name, "-", "--json", RUSTON_DATA=str(tmp_path))) == usual


@pytest.mark.parametrize(
    "typed", [["plain", "perhaps"], ["radio", "loud"], ["voice_en", "child"], ["colour"], ["letters"]]
)
def test_what_makes_no_sense_is_refused_in_one_line(typed, tmp_path):
    run = ruston("settings", *typed, RUSTON_DATA=str(tmp_path))
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (2, "", 1)
    assert not (tmp_path / "settings.json").exists()


def test_letters_are_each_learners_own(tmp_path):
    records = str(tmp_path / "records.sqlite")
    with Store.open(records) as store:
        store.add_learner("anna", "Anna", "ru")
        store.add_learner("bill", "Bill", "en")
    ruston("settings", "letters", "yes", "--learner", "Bill", "--records", records, RUSTON_DATA=str(tmp_path))
    with Store.open(records) as store:
        assert [one.letters for one in store.learners()] == [None, True]


def test_the_language_that_was_chosen_is_spoken_by_all_commands_unless_another_is_asked_for(tmp_path):
    own = {"RUSTON_DATA": str(tmp_path), "RUSTON_INTERFACE": ""}
    ruston("settings", "interface", "ru", **own)
    assert "ничего не найдено" in ruston("phrases", "nowhere", **own).stderr
    assert "no call matches" in ruston("--interface", "en", "phrases", "nowhere", **own).stderr
    ruston("settings", "interface", "-", **own)
    assert "no call matches" in ruston("phrases", "nowhere", LC_ALL="C", **own).stderr
