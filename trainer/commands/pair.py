"""`ruston pair`: two crew members on one loop, at one terminal or across a network, and their instructor."""

import json
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trainer.commands import Number, as_json, phrasebook, record_store, ruston
from trainer.commands.console import run_console
from trainer.commands.drill import (
    Reporter,
    in_console,
    newcomer_option,
    program,
    run_headless,
    seated,
    tell,
    with_sound,
)
from trainer.commands.ending import end_at_sigterm, nothing_kept, stoppable
from trainer.drill.plan import FOR_TWO
from trainer.errors import UserError
from trainer.languages import LANGUAGES, Language
from trainer.messages import gettext as _
from trainer.text_in import typed_line
from trainer.text_out import clean_terminal, console, full_screen, plain_lines

if TYPE_CHECKING:
    from trainer.drill.plan import Mode, Plan
    from trainer.live.program import Program
    from trainer.loop.code import JoinCode
    from trainer.loop.ends import End, HostEnd
    from trainer.loop.roles import Role
    from trainer.loop.voice import Passage
    from trainer.plain.lines import Lines
    from trainer.tui.page import Page

SCHEMA = "ruston.loop/1"
VOICE_SCHEMA = "ruston.voice/1"
CODE = "RUSTON_CODE"  # the environment of a program is its user's own, its command line everybody's

what_is_drilled = (
    click.option("--mode", type=click.Choice(FOR_TWO), default="checklist", help=_("The kind of drill.")),
    click.option("--phase", metavar="ID", help=_("The mission phase; a checklist needs one.")),
    click.option("--size", type=click.IntRange(1, 200), metavar="N", help=_("How many calls (not of a checklist).")),
    click.option("--seed", type=click.IntRange(0), metavar="N", help=_("Draw the same calls again.")),
    click.option(
        "--pass-mark", type=Number(0, 100), metavar="N", help=_("Points from which a call is done.")
    ),
)  # fmt: skip
headless_option = click.option(
    "--headless", is_flag=True, help=_("Without the console: key down by itself, events to standard output.")
)
who_speaks = (
    click.option("--crew", "who", metavar="NAME", help=_("Who speaks here: a crew member, or anybody.")),
    click.option("--first", type=click.Choice(LANGUAGES), help=_("The first language of somebody who is of no crew.")),
    newcomer_option,
    click.option("--relay", is_flag=True, help=_("Hear the others by way of the ATS-6 satellite: 0.25 s late.")),
    click.option("--no-records", is_flag=True, help=_("Keep nothing of this drill.")),
    headless_option,
)


def _with(options: tuple[Callable[[Any], Any], ...]) -> Callable[[Any], Any]:
    def add(command: Any) -> Any:
        for option in reversed(options):
            command = option(command)
        return command

    return add


@ruston.group
def pair() -> None:
    pass


@pair.command(help=_("Two crew members at one terminal, turn by turn."))
@click.option(
    "--crew", multiple=True, default=("leonov", "stafford"), metavar="NAME", help=_("Twice: who the two are.")
)
@_with(what_is_drilled)
@click.option("--no-records", is_flag=True, help=_("Keep nothing of this drill."))
@headless_option
@record_store
@with_sound
@phrasebook
@as_json
def here(
    crew: tuple[str, ...], mode: "Mode", phase: str | None, size: int | None, seed: int | None,
    pass_mark: float | None, no_records: bool, headless: bool, url: str | None, book_path: Path | None, as_json: bool,
    **sound: Any,
) -> None:  # fmt: skip
    if len(crew) != 2:
        raise UserError(_("a hot seat has two crew members: --crew NAME --crew NAME."))
    if in_console(headless, as_json):
        from trainer.tui.operator import Operator
        from trainer.tui.screens.ready import drill_page

        def turn_by_turn(program: "Program") -> "Page":
            return drill_page(Operator(program.plan(mode, phase, program.seat_of(crew[1]), pass_mark=pass_mark)))

        def in_lines(program: "Program", lines: "Lines") -> None:
            from trainer.plain.desk import drilled

            plan = program.plan(mode, phase, program.seat_of(crew[1]), pass_mark=pass_mark)
            drilled(program, Operator(plan), lines)

        _console(turn_by_turn, in_lines, crew[0], None, sound, url, no_records, book_path, size=size, seed=seed)
        return
    from trainer.live import planning

    with program(**sound, url=url, no_records=no_records, book_path=book_path, seed=seed, size=size) as running:
        seats = [seated(running, who) for who in crew]
        planning.of_two_crews(*seats)
        plan = running.plan(mode, phase, seats[1], seat=seats[0], pass_mark=pass_mark)
        run_headless(running, plan, as_json)


