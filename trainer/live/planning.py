"""Plan a drill: who sits where, and what the scheduler chooses for them."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from trainer.drill import agenda
from trainer.drill.plan import Mode, Plan, Reason, Seat, Turn
from trainer.errors import UserError
from trainer.identity import Person, Recognition, free_key, recognise, same, spelling
from trainer.languages import Language
from trainer.live.seed import seed_or_drawn
from trainer.messages import gettext as _
from trainer.messages import ngettext
from trainer.phrasebook.expectation import expect
from trainer.phrasebook.lexicon import lexicon
from trainer.phrasebook.phrase import Phrasebook
from trainer.speakers import Speaker
from trainer.text_in import harmless, line

if TYPE_CHECKING:
    from trainer.drill.memory import Memory
    from trainer.drill.schedule import Candidate

LONGEST_NAME = 120  # characters
SIZE = 10  # calls of a drill that is not told otherwise
OF_CALLS: tuple[Mode, ...] = ("echo", "read", "relay", "respond")  # kinds of drill that any calls can be drilled by
STATIONS: dict[Language, Speaker] = {"en": "apollo", "ru": "soyuz"}  # where somebody of a language sits


def seat(
    book: Phrasebook, who: str, *, first: Language | None = None, name: str | None = None,
    station: Speaker | None = None, interface: Language = "en", people: Sequence[Person] = (), newcomer: bool = False,
) -> Seat:  # fmt: skip
    """Somebody by key or name: of the people who are known to the records, of the book's crews, or anybody else, whose
    first language must then be said. name: how somebody is called whose key is certain. newcomer: nobody who is known,
    though they may be called so.

    Raises UserError for somebody unknown of whom no language is said, and where what is said contradicts the records;
    Doubtful where it may be one or another.
    """
    typed = name or who
    who, name = line(who), None if name is None else line(name)
    if not who:
        raise UserError(_("say who is drilled: --crew NAME."))
    if len(who) > LONGEST_NAME:
        raise UserError(_("a name, key or crew is longer than {n} characters.").format(n=LONGEST_NAME))
    known = everybody(book, people)
    if name is not None:
        recognised = Recognition(next((person for person in known if same(person.key, who)), None))
    else:
        recognised = Recognition() if newcomer else recognise(who, known)
    person = recognised.person
    if recognised.perhaps:
        raise Doubtful(who, recognised.perhaps)
    if person is None and harmless(typed) != typed:
        raise UserError(_("a name has no control characters, nor any that cannot be seen."))
    key = person.key if person else who.casefold() if name else free_key(who, known) or who.casefold()
    recorded = person in people
    if person and recorded and first not in (None, person.first):
        message = _("{who} is {name} of the records, whose first language is the other. For somebody else: --newcomer.")
        raise UserError(message.format(who=who, name=person.names[0]))
    first = person.first if person and recorded else first
    member = next((member for member in book.crew if same(member.id, key)), None)
    if member is None and first is None:
        ids = ", ".join(member.id for member in book.crew)
        message = _("{who} is nobody of the crews ({known}). For somebody else say which language is theirs: --first.")
        raise UserError(message.format(who=who, known=ids or "-"))
    language = first or (member.first if member else "en")
    place = station or (member.station if member and member.first == language else STATIONS[language])
    called = name or (person.names[0] if person and recorded else None)
    if member and called in (None, member.name.en, member.name.ru):
        called = member.name[interface]
    return Seat(id=place if place != "any" else key, learner=key, name=called or who, first=language, station=place)


def of_others(book: Phrasebook, seat: Seat, calls: Sequence[str]) -> list[str]:
    """The calls that are not this seat's to say."""
    own = {phrase.id for phrase in agenda.calls(book, "read", seat)}
    return [call for call in calls if call not in own]


def of_others_told(book: Phrasebook, calls: Sequence[str]) -> str:
    text = ngettext(
        "{calls} is a call of another station. `ruston drill --own-list --station any` drills it all the same.",
        "{calls} are calls of another station. `ruston drill --own-list --station any` drills them all the same.",
        len(calls),
    )
    return text.format(calls=", ".join(map(book.name_of, calls)))


class Doubtful(UserError):
    """A name may mean one or another. who: as it was said; perhaps: whom it may mean."""

    def __init__(self, who: str, perhaps: Sequence[Person]) -> None:
        self.who, self.perhaps = who, perhaps
        names = ", ".join(f"{person.key} ({person.names[0]})" for person in perhaps)
        message = _("{who} may be {names}. Say which by the key: --crew KEY; or somebody new: --newcomer.")
        super().__init__(message.format(who=who, names=names))


def everybody(book: Phrasebook, people: Sequence[Person]) -> tuple[Person, ...]:
    """Who can be meant: the people of the records first, then the members of the crews who are none of them."""
    keys = {spelling(person.key) for person in people}
    crew = (Person(one.id, (one.name.en, one.name.ru), one.first, one.station) for one in book.crew)
    return (*people, *(member for member in crew if spelling(member.key) not in keys))


def of_two_crews(one: Seat, other: Seat) -> None:
    """Raises UserError where two that are to drill together are of the same crew."""
    if one.station == other.station:
        raise UserError(_("both sit at the same station. One of them must be of the other crew: --crew."))


