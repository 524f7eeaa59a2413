"""`ruston phrasebook deck`: calls to take along, as an Anki deck."""

import json
from pathlib import Path

import click

from trainer.atomic_files import writing
from trainer.commands import as_json, find_phrase
from trainer.commands import phrasebook as book_option
from trainer.commands.addressed import addressed
from trainer.commands.phrasebooks import phrasebook
from trainer.errors import UserError
from trainer.languages import LANGUAGES, Language
from trainer.messages import gettext as _
from trainer.messages import interface_language

SCHEMA = "ruston.deck/1"


@phrasebook.command(help=_("Write calls as an Anki deck (.apkg), with their readings: two cards a call."))
@click.argument("ids", nargs=-1, metavar="[ID...]")
@click.option("--language", type=click.Choice(LANGUAGES), required=True, help=_("The language that is learnt."))
@click.option("--phase", metavar="ID", help=_("All calls of this mission phase."))
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("ruston.apkg"), show_default=True, metavar="FILE",
    help=_("The file."),
)  # fmt: skip
@addressed
@book_option
@as_json
def deck(
    ids: tuple[str, ...], language: Language, phase: str | None, out: Path, learner: str | None, url: str | None,
    book_path: Path | None, as_json: bool,
) -> None:  # fmt: skip
    from trainer.live.addressee import addressee
    from trainer.phrasebook.lexicon import for_book
    from trainer.phrasebook.load import load
    from trainer.reports.anki import write

    book = load(book_path)
    names = {one.id: one.name[interface_language()] for one in book.phases}
    if phase is not None and phase not in names:
        message = _("there is no phase {phase}. There are: {phases}.")
        raise UserError(message.format(phase=phase, phases=", ".join(names)))
    calls = [find_phrase(book, wanted) for wanted in ids]
    calls += [one for one in book.phrases if (phase is None and not ids) or one.phase == phase]
    title = "RUSTON" + (f" · {names[phase]}" if phase else "") + f" · {language}"
    reader, lexicon = addressee(learner, url, book_path), for_book(book_path, language)
    with writing(out) as file:
        made = write(file, title, dict.fromkeys(calls), language, lexicon, book.name_of, reader)
    if as_json:
        content = {"path": str(out), "calls": made.calls, "readings": made.readings}
        click.echo(json.dumps({"schema": SCHEMA, **content}, ensure_ascii=False))
    else:
        click.echo(_("{path}: {calls} calls, {readings} of them to hear.").format(path=out, **vars(made)))
