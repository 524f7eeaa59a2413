"""`ruston desk`: the instructor's desk without a screen: roster, assignments, sign-offs."""

import json
import os
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from trainer.commands import Number, as_json, find_phrase, phrasebook, record_store, ruston, show
from trainer.drill.plan import MODES
from trainer.errors import UserError
from trainer.local_time import last_day, moment
from trainer.messages import gettext as _
from trainer.messages import interface_language, ngettext
from trainer.scoring.points import PASS_MARK

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trainer.drill.plan import Mode
    from trainer.records.assignments import Progress, Standing
    from trainer.records.store import Store
    from trainer.reports.grades import Gradebook

SCHEMA = "ruston.desk/1"
by_option = click.option("--by", metavar="NAME", help=_("Who says so; without: your account on this machine."))
STANDINGS = ("open", "overdue", "ready", "passed", "not_passed")

CALLS = 10  # that are asked for where nobody says how many
MOST = 2**63 - 1  # the largest number of an assignment that a database has


@ruston.group(
    invoke_without_command=True,
)
@click.pass_context
def desk(context: click.Context) -> None:
    if context.invoked_subcommand is None:
        context.invoke(list_assignments)


@desk.command(help=_("Import a roster: a CSV file with the columns name, first (en or ru), crew and, if wanted, key."))
@click.argument("path", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--dry-run", is_flag=True, help=_("Only show what would change."))
@by_option
@record_store
@as_json
def roster(path: Path, dry_run: bool, by: str | None, url: str | None, as_json: bool) -> None:
    from trainer.records.roster import enrol, read
    from trainer.records.store import Store

    entries = read(path)
    with Store.open(url) as store:
        if not dry_run:
            at_the_desk(store, by)
        changes = enrol(store, entries, dry_run=dry_run)
    counts = {kind: sum(change == kind for _entry, change in changes) for kind in ("added", "changed", "unchanged")}
    if as_json:
        for entry, change in changes:
            _print_json({"learner": entry.key, "name": entry.name, "change": change})
        return
    words = {"added": _("added"), "changed": _("changed"), "unchanged": _("unchanged")}
    for entry, change in changes:
        click.echo(f"{entry.key:20}  {entry.name:30}  {entry.first}  {entry.crew or '-':20}  {words[change]}")
    click.echo(", ".join(f"{words[kind]}: {count}" for kind, count in counts.items()))
    if dry_run:
        click.echo(_("Nothing was changed."))


@desk.command(help=_("Say who needs help, why, and what to do: at most five lines."))
@click.option("--crew", "crews", multiple=True, metavar="NAME", help=_("Only this crew."))
@click.option("--all", "everybody", is_flag=True, help=_("All of them, not only the five most urgent."))
@phrasebook
@record_store
@as_json
def today(crews: tuple[str, ...], everybody: bool, book_path: Path | None, url: str | None, as_json: bool) -> None:

    from trainer.phrasebook.load import load
    from trainer.phrasebook.phases import Phases
    from trainer.records.store import Store
    from trainer.reports.gather import class_needs
    from trainer.reports.needs import shown, what_to_do, why

    with Store.open(url, read_only=True) as store:
        _tell_forgotten(store)
        found = class_needs(store, Phases.of(load(book_path)), crews, datetime.now(UTC))
    first, more = (found, 0) if everybody else shown(found)
    if as_json:
        for need in found:
            person = need.person
            told = {"learner": person.key, "name": person.label, "why": why(need), "do": what_to_do(need)}
            _print_json({**told, "reasons": [{type(one).__name__.lower(): asdict(one)} for one in need.reasons]})
        return
    if not found:
        click.echo(_("Nobody needs help today."))
    for need in first:
        click.echo(f"{need.person.label}: {why(need)}. → {what_to_do(need)}")
    if more:
        text = ngettext("{n} more learner needs help: --all.", "{n} more learners need help: --all.", more)
        click.echo(text.format(n=more))


@desk.command("list", help=_("List the assignments and how far each learner is."))
@click.option("--learner", metavar="KEY", help=_("Only this learner's."))
@click.option("--crew", "crews", multiple=True, metavar="NAME", help=_("Only this crew."))
@click.option("--standing", type=click.Choice(STANDINGS), help=_("Only those that stand so."))
@phrasebook
@record_store
@as_json
def list_assignments(
    learner: str | None = None, crews: tuple[str, ...] = (), standing: "Standing | None" = None,
    book_path: Path | None = None, url: str | None = None, as_json: bool = False,
) -> None:  # fmt: skip

    from trainer.phrasebook.load import load
    from trainer.phrasebook.phases import Phases
    from trainer.records.assignments import progress
    from trainer.records.store import Store
    from trainer.wording import names_in

    now, book = datetime.now(UTC), load(book_path)
    with Store.open(url, read_only=True) as store:
        _tell_forgotten(store)
        who, of_crews = store.learner(learner).key if learner else None, store.crews(crews)
        found = tuple(
            one
            for one in progress(store, Phases.of(book), who)
            if (not crews or one.assignment.crew in of_crews) and standing in (None, one.standing(now))
        )
        asked = {one.assignment.learner for one in found}
        free = tuple(
            (one, last)
            for one, last in store.acquaintances()
            if who in (None, one.key) and (not crews or one.crew in of_crews) and not standing and one.key not in asked
        )
    if as_json:
        for one in found:
            _print_json({**asdict(one), "standing": one.standing(now)})
        for person, last in free:
            _print_json({"learner": person.key, "name": person.name, "crew": person.crew, "assignment": None,
                         "standing": None, "last": last})  # fmt: skip
        return
    if found:
        show(_table(found, now, names_in(book)))
    if free:
        click.echo(_("Nothing is asked of:") if found else _("Nothing is asked of anybody: `ruston desk assign`."))
    for person, last in free:
        name = f"{person.name}, {person.crew}" if person.crew else person.name
        drilled = _("drilled last on {day}").format(day=f"{last.astimezone():%Y-%m-%d}") if last else _("has not drilled yet")  # fmt: skip  # noqa: E501
        click.echo(f"  {name} ({person.key}): {drilled}")
    if not found and not free:
        click.echo(_("No such assignments.") if standing else _("Nobody is in the class: `ruston desk roster FILE`."))


@desk.command(
    help=_(
        "Write grades for a gradebook, as Moodle or Canvas imports them: a row per learner, a column per assignment, "
        "the share of its calls that were passed, with your comments."
    )
)
@click.option("--format", "gradebook", type=click.Choice(["moodle", "canvas"]), required=True, help=_("For which."))
@click.option("--crew", "crews", multiple=True, metavar="NAME", help=_("Only this crew."))
@click.option(
    "--delimiter",
    type=click.Choice([",", ";", "tab"]),
    default=",",
    show_default=True,
    help=_("What stands between two cells."),
)
@click.option("--decimal-comma", is_flag=True, help=_("91,5 instead of 91.5."))
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help=_("The file; without: standard output."))
@phrasebook
@record_store
@as_json
def grades(
    gradebook: "Gradebook", crews: tuple[str, ...], delimiter: str, decimal_comma: bool, out: Path | None,
    book_path: Path | None, url: str | None, as_json: bool,
) -> None:  # fmt: skip
    from trainer.commands.export import write_text
    from trainer.phrasebook.load import load
    from trainer.phrasebook.phases import Phases
    from trainer.records.assignments import progress
    from trainer.records.store import Store
    from trainer.reports import grades

    if decimal_comma and delimiter == ",":
        raise UserError(_("a decimal comma needs another delimiter: --delimiter ';'."))
    book = load(book_path)
    with Store.open(url, read_only=True) as store:
        _tell_forgotten(store)
        of_crews = store.crews(crews)
        asked = [one for one in progress(store, Phases.of(book)) if not crews or one.assignment.crew in of_crews]
    if not asked:
        raise UserError(_("there are no assignments, so there are no grades. `ruston desk assign` makes some."))
    names = {phase.id: phase.name[interface_language()] for phase in book.phases}
    mark = "\t" if delimiter == "tab" else delimiter

    def write(file: "IO[str]") -> None:
        grades.write(asked, file, gradebook, names, delimiter=mark, decimal_comma=decimal_comma)

    write_text(write, out, "utf-8-sig" if gradebook == "moodle" else "utf-8")
    learners = len({one.assignment.learner for one in asked})
    if out and as_json:
        _print_json({"path": str(out), "format": gradebook, "learners": learners})
    elif out:
        text = ngettext("{path}: grades of {n} learner.", "{path}: grades of {n} learners.", learners)
        click.echo(text.format(path=out, n=learners))


