"""The models that can be installed: `models/catalogue.toml`, or a training centre's own list in the same form."""

from pathlib import Path, PurePosixPath
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from trainer.bundled import bundled
from trainer.errors import UserError
from trainer.languages import Language
from trainer.messages import gettext as _
from trainer.text_in import read_text, toml

Kind = Literal["vosk", "hub"]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][\w.-]*$")]  # it becomes a folder


def _inside(path: str) -> str:
    parts = PurePosixPath(path)
    if parts.is_absolute() or ".." in parts.parts or "\\" in path or not parts.parts:
        raise ValueError("must be a relative path inside the model")
    return path


def _web(url: str) -> str:
    if not url.startswith(("https://", "http://")):
        raise ValueError("must begin with https:// or http://")
    return url


Inside = Annotated[str, AfterValidator(_inside)]
Url = Annotated[str, AfterValidator(_web)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Archive(_Table):
    """A zip with the whole model, in one folder or none."""

    url: Url
    sha256: Sha256 | None = None


class File(_Table):
    """One file of a model that comes in pieces."""

    path: Inside
    url: Url
    sha256: Sha256 | None = None


class Entry(_Table):
    """A model. contents: checksums of files inside the archive. Sizes are rounded megabytes."""

    name: Name
    kind: Kind
    languages: tuple[Language, ...] = Field(min_length=1)
    licence: str
    megabytes: float
    megabytes_installed: float
    summary: dict[Language, str]
    archive: Archive | None = None
    files: tuple[File, ...] = ()
    contents: dict[Inside, Sha256] = {}

    @model_validator(mode="after")
    def _one_source(self) -> "Entry":
        if bool(self.archive) == bool(self.files):
            raise ValueError("needs either an archive or files")
        return self

    @property
    def urls(self) -> tuple[str, ...]:
        return (self.archive.url,) if self.archive else tuple(file.url for file in self.files)


class Catalogue(_Table):
    model: tuple[Entry, ...]

    def find(self, name: str) -> Entry:
        """Raises UserError that names near ones."""
        for entry in self.model:
            if entry.name == name:
                return entry
        from rapidfuzz import process

        near = [match for match, _score, _i in process.extract(name, [entry.name for entry in self.model], limit=2)]
        message = _("there is no model {name} in the catalogue. Did you mean {near}? `ruston models list` shows all.")
        raise UserError(message.format(name=name, near=", ".join(near)))


def catalogue(path: Path | None = None) -> Catalogue:
    """Raises UserError where there is no catalogue or it is faulty."""
    path = path or bundled("models") / "catalogue.toml"
    try:
        return Catalogue.model_validate(toml(read_text(path)))
    except OSError as error:
        raise UserError(_("{path}: there is no catalogue of models.").format(path=path)) from error
    except ValidationError as error:
        fault = error.errors()[0]
        place = ".".join(map(str, fault["loc"]))
        message = _("{path}: {place}: {reason}.")
        raise UserError(message.format(path=path, place=place, reason=fault["msg"])) from error
    except ValueError as error:  # not TOML
        raise UserError(_("{path}: {place}: {reason}.").format(path=path, place="TOML", reason=error)) from error
