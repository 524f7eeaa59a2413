"""What the program prints: text on every terminal, code page and pipe, and never a command of somebody else."""

import io
import json
import os
import subprocess
import sys
import unicodedata

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.table import Table
from rich.text import Text

from tests.program import USUAL, one_line, ruston
from trainer import cli, text_out
from trainer.commands.export import write_text
from trainer.text_out import Outlet, uncommanding

CLIPBOARD = "\x1b]52;c;QUJD\x07Ivan"
PHRASES = [sys.executable, "-m", "trainer", "phrases"]


def outlet(encoding: str) -> tuple[io.BytesIO, Outlet]:
    written = io.BytesIO()
    return written, Outlet(io.TextIOWrapper(written, encoding))


def printed(encoding: str, *lines: str) -> bytes:
    written, out = outlet(encoding)
    for line in lines:
        print(line, file=out)
    out.flush()
    return written.getvalue()


@given(st.text(st.characters(blacklist_categories=())))
def test_no_text_commands_a_terminal(text):
    kept = uncommanding(text)
    assert not any(unicodedata.category(c) == "Cc" and c not in "\t\n\r" for c in kept)
    assert "\r" not in kept.replace("\r\n", "")
    assert not set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068") & set(kept)


@pytest.mark.parametrize("encoding", ["utf-8", "cp1251", "cp1252", "cp866", "ascii"])
def test_any_text_goes_to_any_code_page(encoding):
    out = printed(encoding, "● ɕː Союз é", CLIPBOARD, "\udce9.wav").decode(encoding)
    assert "\x1b" not in out
    assert "\x07" not in out
    assert "Ivan" in out
    assert ("●" in out) == (encoding == "utf-8")
    assert ("Союз" in out) == (encoding in ("utf-8", "cp1251", "cp866"))


def test_what_click_prints_goes_the_same_way_out():
    written, out = outlet("ascii")
    click.echo(f"Союз {CLIPBOARD}", file=out)
    assert written.getvalue() == b"???? ]52;c;QUJDIvan\n"


@pytest.mark.parametrize("encoding", ["utf-8", "cp1251", "ascii"])
def test_an_export_to_a_terminal_commands_nothing(monkeypatch, encoding):
    written, out = outlet(encoding)
    monkeypatch.setattr(sys, "stdout", out)
    write_text(lambda file: file.write('{"name": "\x9b2JСоюз"}\r\n'), None, "utf-8")
    assert written.getvalue() == '{"name": "2JСоюз"}\r\n'.encode()


def test_json_is_utf8_everywhere_and_keeps_the_bytes_of_a_name():
    written, out = outlet("cp1251")
    out.use_utf8()
    print(json.dumps({"clip": "ɕ \udce9.wav"}, ensure_ascii=False), file=out)
    out.flush()
    assert json.loads(written.getvalue().decode("utf-8")) == {"clip": "ɕ \udce9.wav"}


def test_what_is_drawn_is_no_markup_and_commands_nothing(monkeypatch):
    written, out = outlet("utf-8")
    monkeypatch.setattr(sys, "stdout", out)
    table = Table(title="[/red]")
    table.add_column("[bold]name")
    table.add_row("Ivan [/R]")
    table.add_row(Text(CLIPBOARD))
    table.add_row("[link=http://x]here[/link] :smile:")
    text_out.show(table)
    out.flush()
    shown = written.getvalue().decode()
    for part in ("[/red]", "[bold]name", "Ivan [/R]", "]52;c;QUJDIvan", "[link=http://x]here[/link] :smile:"):
        assert part in shown
    assert "\x1b" not in shown


def test_a_reader_who_has_seen_enough_ends_the_program_in_peace():
    with subprocess.Popen([*PHRASES, "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        json.loads(run.stdout.readline())
        run.stdout.close()
        errors = run.stderr.read()
    assert (run.returncode, errors) == (0, b"")


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_closed_descriptor_is_no_fault(closed):
    command = f'"$@" DOC-09 {closed}'
    run = subprocess.run(
        ["sh", "-c", command, "sh", *PHRASES], capture_output=True, env={**os.environ, **USUAL}, check=False
    )
    assert (run.returncode, run.stderr) == (0, b"")


def test_a_full_disk_is_told():
    with open("/dev/full", "wb") as full:  # noqa: PTH123
        run = subprocess.run([*PHRASES, "DOC-09"], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert run.returncode == 2
    assert len(run.stderr.splitlines()) == 1


def test_a_fault_of_the_program_is_one_line_and_a_file(tmp_path, monkeypatch):
    def broken(_arguments: list[str]) -> None:
        raise RecursionError("deep")

    monkeypatch.setattr(cli, "_run", broken)
    monkeypatch.setenv("RUSTON_DATA", str(tmp_path))
    errors = io.TextIOWrapper(io.BytesIO(), "utf-8")
    monkeypatch.setattr(sys, "stderr", errors)
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), "utf-8"))
    with pytest.raises(SystemExit) as end:
        cli.main(["sessions"])
    errors.seek(0)
    assert end.value.code == 2
    assert errors.read().startswith("ruston: a fault of the program itself (RecursionError)")
    assert "RecursionError: deep" in (tmp_path / cli.FAULTS).read_text()


def test_a_home_that_nobody_has_is_told():
    assert "~nobody-at-all" in one_line(ruston("sessions", RUSTON_DATA="~nobody-at-all/x"))
    assert "~nobody-at-all" in one_line(ruston("sessions", "list", "--records", "~nobody-at-all/x"))


def test_a_terminal_of_a_million_columns_is_not_believed():
    assert len(max(ruston("phrases", "DOC-09", COLUMNS="99999999").stdout.splitlines(), key=len)) < 1000
