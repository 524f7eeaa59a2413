"""`ruston export`: attempts out of the records, or out of a folder of recordings, for other programs."""

import io
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from trainer.atomic_files import new_folder, writing
from trainer.commands import as_json, ruston
from trainer.commands.exports import Chosen, chosen, selecting, tracked
from trainer.errors import UserError
from trainer.messages import gettext as _
from trainer.text_out import Outlet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trainer.reports.attempt import Exported
    from trainer.reports.csv import Level

SCHEMA = "ruston.export/1"
FORMATS = ("csv", "jsonl", "xlsx", "textgrid", "xapi", "clips", "exercises")
TO_A_FOLDER = ("textgrid", "clips")


@ruston.command(
    help=_(
        "From the records, or from a FOLDER of recordings with a clips.tsv. Learners appear under "
        "pseudonyms; recordings are handed on where their learner allows to keep them."
    )
)
@click.argument("format_name", type=click.Choice(FORMATS), metavar="|".join(FORMATS))
@selecting
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="PATH",
    help=_("The file; for textgrid and clips a new folder. Without it: standard output."),
)  # fmt: skip
@click.option(
    "--rows", "level", type=click.Choice(["attempt", "word", "phone"]), default="attempt", show_default=True,
    help=_("csv: what a row is."),
)  # fmt: skip
@click.option(
    "--decimal-comma", is_flag=True,
    help=_("csv: 0,5 and semicolons between the columns, as spreadsheets of Russia and most of Europe want it."),
)  # fmt: skip
@click.option(
    "--platform", metavar="URL", help=_("xapi: the address of your training centre, for the learners' accounts.")
)
@click.option("--send", "endpoint", metavar="URL",
              help=_("xapi: send them to this learning record store, what it does not have yet."))  # fmt: skip
@click.option(
    "--user", metavar="NAME", help=_("xapi: who you are to the store; the password is in RUSTON_LRS_PASSWORD.")
)
@click.option("--columns", is_flag=True, help=_("csv: print what the columns hold. jsonl: print the JSON schema."))
@as_json
def export(
    format_name: str, out: Path | None, level: "Level", decimal_comma: bool, platform: str | None,
    endpoint: str | None, user: str | None, columns: bool, as_json: bool, **selection: Any,
) -> None:  # fmt: skip
    if columns:
        _print_columns(format_name, level, as_json)
        return
    if out is None and (format_name in (*TO_A_FOLDER, "xlsx")):
        raise UserError(_("say where to: --out PATH."))
    if out is not None and format_name in TO_A_FOLDER and out.exists():
        raise UserError(_("{path}: exists already. Name a new folder.").format(path=out))
    if platform and not platform.startswith(("https://", "http://")):
        raise UserError(_("--platform needs an address such as https://training.example.org."))
    if format_name == "exercises":
        _exercises(out, as_json, **selection)
        return
    if endpoint:
        _send(format_name, endpoint, user, platform, as_json, **selection)
        return
    with chosen(**selection) as those:
        done = _write(those, format_name, out, level, decimal_comma, platform)
    if as_json and out:
        click.echo(json.dumps({"schema": SCHEMA, "format": format_name, "path": str(out), **done}, ensure_ascii=False))
    elif out:
        click.echo(_("{path}: {n} attempts.").format(path=out, n=done["attempts"]))
        if "recordings" in done:
            click.echo(_("recordings: {recordings}, TextGrids: {textgrids}").format(**done))
    if those.refused:
        sys.exit(2)


def _write(
    those: Chosen, format_name: str, out: Path | None, level: "Level", decimal_comma: bool, platform: str | None
) -> dict[str, int]:
    from trainer.records.assignments import progress
    from trainer.reports import clips, csv, figures, jsonl, stored, xapi, xlsx
    from trainer.reports.report import text_of

    total = those.store.count_attempts(those.where)
    detailed = format_name in ("jsonl", "textgrid") or (format_name == "csv" and level != "attempt")

    def attempts() -> "Iterator[Exported]":
        found = stored.exported(
            those.store, those.where, those.names, those.phases, assessments=detailed, folder=those.folder
        )
        return tracked(found, total, _("exporting"))

    if format_name in TO_A_FOLDER:
        assert out is not None
        with new_folder(out, private=True) as folder:
            recordings, grids = clips.write(attempts(), folder, grids=format_name == "textgrid")
        return {"attempts": total, "recordings": recordings, "textgrids": grids}
    if format_name == "xlsx":
        assert out is not None
        made = figures.figures(those.store, those.where, those.names, those.phases)
        with writing(out, private=True) as file:
            asked = {one.key for one in made.learners}
            given = [one for one in progress(those.store, those.phases) if one.assignment.learner in asked]
            xlsx.write(
                attempts(), made, file, lambda call, language: text_of(those.book, call, language), given, those.names
            )
        return {"attempts": total}
    text: dict[str, Callable[[IO[str]], None]] = {
        "csv": lambda file: csv.write(attempts(), file, level, decimal_comma=decimal_comma),
        "jsonl": lambda file: jsonl.write(attempts(), file),
        "xapi": lambda file: xapi.write(attempts(), file, those.secret, platform or xapi.PLATFORM),
    }
    write_text(text[format_name], out, "utf-8-sig" if format_name == "csv" else "utf-8")
    return {"attempts": total}


