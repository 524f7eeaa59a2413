"""cmi5 (xAPI profile, Quartz): a mission phase as a course for a learning management system, and what is sent back.

The course package is a zip with `cmi5.xml` and a page. The system opens the page with its own parameters; the page
shows the command that reports a drill of the phase: initialized, passed or failed once, terminated.
"""

import json
import uuid
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import escape
from typing import IO, Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

from trainer.errors import UserError
from trainer.languages import LANGUAGES, Language
from trainer.messages import gettext as _
from trainer.phrasebook.phrase import Phase
from trainer.reports.record_store import RecordStore, Refused, Statement, request
from trainer.scoring.points import PASS_MARK
from trainer.text_in import json_value

NAMESPACE = "https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd"
CONTEXT = "https://w3id.org/xapi/cmi5/context"
VERBS = {
    name: f"http://adlnet.gov/expapi/verbs/{name}" for name in ("initialized", "passed", "failed", "terminated")
}  # fmt: skip
PARAMETERS = ("endpoint", "fetch", "actor", "registration", "activityId")
LANGUAGE_TAGS = {"en": "en-US", "ru": "ru-RU"}


@dataclass(frozen=True)
class Launch:
    """What the system told at launch.

    Attributes:
        mastery: share, 0-1, from which it is passed, None where it told none.
        normal: whether results count.
        template: what every statement's context begins with.
        back: where the learner is to go on afterwards, "" where it does not say.
    """

    store: RecordStore
    actor: dict[str, Any]
    registration: str
    activity: str
    mastery: float | None
    normal: bool
    template: dict[str, Any]
    back: str = ""


@dataclass(frozen=True)
class Outcome:
    """Of one drill.

    Attributes:
        scaled: mean points, 0-1.
        took: how long it lasted.
    """

    scaled: float
    took: timedelta


# The package


