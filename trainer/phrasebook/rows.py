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


@dataclass(frozen=True)
class Row:
    """One table of a file, with the place it came from."""

    path: Path
    lines: list[str]
    table: str
    index: int | str  # position among the [[table]]s of its file, or the name of a [table.name]
    values: Any

    def problem(self, field: str, message: str) -> Problem:
        return Problem(self.path, self.line(field), field, message)

    def line(self, field: str) -> int:
        """Line of a field, or of the table's header."""
        return _line(self.lines, self.table, self.index, field)


def parse(path: Path, problems: list[Problem]) -> dict[str, Any]:
    """The content of a TOML file; nothing, and a problem, where it is none."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at line (\d+)", str(error))
        line = int(place.group(1)) if place else text.count("\n") + 1  # at the end of the file
        reason = re.sub(r" \(at .*\)$", "", str(error))
        problems.append(Problem(path, line, "", _("not TOML: {reason}.").format(reason=reason)))
    except UnicodeDecodeError:
        problems.append(Problem(path, 1, "", _("not UTF-8 text. Save the file as UTF-8.")))
    except OSError as error:
        raise UserError(_("{path}: cannot be read ({reason}).").format(path=path, reason=error.strerror)) from error
    return {}


def rows(path: Path, content: dict[str, Any], tables: Collection[str], problems: list[Problem]) -> list[Row]:
    """Every table of a file that may be there, and a problem for every other."""
    lines = path.read_text(encoding="utf-8-sig").splitlines() if content else []
    found: list[Row] = []
    for table, values in content.items():
        if table not in tables:
            known = ", ".join(f"[[{name}]]" for name in tables if name != "source")
            message = _("unknown table or field. A phrasebook has {known}.").format(known=known)
            problems.append(Problem(path, _line(lines, table, 0, ""), table, message))
        elif table == "source" and isinstance(values, dict):
            found += [Row(path, lines, table, name, source) for name, source in values.items()]
        elif table != "source" and isinstance(values, list):
            found += [Row(path, lines, table, i, value) for i, value in enumerate(values)]
        else:
            wanted = "[source.KEY]" if table == "source" else f"[[{table}]]"
            problems.append(
                Problem(path, _line(lines, table, 0, ""), table, _("write it as {wanted}.").format(wanted=wanted))
            )
    return found


def _line(lines: list[str], table: str, index: int | str, field: str) -> int:
    """Line of a field (or of its table's header) in a TOML file; TOML parsers do not tell it."""
    header = re.compile(
        rf"\s*\[{table}\.[\"']?{re.escape(index)}[\"']?\]" if isinstance(index, str) else rf"\s*\[\[{table}\]\]"
    )
    wanted = index if isinstance(index, int) else 0
    top = re.compile(rf"\s*(\[+{table}\b|{table}\s*[.=])")
    starts = [n for n, line in enumerate(lines) if header.match(line)]
    if wanted >= len(starts):
        return next((n + 1 for n, line in enumerate(lines) if top.match(line)), 1)
    start = starts[wanted]
    first, _dot, rest = field.partition(".")
    patterns = [rf"{re.escape(first)}\.{re.escape(rest)}\s*=", rf"{re.escape(first)}\b\s*[.=]"] if first else []
    for pattern in patterns:
        for n in range(start + 1, len(lines)):
            if re.match(r"\s*\[\[?[A-Za-z]", lines[n]):
                break
            if re.match(rf"\s*{pattern}", lines[n]):
                return n + 1
    return start + 1