@pair.command(help=_("Open a loop for a partner on another machine, and direct the drill."))
@_with(what_is_drilled)
@click.option("--address", metavar="IP", help=_("This machine's address, as the partner reaches it."))
@click.option("--port", type=click.IntRange(1, 65535), help=_("The server's port (default: 4222, or any free one)."))
@click.option("--nats", "centre", is_flag=True, help=_("Use a centre's servers: asks for the host's code of a loop."))
@click.option("--resume", is_flag=True, help=_("Go on with the loop that was not ended, with the same join codes."))
@_with(who_speaks)
@record_store
@with_sound
@phrasebook
@as_json
def host(
    mode: "Mode", phase: str | None, size: int | None, seed: int | None, pass_mark: float | None,
    address: str | None, port: int | None, centre: bool, resume: bool, who: str | None, first: Language | None,
    newcomer: bool, relay: bool, no_records: bool, headless: bool, url: str | None, book_path: Path | None,
    as_json: bool, **sound: Any,
) -> None:  # fmt: skip
    from trainer.loop.ends import HostEnd, Loop
    from trainer.loop.hosting import host_of

    [known] = _codes((), "host") if centre else [None]
    if resume and not who and (before := host_of(known)):
        who, first = before.learner, first or before.first
    loop = Loop(mode, phase, pass_mark, address, port, known, resume)
    if in_console(headless, as_json):
        from trainer.plain import pairs
        from trainer.tui.screens.waiting import WaitingPage

        def hosting_page(program: "Program") -> "Page":
            return WaitingPage(HostEnd(program, loop))

        def hosting(program: "Program", lines: "Lines") -> None:
            pairs.run(HostEnd(program, loop), lines)

        _console(
            hosting_page,
            hosting,
            who or "leonov",
            first,
            sound,
            url,
            no_records,
            book_path,
            relay,
            size,
            seed,
            newcomer,
        )
        return
    end_at_sigterm()
    with _program(sound, url, no_records, book_path, relay, seed=seed, size=size) as running:
        reporters: list[Reporter] = []
        seat = seated(running, who or "leonov", first, newcomer=newcomer)
        end = HostEnd(
            running, loop, seat, passed=_passed(as_json),
            watched=lambda log: reporters.append(Reporter(log, as_json, {seat.id: running.reader(seat)})),
        )  # fmt: skip
        with closing(end):
            end.open()
            if end.codes:
                _show_codes(end, as_json)
            with _waiting(_("Waiting for the partner…")):
                plan = end.wait()
            _run(end, plan)
            reporters[0].close(end.log.state, running.book.name_of)


@pair.command(help=_("Join a partner's loop. CODE is what the host was shown; without one, it is asked for."))
@click.argument("code", required=False, metavar="[CODE]")
@click.option("--score-remotely", is_flag=True, help=_("Have a scoring worker score, where this machine is too weak."))
@_with(who_speaks)
@record_store
@with_sound
@phrasebook
@as_json
def join(
    code: str | None, score_remotely: bool, who: str | None, first: Language | None, newcomer: bool, relay: bool,
    no_records: bool, headless: bool, url: str | None, book_path: Path | None, as_json: bool, **sound: Any,
) -> None:  # fmt: skip
    from trainer.loop.ends import GuestEnd

    [known] = _codes((code,) if code else (), "guest")
    if in_console(headless, as_json):
        from trainer.plain import pairs
        from trainer.tui.screens.waiting import WaitingPage

        def joining_page(program: "Program") -> "Page":
            return WaitingPage(GuestEnd(program, known, score_remotely=score_remotely))

        def joining(program: "Program", lines: "Lines") -> None:
            pairs.run(GuestEnd(program, known, score_remotely=score_remotely), lines)

        _console(
            joining_page, joining, who or "stafford", first, sound, url, no_records, book_path, relay, newcomer=newcomer
        )
        return
    end_at_sigterm()
    with _program(sound, url, no_records, book_path, relay) as running:
        reporters: list[Reporter] = []
        seat = seated(running, who or "stafford", first, newcomer=newcomer)
        end = GuestEnd(
            running, known, seat, score_remotely=score_remotely, passed=_passed(as_json),
            watched=lambda log: reporters.append(Reporter(log, as_json, {seat.id: running.reader(seat)})),
        )  # fmt: skip
        with closing(end):
            end.open()
            if not as_json:
                click.echo(_("On the loop. Waiting for the host to open the drill…"), err=True)
            _run(end, end.wait())
            reporters[0].close(end.log.state, running.book.name_of)


