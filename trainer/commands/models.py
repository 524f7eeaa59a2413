"""`ruston models`: stronger models, installed by one command."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trainer.commands import as_json, ruston, show
from trainer.errors import UserError
from trainer.messages import gettext as _
from trainer.messages import interface_language, ngettext
from trainer.settings import settings
from trainer.text_out import progress

if TYPE_CHECKING:
    from trainer.models.catalogue import Catalogue
    from trainer.models.install import Reports

SCHEMA = "ruston.model/1"
CHECK_SCHEMA = "ruston.model-check/1"

own_catalogue = click.option(
    "--catalogue", "catalogue_path", type=click.Path(path_type=Path), metavar="FILE",
    help=_("Another catalogue than the program's own."),
)  # fmt: skip


@ruston.group(help=_("Nothing of this is needed."))
def models() -> None:
    pass


@models.command("list", help=_("Show the models of the catalogue and those installed."))
@own_catalogue
@as_json
def list_models(catalogue_path: Path | None, as_json: bool) -> None:
    from trainer.models.catalogue import catalogue

    rows = list(_rows(catalogue(catalogue_path)))
    if as_json:
        for row in rows:
            click.echo(json.dumps({"schema": SCHEMA, **row}, ensure_ascii=False))
    else:
        from trainer.commands import drawing

        show(drawing.models(rows))


def _rows(known: "Catalogue") -> Iterator[dict[str, Any]]:
    from trainer.models.installed import installed
    from trainer.speech import vocabulary
    from trainer.speech.choosing import built_in_words, in_use

    for name, language in built_in_words().items():
        folder = vocabulary.built_in(language)
        assert folder
        yield {
            "name": name, "kind": "vosk", "languages": [language], "licence": vocabulary.manifest(folder).licence,
            "megabytes": round(vocabulary.size(folder) / 1e6, 1), "installed": True, "in_use": in_use(name),
            "summary": _("Vosk, comes with the program: takes the call's grammar, learns the words of your phrases"),
        }  # fmt: skip
    here = {model.name: model for model in installed()}
    for entry in known.model:
        yield {
            "name": entry.name, "kind": entry.kind, "languages": list(entry.languages), "licence": entry.licence,
            "megabytes": entry.megabytes, "summary": entry.summary[interface_language()],
            "installed": entry.name in here, "in_use": entry.name in here and in_use(entry.name),
        }  # fmt: skip
    for model in here.values():
        if model.name not in {entry.name for entry in known.model}:
            yield {
                "name": model.name, "kind": model.kind, "languages": list(model.languages), "licence": model.licence,
                "megabytes": round(model.size / 1e6, 1), "summary": model.source, "installed": True,
                "in_use": in_use(model.name),
            }  # fmt: skip


@models.command(help=_("Download, check and install a model; a broken download goes on where it stopped."))
@click.argument("name", metavar="NAME")
@click.option(
    "--from", "source", type=click.Path(path_type=Path), metavar="FILE",
    help=_("A zip or folder that was brought here, instead of a download."),
)  # fmt: skip
@click.option("--offline", is_flag=True, help=_("Never touch the network (also: RUSTON_OFFLINE=1)."))
@own_catalogue
@as_json
def install(name: str, source: Path | None, offline: bool, catalogue_path: Path | None, as_json: bool) -> None:

    from trainer.models.catalogue import catalogue
    from trainer.models.install import install
    from trainer.speech.choosing import in_use, use

    if offline:
        os.environ["RUSTON_OFFLINE"] = "1"
    entry = catalogue(catalogue_path).find(name)
    with _reports() as reports:
        model = install(entry, source, reports)
    # The first model for the words of a language is put to use at once; a phone model changes scores, so it waits.
    if model.kind == "vosk" and not set(model.languages) & set(settings().words):
        use(name)
    if as_json:
        click.echo(_installed_json(name))
        return
    line = _("{name} is installed ({size:.0f} MB).").format(name=name, size=model.size / 1e6)
    state = _("It is in use.") if in_use(name) else _("`ruston models use {name}` puts it to use.")
    click.echo(f"{line} {state.format(name=name)}")


@contextmanager
def _reports() -> "Iterator[Reports]":
    """Lines and a progress bar on standard error."""
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    from trainer.models.install import Reports

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with progress(*columns) as bar:
        task = bar.add_task("", total=None)

        def step(line: str) -> None:
            bar.console.print(line, highlight=False, markup=False)
            bar.reset(task, total=None)

        yield Reports(step, lambda done, total: bar.update(task, completed=done, total=total or None))


def _installed_json(name: str) -> str:
    from trainer.models.installed import find
    from trainer.speech.choosing import in_use

    model = find(name)
    known = {"schema": SCHEMA, **model.model_dump(mode="json", exclude={"files"})}
    return json.dumps({**known, "folder": str(model.folder), "in_use": in_use(name)}, ensure_ascii=False)


@models.command(help=_("Compare every file of the installed models with what was installed."))
@click.argument("names", nargs=-1, metavar="[NAME]...")
@as_json
def verify(names: tuple[str, ...], as_json: bool) -> None:
    from trainer.models.installed import find, installed, verify

    chosen = [find(name) for name in names] or list(installed())
    if not chosen and not as_json:
        click.echo(_("No model is installed."))
    broken = False
    for model in chosen:
        with _reports() as reports:
            faults = verify(model, reports.progress)
        broken = broken or bool(faults)
        if as_json:
            row = {"schema": CHECK_SCHEMA, "name": model.name, "files": len(model.files), "faults": faults}
            click.echo(json.dumps(row, ensure_ascii=False))
        elif faults:
            for file, fault in faults.items():
                text = {"changed": _("{file} was changed"), "missing": _("{file} is missing")}[fault]
                click.echo(f"✗ {model.name}: " + text.format(file=file))
            click.echo(_("`ruston models install {name}` mends it.").format(name=model.name))
        else:
            n = len(model.files)
            text = ngettext("{n} file as it was installed", "{n} files as they were installed", n)
            click.echo(f"● {model.name}: " + text.format(n=n))
    if broken:
        sys.exit(2)


@models.command(help=_("Delete an installed model."))
@click.argument("name", metavar="NAME")
def remove(name: str) -> None:
    from trainer.speech.choosing import remove

    try:
        remove(name)
    except OSError as error:
        message = _("{path}: cannot be written ({reason}). Nothing was changed.")
        raise UserError(message.format(path=name, reason=error.strerror or error)) from error
    click.echo(_("{name} is removed.").format(name=name))


@models.command(help=_("Choose an installed model; `built-in` goes back to what comes with the program."))
@click.argument("name", metavar="NAME")
def use(name: str) -> None:
    from trainer.models.installed import find
    from trainer.speech.choosing import BUILT_IN, built_in_words, use

    use(name)
    if name == BUILT_IN:
        click.echo(_("The built-in phone model scores and hears the words."))
    elif name not in built_in_words() and find(name).kind == "hub":
        click.echo(_("{name} scores pronunciation from now on, on a scale of its own.").format(name=name))
    else:
        click.echo(_("{name} hears the words from now on.").format(name=name))
