"""Stress and timing against the reference reading."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from textual.content import Content
from textual.geometry import Region
from textual.widgets import Static

from trainer.messages import gettext as _
from trainer.messages import ngettext
from trainer.phones.inventory import inventory
from trainer.reader import Reader
from trainer.scoring.assessment import Assessment, Fluency
from trainer.tui.stress import Prominence
from trainer.tui.widgets.cells import at_cell, cut, pad
from trainer.wording import ANYBODY

if TYPE_CHECKING:
    from trainer.tui.operator import Half

LABEL = 11
LANES = 2  # lines of bars
SHORTEST_LANE = 20
SAME_TEMPO = 5  # percent: so far apart two readings of one native lie, too
UNHURRIED = (-25, 33)  # percent: within these a tempo needs no mending


class TimingView(Static):
    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._mine: Assessment | None = None
        self._reference: Assessment | None = None
        self._stress: tuple[Prominence, ...] = ()
        self._cursor: tuple[Half, float] | None = None

    def point(self, cursor: "tuple[Half, float] | None") -> None:
        """Which of the two sounds just now, and where (s of its own recording)."""
        if cursor != self._cursor:
            self._cursor = cursor
            self.refresh(Region(0, 0, self.size.width, LANES))

    def show(
        self, mine: Assessment | None, reference: Assessment | None = None, stress: tuple[Prominence, ...] = (),
        reader: Reader = ANYBODY,
    ) -> None:  # fmt: skip
        self._mine, self._reference = (_labelled(result, reader) for result in (mine, reference))
        language = mine.language if mine else "en"
        self._stress = tuple(replace(one, word=reader.word(one.word, language)) for one in stress)
        self.refresh(layout=True)

    def render(self) -> Content:
        if self._mine is None or self._mine.verdict != "scored":
            return Content("")
        width = max(SHORTEST_LANE, self.size.width - LABEL - 1)
        return Content("\n").join(lines(self._mine, self._reference, self._stress, width, self._cursor))


def _labelled(result: Assessment | None, reader: Reader) -> Assessment | None:
    """With its words as the learner reads them."""
    if result is None or not reader.needs(result.language):
        return result
    return replace(
        result,
        words=tuple(replace(one, text=reader.word(one.text, result.language, one.asked)) for one in result.words),
    )


def lines(
    mine: Assessment, reference: Assessment | None, stress: Sequence[Prominence], width: int,
    cursor: "tuple[Half, float] | None" = None,
) -> Iterable[Content]:  # fmt: skip
    longest = max(_length(mine), _length(reference) if reference else 0.0, 0.1)
    which, seconds = cursor or (None, 0.0)
    if reference:
        bar = lane(reference, longest, width, "$secondary", seconds if which == "reference" else None)
        yield Content.assemble((pad(_("reference"), LABEL), "$foreground 60%"), bar)
    bar = lane(mine, longest, width, "$accent", seconds if which == "mine" else None)
    yield Content.assemble((pad(_("you"), LABEL), "$foreground 60%"), bar)
    yield Content("")
    yield Content.assemble(
        (pad(_("tempo"), LABEL), "$foreground 60%"), _tempo(mine.fluency, reference.fluency if reference else None)
    )
    yield Content.assemble((pad(_("pauses"), LABEL), "$foreground 60%"), _pauses(mine, reference))
    yield Content.assemble((pad(_("stress"), LABEL), "$foreground 60%"), _stress(mine, reference, stress))


def lane(result: Assessment, longest: float, width: int, colour: str, cursor: float | None = None) -> Content:
    """The words of a reading where they were said, from its first sound on. cursor: where it sounds just now, s."""
    said = [
        (word.text, word.start, word.end) for word in result.words if word.start is not None and word.end is not None
    ]
    if not said:
        return Content("")
    zero = said[0][1]
    parts: list[tuple[str, str] | str] = []
    place = 0
    for number, (text, start, end) in enumerate(said):
        begin, stop = round((start - zero) / longest * width), round((end - zero) / longest * width)
        begin = max(begin, place)
        room = max(1, stop - begin)
        parts.append("·" * (begin - place) if begin - place < width else "")
        shade = "30%" if number % 2 else "50%"
        parts.append(
            ("▏" + pad(cut(text, room - 1), room - 1) if room > 1 else "▏", f"$foreground on {colour} {shade}")
        )
        place = begin + room
    bars = Content.assemble(*parts)
    if cursor is None or not 0 <= (cell := round((cursor - zero) / longest * width)) < bars.cell_length:
        return bars
    place = at_cell(bars.plain, cell)
    return bars.stylize("reverse", place, place + 1)


def _length(result: Assessment) -> float:
    said = [(word.start, word.end) for word in result.words if word.start is not None and word.end is not None]
    return said[-1][1] - said[0][0] if said else 0.0


def _tempo(mine: Fluency, reference: Fluency | None) -> Content:
    text = _("{rate:.1f} syllables a second").format(rate=mine.articulation_rate)
    if reference is None or not reference.articulation_rate or not mine.articulation_rate:
        return Content(text)
    percent = round(100 * (mine.articulation_rate / reference.articulation_rate - 1))
    if abs(percent) <= SAME_TEMPO:
        verdict = _("like the reference ({rate:.1f})")
    elif percent < 0:
        verdict = _("slower than the reference ({rate:.1f}) by {percent} %")
    else:
        verdict = _("faster than the reference ({rate:.1f}) by {percent} %")
    told = verdict.format(percent=abs(percent), rate=reference.articulation_rate)
    return Content.assemble(
        text, ", ", (told, "$text-success" if UNHURRIED[0] <= percent <= UNHURRIED[1] else "$text-warning")
    )


def _pauses(mine: Assessment, reference: Assessment | None) -> Content:
    pauses = mine.fluency.pauses
    if not pauses:
        text = _("none")
    else:
        long = _("{seconds:.1f} s")
        after = ", ".join(f"{mine.words[p.after_word].text} {long.format(seconds=p.seconds)}" for p in pauses)
        text = ngettext("{n}, after: {words}", "{n}, after: {words}", len(pauses)).format(n=len(pauses), words=after)
    if reference is not None:
        text += " " + _("(reference: {n})").format(n=len(reference.fluency.pauses))
    return Content(text)


def _stress(mine: Assessment, reference: Assessment | None, stress: Sequence[Prominence]) -> Content:
    """Words of several syllables: whether the stressed one stood out, where the reference shows that it can be told."""
    if not stress:
        known = inventory(mine.language)
        longest = max((sum(known[p.phone].kind == "vowel" for p in word.phones) for word in mine.words), default=0)
        told = _("told by a reference reading") if reference is None else _("not to be told by this reference reading")
        return Content.styled(told if longest > 1 else _("no word has several syllables"), "$foreground 60%")
    parts: list[tuple[str, str] | str] = []
    for one in stress:
        if one.right:
            parts.append((f"● {one.word}  ", "$text-success"))
        else:
            place = _("stress it on syllable {n}").format(n=one.wanted + 1)
            parts.append((f"○ {one.word} ({place})  ", "$text-error"))
    return Content.assemble(*parts)
