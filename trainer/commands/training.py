"""What the commands that train ear, mouth and melody share: who sits there, with which sound and records."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from trainer.commands import phrasebook, record_store, show
from trainer.commands.drill import newcomer_option, program, seated, with_sound
from trainer.commands.ending import stoppable
from trainer.errors import UserError
from trainer.languages import LANGUAGES
from trainer.messages import gettext as _
from trainer.messages import ngettext
from trainer.text_in import Misunderstood, shown, typed_line
from trainer.text_out import plain_lines

if TYPE_CHECKING:
    from rich.console import RenderableType

    from trainer.audio.loudspeaker import Loudspeaker
    from trainer.audio.microphone import Microphone
    from trainer.drill.exercises import Exercise
    from trainer.live.practice import Practising
    from trainer.plain.lines import Said

Command = TypeVar("Command", bound=Callable[..., Any])


def training(command: Command) -> Command:
    """The options that say who trains, with which sound, and where it is kept."""
    options = (
        click.option("--crew", "who", default="leonov", metavar="NAME", help=_("Who trains: of a crew, or anybody.")),
        click.option("--first", type=click.Choice(LANGUAGES), help=_("The first language of somebody of no crew.")),
        newcomer_option,
        record_store,
        click.option("--no-records", is_flag=True, help=_("Keep nothing of this.")),
        with_sound,
        phrasebook,
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def tell(drawn: "RenderableType", *said: "Said") -> None:
    """What is drawn, or, where lines are wanted, what is said in its place."""
    if plain_lines():
        from trainer.plain.lines import Lines

        Lines().say(said)
    else:
        show(drawn)


@dataclass
class Trainee:
    """Somebody who trains at the command line."""

    practising: "Practising"
    _stack: ExitStack
    _microphone: "Microphone | None" = None

    def microphone(self) -> "Microphone":
        """Open until the command is over. Raises UserError."""
        from trainer.audio.doors import open_microphone

        program = self.practising.program
        self._microphone = self._stack.enter_context(open_microphone(program.mic, program.options.pace))
        return self._microphone

    def told(self, refusal: UserError) -> UserError:
        """Why it goes no further, where a stream that is over may be why."""
        if not getattr(self._microphone, "over", False):
            return refusal
        hint = _("The sound on standard input is over; with --pace fast it waits for the key.")
        return UserError(f"{refusal} {hint}")

    def read(self, word: str) -> str:
        """A word of the language that is learnt, as they can read it."""
        return self.practising.reader.word(word, self.practising.language)

    def help(self, text: str) -> str:
        """What stands behind a text of that language, for those who do not read it."""
        letters = self.practising.reader.read(text, self.practising.language)
        return f"  ({letters})" if letters else ""

    def loudspeaker(self) -> "Loudspeaker":
        return self.practising.program.open_loudspeaker(self._stack)


@contextmanager
def trainee(
    who: str, first: Any, newcomer: bool, url: str | None, no_records: bool, mic: str | None, speaker: str | None,
    pace: str | None, radio: float, voice: str, model_path: Path | None, book_path: Path | None,
) -> Iterator[Trainee]:  # fmt: skip
    from trainer.live.practice import Practising

    with (
        ExitStack() as stack,
        program(
            mic=mic, speaker=speaker, pace=pace, radio=radio, voice=voice, model_path=model_path, url=url,
            no_records=no_records, book_path=book_path,
        ) as running,
    ):  # fmt: skip
        seat = seated(running, who, first, newcomer=newcomer)
        practising, began = Practising(running, seat), running.options.now()
        person = Trainee(practising, stack)
        try:
            with stoppable(lambda: _kept(practising.kept_since(began))), stack:
                yield person
        except UserError as refusal:
            raise person.told(refusal) from refusal


def _kept(exercises: int) -> str:
    return ngettext("{n} exercise is kept.", "{n} exercises are kept.", exercises).format(n=exercises)


def typed_number(most: int, asked: str) -> int | None:
    """From 1 on, of whoever sits at the keys or of another program; what is no such number is told, and asked again.
    None when no more come."""
    misunderstood, numbers = Misunderstood(), {str(number) for number in range(1, most + 1)}
    while True:
        if sys.stdin.isatty():
            if plain_lines():
                tell("", (_("Question"), _("{asked}, 1 to {most}").format(asked=asked, most=most)))
            else:
                click.echo(f"1-{most} ? ({asked}) ", nl=False, err=True)
        line = typed_line()
        if line is None:
            return None
        if line in numbers:
            return int(line)
        message = _("{answer}: an answer is a number from 1 to {most}.")
        click.echo("ruston: " + message.format(answer=shown(line) or "↵", most=most), err=True)
        misunderstood.one_more()


def show_how_many(answers: "Sequence[Exercise]", asked: int, as_json: bool) -> None:
    """Of the answers how many were right, where there are any. asked: how many there were to be. Raises UserError where
    another program's ended before."""
    if answers and not as_json:
        right = sum(exercise.right for exercise in answers)
        told = _("{right} of {n} right.").format(right=right, n=len(answers))
        tell(told, (_("Debrief"), told))
    if len(answers) < asked and sys.stdin.isatty() and not as_json:
        left = _("Left after {n} of {asked} questions.").format(n=len(answers), asked=asked)
        tell(left, (_("Debrief"), left))
    if len(answers) < asked and not sys.stdin.isatty():
        message = _("the answers ended after {n} of {asked} questions.")
        raise UserError(message.format(n=len(answers), asked=asked))
