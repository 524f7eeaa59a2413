"""`ruston load`: a call that arrives while another task is on; what either costs the other."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from typing import TYPE_CHECKING, Any

import click

from trainer.commands import as_json, ruston
from trainer.commands.training import tell, trainee, training
from trainer.drill.load import BAND, CALLS, MIDDLE, TASKS, Key, Task, gauge, outcome
from trainer.errors import UserError
from trainer.messages import gettext as _
from trainer.text_in import Misunderstood, shown, typed_line

if TYPE_CHECKING:
    from trainer.drill.load import Answer
    from trainer.live.load import LoadDrill

SCHEMA = "ruston.load/1"
KEYS: dict[str, Key] = {"": "step", "step": "step", "+": "up", "up": "up", "-": "down", "down": "down"}
MOST_PRESSES = 10_000  # that are read: nobody presses a key so often in one drill
EVERY = 1.0  # s between two readings of the gauge


@ruston.command(
    help=_(
        "Each call is answered with and without it. Enter is a step of the count, + and - push the gauge; "
        "another program may write lines of seconds and key: 12.5 step."
    )
)
@click.option("--task", type=click.Choice(TASKS), default="count", show_default=True, help=_("The other task."))
@click.option(
    "--calls",
    type=click.IntRange(1, 50),
    default=CALLS,
    show_default=True,
    metavar="N",
    help=_("How many different calls."),
)
@click.option("--seed", type=click.IntRange(0), default=None, metavar="N", help=_("Ask the same again."))
@training
@as_json
def load(task: Task, calls: int, seed: int | None, as_json: bool, **who: Any) -> None:
    from trainer.live.load import LoadDrill

    with trainee(**who) as person:
        microphone, loudspeaker = person.microphone(), person.loudspeaker()
        drill = LoadDrill(person.practising, task, microphone, loudspeaker, calls=calls, seed=seed)
        with _presses(drill, typed=who["mic"] != "-"), _gauge(drill, as_json):
            _run(drill, person.practising.program.options.tries, as_json)


def _run(drill: "LoadDrill", tries: int, as_json: bool) -> None:
    if not as_json:
        tell(_instructions(drill), (_("Task"), _instructions(drill)))
    alone = drill.by_itself()
    _tell(as_json, {"event": "alone", "task": drill.task, "level": drill.level, "held": round(alone, 1)},
          _("The other task alone: {held:.0f} of 100.").format(held=alone), _("Verdict"))  # fmt: skip
    while not drill.over and not drill.stopped:
        if not as_json:
            number = len(drill.answers) + 1
            kind = _("with the other task") if drill.loaded else _("the call only")
            said = _("{n} of {total}, {kind}").format(n=number, total=drill.size, kind=kind)
            tell(f"{number}/{drill.size}  {kind}", (_("Call"), said))
        drill.call()
        if not drill.stopped:
            _show_answer(_answered(drill, tries), as_json)
    if drill.over:
        _show_outcome(drill, as_json)


def _answered(drill: "LoadDrill", tries: int) -> "Answer":
    for _try in range(tries):
        try:
            if (answer := drill.answer()) is not None:
                return answer
        except UserError as error:
            click.echo(f"ruston: {error}", err=True)
    return drill.missed()


def _instructions(drill: "LoadDrill") -> str:
    if drill.task == "count":
        task = _("The other task: press Enter every {beat:.1f} s, evenly, without stopping while you listen and speak.")
        return task.format(beat=drill.beat)
    task = _("The other task: keep the gauge between {low:.0f} and {high:.0f}: + or -, then Enter.")
    return task.format(low=MIDDLE - BAND, high=MIDDLE + BAND)


def _show_answer(answer: "Answer", as_json: bool) -> None:
    from trainer.wording import band

    mark = band(answer.points)[1]
    text = _("readback {points:.0f}").format(points=answer.points)
    if answer.held is not None:
        text += " · " + _("the other task {held:.0f}").format(held=answer.held)
    response = None if answer.response is None else round(answer.response, 2)
    held = None if answer.held is None else round(answer.held, 1)
    content = {"event": "answer", "call": answer.call, "loaded": answer.held is not None, "held": held}
    _tell(
        as_json, {**content, "points": round(answer.points, 1), "response": response}, f"  {mark} {text}", _("Verdict")
    )


def _show_outcome(drill: "LoadDrill", as_json: bool) -> None:
    from trainer.wording import load_told

    found = outcome(drill.pairs)
    assert found is not None
    content = {
        "event": "outcome", "readback": round(found.readback, 1), "without": round(found.without, 1),
        "loss": round(found.loss, 1), "held": round(found.held, 1), "alone": round(drill.alone or 0.0, 1),
        "slower": None if found.slower is None else round(found.slower, 2),
    }  # fmt: skip
    _tell(as_json, content, load_told(found, drill.alone), _("Debrief"))


def _tell(as_json: bool, content: dict[str, Any], text: str, label: str) -> None:
    if as_json:
        click.echo(json.dumps({"schema": SCHEMA, **content}, ensure_ascii=False))
    else:
        tell(text, (label, text))


def _pressed(line: str) -> tuple[Key, float | None]:
    """A key and when, if it is said. Raises KeyError or ValueError."""
    *seconds, key = line.split() or [""]
    at = float(seconds[0]) if seconds else None
    if at is not None and not 0 <= at < inf:
        raise ValueError(line)
    return KEYS[key.lower()], at


@contextmanager
def _presses(drill: "LoadDrill", typed: bool) -> Iterator[None]:
    """Keys from whoever sits there or from another program, as long as the drill goes on; where recordings answer in no
    time, all of them before. Raises UserError where what comes are no keys, or too many: then the drill stops."""
    refused: list[UserError] = []

    def listen() -> None:
        try:
            _listen(drill)
        except UserError as error:
            refused.append(error)
            drill.stop()

    if typed:
        listener = threading.Thread(target=listen, name="presses", daemon=True)
        listener.start()
        if not drill.live:
            listener.join()
    if not refused:
        yield
    if refused:
        raise refused[0]


def _listen(drill: "LoadDrill") -> None:
    misunderstood, pressed = Misunderstood(), 0
    while (line := typed_line()) is not None:
        try:
            drill.press(*_pressed(line))
        except (KeyError, ValueError):
            told = _("{key}: a key is Enter, + or -, the time before it 0 seconds or more.")
            click.echo("ruston: " + told.format(key=shown(line)), err=True)
            misunderstood.one_more()
        else:
            misunderstood.understood()
            pressed += 1
        if pressed > MOST_PRESSES:
            raise UserError(_("more than {n} keys were pressed: no more is read.").format(n=MOST_PRESSES))


@contextmanager
def _gauge(drill: "LoadDrill", as_json: bool) -> Iterator[None]:
    """Its value, again and again while it is on."""
    over = threading.Event()

    def tell() -> None:
        while not over.wait(EVERY):
            if (other := drill.other) is not None and other.task == "gauge":
                at = drill.now()
                value = gauge(other, drill.presses, at)[-1]
                text = _("gauge {value:.0f}").format(value=value)
                _tell(as_json, {"event": "gauge", "at": round(at, 2), "value": round(value, 1)}, text, _("Gauge"))

    if drill.live and drill.task == "gauge":
        threading.Thread(target=tell, name="gauge", daemon=True).start()
    try:
        yield
    finally:
        over.set()
