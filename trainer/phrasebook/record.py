"""What the tables of a phrasebook are built of."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from trainer.languages import Language
from trainer.text_in import clean


def _text(value: object) -> object:
    return clean(value).strip() if isinstance(value, str) else value


Text = Annotated[str, BeforeValidator(_text), Field(min_length=1)]
IDENTIFIER = r"^[\w.-]+$"
Identifier = Annotated[str, Field(pattern=IDENTIFIER, max_length=300)]


class Record(BaseModel):
    """Frozen, and strict about unknown fields, so that a misspelt one is reported and not ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Bilingual(Record):
    en: Text
    ru: Text

    def __getitem__(self, language: Language) -> str:
        return self.en if language == "en" else self.ru
