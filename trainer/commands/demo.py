"""`ruston demo`: the guided drill, in the console or, where there is no terminal, as text."""

from contextlib import closing
from typing import TYPE_CHECKING

import click

from trainer.commands import as_json, ruston, show
from trainer.messages import gettext as _
from trainer.messages import interface_language
from trainer.text_out import full_screen

if TYPE_CHECKING:
    from trainer.drill.events import Event
    from trainer.drill.session import State
    from trainer.reader import Reader


@ruston.command
@click.option("--speaker", metavar="FILE|NAME|mute", help=_("A loudspeaker, a WAV file to write, or mute."))
@as_json
def demo(speaker: str | None, as_json: bool) -> None:

    if as_json or not full_screen():
        _as_text(as_json)
        return
    from trainer.commands.console import run_console
    from trainer.live.program import Options
    from trainer.tui.app import Console
    from trainer.tui.screens.demo import DemoPage

    run_console(Console(Options(speaker=speaker), DemoPage))


def _as_text(as_json: bool) -> None:
    """The same drill as fast as possible, told line by line."""
    from trainer.commands.drill import event_json, tell
    from trainer.commands.ending import nothing_kept, stoppable
    from trainer.live import demo
    from trainer.live.addressee import addressee
    from trainer.live.program import Options, Program

    number = 0

    def tell_of(event: "Event", state: "State") -> None:
        nonlocal number
        if as_json:
            click.echo(event_json(event, "demo", number))
            number += 1
        else:
            _tell(event, state, reader)

    reader = addressee(None, None, None)
    program = Program(Options(speaker="mute", pace="fast", keep=False), tell)
    plan = demo.plan(program.book, interface_language())
    microphone = demo.ScriptedMicrophone(demo.clips(), "fast")
    drill = program.open_drill(plan, microphone, watched=lambda log: log.follow(tell_of))
    with stoppable(nothing_kept), closing(drill):
        transceiver = drill.transceiver
        transceiver.next_cue()
        for step in demo.SCRIPT:
            if not as_json:
                click.echo(step.text())
            match step.act:
                case "say":
                    transceiver.talk()
                case "again" | "next":
                    transceiver.advance(step.act)
                    transceiver.next_cue()
        transceiver.end("completed")


def _tell(event: "Event", state: "State", reader: "Reader") -> None:
    from trainer.commands import drawing, transcript
    from trainer.drill.events import Assessed, Cue, Opened

    if isinstance(event, Assessed):
        show(drawing.assessment(event.assessment, reader=reader))
    elif isinstance(event, Cue | Opened) and (line := transcript.event(event, state, reader)):
        show(line)
