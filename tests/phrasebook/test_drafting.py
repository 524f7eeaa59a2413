"""Phrases of one's own: stress marks from the lexicon, drafted pronunciations, the lexicon beside a book."""

import re
import resource
from pathlib import Path

import pytest

from trainer.atomic_files import save
from trainer.errors import UserError
from trainer.languages import LANGUAGES
from trainer.phones import english, russian
from trainer.phones.inventory import inventory
from trainer.phrasebook import drafting
from trainer.phrasebook.lexicon import check, check_layered, faults, for_book, language_of, lexicon, own_file
from trainer.phrasebook.load import check as check_book
from trainer.phrasebook.load import load
from trainer.phrasebook.problems import InvalidData
from trainer.phrasebook.stress import completed
from trainer.phrasebook.text import ACUTE


def book(folder: Path, en: str, ru: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(f'[[phrase]]\nen = "{en}"\nru = "{ru}"\n', encoding="utf-8")
    return path


def problems(path: Path) -> list[str]:
    lexicons = {language: for_book(path, language) for language in LANGUAGES}
    return [f"{p.line} {p.field}: {p.message}" for p in check_book(path, lexicons, allow_unknown=True)[1]]


# --- Russian stress ---


@pytest.mark.parametrize(
    "plain, marked",
    [
        ("Союз, я Аполлон.", "Сою́з, я Аполло́н."),
        ("Слышу вас громко и чётко!", "Слы́шу вас гро́мко и чётко!"),
        ("СОЮЗ", "СОЮ́З"),
        ("Сою́з", "Сою́з"),  # marked already
        ("Гиродин готов.", "Гиродин гото́в."),  # unknown: as it was
    ],
)
def test_a_word_with_one_known_stress_needs_no_mark(plain, marked):
    assert completed(plain, lexicon("ru")) == marked


def test_a_loaded_phrase_carries_the_marks(tmp_path):
    assert load(book(tmp_path, "Soyuz.", "Союз.")).phrases[0].ru == "Сою́з."


def test_an_unknown_word_needs_its_mark_and_every_place_for_it_is_shown(tmp_path):
    (problem,) = problems(book(tmp_path, "The gyrodyne.", "Гиродин."))
    assert problem.startswith("3 ru: mark the stress of 'гиродин'")
    assert "ги́родин гиро́дин гироди́н" in problem


def test_of_two_words_that_are_written_alike_the_user_chooses(tmp_path):
    path = book(tmp_path, "The lock.", "Замок.")
    own_file(path, "ru").write_text("за́мок\tz ˈa m ə k\nзамо́к\tz ɐ m ˈo k\n", encoding="utf-8")
    (problem,) = problems(path)
    assert "one of: замо́к за́мок (" in problem


def test_ye_written_for_yo_is_asked_about(tmp_path):
    (problem,) = problems(book(tmp_path, "Clear.", "Четко."))
    assert "чётко" in problem


@pytest.mark.parametrize(
    "en, ru, words",
    [
        ("Go.", "Apollo, пуск.", "other alphabet"),
        ("Go.", "Два 2 корабля́.", "write 2 in words"),
        ("Go R3.", "Пуск.", "write 3 in words"),
        ("Café.", "Пуск.", "no letter of this language"),
        ("Go.", "Гирод́ин.", "does not stand after a vowel"),
        ("Go.", "Гтс.", "has no vowel"),
    ],
)
def test_what_cannot_be_spoken_as_written_is_said(tmp_path, en, ru, words):
    found = problems(book(tmp_path, en, ru))
    assert len(found) == 1, found
    assert words in found[0]


def test_a_toml_escape_is_as_good_as_the_mark(tmp_path):
    path = book(tmp_path, "Soyuz.", r"Гироди\u0301н.")
    assert problems(path) == []
    assert load(path).phrases[0].ru == f"Гироди{ACUTE}н."


# --- drafts ---


def test_drafts_are_lines_that_the_lexicon_takes_and_are_marked():
    for language, text in (("en", "Gyrodyne EVA km salyut"), ("ru", "гироди́н автопило́тик по-апо́лловски звездолёт")):
        new = drafting.drafted([text], lexicon(language))
        assert new
        for word, ways in new.items():
            for way in ways:
                assert faults(word, way, language) == []
                assert "draft" in way.tags


@pytest.mark.parametrize(
    "word, phones",
    [
        ("telemetry", "t ə l ˈɛ m ə t ɹ iː"),
        ("working", "w ˈɝ k ɪ ŋ"),
        ("rendezvousing", "ɹ ˈɑː n d ə v ˌuː ɪ ŋ"),
        ("EVA", "ˌiː v ˌiː ˈeɪ"),
        ("km", "k ˌeɪ ˈɛ m"),
        ("jablonski", "j ə b l ˈɑː n s k iː"),
        ("Ogilvy's", "ˈoʊ ɡ ə l v iː z"),
    ],
)
def test_english_is_drafted_from_a_dictionary_or_read_by_letters(word, phones):
    assert " ".join(english.transcribe(word)) == phones
    assert english.in_dictionary(word)


def test_a_guess_from_the_spelling_says_so():
    (way,) = drafting.drafted(["gyrodyne"], lexicon("en"))["gyrodyne"]
    assert way.note == "guessed from the spelling"
    assert set(english.transcribe("gyrodyne")) <= {
        mark + phone for phone in inventory("en") for mark in ("", "ˈ", "ˌ")
    }  # fmt: skip


def test_a_name_is_drafted_in_each_way_that_a_dictionary_has():
    ways = drafting.drafted(["Armstrong on the ladder."], lexicon("en"))["armstrong"]
    assert [" ".join(way.phones[-3:]) for way in ways if "british" not in way.tags] == ["ɹ ˌɑː ŋ", "ɹ ˌɔː ŋ"]
    assert all(way.note == "" for way in ways)


def test_english_drafts_agree_with_the_checked_lexicon():
    """A guard against a changed dictionary or changed symbols: most words come out as people have settled them."""
    known = lexicon("en").entries
    words = [word for word, ways in known.items() if len(word) > 3 and "weak" not in ways[0].tags][::10]
    agree = sum(english.transcribe(word) in {way.phones for way in known[word]} for word in words)
    assert agree / len(words) > 0.9


def test_what_nothing_can_be_made_of_is_refused():
    with pytest.raises(UserError, match="'гтс'"):
        drafting.drafted(["гтс"], lexicon("ru"))


def test_unchecked_words_are_those_drafted_and_those_missing(tmp_path):
    path = book(tmp_path, "Gyrodyne ready.", "Гироди́н гото́в.")
    assert drafting.unchecked("Gyrodyne ready.", for_book(path, "en")) == ("Gyrodyne",)
    drafting.draft(load(path), path)
    assert drafting.unchecked("Gyrodyne ready.", for_book(path, "en")) == ("Gyrodyne",)


# --- the lexicon beside a phrasebook ---


def test_drafts_land_beside_the_book_and_again_nothing_changes(tmp_path):
    path = book(tmp_path, "The gyrodyne is ready.", "Гироди́н готов.")
    assert [(d.word, d.new) for d in drafting.draft(load(path), path)] == [("gyrodyne", True), ("гироди́н", True)]
    files = [tmp_path / "mine.en.tsv", tmp_path / "mine.ru.tsv"]
    before = [file.read_bytes() for file in files]
    assert [(d.word, d.new) for d in drafting.draft(load(path), path)] == [("gyrodyne", False), ("гироди́н", False)]
    assert [file.read_bytes() for file in files] == before
    for file in files:
        assert check(file, language_of(file))[1] == []


def test_a_line_corrected_by_hand_stays_byte_for_byte(tmp_path):
    path = book(tmp_path, "Gyrodyne kvant.", "Гироди́н.")
    mine = (
        "\ufeff# mine\r\ngyrodyne\tɡ ˈaɪ ɹ ə d aɪ n".encode()
    )  # as an editor of Windows leaves it, without a last line end
    own_file(path, "en").write_bytes(mine)
    found = drafting.draft(load(path), path)
    assert [d.word for d in found] == ["kvant", "гироди́н"]
    assert own_file(path, "en").read_bytes().startswith(mine + b"\nkvant\t")
    assert for_book(path, "en")["gyrodyne"][0].phones == ("ɡ", "ˈaɪ", "ɹ", "ə", "d", "aɪ", "n")


def test_the_books_own_word_goes_before_the_programs(tmp_path):
    path = book(tmp_path, "Soyuz.", "Союз.")
    own_file(path, "en").write_text("soyuz\ts ˈɔɪ uː z\n", encoding="utf-8")
    assert [way.phones for way in for_book(path, "en")["soyuz"]] == [("s", "ˈɔɪ", "uː", "z")]
    assert "apollo" in for_book(path, "en")


def test_a_folder_keeps_its_lexicon_inside(tmp_path):
    book(tmp_path, "Gyrodyne.", "Гироди́н.")
    drafting.draft(load(tmp_path), tmp_path)
    assert sorted(file.name for file in tmp_path.glob("*.tsv")) == ["lexicon.en.tsv", "lexicon.ru.tsv"]
    assert load(tmp_path).phrases[0].id.startswith("OWN-")


def test_a_faulty_line_of_ones_own_lexicon_is_named(tmp_path):
    path = book(tmp_path, "Gyrodyne.", "Гироди́н.")
    own_file(path, "ru").write_text("гироди́н\tɡʲ ɪ r ɐ dʲ ˈq n\n", encoding="utf-8")
    assert check_layered(path, "ru")[1][0].line == 1
    with pytest.raises(InvalidData, match=r"mine\.ru\.tsv:1: phones"):
        load(path)


def test_names_of_lexicon_files_tell_their_language():
    names = ["en.tsv", "ru.tsv", "mine.ru.tsv", "english.ru.tsv", "lexicon.en.tsv", "ru-names.tsv"]
    assert [language_of(Path(name)) for name in names] == ["en", "ru", "ru", "ru", "en", "ru"]


# --- nothing is lost ---


def test_a_disk_without_room_leaves_the_old_file(tmp_path):
    path = tmp_path / "mine.en.tsv"
    save(path, "old")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(UserError, match=r"mine\.en\.tsv: cannot be written .* Nothing was changed"):
            save(path, "new" * 1000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "real.tsv").write_text("old")
    (tmp_path / "link.tsv").symlink_to("real.tsv")
    save(tmp_path / "link.tsv", "new")
    assert (tmp_path / "link.tsv").is_symlink()
    assert (tmp_path / "real.tsv").read_text() == "new"


@pytest.mark.parametrize("word", ["нейро́н", "сенсо́рный", "те́мбра", "деко́дер", "регенера́ции"])
def test_a_loan_that_may_have_a_hard_consonant_before_e_says_so(word):
    assert drafting.drafted([word], lexicon("ru"))[word][0].note


def test_words_of_russians_own_are_left_in_peace():
    """Words of strangers' phrases, and those of the mission."""
    own = "ви́дел всех загружа́ется замени́те доро́жки поговори́м обе́да рожде́ния пересыла́ем темнота́ не́бо сего́дня"
    notes = {word: ways[0].note for word, ways in drafting.drafted([own], lexicon("ru")).items()}
    assert {word for word, note in notes.items() if note} == set()
    soft = [word for word in lexicon("ru").entries if re.search("[дзнрст]е(?!$)", word)]
    assert len(soft) > 200
    assert sum(russian.doubtful_e(word) for word in soft) / len(soft) < 0.08
