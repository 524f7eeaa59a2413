"""`ruston audio`: devices, the level check, recording and playing, without a drill."""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trainer.commands import Number, as_json, ruston, show
from trainer.errors import UserError
from trainer.languages import LANGUAGES, Language
from trainer.messages import gettext as _
from trainer.text_out import clean_terminal, progress

if TYPE_CHECKING:
    from trainer.audio.devices import Device
    from trainer.audio.microphone import Microphone, Pace
    from trainer.audio.recording import Recording
    from trainer.audio.take import Take

LISTENING = 6.0  # s of the level check: a call and some silence around it
METER_FLOOR = -60.0  # dBFS at the left end of the level meter

microphone = click.option(
    "--mic",
    "mic",
    metavar="NAME",
    help=_("A device by number or part of its name, a recording, a folder of recordings, or - (standard input)."),
)
fast = click.option("--fast", is_flag=True, help=_("Play recordings as fast as possible, not as time goes by."))


@ruston.group
def audio() -> None:
    pass


@audio.command(help=_("List the microphones and loudspeakers."))
@as_json
def devices(as_json: bool) -> None:
    from trainer.audio.devices import devices

    found = (*devices("input"), *devices("output"))
    if as_json:
        for device in found:
            click.echo(json.dumps({"schema": "ruston.device/1", **asdict(device)}, ensure_ascii=False))
    elif found:
        _show_devices(found)
    else:
        click.echo(_("There is no sound device. Drills go on without: --mic FILE plays recordings."))


@audio.command(help=_("Listen for a moment and tell whether the microphone is right."))
@microphone
@click.option("--seconds", type=Number(1, 30), default=LISTENING, help=_("How long to listen."))
@fast
@as_json
def check(mic: str | None, seconds: float, fast: bool, as_json: bool) -> None:
    from trainer.audio.decibels import dbfs, rms
    from trainer.audio.doors import open_microphone
    from trainer.audio.level import LevelCheck, advice
    from trainer.audio.recording import SAMPLE_RATE

    checked, listened = LevelCheck(), 0
    with (
        clean_terminal(),
        open_microphone(mic, _pace(fast)) as source,
        _Meter(_("Say a call in your usual voice.")) as meter,
    ):
        source.key_down()
        while listened < seconds * SAMPLE_RATE:
            block = source.read(0.1)
            if block is not None:
                listened += len(block)
                checked.feed(block)
                meter(dbfs(rms(block)))
    level = checked.level()
    if as_json:
        record = {"schema": "ruston.level/1", "microphone": source.name, **asdict(level)}
        click.echo(json.dumps({**record, "advice": advice(level.verdict)}, ensure_ascii=False))
        return
    click.echo(_("Room: {noise:.0f} dBFS. Loudest: {peak:.0f} dBFS.").format(noise=level.noise, peak=level.peak))
    if level.speech is not None:
        click.echo(
            _("Voice: {speech:.0f} dBFS, {snr:.0f} dB above the room.").format(speech=level.speech, snr=level.snr)
        )
    click.echo(advice(level.verdict))


@audio.command(help=_("Record one call into a WAV file, until you stop speaking."))
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False), metavar="OUT")
@microphone
@click.option("--phrase", "call", metavar="ID", help=_("The call that recordings are asked for."))
@click.option("--language", type=click.Choice(LANGUAGES), help=_("The language that they are asked for in."))
@fast
@as_json
def record(out: Path, mic: str | None, call: str | None, language: Language | None, fast: bool, as_json: bool) -> None:
    from trainer.audio.files import write

    take, source, trouble = _taken(mic, fast, call, language)
    recording = _recording(take, trouble)
    write(out, recording.samples)
    status = take.status
    if as_json:
        report = {
            "schema": "ruston.recording/1", "path": str(out), "microphone": source.name, "seconds": recording.seconds,
            "peak": status.peak, "ended": status.ended, "lost": source.lost, "trouble": trouble,
        }  # fmt: skip
        click.echo(json.dumps(report, ensure_ascii=False))
    else:
        click.echo(_("{path}: {seconds:.1f} s").format(path=out, seconds=recording.seconds))
    if trouble:
        click.echo(f"ruston: {trouble}", err=True)
    if source.lost:
        message = _("{seconds:.1f} s of sound were lost: this machine is too busy.")
        click.echo(f"ruston: {message.format(seconds=source.lost)}", err=True)


