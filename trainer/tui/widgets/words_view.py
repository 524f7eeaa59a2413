"""Words and sounds by their score: in colour, and by the shape of the mark."""

from collections.abc import Iterable

from textual.content import Content
from textual.widgets import Static

from trainer.messages import gettext as _
from trainer.scoring.assessment import Assessment, WordScore
from trainer.scoring.feedback import heard_instead
from trainer.scoring.points import FLAGGED
from trainer.tui.bands import MISSING, bar, mark, style
from trainer.tui.widgets.cells import cut, pad, wide
from trainer.wording import remarks

BAR = 8
LONGEST_WORD = 16


class WordsView(Static):
    def show(
        self, result: Assessment | None, points: float | None = None, late: float = 0.0, said: Content | None = None
    ) -> None:
        """said: what a recogniser of words heard."""
        self.update(Content("\n").join(lines(result, points, late, said) if result else _expecting()))


def _expecting() -> Iterable[Content]:
    """Before anything was said."""
    yield Content.styled(_("Here come your words and sounds, scored:"), "$foreground 55%")
    yield Content.assemble(
        ("● ", "$text-success"), (_("good"), "$foreground 55%"),
        ("   ◐ ", "$text-warning"), (_("fair"), "$foreground 55%"),
        ("   ○ ", "$text-error"), (_("poor"), "$foreground 55%"),
        (f"   {MISSING} ", "$text-error"), (_("left out"), "$foreground 55%"),
    )  # fmt: skip


def lines(result: Assessment, points: float | None, late: float, said: Content | None) -> list[Content]:
    out = [_headline(result)]
    if points is not None and late > 0:
        out.append(
            Content.styled(
                _("{late:.1f} s late: {points:.0f} points").format(late=late, points=points), "$text-warning"
            )
        )
    out += [Content.styled(f"! {line}", "$text-warning") for line in (*remarks(result), *result.warnings)]
    if said is not None:
        out.append(said)
    if result.verdict == "scored":
        out.append(Content(""))
        longest = min(LONGEST_WORD, max(wide(word.text) for word in result.words))
        out += [_word(word, result, longest) for word in result.words]
    return out


def _headline(result: Assessment) -> Content:
    colour = style(result.score)
    parts: list[Content | tuple[str, str] | str] = [(f"{result.score:.0f} {mark(result.score)}  ", f"bold {colour}")]
    position = 0
    for word in result.words:
        start = result.text.index(word.text, position)
        parts.append(result.text[position:start])
        parts.append((word.text, "$text-error strike" if word.missing else style(word.score)))
        position = start + len(word.text)
    parts.append(result.text[position:])
    return Content.assemble(*parts)


def _word(word: WordScore, result: Assessment, longest: int) -> Content:
    name = pad(cut(word.text, longest), longest)
    if word.missing:
        return Content.assemble((f"{name}   {MISSING} ", "$text-error"), (_("left out"), "$text-error"))
    colour = style(word.score)
    return Content.assemble(
        (name, colour), f" {word.score:3.0f} ", (mark(word.score), colour), " ",
        bar(word.score / 100, BAR, colour), " ", _sounds(word, result),
    )  # fmt: skip


def _sounds(word: WordScore, result: Assessment) -> Content:
    parts: list[tuple[str, str] | str] = [(f"+{sound} ", "$text-error") for sound in word.added]
    for phone in word.phones:
        flagged = phone.score < FLAGGED
        colour = style(phone.score)
        heard = heard_instead(result.language, phone)
        parts.append((phone.phone, f"bold underline {colour}" if flagged else colour))
        if flagged and heard is not None:
            parts.append((f"({heard or '–'})", colour))
        parts.append(" ")
    return Content.assemble(*parts)
