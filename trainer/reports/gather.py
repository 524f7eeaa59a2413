"""Gather what a report is made of from a store: figures, single calls with their sound, the scheduler's choice."""

import base64
import io
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, false, func, not_, select

from trainer.audio.files import read
from trainer.audio.recording import SAMPLE_RATE
from trainer.drill import agenda
from trainer.drill.events import Line
from trainer.drill.exercises import Exercise
from trainer.drill.schedule import choose
from trainer.errors import UserError
from trainer.languages import other
from trainer.live import learning, planning
from trainer.live.melody import compared, of_reading
from trainer.local_time import local_day
from trainer.messages import gettext as _
from trainer.messages import interface_language, ngettext
from trainer.phones.inventory import inventory
from trainer.phrasebook.drafting import with_drafts
from trainer.phrasebook.intonation import sentences
from trainer.phrasebook.lexicon import lexicon
from trainer.phrasebook.phases import Phases
from trainer.phrasebook.phrase import Phrasebook
from trainer.reader import Reader
from trainer.records import assignments
from trainer.records.counting import answered, counted, in_partners_language, passes
from trainer.records.learners import Learner
from trainer.records.store import Store
from trainer.records.tables import attempts, learners, sessions
from trainer.reports import stored
from trainer.reports.attempt import LEFT_OUT, Exported
from trainer.reports.figures import DayFigures, Figures, LearnerFigures, day_figures, figures, sounds_lately
from trainer.reports.measures import sounds
from trainer.reports.names import Names
from trainer.reports.needs import LATELY, Failing, Need, Person, needs
from trainer.reports.page import Advice, Clip, day_told
from trainer.reports.pitch import picture, spoken
from trainer.reports.report import FEW, Call, Material, Next, SignedOff, number, worst_and_best
from trainer.reports.selection import Selection, conditions
from trainer.reports.timeline import timeline
from trainer.scoring.assessment import Assessment
from trainer.scoring.feedback import stress_first, worst_sounds
from trainer.scoring.points import PASS_MARK
from trainer.wording import ANYBODY, GOOD, drill_told, melody_advice, names_in, stress_told

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from trainer.drill.plan import Reason
    from trainer.live.program import Measured

WORST, BEST = 4, 2  # calls that are shown in detail
MOST_SOUND = 1_500_000  # characters of all clips in a report, so that it can be sent by mail
COMPRESSION = 0.9  # of Opus, 0 to 1: about 24 kbit/s of speech
CALLS = 6  # that the scheduler is asked for


def gather(
    store: Store, where: Sequence[ColumnElement[bool]], names: Names, phases: Phases, book: Phrasebook, now: datetime,
    title: str, *, clips: bool = True, measured: Callable[[Line], "Measured | None"] = lambda line: None,
    trained: Sequence[Exercise] = (), reader: Reader = ANYBODY,
) -> Material:  # fmt: skip
    """where: as `selection.conditions` makes them. reader: whom it is about, where it is one. clips: with sound, where
    its learner allows. measured: gives the reading of a call, for the melody of a recording to be laid over. trained:
    what was done beside calls."""
    found = figures(store, where, names, phases)
    drilled, days = day_figures(store, [*where, in_partners_language], names)
    worst, best = worst_and_best(found)
    asked = assignments.progress(store, phases)
    room = MOST_SOUND if clips else 0
    detailed: dict[str, list[Clip]] = {"worst": [], "best": []}
    labels = {names.learner(one.key): one.label for one in found.learners}
    for kind, calls, wanted in (("worst", worst, WORST), ("best", best, BEST)):
        for call in calls:
            if len(detailed[kind]) == wanted:
                break
            if one := _reading(store, where, names, phases, call, worst=kind == "worst"):
                clip = _clip(one, labels.get(one.attempt.learner, one.attempt.learner), book, room, measured, reader)
                room -= len(clip.audio or "")
                detailed[kind].append(clip)
    return Material(
        figures=found, needs=_needs(store, where, people(drilled, days, asked, names, now), now),
        scale=_scales(store, where, names, phases), book=book, best=tuple(detailed["best"]),
        worst=tuple(detailed["worst"]), next=_next(store, where, found, asked, book, now),
        signed_off=_signed_off(store, found, names, asked, book), pass_mark=_pass_mark(store, where), made=now,
        title=title, real_names=names.real, trained=tuple(trained), reader=reader,
    )  # fmt: skip


def class_needs(store: Store, phases: Phases, crews: Sequence[str], now: datetime) -> tuple[Need, ...]:
    """Who needs help, by name: of everybody in the records, or of some crews. Raises UserError for a crew that is not
    there."""
    names = Names(None)
    where = [*conditions(store, Selection(crews=tuple(crews)), phases, names), in_partners_language]
    of_crews = store.crews(crews)
    enrolled = [one for one in store.learners() if not crews or one.crew in of_crews]
    asked = [one for one in assignments.progress(store, phases) if not crews or one.assignment.crew in of_crews]
    drilled, days = day_figures(store, where, names)
    return _needs(store, where, people(drilled, days, asked, names, now, enrolled), now)


