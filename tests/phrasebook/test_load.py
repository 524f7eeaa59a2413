"""Reading phrasebooks, and pointing at what is wrong in them: file, line, field."""

from pathlib import Path

import pytest

from trainer.audio import files
from trainer.errors import UserError
from trainer.phrasebook.checks import LONGEST
from trainer.phrasebook.load import check, load, mission_folder
from trainer.phrasebook.problems import InvalidData
from trainer.phrasebook.text import ACUTE, tokens


def book(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_mission_is_complete_and_sound():
    mission, problems = check(mission_folder())
    assert not problems
    assert len(mission.phrases) == 349
    assert {phrase.speaker for phrase in mission.phrases} >= {"apollo", "soyuz", "houston", "moscow"}


def test_the_quotations_of_the_mission_are_there():
    mission = load()
    assert mission.find("DOC-09").en.startswith("Capture! Soyuz and Apollo are shaking hands now")
    assert "Have fun!" in "".join(phrase.en for phrase in mission.phrases)


def test_a_historic_call_names_its_source_and_what_is_attested():
    for phrase in load().phrases:
        if phrase.status == "historic":
            assert phrase.source, phrase.id
            assert phrase.attested.en or phrase.attested.ru, phrase.id
        else:
            assert not phrase.attested.en, phrase.id
            assert not phrase.attested.ru, phrase.id


def test_public_domain_calls_rest_on_no_source_in_copyright():
    mission = load()
    free = [phrase for phrase in mission.phrases if mission.public_domain(phrase)]
    assert 0 < len(free) < len(mission.phrases)
    for phrase in free:
        if phrase.status == "historic":
            assert all(mission.sources[key].public_domain for key in phrase.source)


def test_stress_is_in_the_text_and_not_in_the_plain_text():
    phrase = load().find("COM-10")
    assert ACUTE in phrase.ru
    assert ACUTE not in phrase.plain("ru")


def test_a_phrase_of_ones_own_needs_only_its_two_texts(tmp_path):
    own = load(book(tmp_path, '[[phrase]]\nen = "Close the valve."\nru = "Закро́йте кла́пан."\n'))
    assert [(p.id, p.phase, p.status) for p in own.phrases] == [("OWN-II5XZHOQ", "mine", "own")]
    assert own.phases[0].id == "mine"


FINE = 'en = "Go."\nru = "Пуск."\n'


@pytest.mark.parametrize(
    "text, line, field, words",
    [
        ('[[phrase]]\nen = "Go"\nru = "Пуск', 3, "", "not TOML"),
        ('[[phrase]]\nen = "Go."\n', 1, "ru", "missing"),
        (f'[[phrase]]\n{FINE}spaeker = "apollo"\n', 4, "spaeker", "unknown field"),
        (f'[[phrase]]\n{FINE}speaker = "gemini"\n', 4, "speaker", "'gemini'"),
        (f'[[phrase]]\n{FINE}[[phrase]]\nen = ""\nru = "Пуск."\n', 5, "en", "empty"),
        (f'[[phrase]]\nid = "A"\n{FINE}[[phrase]]\nid = "a"\n{FINE}', 6, "id", "taken already"),
        (f'[[phrase]]\n{FINE}answers = ["NO-1"]\n', 4, "answers", "no phrase NO-1"),
        (
            f'[[phase]]\nid = "x"\nname = {{ en = "X", ru = "Х" }}\n[[phrase]]\n{FINE}phase = "y"\n',
            7,
            "phase",
            "no phase y",
        ),
        ('[[phrase]]\nen = "Range 40."\nru = "Пуск."\n', 2, "en", "40"),
        ('[[phrase]]\nen = "Gо."\nru = "Пуск."\n', 2, "en", "other alphabet"),
        ('[[phrase]]\nen = "Go."\nru = "Закройте."\n', 3, "ru", "mark the stress"),
        ('[[phrase]]\nen = "Go."\nru = "За́кро́йте."\n', 3, "ru", "more than one"),
        ('[[phrase]]\nen = "Go."\nru = "..."\n', 3, "ru", "no words"),
        (f"[[phrases]]\n{FINE}", 1, "phrases", "unknown table"),
        (f'[[phrase]]\n{FINE}source = ["NYT"]\n', 4, "source", "source.NYT"),
        ("", 1, "", "no calls"),
        ('title = { en = "Ours", ru = "Наши" }', 1, "", "no calls"),
        (f'[[phrase]]\n{FINE}answers = "DOC-01"\n', 4, "answers", "list"),
        (f'[[phrase]]\n{FINE}note = "mine"\n', 4, "note", "table"),
        ('[[phrase]]\nen = 5\nru = "Пуск."\n', 2, "en", "quotes"),
    ],
)
def test_problems_name_line_and_field(tmp_path, text, line, field, words):
    _book, problems = check(book(tmp_path, text))
    assert [(p.line, p.field) for p in problems] == [(line, field)]
    assert words in problems[0].message


def test_words_that_a_lexicon_lacks_are_problems(tmp_path):
    path = book(tmp_path, '[[phrase]]\nen = "Frobnicate now."\nru = "Пуск."\n')
    _book, problems = check(path, {"en": {"now"}, "ru": {"пуск"}})
    assert [(p.line, p.field) for p in problems] == [(2, "en")]
    assert "frobnicate" in problems[0].message


def test_load_refuses_with_the_first_problem(tmp_path):
    with pytest.raises(InvalidData, match=r"mine\.toml:2: en: empty"):
        load(book(tmp_path, '[[phrase]]\nen = ""\nru = "Пуск."\n'))


@pytest.mark.parametrize("name", ["nothing.toml", "nowhere"])
def test_a_missing_phrasebook_is_said_to_be_missing(tmp_path, name):
    with pytest.raises(UserError, match="no phrasebook"):
        load(tmp_path / name)


@pytest.mark.parametrize("sign", ["&", "%", "№", "°", "+", "=", "/", "@", "$", "€", "§", "×", "_", "*", "#"])
def test_a_sign_that_somebody_would_have_to_say_is_refused_like_figures(tmp_path, sign):
    path = book(tmp_path, f'[[phrase]]\nen = "Copy {sign} hold."\nru = "Пуск."\n')
    _found, problems = check(path)
    assert [(p.line, p.field) for p in problems] == [(2, "en")]
    assert problems[0].message.startswith(f"write {sign} in words")


def test_punctuation_is_no_sign(tmp_path):
    text = '«Go» (now): well, "yes" - no; it\'s … don’t — “right” [here]! ok?'
    load(book(tmp_path, f"[[phrase]]\nen = '''{text}'''\nru = 'Пуск.'\n"))


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_phrase_that_fits_no_recording_is_refused(tmp_path, language):
    long = {"en": "Ready again. ", "ru": "Пуск был. "}[language]
    texts = {"en": "Go.", "ru": "Пуск.", language: long * 130}
    path = book(tmp_path, f'[[phrase]]\nen = "{texts["en"]}"\nru = "{texts["ru"]}"\n')
    (problem,) = check(path)[1]
    assert problem.field == language
    assert "nobody can say this in 30 s" in problem.message
    assert LONGEST == files.LONGEST


@pytest.mark.parametrize(
    "written", ["We can‘t hear.", "We can`t hear.", "We can´t hear.", "We can′t hear.", "We ca\u00adn't he\u200bar."]
)
def test_every_apostrophe_is_one_and_what_is_not_seen_is_not_there(tmp_path, written):
    own = load(book(tmp_path, f'[[phrase]]\nen = "{written}"\nru = "За\u00adкры́т."\n'))
    assert [token.key for token in tokens(own.phrases[0].en, "en")] == ["we", "can't", "hear"]
    assert own.phrases[0].ru == "Закры́т."


def test_a_phrasebook_of_a_hundred_thousand_faults_is_told_in_time(tmp_path):
    path = book(tmp_path, "".join(f"a{n} = 1\n" for n in range(50_000)))
    problems = check(path)[1]
    assert (problems[0].line, problems[49_999].line) == (1, 50_000)


def test_any_name_of_a_file_gives_ids_to_its_calls(tmp_path):
    for name in ("x².toml", "½.toml", "а\u0301.toml", "٣ ⅷ.toml", "...toml"):
        (tmp_path / name).write_text('[[phrase]]\nen = "Go."\nru = "Пуск."\n', encoding="utf-8")
        assert load(tmp_path / name).phrases[0].en == "Go."


@pytest.mark.parametrize("id", ["9" * 301, "x\\n", "[/x]"])
def test_a_phase_whose_id_is_none_is_told(tmp_path, id):
    path = book(tmp_path, f'[[phase]]\nid = "{id}"\n\n[[phrase]]\nen = "Go."\nru = "Пуск."\n')
    problems = check(path)[1]
    assert any(problem.line == 2 and "300 at most" in str(problem) for problem in problems)
    assert max(len(problem.message) for problem in problems) < 200


def test_a_key_that_looks_like_a_pattern_is_only_a_key(tmp_path):
    path = book(tmp_path, '"(a+)+b" = 1\n"((" = 2\n[[phrase]]\nen = """Go\n[[' + "a" * 60 + '\n"""\nru = "Пуск."\n')
    assert {problem.field for problem in check(path)[1]} >= {"(a+)+b", "(("}
