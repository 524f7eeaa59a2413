"""The call of this turn: what is heard or read, with its aids, and what is asked for."""

from dataclasses import dataclass

from textual.content import Content

from trainer.languages import Language
from trainer.messages import gettext as _
from trainer.tui.widgets.steady import Steady


@dataclass(frozen=True)
class Aids:
    """Which ways to read a call are shown beside it."""

    ipa: bool = False
    meaning: bool = True


@dataclass(frozen=True)
class Text:
    """A call to be shown. who: its speaker, or what is asked; letters: for those who do not read it; hidden: it is to
    be heard, not read."""

    who: str
    text: str
    ipa: str = ""
    letters: str = ""
    meaning: str = ""
    hidden: bool = False
    main: bool = False
    language: Language | None = None


class CallCard(Steady):
    def show(self, head: str, ask: str, texts: tuple[Text, ...], aids: Aids, figures: str = "") -> None:
        lines = [Content.styled(head, "$foreground 60%")]
        for text in texts:
            lines += self._lines(text, aids)
        if ask:
            lines.append(Content.styled(ask, "$accent"))
        if figures:
            lines.append(Content.styled(figures, "$secondary"))
        self.update(Content("\n").join(lines))

    def _lines(self, text: Text, aids: Aids) -> list[Content]:
        who = Content.styled(f"{text.who}  ", "$secondary") if text.who else Content("")
        if text.hidden:
            return [Content.assemble(who, ("· · · · ·  ", "bold"), (_("listen"), "$foreground 60%"))]
        return [Content.assemble(who, (text.text, "bold" if text.main else "")), *aided(text, aids)]


def aided(text: Text, aids: Aids) -> list[Content]:
    """What stands below a call to help to read it."""
    rows = (
        (aids.ipa, f"[{text.ipa}]" if text.ipa else "", "$foreground 80%"),
        (True, text.letters, "italic $foreground 80%"),
        (aids.meaning, text.meaning, "$foreground 60%"),
    )
    return [Content.styled(value, style) for wanted, value, style in rows if wanted and value]
