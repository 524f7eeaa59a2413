"""`ruston records`: the store itself."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trainer.commands import as_json, record_store, ruston
from trainer.commands.ending import stoppable
from trainer.commands.exports import shown, tracked
from trainer.errors import UserError
from trainer.messages import gettext as _

if TYPE_CHECKING:
    from trainer.records.travel import Packed

SCHEMA = "ruston.records/1"


@ruston.group(
    help=_(
        "Recordings are not in it: they lie in the folder `recordings` of the data folder, which belongs to "
        "it. `backup` takes both."
    )
)
def records() -> None:
    pass


@records.command(help=_("Show where the records are and how many."))
@click.option("--check", is_flag=True, help=_("Also read every page of the file and look for damage."))
@record_store
@as_json
def info(check: bool, url: str | None, as_json: bool) -> None:
    from trainer.records.store import Store

    with Store.open(url, read_only=True) as store:
        if check:
            store.check(lambda rows, total: tracked(rows, total, _("checking")))
        content: dict[str, Any] = {"place": store.target.place, **store.info()}
    if as_json:
        click.echo(json.dumps({"schema": SCHEMA, **content}, ensure_ascii=False))
        return
    for name, value in content.items():
        click.echo(f"{name:12}  {value}")
    if check:
        click.echo(_("No damage was found."))


@records.command(help=_("Make the tables, or bring those of an earlier program up to date; every drill does so, too."))
@record_store
def migrate(url: str | None) -> None:
    from trainer.records.store import Store

    with Store.open(url) as store:
        click.echo(_("{place}: up to date.").format(place=store.target.place))


@records.command(help=_("Rewrite the store without the remains of what was deleted."))
@record_store
def compact(url: str | None) -> None:
    from trainer.records.store import Store

    with Store.open(url) as store:
        if not store.compact() and store.target.path:
            message = _("{place}: another program has the records open. Close it and try again.")
            raise UserError(message.format(place=store.target.place))
        click.echo(_("{place}: done.").format(place=store.target.place))


@records.command(
    help=_(
        "Save what can be read of damaged records (SQLite); the damaged file is kept. "
        "Close other RUSTON programs first."
    )
)
@record_store
@as_json
def recover(url: str | None, as_json: bool) -> None:
    from trainer.records.recovery import recover

    done = recover(url)
    if as_json:
        content = {"kept": str(done.damaged) if done.damaged else None, "saved": done.saved, "complete": done.complete}
        click.echo(json.dumps({"schema": SCHEMA, **content}, ensure_ascii=False))
        return
    if done.damaged is None:
        click.echo(_("No damage was found.") + " " + _("Nothing was changed."))
        return
    saved = ", ".join(f"{table} {rows}" for table, rows in done.saved.items())
    click.echo(_("Saved rows: {saved}.").format(saved=saved))
    if not done.complete:
        click.echo(_("Some pages could not be read: what was on them is missing."))
    message = _("The damaged file is kept as {path}. It holds people's data: delete it when you need it no longer.")
    click.echo(message.format(path=done.damaged))


@records.command(
    help=_(
        "Copy all records into new ones, row by row: a file or postgresql://USER@HOST/DATABASE, either way. The "
        "recordings stay where they are; take the data folder's `recordings` along to another machine."
    )
)
@click.argument("source", metavar="FROM")
@click.argument("to", metavar="TO")
@as_json
def copy(source: str, to: str, as_json: bool) -> None:
    from trainer.records import travel
    from trainer.records.connecting import target
    from trainer.records.store import Store

    place = target(source)
    if place.path and not place.path.exists():
        raise UserError(_("{path}: there is no such file.").format(path=place.place))
    with Store.open(source, read_only=True) as store, shown(_("copying")) as progress:
        rows = travel.copy(store, to, progress)
    if as_json:
        click.echo(json.dumps({"schema": SCHEMA, "from": place.place, "to": target(to).place, "copied": rows}))
    else:
        numbers = ", ".join(f"{table} {n}" for table, n in rows.items())
        click.echo(_("{place}: copied ({numbers}).").format(place=target(to).place, numbers=numbers))


@records.command(
    help=_(
        "Add what a FILE holds: a backup, what a learner handed in, or other records (SQLite). Each session comes "
        "once, however often its file is merged; what was deleted here does not come back. Where the desk has a PIN, "
        "assignments, sign-offs and ratings come only with --by."
    )
)
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--by", metavar="NAME", help=_("The instructor who takes over what was judged elsewhere."))
@record_store
@as_json
def merge(file: Path, by: str | None, url: str | None, as_json: bool) -> None:
    from trainer.commands.desk import let_in
    from trainer.live.learning import relearn
    from trainer.records import travel
    from trainer.records.store import Store

    with Store.open(url) as store:
        if by is not None:
            let_in(store, by)
        with stoppable(_taken_over_so_far), shown(_("merging")) as progress:
            done = travel.merge(store, file, relearn, progress, let_in=by is not None)
    if as_json:
        click.echo(json.dumps({"schema": SCHEMA, "file": str(file), **asdict(done)}, ensure_ascii=False))
        return
    text = _(
        "{path}: new learners {learners}, new sessions {sessions}, sessions that got a missing side {completed}, "
        "recordings {recordings}; sessions that were here already or were deleted: {skipped}."
    )
    click.echo(text.format(path=file, **asdict(done)))
    if done.people:
        click.echo(_("Sessions came of: {people}.").format(people=", ".join(done.people)))
    for namesake in done.namesakes:
        text = _(
            "{key}: {here} here, but {came} in the file, with another first language. Their sessions count for {here} "
            "now: check whether they are one person."
        )
        click.echo(text.format(**asdict(namesake)), err=True)
    if any(asdict(done.left_out).values()):
        text = _(
            "Left out, for want of an instructor's PIN: sign-offs {signoffs}, assignments {assignments}, ratings "
            "{ratings}. To take them over: --by NAME."
        )
        click.echo(text.format(**asdict(done.left_out)))
    elif any(asdict(done.taken_over).values()):
        text = _("Taken over: sign-offs {signoffs}, assignments {assignments}, ratings {ratings}.")
        click.echo(text.format(**asdict(done.taken_over)))


def _taken_over_so_far() -> str:
    return _("Each session that was taken over until then is whole. The same command goes on.")


@records.command(help=_("Write all records and the recordings of this machine into one zip; `merge` brings it back."))
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@record_store
@as_json
def backup(file: Path, url: str | None, as_json: bool) -> None:
    from trainer.records import travel
    from trainer.records.store import Store

    with Store.open(url, read_only=True) as store, shown(_("copying")) as progress:
        done = travel.backup(store, file, progress)
    tell_packed(file, done, as_json)


def tell_packed(file: Path, done: "Packed", as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"schema": SCHEMA, "file": str(file), **asdict(done)}, ensure_ascii=False))
        return
    text = _("{path}: sessions {sessions}, attempts {attempts}, recordings {recordings}.")
    click.echo(text.format(path=file, **asdict(done)))
    if done.elsewhere:
        text = _("Recordings that lie on other machines, and are not in it: {n}.")
        click.echo(text.format(n=done.elsewhere))
