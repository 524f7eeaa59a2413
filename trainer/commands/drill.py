"""`ruston drill`: a drill from the first cue to the last score."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trainer.commands import Number, as_json, phrasebook, record_store, ruston, show
from trainer.commands.ending import end_at_sigterm
from trainer.drill.plan import MODES
from trainer.errors import UserError
from trainer.languages import LANGUAGES, Language
from trainer.messages import gettext as _
from trainer.text_out import clean_terminal, full_screen, plain_lines

if TYPE_CHECKING:
    from trainer.drill.events import Event
    from trainer.drill.plan import Mode, Plan, Seat
    from trainer.drill.session import State
    from trainer.live.program import Program
    from trainer.live.session_log import SessionLog
    from trainer.reader import Reader
    from trainer.speakers import Speaker

sound_options = (
    click.option("--mic", metavar="FILE|DIR|-|NAME", help=_("Recordings instead of a microphone, or its name.")),
    click.option("--speaker", metavar="FILE|NAME|mute", help=_("A loudspeaker, a WAV file to write, or mute.")),
    click.option(
        "--pace", type=click.Choice(["real", "fast"]), default=None,
        help=_("Recordings play in real time, or as fast as the computer can (default with --mic FILE or DIR)."),
    ),
    click.option("--radio", type=Number(0, 1), default=0.4, help=_("How strong the radio colour is.")),
    click.option("--voice", type=click.Choice(["woman", "man"]), default="man", help=_("The voice of the prompts.")),
    click.option(
        "--model", "model_path", type=click.Path(path_type=Path), metavar="DIR", help=_("Another acoustic model.")
    ),
)  # fmt: skip


newcomer_option = click.option("--newcomer", is_flag=True, help=_("Somebody new, though a name like it is known."))


def with_sound(command: Any) -> Any:
    """The options that say where sound comes from and goes to."""
    for option in reversed(sound_options):
        command = option(command)
    return command


@ruston.command
@click.option("--crew", "who", default="leonov", metavar="NAME", help=_("Who is drilled: a crew member, or anybody."))
@click.option("--first", type=click.Choice(LANGUAGES), help=_("The first language of somebody who is of no crew."))
@newcomer_option
@click.option("--station", "place", type=click.Choice(["apollo", "soyuz", "any"]), help=_("Whose calls they say."))
@click.option("--mode", type=click.Choice(MODES), default="echo", help=_("The kind of drill."))
@click.option("--phase", metavar="ID", help=_("Only calls of this mission phase."))
@click.option("--size", type=click.IntRange(1, 200), metavar="N", help=_("How many calls (not of a checklist)."))
@click.option("--seed", type=click.IntRange(0), metavar="N", help=_("Draw the same calls again."))
@click.option("--pass-mark", type=Number(0, 100), metavar="N", help=_("Points from which a call is done."))
@click.option("--own-list", "listed", is_flag=True, help=_("The calls on one's own list, as `ruston own-list`."))
@click.option("--headless", is_flag=True, help=_("Without the console: key down by itself, events to standard output."))
@record_store
@click.option("--no-records", is_flag=True, help=_("Keep nothing of this drill."))
@with_sound
@phrasebook
@as_json
def drill(
    who: str, first: Language | None, newcomer: bool, place: "Speaker | None", mode: "Mode", phase: str | None,
    size: int | None, seed: int | None, pass_mark: float | None, listed: bool, headless: bool, url: str | None,
    no_records: bool, mic: str | None, speaker: str | None, pace: str | None, radio: float, voice: str,
    model_path: Path | None, book_path: Path | None, as_json: bool,
) -> None:  # fmt: skip
    if listed and phase is not None:
        raise UserError(_("one's own list is drilled as it is, not by phase: leave --phase out."))
    if in_console(headless, as_json):
        from trainer.commands.console import open_console
        from trainer.live.program import Options, Program

        options = Options(
            mic=mic, speaker=speaker, pace="fast" if pace == "fast" else "real", records=url, keep=not no_records,
            book=book_path, model=model_path, seed=seed, size=size, mode=mode, phase=phase, listed=listed,
            pass_mark=pass_mark, station=place,
        )  # fmt: skip
        seat = seated(Program(options), who, first, place, newcomer)  # refused or asked before the screen opens
        open_console(replace(options, who=seat.learner, first=seat.first, name=seat.name))
        return
    with program(
        mic=mic, speaker=speaker, pace=pace, radio=radio, voice=voice, model_path=model_path, url=url,
        no_records=no_records, book_path=book_path, seed=seed, size=size, pass_mark=pass_mark,
    ) as running:  # fmt: skip
        seat = seated(running, who, first, place, newcomer)
        plan = running.plan_listed(seat, mode) if listed else running.plan(mode, phase, seat=seat)
        run_headless(running, plan, as_json)


def seated(
    running: "Program", who: str, first: Language | None = None, station: "Speaker | None" = None,
    newcomer: bool = False,
) -> "Seat":  # fmt: skip
    """Who sits here, known by the records or new. Where a name may mean one or another, a person at the keys is asked.

    Raises UserError."""
    from trainer.live.planning import Doubtful

    try:
        return running.seat_of(who, first, station=station, newcomer=newcomer)
    except Doubtful as doubt:
        if not sys.stdin.isatty():
            raise
        perhaps = doubt.perhaps
    for number, person in enumerate(perhaps, 1):
        click.echo(f"{number}  {person.names[0]} ({person.key})", err=True)
    click.echo("0  " + _("somebody new"), err=True)
    number = click.prompt(_("Who is it?"), type=click.IntRange(0, len(perhaps)), err=True)
    return running.seat_of(perhaps[number - 1].key if number else who, first, station=station, newcomer=not number)


def in_console(headless: bool, as_json: bool) -> bool:
    """Whether somebody is there to press the key: at the console, or at its lines."""
    return not (headless or as_json) and (full_screen() or plain_lines())


@contextmanager
def program(
    *, mic: str | None, speaker: str | None, pace: str | None, radio: float, voice: str, model_path: Path | None,
    url: str | None = None, no_records: bool = False, book_path: Path | None = None, seed: int | None = None,
    size: int | None = None, pass_mark: float | None = None, listened_to: bool = False,
) -> "Iterator[Program]":  # fmt: skip
    """The running program, as the options say; it tells of trouble on standard error. listened_to: somebody hears the
    recordings, so that they play in real time unless something else is said."""
    from trainer.live.program import TRIES, Options, Program

    recorded = mic is not None and (mic == "-" or Path(mic).exists())
    at_once = recorded and mic != "-" and not listened_to
    running = Program(
        Options(
            mic=mic, speaker=speaker, pace="fast" if pace == "fast" or (pace is None and at_once) else "real",
            tries=1 if recorded else TRIES, records=url, keep=not no_records, book=book_path, model=model_path,
            seed=seed, size=size, pass_mark=pass_mark,
        ),
        tell,
    )  # fmt: skip
    running.radio = radio
    running.voices = dict.fromkeys(LANGUAGES, "woman" if voice == "woman" else "man")
    with clean_terminal():
        try:
            yield running
        finally:
            running.close()


def tell(trouble: str) -> None:
    click.echo(f"ruston: {trouble}", err=True)


def run_headless(running: "Program", plan: "Plan", as_json: bool, events: "Sequence[Event]" = ()) -> None:
    """To the end of the drill, or until somebody stops the program: then the session says so and can be resumed."""
    from trainer.live.transceiver import run

    reporters: list[Reporter] = []
    readers = {seat.id: running.reader(seat) for seat in plan.seats}
    drill = running.open_drill(
        plan, events=events, watched=lambda log: reporters.append(Reporter(log, as_json, readers))
    )
    end_at_sigterm()
    try:
        run(drill.transceiver, running.options.tries)
    except KeyboardInterrupt:
        click.echo(_("Stopped. `ruston sessions resume` goes on."), err=True)
        sys.exit(130)
    finally:
        drill.close()
    reporters[0].close(drill.state, running.book.name_of)


class Reporter:
    """Tells of every event on standard output: one JSON object a line, or a line for people."""

    def __init__(
        self, log: "SessionLog", as_json: bool, readers: "Mapping[str, Reader] | None" = None,
        otherwise: "Reader | None" = None, head: str = "",
    ) -> None:  # fmt: skip
        """readers: who sits here, by their seats. otherwise: who reads what is said to none of them. head: stands
        before every line for people."""
        from trainer.wording import ANYBODY

        self._as_json, self._readers, self._head = as_json, readers or {}, head
        self._otherwise = otherwise or next(iter(self._readers.values()), ANYBODY)
        self._number = log.count
        log.follow(self)

    def __call__(self, event: "Event", state: "State") -> None:
        from trainer.commands import transcript

        if self._as_json:
            click.echo(event_json(event, state.plan.session if state.plan else "", self._number))
        else:
            reader = self._readers.get(getattr(event, "seat", None) or "", self._otherwise)
            if shown := transcript.event(event, state, reader, self._readers, self._head):
                show(shown)
        self._number += 1

    def close(self, state: "State", named: Callable[[str], str] = str) -> None:
        """named: what people call a call."""
        from trainer.commands import transcript

        if not self._as_json:
            show(transcript.debrief(state, named))


def event_json(event: "Event", session: str, number: int) -> str:
    from trainer.drill.events import SCHEMA, to_json

    head = {"schema": SCHEMA, "session": session, "seq": number}
    return json.dumps(head)[:-1] + ", " + to_json(event)[1:]
