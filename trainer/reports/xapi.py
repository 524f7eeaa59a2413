"""xAPI 1.0.3 statements, for a learning record store: one an attempt, as one JSON array that can be posted as it is.

A statement's id is drawn from all that it says: what is sent twice is kept once, and what says anything else (another
name, a pseudonym, another address) is another statement, as the specification demands.
"""

import hmac
import json
import uuid
from collections.abc import Iterable
from typing import IO, Any
from urllib.parse import quote

from trainer.reports.attempt import Exported

VERSION = "1.0.3"
PLATFORM = "https://ruston.invalid"  # who vouches for the names, until a training centre says its own address
VERBS = {
    True: ("http://adlnet.gov/expapi/verbs/passed", {"en": "passed", "ru": "сдал"}),
    False: ("http://adlnet.gov/expapi/verbs/failed", {"en": "failed", "ru": "не сдал"}),
}
SIMULATION = "http://adlnet.gov/expapi/activities/simulation"
MODULE = "http://adlnet.gov/expapi/activities/module"
DECIMALS = 4


def write(attempts: Iterable[Exported], file: IO[str], secret: bytes, platform: str = PLATFORM) -> None:
    file.write("[")
    for i, one in enumerate(attempts):
        file.write(",\n" if i else "\n")
        file.write(json.dumps(statement(one, secret, platform), ensure_ascii=False))
    file.write("\n]\n")


def statement(one: Exported, secret: bytes, platform: str = PLATFORM) -> dict[str, Any]:
    """secret: of the store; keeps ids of different stores apart."""
    attempt = one.attempt
    platform = platform.rstrip("/")
    verb, display = VERBS[attempt.passed]
    own = f"{platform}/xapi/extensions"
    extensions: dict[str, Any] = {
        f"{own}/pronunciation": round(attempt.score, DECIMALS),
        f"{own}/verdict": attempt.verdict,
        f"{own}/late-seconds": round(attempt.late, DECIMALS),
    }
    optional = {
        "response-seconds": attempt.response, "completeness-percent": attempt.completeness,
        "syllables-a-second": attempt.rate, "figures-exact": attempt.exact, "pass-mark": attempt.pass_mark,
        "machine-points": None if attempt.judged is None else attempt.points,
    }  # fmt: skip
    for name, value in optional.items():
        if value is not None:
            extensions[f"{own}/{name}"] = round(value, DECIMALS) if isinstance(value, float) else value
    result: dict[str, Any] = {
        "score": {
            "scaled": round(attempt.counted / 100, DECIMALS + 2), "raw": round(attempt.counted, DECIMALS), "min": 0,
            "max": 100,
        },
        "success": attempt.passed,
        "completion": attempt.call is not None,
        "extensions": extensions,
    }  # fmt: skip
    if attempt.seconds is not None:
        result["duration"] = f"PT{attempt.seconds:.2f}S"  # hundredths are what the specification keeps
    parents = [_activity(f"{platform}/modes/{_segment(attempt.mode)}", MODULE)]
    if attempt.phase:
        parents.append(_activity(f"{platform}/phases/{_segment(attempt.phase)}", MODULE))
    said: dict[str, Any] = {
        "actor": {
            "objectType": "Agent",
            **({"name": attempt.name} if attempt.name else {}),
            "account": {"homePage": platform, "name": attempt.learner},
        },
        "verb": {"id": verb, "display": display},
        "object": {
            "objectType": "Activity",
            "id": f"{platform}/calls/{_segment(attempt.asked)}" + (f"/{attempt.language}" if attempt.language else ""),
            "definition": {"type": SIMULATION, "name": {attempt.language or "und": attempt.asked}},
        },
        "result": result,
        "context": {
            "registration": str(_id(secret, "session", attempt.session)),
            "contextActivities": {"grouping": parents},
            "platform": "RUSTON",
            **({"language": attempt.language} if attempt.language else {}),
        },
        "timestamp": attempt.at.isoformat().replace("+00:00", "Z"),
        "version": VERSION,
    }
    # Two attempts of one moment may say the same: the number of the event keeps them apart.
    content = json.dumps([one.seq, said], sort_keys=True, ensure_ascii=False)
    return {"id": str(_id(secret, "statement", content)), **said}


def _activity(identity: str, kind: str) -> dict[str, Any]:
    return {"objectType": "Activity", "id": identity, "definition": {"type": kind}}


def _segment(text: str) -> str:
    """A part of an address: whatever has a meaning there is escaped."""

    return quote(text, safe="")


def _id(secret: bytes, kind: str, what: object) -> uuid.UUID:
    """Always the same for the same thing; the namespace is the store's own, so nobody else comes upon it."""
    namespace = uuid.UUID(bytes=hmac.digest(secret, b"xapi", "sha256")[:16])
    return uuid.uuid5(namespace, f"{kind} {what}")
