"""What values mean is said where they are declared: no bare number without its unit, range or meaning."""

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1] / "trainer"
ROOMS = ("audio", "drill", "live", "loop", "records", "reports", "scoring", "speech")
# Points, Share, Seconds and Rate (trainer/quantities.py) say it themselves.
BARE = re.compile(r"\b(float|NDArray|Array|Samples)\b")
IN_ITS_NAME = re.compile(r"seconds?$")
SAID = re.compile(r"^    (\w+(?:, \w+)*): \S", re.MULTILINE)


def dataclasses() -> Iterator[tuple[str, ast.ClassDef]]:
    for path in (path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and any("dataclass" in ast.unparse(one) for one in node.decorator_list):
                yield f"{path.relative_to(ROOT)}: {node.name}", node


def fields(declared: ast.ClassDef) -> dict[str, str]:
    return {one.target.id: ast.unparse(one.annotation) for one in declared.body
            if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name)}  # fmt: skip


def said(declared: ast.ClassDef) -> set[str]:
    _about, _head, block = inspect.cleandoc(ast.get_docstring(declared) or "").partition("Attributes:\n")
    return {name for names in SAID.findall(block) for name in names.split(", ")}


def test_every_bare_number_says_what_it_is():
    missing = [
        f"{where}.{name}: {annotation}"
        for where, declared in dataclasses()
        if not declared.name.startswith("_")
        for name, annotation in fields(declared).items()
        if BARE.search(annotation) and not IN_ITS_NAME.search(name) and name not in said(declared)
    ]
    assert missing == []


def test_no_field_is_described_that_is_not_there():
    gone = [f"{where}.{name}" for where, declared in dataclasses() for name in said(declared) - set(fields(declared))]
    assert gone == []
