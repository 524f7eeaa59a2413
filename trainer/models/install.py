"""Install a model of the catalogue: fetched or taken from a file, checked, unpacked aside, put in place in one step."""

import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from trainer.atomic_files import clear_unfinished, save
from trainer.errors import UserError
from trainer.messages import gettext as _
from trainer.models import archive, download
from trainer.models.catalogue import Entry
from trainer.models.installed import RECORD, Installed, Progress, Trust, blocks, discard, models_folder, sha256
from trainer.models.kinds import complete
from trainer.models.space import reserve

PINS = "pins.json"  # checksums that were trusted on first use, by URL
DOWNLOADS = ".downloads"
INSTALLING = re.compile(r"\.installing-.+-(\d+)")  # a folder not yet whole, with the process that fills it


@dataclass(frozen=True)
class Reports:
    """What an installation tells while it goes on. step: a line for people; progress: bytes done and in all."""

    step: Callable[[str], None] = lambda _line: None
    progress: Progress = lambda _done, _total: None


@dataclass
class _Came:
    """What came: the checksum of every file, whether all was known beforehand, what is to be pinned."""

    files: dict[str, str] = field(default_factory=dict)
    trust: Trust = "catalogue"
    pins: dict[str, str] = field(default_factory=dict)


def offline() -> bool:
    return os.environ.get("RUSTON_OFFLINE", "") not in ("", "0")


def install(entry: Entry, source: Path | None = None, reports: Reports | None = None) -> Installed:
    """Install or replace a model. source: a zip or a folder that was brought here instead of a download.

    Raises UserError; what was installed before stays as it was then.
    """
    reports = reports or Reports()
    if source is None and offline():
        message = _(
            "offline: nothing is downloaded. Fetch {url} elsewhere, then: ruston models install {name} --from FILE"
        )
        raise UserError(message.format(url=entry.urls[0], name=entry.name))
    root = models_folder()
    unfinished = root / f".installing-{entry.name}-{os.getpid()}"
    try:
        (root / DOWNLOADS).mkdir(parents=True, exist_ok=True)
        clear_unfinished(root, INSTALLING)
        try:
            came = _from_source(entry, source, unfinished, reports) if source else _fetched(entry, unfinished, reports)
            _check(entry, came.files, unfinished)
            record = Installed(
                name=entry.name, kind=entry.kind, languages=entry.languages, licence=entry.licence,
                source=str(source or entry.urls[0]), trust=came.trust, installed=datetime.now(UTC), files=came.files,
            )  # fmt: skip
            save(unfinished / RECORD, record.model_dump_json(indent=2) + "\n")
            _put_in_place(unfinished, record.folder)
            _pin(came.pins)
        except archive.NotWhole:
            if source is None:  # all was fetched, and is no model: do not start from it again
                _forget(entry)
            raise
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    except OSError as error:
        message = _("{name}: cannot be installed in {folder} ({reason}). Nothing was changed.")
        raise UserError(message.format(name=entry.name, folder=root, reason=error.strerror or error)) from error
    _forget(entry)
    return record


def _fetched(entry: Entry, into: Path, reports: Reports) -> _Came:
    came = _Came()
    if entry.archive:
        part = _part(entry, entry.archive.url)
        _fetch(entry.archive.url, entry.archive.sha256, part, entry.name, came, reports)
        reports.step(_("unpacking"))
        came.files = archive.unpack(part, into, reports.progress)
        return came
    for file in entry.files:
        part = _part(entry, file.url)
        came.files[file.path] = _fetch(file.url, file.sha256, part, f"{entry.name}/{file.path}", came, reports)
    for file in entry.files:  # moved only once all are there and right
        target = into / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        _part(entry, file.url).rename(target)
    return came


def _fetch(url: str, known: str | None, part: Path, name: str, came: _Came, reports: Reports) -> str:
    """Download and check one file; its checksum."""
    reports.step(_("fetching {name}").format(name=name))
    download.fetch(url, part, reports.progress)
    found = sha256(part)
    expected = known or _pins().get(url)
    if expected and found != expected:
        download.forget(part)
        message = _("{url}: not the file that was expected (SHA-256 {found}…, not {expected}…). It was thrown away.")
        raise UserError(message.format(url=url, found=found[:16], expected=expected[:16]))
    if not expected:
        _trust(url, name, found, came, reports)
    if not known:
        came.trust = "first use"
    return found


