"""Nothing that leaves the records names anybody who did not ask to be named, runs anything, or escapes its folder."""

import csv
import io
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import PurePosixPath, PureWindowsPath

import openpyxl
from hypothesis import given
from hypothesis import strategies as st

from trainer.records.assignments import assign, sign_off
from trainer.records.privacy import delete_learner
from trainer.reports import clips, figures, jsonl, names, stored, textgrid, xapi, xlsx
from trainer.reports import csv as tables
from trainer.reports.names import Names, cell, file_name
from trainer.text_in import harmless

from .conftest import FORMULA, MARKUP
from .test_report import page

COMMENT = "+1;</td><script>alert(3)</script>"


def everything(store, attempts, phases, tmp_path, *, real=False) -> dict[str, bytes]:
    """All exports of a store by name."""
    known = Names(None) if real else Names(store.id.encode())
    secret = store.id.encode()
    out: dict[str, bytes] = {}
    for level in tables.LEVELS:
        text = io.StringIO(newline="")
        tables.write(attempts(real=real), text, level)
        out[f"{level}.csv"] = text.getvalue().encode()
    text = io.StringIO()
    jsonl.write(attempts(real=real), text)
    out["jsonl"] = text.getvalue().encode()
    text = io.StringIO()
    xapi.write(attempts(real=real), text, secret)
    out["xapi"] = text.getvalue().encode()
    binary = io.BytesIO()
    xlsx.write(attempts(real=real), figures.figures(store, [], known, phases), binary)
    out["xlsx"] = binary.getvalue()
    folder = tmp_path / f"files-{real}"
    folder.mkdir()
    clips.write(attempts(real=real), folder, grids=True)
    for path in folder.rglob("*"):
        if path.is_file():
            out[path.relative_to(folder).as_posix()] = path.read_bytes()
    out["html"] = page(store, phases, real=real).encode()
    return out


def shown(name: str, content: bytes) -> str:
    """What a reader sees of an export, its name included."""
    if name != "xlsx":
        return name + content.decode("utf-8", "replace")
    book = openpyxl.load_workbook(io.BytesIO(content))
    return "\n".join(str(c.value) for sheet in book for row in sheet.iter_rows() for c in row if c.value is not None)


SECRETS = ("leonov", "stafford", "HYPERLINK", "onerror", "SUM(1+1)", "/home", "Ivanov", "s-1")


def test_no_name_key_crew_path_or_comment_without_being_asked_for(store, attempts, phases, tmp_path):
    number = assign(store, ["leonov"], phases=["docking"], calls=3, pass_mark=70)[0].assignment
    sign_off(store, "Ivanov", assignment=number, comment="Well done, leonov")
    for name, content in everything(store, attempts, phases, tmp_path).items():
        seen = shown(name, content)
        assert not [secret for secret in (*SECRETS, store.id) if secret in seen], name


def test_with_names_they_are_there(store, attempts, phases, tmp_path):
    out = everything(store, attempts, phases, tmp_path, real=True)
    assert "leonov" in out["jsonl"].decode()
    assert "leonov" in out["attempt.csv"].decode()
    assert FORMULA in shown("xlsx", out["xlsx"])
    assert any(name.startswith("leonov/") for name in out)
    assert "Ivanov" not in out["html"].decode()


def test_a_pseudonym_is_stable_and_of_its_store():
    one, other = Names(b"one store"), Names(b"another")
    assert one.learner("leonov") == Names(b"one store").learner("leonov")
    assert len({one.learner("leonov"), other.learner("leonov"), one.crew("leonov"), one.session("leonov")}) == 4
    assert len({one.learner(f"learner {n}") for n in range(2_000)}) == 2_000


def test_no_cell_begins_a_formula(store, attempts, phases, tmp_path):
    out = everything(store, attempts, phases, tmp_path, real=True)
    for level in tables.LEVELS:
        for row in csv.reader(io.StringIO(out[f"{level}.csv"].decode(), newline="")):
            for value in row:
                assert not value.startswith(("=", "+", "@", "\t", "\r")), value
                assert not value.startswith("-") or float(value) < 0  # numbers may be negative
    book = openpyxl.load_workbook(io.BytesIO(out["xlsx"]))
    cells = [c for sheet in book for row in sheet.iter_rows() for c in row]
    assert not [c for c in cells if c.data_type == "f" or c.hyperlink]
    dangerous = [c for c in cells if isinstance(c.value, str) and c.value.startswith(("=", "@"))]
    assert dangerous
    assert all(c.quotePrefix for c in dangerous)


