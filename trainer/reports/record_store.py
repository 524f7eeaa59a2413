"""A learning record store (LRS) by xAPI 1.0.3: statements sent in batches, resumed where it broke off; documents read.

What a store has taken is noted by the statements' ids in the data folder, so that a transfer that broke off goes on,
and one that is repeated sends what is new. A store that already has a statement keeps it once, by its id.
"""

import base64
import hashlib
import http.client
import json
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from trainer.data_folder import data_folder
from trainer.errors import UserError
from trainer.messages import gettext as _
from trainer.text_in import json_value

VERSION = "1.0.3"
BATCH = 100  # statements in one request
TRIES = 4
PAUSE = 1.0  # s after the first failure, twice as long after each further one
TIMEOUT = 30.0  # s
LARGEST = 4 << 20  # bytes of an answer
AGAIN = (429, 500, 502, 503, 504)
FOLDER = "sent"
LOCAL = ("localhost", "127.0.0.1", "::1")

Statement = dict[str, Any]


class Refused(Exception):
    """The store's answer, where it is no success."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code} {reason}")
        self.code = code


class _NoWayOn(urllib.request.HTTPRedirectHandler):
    """What is meant for one store is sent to no other."""

    def redirect_request(self, *_args: Any, **_more: Any) -> None:
        return None


@dataclass(frozen=True)
class RecordStore:
    """Where statements are sent to.

    Attributes:
        endpoint: its address, to which `statements` is added.
        authorization: the header.
    """

    endpoint: str
    authorization: str

    @classmethod
    def at(cls, endpoint: str, user: str, password: str) -> "RecordStore":
        """Raises UserError for an address that is none, or that would send the password without TLS."""
        checked(endpoint)
        return cls(endpoint, "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode())

    def request(self, method: str, path: str, body: Any = None, query: Mapping[str, str] | None = None) -> Any:
        """The answer as JSON; None where it has none. Tried again where the store is busy or cannot be reached. Raises
        Refused, UserError."""

        address = f"{self.endpoint.rstrip('/')}/{path}" + (f"?{urlencode(query)}" if query else "")
        headers = {"Authorization": self.authorization, "X-Experience-API-Version": VERSION}
        return request(method, address, body, headers)


def checked(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise UserError(_("{url}: this is no address, such as https://lrs.example.org/xapi.").format(url=address))
    if parts.scheme == "http" and parts.hostname not in LOCAL:
        raise UserError(_("{url}: without https everybody on the way could read the password.").format(url=address))


def request(method: str, address: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Any:
    """As `RecordStore.request`, to any address."""
    checked(address)
    content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
    opener = urllib.request.build_opener(_NoWayOn())
    trouble: object = None
    for attempt in range(TRIES):
        if attempt:
            time.sleep(PAUSE * 2 ** (attempt - 1))
        asked = urllib.request.Request(address, content, {"User-Agent": "ruston", **(headers or {})}, method=method)
        if content is not None:
            asked.add_header("Content-Type", "application/json")
        try:
            with opener.open(asked, timeout=TIMEOUT) as answer:
                text = _read(answer)
        except urllib.error.HTTPError as error:
            error.close()
            if error.code not in AGAIN:
                raise Refused(error.code, error.reason) from error
            trouble = f"{error.code} {error.reason}"
        except (urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError) as error:
            trouble = getattr(error, "reason", None) or error
        else:
            try:
                return json_value(text.decode()) if text.strip() else None
            except ValueError:
                return None
    message = _("{url}: cannot be reached ({reason}). Run the same again to go on from there.")
    raise UserError(message.format(url=address, reason=trouble))


def _read(answer: http.client.HTTPResponse) -> bytes:
    """The answer as far as it is believed to be one. Raises TimeoutError where it comes in drops."""
    content, end = b"", time.monotonic() + TIMEOUT
    while len(content) < LARGEST and (more := answer.read1(LARGEST - len(content))):
        content += more
        if time.monotonic() > end:
            raise TimeoutError(_("its answer does not end"))
    return content


@dataclass(frozen=True)
class Sent:
    """What became of the statements, in numbers.

    Attributes:
        new: taken now.
        before: taken earlier.
        refused: each with why.
    """

    new: int
    before: int
    refused: tuple[tuple[str, str], ...]


def send(store: RecordStore, statements: Iterable[Statement]) -> Sent:
    """Raises UserError; what was taken is noted then."""
    noted = _Noted(store.endpoint)
    new = before = 0
    refused: list[tuple[str, str]] = []
    for batch in _batches(statements):
        fresh = [one for one in batch if one["id"] not in noted]
        before += len(batch) - len(fresh)
        if not fresh:
            continue
        taken = _post(store, fresh, refused)
        noted.add(taken)
        new += len(taken)
    return Sent(new, before, tuple(refused))


def _post(store: RecordStore, batch: list[Statement], refused: list[tuple[str, str]]) -> list[str]:
    """The ids that the store has now. Where one of a batch is refused the store takes none of it: they go singly."""
    try:
        store.request("POST", "statements", batch)
    except Refused as error:
        if error.code in (401, 403):
            message = _("{url}: the store does not let you in ({reason}).")
            raise UserError(message.format(url=store.endpoint, reason=error)) from error
        if error.code == 404:
            message = _("{url}: there is no learning record store here ({reason}).")
            raise UserError(message.format(url=store.endpoint, reason=error)) from error
        if len(batch) == 1:
            refused.append((batch[0]["id"], str(error)))
            return []
        return [taken for one in batch for taken in _post(store, [one], refused)]
    return [one["id"] for one in batch]


def _batches(statements: Iterable[Statement]) -> Iterator[list[Statement]]:
    batch: list[Statement] = []
    for one in statements:
        batch.append(one)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


class _Noted:
    """The ids that a store has, 16 bytes each, in a file of its own for each store."""

    def __init__(self, endpoint: str) -> None:
        name = hashlib.sha256(endpoint.rstrip("/").encode()).hexdigest()[:16]
        self._path: Path = data_folder() / FOLDER / name
        content = self._path.read_bytes() if self._path.exists() else b""
        self._ids = {content[i : i + 16] for i in range(0, len(content) - 15, 16)}

    def __contains__(self, identity: str) -> bool:
        return uuid.UUID(identity).bytes in self._ids

    def add(self, identities: Iterable[str]) -> None:
        fresh = [uuid.UUID(one).bytes for one in identities]
        self._ids.update(fresh)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        whole = self._path.stat().st_size // 16 * 16 if self._path.exists() else 0
        with self._path.open("r+b" if self._path.exists() else "w+b") as file:
            file.seek(whole)  # over what a killed program left half written
            file.write(b"".join(fresh))