def plan(
    book: Phrasebook, mode: Mode, seats: Sequence[Seat], opened: datetime, *, phase: str | None = None,
    size: int | None = None, memory: "Memory | None" = None, seed: int | None = None, pass_mark: float | None = None,
    path: Path | None = None,
) -> Plan:  # fmt: skip
    """A session of a mode. memory: what the first seat remembers; the scheduler chooses by it. path: where the book is,
    if it is not the mission's, so that the session can be resumed.

    Raises UserError where the phase is unknown or holds nothing for these seats.
    """
    seed = seed_or_drawn(seed)
    learner = seats[0]
    get = within = None
    if mode == "checklist":
        if phase is None:
            phases = ", ".join(known.id for known in book.phases)
            raise UserError(
                _("a checklist is of one phase: choose it on the board, or by --phase, one of {phases}.").format(
                    phases=phases
                )
            )
        turns = agenda.checklist(book, phase, seats)
        get, within = book.get(book.phase(phase).start_event), agenda.CHECKLIST_WITHIN
    elif mode == "readback":
        turns = agenda.readbacks(book, seats, seed, agenda.READBACKS if size is None else size, phase)
    else:
        wanted = SIZE if size is None else size
        # Of a crew, what the first seat remembers decides for it alone; the partner's memory is at the partner's place.
        chosen = [
            _chosen(
                book, mode, seat, opened, phase, -(-wanted // len(seats)), memory if seat is learner else None, seed
            )
            for seat in seats
        ]
        turns = tuple(agenda.taken_in_turns(chosen))[:wanted]
    if len(seats) > 1 and mode in ("respond", "readback"):
        turns = agenda.between(book, turns, seats)
    made = Plan(
        session=_new_session(opened), mode=mode, phase=phase, seats=tuple(seats),
        agenda=turns, opened=opened.isoformat(timespec="milliseconds"), seed=seed, get=get, within=within,
        book=str(path.absolute()) if path else None,
    )  # fmt: skip
    return made if pass_mark is None else replace(made, pass_mark=pass_mark)


def these_calls(
    book: Phrasebook, seat: Seat, calls: Sequence[str], opened: datetime, path: Path | None = None, mode: Mode = "read",
    size: int | None = None, pass_mark: float | None = None,
) -> Plan:  # fmt: skip
    """A drill of some calls, in their order; those that are another's to say, or answer none where answers are drilled,
    are left out. Raises UserError where none is left, and for a kind of drill that is not of chosen calls."""
    if mode not in OF_CALLS:
        kinds = ", ".join(OF_CALLS)
        message = _("{mode} is not drilled from chosen calls: its figures or its order are the drill. Choose {kinds}.")
        raise UserError(message.format(mode=mode, kinds=kinds))
    others = of_others(book, seat, calls)
    there = [call for call in calls if call not in others]
    if not there:
        raise UserError(of_others_told(book, others))
    if mode == "respond":
        answers = {phrase.id for phrase in agenda.calls(book, mode, seat)}
        if not (answers & set(there)):
            message = _("none of these calls answers another: {calls}. Choose another kind of drill.")
            raise UserError(message.format(calls=", ".join(map(book.name_of, there))))
        there = [call for call in there if call in answers]
    made = Plan(
        session=_new_session(opened), mode=mode, phase=None, seats=(seat,),
        agenda=agenda.turns(book, mode, seat, ((call, Reason("in-order")) for call in there[:size])),
        opened=opened.isoformat(timespec="milliseconds"),
        book=str(path.absolute()) if path else None,
    )  # fmt: skip
    return made if pass_mark is None else replace(made, pass_mark=pass_mark)


def again(plan: Plan, failed: Sequence[tuple[str, str]], opened: datetime) -> Plan:
    """A drill of some turns of another one, in their order. failed: seat and call of each. Where a partner says the
    call that is answered, that turn comes, too."""
    wanted = set(failed)
    turns: list[Turn] = []
    before: Turn | None = None
    for turn in plan.agenda:
        if turn.seat is not None and (turn.seat, turn.answers[0]) in wanted:
            wanted.remove((turn.seat, turn.answers[0]))
            called = before is not None and before.seat not in (None, turn.seat) and before.answers == (turn.prompt,)
            if before is not None and called and before not in turns:
                turns.append(before)
            turns.append(replace(turn, reason=Reason("again")))
        before = turn
    turns += [Turn(None, (call,), seat, Reason("again")) for seat, call in failed if (seat, call) in wanted]
    return replace(
        plan, session=_new_session(opened), agenda=tuple(turns), opened=opened.isoformat(timespec="milliseconds")
    )


def _new_session(opened: datetime) -> str:
    return f"{opened:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


def candidates(book: Phrasebook, mode: Mode, seat: Seat, phase: str | None = None) -> tuple["Candidate", ...]:
    """The calls that a seat can be asked for, with their sounds; those with words that nobody has transcribed lack
    sounds, and can still be drilled."""
    from trainer.drill.schedule import Candidate

    known = lexicon(seat.target)
    found = []
    for phrase in agenda.calls(book, mode, seat, phase):
        try:
            phones = expect(phrase.text(seat.target), seat.target, known).citation
        except UserError:
            phones = ()
        found.append(Candidate(phrase.id, phrase.phase, tuple(phones)))
    return tuple(found)


def _chosen(
    book: Phrasebook, mode: Mode, learner: Seat, now: datetime, phase: str | None, size: int, memory: "Memory | None",
    seed: int,
) -> tuple[Turn, ...]:  # fmt: skip
    from trainer.drill.memory import Memory
    from trainer.drill.schedule import choose, open_phases

    memory = memory or Memory()
    pool = candidates(book, mode, learner, phase)
    if phase is None:
        calls: dict[str, list[str]] = {}
        for candidate in pool:
            calls.setdefault(candidate.phase, []).append(candidate.call)
        reached = open_phases(memory, learner.target, calls, now)
        pool = tuple(candidate for candidate in pool if candidate.phase in reached)
    choices = choose(memory, learner.target, pool, now, size, seed)
    return agenda.turns(book, mode, learner, ((choice.call, choice.reason) for choice in choices))
