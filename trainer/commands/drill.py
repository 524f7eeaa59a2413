"""`ruston drill`: a drill from the first cue to the last score."""

import json
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trainer.commands import Number, as_json, phrasebook, record_store, ruston, show
from trainer.drill.plan import MODES
from trainer.languages import LANGUAGES, Language
from trainer.messages import gettext as _
from trainer.messages import interface_language
from trainer.text_out import full_screen

if TYPE_CHECKING:
    from trainer.drill.events import Event
    from trainer.drill.plan import Mode
    from trainer.drill.session import State
    from trainer.live.scorer import Scorer
    from trainer.live.session_log import SessionLog
    from trainer.live.transceiver import Transceiver
    from trainer.phrasebook.phrase import Phrasebook
    from trainer.records.store import Store
    from trainer.speakers import Speaker

LIVE_TRIES = 3  # at a live microphone a call that could not be scored is asked for again

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


def with_sound(command: Any) -> Any:
    """The options that say where sound comes from and goes to."""
    for option in reversed(sound_options):
        command = option(command)
    return command


@ruston.command(help=_("Run a drill: hear or read a call, say it in the partner's language, see the score."))
@click.option("--crew", "who", default="leonov", metavar="NAME", help=_("Who is drilled: a crew member, or anybody."))
@click.option("--first", type=click.Choice(LANGUAGES), help=_("The first language of somebody who is of no crew."))
@click.option("--station", "place", type=click.Choice(["apollo", "soyuz", "any"]), help=_("Whose calls they say."))
@click.option("--mode", type=click.Choice(MODES), default="echo", help=_("The kind of drill."))
@click.option("--phase", metavar="ID", help=_("Only calls of this mission phase."))
@click.option("--size", type=click.IntRange(1, 200), metavar="N", help=_("How many calls (not of a checklist)."))
@click.option("--seed", type=click.IntRange(0), metavar="N", help=_("Draw the same calls again."))
@click.option("--pass-mark", type=Number(0, 100), metavar="N", help=_("Points from which a call is done."))
@click.option("--headless", is_flag=True, help=_("Without the console: key down by itself, events to standard output."))
@record_store
@click.option("--no-records", is_flag=True, help=_("Keep nothing of this drill."))
@with_sound
@phrasebook
@as_json
def drill(
    who: str, first: Language | None, place: "Speaker | None", mode: "Mode", phase: str | None, size: int | None,
    seed: int | None, pass_mark: float | None, headless: bool, url: str | None, no_records: bool,
    mic: str | None, speaker: str | None, pace: str | None, radio: float, voice: str, model_path: Path | None,
    book_path: Path | None, as_json: bool,
) -> None:  # fmt: skip
    from datetime import UTC, datetime

    from trainer.drill.events import Opened
    from trainer.live import learning, planning
    from trainer.live.session_log import SessionLog
    from trainer.phrasebook.load import load

    book = load(book_path)
    if not (headless or as_json) and full_screen():
        from trainer.commands.console import open_console
        from trainer.live.program import Options

        planning.seat(book, who, first=first, station=place)  # refuses who is unknown, before the screen opens
        open_console(
            Options(
                mic=mic, speaker=speaker, pace="fast" if pace == "fast" else "real", records=url, keep=not no_records,
                book=book_path, model=model_path, seed=seed, size=size, who=who.casefold(), first=first, mode=mode,
                phase=phase,
            )
        )  # fmt: skip
        return
    seat = planning.seat(book, who, first=first, station=place, interface=interface_language())
    with ExitStack() as stack:
        store = None if no_records else stack.enter_context(records(url))
        memory = learning.remembered(store, seat.learner, seat.target) if store else None
        plan = planning.plan(
            book, mode, [seat], datetime.now(UTC), phase=phase, size=size, memory=memory, seed=seed,
            pass_mark=pass_mark, path=book_path,
        )  # fmt: skip
        log = learning.kept_log(store, plan.session) if store else SessionLog()
        sound = SoundOptions(mic, speaker, pace, radio, voice, model_path)
        transceiver = stack.enter_context(transceiver_at(log, book, book_path, sound, store))
        report = Reporter(log, as_json)
        log.append(Opened(at=0.0, plan=plan))
        run_headless(transceiver, report, sound.tries)


