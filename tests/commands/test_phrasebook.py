"""`ruston phrasebook`: from an empty file to a scored phrase, and what is said when it cannot be."""

import json
import os
import resource
from pathlib import Path

import pytest

from trainer.bundled import bundled
from trainer.cli import main

SAMPLES = bundled("audio") / "samples"
LOUD_AND_CLEAR = {"en": SAMPLES / "en" / "com-10-right-man.opus", "ru": SAMPLES / "ru" / "com-10-right-man.opus"}


@pytest.fixture(autouse=True)
def _place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RUSTON_INTERFACE", "en")
    monkeypatch.setenv("COLUMNS", "120")


@pytest.fixture
def ruston(capsys):
    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        shown = capsys.readouterr()
        return int(ended.value.code or 0), shown.out, shown.err

    return run


def refused(answer: tuple[int, str, str]) -> str:
    """The one line of a refusal."""
    code, _out, err = answer
    assert code == 2
    assert err.count("\n") == 1
    return err


def write(en: str, ru: str) -> None:
    Path("mine.toml").write_text(f'[[phrase]]\nen = "{en}"\nru = "{ru}"\n', encoding="utf-8")


def test_new_draft_check(ruston):
    assert ruston("phrasebook", "new", "mybook.toml")[0] == 0
    code, _out, err = ruston("phrasebook", "check", "mybook.toml")
    assert code == 2
    assert "'gyrodyne' is not in the lexicon. `ruston phrasebook draft`" in err

    code, out, _err = ruston("phrasebook", "draft", "mybook.toml")
    assert code == 0
    assert "[dʒ ˈaɪ ɹ ə d ˌaɪ n]" in out
    assert "[ɡʲ ɪ r ɐ dʲ ˈi n]" in out
    assert "Correct them in mybook.en.tsv" in out
    for command in (("phrasebook", "check"), ("check",)):
        code, out, err = ruston(*command, "mybook.toml")
        assert (code, err) == (0, "")
        assert "2 calls. Nobody has checked the pronunciation of gyrodyne, гироди́н." in out


def test_a_checked_word_is_not_asked_about_again(ruston):
    write("Gyrodyne.", "Гироди́н.")
    ruston("phrasebook", "draft", "mine.toml")
    for file in Path().glob("*.tsv"):
        file.write_text(file.read_text(encoding="utf-8").replace("draft\t", "\t"), encoding="utf-8")
    code, out, _err = ruston("phrasebook", "draft", "mine.toml")
    assert (code, out) == (0, "mine.toml: every word has a checked pronunciation.\n")


def test_drafts_as_json(ruston):
    write("Gyrodyne.", "Гироди́н.")
    _code, out, _err = ruston("phrasebook", "draft", "mine.toml", "--json")
    english, russian = map(json.loads, out.splitlines())
    assert english == {
        "word": "gyrodyne",
        "language": "en",
        "pronunciations": ["dʒ ˈaɪ ɹ ə d ˌaɪ n"],
        "note": "guessed from the spelling",
        "new": True,
        "file": "mine.en.tsv",
    }
    assert russian["word"] == "гироди́н"
    assert json.loads(ruston("phrasebook", "draft", "mine.toml", "--json")[1].splitlines()[0])["new"] is False


def test_new_as_json(ruston):
    _code, out, _err = ruston("phrasebook", "new", "mine.toml", "--json")
    told = json.loads(out)
    assert told["path"] == "mine.toml"
    assert [id[:4] for id in told["phrases"]] == ["OWN-", "OWN-"]


def test_new_in_russian(ruston):
    assert ruston("--interface", "ru", "phrasebook", "new", "mine.toml")[0] == 0
    assert ruston("phrasebook", "draft", "mine.toml")[0] == 0


@pytest.mark.parametrize(
    "language, en, ru, unchecked",
    [
        ("en", "I reed you loud and clear.", "Пуск.", "reed"),  # sounds like the call of the recording
        ("ru", "Go.", "Слышу вас гро́мка и чётко.", "гро́мка"),
    ],
)
def test_a_phrase_of_ones_own_is_scored_drafted_or_not(ruston, language, en, ru, unchecked):
    write(en, ru)
    arguments = ("score", str(LOUD_AND_CLEAR[language]), "--phrasebook", "mine.toml", "--phrase", "MINE-01")
    results = []
    for _ in range(2):
        code, out, _err = ruston(*arguments, "--language", language, "--json")
        assert code == 0
        results.append(json.loads(out))
        ruston("phrasebook", "draft", "mine.toml")
    before, after = results
    assert before["verdict"] == "scored"
    assert before["score"] > 80
    assert [unchecked in warning for warning in before["warnings"]] == [True]
    assert before == after  # the same drafts, in memory or in the file

    file = Path(f"mine.{language}.tsv")
    file.write_text(file.read_text(encoding="utf-8").replace("draft\t", "\t"), encoding="utf-8")
    assert json.loads(ruston(*arguments, "--language", language, "--json")[1])["warnings"] == []