def _needs(
    store: Store, where: Sequence[ColumnElement[bool]], everybody: Sequence[Person], now: datetime
) -> tuple[Need, ...]:  # fmt: skip
    """With the sounds to begin with, which are only looked for where somebody fails."""
    found = needs(everybody, local_day(now))
    failing = [one.person for one in found if any(isinstance(reason, Failing) for reason in one.reasons)]
    lately = sounds_lately(store, where, (day for person in failing for day in person.days), LATELY)
    weak = {
        person.key: tuple(
            sound.phone for sound in sounds(row for row in lately if row.key == person.key) if sound.weak
        )[:3]
        for person in failing
    }  # fmt: skip
    return tuple(
        replace(one, person=replace(one.person, weak=weak.get(one.person.key, ()))) for one in found
    )  # fmt: skip


def people(
    drilled: Sequence[LearnerFigures], days: Sequence[DayFigures], asked: Sequence[assignments.Progress], names: Names,
    now: datetime, enrolled: Sequence[Learner] = (),
) -> tuple[Person, ...]:  # fmt: skip
    """What `needs` asks of each learner of the figures, and of those `enrolled` who have none yet."""
    overdue = Counter(one.assignment.learner for one in asked if one.standing(now) == "overdue")
    labels = {one.key: one.label for one in drilled}
    since = {one.key: one.began for one in drilled} | {one.key: one.added for one in enrolled}
    own: defaultdict[str, list[DayFigures]] = defaultdict(list)
    for row in sorted(days, key=lambda row: row.day):
        own[row.key].append(row)
    for one in enrolled:
        labels.setdefault(one.key, one.name if names.real else names.learner(one.key))
    return tuple(
        Person(key, label, local_day(since[key]), tuple(own[key]), overdue[key]) for key, label in labels.items()
    )


def _scales(store: Store, where: Sequence[ColumnElement[bool]], names: Names, phases: Phases) -> str:
    """What the scores are measured on: of the oldest and of the newest answer, in words."""
    said = {
        "anchored-3": _(
            "A score says how far a call is from an accent, 0 to 100: natives' sentences have 95 in the median, 19 of "
            "20 have 70; calls wholly in the sounds of the other language have less than 40. A sound that was clearly "
            "another one, and a wrong stress, take points off each for itself, and more where many words are wrong."
        ),
        "anchored-2": _(
            "A score says how far a call is from an accent, 0 to 100: natives' sentences have 95 in the median, 19 of "
            "20 have 70; calls wholly in the sounds of the other language have less than 40. A sound that was clearly "
            "another one, and a wrong stress, take points off each for itself."
        ),
        "anchored-1": _(
            "A score says how far a call is from an accent, 0 to 100: natives' sentences have 95 in the median, 19 of "
            "20 have 70; calls wholly in the sounds of the other language have less than 40."
        ),
        "calibrated": _(
            "A score says what experts would have said of the sounds of a call, 0 to 100; at 60 they begin to find "
            "fault. It is fitted to ratings of learners' English; nobody has rated learners' Russian yet."
        ),
        "plain-gop": _(
            "A score says how well the sounds of a call were said, 0 to 100, linear in the goodness of pronunciation "
            "and fitted to no ratings: compare it over time rather than between people."
        ),
    }  # fmt: skip
    wanted = (
        select(func.min(attempts.c.id), func.max(attempts.c.id))
        .select_from(attempts.join(sessions, sessions.c.id == attempts.c.session))
        .join(learners, learners.c.id == attempts.c.learner)
        .where(attempts.c.verdict == "scored", *where)
    )
    with store.reading() as connection:
        ends = [number for number in connection.execute(wanted).one() if number is not None]
    ends_of = stored.exported(store, [*where, attempts.c.id.in_(ends)], names, phases, assessments=True)
    scales = [one.assessment.get("scale", "plain-gop") for one in ends_of if one.assessment]
    named = list(dict.fromkeys(_of_course(scale, said) for scale in scales))
    if len(named) > 1:
        named.append(_("Older scores are on another scale than newer ones: do not compare them."))
    return " ".join(named)


def _of_course(scale: str, said: Mapping[str, str]) -> str:
    plain, refitted, course = scale.partition("+")
    text = said.get(plain, plain)
    if refitted:
        more = _("The points are refitted to this course's own ratings ({course}); the trainer's stay beside them.")
        text += " " + more.format(course=course)
    return text