def _send(
    format_name: str, endpoint: str, user: str | None, platform: str | None, as_json: bool, **selection: Any
) -> None:

    from trainer.reports import stored, xapi
    from trainer.reports.record_store import RecordStore, send

    if format_name != "xapi":
        raise UserError(_("only xapi is sent: ruston export xapi --send URL."))
    password = os.environ.get("RUSTON_LRS_PASSWORD")
    if not user or password is None:
        raise UserError(_("say who you are to the store: --user NAME, and the password in RUSTON_LRS_PASSWORD."))
    store = RecordStore.at(endpoint, user, password)
    with chosen(**selection) as those:
        found = stored.exported(those.store, those.where, those.names, those.phases)
        shown = tracked(found, those.store.count_attempts(those.where), _("sending"))
        done = send(store, (xapi.statement(one, those.secret, platform or xapi.PLATFORM) for one in shown))
    if as_json:
        content = {"format": "xapi", "sent": done.new, "before": done.before, "refused": list(done.refused)}
        click.echo(json.dumps({"schema": SCHEMA, **content}, ensure_ascii=False))
    else:
        text = _("{url}: {new} statements sent; {before} were there before.")
        click.echo(text.format(url=endpoint, new=done.new, before=done.before))
        for identity, why in done.refused[:10]:
            click.echo(f"ruston: {identity}: {why}", err=True)
    if done.refused or those.refused:
        sys.exit(2)


def _exercises(
    out: Path | None, as_json: bool, folder: Path | None, learners: tuple[str, ...], crews: tuple[str, ...],
    since: str | None, until: str | None, sessions: tuple[str, ...], phases: tuple[str, ...], real_names: bool,
    url: str | None, **_others: Any,
) -> None:  # fmt: skip
    """What was trained beside calls: of all learners, or some, in a time."""
    from trainer.local_time import moment
    from trainer.records.store import Store
    from trainer.reports import exercises
    from trainer.reports.names import Names
    from trainer.reports.selection import Selection

    for option, given in (("FOLDER", folder), ("--session", sessions), ("--phase", phases)):
        if given:
            raise UserError(
                _("exercises are chosen by learner, crew and time: leave out {option}.").format(option=option)
            )
    selection = Selection(learners, crews, moment(since) if since else None, moment(until, end=True) if until else None)
    with Store.open(url, read_only=True) as store:
        secret = store.id.encode() if store.learners() else b""
        found = list(exercises.chosen(store, selection, Names(secret)))
    if not found:
        raise UserError(_("there are no such exercises. `ruston ear` and `ruston mouth` make some."))
    write_text(lambda file: exercises.write(found, Names(None if real_names else secret), file), out, "utf-8")
    if as_json and out:
        done = {"schema": SCHEMA, "format": "exercises", "path": str(out), "exercises": len(found)}
        click.echo(json.dumps(done, ensure_ascii=False))
    elif out:
        click.echo(_("{path}: {n} exercises.").format(path=out, n=len(found)))


def write_text(write: Callable[[IO[str]], None], out: Path | None, encoding: str) -> None:
    """To a file, or to standard output. encoding: of a file. Excel takes a CSV file for UTF-8 only where a mark at its
    beginning says so."""

    if out is None:
        # Line ends as they are written, also on Windows; and nothing that a terminal obeys.
        outlet = Outlet(sys.stdout)
        outlet.use_utf8()
        outlet.reconfigure(newline="")
        try:
            write(outlet)
        finally:
            outlet.leave()
        return
    with writing(out, private=True) as binary:
        file = io.TextIOWrapper(binary, encoding=encoding, newline="")
        write(file)
        file.flush()
        file.detach()


def _print_columns(format_name: str, level: "Level", as_json: bool) -> None:
    if format_name == "jsonl":
        from trainer.reports.jsonl import schema

        click.echo(json.dumps(schema(), indent=2, ensure_ascii=False))
        return
    from trainer.reports.csv import layout

    for column in layout(level):
        if as_json:
            click.echo(json.dumps({"schema": "ruston.column/1", "name": column.name, "about": column.about()}))
        else:
            click.echo(f"{column.name:14}  {column.about()}")
