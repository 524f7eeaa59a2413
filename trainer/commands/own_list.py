"""`ruston own-list`: calls that a learner has marked, to drill them by themselves."""

import json
from pathlib import Path

import click

from trainer.commands import as_json, find_phrase, phrasebook, record_store, ruston
from trainer.commands.drill import newcomer_option, seated
from trainer.errors import UserError
from trainer.languages import LANGUAGES, Language
from trainer.messages import gettext as _

SCHEMA = "ruston.listed/1"


@ruston.command(
    name="own-list",
    help=_("`ruston drill --own-list` drills it."),
)
@click.argument("calls", nargs=-1, metavar="[ID]...")
@click.option("--remove", is_flag=True, help=_("Take them off the list."))
@click.option("--crew", "who", default="leonov", metavar="NAME", help=_("Whose list: of a crew, or anybody's."))
@click.option("--first", type=click.Choice(LANGUAGES), help=_("The first language of somebody of no crew."))
@newcomer_option
@record_store
@phrasebook
@as_json
def own_list(
    calls: tuple[str, ...], remove: bool, who: str, first: Language | None, newcomer: bool, url: str | None,
    book_path: Path | None, as_json: bool,
) -> None:  # fmt: skip
    from trainer.live.planning import of_others, of_others_told
    from trainer.live.program import Options, Program

    if remove and not calls:
        raise UserError(_("say which: `ruston own-list ID --remove`."))
    program = Program(Options(records=url, book=book_path))
    try:
        seat = seated(program, who, first, newcomer=newcomer)
        named = [find_phrase(program.book, call).id for call in calls]
        for call in named:
            (program.take_off_list if remove else program.put_on_list)(call, seat)
        listed = program.listed(seat)
        if not remove and (others := of_others(program.book, seat, named)):
            click.echo(f"ruston: {of_others_told(program.book, others)}", err=True)
        if not listed and not as_json:
            click.echo(_("No call is on this list yet. `ruston own-list ID` puts one there."))
        for call in listed:
            phrase = find_phrase(program.book, call)
            row = {
                "schema": SCHEMA,
                "learner": seat.learner,
                "call": call,
                "en": phrase.text("en"),
                "ru": phrase.text("ru"),
            }
            text = program.reader(seat).call(phrase.text(seat.target), seat.target)
            told = f"{program.book.name_of(call)}  {text}  ({phrase.plain(seat.first)})"
            click.echo(json.dumps(row, ensure_ascii=False) if as_json else told)
    finally:
        program.close()
