"""The instructor's report: from figures, and a few attempts in detail, to its sections."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from trainer.drill.exercises import KINDS, Exercise, Kind
from trainer.drill.memory import WEAK
from trainer.drill.plan import MODES
from trainer.languages import LANGUAGES, Language, other
from trainer.local_time import zone
from trainer.messages import gettext as _
from trainer.messages import interface_language, ngettext
from trainer.phones.inventory import inventory
from trainer.phrasebook.draw import recall
from trainer.phrasebook.phrase import Phrasebook
from trainer.reader import Reader
from trainer.reports import charts
from trainer.reports.attempt import LEFT_OUT
from trainer.reports.change import Change, since_they_began, week_by_week, weeks
from trainer.reports.figures import CallFigures, Figures, LearnerFigures, Tally
from trainer.reports.measures import TRIES, SoundTally, sounds, stress, tallied
from trainer.reports.needs import Need, shown, what_to_do, why
from trainer.reports.page import Advice, Chart, Clip, Fact, Report, Section, Table, Todo, day_told
from trainer.scoring.feedback import advice
from trainer.wording import ANYBODY, language_mark, mode_words, training_name

FEW = 5  # learners that get a line each in a chart; more are shown as a class
LEAST_VOWELS = 10  # from which a share of them is told
QUARTERS = 5  # learners in a week, from which quarters of the class mean something
MOST_ROWS = 30  # of a chart
MOST_SOUNDS = 14  # of a heat map
MOST_HEARD = 10
MOST_CALLS = 6  # best, and worst
MOST_TRAINED = 8  # of a kind of exercise
GOOD_RESULTS = (50.0, 60.0, 70.0, 85.0)  # points at which a heat map changes its shade
CONFUSED = (0.03, 0.10, 0.20, 0.40)  # shares at which it does


@dataclass(frozen=True)
class Next:
    """What a learner is to drill: calls, the most urgent first, each with why."""

    key: str
    calls: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class SignedOff:
    """An assignment or session of a learner that an instructor judged."""

    who: str
    at: datetime
    what: str
    passed: bool
    by: str
    comment: str


@dataclass(frozen=True)
class Material:
    """All that a report is made of.

    Attributes:
        needs: who needs help, the most urgent first.
        scale: what the scores are measured on, in words.
        best, worst: calls in detail.
        pass_mark: the usual one of these attempts.
        trained: what was done beside calls, in the order of time.
        reader: whom it is about, where it is one; else anybody.
    """

    figures: Figures
    needs: tuple[Need, ...]
    scale: str
    book: Phrasebook
    best: tuple[Clip, ...]
    worst: tuple[Clip, ...]
    next: tuple[Next, ...]
    signed_off: tuple[SignedOff, ...]
    pass_mark: float
    made: datetime
    title: str
    real_names: bool
    trained: tuple[Exercise, ...] = ()
    reader: Reader = ANYBODY


def report(material: Material) -> Report:
    found = material.figures
    sections: tuple[Section | None, ...] = (
        _needs(material), _next(material), _progress(material), _phases(material),
        *(_sounds(found, language) for language in LANGUAGES),
        *(_stress(found, language) for language in LANGUAGES), _readback(found), _response(found), _calls(material),
        _trained(material), _comparison(found), _signed_off(material),
    )  # fmt: skip
    return Report(
        language=interface_language(),
        title=material.title,
        subtitle=_subtitle(found),
        facts=_facts(found),
        sections=tuple(section for section in sections if section and section.parts),
        notes=_notes(material),
    )


# Figures as text


def number(value: float | None, digits: int = 0) -> str:
    if value is None:
        return "–"
    text = f"{value:,.{digits}f}"
    return text.replace(",", "\u202f").replace(".", ",") if interface_language() == "ru" else text


def percent(share: float | None) -> str:
    return "–" if share is None else number(100 * share) + ("\u00a0%" if interface_language() == "ru" else "%")


def _subtitle(found: Figures) -> str:
    if not found.learners:
        return ""
    began, last = min(one.began for one in found.learners), max(one.last for one in found.learners)
    learners = ngettext("{n} learner", "{n} learners", len(found.learners)).format(n=len(found.learners))
    return f"{day_told(began)} – {day_told(last)} · {learners}"


def _facts(found: Figures) -> tuple[Fact, ...]:
    total = found.total
    facts = [
        Fact(_("attempts"), number(total.attempts), _("in {n} sessions").format(n=_sessions(found))),
        Fact(_("no answer"), number(total.missed), _("no scores: left out of all means")),
        Fact(_("passed"), percent(total.share_passed), _("enough points, no figure wrong")),
        Fact(_("points"), number(total.mean_points), _("mean of 100, less what lateness costs")),
        Fact(_("pronunciation"), number(total.mean_score), _("mean of 100, of the right calls")),
    ]
    if total.answered:
        facts.append(
            Fact(_("time to answer"), _("{n} s").format(n=number(total.mean_response, 1)), _("to first sound"))
        )
    if total.exact_known:
        facts.append(Fact(_("figures right"), percent(total.share_exact), _("of readbacks that were checked")))
    if total.seconds:
        facts.append(Fact(_("spoken"), _("{n} min").format(n=number(total.seconds / 60)), _("on the loop")))
    return tuple(facts)


def _sessions(found: Figures) -> str:
    return number(sum(one.sessions for one in found.learners))


def _notes(material: Material) -> tuple[str, ...]:
    notes = [
        material.scale,
        _("Days are those of {zone}. A sound is weak below {weak} on at least {times} tries.").format(
            zone=zone(material.made), weak=number(WEAK), times=TRIES
        ),
    ]
    if not material.real_names:
        notes.append(_("Names are pseudonyms; only who has the records can tell who is who."))
    people, attempts = material.figures.deleted
    if people:
        notes.append(
            ngettext(
                "All data of {n} learner was deleted on request ({attempts} attempts); it is not in here.",
                "All data of {n} learners was deleted on request ({attempts} attempts); it is not in here.", people,
            ).format(n=people, attempts=number(attempts))
        )  # fmt: skip
    notes.append(_("Made on {date} by RUSTON.").format(date=day_told(material.made)))
    return tuple(notes)


# Sections


def _needs(material: Material) -> Section | None:
    first, more = shown(material.needs)
    if not first:
        return None
    title = _("Who needs help")
    rows = tuple((need.person.label, why(need), what_to_do(need)) for need in first)
    lead = ngettext("{n} more learner needs help.", "{n} more learners need help.", more).format(n=more) if more else ""
    return Section("needs", title, lead, (Table(title, (_("learner"), _("why"), _("what to do")), rows),))


def _next(material: Material) -> Section:
    found = material.figures
    few = len(found.learners) <= FEW
    todos = []
    next_of = {one.key: one.calls for one in material.next}
    answering = {"en": _("Who answers in English"), "ru": _("Who answers in Russian")}
    halves: list[tuple[str, Sequence[LearnerFigures]]] = [
        (answering[language], [one for one in found.learners if other(one.first) == language]) for language in LANGUAGES
    ]
    for who, learners in [(one.label, [one]) for one in found.learners] if few else halves:
        keys = {one.key for one in learners}
        weak = [s for s in sounds(row for row in found.sounds if row.key in keys) if s.weak][:3]
        calls = [call for key in keys for call in next_of.get(key, ())]
        shown = calls or _failed([row for row in found.calls if row.key in keys])
        todos.append(
            Todo(
                who,
                tuple(_advice(sound, material.reader) for sound in weak),
                tuple(_told(material.book, *c) for c in shown[:8]),
            )
        )
    lead = _("Weak sounds with what to do about them, and calls, each with why.")
    return Section("next", _("What to drill next"), lead, tuple(todo for todo in todos if todo.sounds or todo.calls))


def _failed(rows: Iterable[CallFigures]) -> list[tuple[str, str]]:
    """The calls that went worst, where the scheduler has nothing to say."""
    tallies = tallied(rows, lambda row: row.call)
    failed = sorted(((t.share_passed or 0.0, call) for call, t in tallies.items() if t.attempts >= 2))
    return [(call, _("passed {share}").format(share=percent(share))) for share, call in failed if share < 0.8]


def _told(book: Phrasebook, call: str, why: str) -> tuple[str, str]:
    text, name = text_of(book, call, interface_language()), book.name_of(call)
    return f"{name}: {text}" if text else name, why


def text_of(book: Phrasebook, call: str, language: Language) -> str:
    phrase = book.find(call) or recall(book, call)
    return phrase.plain(language) if phrase else ""


def _advice(sound: SoundTally, reader: Reader) -> Advice:
    known = inventory(sound.language)
    instead = next((label for label, times in sound.heard if times / sound.times >= CONFUSED[0]), None)
    said = _("score {score}, {times} tries").format(score=number(sound.score), times=number(sound.times))
    if sound.heard:
        label, times = sound.heard[0]
        heard = _("left out") if not label else _("heard as [{sound}]").format(sound=label)
        said += f"; {heard}: {percent(times / sound.times)}"
    todo = ""
    if sound.phone in known and (not instead or instead in known):
        todo = reader.told(advice(sound.language, sound.phone, instead))
    name = reader.sound(known[sound.phone]) if sound.phone in known else ""
    return Advice(f"[{sound.phone}] {name}", said, todo)


def _progress(material: Material) -> Section:
    found = material.figures
    few = len(found.learners) <= FEW
    labels = {one.key: one.label for one in found.learners}
    of_learners = {key: of_learner for key, of_learner in weeks(found.days).items() if of_learner}
    points: list[charts.Point] = []
    if few:
        order = [labels[key] for key in of_learners]
        points = [
            charts.Point(labels[key], monday.isoformat(), tally.mean_points or 0.0)
            for key, of_learner in of_learners.items()
            for monday, tally in of_learner.items()
        ]
    else:
        order = [_("best quarter from"), _("half of the class from"), _("last quarter up to")]
        of_each: defaultdict[date, list[float]] = defaultdict(list)
        for of_learner in of_learners.values():
            for monday, tally in of_learner.items():
                of_each[monday].append(tally.mean_points or 0.0)
        for monday, means in sorted(of_each.items()):
            if len(means) >= QUARTERS:
                shares = zip(order, (0.75, 0.5, 0.25), strict=True)
                points += [charts.Point(name, monday.isoformat(), _quantile(means, share)) for name, share in shares]
    summary = _changed(since_they_began(found.days), len(of_learners))
    summary += " " + _("The dashed line is the pass mark, {mark}.").format(mark=number(material.pass_mark))
    title = _("Points by week")
    chart = Chart(
        title, summary, charts.lines(points, order, _("points"), material.pass_mark),
        _by_week(of_learners, labels if few else {}),
        charts.lines(points, order, _("points"), material.pass_mark, narrow=True),
    )  # fmt: skip
    steps = _steps(found)
    parts = (chart, steps) if steps else (chart,)
    return Section("progress", _("Progress"), summary, parts)


def _changed(change: Change | None, learners: int) -> str:
    """The headline: the same people, from their first week to their last."""
    if change is None:
        return _("Nobody has drilled in two weeks yet, so nothing can be said of progress.")
    if learners == 1:
        text = _("From the first week to the last: {before} to {after} points, {by} ({calls}).").format(
            before=number(change.before), after=number(change.after), by=by_told(change),
            calls=ngettext("{n} call", "{n} calls", change.n).format(n=change.n),
        )  # fmt: skip
    else:
        text = ngettext(
            "{n} learner drilled in two weeks or more: {before} points in the first week, {after} in the last, {by}.",
            "{n} learners drilled in two weeks or more: {before} points in each one's first week, {after} in the last, "
            "{by}.", change.n,
        ).format(n=change.n, before=number(change.before), after=number(change.after), by=by_told(change))  # fmt: skip
    if not change.sure:
        text += " " + _("That may be chance.")
    return text


def by_told(change: Change) -> str:
    """A difference with its interval."""
    text = signed(change.by)
    if change.low is None or change.high is None:
        return text
    return _("{by} (95\u00a0%: {low} to {high})").format(by=text, low=signed(change.low), high=signed(change.high))


def signed(value: float) -> str:
    text = number(abs(value))
    return text if text == "0" else ("+" if value > 0 else "\u2212") + text


def _by_week(of_learners: Mapping[str, Mapping[date, Tally]], labels: Mapping[str, str]) -> Table:
    """labels: of the learners that get a row each; none: all together."""
    tallies: defaultdict[tuple[date, str], list[Tally]] = defaultdict(list)
    for key, of_learner in of_learners.items():
        for monday, tally in of_learner.items():
            tallies[monday, labels.get(key, "")].append(tally)
    rows = []
    for (monday, label), of_week in sorted(tallies.items()):
        total = sum(of_week, Tally())
        means = [tally.mean_points or 0.0 for tally in of_week]
        rows.append(
            (
                *((label,) if labels else ()), day_told(monday), *(() if labels else (number(len(of_week)),)),
                number(sum(means) / len(means)), percent(total.share_passed), number(total.answers),
            )
        )  # fmt: skip
    headings = (
        *((_("learner"),) if labels else ()), _("week from"), *(() if labels else (_("learners"),)), _("points"),
        _("passed"), _("answers"),
    )  # fmt: skip
    return Table(_("Points by week"), headings, tuple(rows), 3 if labels else 4)


def _steps(found: Figures) -> Table | None:
    """Week against the week before, the same learners."""
    steps = week_by_week(found.days)
    if len(found.learners) == 1 or not steps:
        return None
    rows = tuple(
        (
            day_told(step.monday), number(step.change.n) if step.change.n else "–", number(step.change.before),
            number(step.change.after), by_told(step.change),
        )
        for step in steps
    )  # fmt: skip
    title = _("From week to week: the learners who drilled in both")
    headings = (_("week from"), _("learners"), _("week before"), _("this week"), _("difference"))
    return Table(title, headings, rows, 4)


def _quantile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def _phases(material: Material) -> Section:
    found, interface = material.figures, interface_language()
    names = {phase.id: phase.name[interface] for phase in material.book.phases}
    order = {phase.id: i for i, phase in enumerate(material.book.phases)}

    def phase_name(phase: str | None) -> str:
        return names.get(phase or "", phase or _("no phase"))

    by_phase = tallied(sorted(found.calls, key=lambda row: order.get(row.phase or "", 99)), lambda row: row.phase)
    parts = [
        _tally_chart(_("By mission phase"), _("phase"), {phase_name(key): tally for key, tally in by_phase.items()}),
        _tally_chart(_("By mode"), _("mode"), _by_mode(found)),
    ]
    if 1 < len(found.learners) <= MOST_ROWS and len(by_phase) > 1:
        labels = {one.key: one.label for one in found.learners}
        cells = tallied(found.calls, lambda row: (labels.get(row.key, ""), phase_name(row.phase)))
        columns = [phase_name(key) for key in by_phase]
        title = _("Learners and phases, points")
        values = {key: tally.mean_points for key, tally in cells.items()}
        parts.append(_heat(title, list(labels.values()), columns, values, number, GOOD_RESULTS, _("learner")))
    return Section("phases", _("Phases and modes"), _("Mean points, and in brackets the share passed."), tuple(parts))


def _by_mode(found: Figures) -> dict[str, Tally]:
    tallies = tallied(found.calls, lambda row: row.mode)
    return {mode_words(mode).in_a_table: tallies[mode] for mode in MODES if mode in tallies}


def _tally_chart(title: str, what: str, tallies: Mapping[str, Tally]) -> Chart:
    rows = tuple(
        (
            name, number(t.attempts), number(t.mean_points), percent(t.share_passed), number(t.mean_score),
            _or_dash(t.mean_response), percent(t.share_exact),
        )
        for name, t in tallies.items()
    )  # fmt: skip
    headings = (what, *_measures())
    bars = [
        charts.Bar(name, t.mean_points or 0.0, f"{number(t.mean_points)} ({percent(t.share_passed)})")
        for name, t in list(tallies.items())[:MOST_ROWS]
        if t.answers
    ]
    summary = _best_and_worst(tallies)
    narrow = charts.bars(bars, _("points"), narrow=True)
    return Chart(title, summary, charts.bars(bars, _("points")), Table(title, headings, rows, 6), narrow)


def _best_and_worst(tallies: Mapping[str, Tally]) -> str:
    """Nothing where they are equal as shown, or where the best is no success."""
    means = {name: round(t.mean_points) for name, t in tallies.items() if t.mean_points is not None}
    if len(means) < 2 or max(means.values()) == min(means.values()):
        return ""
    best, worst = max(means, key=lambda name: means[name]), min(means, key=lambda name: means[name])
    return _("{best} goes best, {worst} worst.").format(best=best, worst=worst)


def _measures() -> tuple[str, ...]:
    return (
        _("attempts"), _("points"), _("passed"), _("pronunciation"), _("time to answer, s"), _("figures right"),
    )  # fmt: skip


def _or_dash(value: float | None) -> str:
    return number(value, 1)


def _heat(
    title: str, rows: Sequence[str], columns: Sequence[str], values: Mapping[tuple[str, str], float | None],
    text: Callable[[float | None], str], thresholds: Sequence[float], row_heading: str, across: str = "",
    down: str = "", summary: str = "", cell_width: int = 46,
) -> Chart:  # fmt: skip
    cells = [
        charts.Cell(row, column, value, text(value))
        for row in rows
        for column in columns
        if (value := values.get((row, column))) is not None
    ]
    table = tuple((row, *(text(values[row, c]) if (row, c) in values else "" for c in columns)) for row in rows)
    weak_first = thresholds is GOOD_RESULTS
    if not summary:
        summary = (
            _("The stronger the shade, the lower the figure.") if weak_first
            else _("The stronger the shade, the higher the figure.")
        )  # fmt: skip
    svg = charts.heat(cells, rows, columns, thresholds, across, down, cell_width, weak_first=weak_first)
    return Chart(title, summary, svg, Table(title, (row_heading, *columns), table, len(columns)))


def _sounds(found: Figures, language: Language) -> Section:
    mine = [row for row in found.sounds if row.language == language]
    known = [sound for sound in sounds(mine) if sound.times >= 5]
    weakest = [sound for sound in known if sound.score < 85][:MOST_SOUNDS]
    title = {"en": _("English sounds"), "ru": _("Russian sounds")}[language]
    if not weakest:
        return Section(f"sounds-{language}", title, "", ())
    parts = [_confusions(weakest)] if any(sound.heard for sound in weakest) else []
    if 1 < len(found.learners) <= MOST_ROWS:
        labels = {one.key: one.label for one in found.learners}
        shown = [sound.phone for sound in weakest]
        values: dict[tuple[str, str], float | None] = {}
        for key, label in labels.items():
            for sound in sounds(row for row in mine if row.key == key):
                if sound.times >= 3:
                    values[label, f"[{sound.phone}]"] = sound.score
        rows = [label for label in labels.values() if any(who == label for who, _phone in values)]
        heat_title = _("Who finds which sound hard, mean score")
        columns = [f"[{phone}]" for phone in shown]
        parts.append(_heat(heat_title, rows, columns, values, number, GOOD_RESULTS, _("learner")))
    lead = _("The weakest sounds, the weakest first. [{sound}] is the one to begin with.").format(
        sound=weakest[0].phone
    )
    return Section(f"sounds-{language}", title, lead, tuple(parts))


def _confusions(weakest: Sequence[SoundTally]) -> Chart:
    instead: defaultdict[str, float] = defaultdict(float)
    for sound in weakest:
        for label, times in sound.heard:
            instead[label] += times / sound.times
    columns = [label for label, _mass in sorted(instead.items(), key=lambda x: (-x[1], x[0]))][:MOST_HEARD]
    names = {label: f"[{label}]" if label else LEFT_OUT for label in columns}
    rows = {sound: _("[{sound}] {score}").format(sound=sound.phone, score=number(sound.score)) for sound in weakest}
    values: dict[tuple[str, str], float | None] = {
        (rows[sound], names[label]): times / sound.times
        for sound in weakest
        for label, times in sound.heard
        if label in names
    }
    title = _("What was heard instead, share of all tries")
    top = max(values, key=lambda key: values[key] or 0.0)
    summary = _("Rows: the expected sound with its mean score; columns: what was heard ({left_out}: nothing).").format(
        left_out=LEFT_OUT
    )
    summary += " " + _("Most frequent: {heard} for {expected}, {share}.").format(
        expected=top[0].split(" ")[0], heard=top[1], share=percent(values[top])
    )
    return _heat(
        title, list(rows.values()), [names[label] for label in columns], values, percent, CONFUSED, _("expected"),
        _("heard"), _("expected"), summary,
    )  # fmt: skip


def _stress(found: Figures, language: Language) -> Section:
    title = {"en": _("Stress in English"), "ru": _("Stress in Russian")}[language]
    rows = []
    for one in found.learners:
        counted = stress(language, (row for row in found.sounds if row.key == one.key))
        if counted.stressed or counted.reduced:
            rows.append((one.label, counted))
    if not rows:
        return Section(f"stress-{language}", title, "", ())
    total = stress(language, found.sounds)
    if min(total.stressed, total.reduced) < LEAST_VOWELS:
        lead = _("A share is told of {n} vowels or more.").format(n=LEAST_VOWELS)
    else:
        lead = _(
            "{lost} of the stressed vowels came out as reduced ones, {full} of the reduced vowels in full: the "
            "listener hears the stress on another syllable."
        ).format(lost=percent(_share(total.lost, total.stressed)), full=percent(_share(total.full, total.reduced)))
    headings = (
        _("learner"), _("stressed vowels"), _("said reduced"), _("share"), _("reduced vowels"), _("said in full"),
        _("share"),
    )  # fmt: skip
    table = Table(
        title, headings,
        tuple(
            (
                label, number(s.stressed), number(s.lost), percent(_share(s.lost, s.stressed)), number(s.reduced),
                number(s.full), percent(_share(s.full, s.reduced)),
            )
            for label, s in rows
        ), 6,
    )  # fmt: skip
    return Section(f"stress-{language}", title, lead, (table,))


def _share(part: int, whole: int) -> float | None:
    """None where so few tell nothing."""
    return part / whole if whole >= LEAST_VOWELS else None


def _readback(found: Figures) -> Section | None:
    labels = {one.key: one.label for one in found.learners}
    tallies = {
        labels.get(key, ""): tally
        for key, tally in tallied((row for row in found.calls if row.mode == "readback"), lambda row: row.key).items()
    }
    if not tallies:
        return None
    total = sum(tallies.values(), Tally())
    lead = _("{passed} of the readbacks passed.").format(passed=percent(total.share_passed)) + " "
    if total.exact_known:
        lead += _("Every figure came back in {share} of the {n} that a recogniser checked.").format(
            share=percent(total.share_exact), n=number(total.exact_known)
        )
    else:
        lead += _("No recogniser of words listened, so the figures themselves were not checked.")
    title = _("Readback")
    headings = (_("learner"), _("readbacks"), _("passed"), _("checked"), _("every figure right"))
    rows = tuple(
        (name, number(t.attempts), percent(t.share_passed), number(t.exact_known), percent(t.share_exact))
        for name, t in tallies.items()
    )
    table = Table(title, headings, rows, 4)
    if len(tallies) == 1 or not total.exact_known:
        return Section("readback", title, lead, (table,))
    bars = [
        charts.Bar(name, 100 * (t.share_exact or 0.0), percent(t.share_exact))
        for name, t in list(tallies.items())[:MOST_ROWS]
    ]
    chart_title = _("Readbacks with every figure right")
    narrow = charts.bars(bars, _("per cent"), narrow=True)
    return Section(
        "readback", title, lead, (Chart(chart_title, lead, charts.bars(bars, _("per cent")), table, narrow),)
    )  # fmt: skip


def _response(found: Figures) -> Section | None:
    total = found.total
    if not total.answered:
        return None
    by_mode = {
        mode_words(key).in_a_table: tally
        for key, tally in tallied(found.calls, lambda row: row.mode).items()
        if tally.answered
    }
    title = _("Time to answer")
    lead = _("From the end of the prompt to the first sound: {seconds} s on average, answers within a minute.").format(
        seconds=_or_dash(total.mean_response)
    )
    if total.missed:
        lead += " " + ngettext(
            "{n} call got no answer in time.", "{n} calls got no answer in time.", total.missed
        ).format(n=number(total.missed))
    bars = [charts.Bar(k, t.mean_response or 0.0, _("{n} s").format(n=_or_dash(t.mean_response))) for k, t in by_mode.items()]  # fmt: skip  # noqa: E501
    headings = (_("mode"), _("answered"), _("seconds"), _("no answer"))
    rows = tuple((k, number(t.answered), _or_dash(t.mean_response), number(t.missed)) for k, t in by_mode.items())
    chart = Chart(
        _("Seconds to answer, by mode"),
        lead,
        charts.bars(bars, _("seconds"), None),
        Table(title, headings, rows, 3),
        charts.bars(bars, _("seconds"), None, narrow=True),
    )
    return Section("response", title, lead, (chart,))


Call = tuple[str, Language | None]


def _trained(material: Material) -> Section:
    """What was trained beside calls: how often, how well, when last."""
    groups: dict[tuple[Kind, Language, str], list[Exercise]] = defaultdict(list)
    for exercise in material.trained:
        groups[exercise.kind, exercise.language, exercise.item].append(exercise)
    order = sorted(groups, key=lambda key: (KINDS.index(key[0]), key[1], -len(groups[key]), key[2]))
    most = [key for kind in KINDS for key in [key for key in order if key[0] == kind][:MOST_TRAINED]]
    rows = tuple(
        (
            training_name(kind), language_mark(language), item, number(len(done)),
            number(sum(exercise.points for exercise in done) / len(done)), day_told(done[-1].at),
        )
        for kind, language, item in most
        for done in [groups[kind, language, item]]
    )  # fmt: skip
    headings = (_("exercise"), _("language"), _("about"), _("times"), _("points"), _("last"))
    lead = _("Trained beside calls, never counted as an answer to one. Of a choice by ear, points are the share right.")
    parts = (Table(_("What was trained most"), headings, rows, 3),) if rows else ()
    return Section("training", _("Ear, mouth and melody"), lead, parts)


def worst_and_best(found: Figures) -> tuple[list[Call], list[Call]]:
    """The calls with the least and the most points, of those that were answered twice where there are such. None is
    among the best that was passed less than half the times, and none among the hardest that always was: that one is
    among the best, if it is the only one."""
    tallies = tallied(found.calls, lambda row: (row.call, row.language))
    enough = max(1, min(2, max((t.answers for t in tallies.values()), default=1)))
    ranked = sorted(
        (key for key, t in tallies.items() if t.answers >= enough),
        key=lambda key: (tallies[key].mean_points or 0.0, key[0]),
    )
    half = min(MOST_CALLS, (len(ranked) + 1) // 2)
    worst = [key for key in ranked[:half] if (tallies[key].share_passed or 0.0) < 1]
    best = [key for key in ranked[::-1] if key not in worst and (tallies[key].share_passed or 0.0) >= 0.5]
    return worst, best[:MOST_CALLS]


def _calls(material: Material) -> Section:
    tallies = tallied(material.figures.calls, lambda row: (row.call, row.language))
    worst, best = worst_and_best(material.figures)

    def table(title: str, calls: Sequence[Call]) -> Table:
        rows = tuple(
            (
                material.book.name_of(call), text_of(material.book, call, language or interface_language()),
                number(t.attempts), number(t.mean_points), percent(t.share_passed),
            )
            for call, language in calls
            for t in [tallies[call, language]]
        )  # fmt: skip
        return Table(title, (_("call"), _("text"), _("attempts"), _("points"), _("passed")), rows, 3)

    parts: list[Table | Clip] = [table(_("The hardest calls"), worst)] if worst else []
    parts += material.worst
    if best:
        parts += [table(_("The best calls"), best), *material.best]
    lead = _("Below, single readings of such calls: waveform, words, sounds, and what was heard instead.")
    return Section("calls", _("Best and worst calls"), lead if material.worst else "", tuple(parts))


def _comparison(found: Figures) -> Section | None:
    if len(found.learners) < 2:
        return None
    title = _("Crew members side by side") if len(found.learners) <= FEW else _("The class side by side")
    order = (_("points"), _("pronunciation"))
    ranked = sorted(found.learners, key=lambda one: -(one.tally.mean_points or 0.0))
    points = []
    heard = [one for one in ranked if one.tally.answers]  # silence is no point at zero
    for one in heard[:MOST_ROWS]:
        points.append(charts.Point(order[0], one.label, one.tally.mean_points or 0.0))
        if one.tally.mean_score is not None:
            points.append(charts.Point(order[1], one.label, one.tally.mean_score))
    weakest = {}
    for one in ranked:
        weak = [s for s in sounds(row for row in found.sounds if row.key == one.key) if s.weak][:3]
        weakest[one.key] = " ".join(f"[{sound.phone}]" for sound in weak) or "–"
    headings = (_("learner"), _("crew"), _("weak sounds"), *_measures())
    rows = tuple(
        (
            one.label, one.crew or "–", weakest[one.key], number(one.tally.attempts), number(one.tally.mean_points),
            percent(one.tally.share_passed), number(one.tally.mean_score), _or_dash(one.tally.mean_response),
            percent(one.tally.share_exact),
        )
        for one in ranked
    )  # fmt: skip
    table = Table(title, headings, rows, 6)
    summary = _("Highest points first: {first}.").format(first=heard[0].label) if heard else ""
    names = [one.label for one in heard[:MOST_ROWS]]
    return Section(
        "comparison", title, _("Learners drill different calls: high points on easy calls are no merit."),
        (
            Chart(
                title, summary, charts.dots(points, names, order, _("of 100")), table,
                charts.dots(points, names, order, _("of 100"), narrow=True),
            ),
            table,
        ),
    )  # fmt: skip


def _signed_off(material: Material) -> Section | None:
    if not material.signed_off:
        return None
    title = _("Signed off")
    rows = tuple(
        (
            one.who, day_told(one.at), one.what, _("passed") if one.passed else _("not yet"), one.by, one.comment,
        )
        for one in material.signed_off
    )  # fmt: skip
    headings = (_("learner"), _("date"), _("what"), _("result"), _("by"), _("comment"))
    return Section("signed-off", title, "", (Table(title, headings, rows),))
