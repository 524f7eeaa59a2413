"""Text as strangers, spreadsheets and other systems write it: clean, or refused with what it seems to be."""

import json
import tomllib
import unicodedata
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.program import one_line, ruston
from trainer import text_in
from trainer.drill.events import Joined, from_json
from trainer.errors import UserError
from trainer.text_in import clean, decode, existing, harmless, harmless_json, json_value, line, read_table, read_text

ROSTER = "имя;язык;группа\nАнна Петрова;русский;7Б\nИван Сидоров;рус;7Б\n"
anything = st.text(st.characters(blacklist_categories=()))


@given(anything)
def test_nothing_that_a_terminal_obeys_and_nothing_unseen_gets_past(text):
    kept = harmless(text)
    assert all(c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co") for c in kept)
    assert harmless(kept) == kept
    kept.encode("utf-8")
    assert clean(clean(text)) == clean(text)
    assert "\n" not in line(text)


@pytest.mark.parametrize(
    "written, meant",
    [
        ("\x1b]52;c;QUJD\x07Anna", "]52;c;QUJDAnna"),  # the clipboard's escape sequence is letters now
        ("user\u202etxt.exe", "usertxt.exe"),
        ("За\u00adкрыт", "Закрыт"),
        ("clo\u200bsed", "closed"),
        ("twenty\u2011one, twenty\u2010two", "twenty-one, twenty-two"),
        ("Андреи\u0306", "Андрей"),
        ("can‘t I´m It`s O′Hara doʼnt", "can't I'm It's O'Hara do'nt"),
        ("don’t", "don’t"),
        ("‘Copy’ `x`", "‘Copy’ `x`"),  # quotes round words stay
        ("Jos\udce9", "Jos�"),
        ("a\r\nb\x85c\u2028d", "a\nb\nc\nd"),
    ],
)
def test_what_looks_the_same_is_the_same(written, meant):
    assert clean(written) == meant


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1251", "koi8-r", "cp866"]
)
def test_a_text_is_read_however_it_is_encoded(encoding):
    assert decode(ROSTER.replace("\n", "\r\n").encode(encoding), Path("x.csv")) == ROSTER


def test_western_names_stay_western():
    assert decode("name\nJosé Álvarez\n".encode("cp1252"), Path("x.csv")) == "name\nJosé Álvarez\n"


@pytest.mark.parametrize(
    "content, named",
    [
        ("é".encode("cp1252"), "UTF-8"),
        ("José, Анна".encode()[:-1] + b"\xff", "UTF-8"),
        (b"\xff\xfea", "UTF-16"),
        ("ёё".encode("cp1251"), "Windows-1251"),
    ],
)
def test_an_encoding_that_is_not_certain_is_refused_by_name(content, named):
    with pytest.raises(UserError, match=named):
        decode(content, Path("x.csv"))


@given(st.binary(max_size=400))
def test_any_bytes_are_text_or_refused(content):
    with suppress(UserError):
        decode(content, Path("x"))


def test_a_file_without_end_is_refused(tmp_path):
    with pytest.raises(UserError, match="more than 4 MB"):
        read_text(Path("/dev/zero"))


@pytest.mark.parametrize(
    "text",
    [
        ".".join("a" * 20_000) + " = 1",
        '"a".' * 5_000 + "b = 1",
        "a = " + "[" * 5_000 + "]" * 5_000,
        "a = " + "[" * 100 + "]" * 100,
        "a = " + "{b=" * 5_000 + "1" + "}" * 5_000,
        "a = " + "9" * 10_000,
        "a = 2026-13-45",
    ],
)
def test_toml_that_would_take_time_or_memory_is_refused(text):
    with pytest.raises(tomllib.TOMLDecodeError):
        text_in.toml(text)


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, "NaN", '{"x": -Infinity}', "1" * 5_000, "{", ""])
def test_json_that_is_none_or_nested_without_end_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        json_value(text)


@pytest.mark.parametrize(
    "content",
    [
        "\ufeffname,first\r\nAnna,en\r\n",
        "sep=;\r\nname;first\r\nAnna;en\r\n",
        '"sep=;"\nname;first\nAnna;en\n',
        "Name \tFirst\nAnna\ten\n\n",
        '"name","first"\n"Anna","en"\n',
    ],
)
def test_a_table_is_read_as_spreadsheets_write_it(tmp_path, content):
    (tmp_path / "t.csv").write_bytes(content.encode())
    (row,) = read_table(tmp_path / "t.csv").rows
    assert (row.text("name"), row.text("first")) == ("Anna", "en")
    assert row.number == content.count("\n", 0, content.index("Anna")) + 1


@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_refused(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(content)
    for tabs in (False, True):
        with suppress(UserError):
            for row in read_table(path, tabs=tabs).rows:
                assert "\n" not in row.text(*row.cells)


def test_a_cell_without_end_is_refused(tmp_path):
    (tmp_path / "t.csv").write_text("name\n" + "a" * 200_000)
    with pytest.raises(UserError, match="not a table"):
        read_table(tmp_path / "t.csv")


def test_a_file_is_found_whichever_form_its_name_has(tmp_path):
    for form in ("NFC", "NFD"):
        (tmp_path / form).mkdir()
        (tmp_path / form / unicodedata.normalize(form, "Андрей ёж.wav")).touch()
        for written in ("NFC", "NFD"):
            assert existing(tmp_path / form, unicodedata.normalize(written, "Андрей ёж.wav")).is_file()


def test_events_of_partners_hold_no_escape_sequences():
    sent = {"at": 1.0, "place": "apollo", "name": "\x1b]0;owned\x07Anna\u202e\x9b2J", "kind": "joined"}
    for spelled in (json.dumps(sent), json.dumps(sent, ensure_ascii=False), json.dumps(sent).upper().lower()):
        event = from_json(spelled)
        assert isinstance(event, Joined)
        assert not set(event.name.lower()) & set("\x1b\x07\u202e\x9b")
        assert event.name.lower() == "]0;ownedanna2j"


@example("a\rb\u2028c\x85d")
@given(
    st.recursive(anything | st.integers() | st.none(), lambda inner: st.lists(inner) | st.dictionaries(anything, inner))
)
def test_json_without_harm_means_what_it_meant(value):
    def expected(value):
        if isinstance(value, str):
            return harmless(value)
        if isinstance(value, list):
            return [expected(one) for one in value]
        return {harmless(k): expected(v) for k, v in value.items()} if isinstance(value, dict) else value

    for ascii_only in (True, False):
        assert json.loads(harmless_json(json.dumps(value, ensure_ascii=ascii_only))) == expected(value)


def test_an_argument_of_other_bytes_is_refused(tmp_path):
    assert "not UTF-8" in one_line(ruston("sessions", "--learner", "Jos\udce9"))
