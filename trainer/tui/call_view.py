"""What the drill screen says of a call: texts from the state of the session, and nothing else.

Pure but for looking calls up in the phrasebook: no widgets, no threads, no devices.
"""

from collections.abc import Callable
from math import ceil

from trainer.drill import agenda
from trainer.drill.direction import time_left
from trainer.drill.events import Cue, Line
from trainer.drill.hints import COST, STEPS, shown_in_letters
from trainer.drill.hints import shown as hint_shown
from trainer.drill.plan import AIDED, Plan
from trainer.drill.session import VOICE, State
from trainer.languages import other
from trainer.live.program import spoken
from trainer.messages import gettext as _
from trainer.messages import interface_language
from trainer.phrasebook.phrase import Phrase, Phrasebook
from trainer.reader import Reader
from trainer.tui.widgets.call_card import Text
from trainer.wording import ANYBODY, asked_words, in_language, mode_name, seat_name, speaker_name, why

BAR = 12  # cells of the time to answer

Readings = Callable[[Phrase, Line], tuple[str, str]]


def place(plan: Plan, state: State) -> str:
    """Who drills, and what."""
    if len(plan.seats) > 1:
        return f"{mode_name(plan.mode)} · {' · '.join(seat_name(seat) for seat in plan.seats)}"
    if not plan.seats:
        return mode_name(plan.mode)
    seat = plan.seat(state.cue.seat) if state.cue and state.cue.seat else plan.seats[0]
    return f"{mode_name(plan.mode)} · {seat_name(seat)} · {in_language(seat.target)}"


def speaker(state: State) -> str:
    """Who is heard on the loop."""
    return speaker_name(state.keyed_line) if state.keyed_line else ""


def note(state: State, *, talking: bool, holds: bool) -> str:
    """What to do now. talking: from the key press to the score; holds: Space is held while one speaks."""
    if state.keyed is None and talking and state.cue is not None and not state.done and state.late is not None:
        return _("scoring…")
    if state.keyed is not None and state.keyed != VOICE:
        return _("release Space, or fall silent, to end") if holds else _("Space or silence ends, Esc takes back")
    if state.refused and not state.done:
        return _("not scored: say it again")
    if missed(state):
        return _("missed, the clock runs on: ↵ next · A again")
    if state.done:
        return _("↵ next · A again")
    if state.cue is not None and state.keyed is None:
        return _("hold Space and speak") if holds else _("Space, then speak")
    return ""


def missed(state: State) -> bool:
    """Whether nobody answered in this turn."""
    return state.done and state.last is None and any(attempt.turn == state.turn for attempt in state.attempts[-1:])


def countdown(state: State, now: float) -> str | None:
    """How long there is to answer, with a bar that drains; None where nobody hurries."""
    left = time_left(state, now)
    if left is None or state.cue is None or state.cue.within is None:
        return None
    if left > 0:
        filled = ceil(min(1.0, left / state.cue.within) * BAR)
        return f"{_('answer within {left:.0f} s').format(left=left)} {'▮' * filled}{'▯' * (BAR - filled)}"
    return _("{late:.0f} s late").format(late=-left)


def sayer(seat: str | None, line: Line | None, plan: Plan) -> str:
    """Whose a call is that is to come: a name, where several sit here or elsewhere."""
    if seat is None:
        return speaker_name(line) if line else ""
    return seat_name(plan.seat(seat)) if len(plan.seats) > 1 else _("You")


def plainly(line: Line, book: Phrasebook, readings: Readings) -> Text:
    """A call with all that helps to read it: for one that is no secret."""
    phrase = next(spoken([line], book), None)
    if phrase is None:
        return Text("", line.text, main=True)
    return Text("", line.text, *readings(phrase, line), phrase.plain(other(line.language)), main=True)


def counted_told(left: float) -> str:
    """The last seconds before the drill begins or goes on."""
    return _("begins in {n}").format(n=max(1, ceil(left)))


def head(
    cue: Cue, state: State, plan: Plan, book: Phrasebook, reader: Reader = ANYBODY,
    named: Callable[[str], str] | None = None,
) -> str:  # fmt: skip
    """Which call it is, of how many, from which phase, and why it was chosen. named: what a sound is called, where its
    letters are nothing."""
    own = [turn for turn in plan.agenda if turn.seat is not None]
    number, asked = len(state.begun), cue.answers[0].call if cue.answers else None
    if asked is not None:
        number = state.begun.index(asked) + 1 if asked in state.begun else number + 1
    calls = list(spoken(cue.answers[:1] or cue.shown, book))
    phase = book.phase(calls[0].phase).name[interface_language()] if calls else ""
    call = cue.answers[0].call if cue.answers else cue.shown[0].call if cue.shown else ""
    language = plan.seat(cue.seat).target if cue.seat else reader.first
    parts = [f"{number}/{max(len(own), number)}", book.name_of(call), phase, why(cue.reason, language, reader, named)]
    return " · ".join(part for part in parts if part)


