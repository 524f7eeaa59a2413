"""What a user has chosen, in one small file of the data folder."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from trainer.atomic_files import save
from trainer.data_folder import data_folder
from trainer.errors import UserError
from trainer.languages import Language
from trainer.messages import gettext as _
from trainer.text_in import read_text

NAME = "settings.json"


class Settings(BaseModel):
    """words: the installed model that recognises words of each language; phones: the installed phone model that
    scores, None for the built-in one. A newer program's settings are kept, though not understood."""

    model_config = ConfigDict(extra="allow")

    words: dict[Language, str] = {}
    phones: str | None = None


def settings() -> Settings:
    """Raises UserError where the file is damaged."""
    path = data_folder() / NAME
    try:
        text = read_text(path)
    except FileNotFoundError:
        return Settings()
    except (OSError, UserError) as error:
        raise UserError(_damaged(path)) from error
    try:
        return Settings.model_validate_json(text)
    except ValidationError as error:
        raise UserError(_damaged(path)) from error


def save_settings(changed: Settings) -> None:
    """Raises UserError where it cannot be written; the old settings stay then."""
    folder = data_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = _("{path}: cannot be written ({reason}). Nothing was changed.")
        raise UserError(message.format(path=folder, reason=error.strerror or error)) from error
    save(folder / NAME, changed.model_dump_json(indent=2) + "\n")


def _damaged(path: Path) -> str:
    return _("{path}: these settings cannot be read. Mend or delete the file.").format(path=path)