def _pass_mark(store: Store, where: Sequence[ColumnElement[bool]]) -> float:
    """The one that most of the attempts had."""
    wanted = (
        select(sessions.c.pass_mark)
        .select_from(attempts.join(sessions, sessions.c.id == attempts.c.session))
        .join(learners, learners.c.id == attempts.c.learner)
        .where(sessions.c.pass_mark.is_not(None), *where)
        .group_by(sessions.c.pass_mark)
        .order_by(func.count().desc())
        .limit(1)
    )
    with store.reading() as connection:
        found = connection.execute(wanted).scalar()
    return PASS_MARK if found is None else float(found)


def _reading(
    store: Store, where: Sequence[ColumnElement[bool]], names: Names, phases: Phases, call: Call, *, worst: bool
) -> Exported | None:  # fmt: skip
    """The worst or best attempt at a call, one with a recording if there is any; None where there is no such."""
    asked, language = call
    wanted = (
        select(attempts.c.id)
        .select_from(attempts.join(sessions, sessions.c.id == attempts.c.session))
        .join(learners, learners.c.id == attempts.c.learner)
        .where(attempts.c.asked == asked, attempts.c.language == language, attempts.c.verdict == "scored", *where)
        .where(attempts.c.score < GOOD if worst else passes(func.coalesce(sessions.c.pass_mark, PASS_MARK)))
        .order_by(attempts.c.recording.is_(None), counted if worst else counted.desc(), attempts.c.id)
        .limit(1)
    )
    with store.reading() as connection:
        chosen = connection.execute(wanted).scalars().all()
    found = stored.exported(store, [*where, attempts.c.id.in_(chosen)], names, phases, assessments=True)
    return next((one for one in found if one.assessment), None) if chosen else None


def _clip(
    one: Exported, who: str, book: Phrasebook, room: int, measured: Callable[[Line], "Measured | None"], reader: Reader
) -> Clip:  # fmt: skip

    attempt = one.attempt
    assert one.assessment is not None
    assert attempt.language is not None
    whole = TypeAdapter(Assessment).validate_python(one.assessment)
    samples, audio = _sound(one, room)
    interface = interface_language()
    known = inventory(attempt.language)
    hints = [
        Advice(
            f"{reader.word(hint.word, attempt.language, hint.phones)}: [{hint.expected or f'+{hint.heard}'}] "
            f"{reader.sound(known[hint.expected]) if hint.expected else ''}".rstrip(),
            _("left out") if hint.heard == "" else f"→ [{hint.heard}]" if hint.heard else "",
            reader.told(hint.advice),
        )
        for hint in worst_sounds(whole)
    ]  # fmt: skip
    stress = [
        Advice(stress_told(word.text, word.stress, attempt.language, reader), "", "")
        for word in whole.words
        if word.stress is not None and word.stress.misplaced
    ]
    phrase = book.find(attempt.asked)
    translation = f" · {phrase.plain(other(attempt.language))}" if phrase and interface != attempt.language else ""
    day = local_day(attempt.at)
    when = day_told(day)
    about = _("{who}, {date}: {points} points").format(who=who, date=when, points=number(attempt.counted))
    letters = reader.read(whole.text, attempt.language)
    return Clip(
        title=f"{book.name_of(attempt.asked)} · {number(attempt.score)}",
        text=whole.text,
        language=attempt.language,
        about=about + (f" · {letters}" if letters else "") + translation,
        svg=timeline(one.assessment, samples, _summary(whole)),
        summary="",
        audio=audio,
        missing_audio="" if audio else _("No recording: none was kept, or it may not be handed on."),
        advice=tuple([*stress, *hints] if stress_first(whole) else [*hints, *stress]),
        **_melody(attempt.asked, whole, samples, book, measured, reader),
    )


def _melody(
    call: str, said: Assessment, samples: "NDArray[np.float32] | None", book: Phrasebook,
    measured: Callable[[Line], "Measured | None"], reader: Reader,
) -> dict[str, str]:  # fmt: skip
    """The picture, and what to do, of a recording; nothing without one."""

    if samples is None:
        return {}
    try:
        speaker = agenda.find(book, call).speaker
        known = with_drafts(said.text, lexicon(said.language))
    except (KeyError, UserError):
        return {}
    reading = of_reading(measured(Line(call, said.language, said.text, speaker)))
    found = compared(call, said, samples, sentences(said.text, said.language, known), known, reading)
    svg = picture(found.times, found.mine, found.reading, spoken(said), _("Melody"))
    return {"melody": svg, "melody_told": melody_advice(found, reader)}


def _summary(assessment: Assessment) -> str:
    """The picture in words."""
    parts = []
    for word in assessment.words:
        if word.missing:
            parts.append(_("{word} left out").format(word=word.text))
            continue
        wrong = [
            f"[{phone.phone}] → [{phone.heard or LEFT_OUT}]"
            for phone in word.phones
            if phone.heard is not None and phone.score < 60
        ]
        parts.append(f"{word.text} {number(word.score)}" + (f" ({', '.join(wrong)})" if wrong else ""))
    return "; ".join(parts)


