"""`ruston records`: the store itself."""

import json
from typing import Any

import click

from trainer.commands import as_json, record_store, ruston
from trainer.commands.exports import tracked
from trainer.messages import gettext as _

SCHEMA = "ruston.records/1"


@ruston.group(help=_("The store of all records: what is in it, check it, mend it."))
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
    from trainer.errors import UserError
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
        content = {"kept": str(done.damaged), "saved": done.saved, "complete": done.complete}
        click.echo(json.dumps({"schema": SCHEMA, **content}, ensure_ascii=False))
        return
    saved = ", ".join(f"{table} {rows}" for table, rows in done.saved.items())
    click.echo(_("Saved rows: {saved}.").format(saved=saved))
    if not done.complete:
        click.echo(_("Some pages could not be read: what was on them is missing."))
    message = _("The damaged file is kept as {path}. It holds people's data: delete it when you need it no longer.")
    click.echo(message.format(path=done.damaged))
