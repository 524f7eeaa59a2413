"""The tables of TOML files, each with the place it came from, so that a problem can point there."""

import re
import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trainer.errors import UserError
from trainer.messages import gettext as _
from trainer.phrasebook.problems import Problem
from trainer.text_in import line, read_text, toml


@dataclass(frozen=True)
class Row:
    """One table of a file, with the place it came from."""

    path: Path
    lines: "Lines"
    table: str
    index: int | str  # position among the [[table]]s of its file, or the name of a [table.name]
    values: Any

    def problem(self, field: str, message: str) -> Problem:
        return Problem(self.path, self.line(field), field, message)

    def line(self, field: str) -> int:
        """Line of a field, or of the table's header."""
        return self.lines.of(self.table, self.index, field)


def parse(path: Path, problems: list[Problem]) -> dict[str, Any]:
    """The content of a TOML file; nothing, and a problem, where it is none."""
    text = ""
    try:
        text = read_text(path)
        return toml(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at line (\d+)", str(error))
        at = int(place.group(1)) if place else text.count("\n") + 1  # at the end of the file
        reason = re.sub(r" \(at .*\)$", "", str(error))
        problems.append(Problem(path, at, "", _("not TOML: {reason}.").format(reason=reason)))
    except OSError as error:
        raise UserError(_("{path}: cannot be read ({reason}).").format(path=path, reason=error.strerror)) from error
    return {}


def rows(path: Path, content: dict[str, Any], tables: Collection[str], problems: list[Problem]) -> list[Row]:
    """Every table of a file that may be there, and a problem for every other."""
    lines = Lines(read_text(path) if content else "")
    found: list[Row] = []
    for table, values in content.items():
        if table not in tables:
            known = ", ".join(f"[[{name}]]" for name in tables if name != "source")
            message = _("unknown table or field. A phrasebook has {known}.").format(known=known)
            problems.append(Problem(path, lines.of(table, 0, ""), line(table), message))
        elif table == "source" and isinstance(values, dict):
            found += [Row(path, lines, table, name, source) for name, source in values.items()]
        elif table != "source" and isinstance(values, list):
            found += [Row(path, lines, table, i, value) for i, value in enumerate(values)]
        else:
            wanted = "[source.KEY]" if table == "source" else f"[[{table}]]"
            problems.append(
                Problem(path, lines.of(table, 0, ""), table, _("write it as {wanted}.").format(wanted=wanted))
            )
    return found


class Lines:
    """Where tables and fields stand in a TOML file, which TOML parsers do not tell."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._headers: dict[str, list[int]] = {}  # indices of lines, by what stands in the brackets
        self._tops: dict[str, int] = {}  # the first line that begins with a name, in brackets or not
        self._ends: dict[int, int] = {}  # by the index of a header, that of the next
        self._fields: dict[int, dict[str, int]] = {}
        last = None
        for n, written in enumerate(self._lines):
            if name := _NAME.match(written):
                self._tops.setdefault(name[1], n)
            if header := _HEADER.match(written):
                self._headers.setdefault(_plain_key(header[1]), []).append(n)
                if last is not None:
                    self._ends[last] = n
                last = n

    def of(self, table: str, index: int | str, field: str) -> int:
        """The line, from 1, of a field, else of its table, else of what has the table's name, else the first."""
        key, position = (f"{table}.{index}", 0) if isinstance(index, str) else (table, index)
        starts = self._headers.get(key, [])
        if position >= len(starts):
            return self._tops.get(table, 0) + 1
        start = starts[position]
        first = field.partition(".")[0]
        fields = self._of_table(start)
        return fields.get(field, fields.get(first, start)) + 1

    def _of_table(self, start: int) -> dict[str, int]:
        """By a field's whole name and by its first part."""
        if start not in self._fields:
            fields = self._fields[start] = {}
            for n in range(start + 1, self._ends.get(start, len(self._lines))):
                left, equals, _right = self._lines[n].partition("=")
                if equals:
                    key = _plain_key(left)
                    fields.setdefault(key, n)
                    fields.setdefault(key.partition(".")[0], n)
        return self._fields[start]


_NAME = re.compile(r"\s*\[*\s*[\"']?([\w-]+)")
_HEADER = re.compile(r"\s*\[\[?([^\[\]]+)\]")


def _plain_key(written: str) -> str:
    return "".join(c for c in written if c not in "\"' \t")