class SoundOptions:
    """Where sound comes from and goes to, as the options say."""

    def __init__(
        self, mic: str | None = None, speaker: str | None = None, pace: str | None = None, radio: float = 0.4,
        voice: str = "man", model_path: Path | None = None,
    ) -> None:  # fmt: skip
        self.mic, self.speaker, self.radio, self.voice, self.model = mic, speaker, radio, voice, model_path
        self.recorded = mic is not None and (mic == "-" or Path(mic).exists())
        self.pace: Any = pace or ("fast" if self.recorded and mic != "-" else "real")
        self.tries = 1 if self.recorded else LIVE_TRIES


def scorer_of(book: "Phrasebook", book_path: Path | None, model: Path | None) -> "Scorer":
    from trainer.live.scorer import Scorer
    from trainer.phrasebook.lexicon import of_book
    from trainer.speech.choosing import phone_model

    return Scorer(book, phone_model(model), of_book(book_path))


@contextmanager
def transceiver_at(
    log: "SessionLog", book: "Phrasebook", book_path: Path | None, sound: SoundOptions, store: "Store | None"
) -> "Iterator[Transceiver]":
    """A place on the loop with its microphone and loudspeaker open."""
    from trainer.audio.devices import clean_terminal
    from trainer.audio.microphone import open_microphone
    from trainer.audio.playback import open_loudspeaker
    from trainer.live.transceiver import SoundClock, Transceiver, Voicing, WallClock

    scorer = scorer_of(book, book_path, sound.model)
    start = log.state.at
    speaker = sound.speaker or ("mute" if sound.pace == "fast" else None)
    with (
        clean_terminal(),
        open_microphone(sound.mic, sound.pace) as microphone,
        open_loudspeaker(speaker, sound.pace) as loudspeaker,
    ):
        if loudspeaker.trouble:
            click.echo(f"ruston: {loudspeaker.trouble}", err=True)
        yield Transceiver(
            log, book, scorer, microphone, loudspeaker,
            SoundClock(start) if sound.pace == "fast" else WallClock(start),
            voicing=Voicing(voice="woman" if sound.voice == "woman" else "man", radio=sound.radio),
            words=scorer.words,
            keep=keeper(store),
            live=sound.pace == "real",
        )  # fmt: skip


def run_headless(transceiver: "Transceiver", report: "Reporter", tries: int) -> None:
    """To the end of the drill, or until somebody stops the program: then the session says so and can be resumed."""
    from trainer.live.transceiver import run

    signal.signal(signal.SIGTERM, _interrupt)
    try:
        run(transceiver, tries)
    except KeyboardInterrupt:
        click.echo(_("Stopped. `ruston sessions resume` goes on."), err=True)
        sys.exit(130)
    finally:
        if transceiver.trouble:
            click.echo(f"ruston: {transceiver.trouble}", err=True)
    report.close(transceiver.state)


class Reporter:
    """Tells of every event on standard output: one JSON object a line, or a line for people."""

    def __init__(self, log: "SessionLog", as_json: bool) -> None:
        self._as_json = as_json
        self._number = len(log.events)
        log.follow(self)

    def __call__(self, event: "Event", state: "State") -> None:
        from trainer import transcript

        if self._as_json:
            click.echo(event_json(event, state.plan.session if state.plan else "", self._number))
        elif shown := transcript.event(event, state):
            show(shown)
        self._number += 1

    def close(self, state: "State") -> None:
        from trainer import transcript

        if not self._as_json:
            show(transcript.debrief(state))


def event_json(event: "Event", session: str, number: int) -> str:
    from trainer.drill.events import SCHEMA, to_json

    head = {"schema": SCHEMA, "session": session, "seq": number}
    return json.dumps(head)[:-1] + ", " + to_json(event)[1:]


def keeper(store: "Store | None") -> Any:
    """Keeps recordings, and says on standard error what is in the way."""
    from trainer.live.learning import keeper

    return keeper(store, lambda trouble: click.echo(f"ruston: {trouble}", err=True))


@contextmanager
def records(url: str | None) -> "Iterator[Store]":
    from trainer.records.recordings import purge
    from trainer.records.store import Store

    with Store.open(url) as store:
        purge(store)
        yield store


def _interrupt(_signal: int, _frame: Any) -> None:
    raise KeyboardInterrupt
