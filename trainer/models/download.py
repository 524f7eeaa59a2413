"""Fetch one file over HTTP: resumed where it broke off, through the system's proxies."""

import http.client
import urllib.error
import urllib.request
from pathlib import Path

from trainer.errors import UserError
from trainer.messages import gettext as _
from trainer.models.installed import BLOCK, Progress
from trainer.models.space import reserve

TIMEOUT = 30.0  # s without a byte
ATTEMPTS = 4  # each goes on where the one before broke off


def fetch(url: str, part: Path, progress: Progress | None = None) -> None:
    """Complete the file `part`, which may hold the beginning already. Raises UserError; what came is kept then."""
    reason: object = None
    for _attempt in range(ATTEMPTS):
        try:
            if _go_on(url, part, progress):
                return
            reason = _("the answer was cut short")
        except urllib.error.HTTPError as error:
            if error.code != http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
                message = _("{url}: the server refuses ({reason}).")
                raise UserError(message.format(url=url, reason=f"{error.code} {error.reason}")) from error
            if error.headers.get("Content-Range") == f"bytes */{part.stat().st_size}":
                return  # it was complete already
            forget(part)  # no beginning of what the server has
        except (urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError) as error:
            reason = getattr(error, "reason", None) or error
    have = part.stat().st_size / 1e6 if part.exists() else 0.0
    if have:
        message = _(
            "{url}: the connection broke after {have:.1f} MB ({reason}). Run the same again to go on from there."
        )
    else:
        message = _("{url}: cannot be reached ({reason}). With --from FILE a file fetched elsewhere is installed.")
    raise UserError(message.format(url=url, have=have, reason=reason))


def _go_on(url: str, part: Path, progress: Progress | None) -> bool:
    """One try. Whether the file is complete."""
    have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url, headers={"User-Agent": "ruston", "Accept-Encoding": "identity"})
    if have:
        request.add_header("Range", f"bytes={have}-")
        if tag := _tag(part).read_text(encoding="utf-8") if _tag(part).exists() else "":
            request.add_header("If-Range", tag)  # where it is another file by now, the server sends the whole of it
    with urllib.request.build_opener().open(request, timeout=TIMEOUT) as answer:
        resumed = answer.headers.get("Content-Range", "").startswith(f"bytes {have}-")
        done = have if resumed else 0
        length = answer.headers.get("Content-Length")
        total = done + int(length) if length else 0
        reserve(part.parent, total - done)
        if not resumed:
            tag = answer.headers.get("ETag", "")
            _tag(part).write_text("" if tag.startswith("W/") else tag, encoding="utf-8")
        with part.open("ab" if resumed else "wb") as file:
            while block := answer.read1(BLOCK):
                file.write(block)
                done += len(block)
                if progress:
                    progress(done, total)
    return not total or done == total


def forget(part: Path) -> None:
    part.unlink(missing_ok=True)
    _tag(part).unlink(missing_ok=True)


def _tag(part: Path) -> Path:
    return part.with_name(part.name + ".etag")
