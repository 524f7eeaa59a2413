"""The commands, one file each. Thin: they read arguments, call the program, print. Heavy imports wait until needed."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trainer import __version__
from trainer.errors import UserError
from trainer.languages import LANGUAGES
from trainer.messages import gettext as _
from trainer.settings import settings
from trainer.text_out import show as show
from trainer.text_out import use_utf8

if TYPE_CHECKING:
    from trainer.phrasebook.phrase import Phrase, Phrasebook


def _in_utf8(_context: click.Context, _option: click.Parameter, wanted: bool) -> bool:
    if wanted:
        use_utf8()
    return wanted


as_json = click.option(
    "--json", "as_json", is_flag=True, callback=_in_utf8, help=_("Print JSON lines for other programs.")
)


class Number(click.FloatRange):
    """A number in a range: Python reads `nan` as one, and no range refuses it."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(_("{value} is no number.").format(value=value), param, ctx)
        return number


phrasebook = click.option(
    "--phrasebook",
    "book_path",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help=_("A phrasebook file or folder instead of the mission's."),
)
record_store = click.option(
    "--records",
    "url",
    metavar="URL",
    help=_("A file, or postgresql://USER@HOST/DATABASE (default: RUSTON_RECORDS, then the data folder)."),
)


@click.group(
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=_("Radio drills in two languages, scored phone by phone."),
)
@click.version_option(__version__)
@click.option(
    "--interface",
    type=click.Choice(LANGUAGES),
    expose_value=False,
    help=_("Language of the interface (default: RUSTON_INTERFACE, then the system's)."),
)
@click.pass_context
def ruston(context: click.Context) -> None:
    if trouble := settings().trouble:
        click.echo(f"ruston: {trouble}", err=True)
    if context.invoked_subcommand is None:
        from trainer.commands.console import open_console

        open_console()


def find_phrase(book: "Phrasebook", phrase_id: str) -> "Phrase":
    """The call with an id; one with figures is drawn from its template. Raises UserError that names near ones."""
    from trainer.phrasebook.draw import recall

    if found := book.find(phrase_id) or recall(book, phrase_id):
        return found
    from rapidfuzz import process

    near = [match for match, _score, _i in process.extract(phrase_id.upper(), [p.id for p in book.phrases], limit=3)]
    message = _("there is no phrase {id}. Did you mean {near}? `ruston phrases TEXT` searches.")
    raise UserError(message.format(id=phrase_id, near=", ".join(near)))


# Each command registers itself with the group when its file is read.
from trainer.commands import (  # noqa: E402
    audio,  # noqa: F401
    bench,  # noqa: F401
    check,  # noqa: F401
    console,  # noqa: F401
    deck,  # noqa: F401
    demo,  # noqa: F401
    desk,  # noqa: F401
    doctor,  # noqa: F401
    drill,  # noqa: F401
    export,  # noqa: F401
    hand_in,  # noqa: F401
    models,  # noqa: F401
    pair,  # noqa: F401
    phrasebooks,  # noqa: F401
    phrases,  # noqa: F401
    privacy,  # noqa: F401
    readbacks,  # noqa: F401
    records,  # noqa: F401
    reference,  # noqa: F401
    report,  # noqa: F401
    score,  # noqa: F401
    sessions,  # noqa: F401
    timeline,  # noqa: F401
    words,  # noqa: F401
)
