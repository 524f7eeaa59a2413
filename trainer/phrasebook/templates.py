"""Templates of calls that carry figures: texts with typed slots, and which values a slot may take."""

import re
from decimal import Decimal
from typing import Annotated, Literal, cast, get_args

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from trainer.languages import LANGUAGES, Language
from trainer.messages import gettext as _
from trainer.phrasebook.numbers import Case, Kind, Unit, say
from trainer.phrasebook.record import Bilingual, Identifier, Record, Text
from trainer.speakers import Speaker

CASES: tuple[str, ...] = get_args(Case)

SLOT = re.compile(r"\{(\w+)(?::(\w+))?\}")
# A capital where a value opens a sentence.
_OPENING = re.compile(r"((?:^|[.!?…] )\W*)(\w)")


def _figures(value: object) -> object:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


Figures = Annotated[str, BeforeValidator(_figures)]


class Slot(Record):
    """The values of one place in a template, as figures: from `min` to `max` by `step`, or `choices`.

    Times ("16:09", "51:49:09", "3:30") step in their last place. A plus before `max` is said before every value above
    zero. A slot that `follows` another takes the value at the same position, so that two figures fit each other.
    """

    type: Kind
    unit: Unit | None = None
    min: Figures | None = None
    max: Figures | None = None
    step: Figures = "1"
    choices: tuple[Figures, ...] = ()
    follows: Identifier | None = None

    @model_validator(mode="after")
    def _speakable(self) -> "Slot":
        if bool(self.choices) == (self.min is not None and self.max is not None):
            raise _fault(_("give either choices, or min and max"))
        try:
            ends = (0, self.count - 1) if self.count else ()
            for figures in self.choices or map(self.value, ends):
                for language in LANGUAGES:
                    self.say(figures, language)
        except (ValueError, ArithmeticError) as error:
            raise _fault(_("not figures that can be said: {reason}").format(reason=error)) from error
        if not ends:
            raise _fault(_("min is above max, or step is not above zero"))
        return self

    @property
    def count(self) -> int:
        """How many values there are."""
        if self.choices:
            return len(self.choices)
        low, high, step = _ticks(self.min or ""), _ticks(self.max or ""), Decimal(self.step)
        return int((high - low) // step) + 1 if step > 0 and low <= high else 0

    def value(self, position: int) -> str:
        """The figures at a position from 0 to count - 1."""
        if self.choices:
            return self.choices[position]
        low = self.min or ""
        ticks = _ticks(low) + position * Decimal(self.step)
        if ":" in low:
            return _time(int(ticks), low.count(":"), pad=self.type == "clock")
        return f"{ticks:+}" if ticks > 0 and (self.max or "").startswith("+") else f"{ticks}"

    def say(self, figures: str, language: Language, case: str = "") -> str:
        return say(self.type, figures, language, self.unit, cast(Case, case or "nominative"))


class Template(Record):
    """A call with slots in braces, as {range}; Russian may ask for a case, as {range:genitive}.

    A readback `answers` one template, has no slots of its own and repeats the values of that call.
    """

    id: Identifier
    phase: Identifier
    speaker: Speaker = "any"
    en: Text
    ru: Text
    slots: dict[Identifier, Slot] = Field(default={})
    status: Literal["reconstructed"] = "reconstructed"
    note: Bilingual | None = None
    answers: tuple[Identifier, ...] = ()

    def text(self, language: Language) -> str:
        return self.en if language == "en" else self.ru

    def names(self, language: Language) -> dict[str, str]:
        """The slots that a text names, with the case it asks for ("" where it asks for none)."""
        return {found[1]: found[2] or "" for found in SLOT.finditer(self.text(language))}

    def fill(self, values: dict[str, str], slots: dict[str, Slot], language: Language) -> str:
        """The text with its values in words; the slots are those of the call that this template answers, if any."""
        text = SLOT.sub(lambda m: slots[m[1]].say(values[m[1]], language, m[2] or ""), self.text(language))
        return _OPENING.sub(lambda m: m[1] + m[2].upper(), text)


def _fault(message: str) -> PydanticCustomError:
    return PydanticCustomError("slot", "{message}", {"message": message})


def _ticks(figures: str) -> Decimal:
    """A number, or a time counted in its last place."""
    total = Decimal(0)
    for field in figures.split(":"):
        total = total * 60 + Decimal(field)
    return total


def _time(ticks: int, colons: int, pad: bool) -> str:
    fields = []
    for _field in range(colons):
        ticks, field = divmod(ticks, 60)
        fields.append(f"{field:02}")
    return ":".join([f"{ticks:02}" if pad else str(ticks), *reversed(fields)])