def _sound(one: Exported, room: int) -> "tuple[NDArray[np.float32] | None, str | None]":
    """Samples for the picture and a data URI to listen to, where there is a recording and room for it."""

    if one.path is None or room <= 0:
        return None, None
    try:
        samples = read(one.path).samples
    except UserError:
        return None, None
    import soundfile

    sound = io.BytesIO()
    soundfile.write(sound, samples, SAMPLE_RATE, format="OGG", subtype="OPUS", compression_level=COMPRESSION)
    uri = "data:audio/ogg;codecs=opus;base64," + base64.b64encode(sound.getvalue()).decode()
    return samples, uri if len(uri) <= room else None


def _next(
    store: Store, where: Sequence[ColumnElement[bool]], found: Figures, asked: Sequence[assignments.Progress],
    book: Phrasebook, now: datetime,
) -> tuple[Next, ...]:  # fmt: skip
    """For each learner: what the instructor asked for, what failed the last time, and what the scheduler chooses; for a
    class the calls that it failed say more."""
    if len(found.learners) > FEW:
        return ()
    made = []
    for one in found.learners:
        waits = [
            progress.assignment.call_ids
            for progress in asked
            if progress.assignment.learner == one.key and not progress.closed
            and progress.done < progress.assignment.calls
        ]  # fmt: skip
        calls = {call: _("asked for by the instructor") for call_ids in waits for call in call_ids}
        for call, points in _failed(store, where, one.key):
            calls.setdefault(call, _("not passed the last time: {points} points").format(points=number(points)))
        for call, reason in _chosen(store, one, book, now):
            calls.setdefault(call, reason)
        made.append(Next(one.key, tuple(calls.items())))
    return tuple(made)


def _failed(store: Store, where: Sequence[ColumnElement[bool]], key: str) -> Sequence[tuple[str, float]]:
    """Calls of which the newest answer did not pass, and its points, the worst first."""
    joined = attempts.join(sessions, sessions.c.id == attempts.c.session).join(
        learners, learners.c.id == attempts.c.learner
    )
    own = (*where, learners.c.key == key, in_partners_language, answered)
    newest = select(func.max(attempts.c.id)).select_from(joined).where(*own).group_by(attempts.c.asked)
    failed = not_(func.coalesce(passes(func.coalesce(sessions.c.pass_mark, PASS_MARK)), false()))
    wanted = select(attempts.c.asked, counted).select_from(joined).where(attempts.c.id.in_(newest), failed)
    with store.reading() as connection:
        return [(row[0], row[1]) for row in connection.execute(wanted.order_by(counted, attempts.c.asked))]


def _chosen(store: Store, learner: LearnerFigures, book: Phrasebook, now: datetime) -> Sequence[tuple[str, str]]:
    language = other(learner.first)
    memory = learning.remembered(store, learner.key, language)
    if not memory.calls.get(language):
        return ()
    seat = planning.seat(book, learner.key, first=learner.first, name=learner.key)
    try:
        candidates = planning.candidates(book, "relay", seat)
    except UserError:
        return ()
    choices = choose(memory, language, candidates, now, CALLS)
    return [(choice.call, _why(choice.reason)) for choice in choices]


def _signed_off(
    store: Store, found: Figures, names: Names, progress: Sequence[assignments.Progress], book: Phrasebook
) -> tuple[SignedOff, ...]:  # fmt: skip
    """Who signed, and comments, are people's names and free text: only where names were asked for."""
    labels = {one.key: one.label for one in found.learners}
    asked = {one.assignment.id: one.assignment for one in progress}
    known = names_in(book)

    def what(one: assignments.SignOff) -> str:
        if one.assignment is None:
            assert one.opened is not None
            assert one.mode is not None
            return drill_told(one.opened, one.mode, one.phase, known)
        if one.assignment not in asked:
            return _("assignment {number}").format(number=one.assignment)
        of = asked[one.assignment]
        text = ngettext("{n} call: {phases}", "{n} calls: {phases}", of.calls)
        named = [known.get(one, one) for one in of.call_ids or of.phases]
        return text.format(n=of.calls, phases=", ".join(named) or _("any"))

    return tuple(
        SignedOff(
            labels[one.learner], one.at, what(one), one.passed, one.by if names.real else "–",
            one.comment if names.real else "–",
        )
        for one in assignments.signed(store)
        if one.learner in labels
    )  # fmt: skip


def _why(reason: "Reason") -> str:
    match reason.why:
        case "due":
            return _("due: it fades from memory")
        case "weak-sound":
            return _("trains [{sound}]").format(sound=reason.sound or "")
        case "new":
            return _("not drilled yet")
        case _:
            return _("least certain of the others")
