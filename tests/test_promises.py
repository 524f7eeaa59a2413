"""What is promised to those who use the program is held by tests that exist, the same in both languages."""

import ast
import re
from pathlib import Path

import pytest

from trainer.manual import page

ROOT = Path(__file__).parents[1]
ROW = re.compile(r"^\| (.+?) \| (.+) \|$", re.MULTILINE)
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def promises(language: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """What is promised, and the files and names of its tests."""
    rows = [(said, tests) for said, tests in ROW.findall(page("promises", language).text) if "test" in tests]
    return [(said, TEST.findall(tests)) for said, tests in rows]


def functions_of(file: str) -> set[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.parametrize("said, tests", promises("en"), ids=lambda value: value if isinstance(value, str) else "")
def test_a_promise_is_held_by_tests(said, tests):
    assert tests, said
    for file, name in tests:
        assert name in functions_of(file), f"{said}: {file} has no {name}"


def test_the_same_is_promised_in_both_languages():
    english, russian = promises("en"), promises("ru")
    assert [tests for _said, tests in english] == [tests for _said, tests in russian]
    assert len(english) > 20


def test_everything_is_told_in_its_line():
    """No row is lost for a stray sign, which a table of Markdown would swallow."""
    for language in ("en", "ru"):
        lines = [line for line in page("promises", language).text.splitlines() if "::" in line]
        assert len(lines) == len(promises(language))
