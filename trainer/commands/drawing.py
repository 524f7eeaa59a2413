"""Assessments and phrasebooks as a learner reads them in a terminal (rich)."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from trainer.languages import Language, other
from trainer.messages import figure, interface_language, ngettext
from trainer.messages import gettext as _
from trainer.phones.inventory import inventory
from trainer.phrasebook.drafting import Draft
from trainer.phrasebook.phrase import Phrase, Phrasebook
from trainer.reader import Reader
from trainer.scoring.assessment import Assessment, WordScore
from trainer.scoring.feedback import Hint, heard_instead, heard_text, stress_first, worst_sounds
from trainer.scoring.hypothesis import UNKNOWN
from trainer.scoring.points import FLAGGED
from trainer.wording import ANYBODY, ATTESTED, MISSING, SPEAKERS, band, letters_key, points, remarks

if TYPE_CHECKING:
    from trainer.doctor import Finding
    from trainer.scoring.content import Content
    from trainer.scoring.hypothesis import Hypothesis

BAR = 10


def assessment(result: Assessment, reading: str = "", reader: Reader = ANYBODY) -> RenderableType:
    """One scored call: verdict, words with their sounds, the worst sounds and what to do."""
    parts: list[RenderableType] = [_headline(result, reader)]
    if reading:
        parts.append(Text(_reading(reading), style="dim"))
    parts += [Text(f"! {warning}", style="yellow") for warning in (*remarks(result, reader), *result.warnings)]
    if result.verdict == "scored":
        parts.append(_words(result, reader))
        stress: list[RenderableType] = [Text(line, style="yellow") for line in _misplaced_stress(result, reader)]
        hints = worst_sounds(result)
        sounds = [_hints(hints, result.language, reader)] if hints else []
        parts += [*stress, *sounds] if stress_first(result) else [*sounds, *stress]
        parts.append(_flow(result))
    title = " · ".join(part for part in (result.phrase, result.clip) if part)
    return Panel(Group(*parts), title=Text(title), title_align="left", border_style="dim")


def _reading(reading: str) -> str:
    """What a manifest says of a recording: `right`, or what was done wrong on purpose."""
    kind, _colon, what = reading.partition(": ")
    match kind:
        case "right":
            return _("This recording is read right.")
        case "planted":
            return _("This recording has errors made on purpose: {what}").format(what=what)
        case "left out":
            return _("This recording leaves out on purpose: {what}").format(what=what)
        case "wrong phrase":
            return _("This recording is of another call on purpose: {what}").format(what=what)
        case _:
            return reading


def _headline(result: Assessment, reader: Reader) -> Text:
    style, mark = band(result.score)
    line = Text()
    line.append(f"{points(result):>3} ", style=f"bold {style}")
    line.append(f"{mark} ", style=style)
    for i, (word, gap) in enumerate(_words_in_text(result)):
        line.append(gap)
        style = "red strike" if result.words[i].missing else band(result.words[i].score)[0]
        line.append(reader.word(word, result.language, result.words[i].asked), style=style)
    line.append(_tail(result))
    return line


def _words_in_text(result: Assessment) -> Iterable[tuple[str, str]]:
    """Each word with the punctuation before it."""
    position = 0
    for word in result.words:
        start = result.text.index(word.text, position)
        yield word.text, result.text[position:start]
        position = start + len(word.text)


def _tail(result: Assessment) -> str:
    last = result.words[-1].text
    return result.text[result.text.rindex(last) + len(last) :]


def _words(result: Assessment, reader: Reader) -> Table:
    table = Table(box=None, padding=(0, 1), header_style="dim")
    table.add_column(_("word"))
    table.add_column(_("score"), justify="right")
    table.add_column("", width=BAR)
    table.add_column(_("sounds (heard instead)"))
    for word in result.words:
        style, mark = band(word.score)
        text = reader.word(word.text, result.language, word.asked)
        if word.missing:
            table.add_row(Text(text, style="red"), MISSING, "", Text(_("left out"), style="red"))
            continue
        bar = "━" * round(word.score / 100 * BAR)
        table.add_row(
            Text(text, style=style),
            f"{word.score:.0f} {mark}",
            Text(bar, style=style),
            _sounds(word, result.language, reader),
        )
    return table


def _sounds(word: WordScore, language: Language, reader: Reader) -> Text:
    text = Text()
    for added in word.added:
        text.append(f"+{reader.phone(added, language)} ", style="magenta")
    for phone in word.phones:
        style, _mark = band(phone.score)
        heard = heard_instead(language, phone)
        asked, instead = reader.phones(phone.phone, heard or "", language)
        text.append(asked, style=style)
        if phone.score < FLAGGED and heard is not None:
            text.append(f"({instead or '–'})", style=f"dim {style}")
        text.append(" ")
    return text


def _hints(hints: tuple[Hint, ...], language: Language, reader: Reader) -> RenderableType:
    lines: list[RenderableType] = [Text(_("Work on"), style="italic")]
    for hint in hints:
        expected = _("nothing")
        if hint.expected:
            symbol = reader.phones(hint.expected, hint.heard or "", language)[0]
            expected = f"[{symbol}] {reader.sound(inventory(language)[hint.expected])}"
        line = Text.assemble((reader.word(hint.word, language, hint.phones), "bold"), f"  {expected}")
        heard = heard_text(hint, language, reader.sound, partial(reader.phones, language=language))
        line.append(_("; heard: {sound}").format(sound=heard), style="yellow")
        lines += [Padding(line, (0, 1)), Padding(Text(reader.told(hint.advice)), (0, 1, 0, 4))]
    return Padding(Group(*lines), (1, 0))


def _misplaced_stress(result: Assessment, reader: Reader) -> list[str]:
    message = _("{word}: the stress was heard on syllable {heard}, it belongs on syllable {expected}.")
    return [
        message.format(
            word=reader.word(word.text, result.language), heard=word.stress.heard + 1, expected=word.stress.expected + 1
        )
        for word in result.words
        if word.stress and word.stress.misplaced
    ]


def _flow(result: Assessment) -> Text:
    flow = result.fluency
    pauses = len(flow.pauses)
    parts = [
        _("words not left out {share:.0f} %").format(share=result.completeness),
        _("{rate:.1f} syllables a second").format(rate=flow.articulation_rate),
        ngettext("{n} pause", "{n} pauses", pauses).format(n=pauses),
        _("began after {seconds:.1f} s").format(seconds=flow.onset_latency),
    ]
    if result.ratings:
        rated, stressed_wrong = result.ratings, bool(_misplaced_stress(result, ANYBODY))
        parts.append(
            _("as experts rate: sounds {accuracy:.0f}, fluency {fluency:.0f}").format(
                accuracy=rated.accuracy, fluency=rated.fluency
            )
        )
        if not stressed_wrong:  # of which those experts knew nothing
            parts[-1] += ", " + _("melody {prosodic:.0f}").format(prosodic=rated.prosodic)
    return Text(" · ".join(parts), style="dim")


def summary(results: list[Assessment], reader: Reader = ANYBODY) -> Table:
    """One line a clip, for many clips at once."""
    table = Table(box=None, padding=(0, 1), header_style="dim")
    table.add_column(_("clip"), overflow="fold")
    table.add_column(_("phrase"))
    table.add_column("")
    table.add_column(_("score"), justify="right")
    table.add_column(_("work on"))
    for result in results:
        style, mark = band(result.score)
        read = partial(reader.word, language=result.language)
        hints = [f"{read(h.word)} [{h.expected or f'+{h.heard}'}]" for h in worst_sounds(result)]
        if lines := remarks(result, reader):
            hints = lines[:1]
        table.add_row(
            Text(PurePath(result.clip or "").name),
            result.phrase or "",
            result.language,
            Text(f"{result.score:.0f} {mark}", style=style),
            Text(", ".join(hints)),
        )
    return table


def models(rows: Sequence[Mapping[str, Any]]) -> Table:
    """The models that can be installed, and those that are."""
    table = Table(box=None, padding=(0, 1), header_style="dim")
    table.add_column("")
    table.add_column(_("name"), no_wrap=True)
    table.add_column("")
    table.add_column("MB", justify="right")
    table.add_column(_("licence"), no_wrap=True)
    table.add_column("")
    for row in rows:
        mark, style = ("●", "green") if row["in_use"] else ("◐", "yellow") if row["installed"] else ("○", "dim")
        table.add_row(
            Text(mark, style=style),
            row["name"],
            " ".join(row["languages"]),
            f"{row['megabytes']:.0f}",
            row["licence"],
            Text(row["summary"], style="dim"),
        )
    table.caption = _("● in use  ◐ installed  ○ can be installed: ruston models install NAME")
    table.caption_justify = "left"
    return table


def words_so_far(heard: "Hypothesis", at: float, language: Language, reader: Reader) -> Text:
    return Text.assemble(
        (f"{_('{at:4.1f} s').format(at=at)}  ", "dim"),
        " ".join(_word(word, language, reader) for word in heard.text.split()),
    )


def _word(word: str, language: Language, reader: Reader) -> str:
    """UNKNOWN is what a recogniser calls speech that is no word it knows."""
    return "…" if word == UNKNOWN else reader.word(word, language)


def final_words(heard: "Hypothesis", said: "Content | None", language: Language, reader: Reader) -> RenderableType:
    """Every word with its time and how sure it is; beside it what was expected, where a call was."""
    table = Table(box=None, padding=(0, 1), header_style="dim")
    for heading in ("", _("word"), _("expected"), _("from"), _("to"), _("sure")):
        table.add_column(heading)
    marks = {"right": ("●", "green"), "wrong": ("○", "red"), "missing": (MISSING, "red"), "extra": ("+", "magenta")}
    if said:
        for word in said.words:
            mark, style = marks[word.verdict]
            times = _times(word.start, word.end, word.confidence)
            heard_word, expected = (_word(one, language, reader) if one else "" for one in (word.heard, word.expected))
            table.add_row(Text(mark, style=style), Text(heard_word), expected, *times)
    else:
        for one in heard.words:
            table.add_row("", Text(_word(one.text, language, reader)), "", *_times(one.start, one.end, one.confidence))
    told = [_("heard by {engine}").format(engine=heard.engine)]
    if said:
        told.append(_("words said {share:.0f} %").format(share=100 * said.complete))
        if said.exact is not None:
            told.append(_("figures right") if said.exact else _("figures wrong"))
        told.insert(0, said.answer or _("none of the expected calls"))
    return Group(table, Text(" · ".join(told), style="dim"))


def _times(start: float | None, end: float | None, confidence: float | None) -> tuple[str, str, str]:
    return (
        "" if start is None else figure(start, ".2f"),
        "" if end is None else figure(end, ".2f"),
        "" if confidence is None else f"{confidence:.0%}",
    )


def findings(found: "Sequence[Finding]") -> Table:
    """What `ruston doctor` found: all is well, something could be better, something is missing."""
    table = Table(box=None, padding=(0, 1), show_header=False)
    table.add_column()
    table.add_column(no_wrap=True)
    table.add_column()
    marks = {"good": ("●", "green"), "fair": ("◐", "yellow"), "bad": ("✗", "red")}
    for one in found:
        mark, style = marks[one.state]
        told = Text(one.told)
        if one.mend:
            told.append(f"\n→ {one.mend}", style="bold")
        table.add_row(Text(mark, style=style), one.name, told)
    return table


def phrases(found: Sequence[Phrase], book: Phrasebook, reader: Reader = ANYBODY) -> Table:
    """A list of calls; the learner's own language comes second; a language that they do not read in their letters."""
    interface = interface_language()
    table = Table(box=None, padding=(0, 1), header_style="dim")
    table.add_column(_("id"), no_wrap=True)
    table.add_column({"en": _("Russian"), "ru": _("English")}[interface])
    table.add_column({"en": _("English"), "ru": _("Russian")}[interface])
    for phrase in found:
        first, second = (reader.call(phrase.text(one), one) for one in (other(interface), interface))
        table.add_row(book.name_of(phrase.id), Text(first), Text(second, style="dim"))
    return table


