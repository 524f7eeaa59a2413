"""The project keeps its own rules: style, types, texts in both languages, data that travels with it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

import trainer
from trainer.bundled import bundled

ROOT = Path(__file__).parents[1]
CATALOGUE = ROOT / "trainer" / "locale" / "ru" / "LC_MESSAGES" / "ruston.po"


@pytest.mark.parametrize("command", [["ruff", "check"], ["ruff", "format", "--check"], ["mypy"]], ids=" ".join)
def test_style_and_types(command):
    run = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def texts(catalogue: Catalog) -> dict[str, tuple[str, ...]]:
    """Every message with its translation, one form or all plural forms."""
    return {
        message.id if isinstance(message.id, str) else message.id[0]: (
            (message.string,) if isinstance(message.string, str) else tuple(message.string)
        )
        for message in catalogue
        if message.id
    }


def russian() -> dict[str, tuple[str, ...]]:
    with CATALOGUE.open("rb") as file:
        return texts(read_po(file))


def test_every_text_of_the_interface_is_translated():
    found = extract_from_dir(ROOT / "trainer")
    spoken = {message if isinstance(message, str) else message[0] for _f, _line, message, _c, _x in found}
    translated = russian()
    assert not sorted(text for text in spoken if not all(translated.get(text, [""])))


def test_translations_keep_the_placeholders():
    def named(text):
        return set(re.findall(r"\{\w+", text))

    with CATALOGUE.open("rb") as file:
        messages = [message for message in read_po(file) if message.id]
    for message in messages:
        said = [message.id] if isinstance(message.id, str) else message.id
        for form in [message.string] if isinstance(message.string, str) else message.string:
            assert named(form) in [named(text) for text in said], said


def test_the_compiled_catalogue_is_up_to_date():
    with CATALOGUE.with_suffix(".mo").open("rb") as file:
        assert texts(read_mo(file)) == russian()


@pytest.mark.parametrize(
    "path",
    [
        "models/phones/model.toml",
        "models/catalogue.toml",
        "phrasebooks/astp/book.toml",
        "phrasebooks/lexicon/ru.tsv",
        "audio/samples/clips.tsv",
    ],
)
def test_data_travels_with_the_program(path):
    folder, _, rest = path.partition("/")
    assert (bundled(folder) / rest).is_file()


def test_data_is_found_in_a_clone_too():
    code = "from trainer.bundled import bundled; print(bundled('models') / 'phones' / 'model.toml')"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert Path(run.stdout.strip()).is_file()


def test_help_loads_nothing_heavy():
    code = "import sys; from trainer.cli import main\ntry: main(['--help'])\nexcept SystemExit: print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    heavy = {"alembic", "numpy", "onnxruntime", "pydantic", "rich", "soundfile", "sqlalchemy", "torch"}
    assert not heavy & set(run.stdout.split())


def test_the_version_is_stated_once():
    assert re.fullmatch(r"\d+\.\d+\.\d+", trainer.__version__)
    assert trainer.__version__ not in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_the_automatic_run_is_the_readmes_command():
    last = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()[-1]
    assert last in (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
