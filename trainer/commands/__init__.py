"""The commands, one file each. Thin: they read arguments, call the program, print. What a command needs is imported by
that command, when it runs."""

import math
import re
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trainer import __version__
from trainer.commands.listed import COMMANDS, Listed
from trainer.errors import UserError
from trainer.languages import LANGUAGES
from trainer.messages import gettext as _
from trainer.settings import settings
from trainer.text_out import show as show
from trainer.text_out import use_utf8

if TYPE_CHECKING:
    from trainer.phrasebook.phrase import Phrase, Phrasebook


def _located(context: click.Context, parameter: click.Parameter, named: Path | None) -> Path | None:
    from trainer.phrasebook.books import located

    return located(named)


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
    callback=_located,
    metavar="PATH",
    help=_("A phrasebook instead of the mission's: a file, a folder, or station, checklist."),
)
record_store = click.option(
    "--records",
    "url",
    metavar="URL",
    help=_("A file, or postgresql://USER@HOST/DATABASE (default: RUSTON_RECORDS, then the data folder)."),
)


CONSOLE = "console"
LONGEST_HELP = 500  # characters of the first sentence of a command


class Spoken(click.Command):
    """A command whose usage is in the language of the interface, what stands for its arguments, too."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.options_metavar = _placeholders(self.options_metavar)
        for parameter in self.params:
            number = "N" if isinstance(parameter.type, click.types.IntParamType | click.types.FloatParamType) else None
            parameter.metavar = _placeholders(parameter.metavar or number)


class SpokenGroup(Spoken, click.Group):
    command_class = Spoken
    group_class: type[click.Group] | type[type] | None = type  # groups of a group are like it

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.subcommand_metavar = _placeholders(self.subcommand_metavar) or ""

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """As click does, but none is cut off."""
        known = [(name, self.get_command(context, name)) for name in self.list_commands(context)]
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, found.get_short_help_str(LONGEST_HELP)) for name, found in known if found])


def _placeholders(metavar: str | None) -> str | None:
    return metavar and re.sub(r"[A-Z][A-Z_=]+", lambda word: _(word[0]), metavar)


class Commands(SpokenGroup):
    """The commands of `COMMANDS`, each read when it is wanted first."""

    group_class = SpokenGroup

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        """Options of the console before any command open it with them: `ruston --mic talk.wav`."""
        own = {name: option for option in self.get_params(context) for name in option.opts}
        at = 0
        while at < len(args) and isinstance(option := own.get(args[at].partition("=")[0]), click.Option):
            at += 1 if option.is_flag or "=" in args[at] else 2
        if at < len(args) and args[at].startswith("-"):
            console = self.get_command(context, CONSOLE)
            if console is not None and any(args[at].partition("=")[0] in known.opts for known in console.params):
                args = [*args[:at], CONSOLE, *args[at:]]
        return super().parse_args(context, args)

    def list_commands(self, context: click.Context) -> list[str]:
        return [name for group in COMMANDS.values() for name in group]

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if listed := _listed(name):
            for module in listed.files:
                import_module(f"{__name__}.{module}")  # a command registers itself when its file is read
        return super().get_command(context, name)

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        """Its own help goes on where the list's sentence ends."""
        if listed := _listed(name or cmd.name):
            cmd.help = " ".join(filter(None, (_(listed.told), cmd.help)))
        super().add_command(cmd, name)

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        for heading, group in COMMANDS.items():
            with formatter.section(_(heading)):
                formatter.write_dl([(name, _(listed.told)) for name, listed in group.items()])


def _listed(name: str | None) -> Listed | None:
    return next((group[name] for group in COMMANDS.values() if name in group), None)


@click.group(
    cls=Commands,
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
@click.option(
    "--plain", is_flag=True, expose_value=False,
    help=_("Labelled lines and numbered choices, no pictures (also: RUSTON_PLAIN=1, or plain in the settings)."),
)  # fmt: skip
@click.pass_context
def ruston(context: click.Context) -> None:
    if trouble := settings().trouble:
        click.echo(f"ruston: {trouble}", err=True)
    if context.invoked_subcommand is None:
        console = context.command.get_command(context, "console")  # type: ignore[attr-defined]
        context.invoke(console)


def find_phrase(book: "Phrasebook", phrase_id: str) -> "Phrase":
    """The call with an id; one with figures is drawn from its template. Raises UserError that names near ones."""
    from trainer.phrasebook.draw import recall

    if found := book.named(phrase_id) or recall(book, phrase_id):
        return found
    from rapidfuzz import process

    near = [match for match, _score, _i in process.extract(phrase_id.upper(), [p.id for p in book.phrases], limit=3)]
    message = _("there is no phrase {id}. Did you mean {near}? `ruston phrases TEXT` searches.")
    raise UserError(message.format(id=phrase_id, near=", ".join(near)))
