"""Rooms know those below them, and imports inside functions have their reason: pyproject.toml says which."""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parent.parent
FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in (ROOT / "trainer").rglob("*.py")
}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def test_the_contracts_between_the_rooms_are_kept():
    check = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as lint; lint()", "--no-cache"]
    run = subprocess.run(check, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert run.returncode == 0, run.stdout


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(FILES[module].read_text(encoding="utf-8"))


def named(statement: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(statement, ast.Import):
        return [alias.name for alias in statement.names]
    module = statement.module or ""
    return [module, *(name for alias in statement.names if (name := f"{module}.{alias.name}") in FILES)]


def at_the_head(node: ast.AST) -> Iterator[str]:
    """What is imported as soon as a file is read."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test):
            continue
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield from named(child)
        elif not isinstance(child, FUNCTIONS):
            yield from at_the_head(child)


def inside_functions(node: ast.AST, inside: bool = False) -> Iterator[ast.Import | ast.ImportFrom]:
    for child in ast.iter_child_nodes(node):
        if inside and isinstance(child, ast.Import | ast.ImportFrom):
            yield child
        yield from inside_functions(child, inside or isinstance(child, FUNCTIONS))


@cache
def heads(module: str) -> tuple[str, ...]:
    return (*at_the_head(tree(module)), module.rpartition(".")[0])


def loaded_by(modules: Iterable[str]) -> set[str]:
    """Files of the program, and libraries by their first name, that an import of these loads."""
    loaded: set[str] = set()
    waiting = list(modules)
    while waiting:
        module = waiting.pop()
        if not module.startswith("trainer"):
            loaded |= {module.split(".")[0]} - sys.stdlib_module_names
        elif module not in loaded and module in FILES:
            loaded.add(module)
            waiting += heads(module)
    return loaded - {""}


def without_a_reason() -> Iterator[str]:
    starts = tuple(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["ruston"]["read-at-start"])
    first = loaded_by(["trainer.cli", "trainer.commands"])
    for module in sorted(FILES):
        late = list(inside_functions(tree(module)))
        lines = FILES[module].read_text("utf-8").splitlines()
        own = loaded_by([module]) | (first if module.startswith(("trainer.cli", "trainer.commands")) else set())
        for statement in late:
            more = loaded_by(named(statement)) - own
            saves = more if module.startswith(starts) else {name for name in more if not name.startswith("trainer")}
            if not saves and "  # " not in lines[statement.lineno - 1]:
                yield f"{module}:{statement.lineno}: {ast.unparse(statement)}"


def test_an_import_inside_a_function_saves_something_or_says_why():
    assert list(without_a_reason()) == []


def test_no_file_needs_itself_by_way_of_others():
    """Not by imports inside functions either: what two files need of each other lies below both, or is handed in."""
    needs = {}
    for module in FILES:
        late = (name for statement in inside_functions(tree(module)) for name in named(statement))
        needs[module] = ({*at_the_head(tree(module)), *late} & FILES.keys()) - {module}
    TopologicalSorter(needs).prepare()  # raises CycleError, which names the circle
