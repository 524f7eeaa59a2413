"""Whom a name means: one person is one learner, however the name is typed."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from trainer.identity import Person, Recognition, found, free_key, learner_key, recognise, same

ANNA = Person("anna-petrova", ("Анна Петрова",), "ru")
BRAD = Person("brad-o-neil", ("Brad O'Neil",), "en")
YULIA = Person("yuliya-semyonova", ("Юлия Семёнова",), "ru")
STAFFORD = Person("stafford", ("Thomas Stafford", "Томас Стаффорд"), "en", "apollo")
PEOPLE = (ANNA, BRAD, YULIA, STAFFORD)


@pytest.mark.parametrize(
    "typed, person",
    [
        ("anna-petrova", ANNA),
        ("Анна Петрова", ANNA),
        ("анна петрова", ANNA),
        ("анна-петрова", ANNA),
        ("  АННА\u00a0 ПЕТРОВА ", ANNA),
        ("А\u0301нна Петро\u0301ва", ANNA),
        ("Ан\u00adна Петрова", ANNA),
        ("Anna Petrova", ANNA),
        ("Brad O’Neil", BRAD),
        ("brad o`neil", BRAD),
        ("Brad O\u02bcNeil", BRAD),
        ("Brad ONeil", BRAD),
        ("Brad O‑Neil", BRAD),
        ("Юлия Семенова", YULIA),
        (unicodedata.normalize("NFD", "юлия семёнова"), YULIA),
        ("Стаффорд", STAFFORD),
        ("Yuliya Semyonova", YULIA),
        ("томас стаффорд", STAFFORD),
    ],
)
def test_one_person_is_recognised_in_every_spelling(typed, person):
    assert recognise(typed, PEOPLE).person == person


@pytest.mark.parametrize(
    "typed, perhaps",
    [
        ("Iuliia Semenova", YULIA),
        ("Julia Semyonova", YULIA),
        ("Брэд О’Нил", BRAD),
        ("Петрова Анна", ANNA),
        ("Petrova Anna Sergeevna", ANNA),
        ("Томас Стэффорд", Person("t-1", ("Thomas Stafford",), "en")),
    ],
)
def test_where_it_is_in_doubt_somebody_is_to_be_asked(typed, perhaps):
    assert recognise(typed, (perhaps, Person("ivan-petrov", ("Иван Петров",), "ru"))) == Recognition(None, (perhaps,))


@pytest.mark.parametrize("typed", ["Anna", "Иван Сидоров", "Ivan Petrov", "Ivan Sidorov", "1-12", "***", "漢字"])
def test_somebody_else_stays_somebody_else(typed):
    known = (*PEOPLE, Person("ivan-fyodorov", ("Иван Фёдоров",), "ru"), Person("11-2", ("Пилот",), "ru"))
    assert recognise(typed, known).person is None
    assert recognise(typed, known).perhaps == ()


def test_a_key_goes_before_a_name_and_namesakes_are_asked_about():
    one, two = Person("a-1", ("Анна Петрова",), "ru"), Person("a-2", ("Анна Петрова",), "ru")
    assert recognise("Anna Petrova", (one, two)).perhaps == (one, two)
    assert recognise("A 2", (one, two)).person == two
    three = [Person(key, ("Анна Петрова",), "ru") for key in ("anna-petrova", "анна петрова", "анна-петрова")]
    assert [recognise(person.key, three).person for person in three] == three


@pytest.mark.parametrize(
    "name, key",
    [
        ("Анна Петрова", "anna-petrova"),
        ("Brad O'Neil", "brad-o-neil"),
        ("José Álvarez-Łoś", "jose-alvarez-los"),
        ("Наталья Щёголева", "natalya-shchyogoleva"),
        ("Ľudmila Straße", "ludmila-strasse"),
        ("漢字", "漢字"),
        ("* *", ""),
    ],
)
def test_a_key_can_be_typed_on_any_keyboard(name, key):
    assert learner_key(name) == key


def test_a_newcomer_with_a_known_name_gets_a_key_apart():
    assert free_key("Анна Петрова", PEOPLE) == "anna-petrova-2"
    assert free_key("Anna Petrov", PEOPLE) == "anna-petrov"


@pytest.mark.parametrize("wanted, there", [("анн", True), ("PETR ann", True), ("7б", True), ("7b", True), ("x", False)])
def test_searching_goes_across_alphabets(wanted, there):
    assert found(wanted, "Анна Петрова", "anna-petrova", "7Б") == there


@given(st.text(max_size=30))
@example("㌑")  # stands for several letters and a sign that looks like none
@example("Ё")  # of which the key is one spelling, and е another
@example("𝞐")  # a capital letter only where it is taken apart
def test_the_key_of_a_name_is_a_spelling_of_it_in_every_unicode_form(name):
    key = learner_key(name)
    assert learner_key(key) == key
    assert same(name, key) == (key != "")
    for form in ("NFC", "NFD"):
        assert learner_key(unicodedata.normalize(form, name)) == key
