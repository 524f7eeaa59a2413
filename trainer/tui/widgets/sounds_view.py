"""The worst sounds of a call: what was expected, what was heard, how to make it, and the mouth from the side."""

from collections.abc import Iterable
from functools import partial

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from trainer.languages import Language
from trainer.messages import gettext as _
from trainer.phones.inventory import Phone, inventory, sound
from trainer.reader import Reader
from trainer.scoring.assessment import Assessment, WordScore
from trainer.scoring.feedback import Hint, heard_text, worst_sounds
from trainer.tui.bands import MISSING, mark, style
from trainer.tui.widgets.mouth import Mouth
from trainer.wording import ANYBODY, stress_told

MOST = 3


class HintCard(Horizontal):
    def compose(self) -> ComposeResult:
        yield Static(classes="advice")
        yield Mouth(classes="mouth")

    def show(self, hint: Hint | None, language: Language, reader: Reader) -> None:
        self.display = hint is not None
        if hint is None:
            return
        known = inventory(language)
        expected = known[hint.expected] if hint.expected else None
        heard = sound(language, hint.heard) if hint.heard else None
        self.query_one(".advice", Static).update(Content("\n").join(_advice(hint, expected, language, reader)))
        # A sound too many is best shown as what not to do: its own mouth.
        self.query_one(Mouth).show(
            expected or heard, heard if expected and heard and heard.kind == expected.kind else None
        )


class SoundsView(Vertical):
    """Three cards that stay; what they show changes."""

    def compose(self) -> ComposeResult:
        yield Static(id="above-hints")
        for _number in range(MOST):
            yield HintCard()

    def show(
        self, result: Assessment | None, *, well_said: bool = False, word: int | None = None, reader: Reader = ANYBODY
    ) -> None:
        """well_said: nothing at all was wrong with the answer. word: the place of the one that is looked at."""
        hints = worst_sounds(result, MOST, word) if result and result.verdict == "scored" else ()
        above = self.query_one("#above-hints", Static)
        rows: list[Content] = []
        if result is not None and word is not None:
            rows.append(_looked_at(result.words[word], result.language, reader))
        if result is not None and not hints and (word is None or not result.words[word].missing):
            rows.append(Content(_none(result, well_said and word is None)))
        above.display = bool(rows)
        above.update(Content("\n").join(rows))
        for number, card in enumerate(self.query(HintCard)):
            card.show(hints[number] if number < len(hints) else None, result.language if result else "en", reader)


def _looked_at(word: WordScore, language: Language, reader: Reader) -> Content:
    """A word by itself: its score, and where its stress was heard."""
    text = reader.word(word.text, language, word.asked)
    if word.missing:
        return Content.styled(f"▸ {text}  {MISSING} " + _("left out"), "bold $text-error")
    head = Content.styled(f"▸ {text}  {word.score:.0f} {mark(word.score)}", f"bold {style(word.score)}")
    if word.stress is None:
        return head
    told = stress_told(word.text, word.stress, language, reader)
    return Content.assemble(head, "\n", (told, "$text-error" if word.stress.misplaced else "$text-success"))


def _none(result: Assessment, well_said: bool) -> str:
    if result.verdict == "scored":
        return _("No sound stands out. Well said.") if well_said else _("No sound stands out.")
    return _("Say the call itself, then its sounds can be looked at.")


def _advice(hint: Hint, expected: Phone | None, language: Language, reader: Reader) -> Iterable[Content]:
    colour, word = style(hint.score), reader.word(hint.word, language, hint.phones)
    if expected is None:
        label = f"+[{reader.phone(hint.heard or '', language)}]"
        yield Content.assemble(
            (f"{mark(hint.score)} {word}  ", f"bold {colour}"), (label, "bold"), "  " + _("a sound too many")
        )
    else:
        yield Content.assemble(
            (f"{mark(hint.score)} {word}  ", f"bold {colour}"),
            (f"[{reader.phones(hint.expected, hint.heard or '', language)[0]}] ", "bold"),
            reader.sound(expected),
        )
        heard = heard_text(hint, language, reader.sound, partial(reader.phones, language=language))
        yield Content.assemble((_("heard: "), "$foreground 60%"), (heard, "$text-error"))
    yield Content(reader.told(hint.advice))
    if expected is not None:
        yield Content.styled(articulation(expected), "$foreground 60%")


def articulation(phone: Phone) -> str:
    """Tongue, lips and voice in a few words."""
    parts = [_vowel_tongue(phone) if phone.kind == "vowel" else _consonant_tongue(phone)]
    if phone.kind == "vowel" or phone.place == "labial-velar":
        parts.append(
            _("lips rounded") if phone.rounded or phone.place == "labial-velar" else _("lips spread or at rest")
        )
    if phone.kind == "consonant":
        if phone.soft:
            parts.append(_("middle of the tongue raised"))
        if phone.manner == "nasal":
            parts.append(_("air through the nose"))
        parts.append(_("voice on") if phone.voiced else _("no voice"))
    return " · ".join(part for part in parts if part)


def _consonant_tongue(phone: Phone) -> str:
    return {
        "bilabial": _("lips together"),
        "labiodental": _("lower lip at the upper teeth"),
        "dental": _("tip of the tongue at the teeth"),
        "alveolar": _("tip of the tongue at the ridge behind the teeth"),
        "postalveolar": _("blade of the tongue behind the ridge"),
        "retroflex": _("tip of the tongue raised and drawn back"),
        "alveolo-palatal": _("blade and middle of the tongue raised"),
        "palatal": _("middle of the tongue at the hard palate"),
        "velar": _("back of the tongue at the soft palate"),
        "labial-velar": _("back of the tongue raised"),
        "glottal": _("tongue at rest, breath in the throat"),
    }.get(phone.place or "", "")


def _vowel_tongue(phone: Phone) -> str:
    height = {
        "close": _("tongue high"), "near-close": _("tongue high"), "close-mid": _("tongue rather high"),
        "mid": _("tongue in the middle"), "open-mid": _("tongue rather low"), "near-open": _("tongue low"),
        "open": _("tongue low"),
    }[phone.height or "mid"]  # fmt: skip
    backness = {
        "front": _("in front"), "near-front": _("in front"), "central": _("centred"), "near-back": _("at the back"),
        "back": _("at the back"),
    }[phone.backness or "central"]  # fmt: skip
    return f"{height}, {backness}"