def ask(cue: Cue, state: State, plan: Plan, *, here: bool) -> str:
    """What is asked of whose turn it is; empty once it is done. here: whether they sit at this terminal."""
    if state.done or cue.seat is None:
        return ""
    seat = plan.seat(cue.seat)
    language = in_language(seat.target)
    if not here:
        return "▸ " + _("{name} speaks, {language}.").format(name=seat_name(seat), language=language)
    asked = asked_words(cue, plan.mode).ask.format(language=language)
    return f"▸ {seat_name(seat)}: {asked}" if len(plan.seats) > 1 else f"▸ {asked}"


def helped(state: State, hints: int) -> str:
    """What the help that was asked for has cost so far; empty where none was."""
    if state.done or not hints:
        return ""
    return _("hint {n} of {most}: −{cost:.0f} points").format(n=hints, most=STEPS, cost=hints * COST)


def can_be_helped(state: State, hints: int) -> bool:
    """Whether there is an answer that is not to be read already, and more of it to be shown."""
    cue = state.cue
    return cue is not None and not state.done and hints < STEPS and any(a not in cue.shown for a in cue.answers[:1])


def figures(cue: Cue, state: State) -> str:
    """The figures of a readback, once they are no secret."""
    return " · ".join(f"{value}" for _name, value in cue.values) if state.done else ""


def texts(state: State, plan: Plan, book: Phrasebook, readings: Readings, *, hints: int) -> tuple[Text, ...]:
    """The calls that are on the card: what is shown, what was heard, the right answer when it is no secret. readings:
    IPA and letters of a call; hints: steps of help that were asked for."""
    cue = state.cue
    if cue is None:
        return ()

    def text(line: Line, who: str, *, hidden: bool = False, main: bool = False) -> Text:
        phrase = next(spoken([line], book), None)
        if phrase is None:
            return Text(who, line.text, hidden=hidden, main=main)
        if secret(line) and hints and not in_the_open:
            letters = shown_in_letters(readings(phrase, line)[1], hints)
            hint = hint_shown(line.text, line.language, hints)
            return Text(who, hint, letters=letters, main=main, language=line.language)
        ipa, letters = readings(phrase, line)
        # What a call means in the language that is learnt may be the very answer that is asked for.
        meaning = phrase.plain(other(line.language)) if in_the_open or line.language == learnt else ""
        return Text(who, line.text, ipa, letters, meaning, hidden, main, line.language)

    def secret(line: Line) -> bool:
        return line in cue.answers and line not in cue.shown

    in_the_open = state.done or hints >= STEPS
    learnt = plan.seat(cue.seat).target if cue.seat else None
    answered = bool(cue.answers) and cue.prompt == cue.answers[0] and state.done
    on_card = []
    if cue.prompt is not None and cue.prompt not in cue.shown and not answered:
        hidden = bool(cue.answers) and not (hints or in_the_open)
        on_card.append(text(cue.prompt, speaker_name(cue.prompt), hidden=hidden))
    said = agenda.before(book, plan, state.queue[0]) if state.queue and not (cue.prompt or cue.shown) else None
    if said is not None:  # it could be read while it was said; figures are to be remembered
        hidden = plan.mode == "readback" and not (hints or in_the_open)
        on_card.append(text(said, speaker_name(said), hidden=hidden))
    on_card += [text(line, speaker_name(line) if line.speaker != "any" else "", main=True) for line in cue.shown]
    if state.done:
        right = state.last.line if state.last else cue.answers[0] if cue.answers else None
        if right is not None and right not in cue.shown:
            on_card.append(text(right, _answerer(cue, plan), main=True))
    elif hints and cue.answers and cue.answers[0] not in (*cue.shown, cue.prompt):
        on_card.append(text(cue.answers[0], _answerer(cue, plan), main=True))
    return tuple(on_card)


def heard_by_key(state: State, *, hints: int) -> Line | None:
    """The call that the reference keys let be heard: the right answer once it is no secret, else the prompt."""
    cue = state.cue
    if cue is None:
        return None
    if state.done and state.last is not None:
        return state.last.line
    if state.done or hints >= STEPS or (state.plan is not None and state.plan.mode in AIDED):
        return cue.answers[0] if cue.answers else cue.prompt
    return cue.prompt or (cue.shown[0] if cue.shown else None)


def _answerer(cue: Cue, plan: Plan) -> str:
    """Whose answer a call is."""
    return seat_name(plan.seat(cue.seat)) if cue.seat and len(plan.seats) > 1 else _("You")
