"""The shipped lexicon, and what the checker says of faulty lines."""

import pytest

from trainer.bundled import bundled
from trainer.languages import LANGUAGES
from trainer.phones.inventory import inventory
from trainer.phrasebook.lexicon import check, lexicon
from trainer.phrasebook.load import load
from trainer.phrasebook.text import tokens


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_every_call_has_a_pronunciation(language):
    known = lexicon(language)
    words = {token.key for phrase in load().phrases for token in tokens(phrase.text(language), language)}
    assert not sorted(word for word in words if word not in known)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_shipped_lexicon_has_no_problems(language):
    _entries, problems = check(bundled("phrasebooks") / "lexicon" / f"{language}.tsv", language)
    assert not problems


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_pronunciation_of_a_word_is_a_citation_form(language):
    """Only words that are never said alone (a preposition, a particle) begin with a leaning or weak form."""
    for word, ways in lexicon(language).entries.items():
        plain = [way for way in ways if not way.tags & {"weak", "fast", "british", "enclitic", "proclitic"}]
        assert not plain or ways[0] in plain, word


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phone_of_the_language_is_practised_somewhere(language):
    used = {phone.lstrip("ˈˌ") for ways in lexicon(language).entries.values() for way in ways for phone in way.phones}
    bare = {phone.lstrip("ˈˌ") for phone in inventory(language)}
    assert bare - used <= {"ɘ", "e", "a", "o", "zʲ", "ʒ"}


@pytest.mark.parametrize(
    "name, line, field, words",
    [
        ("en.tsv", "capture", "", "1 columns"),
        ("en.tsv", "Capture\tk ˈæ p tʃ ɚ", "word", "'capture'"),
        ("en.tsv", "capture\tk ˈæ p tʂ ɚ", "phones", "'tʂ'"),
        ("en.tsv", "capture\tk æ p tʃ ɚ", "phones", "one primary stress"),
        ("en.tsv", "capture\tk ˈæ p tʃ ˈɚ", "phones", "has 2"),
        ("en.tsv", "and\tˈæ n d\tweak", "phones", "no primary stress"),
        ("en.tsv", "and\tˈæ n d\tstrong", "tags", "strong"),
        ("en.tsv", "and\t\t", "phones", "no phones"),
        ("ru.tsv", "союз\ts ɐ j ˈu s", "phones", "mark the stressed vowel"),
        ("ru.tsv", "сою́з\ts ˈa j u s", "phones", "not the vowel"),
    ],
)
def test_faulty_lines_are_named(tmp_path, name, line, field, words):
    path = tmp_path / name
    path.write_text(f"# a comment\n\n{line}\n", encoding="utf-8")
    _entries, problems = check(path, name[:2])
    assert len(problems) == 1
    assert (problems[0].line, problems[0].field) == (3, field)
    assert words in problems[0].message


def test_a_pronunciation_given_twice_is_a_problem(tmp_path):
    path = tmp_path / "en.tsv"
    path.write_text("go\tɡ ˈoʊ\ngo\tɡ ˈoʊ\tfast\n", encoding="utf-8")
    _entries, problems = check(path, "en")
    assert [problem.line for problem in problems] == [2]
