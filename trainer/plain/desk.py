"""The console in lines: who is there, which drill, the drill, its debrief, and again."""

from collections.abc import Iterator
from functools import partial

from trainer.audio.devices import NoMicrophone
from trainer.drill.offers import Offer
from trainer.drill.plan import MODES, Mode
from trainer.drill.schedule import Mastery
from trainer.errors import UserError
from trainer.languages import Language
from trainer.live.board import next_phase
from trainer.live.planning import Doubtful
from trainer.live.practice import Practising
from trainer.live.program import Options, Program
from trainer.live.today import Today, taken_up
from trainer.messages import choose_language, interface_language, ngettext
from trainer.messages import gettext as _
from trainer.plain import drill, ear, listening, mouth
from trainer.plain.lines import Lines, Said
from trainer.plain.telling import sound_name
from trainer.reader import Reader
from trainer.tui import preferences
from trainer.tui.operator import Operator
from trainer.wording import (
    assignment_told,
    comment_told,
    contrast_name,
    mode_name,
    names_in,
    today_told,
    unfinished_told,
)


def program(options: Options, lines: Lines) -> Program:
    """The program with what was chosen at the console, telling of trouble in lines."""
    running = Program(options, lambda trouble: lines.say([(_("Note"), trouble)]))
    preferences.load(running)
    return running


def run(options: Options) -> None:
    """Until there is nothing more to do. Raises UserError."""
    lines = Lines()
    running = program(options, lines)
    try:
        if options.who:
            running.sign_on(options.who, options.first or "en", options.name)
            plan = (
                running.plan_listed(mode=options.mode) if options.listed else running.plan(options.mode, options.phase)
            )
            try:
                drilled(running, Operator(plan), lines)
            except NoMicrophone as error:
                lines.say([(_("Note"), str(error))])
                listening.run(running, options.phase, lines)
        elif _sign_on(running, lines):
            while _next(running, lines):
                pass
    finally:
        running.close()


def drilled(program: Program, operator: Operator, lines: Lines) -> None:
    """A drill, and others after it for as long as they are wanted."""
    wanted = drill.run(program, operator, lines)
    while wanted is not None:
        wanted = drill.run(program, Operator(wanted), lines)


def _sign_on(program: Program, lines: Lines) -> bool:
    interface = interface_language()
    known = [(one.key, one.name, one.first) for one in program.acquaintances()]
    keys = {key for key, _name, _first in known}
    known += [(member.id, member.name[interface], member.first) for member in program.crew if member.id not in keys]
    number = lines.choose(
        _("Who are you? Enter leaves."), [_("somebody new"), *(name for _key, name, _first in known)], first=0
    )
    if number:
        key, _name, first = known[number - 1]
        program.sign_on(key, first, letters=_letters(program, key, first, lines))
    elif number == 0:
        _newcomer(program, lines)
    return number is not None


def _newcomer(program: Program, lines: Lines) -> None:
    name = lines.ask(_("your name"))
    number = lines.choose(_("your first language"), ["English", "Русский"])
    first: Language = "ru" if number == 2 else "en"
    try:
        seat = program.seat_of(name, first)
    except Doubtful as doubt:
        people = [f"{person.names[0]}, {person.key}" for person in doubt.perhaps]
        which = lines.choose(_("Who is it?"), [_("somebody new"), *people], first=0)
        seat = program.seat_of(doubt.perhaps[which - 1].key if which else name, first, newcomer=not which)
    letters = _letters(program, seat.learner, seat.first, lines)
    program.sign_on(seat.learner, seat.first, seat.name, letters=letters)


def _letters(program: Program, who: str, first: Language, lines: Lines) -> bool | None:
    """Asked once: who does not read the other alphabet is told in letters of their own."""
    if preferences.follows(preferences.load(program), first):  # who does not read this alphabet could not answer
        choose_language(first)
    if program.knows_letters(who):
        return None
    asked = _("Do you read Cyrillic letters?") if first == "en" else _("Do you read Latin letters?")
    return lines.choose(asked, [_("yes"), _("no: show it in my letters, too")]) == 2


def _next(program: Program, lines: Lines) -> bool:
    """What is wanted next, from choosing it to its end; False: nothing."""
    offers, today = program.offers(), program.today(program.board())
    lines.say(_to_do(program, today))
    kinds = [*map(mode_name, MODES), _("By ear, without a microphone")]
    kinds += [_offered(offer, program.seat.target, program.reader()) for offer in offers]
    unfinished = today.unfinished
    kinds += [unfinished_told(unfinished)] if unfinished else []
    number = lines.choose(_("Which kind of drill? Enter leaves."), kinds)
    if number is None:
        return False
    beside, phase = number - len(MODES) - 2, None  # beside the kinds of drill
    try:
        if unfinished and beside == len(offers):
            drilled(program, Operator(unfinished.plan, partial(taken_up, unfinished.events)), lines)
        elif beside >= 0:
            _train(program, offers[beside], lines)
        else:
            mode = MODES[number - 1] if number <= len(MODES) else None
            phase = _which_phase(program, mode, lines)
            _begin(program, mode, phase, lines)
    except UserError as error:
        lines.say([(_("Note"), str(error))])
        if isinstance(error, NoMicrophone):
            listening.run(program, phase, lines)
    return True


def _to_do(program: Program, today: Today) -> Iterator[Said]:
    """What the board says: what is due, what an instructor asked and said."""
    yield _("Today"), today_told(today)
    names = names_in(program.book)
    box, now = program.inbox(), program.options.now()
    yield from ((_("Asked of you"), assignment_told(progress, now, names)) for progress in box.assignments)
    yield from ((_("From the instructor"), comment_told(comment, names)) for comment in box.comments)
    program.show_comments()


def _offered(offer: Offer, language: Language, reader: Reader) -> str:
    """An exercise that is needed beside the calls."""
    if offer.kind == "mouth":
        return _("Mouth: {sound}").format(sound=sound_name(offer.item, language, reader))
    return _("Ear: {sounds}").format(sounds=contrast_name(language, offer.item, reader))


def _train(program: Program, offer: Offer, lines: Lines) -> None:
    practising = Practising(program, program.seat)
    if offer.kind == "mouth":
        mouth.run(practising, practising.ladder(offer.item), lines)
    else:
        ear.run(practising, offer.item, lines)


def _begin(program: Program, mode: Mode | None, phase: str | None, lines: Lines) -> None:
    """mode: None for calls by ear."""
    if mode is None:
        listening.run(program, phase, lines)
    else:
        drilled(program, Operator(program.plan(mode, phase)), lines)


def _which_phase(program: Program, mode: Mode | None, lines: Lines) -> str | None:
    """None: of all that are reached."""
    rows = program.board()
    interface = interface_language()
    phases = [_phase(row.name[interface], row.mastery, row.due) for row in rows]
    which = lines.choose(_("Which phase?"), [_("what is next for me"), *phases], first=0)
    phase = rows[which - 1].id if which else None
    if mode == "checklist" and phase is None and (following := next_phase(rows)) is not None:
        lines.say([(_("Phase"), following.name[interface])])
        phase = following.id
    return phase


def _phase(name: str, mastery: Mastery | None, due: int) -> str:
    if mastery is None:
        return f"{name}: {_('Nothing in this phase is yours to say.')}"
    parts = [name, _("{n} of {all} known").format(n=mastery.known, all=mastery.calls)]
    if due:
        parts.append(ngettext("{n} call due again", "{n} calls due again", due).format(n=due))
    return ", ".join(parts)
