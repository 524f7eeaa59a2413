"""What the tables of a phrasebook are built of."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from trainer.languages import Language
from trainer.text_in import clean


def _text(value: object) -> object:
    return clean(value).strip() if isinstance(value, str) else value


Text = Annotated[str, BeforeValidator(_text), Field(min_length=1)]
IDENTIFIER = r"^[\w.-]{1,300}\Z"
Identifier = Annotated[str, Field(pattern=IDENTIFIER)]


class Record(BaseModel):
    """Frozen, and strict about unknown fields, so that a misspelt one is reported and not ignored. A letter is what
    Python takes for one, here as in the ids that are made of file names."""

    model_config = ConfigDict(frozen=True, extra="forbid", regex_engine="python-re")


class Bilingual(Record):
    en: Text
    ru: Text

    def __getitem__(self, language: Language) -> str:
        return self.en if language == "en" else self.ru
