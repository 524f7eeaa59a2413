"""`ruston sessions`: what was drilled, from the event logs."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trainer.commands import as_json, record_store, ruston, show
from trainer.commands.drill import Reporter, program, run_headless, with_sound
from trainer.errors import UserError
from trainer.messages import figure
from trainer.messages import gettext as _

if TYPE_CHECKING:
    from trainer.records.queries import SessionSummary

SCHEMA = "ruston.session/1"


@ruston.group(invoke_without_command=True)
@click.pass_context
def sessions(context: click.Context) -> None:
    if context.invoked_subcommand is None:
        context.invoke(list_sessions)


@sessions.command("list", help=_("List the sessions, newest first."))
@click.option("--learner", metavar="LEARNER", help=_("Only this learner's."))
@click.option("--open", "open_only", is_flag=True, help=_("Only those that have not ended."))
@record_store
@as_json
def list_sessions(
    learner: str | None = None, open_only: bool = False, url: str | None = None, as_json: bool = False
) -> None:
    from trainer.records.store import Store

    with Store.open(url, read_only=True) as store:
        who = store.learner(learner).key if learner else None
        found = store.sessions(learner=who, open_only=open_only)
    if as_json:
        for session in found:
            click.echo(json.dumps({"schema": SCHEMA, **asdict(session)}, ensure_ascii=False, default=_plain))
    elif not found:
        click.echo(_("No sessions yet."))
    else:
        _print_sessions(found)


@sessions.command("show", help=_("Show a session: its calls and what came of them. With --json, its event log."))
@click.argument("session", metavar="SESSION")
@record_store
@as_json
def show_session(session: str, url: str | None, as_json: bool) -> None:
    from trainer.drill.events import to_json
    from trainer.records.store import Store

    with Store.open(url, read_only=True) as store:
        events = store.events(store.session(session))
        if as_json:
            for event in events:
                click.echo(to_json(event))
        else:
            _print_session(events)


@sessions.command(help=_("Go on with a session that was stopped; without a name, with the newest of them."))
@click.argument("session", metavar="SESSION", required=False)
@record_store
@with_sound
@as_json
def resume(session: str | None, url: str | None, as_json: bool, **sound: Any) -> None:
    from trainer.drill.session import fold
    from trainer.records.store import Store

    with Store.open(url, read_only=True) as store:
        if session is None:
            waiting = store.sessions(open_only=True)
            if not waiting:
                raise UserError(_("no session waits to be resumed. `ruston drill` begins one."))
            session = waiting[0].id
        events = tuple(store.events(store.session(session)))
    state = fold(events)
    if state.plan is None or state.ended is not None:
        raise UserError(_("{session} has ended: there is nothing to resume.").format(session=session))
    path = Path(state.plan.book) if state.plan.book else None
    with program(**sound, url=url, book_path=path) as running:
        run_headless(running, state.plan, as_json, events)


@sessions.command(help=_("Play a session again from its log, event by event."))
@click.argument("session", metavar="SESSION")
@record_store
@as_json
def replay(session: str, url: str | None, as_json: bool) -> None:
    from trainer.drill.session import fold
    from trainer.live.addressee import addressee
    from trainer.live.session_log import SessionLog
    from trainer.phrasebook.load import load
    from trainer.records.store import Store

    with Store.open(url, read_only=True) as store:
        events = tuple(store.events(store.session(session)))
    plan = fold(events).plan
    who = plan.seats[0].learner if plan and len(plan.seats) == 1 else None
    book = Path(plan.book) if plan and plan.book else None
    log = SessionLog()
    report = Reporter(log, as_json, otherwise=addressee(who, url, book) if who else None)
    for event in events:
        log.append(event)
    named: Callable[[str], str] = str
    if book is not None:
        with suppress(UserError):  # the book may be gone
            named = load(book).name_of
    report.close(log.state, named)


def _plain(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _print_sessions(found: "list[SessionSummary]") -> None:
    from rich.table import Table

    table = Table(box=None, padding=(0, 1, 0, 0))
    # Nothing is cut in 80 columns.
    least = {_("opened"): len("2026-07-17"), _("ended"): len(_("completed"))}
    for column in (
        _("session"),
        _("opened"),
        _("mode"),
        _("phase"),
        _("learners"),
        _("calls"),
        _("points"),
        _("ended"),
    ):
        table.add_column(column, no_wrap=column == _("session"), min_width=least.get(column), overflow="fold")
    for session in found:
        table.add_row(
            session.id, f"{session.opened.astimezone():%Y-%m-%d %H:%M}", session.mode, session.phase or "-",
            ", ".join(learner or "-" for _seat, learner in session.seats), str(session.attempts),
            "-" if session.points is None else f"{session.points:.0f}", _ending(session.ended),
        )  # fmt: skip
    show(table)


def _ending(why: str | None) -> str:
    endings = {"completed": _("completed"), "stopped": _("stopped"), "lost": _("lost"), None: _("open")}
    return endings.get(why, str(why))


def _print_session(events: Any) -> None:
    from rich.table import Table

    from trainer.drill.session import fold
    from trainer.wording import verdict_name

    state = fold(events)
    if state.plan is not None:
        plan = state.plan
        names = ", ".join(seat.name for seat in plan.seats)
        click.echo(f"{plan.session}  {plan.mode}  {plan.phase or '-'}  {names}  {plan.opened}  {_ending(state.ended)}")
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in (_("turn"), _("seat"), _("call"), _("score"), _("late, s"), _("points"), ""):
        table.add_column(column)
    for attempt in state.attempts:
        said = "" if attempt.call in (attempt.asked, None) else f" → {attempt.call}"
        table.add_row(
            str(attempt.turn + 1), attempt.seat, attempt.asked + said, f"{attempt.score:.0f}",
            figure(attempt.late, ".1f"), f"{attempt.points:.0f}", verdict_name(attempt.verdict),
        )  # fmt: skip
    show(table)
    click.echo(_("Calls to come: {n}.").format(n=len(state.queue)))
