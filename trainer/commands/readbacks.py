"""`ruston readbacks`: calls with figures and their readbacks, drawn from the templates."""

import json
from itertools import islice
from pathlib import Path

import click

from trainer.commands import as_json, phrasebook, ruston, show
from trainer.messages import gettext as _


@ruston.command(help=_("The same seed gives the same calls."))
@click.option("--count", default=10, show_default=True, type=click.IntRange(min=1), help=_("How many calls."))
@click.option("--seed", default=1, show_default=True, type=click.IntRange(min=0), help=_("Number of the draw."))
@phrasebook
@as_json
def readbacks(count: int, seed: int, book_path: Path | None, as_json: bool) -> None:
    from trainer.commands import drawing
    from trainer.phrasebook.draw import exchanges
    from trainer.phrasebook.load import load

    book = load(book_path)
    drawn = islice(exchanges(book, seed), count)
    if as_json:
        for cue, *answers in drawn:
            record = {"cue": cue, "readbacks": answers}
            click.echo(json.dumps(record, ensure_ascii=False, default=lambda call: call.model_dump(exclude_none=True)))
        return
    show(drawing.phrases([call for exchange in drawn for call in exchange], book))
