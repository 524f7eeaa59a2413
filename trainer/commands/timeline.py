"""`ruston timeline`: the mission's events on its clocks."""

from pathlib import Path

import click

from trainer.commands import as_json, phrasebook, ruston, show
from trainer.errors import UserError
from trainer.messages import gettext as _


@ruston.command
@phrasebook
@as_json
def timeline(book_path: Path | None, as_json: bool) -> None:
    from trainer.commands import drawing
    from trainer.phrasebook.load import load

    book = load(book_path)
    if not book.events:
        raise UserError(_("the phrasebook has no timeline."))
    if as_json:
        for event in book.events:
            click.echo(event.model_dump_json(exclude_none=True))
    else:
        show(drawing.timeline(book))
