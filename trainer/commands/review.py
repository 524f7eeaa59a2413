"""`ruston desk review`, `desk rate`: an instructor's ear beside the machine's; `desk agreement`: how far they agree."""

import json
from contextlib import closing, suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trainer.commands import Number, as_json, phrasebook, record_store, show
from trainer.commands.desk import MOST, SCHEMA, at_the_desk, by_option, desk
from trainer.errors import UserError
from trainer.languages import LANGUAGES, Language
from trainer.messages import figure, interface_language, ngettext
from trainer.messages import gettext as _
from trainer.scoring.points import PASS_MARK
from trainer.text_out import full_screen

if TYPE_CHECKING:
    from trainer.reader import Reader
    from trainer.records.review import Waiting
    from trainer.records.store import Store
    from trainer.reports.blind import Bench


@desk.command(
    help=_(
        "Hear what the machine is least certain of, and say what you think: a screen; with --list or --json the queue "
        "itself. With the number of an attempt: its marks."
    )
)
@click.argument("number", type=click.IntRange(1, MOST), required=False, metavar="[ATTEMPT]")
@click.option("--blind", type=click.IntRange(1, 1000), metavar="N", help=_("Rate N calls without seeing the score."))
@click.option("--learner", "learners", multiple=True, metavar="KEY", help=_("Only this learner."))
@click.option("--crew", "crews", multiple=True, metavar="NAME", help=_("Only this crew."))
@click.option("--length", type=click.IntRange(1, 1000), default=30, show_default=True, help=_("How many calls."))
@click.option("--list", "listed", is_flag=True, help=_("No screen: list them."))
@click.option("--play", is_flag=True, help=_("Hear the attempt, then the reference."))
@click.option("--speaker", metavar="FILE|NAME|mute", help=_("A loudspeaker, a WAV file to write, or mute."))
@by_option
@phrasebook
@record_store
@as_json
def review(
    number: int | None, blind: int | None, learners: tuple[str, ...], crews: tuple[str, ...], length: int, listed: bool,
    play: bool, speaker: str | None, by: str | None, book_path: Path | None, url: str | None, as_json: bool,
) -> None:  # fmt: skip
    from trainer.live.program import Options
    from trainer.phrasebook.load import load
    from trainer.phrasebook.phases import Phases
    from trainer.records.review import attempt, blind_sample, queue
    from trainer.records.store import Store
    from trainer.reports.names import Names
    from trainer.reports.selection import Selection, conditions

    options = Options(speaker=speaker, records=url, book=book_path)
    if number is not None:
        with Store.open(url, read_only=True) as store:
            one = attempt(store, number)
            who = "" if blind else at_the_desk(store, by)
            reader = _reader(store, who, book_path)
            if blind:
                _tell_blind(one, as_json, reader)
            else:
                _tell(store, one, as_json, reader)
        if not blind:
            _note_look(who, (one,), url)
        if play:
            _play(one, options)
        return
    with Store.open(url, read_only=True) as store:
        who = at_the_desk(store, by)
        where = conditions(store, Selection(learners, crews), Phases.of(load(book_path)), Names(None))
        if listed or as_json or not full_screen():
            found = blind_sample(store, who, blind, where) if blind else queue(store, who, where, length)
            _list(found, blind, as_json, _reader(store, who, book_path))
            if not blind:
                _note_look(who, found, url)
            return
    from trainer.commands.console import run_console
    from trainer.tui.app import Console
    from trainer.tui.screens.review import Review, ReviewPage

    wanted = Review(who, blind or length, bool(blind), Selection(learners, crews))
    run_console(Console(options, lambda: ReviewPage(wanted)))


def _note_look(who: str, found: "tuple[Waiting, ...]", url: str | None) -> None:
    """Whoever has seen a score rates its call blind no more; where nothing can be written, nobody rates."""
    from trainer.records.ratings import look
    from trainer.records.store import Store

    with suppress(UserError), Store.open(url) as store:
        look(store, who, [one.number for one in found])


def _reader(store: "Store", who: str, book: Path | None) -> "Reader":
    """The instructor: as they chose to read as a learner of these records, else in the interface's language."""
    from trainer.live.addressee import reader_of
    from trainer.reader import Reader

    with suppress(UserError):
        return reader_of(store, who, book)
    return Reader(interface_language(), book=book)


def _list(found: "tuple[Waiting, ...]", blind: int | None, as_json: bool, reader: "Reader") -> None:
    """A blind list holds nothing by which a score could be guessed, and names no command that tells it."""
    from rich.table import Table
    from rich.text import Text

    if as_json:
        for one in found:
            _print_json(_plain(one, bool(blind)))
        return
    if not found:
        click.echo(_("Nothing waits: no recording that may be heard here, or all of them are rated."))
        return
    table = Table(box=None, padding=(0, 1, 0, 0), width=80)
    for heading in ("#", *(() if blind else (_("points"), _("doubt"))), _("call"), _("learner"), _("text")):
        table.add_column(heading, no_wrap=heading != _("text"), justify="right" if heading == "#" else "left")
    for one in found:
        scores = () if blind else (f"{one.points:.0f}", f"{100 * one.doubt:.0f}%")
        text = reader.call(one.assessment.text, one.language) if one.assessment else ""
        table.add_row(str(one.number), *scores, one.asked, one.name, Text(text))
    show(table)
    told = _("`ruston desk review NUMBER --play` lets one be heard, `ruston desk rate NUMBER` rates it.")
    if blind:
        told = _("Hear one: `ruston desk review --blind {n} NUMBER --play`; rate it: `ruston desk rate NUMBER --blind --points POINTS`.")  # fmt: skip  # noqa: E501
    click.echo(told.format(n=blind))


