"""`ruston report`: one HTML file for an instructor, about a learner, a crew or a class."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trainer.atomic_files import save
from trainer.commands import as_json, ruston
from trainer.commands.exports import Chosen, chosen, selecting
from trainer.messages import gettext as _

if TYPE_CHECKING:
    from trainer.reader import Reader

SCHEMA = "ruston.report/1"


@ruston.command(
    help=_(
        "Of a learner, a crew, all of them, or a FOLDER of recordings with a clips.tsv; in the language of "
        "the interface."
    )
)
@selecting
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("report.html"), show_default=True, metavar="FILE",
    help=_("The file."),
)  # fmt: skip
@click.option("--title", metavar="TEXT", help=_("Its title."))
@click.option("--no-clips", is_flag=True, help=_("Without recordings, also where their learner allows."))
@as_json
def report(out: Path, title: str | None, no_clips: bool, as_json: bool, **selection: Any) -> None:

    from trainer.reports.exercises import chosen as exercises
    from trainer.reports.gather import gather
    from trainer.reports.html import html
    from trainer.reports.names import Names
    from trainer.reports.report import report as made

    with chosen(**selection) as those:
        title = title or _title(selection, those)
        trained = [exercise for _who, exercise in exercises(those.store, those.selection, Names(those.secret))]
        material = gather(
            those.store, those.where, those.names, those.phases, those.book, datetime.now(UTC), title,
            clips=not no_clips, measured=_measured(those, selection["book_path"]), trained=trained,
            reader=_reader(selection, those),
        )  # fmt: skip
    save(out, html(made(material)), private=True)
    total = material.figures.total.attempts
    if as_json:
        content = {"path": str(out), "attempts": total, "learners": len(material.figures.learners)}
        click.echo(json.dumps({"schema": SCHEMA, **content}, ensure_ascii=False))
    else:
        click.echo(_("{path}: {n} attempts.").format(path=out, n=total))
    if those.refused:
        sys.exit(2)


def _title(selection: dict[str, Any], those: Chosen) -> str:
    """Names only where they were asked for: the pseudonyms stand in the report itself."""
    from trainer.reports.names import Names
    from trainer.reports.selection import learner_keys

    if selection["folder"]:
        return _("Report on recordings")
    if len(selection["learners"]) == 1:
        if not those.names.real:
            return _("Report on a learner")
        (key,) = learner_keys(those.store, selection["learners"], Names(those.secret))
        return _("Report on {who}").format(who=those.store.learner(key).name)
    if len(selection["crews"]) == 1:
        return _("Report on {who}").format(who=selection["crews"][0]) if those.names.real else _("Report on a crew")
    return _("Report on the class")


def _reader(selection: dict[str, Any], those: Chosen) -> "Reader":
    """Of one learner it is their report, in letters that they read; else an instructor's."""
    from trainer.live.addressee import reader_of
    from trainer.reports.names import Names
    from trainer.reports.selection import learner_keys
    from trainer.wording import ANYBODY

    if len(selection["learners"]) != 1 or selection["folder"]:
        return ANYBODY
    (key,) = learner_keys(those.store, selection["learners"], Names(those.secret))
    return reader_of(those.store, key, selection["book_path"])


def _measured(those: Chosen, book_path: Path | None) -> Any:
    """Gives readings as the scorer hears them; the network is loaded when a recording wants one."""
    from trainer.live.program import Options, Program

    running = Program(Options(book=book_path, keep=False, threads=1))
    running.book = those.book
    return running.measured