@audio.command(help=_("Play a recording, as it is or as the radio brings it."))
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--radio", type=Number(0, 1), default=0.0, help=_("Strength of the radio colour (0: none)."))
@click.option("--ground", is_flag=True, help=_("A call from Houston, with Quindar tones."))
@click.option("--relay", is_flag=True, help=_("With the delay of the relay satellite."))
@click.option(
    "--speaker", metavar="NAME", help=_("A device by number or part of its name, a WAV file to write, or mute.")
)
@fast
@as_json
def play(file: Path, radio: float, ground: bool, relay: bool, speaker: str | None, fast: bool, as_json: bool) -> None:
    from trainer.audio.doors import open_loudspeaker
    from trainer.audio.files import decode
    from trainer.audio.radio import RELAY_DELAY, Radio, coloured

    samples, rate = decode(file, longest=600.0)
    sound = coloured(samples, rate, Radio(radio, ground=ground, relay_delay=RELAY_DELAY if relay else 0.0))
    with clean_terminal(), open_loudspeaker(speaker, _pace(fast)) as output:
        output.play(sound, rate).wait()
    if as_json:
        report = {"schema": "ruston.played/1", "path": str(file), "seconds": len(sound) / rate}
        click.echo(json.dumps({**report, "loudspeaker": output.name, "trouble": output.trouble}, ensure_ascii=False))
    if output.trouble:
        click.echo(f"ruston: {output.trouble}", err=True)


def recorded(mic: str | None, fast: bool, call: str, language: Language) -> "Recording":
    """A call spoken once into a microphone. Raises UserError where nothing came of it."""
    take, _source, trouble = _taken(mic, fast, call, language)
    return _recording(take, trouble)


def _taken(
    mic: str | None, fast: bool, call: str | None, language: Language | None
) -> "tuple[Take, Microphone, str | None]":
    """A take to its end, the microphone that it came from, now closed, and what was in the way, if anything."""
    from trainer.audio.doors import open_microphone
    from trainer.audio.take import Take

    take = Take()
    with (
        clean_terminal(),
        open_microphone(mic, _pace(fast)) as source,
        _Meter(_("Speak. It ends when you stop, or with Ctrl-C.")) as meter,
    ):
        trouble = _follow(source, take, call, language, meter)
    return take, source, trouble


def _recording(take: "Take", trouble: str | None) -> "Recording":
    try:
        return take.recording()
    except UserError as refusal:
        raise UserError(trouble or str(refusal)) from refusal  # a lost device explains the rest


def _pace(fast: bool) -> "Pace":
    return "fast" if fast else "real"


def _follow(
    source: "Microphone", take: "Take", call: str | None, language: Language | None, meter: Callable[[float], None]
) -> str | None:
    """The take to its end; what was in the way, if anything. Ctrl-C lets go of the key."""
    from trainer.audio.devices import DeviceLost
    from trainer.audio.microphone import follow

    try:
        for _block, status in follow(source, take, call, language):
            meter(status.level)
    except DeviceLost as lost:
        return str(lost)
    except KeyboardInterrupt:
        take.key_up()
    return None


class _Meter:
    """A level meter on the terminal; nothing where standard error is none."""

    def __init__(self, task: str) -> None:
        from rich.progress import BarColumn, TextColumn

        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[level]:.0f} dBFS"))
        self._progress = progress(*columns)
        self._task = self._progress.add_task(task, total=-METER_FLOOR, level=METER_FLOOR)

    def __enter__(self) -> "_Meter":
        self._progress.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._progress.stop()

    def __call__(self, level: float) -> None:
        self._progress.update(self._task, completed=max(0.0, level - METER_FLOOR), level=level)


def _show_devices(found: "tuple[Device, ...]") -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None)
    for heading in (_("number"), _("name"), _("through"), _("channels"), _("Hz"), ""):
        table.add_column(heading)
    titles = {"input": _("microphones"), "output": _("loudspeakers")}
    for direction, title in titles.items():
        table.add_row("", Text(title, style="bold"))
        for device in found:
            if device.direction == direction:
                mark = _("default") if device.default else ""
                numbers = str(device.index), device.name, device.host, str(device.channels), f"{device.rate:.0f}"
                table.add_row(*numbers, mark)
    show(table)