def _plain(one: "Waiting", blind: bool) -> dict[str, Any]:
    content = {**asdict(one), "path": str(one.path) if one.path else None}
    hidden = ("assessment", *(("score", "points", "judged", "exact", "doubt", "verdict", "pass_mark") if blind else ()))
    return {name: value for name, value in content.items() if name not in hidden} | (
        {"text": one.assessment.text} if one.assessment else {}
    )


def _tell_blind(one: "Waiting", as_json: bool, reader: "Reader") -> None:
    if as_json:
        _print_json(_plain(one, True))
        return
    click.echo(f"{one.number}  {one.name}  {one.asked}  {one.at.astimezone():%Y-%m-%d %H:%M}  {one.path or ''}")
    if one.assessment:
        click.echo(reader.call(one.assessment.text, one.language))


def _tell(store: "Store", one: "Waiting", as_json: bool, reader: "Reader") -> None:
    from trainer.commands import drawing
    from trainer.records.inbox import comments

    said = [told for told in comments(store, one.learner, one.session) if told.turn == one.turn]
    if as_json:
        _print_json({**_plain(one, False), "assessment": one.assessment and asdict(one.assessment),
                     "comments": [asdict(told) for told in said]})  # fmt: skip
        return
    click.echo(f"{one.number}  {one.name}  {one.asked}  {one.at.astimezone():%Y-%m-%d %H:%M}  {one.path or ''}")
    if one.assessment:
        show(drawing.assessment(one.assessment, reader=reader))
    for told in said:
        points = "" if told.judged is None else f" {told.judged:g}"
        click.echo(f"{told.at.astimezone():%Y-%m-%d}  {told.by}:{points} {told.text}")


def _play(one: "Waiting", options: Any) -> None:

    from trainer.audio.files import read
    from trainer.audio.recording import SAMPLE_RATE
    from trainer.live.program import Program
    from trainer.phrasebook.draw import recall

    if one.path is None:
        message = _("of attempt {number} there is no recording that may be heard here.")
        raise UserError(message.format(number=one.number))
    with closing(Program(options, lambda trouble: click.echo(f"ruston: {trouble}", err=True))) as program:
        phrase = program.book.find(one.asked) or recall(program.book, one.asked)
        reference = program.reference(phrase, one.language) if phrase else None
        sounds = [(read(one.path).samples, SAMPLE_RATE)]
        program.play(*sounds, *([(reference.samples, reference.rate)] if reference else ()))


@desk.command(
    help=_(
        "Rate an attempt: your points, or the machine's kept, with a comment for the learner; --again asks for the "
        "call once more. Your points count, the machine's stay beside them. Blind ones only measure."
    )
)
@click.argument("number", type=click.IntRange(1, MOST), metavar="ATTEMPT")
@click.option("--points", type=Number(0, 100), help=_("Your points, 0 to 100."))
@click.option("--keep", is_flag=True, help=_("The machine's points are right."))
@click.option("--comment", default="", metavar="TEXT", help=_("What to tell the learner."))
@click.option("--again", is_flag=True, help=_("Assign this call: to be said again."))
@click.option("--blind", is_flag=True, help=_("You have not seen the score."))
@by_option
@record_store
@as_json
def rate(
    number: int, points: float | None, keep: bool, comment: str, again: bool, blind: bool, by: str | None,
    url: str | None, as_json: bool,
) -> None:  # fmt: skip
    from trainer.records import ratings
    from trainer.records.review import attempt, say_again
    from trainer.records.store import Store

    if keep and points is not None:
        raise UserError(_("either --points or --keep."))
    if blind and (keep or points is None):
        raise UserError(_("a blind rating needs --points."))
    with Store.open(url) as store:
        who = at_the_desk(store, by)
        one = attempt(store, number)
        rated = points is not None or keep
        if rated or not again:
            kind: ratings.Kind = "score" if points is not None else "keep" if keep else "comment"
            ratings.rate(store, ratings.Rating(number, who, kind, points, comment, blind))
        asked = say_again(store, one, who, "" if rated else comment) if again else None
    if as_json:
        _print_json({"attempt": number, "by": who, "points": points, "keep": keep, "comment": comment, "blind": blind,
                     "assignment": asked})  # fmt: skip
        return
    if points is not None:
        text = _("Attempt {number}: {points:g} points by {by}; the machine gave {machine:.0f}.")
        if blind:
            text = _("Attempt {number}: {points:g} points by {by}, blind.")
        click.echo(text.format(number=number, points=points, by=who, machine=one.points))
    elif keep:
        text = _("Attempt {number}: the machine's {machine:.0f} points stay.")
        click.echo(text.format(number=number, machine=one.points))
    if comment:
        click.echo(_("{name} will read: {comment}").format(name=one.name, comment=comment))
    if asked is not None:
        text = _("Assignment {assignment}: {name} says {call} again.")
        click.echo(text.format(assignment=asked, name=one.name, call=one.asked))