@pair.command(help=_("Watch loops as their instructor: see and hear the pairs, hold, put turns in between."))
@click.argument("codes", nargs=-1, metavar="CODE...")
@click.option("--name", default="", metavar="NAME", help=_("How the pair sees the instructor."))
@click.option("--speaker", metavar="FILE|NAME|mute", help=_("A loudspeaker, a WAV file to write, or mute."))
@click.option("--radio", type=Number(0, 1), default=0.4, help=_("How strong the radio colour is."))
@click.option("--headless", is_flag=True, help=_("Without the console: a table, and commands typed line by line."))
@phrasebook
@as_json
def watch(
    codes: tuple[str, ...], name: str, speaker: str | None, radio: float, headless: bool, book_path: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    from trainer.audio.doors import open_loudspeaker
    from trainer.commands.overview import Overview
    from trainer.live.addressee import addressee
    from trainer.live.transceiver import Voicing
    from trainer.loop.connection import Connection
    from trainer.loop.instructor import Ear, Watch
    from trainer.phrasebook.load import load

    known = _codes(codes, "instructor")
    name = name or _("instructor")
    if not (headless or as_json) and full_screen():
        from trainer.live.program import Options
        from trainer.loop.ends import Watching
        from trainer.tui.app import Console
        from trainer.tui.screens.watch import WatchPage

        console = Console(Options(speaker=speaker, keep=False, book=book_path), lambda: page)
        if _was_given("radio"):
            console.program.radio = radio
        page = WatchPage(Watching(console.program, name), known)
        run_console(console)
        return
    book, picture = load(book_path), not as_json and sys.stdout.isatty() and not plain_lines()
    with ExitStack() as stack:
        loudspeaker = stack.enter_context(open_loudspeaker(speaker))
        loops = []
        for code in known:
            connection = stack.enter_context(Connection(code))
            loops.append(stack.enter_context(Watch(connection, book, name, tell)))
            if not picture:  # one that changes is for eyes at a terminal
                head = f"{len(loops)} " if len(known) > 1 else ""
                Reporter(loops[-1].log, as_json, otherwise=addressee(None, None, book_path), head=head)
        stack.enter_context(Ear(loudspeaker, Voicing(radio=radio))).listen(loops)
        wall = Overview(loops)
        with stoppable(nothing_kept), wall.shown() if picture else ExitStack():
            for loop in loops:
                threading.Thread(target=loop.join, daemon=True).start()
            threading.Thread(target=wall.obey, args=(typed_line,), daemon=True).start()
            wall.until_over()


@pair.command(help=_("Make loops for a centre's own NATS servers: what the servers include, and everybody's codes."))
@click.argument("count", type=click.IntRange(1, 10_000), metavar="N")
@click.option("--address", required=True, metavar="URL,...", help=_("The servers, as the terminals reach them."))
@click.option("--out", required=True, type=click.Path(path_type=Path), metavar="FOLDER", help=_("A folder to make."))
@click.option(
    "--certificate",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=_("The servers' certificate (PEM): terminals know it by their codes, and need no authority."),
)
def loops(count: int, address: str, out: Path, certificate: Path | None) -> None:
    from trainer.loop.server import prepare

    prepare(count, address, out, certificate)
    click.echo(_("{folder}: server.conf is for every server, codes.tsv has everybody's codes.").format(folder=out))


@pair.command(help=_("Draw a new join code for a role: whoever has the old one is cut off, and does not get in again."))
@click.argument("role", type=click.Choice(["host", "guest", "instructor", "scorer"]))
@click.option(
    "--loops", "folder", type=click.Path(path_type=Path), metavar="FOLDER",
    help=_("A centre's loops, as `pair loops` has made them (default: the loop that this machine hosts)."),
)  # fmt: skip
@click.option("--loop", "name", metavar="NAME", help=_("Which of the centre's loops, as codes.tsv names it."))
@as_json
def renew(role: "Role", folder: Path | None, name: str | None, as_json: bool) -> None:
    from trainer.loop import hosting
    from trainer.loop.server import renew

    if (folder is None) != (name is None):
        raise UserError(_("say which of a centre's loops: --loops FOLDER --loop NAME."))
    if folder and name:
        code = str(renew(folder, name, role))
        click.echo(_("Have every server read accounts.conf again: nats-server --signal reload."), err=True)
    elif role == "host":
        raise UserError(_("the host of this machine's loop needs no new code."))
    else:
        code = str(hosting.renew(hosting.server(resume=True), role))
    click.echo(json.dumps({"schema": SCHEMA, role: code}) if as_json else code)


@ruston.command(help=_("CODE is a loop's code for scorers."))
@click.argument("codes", nargs=-1, metavar="CODE...")
@click.option("--threads", type=click.IntRange(1), help=_("Recordings at a time (default: one for each core)."))
@click.option(
    "--model", "model_path", type=click.Path(path_type=Path), metavar="DIR", help=_("Another acoustic model.")
)
@phrasebook
@as_json
def scorer(
    codes: tuple[str, ...], threads: int | None, model_path: Path | None, book_path: Path | None, as_json: bool
) -> None:
    from trainer.live.program import Options, Program
    from trainer.loop.connection import Connection
    from trainer.loop.scoring import Worker

    known = _codes(codes, "scorer")

    def done(what: str) -> None:
        click.echo(json.dumps({"schema": "ruston.scored/1", "what": what}, ensure_ascii=False) if as_json else what)

    with ExitStack() as stack:
        scoring = Program(Options(book=book_path, model=model_path)).scorer
        worker = Worker(scoring, threads or os.cpu_count() or 1, done)
        stack.callback(worker.close)
        for code in known:
            worker.serve(stack.enter_context(Connection(code)))
        click.echo(_("Scoring. Ctrl+C ends it."), err=True)
        _until_interrupted()


def _console(
    screen: "Callable[[Program], Page]", in_lines: "Callable[[Program, Lines], None]", who: str,
    first: Language | None, sound: dict[str, Any], url: str | None, no_records: bool, book_path: Path | None,
    relay: bool = False, size: int | None = None, seed: int | None = None, newcomer: bool = False,
) -> None:  # fmt: skip
    """The console, or its lines, with somebody signed on and something to begin with."""
    from trainer.audio.radio import RELAY_DELAY
    from trainer.live.program import Options

    if sound["mic"] == "-":
        raise UserError(_("the console reads the keys from standard input, so the microphone cannot be there, too."))
    options = Options(
        mic=sound["mic"], speaker=sound["speaker"], pace=sound["pace"] or "real", records=url, keep=not no_records,
        book=book_path, model=sound["model_path"], seed=seed, size=size,
    )  # fmt: skip

    def seat_somebody(program: "Program") -> None:
        seat = seated(program, who, first, newcomer=newcomer)
        program.sign_on(seat.learner, seat.first, seat.name)
        if _was_given("radio"):
            program.radio = sound["radio"]
        if _was_given("voice"):
            program.voices = dict.fromkeys(LANGUAGES, sound["voice"])
        if relay:
            program.relay_delay = RELAY_DELAY

    if plain_lines():
        from trainer.plain import desk
        from trainer.plain.lines import Lines

        lines = Lines()
        with clean_terminal(), closing(desk.program(options, lines)) as running:
            seat_somebody(running)
            in_lines(running, lines)
        return
    from trainer.tui.app import Console

    console = Console(options, lambda: page)
    seat_somebody(console.program)
    page = screen(console.program)
    run_console(console)


def _was_given(option: str) -> bool:
    """Whether the command line says it, where the settings would else."""
    return click.get_current_context().get_parameter_source(option) == click.core.ParameterSource.COMMANDLINE


@contextmanager
def _program(
    sound: dict[str, Any], url: str | None, no_records: bool, book_path: Path | None, relay: bool,
    seed: int | None = None, size: int | None = None,
) -> "Iterator[Program]":  # fmt: skip
    """On a loop somebody listens: recordings play in real time unless something else is said. Why a log is broken is
    told as it happens, and not once more."""
    from trainer.audio.radio import RELAY_DELAY
    from trainer.loop.stream import LogBroken

    options: dict[str, Any] = dict(
        url=url, no_records=no_records, book_path=book_path, seed=seed, size=size, listened_to=True
    )
    with program(**sound, **options) as running:
        running.relay_delay = RELAY_DELAY if relay else 0.0
        try:
            yield running
        except LogBroken as error:
            if running.has_told(str(error)):
                sys.exit(2)
            raise


def _codes(given: tuple[str, ...], role: "Role") -> "list[JoinCode]":
    """The join codes that were given, or of RUSTON_CODE, or that are asked for. Raises UserError."""
    from trainer.loop.code import parse_as

    for text in given:  # what is no code needs no hiding
        parse_as(role, text)
    _hide(given)
    texts = given or tuple(os.environ.pop(CODE, "").split())
    if not texts and sys.stdin.isatty():
        return [_asked(role)]
    return [parse_as(role, text) for text in texts or _piped()]


def _asked(role: "Role") -> "JoinCode":
    """Of who sits here, seen as it stands on the host's screen, and again until it is right."""
    from trainer.loop.code import parse_as

    def read(text: str) -> "JoinCode":
        try:
            return parse_as(role, text)
        except UserError as error:
            raise click.UsageError(str(error)) from error

    code: JoinCode = click.prompt(_("Join code"), value_proc=read, err=True)
    return code


def _piped() -> tuple[str, ...]:
    """The first line of standard input, where that is a program's."""
    if click.get_current_context().params.get("mic") == "-":
        raise UserError(_("standard input is the microphone's: give the join code by RUSTON_CODE."))
    return tuple((typed_line() or "").split()) or ("",)


def _hide(codes: tuple[str, ...]) -> None:
    """Begin anew without the codes on the command line, where every user of this machine can read them. They go by way
    of the environment, which is this user's own."""
    given = [code for code in codes if code in sys.argv]
    if not given or os.name == "nt":  # on Windows a program cannot be begun anew in its place
        return
    os.environ[CODE] = " ".join(given)
    rest = [argument for argument in sys.argv[1:] if argument not in given]
    tell(
        _("whoever uses this machine could read the code on the command line. Leave it out: then it is asked for, or "
          "give it by standard input or RUSTON_CODE.")
    )  # fmt: skip
    # -P: what lies in the current folder is no part of the program, whatever it is called.
    os.execv(sys.executable, [sys.executable, "-P", "-m", "trainer", *rest])


def _show_codes(end: "HostEnd", as_json: bool) -> None:
    codes = end.codes
    if as_json:
        click.echo(json.dumps({"schema": SCHEMA, "address": end.address, **codes}))
        return
    click.echo(_("Your partner joins with:  ruston pair join, and this code:"), err=True)
    click.echo(f"  {codes['guest']}", err=True)
    click.echo(_("An instructor watches with:  ruston pair watch, and this one:"), err=True)
    click.echo(f"  {codes['instructor']}", err=True)
    click.echo(_("Scoring on another machine:  ruston scorer, and this one:"), err=True)
    click.echo(f"  {codes['scorer']}", err=True)


def _waiting(what: str) -> Any:

    return console(errors=True).status(what)


def _passed(as_json: bool) -> "Callable[[Passage], None]":
    def heard(passage: "Passage") -> None:

        if as_json:
            half, most = (round(1000 * passage.quantile(share), 1) for share in (0.5, 0.95))
            record = {"schema": VOICE_SCHEMA, "from": passage.role, "ms": {"p50": half, "p95": most}}
            click.echo(json.dumps({**record, **asdict(passage.count)}))

    return heard


def _run(end: "End", plan: "Plan | None") -> None:
    assert plan  # nobody gives up without a screen
    drill = end.drill(plan)
    try:
        drill.run()
    except KeyboardInterrupt:
        drill.leave()
        click.echo(end.way_back, err=True)
        sys.exit(130)


def _until_interrupted() -> None:
    end_at_sigterm()
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        return
