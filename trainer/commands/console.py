"""`ruston` alone, and `ruston console` with options: the console, all of it in the terminal."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from trainer.commands import phrasebook, record_store, ruston
from trainer.errors import UserError
from trainer.messages import gettext as _
from trainer.text_out import clean_terminal, full_screen, plain_lines

if TYPE_CHECKING:
    from trainer.live.program import Options
    from trainer.tui.app import Console


@ruston.command
@click.option("--mic", metavar="FILE|DIR|-|NAME", help=_("Recordings instead of a microphone, or its name."))
@click.option("--speaker", metavar="FILE|NAME|mute", help=_("A loudspeaker, a WAV file to write, or mute."))
@click.option("--pace", type=click.Choice(["real", "fast"]), default="real", help=_("How fast recordings play."))
@click.option("--seed", type=click.IntRange(0), metavar="N", help=_("Draw the same calls again."))
@click.option("--size", type=click.IntRange(1, 200), metavar="N", help=_("How many calls (not of a checklist)."))
@click.option("--no-records", is_flag=True, help=_("Keep nothing of this drill."))
@click.option(
    "--model", "model_path", type=click.Path(path_type=Path), metavar="DIR", help=_("Another acoustic model.")
)
@record_store
@phrasebook
def console(
    mic: str | None, speaker: str | None, pace: Literal["real", "fast"], seed: int | None, size: int | None,
    no_records: bool, model_path: Path | None, url: str | None, book_path: Path | None,
) -> None:  # fmt: skip
    from trainer.live.program import Options

    if mic == "-":
        raise UserError(_("the console reads the keys from standard input, so the microphone cannot be there, too."))
    open_console(
        Options(
            mic=mic, speaker=speaker, pace=pace, records=url, keep=not no_records, book=book_path, model=model_path,
            seed=seed, size=size,
        )
    )  # fmt: skip


def open_console(options: "Options | None" = None) -> None:
    """In lines where they are wanted. Raises UserError where there is no terminal."""
    if plain_lines():
        from trainer.live.program import Options
        from trainer.plain import desk

        with clean_terminal():
            desk.run(options or Options())
        return
    if not full_screen():
        raise UserError(_("the console needs a terminal. `ruston --help` lists the commands that need none."))
    from trainer.tui.app import Console

    run_console(Console(options))


def run_console(console: "Console") -> None:
    """To its end; what the C libraries of the sound devices complain of is kept off its pictures. Raises
    KeyboardInterrupt where the process was told to end."""

    with clean_terminal():
        console.run()
    if console.told_to_end:
        raise KeyboardInterrupt