@desk.command(help=_("Ask learners to pass so many calls of some phases, or single calls."))
@click.option("--learner", "keys", multiple=True, metavar="KEY", help=_("Whom; may be repeated."))
@click.option("--crew", "crews", multiple=True, metavar="NAME", help=_("All of this crew; may be repeated."))
@click.option("--everyone", is_flag=True, help=_("All learners."))
@click.option("--phase", "phases", multiple=True, metavar="ID", help=_("Which phases; without: any."))
@click.option("--call", "call_ids", multiple=True, metavar="ID", help=_("These very calls, all of them."))
@click.option("--mode", type=click.Choice(MODES), help=_("Only drills of this mode count."))
@click.option("--calls", type=click.IntRange(1), metavar="N", help=_("How many different calls; without: 10."))
@click.option("--pass-mark", type=Number(0, 100), default=PASS_MARK, show_default=True, help=_("Points of each."))
@click.option("--due", metavar="DATE", help=_("Until this day, included."))
@by_option
@phrasebook
@record_store
@as_json
def assign(
    keys: tuple[str, ...], crews: tuple[str, ...], everyone: bool, phases: tuple[str, ...], call_ids: tuple[str, ...],
    mode: "Mode | None", calls: int | None, pass_mark: float, due: str | None, by: str | None, book_path: Path | None,
    url: str | None, as_json: bool,
) -> None:  # fmt: skip
    from trainer.phrasebook.load import load
    from trainer.phrasebook.phases import Phases
    from trainer.records import assignments
    from trainer.records.store import Store
    from trainer.wording import asked_already

    book = load(book_path)
    known = [phase.id for phase in book.phases]
    for phase in phases:
        if phase not in known:
            message = _("there is no phase {phase}. There are: {phases}.")
            raise UserError(message.format(phase=phase, phases=", ".join(known)))
    if call_ids and phases:
        raise UserError(_("name either calls or phases."))
    call_ids = tuple(find_phrase(book, call).id for call in call_ids)
    calls = calls or len(set(call_ids)) or CALLS
    if not call_ids:
        assignments.check_calls(Phases.of(book), phases, calls, mode)
    if everyone and (crews or keys):
        raise UserError(_("say either --everyone, or --crew and --learner."))
    with Store.open(url) as store:
        of_crews = store.crews(crews)
        who = [*keys, *(one.key for one in store.learners() if everyone or one.crew in of_crews)]
        at_the_desk(store, by)
        if not who:
            raise UserError(_("say whom: --learner KEY, --crew NAME or --everyone."))
        given = assignments.assign(
            store, who, phases=phases, calls=calls, pass_mark=pass_mark, mode=mode, call_ids=call_ids,
            due=moment(due, end=True) if due else None,
        )  # fmt: skip
    if as_json:
        for one in given:
            _print_json(asdict(one))
        return
    new, before = ([one.learner for one in given if one.already is known] for known in (False, True))
    if new:
        text = ngettext("Assigned to {n} learner: {who}.", "Assigned to {n} learners: {who}.", len(new))
        click.echo(text.format(n=len(new), who=", ".join(new)))
    if before:
        click.echo(asked_already(before))


