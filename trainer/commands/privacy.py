"""`ruston privacy`: what the records hold about a person; handed over, deleted; consent to recordings."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trainer.commands import as_json, record_store, ruston
from trainer.commands import show as draw
from trainer.commands.desk import by_option, let_in
from trainer.errors import UserError
from trainer.local_time import local_day
from trainer.messages import gettext as _
from trainer.messages import ngettext

if TYPE_CHECKING:
    from trainer.records.privacy import Holdings

SCHEMA = "ruston.privacy/1"
learner = click.argument("learner", metavar="LEARNER")


@ruston.group
def privacy() -> None:
    pass


@privacy.command(help=_("Show what is stored about a learner."))
@learner
@record_store
@as_json
def show(learner: str, url: str | None, as_json: bool) -> None:
    from trainer.records.privacy import holdings
    from trainer.records.store import Store

    with Store.open(url, read_only=True) as store:
        about = holdings(store, learner)
    if as_json:
        _print_json(asdict(about))
    else:
        _print_holdings(about)


@privacy.command(help=_("Write all that is stored about a learner into a new folder or zip file."))
@learner
@click.option("--out", "path", type=click.Path(path_type=Path), required=True, help=_("A new folder, or FILE.zip."))
@record_store
@as_json
def export(learner: str, path: Path, url: str | None, as_json: bool) -> None:
    from trainer.records import privacy
    from trainer.records.store import Store

    with Store.open(url, read_only=True) as store:
        about = privacy.holdings(store, learner)
        files, elsewhere = privacy.export(store, about.learner.key, path), about.elsewhere
    if as_json:
        _print_json({"learner": about.learner.key, "exported": str(path), "files": files, "elsewhere": dict(elsewhere)})
        return
    click.echo(ngettext("{path}: {n} file.", "{path}: {n} files.", files).format(path=path, n=files))
    for machine, n in elsewhere:
        text = ngettext(
            "{machine} holds {n} more recording. Export there, too, to have it.",
            "{machine} holds {n} more recordings. Export there, too, to have them.", n,
        )  # fmt: skip
        click.echo(text.format(machine=machine or _("a machine that is not known"), n=n))


@privacy.command(
    help=_(
        "Delete all that is stored about a learner, recordings too. It cannot be undone. Where the desk has a PIN, an "
        "instructor does it: --by."
    )
)
@learner
@click.option("--yes", is_flag=True, help=_("Do not ask."))
@by_option
@record_store
@as_json
def delete(learner: str, yes: bool, by: str | None, url: str | None, as_json: bool) -> None:
    from trainer.records.privacy import delete_learner, holdings
    from trainer.records.store import Store

    with Store.open(url) as store:
        about = holdings(store, learner)
        who = about.learner.key
        let_in(store, by)
        if not yes:
            if not as_json:
                _print_holdings(about)
            if not click.confirm(_("Delete all of this for good?"), err=True):
                raise UserError(_("nothing was deleted."))
        done = delete_learner(store, who)
        path = store.target.path
        aside = [str(other) for other in path.parent.glob(f"{path.name}.damaged-*")] if path else []
    if as_json:
        _print_json({"learner": who, "deleted": asdict(done), "not_deleted": aside})
        return
    click.echo(_("{learner} is deleted. Attempts: {attempts}, sessions: {sessions}, recordings: {recordings}.").format(
        learner=who, **asdict(done)))  # fmt: skip
    if done.shared:
        text = ngettext(
            "{n} session shared with others is kept for them, without this learner.",
            "{n} sessions shared with others are kept for them, without this learner.", done.shared,
        )  # fmt: skip
        click.echo(text.format(n=done.shared))
    for machine, n in done.elsewhere:
        text = ngettext(
            "{machine} still holds {n} recording; it is deleted when these records are opened there next.",
            "{machine} still holds {n} recordings; they are deleted when these records are opened there next.", n,
        )  # fmt: skip
        click.echo(text.format(machine=machine or _("a machine that is not known"), n=n))
    if path is None:
        click.echo(_("The server's own log and backups are its administrator's matter."))
    elif not done.erased:
        click.echo(_("Another program has the records open. Close it, then run `ruston records compact`: only then "
                     "the last bytes have left the file."))  # fmt: skip
    for other in aside:
        click.echo(_("{path}: a damaged store that was kept may still hold something. Delete it.").format(path=other))


@privacy.command(help=_("Note whether a learner allows to keep recordings of their calls, and for how long."))
@learner
@click.option(
    "--recordings", type=click.Choice(["yes", "no"]), required=True, help=_("`no` deletes what was kept before.")
)
@click.option("--days", type=click.IntRange(1, 36500), metavar="N", help=_("Recordings are deleted after N days."))
@record_store
@as_json
def consent(learner: str, recordings: str, days: int | None, url: str | None, as_json: bool) -> None:
    from trainer.records.recordings import purge
    from trainer.records.store import Store

    with Store.open(url) as store:
        noted = store.consent(store.learner(learner).key, recordings == "yes", days if recordings == "yes" else None)
        gone = purge(store)
    if as_json:
        _print_json({**asdict(noted), "deleted": gone})
        return
    if noted.recordings:
        text = ngettext(
            "Recordings of {learner} are kept for {n} day.", "Recordings of {learner} are kept for {n} days.", days or 0
        )
        click.echo(text.format(learner=noted.key, n=days))
    else:
        click.echo(_("No recordings of {learner} are kept.").format(learner=noted.key))
    if gone:
        click.echo(ngettext("{n} recording was deleted.", "{n} recordings were deleted.", gone).format(n=gone))


def _print_json(content: dict[str, Any]) -> None:
    click.echo(json.dumps({"schema": SCHEMA, **content}, ensure_ascii=False, default=_plain))


def _plain(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _print_holdings(about: "Holdings") -> None:
    from rich.table import Table

    learner = about.learner
    table = Table.grid(padding=(0, 2))
    for name, value in (
        (_("learner"), f"{learner.name} ({learner.key})" if learner.name != learner.key else learner.key),
        (_("first language"), learner.first),
        (_("crew"), learner.crew or "-"),
        (_("since"), _day(learner.added)),
        (_("sessions"), str(about.sessions)),
        (_("attempts"), str(about.attempts)),
        (_("first and last"), f"{_day(about.first)} - {_day(about.last)}"),
        (_("scored sounds"), str(about.sounds)),
        (_("scheduler's memory"), ", ".join(about.memories) or "-"),
        (_("exercises"), str(about.exercises)),
        (_("own list"), ", ".join(about.listed) or "-"),
        (_("my letters"), {True: _("yes"), False: _("no"), None: "-"}[learner.letters]),
        (_("recordings"), _recordings(about)),
        (_("consent to recordings"), _consent(about)),
        (_("assignments"), str(about.assignments)),
        (_("judgements"), str(about.signoffs)),
        (_("ratings and comments"), str(about.ratings)),
    ):
        table.add_row(name, value)
    draw(table)


def _recordings(about: "Holdings") -> str:
    text = _("{n} ({here} on this machine, {size:.1f} MB)")
    here = text.format(n=about.recordings, here=about.recordings_here, size=about.recordings_bytes / 1e6)
    return ", ".join([here, *(f"{machine or '?'}: {n}" for machine, n in about.elsewhere)])


def _consent(about: "Holdings") -> str:
    learner = about.learner
    if learner.consented is None:
        return _("never given")
    if not learner.recordings:
        return _("refused on {date}").format(date=_day(learner.consented))
    text = ngettext("given on {date}, for {n} day", "given on {date}, for {n} days", learner.retention_days or 0)
    return text.format(date=_day(learner.consented), n=learner.retention_days)


def _day(moment: Any) -> str:
    return f"{local_day(moment):%Y-%m-%d}" if moment else "-"
