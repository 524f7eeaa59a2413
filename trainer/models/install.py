"""Install a model of the catalogue: fetched or taken from a file, checked, unpacked aside, put in place in one step."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from trainer.errors import UserError
from trainer.messages import gettext as _
from trainer.models import archive, download
from trainer.models.catalogue import Entry
from trainer.models.installed import RECORD, Installed, Progress, Trust, blocks, discard, models_folder, sha256
from trainer.models.space import reserve
from trainer.saving import save

PINS = "pins.json"  # checksums that were trusted on first use, by URL
DOWNLOADS = ".downloads"


@dataclass(frozen=True)
class Reports:
    """What an installation tells while it goes on. step: a line for people; progress: bytes done and in all."""

    step: Callable[[str], None] = lambda _line: None
    progress: Progress = lambda _done, _total: None


SILENT = Reports()


def offline() -> bool:
    return os.environ.get("RUSTON_OFFLINE", "") not in ("", "0")


def install(entry: Entry, source: Path | None = None, reports: Reports = SILENT) -> Installed:
    """Install or replace a model. source: a zip or a folder that was brought here instead of a download.

    Raises UserError; what was installed before stays as it was.
    """
    if source is None and offline():
        message = _(
            "offline: nothing is downloaded. Fetch {url} on another machine, then: ruston models install {name} --from FILE"
        )
        raise UserError(message.format(url=entry.urls[0], name=entry.name))
    root = models_folder()
    unfinished = root / f".installing-{entry.name}-{os.getpid()}"
    try:
        (root / DOWNLOADS).mkdir(parents=True, exist_ok=True)
        try:
            if source is not None:
                files, trust = _from_source(entry, source, unfinished, reports)
            elif entry.archive:
                files, trust = _from_archive_url(entry, unfinished, reports)
            else:
                files, trust = _from_file_urls(entry, unfinished, reports)
            _check_contents(entry, files, unfinished)
            record = Installed(
                name=entry.name, kind=entry.kind, languages=entry.languages, licence=entry.licence,
                source=str(source) if source else entry.urls[0], trust=trust, installed=datetime.now(UTC), files=files,
            )  # fmt: skip
            save(unfinished / RECORD, record.model_dump_json(indent=2) + "\n")
            _put_in_place(unfinished, record.folder)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    except OSError as error:
        message = _("{name}: cannot be installed in {folder} ({reason}). Nothing was changed.")
        raise UserError(message.format(name=entry.name, folder=root, reason=error.strerror or error)) from error
    for url in entry.urls:
        download.forget(_part(entry, url))
    return record


def _from_archive_url(entry: Entry, into: Path, reports: Reports) -> tuple[dict[str, str], Trust]:
    assert entry.archive
    part = _part(entry, entry.archive.url)
    trust = _fetched(entry.archive.url, entry.archive.sha256, part, entry.name, reports)
    reports.step(_("unpacking"))
    return archive.unpack(part, into, reports.progress), trust


def _from_file_urls(entry: Entry, into: Path, reports: Reports) -> tuple[dict[str, str], Trust]:
    trusts = {}
    for file in entry.files:
        trusts[file.path] = _fetched(file.url, file.sha256, _part(entry, file.url), f"{entry.name}/{file.path}", reports)
    files = {}
    for file in entry.files:  # moved only once all are there and right
        target = into / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        part = _part(entry, file.url)
        files[file.path] = sha256(part)
        part.rename(target)
    return files, "catalogue" if all(trust == "catalogue" for trust in trusts.values()) else "first use"


def _fetched(url: str, known: str | None, part: Path, name: str, reports: Reports) -> Trust:
    """Download and check one file."""
    reports.step(_("fetching {name}").format(name=name))
    download.fetch(url, part, reports.progress)
    found = sha256(part)
    pinned = known or _pins().get(url)
    if pinned and found != pinned:
        download.forget(part)
        message = _("{url}: not the file that was expected (SHA-256 {found}, expected {known}). It was thrown away.")
        raise UserError(message.format(url=url, found=found[:16], known=pinned[:16]))
    if known:
        return "catalogue"
    if not pinned:
        _pin(url, found)
        message = _("{name}: its checksum is not known beforehand. Trusted this first time and pinned: SHA-256 {found}")
        reports.step(message.format(name=name, found=found))
    return "first use"


def _from_source(entry: Entry, source: Path, into: Path, reports: Reports) -> tuple[dict[str, str], Trust]:
    """From a zip, or from a folder with the unpacked model."""
    if source.is_dir():
        return _copied(source, into, reports), "first use"
    if not source.is_file():
        raise UserError(_("{path}: there is no such file.").format(path=source))
    known = (entry.archive.sha256 or _pins().get(entry.archive.url)) if entry.archive else None
    if known and (found := sha256(source)) != known:
        message = _("{path}: not the file that was expected (SHA-256 {found}, expected {known}). Nothing was installed.")
        raise UserError(message.format(path=source, found=found[:16], known=known[:16]))
    reports.step(_("unpacking"))
    files = archive.unpack(source, into, reports.progress)
    if not known:
        message = _("{name}: its checksum is not known beforehand. Trusted this first time and pinned: SHA-256 {found}")
        reports.step(message.format(name=source.name, found=found if known else sha256(source)))
    return files, "catalogue" if entry.archive and entry.archive.sha256 else "first use"


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


def _check_contents(entry: Entry, files: dict[str, str], folder: Path) -> None:
    """The parts that the kind of model needs, and those whose checksums are known."""
    expected = {**entry.contents, **{file.path: file.sha256 for file in entry.files if file.sha256}}
    for name, digest in expected.items():
        if files.get(name) != digest:
            message = _("{name}: {file} is missing or not the file that was expected. Nothing was installed.")
            raise UserError(message.format(name=entry.name, file=name))
    from trainer.speech import hub, vosk

    if not (vosk.complete(folder) if entry.kind == "vosk" else hub.complete(folder)):
        message = _("{name}: what came is no model of the kind {kind}. Nothing was installed.")
        raise UserError(message.format(name=entry.name, kind=entry.kind))


def _put_in_place(unfinished: Path, folder: Path) -> None:
    replaced = folder.with_name(f".replaced-{folder.name}")
    if folder.exists():
        shutil.rmtree(replaced, ignore_errors=True)
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


_PINS = TypeAdapter(dict[str, str])


def _pins() -> dict[str, str]:
    path = models_folder() / PINS
    try:
        return _PINS.validate_json(path.read_bytes())
    except FileNotFoundError:
        return {}
    except ValidationError as error:
        raise UserError(_("{path}: these checksums cannot be read. Delete the file.").format(path=path)) from error


def _pin(url: str, digest: str) -> None:
    save(models_folder() / PINS, _PINS.dump_json({**_pins(), url: digest}, indent=2).decode() + "\n")