@desk.command(help=_("Withdraw assignments: by number, or all of a crew or learner."))
@click.argument("numbers", type=click.IntRange(1, MOST), nargs=-1, metavar="ASSIGNMENT...")
@click.option("--crew", "crews", multiple=True, metavar="NAME", help=_("All of this crew that are not signed off."))
@click.option("--learner", "keys", multiple=True, metavar="KEY", help=_("All of this learner that are not signed off."))
@by_option
@record_store
@as_json
def withdraw(
    numbers: tuple[int, ...], crews: tuple[str, ...], keys: tuple[str, ...], by: str | None, url: str | None,
    as_json: bool,
) -> None:  # fmt: skip
    from trainer.phrasebook.phases import Phases
    from trainer.records import assignments
    from trainer.records.store import Store

    if not (numbers or crews or keys):
        raise UserError(_("say which: numbers as `ruston desk` lists them, --crew NAME or --learner KEY."))
    with Store.open(url) as store:
        at_the_desk(store, by)
        asked = assignments.progress(store, Phases({}, {}))
        of_crews, of_learners = store.crews(crews), {store.learner(key).key for key in keys}
        of_people = (
            one.assignment.id
            for one in asked
            if one.signed is None and (one.assignment.crew in of_crews or one.assignment.learner in of_learners)
        )
        gone = list(dict.fromkeys([*numbers, *of_people]))
        assignments.withdraw(store, gone)
    if as_json:
        for number in gone:
            _print_json({"assignment": number, "withdrawn": True})
    else:
        text = ngettext("Assignment {numbers} is withdrawn.", "Assignments {numbers} are withdrawn.", len(gone))
        click.echo(text.format(numbers=", ".join(map(str, gone))) if gone else _("There was nothing to withdraw."))


