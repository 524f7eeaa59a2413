"""What the tables of a phrasebook are built of."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from trainer.languages import Language
from trainer.phrasebook.text import normalise


def _text(value: object) -> object:
    return normalise(value).strip() if isinstance(value, str) else value


Text = Annotated[str, BeforeValidator(_text), Field(min_length=1)]
Identifier = Annotated[str, Field(pattern=r"^[\w.-]+$")]


class Record(BaseModel):
    """Frozen, and strict about unknown fields, so that a misspelt one is reported and not ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Bilingual(Record):
    en: Text
    ru: Text

    def __getitem__(self, language: Language) -> str:
        return self.en if language == "en" else self.ru