def test_a_corrected_pronunciation_counts(ruston):
    write("I reed you loud and clear.", "Пуск.")
    Path("mine.en.tsv").write_text("reed\tɹ ˈɪ d\n", encoding="utf-8")
    _code, out, _err = ruston(
        *("score", str(LOUD_AND_CLEAR["en"]), "--phrasebook", "mine.toml", "--phrase", "MINE-01"),
        *("--language", "en", "--json"),
    )
    word = json.loads(out)["words"][1]
    assert [phone["phone"].lstrip("ˈ") for phone in word["phones"]] == ["ɹ", "ɪ", "d"]


def test_phrases_marks_what_is_drafted(ruston):
    write("The gyrodyne is ready.", "Гироди́н готов.")
    _code, out, _err = ruston("phrases", "--phrasebook", "mine.toml")
    assert "[dʒ ˈaɪ ɹ ə d ˌaɪ n]  (drafted, not checked)" in out
    assert out.count("not checked") == 2
    _code, out, _err = ruston("phrases", "--phrasebook", "mine.toml", "--json")
    assert json.loads(out)["unchecked"] == ["gyrodyne", "Гироди́н"]


@pytest.mark.parametrize(
    "text, words",
    [
        ('[[phrase]]\nen = "Go.\n', "mine.toml:2: not TOML"),
        ('[[phrase]]\nen = "Go."\nru = "Старт, Apollo."\n', "mine.toml:3: ru: 'A' is a letter of the other alphabet"),
        ('[[phrase]]\nen = "Go."\nru = "Гиродин."\n', "mine.toml:3: ru: mark the stress of 'гиродин'"),
        (
            '[[phrase]]\nid = "A"\nen = "Go."\nru = "Старт."\n[[phrase]]\nid = "A"\nen = "Go."\nru = "Старт."\n',
            "mine.toml:6: id: A is taken already, at mine.toml:2",
        ),
    ],
)
def test_a_faulty_phrasebook_is_refused_with_the_place(ruston, text, words):
    Path("mine.toml").write_text(text, encoding="utf-8")
    for command in ("check", "draft"):
        assert refused(ruston("phrasebook", command, "mine.toml")).startswith(words)
        problem = json.loads(ruston("phrasebook", command, "mine.toml", "--json")[1])
        assert problem["path"] == "mine.toml"
    assert words in refused(ruston("phrases", "--phrasebook", "mine.toml"))
    assert not list(Path().glob("*.tsv"))


def test_check_names_faults_of_ones_own_lexicon(ruston):
    write("Gyrodyne.", "Пуск.")
    Path("mine.en.tsv").write_text("gyrodyne\tdʒ aɪ ɹ ə d aɪ n\n", encoding="utf-8")
    code, _out, err = ruston("phrasebook", "check", "mine.toml")
    assert code == 2
    assert "mine.en.tsv:1: phones: needs one primary stress (ˈ), has 0." in err


def test_new_overwrites_nothing(ruston):
    Path("mine.toml").write_text("mine", encoding="utf-8")
    assert "is there already" in refused(ruston("phrasebook", "new", "mine.toml"))
    assert Path("mine.toml").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    "arguments, words",
    [
        (("new", "mine.txt"), "ends in .toml"),
        (("new", "nowhere/mine.toml"), "nowhere/mine.toml: cannot be written (No such file or directory)"),
        (("draft", "nowhere.toml"), "there is no phrasebook"),
        (("check", "nowhere.toml"), "there is no phrasebook"),
    ],
)
def test_a_path_that_will_not_do_is_refused(ruston, arguments, words):
    assert words in refused(ruston("phrasebook", *arguments))


def test_a_full_disk_is_said_in_one_line(ruston):
    write("Gyrodyne.", "Гироди́н.")
    lines = "# what was there before\n" * 50
    Path("mine.en.tsv").write_text(lines, encoding="utf-8")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(lines), limits[1]))
    try:
        answer = ruston("phrasebook", "draft", "mine.toml")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert "mine.en.tsv: cannot be written" in refused(answer)
    assert sorted(file.name for file in Path().iterdir()) == ["mine.en.tsv", "mine.toml"]
    assert Path("mine.en.tsv").read_text(encoding="utf-8") == lines


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_read_only_folder_is_said_in_one_line(ruston, tmp_path):
    write("Gyrodyne.", "Гироди́н.")
    tmp_path.chmod(0o555)
    try:
        assert "Permission denied" in refused(ruston("phrasebook", "draft", "mine.toml"))
        assert "Permission denied" in refused(ruston("phrasebook", "new", "other.toml"))
    finally:
        tmp_path.chmod(0o755)