@desk.command("sign-off", help=_("Judge an assignment, or a session of a learner, with a comment."))
@click.argument("number", type=click.IntRange(1, MOST), required=False, metavar="[ASSIGNMENT]")
@click.option("--session", metavar="ID", help=_("A session instead, or how its id begins; see `ruston sessions`."))
@click.option("--learner", metavar="KEY", help=_("Whose, where several took part in the session."))
@by_option
@click.option("--comment", default="", metavar="TEXT", help=_("What to tell the learner."))
@click.option("--not-passed", is_flag=True, help=_("More is needed."))
@phrasebook
@record_store
@as_json
def sign_off(
    number: int | None, session: str | None, learner: str | None, by: str | None, comment: str, not_passed: bool,
    book_path: Path | None, url: str | None, as_json: bool,
) -> None:  # fmt: skip
    from trainer.phrasebook.load import load
    from trainer.phrasebook.phases import Phases
    from trainer.records import assignments
    from trainer.records.store import Store
    from trainer.wording import signed_off_already

    if (number is None) == (session is None):
        raise UserError(_("name an assignment or a --session."))
    phases = Phases({}, {}) if number is None else Phases.of(load(book_path))
    with Store.open(url) as store:
        who = at_the_desk(store, by)
        new = assignments.sign_off(
            store, who, assignment=number, session=session, learner=learner, passed=not not_passed, comment=comment
        )
        judged = [one for one in assignments.progress(store, phases) if one.assignment.id == number]
    if as_json:
        told = {"assignment": number, "session": session, "passed": not not_passed, "by": who, "comment": comment,
                "already": not new}  # fmt: skip
        for one in judged:
            told |= {"done": one.done, "calls": one.assignment.calls, "fulfilled": one.done >= one.assignment.calls}
        _print_json(told)
        return
    if not new:
        click.echo(signed_off_already(who))
        return
    click.echo(_("Signed off: passed.") if not not_passed else _("Signed off: more is needed."))
    for one in judged:
        if not not_passed and one.done < one.assignment.calls:
            text = ngettext(
                "{done} of {n} call was passed; signed all the same.",
                "{done} of {n} calls were passed; signed all the same.", one.assignment.calls,
            )  # fmt: skip
            click.echo(text.format(done=one.done, n=one.assignment.calls))