@desk.command(
    help=_(
        "How far the machine and the blind ratings agree, rater by rater and the raters among themselves; the ten "
        "worst disagreements; the pass mark that would part passes from failures as the rater does."
    )
)
@click.option("--by", "raters", multiple=True, metavar="NAME", help=_("Only this rater; may be repeated."))
@click.option("--pass-mark", type=Number(0, 100), default=PASS_MARK, show_default=True, help=_("Points that pass."))
@click.option("--language", type=click.Choice(LANGUAGES), help=_("Only calls in this language."))
@record_store
@as_json
def agreement(
    raters: tuple[str, ...], pass_mark: float, language: Language | None, url: str | None, as_json: bool
) -> None:  # fmt: skip
    from trainer.records.store import Store
    from trainer.records.tables import ratings
    from trainer.reports.blind import bench, rated_calls

    with Store.open(url, read_only=True) as store:
        calls = rated_calls(store, [ratings.c.by.in_(raters)] if raters else [])
    calls = tuple(call for call in calls if language in (None, call.language))
    if not calls:
        raise UserError(_("there are no blind ratings yet. `ruston desk review --blind 30` makes some."))
    found = bench(calls, pass_mark)
    if as_json:
        _print_json(
            {
                "calls": len(calls), "pass_mark": pass_mark,
                "raters": {name: asdict(one) for name, one in found.raters.items()},
                "together": found.together and asdict(found.together), "alpha": found.alpha,
                "against_rest": dict(found.against_rest),
                "worst": [
                    {"attempt": call.number, "call": call.asked, "machine": call.machine, "by": name,
                     "points": call.ears[name]}
                    for call, name in found.worst
                ],
            }
        )  # fmt: skip
        return
    _show_bench(found, pass_mark)


def _show_bench(found: "Bench", pass_mark: float) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 2, 0, 0), width=80)
    for heading in (_("rater"), _("calls"), "r", "ρ", _("difference"), "κ", _("pass mark for this ear")):
        table.add_column(heading, justify="left" if heading == _("rater") else "right")
    rows = {**found.raters, **({_("all together"): found.together} if found.together else {})}
    for name, one in rows.items():
        mark = "–" if one.mark is None else f"{one.mark:.0f}"
        apart = f"{figure(one.difference, '+.1f')} ± {figure(one.spread, '.1f')}"
        figures = (*(figure(r, ".2f") for r in (one.pearson, one.spearman)), apart, figure(one.kappa, ".2f"), mark)
        table.add_row(Text(name), str(one.n), *figures)
    show(table)
    text = _(
        "r: Pearson, ρ: Spearman, with the machine; difference: the machine's mean less the rater's, with the spread "
        "of single calls; κ: of pass and fail at {mark:g} points beyond chance."
    )
    click.echo(text.format(mark=pass_mark))
    if found.alpha is not None:
        click.echo(_("Raters among themselves: Krippendorff's alpha {alpha:.2f}.").format(alpha=found.alpha))
        for name, value in found.against_rest.items():
            click.echo(_("{name} against the mean of the others: r {r:.2f}.").format(name=name, r=value))
    click.echo(_("Furthest apart (`ruston desk review NUMBER --play`):"))
    for call, name in found.worst:
        click.echo(f"{call.number:6}  {call.asked:12}  {call.machine:5.0f} : {call.ears[name]:.0f}  {name}")


@desk.command(
    help=_(
        "Give the blind ratings away as a file without names, texts of people, times or voices: the machine's marks of "
        "every sound, and what raters said."
    )
)
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help=_("The file; without: standard output."))
@record_store
@as_json
def ratings(out: Path | None, url: str | None, as_json: bool) -> None:
    from trainer.commands.export import write_text
    from trainer.records.store import Store
    from trainer.reports import ratings_file
    from trainer.reports.blind import rated_calls

    with Store.open(url, read_only=True) as store:
        calls = rated_calls(store)
    if not calls:
        raise UserError(_("there are no blind ratings yet. `ruston desk review --blind 30` makes some."))
    write_text(lambda file: ratings_file.write(calls, file), out, "utf-8")
    if out and as_json:
        _print_json({"path": str(out), "calls": len(calls)})
    elif out:
        text = ngettext("{path}: ratings of {n} call.", "{path}: ratings of {n} calls.", len(calls))
        click.echo(text.format(path=out, n=len(calls)))


def _print_json(content: dict[str, Any]) -> None:
    click.echo(json.dumps({"schema": SCHEMA, **content}, ensure_ascii=False, default=_written))


def _written(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
