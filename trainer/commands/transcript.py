"""A session as a transcript of the loop, line by line as it happens, and its debrief (rich)."""

from collections.abc import Callable, Collection

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from trainer.drill.debrief import summary
from trainer.drill.events import (
    Assessed,
    Cue,
    Ended,
    Event,
    Held,
    Injected,
    Joined,
    KeyDown,
    Left,
    Line,
    Missed,
    Opened,
    Refused,
    Resumed,
)
from trainer.drill.plan import Plan
from trainer.drill.session import DIRECTOR, State
from trainer.drill.verdict import Right, of_answer
from trainer.messages import gettext as _
from trainer.messages import ngettext
from trainer.phrasebook.text import without_stress
from trainer.reader import Reader
from trainer.wording import (
    ANYBODY,
    asked_words,
    band,
    clock,
    mode_name,
    not_scored,
    place_name,
    remark,
    seat_name,
    speaker_name,
    summary_told,
    verdict_told,
    why,
)


def event(
    happened: Event, state: State, reader: Reader = ANYBODY, here: Collection[str] = (), head: str = ""
) -> Text | None:  # fmt: skip
    """What a person wants to read of an event; None where it is nothing. reader: who it is. here: the seats of those
    who sit at this terminal. head: stands before it."""
    told = _event(happened, state, reader, here)
    return Text.assemble(head, told, overflow="fold") if head and told else told


def _event(happened: Event, state: State, reader: Reader, here: Collection[str]) -> Text | None:
    match happened:
        case Opened():
            return _opening(happened.plan)
        case Cue() if happened.answers:
            return _line(happened, state, "▸", _cue(happened, state, reader, here), "bold")
        case KeyDown() if happened.line:
            return _line(happened, state, speaker_name(happened.line), _read(happened.line, reader), "cyan")
        case Assessed():
            return _answer(happened, state, reader)
        case Refused():
            alone = state.plan is None or len(state.plan.seats) == 1
            told = not_scored(happened, state, here=alone or happened.seat in here)
            return _line(happened, state, "!", told, "yellow")
        case Missed():
            return _line(happened, state, "✗", _("no answer"), "red")
        case Held() if happened.by == DIRECTOR:
            return _line(happened, state, "‖", _("waits until all are ready"), "yellow")
        case Held():
            return _line(happened, state, "‖", _("held by {who}").format(who=place_name(happened.by, state)), "yellow")
        case Resumed():
            return _line(happened, state, "▸", _("goes on"), "yellow")
        case Joined() if happened.place == "instructor":
            return _line(
                happened, state, "+", _("the instructor is on the loop: {name}").format(name=happened.name), "dim"
            )
        case Joined():
            return _line(happened, state, "+", _("on the loop: {name}").format(name=happened.name), "dim")
        case Left():
            return _line(happened, state, "-", _place_left(happened, state), "dim")
        case Injected():
            return _line(happened, state, "!", _("the instructor puts a turn in between"), "yellow")
        case Ended() if happened.why != "completed":
            return _line(happened, state, "■", _("stopped"), "yellow")
        case _:
            return None


def _place_left(happened: Left, state: State) -> str:
    seats = state.plan.seats if state.plan else ()
    name = next((seat_name(seat) for seat in seats if seat.id == happened.place), _("the instructor"))
    text = _("{name} is not heard of any more") if happened.why == "lost" else _("{name} has left the loop")
    return text.format(name=name)


def debrief(state: State, named: Callable[[str], str] = str) -> RenderableType:
    """How it went: attempts, mean of the points, what was not good enough. named: what people call a call."""
    if state.plan is None or not state.attempts:
        return Text(_("Nothing was said in this session."))
    table = Table(box=None, padding=(0, 1), header_style="dim")
    for name, justify in ((_("call"), "left"), (_("points"), "right"), (_("late"), "right"), ("", "left")):
        table.add_column(name, justify="right" if justify == "right" else "left")
    for attempt in state.attempts:
        style, mark = band(attempt.points)
        late = _("{seconds:.1f} s").format(seconds=attempt.late) if attempt.late else ""
        table.add_row(
            named(attempt.asked),
            Text(f"{attempt.points:.0f} {mark}", style=style),
            late,
            remark(attempt, state.plan.pass_mark),
        )
    return Group(table, Text(summary_told(summary(state)), style="bold"))


def _opening(plan: Plan) -> Text:
    names = ", ".join(seat_name(seat) for seat in plan.seats)
    calls = sum(turn.seat is not None for turn in plan.agenda)
    count = ngettext("{n} call", "{n} calls", calls).format(n=calls)
    return Text(" · ".join(part for part in (mode_name(plan.mode), plan.phase, names, count) if part), style="bold")


def _read(line: Line, reader: Reader) -> str:
    letters, text = reader.read(line.text, line.language), without_stress(line.text)
    return f"{letters} ({text})" if letters else text


def _cue(cue: Cue, state: State, reader: Reader, here: Collection[str]) -> str:
    """Of two it is said whose turn it is; to one who sits here alone, what is asked of them."""
    text = " / ".join(_read(line, reader) for line in cue.shown)
    ask = asked_words(cue, state.plan.mode if state.plan else "read").briefly
    if cue.seat and state.plan and len(state.plan.seats) > 1 and {*here} != {cue.seat}:
        ask = _("the turn of {who}").format(who=seat_name(state.plan.seat(cue.seat)))
    reason = why(cue.reason, cue.answers[0].language if cue.answers else reader.first, reader)
    return f"{ask}{': ' + text if text else ''}{f'  ({reason})' if reason else ''}"


def _answer(happened: Assessed, state: State, reader: Reader) -> Text:
    result = happened.assessment
    attempt = state.attempts[-1] if state.attempts else None
    style, mark = band(attempt.points if attempt else result.score)
    line = _line(happened, state, f"{result.score:3.0f} {mark}", _read(happened.line, reader), style)
    judged = of_answer(result, happened.content)
    if not isinstance(judged, Right):
        line.append(f"  {verdict_told(judged, happened.line.language, reader)}", style=style)
    if note := remark(attempt, state.plan.pass_mark if state.plan else None) if attempt else "":
        line.append(f"  {note}", style="dim")
    return line


def _line(happened: Event, state: State, head: str, text: str, style: str) -> Text:
    moment = state.get(happened.at)
    line = Text(f"{clock(happened.at if moment is None else moment)}  ", style="dim", overflow="fold")
    line.append(f"{head:<8} ", style=style)
    line.append(text, style="" if style == "dim" else style)
    return line
