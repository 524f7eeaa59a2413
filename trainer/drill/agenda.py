"""What a drill of each mode asks for, built from the phrasebook: which calls, in which order, heard and read how.

Each crew speaks the partner's language. So a learner at the Soyuz seat says Soyuz calls in English and hears Apollo in
Russian; the ground speaks to its own crew in its own language.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, zip_longest

from trainer.drill.events import Cue, Line
from trainer.drill.pace import time_to_answer
from trainer.drill.plan import Mode, Plan, Reason, Seat, Turn
from trainer.drill.session import DIRECTOR
from trainer.errors import UserError
from trainer.languages import Language, other
from trainer.messages import gettext as _
from trainer.phrasebook.draw import Call, exchanges, recall
from trainer.phrasebook.phrase import Phrase, Phrasebook
from trainer.phrasebook.templates import Template
from trainer.speakers import Speaker

OF_THE_GROUND: dict[Speaker, Language] = {"houston": "en", "moscow": "ru", "recovery": "en"}
CHECKLIST_WITHIN = 6.0  # seconds to key down, at least: a crew answers within a breath or two; see `time_to_answer`
READBACKS = 10  # exchanges of a drill that is not told otherwise


def calls(book: Phrasebook, mode: Mode, seat: Seat, phase: str | None = None) -> tuple[Phrase, ...]:
    """The calls that a seat can be asked for in a mode, for a scheduler to choose from. Readbacks and checklists are
    not chosen, so they have none.

    Raises UserError where the phase is unknown, or nothing in it is this seat's to say.
    """
    _check_phase(book, phase)
    answered = {phrase.id: _answers(book, phrase, seat) for phrase in book.phrases} if mode == "respond" else {}
    sayable = {answer.id for answers in answered.values() for answer in answers}
    found = tuple(
        phrase
        for phrase in book.phrases
        if (phase is None or phrase.phase == phase)
        and _says(seat, phrase)
        and (mode != "respond" or phrase.id in sayable)
    )
    if not found:
        raise UserError(_("there is nothing to drill for this crew member. Choose another phase or mode."))
    return found


def turns(book: Phrasebook, mode: Mode, seat: Seat, chosen: Iterable[tuple[str, Reason]]) -> tuple[Turn, ...]:
    """The agenda of a drill of chosen calls (ids, each with why it was chosen)."""
    return tuple(_turn(book, mode, seat, call, reason) for call, reason in chosen)


def checklist(book: Phrasebook, phase: str, seats: Sequence[Seat]) -> tuple[Turn, ...]:
    """The calls of a phase in order, as it goes when all goes well. Calls of a seat are its turns, all others are
    heard; a call that anybody may say is the turn of a seat that did not speak last.

    Raises UserError for an unknown phase, or one in which no seat has anything to say.
    """
    _check_phase(book, phase)
    agenda: list[Turn] = []
    last: str | None = None
    for phrase in (call for call in book.phrases if call.phase == phase and not call.contingency):
        own = [seat for seat in seats if seat.station == phrase.speaker]
        if phrase.speaker == "any":
            own = [seat for seat in seats if seat.id != last] or list(seats)
        seat = own[0].id if own else None
        agenda.append(Turn(None if seat else phrase.id, (phrase.id,) if seat else (), seat, Reason("in-order")))
        last = seat
    if not any(turn.seat for turn in agenda):
        raise UserError(_("nobody of the crew has anything to say in the phase {phase}.").format(phase=phase))
    return tuple(agenda)


def readbacks(
    book: Phrasebook, seats: Sequence[Seat], seed: int, count: int = READBACKS, phase: str | None = None
) -> tuple[Turn, ...]:
    """Calls with figures, each to be read back by the seat whose answer it is. phase: only calls of this one.

    Raises UserError where the phase is unknown, or the phrasebook has no templates there that these seats answer.
    """
    _check_phase(book, phase)
    templates = [t for t in book.templates if not t.answers and _who_reads_back(book, seats, t)]
    if not templates:
        raise UserError(_("the phrasebook has no readbacks for this crew."))
    ids = {template.id for template in templates if phase in (None, template.phase)}
    if not ids:
        there = {template.phase for template in templates}
        known = ", ".join(known.id for known in book.phases if known.id in there)
        raise UserError(
            _("the phase {phase} has no readbacks for this crew. Phases that have: {known}.").format(
                phase=phase, known=known
            )
        )
    drawn = (
        Turn(call.id, tuple(answer.id for answer in answers), seat.id, Reason("drawn"))
        for call, *answers in exchanges(book, seed)
        if call.template in ids and (seat := _who_answers(seats, call, answers))
    )
    return tuple(islice(drawn, count))


def find(book: Phrasebook, call_id: str) -> Phrase:
    """A call of the book, or one drawn from a template. Raises KeyError for one that there is not."""
    if found := book.named(call_id) or recall(book, call_id):
        return found
    raise KeyError(call_id)


def between(book: Phrasebook, turns: Iterable[Turn], seats: Sequence[Seat]) -> tuple[Turn, ...]:
    """Turns for a crew that is there: a call that one of them answers is first said by the other, as a turn of theirs,
    where it is theirs to say."""
    agenda: list[Turn] = []
    for turn in turns:
        caller = _caller(book, turn, seats)
        if caller and turn.prompt:
            agenda.append(Turn(None, (turn.prompt,), caller.id, turn.reason))
        agenda.append(turn)
    return tuple(agenda)


def taken_in_turns(agendas: Iterable[Iterable[Turn]]) -> Iterator[Turn]:
    """One turn of each seat after the other, for as long as any has some left."""
    for turns_ in zip_longest(*agendas):
        yield from (turn for turn in turns_ if turn)


def injected(book: Phrasebook, seats: Sequence[Seat], call: str, answer: str | None = None) -> tuple[Turn, ...]:
    """The turns that put a call in between: heard by all, then answered where it needs an answer or one is named.

    Raises UserError for a call that there is not.
    """
    reason = Reason("inject")
    try:
        heard = find(book, call)
        answers = [find(book, answer)] if answer else [p for p in book.phrases if heard.id in p.answers]
    except KeyError as error:
        raise UserError(
            _("there is no phrase {id}. `ruston phrases TEXT` searches.").format(id=error.args[0])
        ) from error
    said = Turn(heard.id, (), None, reason)
    for seat in seats:
        fitting = [phrase.id for phrase in answers if _says(seat, phrase)]
        if fitting and heard.speaker != seat.station:
            return said, Turn(None, tuple(fitting), seat.id, reason)
    return (said,)


def cue(book: Phrasebook, plan: Plan, turn: Turn, number: int, at: float, by: str = DIRECTOR) -> Cue:
    """The event that begins a turn. Raises KeyError where the book lacks a call of the turn."""
    mode = plan.mode
    if turn.seat is None:
        assert turn.prompt is not None
        heard = find(book, turn.prompt)
        line = _line(heard, spoken(heard.speaker, plan.seats))
        return Cue(at=at, turn=number, seat=None, prompt=line, shown=(line,), answers=(), reason=turn.reason, by=by)
    seat = plan.seat(turn.seat)
    answers = tuple(_line(find(book, call), seat.target) for call in turn.answers)
    asked = find(book, turn.answers[0])
    within = None if plan.within is None else time_to_answer(answers[0], plan.within)
    prompt: Line | None = None
    shown: tuple[Line, ...] = ()
    match mode:
        case "echo":
            prompt = answers[0]
        case "read" | "checklist":
            shown = (answers[0],)
        case "relay":
            prompt = _line(asked, seat.first)
            shown = (prompt,)
        case "respond" | "readback" if turn.prompt is None:
            shown = (answers[0],)  # for the partner, who will answer it
        case "respond" | "readback":
            heard = find(book, turn.prompt or "")
            if not _caller(book, turn, plan.seats):  # else the partner has just said it
                prompt = _line(heard, spoken(heard.speaker, plan.seats, to=seat))
    values = tuple(asked.values.items()) if isinstance(asked, Call) else ()
    return Cue(
        at=at, turn=number, seat=seat.id, prompt=prompt, shown=shown, answers=answers, reason=turn.reason,
        within=within, values=values, by=by,
    )  # fmt: skip


def foreseen(book: Phrasebook, plan: Plan, turns: Iterable[Turn]) -> tuple[Line | None, ...]:
    """The calls of turns to come that may be read and heard beforehand; None for one that is to be found, or heard
    first, when its turn comes."""
    lines = []
    for turn in turns:
        try:
            shown = cue(book, plan, turn, 0, 0.0).shown
        except KeyError:  # of another phrasebook
            shown = ()
        lines.append(shown[0] if shown else None)
    return tuple(lines)


def nothing(turn: Turn, number: int, at: float, by: str) -> Cue:
    """In place of a turn whose calls the phrasebook lacks: it is over at once."""
    return Cue(at=at, turn=number, seat=None, prompt=None, shown=(), answers=(), reason=turn.reason, by=by)


def spoken(speaker: Speaker, seats: Sequence[Seat], to: Seat | None = None) -> Language:
    """The language in which a speaker is heard on the loop."""
    if speaker in OF_THE_GROUND:
        return OF_THE_GROUND[speaker]
    for seat in seats:
        if seat.station == speaker and seat is not to:
            return seat.target
    listener = to or seats[0]
    return other(listener.target)


def _says(seat: Seat, phrase: Phrase | Template) -> bool:
    return phrase.speaker in (seat.station, "any") or seat.station == "any"


def _answers(book: Phrasebook, prompt: Phrase, seat: Seat) -> list[Phrase]:
    """The calls with which a seat may answer another's call."""
    if prompt.speaker == seat.station and seat.station != "any":
        return []
    return [phrase for phrase in book.phrases if prompt.id in phrase.answers and _says(seat, phrase)]


