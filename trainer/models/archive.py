"""Unpack a zip that nobody has checked: no file leaves its folder, no link is made, no bomb goes off."""

import errno
import hashlib
import stat
import zipfile
from pathlib import Path, PurePosixPath, PureWindowsPath

from trainer.errors import UserError
from trainer.messages import gettext as _
from trainer.models.installed import BLOCK, Progress
from trainer.models.space import reserve

MOST_FILES = 10_000
RATIO = 200  # a model shrinks to half when zipped; a thousandfold is a bomb ...
SMALL = 1 << 16  # ... unless it is small anyway
RATIO_OF_ALL, ALL_SMALL = 20, 1 << 20  # the same of all files together
OF_THE_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO}


class NotWhole(UserError):
    """What came is no model that can be installed: fetching it again may help, unpacking it again does not."""


def unpack(archive: Path, into: Path, progress: Progress | None = None) -> dict[str, str]:
    """Unpack into a new folder, without the single folder that may hold all; returns the SHA-256 of every file.

    Raises UserError where the archive is damaged or would do harm.
    """
    try:
        with zipfile.ZipFile(archive) as source:
            members = [member for member in source.infolist() if not member.is_dir()]
            names = _checked(archive, members)
            total = sum(member.file_size for member in members)
            into.mkdir(parents=True)
            reserve(into, total)
            digests, done = {}, 0
            for member, name in zip(members, names, strict=True):
                digests[name] = _extract(source, member, into / name)
                done += member.file_size
                if progress:
                    progress(done, total)
            return digests
    except UserError:
        raise
    except OSError as error:
        if error.errno in OF_THE_DISK:
            raise
        raise _not_whole(archive, error) from error
    except Exception as error:  # of damaged archives, decompressors and zipfile raise whatever they like
        raise _not_whole(archive, error) from error


def _not_whole(archive: Path, error: Exception) -> "NotWhole":
    reason = str(error) or type(error).__name__
    return NotWhole(_("{path}: not a whole zip archive ({reason}).").format(path=archive, reason=reason))


def _checked(archive: Path, members: list[zipfile.ZipInfo]) -> list[str]:
    """The names inside the model, once every one is known to be harmless."""
    if not members or len(members) > MOST_FILES:
        raise NotWhole(_("{path}: an archive of {n} files is no model.").format(path=archive, n=len(members)))
    for member in members:
        path = PurePosixPath(member.filename)
        windows = PureWindowsPath(member.filename)
        mode = member.external_attr >> 16
        if (
            not path.parts
            or path.is_absolute()
            or windows.drive
            or windows.root
            or ".." in (*path.parts, *windows.parts)
        ):
            raise NotWhole(_harmful(archive, member.filename))
        if not path.parts or "\\" in member.filename or (stat.S_IFMT(mode) and not stat.S_ISREG(mode)):
            raise NotWhole(_harmful(archive, member.filename))
        if member.file_size > RATIO * max(member.compress_size, SMALL):
            raise NotWhole(_harmful(archive, member.filename))
    if sum(member.file_size for member in members) > RATIO_OF_ALL * max(archive.stat().st_size, ALL_SMALL):
        raise NotWhole(_harmful(archive, max(members, key=lambda member: member.file_size).filename))
    tops = {PurePosixPath(member.filename).parts[0] for member in members}
    within = len(tops) == 1 and all(len(PurePosixPath(member.filename).parts) > 1 for member in members)
    names = [str(PurePosixPath(*PurePosixPath(member.filename).parts[within:])) for member in members]
    folded = [name.casefold() for name in names]  # one file on Windows and macOS
    if len(set(folded)) < len(folded):
        raise NotWhole(_harmful(archive, max(names, key=lambda name: folded.count(name.casefold()))))
    return names


def _harmful(archive: Path, member: str) -> str:
    message = _("{path}: {member!r} in this archive would do harm when unpacked. Nothing was installed.")
    return message.format(path=archive, member=member)


def _extract(source: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with source.open(member) as packed, path.open("xb") as file:
        while block := packed.read(BLOCK):
            size += len(block)
            if size > member.file_size:  # the header lied about the size that was reserved
                raise zipfile.BadZipFile(member.filename)
            digest.update(block)
            file.write(block)
    return digest.hexdigest()
