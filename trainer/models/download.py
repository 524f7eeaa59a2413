"""Fetch one file over HTTP: resumed where it broke off, with the system's proxies, never more than was announced."""

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
RANGE_REFUSED = 416


def fetch(url: str, part: Path, progress: Progress | None = None) -> None:
    """Complete the file `part`, which may hold the beginning already. Raises UserError; what came is kept then."""
    reason: Exception | None = None
    for _attempt in range(ATTEMPTS):
        try:
            if _fetch_on(url, part, progress):
                return
        except urllib.error.HTTPError as error:
            if error.code == RANGE_REFUSED:  # what is there is no beginning of what the server has
                _forget(part)
                continue
            message = _("{url}: the server refuses ({reason}).")
            raise UserError(message.format(url=url, reason=f"{error.code} {error.reason}")) from error
        except (urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError) as error:
            reason = error
    have = part.stat().st_size / 1e6 if part.exists() else 0.0
    if have:
        message = _("{url}: the connection broke after {have:.1f} MB ({reason}). Run the same again to go on from there.")
    else:
        message = _("{url}: cannot be reached ({reason}). `--from FILE` installs what another machine has downloaded.")
    said = getattr(reason, "reason", None) or reason or _("the answer was cut short")
    raise UserError(message.format(url=url, have=have, reason=said)) from reason


def _fetch_on(url: str, part: Path, progress: Progress | None) -> bool:
    """One try. Whether the file is complete."""
    have = part.stat().st_size if part.exists() else 0
    tag = _tag(part).read_text(encoding="utf-8") if have and _tag(part).exists() else ""
    request = urllib.request.Request(url, headers={"User-Agent": "ruston", "Accept-Encoding": "identity"})
    if have:
        request.add_header("Range", f"bytes={have}-")
        if tag:
            request.add_header("If-Range", tag)  # another file by now: the server sends the whole of it
    with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
        resumed = answer.status == http.client.PARTIAL_CONTENT and answer.headers.get("Content-Range", "").startswith(
            f"bytes {have}-"
        )
        done = have if resumed else 0
        length = answer.headers.get("Content-Length")
        total = done + int(length) if length else 0
        reserve(part.parent, max(0, total - done))
        validator = answer.headers.get("ETag", "")
        if not resumed:
            _tag(part).write_text("" if validator.startswith("W/") else validator, encoding="utf-8")
        with part.open("ab" if resumed else "wb") as file:
            while block := answer.read(min(BLOCK, max(1, total - done)) if total else BLOCK):
                file.write(block)
                done += len(block)
                if progress:
                    progress(done, total)
                if total and done >= total:
                    break
    return not total or done == total


def _tag(part: Path) -> Path:
    return part.with_name(part.name + ".etag")


def _forget(part: Path) -> None:
    part.unlink(missing_ok=True)
    _tag(part).unlink(missing_ok=True)


forget = _forget
