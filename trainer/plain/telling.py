"""What a drill says in lines: the turn, the verdict, the words, the debrief. The worst of an answer comes first."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from trainer.drill.debrief import answers, poor_sounds, summary
from trainer.drill.direction import time_left
from trainer.drill.events import Assessed, Event, Line
from trainer.drill.plan import Plan, Turn
from trainer.drill.session import Attempt, State
from trainer.drill.verdict import (
    NoAnswer,
    OtherCall,
    PoorSound,
    Right,
    Verdict,
    WrongStress,
    verdict,
    worst_word,
)
from trainer.languages import Language, other
from trainer.messages import gettext as _
from trainer.messages import ngettext
from trainer.phones.inventory import inventory, sound
from trainer.phrasebook.phrase import Phrasebook
from trainer.plain.lines import Said
from trainer.reader import Reader
from trainer.scoring.assessment import Assessment, WordScore
from trainer.scoring.feedback import heard_instead, worst_sounds
from trainer.scoring.points import FLAGGED
from trainer.tui import call_view
from trainer.wording import (
    band_name,
    breakdown,
    dearest,
    heard_words,
    lost_for,
    mode_name,
    nothing_poor,
    remark,
    seat_name,
    summary_told,
    unsure,
    verdict_told,
)


def opening(plan: Plan) -> Iterator[Said]:
    calls = sum(turn.seat is not None for turn in plan.agenda)
    count = ngettext("{n} call", "{n} calls", calls).format(n=calls)
    yield _("Drill"), ", ".join([mode_name(plan.mode), *(seat_name(seat) for seat in plan.seats), count])


def to_come(
    turns: Sequence[Turn], lines: Sequence[Line | None], plan: Plan, own: Collection[str], reader: Reader
) -> Iterator[Said]:  # fmt: skip
    """The calls of turns to come, each with its number, as they are read. own: the seats that speak here."""
    you = _("(you)")
    for number, (turn, line) in enumerate(zip(turns, lines, strict=True), 1):
        who = call_view.sayer(turn.seat, line, plan)
        if turn.seat in own and 1 == len(own) < len(plan.seats):
            who = f"{who} {you}"
        said = reader.call(line.text, line.language) if line else ""
        said = said or (_("your answer") if turn.seat in own else _("an answer"))
        yield _("Call {n}").format(n=number), f"{who}: {said}" if who else said


def turn(state: State, plan: Plan, book: Phrasebook, reader: Reader, *, here: bool) -> Iterator[Said]:
    """Which call it is, and what is asked. here: whether whoever is to speak sits at this terminal."""
    if state.cue is None:
        return
    language = plan.seat(state.cue.seat).target if state.cue.seat else other(reader.first)

    def named(symbol: str) -> str:
        return sound_name(symbol, language, reader)

    yield _("Call"), call_view.head(state.cue, state, plan, book, reader, named)
    if asked := call_view.ask(state.cue, state, plan, here=here):
        yield _("Task"), asked


def texts(
    state: State, plan: Plan, book: Phrasebook, readings: call_view.Readings, hints: int, reader: Reader
) -> Iterator[Said]:
    """The calls that may be read now, how for those who do not read the alphabet, and what they mean."""
    learnt = plan.seat(state.cue.seat).target if state.cue and state.cue.seat else other(reader.first)
    for text in call_view.texts(state, plan, book, readings, hints=hints):
        if not text.hidden:
            who = f"{text.who}: " if text.who else ""
            if text.letters and text.language and reader.needs(text.language):
                yield _("Letters"), who + text.letters
                who = ""
            yield _("Text"), who + text.text
            if text.meaning and text.language == learnt:  # of one's own language it would be the answer, once more
                yield _("Meaning"), text.meaning
    if figures := state.cue and call_view.figures(state.cue, state):
        yield _("Figures"), figures
    if helped := call_view.helped(state, hints):
        yield _("Hint"), helped


def aids(state: State, plan: Plan, book: Phrasebook, readings: call_view.Readings, hints: int) -> Iterator[Said]:
    """How the calls that may be read sound, in letters of the other alphabet."""
    for text in call_view.texts(state, plan, book, readings, hints=hints):
        if not text.hidden and text.letters:
            yield _("Letters"), text.letters


def sound_name(symbol: str, language: Language, reader: Reader) -> str:
    """What a sound is called: nobody reads its letter of the phonetic alphabet aloud."""
    known = sound(language, symbol)
    return reader.sound(known) if known else symbol


def aloud(text: str, language: Language, reader: Reader) -> str:
    """A text with its sounds by name: what stands in brackets is phonetic."""
    return re.sub(r"\[([^]]+)\]", lambda found: f"«{sound_name(found[1], language, reader)}»", text)


def haste(state: State, now: float) -> Iterator[Said]:
    """How long there is to answer."""
    left = time_left(state, now)
    if left is not None and left > 0:
        yield _("Time"), _("answer within {left:.0f} s").format(left=left)


def answer(state: State, reader: Reader) -> Iterator[Said]:
    """What came of the turn: the verdict, the score, the worst word, what to do about it."""
    judged, attempt = verdict(state), state.attempts[-1] if state.attempts else None
    if judged is None or attempt is None:
        return
    yield _("Verdict"), verdict_said(judged, state.last.assessment.language if state.last else "en", reader)
    if isinstance(judged, NoAnswer) or state.last is None:
        return
    yield _("Score"), _score(attempt, unsure(state.last.assessment))
    result = state.last.assessment
    if breakdown(result):
        yield _("Lost for"), lost(result, reader)
    if not isinstance(judged, OtherCall):
        yield from _worst(result, judged, reader)
    if state.heard is not None and state.heard.words:
        yield _("Heard"), heard_words(state.heard.words, result.language, reader)
    yield from ((_("Warning"), warning) for warning in result.warnings)


def verdict_said(judged: Verdict, language: Language, reader: Reader) -> str:
    """A verdict for the ear: no arrows, no phonetic letters."""
    match judged:
        case WrongStress(word, place, heard):
            text = _("STRESS: {right}, on syllable {place}; you stressed syllable {heard}")
            return text.format(right=reader.loud(word, place, language), place=place + 1, heard=heard + 1)
        case PoorSound(hint) if hint.expected:
            named = reader.sound(inventory(language)[hint.expected])
            return _("SOUND: {sound}, in {word}").format(
                sound=named, word=reader.word(hint.word, language, hint.phones)
            )
        case PoorSound(hint):
            return _("SOUND: one too many in {word}").format(word=reader.word(hint.word, language, hint.phones))
        case _:
            return verdict_told(judged, language, reader)


def _score(attempt: Attempt, margin: float | None = None) -> str:
    """margin: points by which chance may have moved it."""
    told = [_("{points:.0f} points, {grade}").format(points=attempt.points, grade=band_name(attempt.points))]
    if round(attempt.points) != round(attempt.score):
        told.append(_("{score:.0f} before lateness, hints and words left out").format(score=attempt.score))
    if margin is not None:
        told.append(_("chance may move it by {margin:.0f} either way").format(margin=margin))
    return ", ".join(told)


def lost(result: Assessment, reader: Reader) -> str:
    """What the points of a call are missing for: a sound by its name, with the first word that it was poor in."""
    said = []
    for one in dearest(result):
        what = lost_for(one)
        if one.sound and one.word:
            name = reader.sound(inventory(result.language)[one.sound])
            what = _("{sound}, in {word}").format(sound=name, word=reader.word(one.word, result.language))
        said.append(f"{what} {one.points:.0f}")
    return "; ".join(said)


def _worst(result: Assessment, judged: Verdict, reader: Reader) -> Iterator[Said]:
    place = worst_word(result, judged)
    if place is not None:
        yield _("Worst word"), word(result.words[place], result.language, reader)
    for hint in worst_sounds(result, 1) if not isinstance(judged, Right) else ():
        yield _("Advice"), aloud(reader.told(hint.advice), result.language, reader)


def word(scored: WordScore, language: Language, reader: Reader) -> str:
    """A word of an answer: its points, its stress, the sounds that were poor."""
    text = reader.word(scored.text, language, scored.asked)
    if scored.missing:
        return f"{text}, {_('left out')}"
    parts = [text, _("{points:.0f} points, {grade}").format(points=scored.score, grade=band_name(scored.score))]
    if scored.stress is not None and scored.stress.misplaced:
        parts.append(_("stress on syllable {n} is wrong").format(n=scored.stress.heard + 1))
    parts += [_("a sound too many")] * bool(scored.added)
    for phone in scored.phones:
        if phone.score < FLAGGED:
            heard = heard_instead(language, phone)
            instead = (
                _("unclear") if heard is None else _("nothing") if not heard else sound_name(heard, language, reader)
            )
            asked = sound_name(phone.phone, language, reader)
            parts.append(_("{asked}: heard {heard}").format(asked=asked, heard=instead))
    return "; ".join(parts)


def words(result: Assessment, reader: Reader) -> Iterator[Said]:
    for number, scored in enumerate(result.words, 1):
        yield _("Word {n}").format(n=number), word(scored, result.language, reader)


def advised(state: State, numbers: dict[str, str]) -> Iterator[Said]:
    """The one thing to do next. numbers: what is typed for a choice, by its name; of those that there are now."""
    judged = verdict(state)
    steps: tuple[str, ...] = ("hear", "again")
    if judged is None or isinstance(judged, Right):
        return
    if isinstance(judged, WrongStress | PoorSound):
        steps = ("only_word", "words", "again")
    names = {
        "hear": _("hear the call"), "again": _("say it again"), "words": _("work on the words"),
        "only_word": _("only this word, by itself"),
    }  # fmt: skip
    told = [f"{numbers[step]}, {names[step]}" for step in steps if step in numbers]
    if told:
        yield _("Next"), "; ".join(told)


def debrief(
    state: State, events: Sequence[Event], before: Mapping[tuple[str, str], float], reader: Reader, book: Phrasebook
) -> Iterator[Said]:
    """How it went: all of it, every answer, what to work on. before: as for `answers`."""
    plan = state.plan
    if plan is None or not state.attempts:
        yield _("Debrief"), _("Nothing was said in this session.")
        return
    said = [event for event in events if isinstance(event, Assessed)]
    spoken = {(event.turn, event.at): reader.call(event.assessment.text, event.line.language) for event in said}
    several = len(plan.seats) > 1
    for seat in plan.seats:
        if state.of(seat.id):
            name = [seat_name(seat)] if several else []
            yield _("Debrief"), ", ".join([*name, summary_told(summary(state, seat.id))])
    changes = [answer.change for answer in answers(state.attempts, events, before)]
    for number, (attempt, change) in enumerate(zip(state.attempts, changes, strict=True), 1):
        who = [seat_name(plan.seat(attempt.seat))] if several else []
        text = spoken.get((attempt.turn, attempt.at), "")
        told = [*who, book.name_of(attempt.asked), _score(attempt), _changed(change), remark(attempt)]
        yield _("Answer {n}").format(n=number), f"{', '.join(filter(None, told))}. {text}"
    for seat in plan.seats:
        own = [event for event in said if event.seat == seat.id]
        if state.of(seat.id):
            yield from _work_on(own, len(state.of(seat.id)), seat_name(seat) if several else "", reader)


def _changed(change: float | None) -> str:
    """Against the time before."""
    if change is None:
        return ""
    text = _("{n:.0f} less than the time before") if change < 0 else _("{n:.0f} more than the time before")
    return text.format(n=abs(change))


def _work_on(said: Sequence[Assessed], answers: int, who: str, reader: Reader) -> Iterable[Said]:
    poor = poor_sounds(said)
    label = f"{_('Work on')}, {who}" if who else _("Work on")
    if not poor:
        yield label, nothing_poor(said, answers)
    for each in poor:
        times = ngettext("{n} time", "{n} times", each.times).format(n=each.times)
        yield label, f"{sound_name(each.sound, each.language, reader)}, {times}"