class Tags(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


def test_nothing_in_a_report_is_markup_that_somebody_typed(store, phases):
    number = assign(store, ["stafford"], phases=["docking"], calls=3, pass_mark=70)[0].assignment
    sign_off(store, MARKUP, assignment=number, comment=COMMENT)
    content = page(store, phases, real=True, title=MARKUP)
    tags = Tags()
    tags.feed(content)
    assert not {"script", "img", "iframe", "object", "link", "form"} & {tag for tag, _attributes in tags.found}
    assert not [a for _tag, attributes in tags.found for a in attributes if a.startswith("on")]
    assert MARKUP in tags.text
    assert COMMENT in tags.text
    urls = [v for _t, a in tags.found for k, v in a.items() if k in ("src", "href", "xlink:href") and v]
    assert all(url.startswith(("#", "data:audio/ogg")) for url in urls)


def test_files_stay_in_their_folder_whatever_a_call_or_a_learner_is_called(store, attempts, tmp_path):
    store.add_learner("../../evil", "x", "ru")
    with store.writing() as connection:
        connection.exec_driver_sql("UPDATE learners SET key = '..\\..\\evil' WHERE key = 'stafford'")
    folder = tmp_path / "a" / "b" / "out"
    folder.mkdir(parents=True)
    clips.write(attempts(real=True), folder, grids=True)
    outside = [p for p in tmp_path.rglob("*") if p.is_file() and folder not in p.parents]
    assert not [p for p in outside if "data" not in p.parts and "records" not in p.name]
    assert [p for p in folder.rglob("*.TextGrid") if "evil" in str(p)]


def test_what_was_deleted_is_in_no_export_and_the_report_says_so(store, attempts, phases, tmp_path):
    delete_learner(store, "leonov")
    assert {one.attempt.learner for one in attempts(real=True)} == {"stafford"}
    out = everything(store, attempts, phases, tmp_path)
    assert not [name for name in out if name.endswith(".flac")]
    assert figures.figures(store, [], Names(None), phases).deleted == (1, 6)
    assert "All data of 1 learner was deleted on request (6 attempts)" in out["html"].decode()
    assert "6 attempts" in shown("xlsx", out["xlsx"])


def test_a_recording_past_its_days_stays_here(store, attempts):
    assert any(one.attempt.recording for one in attempts())
    with store.writing() as connection:
        connection.exec_driver_sql("UPDATE recordings SET kept = '2020-01-01 00:00:00.000000'")
    assert not any(one.attempt.recording for one in attempts())


@given(st.text())
def test_a_cell_is_never_a_formula_and_keeps_its_text(text):
    safe = cell(text)
    assert not safe.startswith(names.FORMULA)
    kept = harmless(text)
    assert safe in (kept, f"'{kept}")


@given(st.lists(st.text(), max_size=3))
def test_a_file_name_is_one_name_and_nothing_else(parts):
    name = file_name(*parts)
    assert name
    assert PurePosixPath(name).name == PureWindowsPath(name).name == name
    assert not name.startswith(".")
    assert not PureWindowsPath(name).is_reserved()
    assert len(name.encode()) < 255 or len(parts) > 1
    assert file_name(*parts) == name


@given(st.lists(st.tuples(st.floats(0, 5), st.floats(0, 1), st.text(max_size=3)), max_size=8))
def test_a_tier_covers_all_time_once(drawn):
    tier = textgrid.filled([(start, start + length, label) for start, length, label in drawn], 6.0)
    assert tier[0][0] == 0.0
    assert tier[-1][1] == 6.0
    assert all(left[1] == right[0] for left, right in pairwise(tier))
    assert all(stop > start for start, stop, _label in tier)


def test_streaming_reads_no_more_than_it_needs(store, phases):
    ones = stored.exported(store, [], Names(None), phases)
    assert next(ones).attempt.turn == 0
    ones.close()
    store.add_learner("later", "Later", "en")  # the database is free again
