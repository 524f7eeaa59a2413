"""Words and sounds by their score: in colour, and by the shape of the mark."""

from collections.abc import Iterable, Sequence

from textual.content import Content
from textual.geometry import Region
from textual.reactive import reactive
from textual.widgets import Static

from trainer.messages import gettext as _
from trainer.reader import Reader
from trainer.scoring.assessment import Assessment, WordScore
from trainer.scoring.feedback import heard_instead
from trainer.scoring.points import FLAGGED
from trainer.tui.bands import MISSING, bar, mark, style
from trainer.tui.widgets.cells import cut, pad, wide
from trainer.wording import ANYBODY, points, remarks

BAR = 8
LONGEST_WORD = 16


class WordsView(Static):
    """chosen: the place of the word that is looked at. lit: of the one that sounds just now."""

    chosen: reactive[int | None] = reactive(None)
    lit: reactive[int | None] = reactive(None)

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._shown: tuple[Assessment, float | None, float, Content | None] | None = None
        self._reader = ANYBODY
        self._expecting = True

    def show(
        self, result: Assessment | None, points: float | None = None, late: float = 0.0, said: Content | None = None,
        *, expecting: bool = True, reader: Reader = ANYBODY,
    ) -> None:  # fmt: skip
        """said: what a recogniser of words heard. expecting: where there is no result, one may still come."""
        self._expecting, self._reader = expecting, reader
        self._shown = (result, points, late, said) if result else None
        self._draw()

    def watch_chosen(self) -> None:
        self._draw()

    def watch_lit(self) -> None:
        self._draw()

    def row(self, word: int) -> Region:
        """Where a word and its sounds stand, in cells of this widget."""
        above, words = self._lines()
        width, first = self.size.width, len(above)
        top = Content("\n").join([*above, *words[:word]]).get_height({}, width) if first + word else 0
        height = words[word].get_height({}, width) if word < len(words) else 0
        return Region(0, top, width, height)

    def _draw(self) -> None:
        above, words = self._lines()
        self.update(Content("\n").join([*above, *words]))

    def _lines(self) -> tuple[list[Content], list[Content]]:
        """What stands above the words, and a line for each."""
        if self._shown is None:
            return list(_expecting()) if self._expecting else [], []
        return _parts(*self._shown, self.chosen, self.lit, self._reader)


def _expecting() -> Iterable[Content]:
    """Before anything was said."""
    yield Content.styled(_("Here come your words and sounds, scored:"), "$foreground 55%")
    yield Content.assemble(
        ("● ", "$text-success"), (_("good"), "$foreground 55%"),
        ("   ◐ ", "$text-warning"), (_("fair"), "$foreground 55%"),
        ("   ○ ", "$text-error"), (_("poor"), "$foreground 55%"),
        (f"   {MISSING} ", "$text-error"), (_("left out"), "$foreground 55%"),
    )  # fmt: skip


def lines(
    result: Assessment, points: float | None, late: float, said: Content | None, reader: Reader = ANYBODY
) -> list[Content]:
    above, words = _parts(result, points, late, said, None, None, reader)
    return [*above, *words]


def _parts(
    result: Assessment, points: float | None, late: float, said: Content | None, chosen: int | None, lit: int | None,
    reader: Reader,
) -> tuple[list[Content], list[Content]]:  # fmt: skip
    texts = [reader.word(word.text, result.language, word.asked) for word in result.words]
    out = [_headline(result, texts, chosen, lit)]
    if points is not None and late > 0:
        out.append(
            Content.styled(
                _("{late:.1f} s late: {points:.0f} points").format(late=late, points=points), "$text-warning"
            )
        )
    out += [Content.styled(f"! {line}", "$text-warning") for line in (*remarks(result, reader), *result.warnings)]
    if said is not None:
        out.append(said)
    if result.verdict != "scored":
        return out, []
    out.append(Content(""))
    longest = min(LONGEST_WORD, max(map(wide, texts)))
    words = []
    for at, word in enumerate(result.words):
        pointer = "" if chosen is None else "▸ " if at == chosen else "  "
        words.append(
            Content.assemble(
                (pointer, "$accent"), _word(word, texts[at], result, longest, _emphasis(at, chosen, lit), reader)
            )
        )
    return out, words


def _emphasis(at: int, chosen: int | None, lit: int | None) -> str:
    """Style of a word's letters, beside its colour."""
    return " reverse" if at == lit else " underline" if at == chosen else ""


def _headline(result: Assessment, texts: Sequence[str], chosen: int | None, lit: int | None) -> Content:
    """texts: of the words, as the learner reads them."""
    colour = style(result.score)
    parts: list[Content | tuple[str, str] | str] = [(f"{points(result)} {mark(result.score)}  ", f"bold {colour}")]
    position = 0
    for at, word in enumerate(result.words):
        start = result.text.index(word.text, position)
        parts.append(result.text[position:start])
        colour = "$text-error strike" if word.missing else style(word.score)
        parts.append((texts[at], colour + _emphasis(at, chosen, lit)))
        position = start + len(word.text)
    parts.append(result.text[position:])
    return Content.assemble(*parts)


def _word(word: WordScore, text: str, result: Assessment, longest: int, emphasis: str, reader: Reader) -> Content:
    name = cut(text, longest)
    rest = pad("", longest - wide(name))
    if word.missing:
        return Content.assemble(
            (name, f"$text-error{emphasis}"), (f"{rest}   {MISSING} ", "$text-error"), (_("left out"), "$text-error")
        )
    colour = style(word.score)
    return Content.assemble(
        (name, colour + emphasis), f"{rest} {word.score:3.0f} ", (mark(word.score), colour), " ",
        bar(word.score / 100, BAR, colour), " ", _sounds(word, result, reader),
    )  # fmt: skip


def _sounds(word: WordScore, result: Assessment, reader: Reader) -> Content:
    language = result.language
    parts: list[tuple[str, str] | str] = [(f"+{reader.phone(sound, language)} ", "$text-error") for sound in word.added]
    for phone in word.phones:
        flagged = phone.score < FLAGGED
        colour = style(phone.score)
        heard = heard_instead(result.language, phone)
        expected, other = reader.phones(phone.phone, heard or "", language)
        parts.append((expected, f"bold underline {colour}" if flagged else colour))
        if flagged and heard is not None:
            parts.append((f"({other or '–'})", colour))
        parts.append(" ")
    return Content.assemble(*parts)
