"""`ruston desk mine`, `compare`, `levels`: where a learner stands, and one side of a class against another."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trainer.commands import as_json, phrasebook, record_store, show
from trainer.commands.desk import SCHEMA, desk
from trainer.errors import UserError
from trainer.languages import other
from trainer.local_time import moment
from trainer.messages import gettext as _

if TYPE_CHECKING:
    from trainer.reports.compare import Comparison
    from trainer.reports.selection import Selection


@desk.command(help=_("What is asked of a learner, and what was said to them: their own view of the desk."))
@click.argument("learner", metavar="LEARNER")
@phrasebook
@record_store
@as_json
def mine(learner: str, book_path: Path | None, url: str | None, as_json: bool) -> None:
    from trainer.phrasebook.load import load
    from trainer.phrasebook.phases import Phases
    from trainer.records.inbox import comments, inbox, show_comments
    from trainer.records.store import Store
    from trainer.wording import assignment_told, comment_told, names_in

    book = load(book_path)
    with Store.open(url) as store:
        person = store.learner(learner)
        box = inbox(store, Phases.of(book), person.key)
        said = comments(store, person.key)
        show_comments(store, person.key)
    now = datetime.now(UTC)
    if as_json:
        for one in box.assignments:
            _print_json({"kind": "assignment", **asdict(one.assignment), "done": one.done, "tried": one.tried,
                         "standing": one.standing(now)})  # fmt: skip
        for told in said:
            _print_json({"kind": "comment", **asdict(told)})
        return
    phases = names_in(book)
    for one in box.assignments:
        click.echo(assignment_told(one, now, phases))
    if not box.assignments:
        click.echo(_("Nothing is asked of {name}.").format(name=person.name))
    for told in said:
        click.echo(f"{'● ' if told.new else '  '}{told.at.astimezone():%Y-%m-%d}  {comment_told(told, phases)}")


@desk.command(
    help=_(
        "Compare two terms (2026-02-01..2026-06-30), two crews, or before and after a day: the same learners with "
        "themselves where there are such, with an interval; over all calls, and over the calls of both sides."
    )
)
@click.option("--term", "terms", multiple=True, metavar="DATE..DATE", help=_("A stretch of days; give two."))
@click.option("--crew", "crews", multiple=True, metavar="NAME", help=_("Two crews; or one, to compare its terms."))
@click.option("--at", "day", metavar="DATE", help=_("Before this day against from it on."))
@phrasebook
@record_store
@as_json
def compare(
    terms: tuple[str, ...], crews: tuple[str, ...], day: str | None, book_path: Path | None, url: str | None,
    as_json: bool,
) -> None:  # fmt: skip
    from trainer.phrasebook.load import load
    from trainer.phrasebook.phases import Phases
    from trainer.records.counting import in_partners_language
    from trainer.records.store import Store
    from trainer.reports.compare import compare as compared
    from trainer.reports.figures import call_figures
    from trainer.reports.names import Names
    from trainer.reports.selection import conditions

    names, sides = _sides(terms, crews, day)
    phases = Phases.of(load(book_path))
    with Store.open(url, read_only=True) as store:
        rows = [
            call_figures(store, [*conditions(store, side, phases, Names(None)), in_partners_language], phases)
            for side in sides
        ]
    found = compared(names, *rows)
    if as_json:
        _print_json({"kind": "comparison", **asdict(found)})
        return
    _show_comparison(found)


def _sides(
    terms: tuple[str, ...], crews: tuple[str, ...], day: str | None
) -> "tuple[tuple[str, str], list[Selection]]":
    from trainer.reports.selection import Selection

    if len(crews) == 2 and not terms and not day:
        return (crews[0], crews[1]), [Selection(crews=(crew,)) for crew in crews]
    if len(crews) < 2 and len(terms) == 2 and not day:
        stretches = [term.partition("..") for term in terms]
        if all(begin and dots and end for begin, dots, end in stretches):
            return (terms[0], terms[1]), [
                Selection(crews=crews, since=moment(begin), until=moment(end, end=True))
                for begin, _dots, end in stretches
            ]
    if len(crews) < 2 and day and not terms:
        at = moment(day)
        texts = _("before {day}").format(day=day), _("from {day} on").format(day=day)
        return texts, [Selection(crews=crews, until=at), Selection(crews=crews, since=at)]
    raise UserError(_("say what to compare: two --term 2026-02-01..2026-06-30, two --crew NAME, or --at DATE."))


def _show_comparison(found: "Comparison") -> None:
    from rich.table import Table
    from rich.text import Text

    from trainer.reports.report import by_told, number, percent

    table = Table(box=None, padding=(0, 2, 0, 0), width=80)
    for heading in ("", _("learners"), _("answers"), _("points"), _("passed")):
        table.add_column(heading, justify="right" if heading else "left")
    for side in found.sides:
        table.add_row(Text(side.name), number(side.learners), number(side.answers), number(side.points, 1),
                      percent(side.passed))  # fmt: skip
    show(table)
    if found.change is None:
        click.echo(_("One side has no learner with three answers or more: there is nothing to compare."))
        return
    if found.same:
        click.echo(
            _("The {n} learners of both sides, each with themselves: {by}.").format(
                n=found.same, by=by_told(found.change)
            )
        )
    else:
        click.echo(_("Other learners on each side; between their means: {by}.").format(by=by_told(found.change)))
    if not found.change.sure:
        click.echo(_("That may be chance."))
    if found.alike is not None:
        click.echo(
            _("Only the {n} calls that both sides drilled: {by}.").format(n=found.calls, by=by_told(found.alike))
        )


@desk.command(
    help=_(
        "Where each learner stands in the words of public scales (ICAO's six levels, CEFR), and what is missing for "
        "the next one. It describes drilled calls and is no licence."
    )
)
@click.option("--learner", "keys", multiple=True, metavar="KEY", help=_("Only this learner."))
@click.option("--crew", "crews", multiple=True, metavar="NAME", help=_("Only this crew."))
@phrasebook
@record_store
@as_json
def levels(
    keys: tuple[str, ...], crews: tuple[str, ...], book_path: Path | None, url: str | None, as_json: bool
) -> None:  # fmt: skip
    from trainer.phrasebook.load import load
    from trainer.phrasebook.phases import Phases
    from trainer.records.counting import in_partners_language
    from trainer.records.store import Store
    from trainer.reports import levels as scales
    from trainer.reports.figures import day_figures, sounds_lately
    from trainer.reports.names import Names
    from trainer.reports.selection import Selection, conditions
    from trainer.wording import language_mark

    phases = Phases.of(load(book_path))
    with Store.open(url, read_only=True) as store:
        where = [*conditions(store, Selection(keys, crews), phases, Names(None)), in_partners_language]
        learners, days = day_figures(store, where, Names(None))
        rows = sounds_lately(store, where, days, scales.LATELY)
    made = [
        scales.level(
            one.key, one.label, other(one.first), [row for row in days if row.key == one.key],
            [row for row in rows if row.key == one.key],
        )
        for one in learners
    ]  # fmt: skip
    for one in made:
        if as_json:
            content = {name: value for name, value in asdict(one).items() if name != "weak"}
            words = (
                {"icao": scales.icao(one.level), "cefr": one.cefr, "cefr_words": scales.cefr(one.level)}
                if one.level
                else {}
            )
            _print_json({"kind": "level", **content, **words, "weak": [sound.phone for sound in one.weak],
                         "missing": scales.missing(one), "licence": False})  # fmt: skip
            continue
        head = f"{one.label} · {language_mark(one.language)} · "
        if one.level is None:
            click.echo(head + _("no level yet: {why}").format(why=scales.missing(one)))
            continue
        figures_told = _("pronunciation {points:.0f}, understood {share:.0f} of 100, {n} answers").format(
            points=one.pronunciation or 0.0, share=100 * (one.understood or 0.0), n=one.answers
        )
        click.echo(head + f"{one.level}/6 · {one.cefr} · {figures_told}")
        click.echo(f"    {scales.icao(one.level)}")
        click.echo(f"    {scales.cefr(one.level)}")
        if lacks := scales.missing(one):
            click.echo("    " + _("For the next level: {what}.").format(what=lacks))
    if not as_json:
        click.echo(_("This describes the last four weeks of drilled calls, not free speech. It is no licence."))


def _print_json(content: dict[str, Any]) -> None:
    click.echo(json.dumps({"schema": SCHEMA, **content}, ensure_ascii=False, default=_written))


def _written(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