def _trust(url: str, name: str, found: str, came: _Came, reports: Reports) -> None:
    came.pins[url] = found
    message = _("{name}: its checksum was not known before. Trusted this first time, and pinned: SHA-256 {found}")
    reports.step(message.format(name=name, found=found))


def _from_source(entry: Entry, source: Path, into: Path, reports: Reports) -> _Came:
    """From a zip, or from a folder with the unpacked model."""
    if source.is_dir():
        known = bool(entry.files) and all(file.sha256 for file in entry.files)
        return _Came(_copied(source, into, reports), "catalogue" if known else "first use")
    if not source.is_file():
        raise UserError(_("{path}: there is no such file.").format(path=source))
    came = _Came(trust="catalogue" if entry.archive and entry.archive.sha256 else "first use")
    if entry.archive:
        found = sha256(source)
        expected = entry.archive.sha256 or _pins().get(entry.archive.url)
        if expected and found != expected:
            message = _("{path}: not the file that was expected (SHA-256 {found}…, not {expected}…).")
            raise UserError(message.format(path=source, found=found[:16], expected=expected[:16]))
        if not expected:
            _trust(entry.archive.url, source.name, found, came, reports)
    reports.step(_("unpacking"))
    came.files = archive.unpack(source, into, reports.progress)
    return came


def _copied(source: Path, into: Path, reports: Reports) -> dict[str, str]:
    paths = [path for path in sorted(source.rglob("*")) if path.is_file() and path.name != RECORD]
    total, done, files = sum(path.stat().st_size for path in paths), 0, {}
    into.mkdir(parents=True)
    reserve(into, total)
    reports.step(_("copying"))
    for path in paths:
        target = into / path.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            for block in blocks(path):
                file.write(block)
                done += len(block)
                reports.progress(done, total)
        files[path.relative_to(source).as_posix()] = sha256(target)
    return files


def _check(entry: Entry, files: dict[str, str], folder: Path) -> None:
    """The parts that the kind of model needs, and those whose checksums are known."""
    expected = {**entry.contents, **{file.path: file.sha256 for file in entry.files if file.sha256}}
    for name, digest in expected.items():
        if files.get(name) != digest:
            message = _("{name}: {file} is missing or not the file that was expected. Nothing was installed.")
            raise archive.NotWhole(message.format(name=entry.name, file=name))
    if not complete(folder, entry.kind):
        message = _("{name}: what came is no whole model of the kind {kind}. Nothing was installed.")
        raise archive.NotWhole(message.format(name=entry.name, kind=entry.kind))


def _put_in_place(unfinished: Path, folder: Path) -> None:
    """At any moment the folder holds the old model, none for an instant, or the new one; never half of one."""
    replaced = folder.with_name(f".replaced-{folder.name}")
    shutil.rmtree(replaced, ignore_errors=True)
    if folder.exists():
        folder.rename(replaced)
    try:
        unfinished.rename(folder)
    except OSError:
        if replaced.exists():
            replaced.rename(folder)
        raise
    if replaced.exists():
        discard(replaced)


def _part(entry: Entry, url: str) -> Path:
    return models_folder() / DOWNLOADS / f"{entry.name}-{url.rsplit('/', 1)[-1]}.part"


def _forget(entry: Entry) -> None:
    for url in entry.urls:
        download.forget(_part(entry, url))


_PINS = TypeAdapter(dict[str, str])


def _pins() -> dict[str, str]:
    path = models_folder() / PINS
    try:
        return _PINS.validate_json(path.read_bytes())
    except FileNotFoundError:
        return {}
    except ValidationError as error:
        raise UserError(_("{path}: these checksums cannot be read. Delete the file.").format(path=path)) from error


def _pin(new: dict[str, str]) -> None:
    if new:
        save(models_folder() / PINS, _PINS.dump_json({**_pins(), **new}, indent=2) + b"\n")