def drafts(found: list[Draft]) -> Table:
    """Words that wait to be checked; further ways to say one are counted."""
    table = Table(box=None, padding=(0, 1), header_style="dim")
    for heading in (_("word"), _("pronunciation"), ""):
        table.add_column(heading)
    for one in found:
        more = len(one.ways) - 1
        remarks = [
            one.ways[0].note,
            ngettext("{n} more way", "{n} more ways", more).format(n=more) if more else "",
            "" if one.new else _("drafted before"),
        ]
        sounds = f"[{' '.join(one.ways[0].phones)}]"
        table.add_row(Text(one.word), Text(sounds), Text(", ".join(filter(None, remarks)), style="dim"))
    return table


def phrase(
    one: Phrase, book: Phrasebook, ways: dict[Language, list[str]], reader: Reader = ANYBODY
) -> RenderableType:  # fmt: skip
    """All that is known of one call. `ways`: its pronunciations, one line a word."""
    interface = interface_language()
    table = Table(box=None, padding=(0, 1), show_header=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    table.add_row(_("phase"), book.phase(one.phase).name[interface])
    table.add_row(_("said by"), SPEAKERS[one.speaker]())
    for language, name in (("en", _("English")), ("ru", _("Russian"))):
        known: Language = "en" if language == "en" else "ru"
        table.add_row(name, Text(one.text(known), style="bold"))
        if letters := reader.read(one.text(known), known):
            table.add_row(_("letters"), Text(letters, style="italic"))
            table.add_row("", Text(letters_key(letters, known), style="dim"))
        table.add_row("", Text("\n".join(ways[known])))
        attested = one.attested.en if known == "en" else one.attested.ru
        if one.status == "historic":
            table.add_row("", Text(ATTESTED[attested](), style="dim"))
    if one.status == "reconstructed":
        table.add_row(
            "", Text(_("Reconstructed: a call of this kind belongs here, these words are ours."), style="dim")
        )
    for key in one.source:
        if key in book.sources:
            table.add_row(_("source"), Text(f"{key}: {book.sources[key].title}"))
    if one.note:
        table.add_row(_("note"), Text(one.note[interface]))
    for answered in one.answers:
        if cue := book.find(answered):
            table.add_row(_("answers"), Text(f"{cue.id}: {cue.text(interface)}"))
    return Panel(table, title=Text(book.name_of(one.id)), title_align="left", border_style="dim")


def timeline(book: Phrasebook) -> Table:
    """The mission's events in the order of its clock; GET counts from the Soyuz lift-off."""
    interface = interface_language()
    table = Table(box=None, padding=(0, 1), header_style="dim")
    for heading in (_("GET"), _("Greenwich"), _("Moscow"), _("event")):
        table.add_column(heading, no_wrap=heading != _("event"))
    for event in book.events:
        certain = "" if event.certainty == "confirmed" else "≈ "
        utc, moscow = ((time or event.date or "").replace("T", " ") for time in (event.utc, event.moscow))
        table.add_row(Text(certain + (event.get or ""), justify="right"), utc, moscow, Text(event.name[interface]))
    return table