@desk.command(
    "pin",
    help=_(
        "Give an instructor a PIN, or another one. From the first on, whoever changes something at the desk says who "
        "they are and tells theirs: asked for, or in RUSTON_DESK_PIN. Where the only one is forgotten, whoever owns "
        "the file of the records takes them away with --forgotten; the desk tells that until there is a new one."
    ),
)
@click.argument("name", required=False, metavar="NAME")
@click.option("--remove", is_flag=True, help=_("Take it away again."))
@click.option("--forgotten", is_flag=True, help=_("Take all PINs away; only for the account that owns the records."))
@click.option("--yes", is_flag=True, help=_("Do not ask."))
@by_option
@record_store
@as_json
def give_pin(
    name: str | None, remove: bool, forgotten: bool, yes: bool, by: str | None, url: str | None, as_json: bool
) -> None:  # fmt: skip
    from trainer.records import instructors
    from trainer.records.store import Store

    if (name is None) != forgotten or (remove and forgotten):
        raise UserError(_("name an instructor, or --forgotten for all of them."))
    with Store.open(url) as store:
        if name is None:
            _forget_pins(store, yes)
        elif instructors.names(store):
            at_the_desk(store, by)
        if name and remove:
            instructors.remove(store, name)
        elif name:
            instructors.set_pin(store, name, _ask_pin(_("New PIN of {name}").format(name=name), twice=True))
        known = instructors.names(store)
    if as_json:
        _print_json({"instructors": known})
    else:
        click.echo(_("With a PIN: {names}.").format(names=", ".join(known) or "-"))


def _forget_pins(store: "Store", yes: bool) -> None:
    from trainer.records import instructors

    if not yes:
        question = _(
            "Take away the PINs of this desk: {names}? The desk tells it to everybody until they have new ones."
        )
        click.confirm(question.format(names=", ".join(instructors.names(store)) or "-"), abort=True, err=True)
    instructors.forget(store)
    _tell_forgotten(store)


def at_the_desk(store: "Store", by: str | None) -> str:
    """Who is there. Raises UserError for somebody who may not be."""
    from trainer.records.instructors import signer

    _tell_forgotten(store)
    return signer(store, by, _pin_of)


def let_in(store: "Store", by: str | None) -> None:
    """Where the desk has PINs, or had: somebody who tells one. Raises UserError."""
    from trainer.records import instructors

    _tell_forgotten(store)
    instructors.let_in(store, by, _pin_of)


def _pin_of(name: str) -> str:
    told = os.environ.get("RUSTON_DESK_PIN")
    return _ask_pin(_("PIN of {name}").format(name=name)) if told is None else told


def _ask_pin(question: str, *, twice: bool = False) -> str:
    """Unseen at a terminal; else the next line of standard input, which nobody sees."""
    hidden = sys.stdin.isatty()
    return str(click.prompt(question, hide_input=hidden, confirmation_prompt=twice, err=True))


def _tell_forgotten(store: "Store") -> None:
    from trainer.records.instructors import forgotten
    from trainer.wording import forgotten_told

    if gone := forgotten(store):
        click.echo(forgotten_told(gone), err=True)


def _print_json(content: dict[str, Any]) -> None:
    click.echo(json.dumps({"schema": SCHEMA, **content}, ensure_ascii=False, default=_plain))


def _plain(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _last_day(due: datetime | None) -> str:
    return f"{last_day(due):%Y-%m-%d}" if due else "-"


def _table(found: "tuple[Progress, ...]", now: Any, names: "Mapping[str, str]") -> Any:
    """Two lines each, in 80 columns: who, how far and until when; what was asked, and what was said of it. names: as of
    `names_in`."""
    from rich.table import Table
    from rich.text import Text

    from trainer.wording import asked_told, standing_name

    table = Table(box=None, padding=(0, 1, 0, 0), show_header=True, width=80)
    table.add_column("#", justify="right", no_wrap=True)
    table.add_column(_("learner"), ratio=1)
    for heading in (_("passed"), _("points"), _("due")):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for one in found:
        asked = one.assignment
        who = f"{asked.name}, {asked.crew}" if asked.crew else asked.name
        least = _("from {mark:g} points").format(mark=asked.pass_mark)
        what = f"{asked_told(asked.phases, asked.call_ids, asked.mode, names)}; {least}"
        comment = f"\n«{one.signed.comment}»" if one.signed and one.signed.comment else ""
        table.add_row(
            str(asked.id), Text.assemble(who, (f"\n{what}{comment}", "dim")), f"{one.done}/{asked.calls}",
            "-" if one.points is None else f"{one.points:.0f}", _last_day(asked.due), standing_name(one.standing(now)),
        )  # fmt: skip
    return table