def write(phase: Phase, platform: str, mastery: float, file: IO[bytes]) -> None:
    """platform: the training centre's address, under which ids are made. mastery: share, 0-1."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("cmi5.xml", structure(phase, platform, mastery))
        archive.writestr("index.html", page(phase))


def structure(phase: Phase, platform: str, mastery: float) -> bytes:
    """The course structure: one course with one assignable unit."""
    ElementTree.register_namespace("", NAMESPACE)

    def tag(name: str) -> str:
        return f"{{{NAMESPACE}}}{name}"

    def texts(parent: ElementTree.Element, name: str, text: Mapping[Language, str]) -> None:
        element = ElementTree.SubElement(parent, tag(name))
        for language in LANGUAGES:
            one = ElementTree.SubElement(element, tag("langstring"), lang=LANGUAGE_TAGS[language])
            one.text = text[language]

    platform = platform.rstrip("/")
    names: dict[Language, str] = {language: phase.name[language] for language in LANGUAGES}
    about: dict[Language, str] = {
        language: phase.summary[language] if phase.summary else names[language] for language in LANGUAGES
    }
    root = ElementTree.Element(tag("courseStructure"))
    course = ElementTree.SubElement(root, tag("course"), id=f"{platform}/courses/{phase.id}")
    unit_facts = {
        "id": f"{platform}/phases/{phase.id}", "moveOn": "Passed", "masteryScore": f"{round(mastery, 4):g}",
        "launchMethod": "OwnWindow",
    }  # fmt: skip
    unit = ElementTree.SubElement(root, tag("au"), unit_facts)
    for element in (course, unit):
        texts(element, "title", names)
        texts(element, "description", about)
    ElementTree.SubElement(unit, tag("url")).text = f"index.html?phase={phase.id}"
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'.encode()


def page(phase: Phase) -> str:
    """Shows the command; the page itself asks nothing of the system, since its key may be fetched once only."""
    title = " · ".join(phase.name[language] for language in LANGUAGES)
    return f"""<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>body{{font:16px/1.5 system-ui;max-width:46rem;margin:2rem auto;padding:0 1rem}}pre{{white-space:pre-wrap;
overflow-wrap:anywhere;padding:1rem;border:1px solid #888}}</style>
<h1>{escape(title)}</h1>
<p>Drill this phase in RUSTON, then run this in a terminal of the same machine; it reports your newest drill of it.
<p lang="ru">Отработайте этот этап в RUSTON, затем выполните эту команду в терминале той же машины; она сообщит о вашей
последней тренировке этапа.
<pre id="command"></pre>
<script>document.getElementById("command").textContent =
  "ruston cmi5 report YOUR-NAME --phase {phase.id} --launch '" + location.href.replace(/'/g, "%27") + "'";</script>
</html>
"""


# The session


def launch(address: str) -> Launch:
    """Take up a launch: fetch the key, which works once, and what the system asks. Raises UserError."""
    given = parse_qs(urlsplit(address).query)
    missing = [name for name in PARAMETERS if name not in given]
    if missing:
        raise UserError(_("this is no cmi5 launch: {names} missing.").format(names=", ".join(missing)))
    endpoint, fetch, actor_text, registration, activity = (given[name][0] for name in PARAMETERS)
    try:
        actor = dict(json_value(actor_text))
        token = str(dict(request("POST", fetch) or {})["auth-token"])
    except (ValueError, TypeError) as error:
        raise UserError(_("this is no cmi5 launch: {names} missing.").format(names="actor")) from error
    except KeyError as error:
        raise UserError(_("the launch was used up: start it from your course once more.")) from error
    except Refused as error:
        raise _not_let_in(fetch, error) from error
    store = RecordStore(endpoint, f"Basic {token}")
    query = {
        "activityId": activity, "agent": json.dumps(actor), "registration": registration, "stateId": "LMS.LaunchData",
    }  # fmt: skip
    told = _read(store, "activities/state", query) or {}
    with suppress(Refused):  # every unit has to ask for it; most systems have none
        store.request(
            "GET", "agents/profile", query={"agent": json.dumps(actor), "profileId": "cmi5LearnerPreferences"}
        )
    mastery = told.get("masteryScore")
    return Launch(
        store, actor, registration, activity, None if mastery is None else float(mastery),
        told.get("launchMode", "Normal") == "Normal", dict(told.get("contextTemplate") or {}),
        str(told.get("returnURL") or ""),
    )  # fmt: skip


def _read(store: RecordStore, path: str, query: Mapping[str, str]) -> Any:
    """None where there is no such document. Raises UserError."""
    try:
        return store.request("GET", path, query=query)
    except Refused as error:
        if error.code == 404:
            return None
        raise _not_let_in(store.endpoint, error) from error


def _not_let_in(address: str, error: Refused) -> UserError:
    return UserError(_("{url}: the store does not let you in ({reason}).").format(url=address, reason=error))


def report(launched: Launch, outcome: Outcome) -> tuple[Statement, ...]:
    """One session: initialized; passed or failed, where results count and it was not passed before; terminated, even
    where the judgement was not taken. Sent one by one, as their order is part of what they say, and dated as they are
    sent: the drill may be older than the launch, and nothing goes before that. Returns them. Raises UserError."""
    began = datetime.now(UTC)
    said = [_statement(launched, "initialized", began, None)]
    _send(launched.store, said[0])
    try:
        if launched.normal and not _passed_before(launched):
            said.append(_judgement(launched, outcome))
            _send(launched.store, said[-1])
    finally:
        now = datetime.now(UTC)
        said.append(_statement(launched, "terminated", now, {"duration": _duration(now - began)}))
        _send(launched.store, said[-1])
    return tuple(said)


def _judgement(launched: Launch, outcome: Outcome) -> Statement:
    scaled = round(outcome.scaled, 4)
    least = PASS_MARK / 100 if launched.mastery is None else launched.mastery
    passed = scaled >= least
    result = {"success": passed, "score": {"scaled": scaled}, "duration": _duration(outcome.took)}
    return _statement(launched, "passed" if passed else "failed", datetime.now(UTC), result)


def _passed_before(launched: Launch) -> bool:
    """In this registration: a unit is passed once, and never failed after that."""
    query = {
        "agent": json.dumps(launched.actor), "verb": VERBS["passed"], "activity": launched.activity,
        "registration": launched.registration, "limit": "1",
    }  # fmt: skip
    return bool((_read(launched.store, "statements", query) or {}).get("statements"))


def _send(store: RecordStore, one: Statement) -> None:
    try:
        store.request("POST", "statements", one)
    except Refused as error:
        raise _not_let_in(store.endpoint, error) from error


def _statement(launched: Launch, verb: str, at: datetime, result: dict[str, Any] | None) -> Statement:
    context = json.loads(json.dumps(launched.template))
    activities = context.setdefault("contextActivities", {})
    categories = activities.setdefault("category", [])
    wanted = ["cmi5", *(["moveon"] if verb in ("passed", "failed") else [])]
    for name in wanted:
        identity = f"{CONTEXT}/categories/{name}"
        if all(one.get("id") != identity for one in categories):
            categories.append({"objectType": "Activity", "id": identity})
    context["registration"] = launched.registration
    if verb in ("passed", "failed") and launched.mastery is not None:
        context.setdefault("extensions", {})[f"{CONTEXT}/extensions/masteryscore"] = launched.mastery
    return {
        "id": str(uuid.uuid4()), "actor": launched.actor,
        "verb": {"id": VERBS[verb], "display": {"en": verb}},
        "object": {"objectType": "Activity", "id": launched.activity},
        **({"result": result} if result else {}), "context": context,
        "timestamp": at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
    }  # fmt: skip


def _duration(time: timedelta) -> str:
    return f"PT{max(0.0, time.total_seconds()):.2f}S"
