"""`ruston demo`: the guided drill, in the console or, where there is no terminal, as text."""

from typing import TYPE_CHECKING

import click

from trainer.commands import as_json, ruston, show
from trainer.messages import gettext as _
from trainer.messages import interface_language
from trainer.text_out import full_screen

if TYPE_CHECKING:
    from trainer.drill.events import Event
    from trainer.drill.session import State


@ruston.command(help=_("See a drill on recorded voices, in two minutes: no microphone, no set-up."))
@click.option("--speaker", metavar="FILE|NAME|mute", help=_("A loudspeaker, a WAV file to write, or mute."))
@as_json
def demo(speaker: str | None, as_json: bool) -> None:

    if as_json or not full_screen():
        _as_text(as_json)
        return
    from trainer.live.program import Options
    from trainer.tui.app import Console
    from trainer.tui.screens.demo import DemoPage

    Console(Options(speaker=speaker), DemoPage).run()


def _as_text(as_json: bool) -> None:
    """The same drill as fast as possible, told line by line."""
    from trainer.audio.playback import MuteLoudspeaker
    from trainer.commands.drill import event_json
    from trainer.drill.events import Opened
    from trainer.live import demo
    from trainer.live.scorer import Scorer
    from trainer.live.session_log import SessionLog
    from trainer.live.transceiver import SoundClock, Transceiver
    from trainer.phrasebook.load import load
    from trainer.speech.choosing import phone_model

    book = load()
    log = SessionLog()
    number = 0

    def tell(event: "Event", state: "State") -> None:
        nonlocal number
        if as_json:
            click.echo(event_json(event, "demo", number))
            number += 1
        else:
            _tell(event, state)

    log.follow(tell)
    microphone = demo.ScriptedMicrophone(demo.clips(), "fast")
    with microphone, MuteLoudspeaker("fast") as loudspeaker:
        transceiver = Transceiver(log, book, Scorer(book, phone_model()), microphone, loudspeaker, SoundClock())
        log.append(Opened(at=0.0, plan=demo.plan(book, interface_language())))
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


def _tell(event: "Event", state: "State") -> None:
    from trainer import terminal, transcript
    from trainer.drill.events import Assessed, Cue, Opened

    if isinstance(event, Assessed):
        show(terminal.assessment(event.assessment))
    elif isinstance(event, Cue | Opened) and (line := transcript.event(event, state)):
        show(line)