def _turn(book: Phrasebook, mode: Mode, seat: Seat, call: str, reason: Reason) -> Turn:
    if mode != "respond":
        return Turn(None, (call,), seat.id, reason)
    answer = find(book, call)
    prompts = [prompt for prompt in map(book.find, answer.answers) if prompt and _answers(book, prompt, seat)]
    others = [phrase.id for phrase in _answers(book, prompts[0], seat) if phrase.id != answer.id]
    return Turn(prompts[0].id, (answer.id, *others), seat.id, reason)


def _who_reads_back(book: Phrasebook, seats: Sequence[Seat], template: Template) -> Seat | None:
    return _who_answers(seats, template, [t for t in book.templates if template.id in t.answers])


def _who_answers(seats: Sequence[Seat], call: Phrase | Template, answers: Sequence[Phrase | Template]) -> Seat | None:
    for seat in seats:
        if answers and (call.speaker != seat.station or seat.station == "any") and _says(seat, answers[0]):
            return seat
    return None


def _caller(book: Phrasebook, turn: Turn, seats: Sequence[Seat]) -> Seat | None:
    """Who of the crew says the call that a turn answers; None where nobody who is there does."""
    if turn.prompt is None or turn.seat is None:
        return None
    speaker = find(book, turn.prompt).speaker
    return next((seat for seat in seats if seat.id != turn.seat and speaker in (seat.station, "any")), None)


def before(book: Phrasebook, plan: Plan, turn: Turn) -> Line | None:
    """The call of a partner who is there, a turn of their own, that this turn answers; None where none is."""
    caller = _caller(book, turn, plan.seats)
    return _line(find(book, turn.prompt), caller.target) if caller and turn.prompt else None


def _line(phrase: Phrase, language: Language) -> Line:
    return Line(phrase.id, language, phrase.text(language), phrase.speaker)


def _check_phase(book: Phrasebook, phase: str | None) -> None:
    if phase is not None and phase not in {known.id for known in book.phases}:
        known = ", ".join(known.id for known in book.phases)
        raise UserError(_("there is no phase {phase}. The phases: {known}.").format(phase=phase, known=known))
