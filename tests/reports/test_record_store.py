"""Statements reach a learning record store over HTTP, each once, whatever breaks off; cmi5 sessions by the rules."""

import base64
import json
import threading
import zipfile
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit
from xml.etree import ElementTree

import pytest
from program import one_line, ruston, started
from reports.conftest import LEONOV, Drill, reading

from trainer.errors import UserError
from trainer.phrasebook.load import load
from trainer.reports import cmi5, record_store
from trainer.reports.record_store import RecordStore, send

NS = {"c": cmi5.NAMESPACE}


class Lrs(ThreadingHTTPServer):
    """Keeps statements by id as xAPI asks, refuses a batch whole, and launches cmi5 units. failing: requests that are
    answered with 503 yet; unwanted: the verb that it takes from nobody."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answers)
        self.kept, self.requests, self.failing, self.token, self.launch_data = {}, [], 0, "token", {}
        self.unwanted = None
        self.url = f"http://127.0.0.1:{self.server_port}"


class Answers(BaseHTTPRequestHandler):
    def log_message(self, *_args):
        pass

    def answer(self, code, content=None):
        body = b"" if content is None else json.dumps(content).encode()
        self.send_response(code)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.server.requests.append(self.path)
        path, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
        if path == "/xapi/activities/state" and query["stateId"] == ["LMS.LaunchData"]:
            return self.answer(200, self.server.launch_data)
        if path == "/xapi/statements":
            said = [
                one
                for one in self.server.kept.values()
                if [one["verb"]["id"]] == query["verb"] and [one["context"]["registration"]] == query["registration"]
            ]
            return self.answer(200, {"statements": said, "more": ""})
        return self.answer(404)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.requests.append(self.path)
        if self.path == "/fetch":
            token, self.server.token = self.server.token, None
            return self.answer(200, {"auth-token": token} if token else {"error-code": "1"})
        if self.server.failing:
            self.server.failing -= 1
            return self.answer(503)
        if self.headers["Authorization"] != "Basic " + base64.b64encode(b"desk:secret").decode() and (
            self.headers["Authorization"] != "Basic token"
        ):
            return self.answer(401)
        if self.headers["X-Experience-API-Version"] != "1.0.3" or self.path != "/xapi/statements":
            return self.answer(400)
        given = json.loads(body)
        given = given if isinstance(given, list) else [given]
        if any(one["verb"]["id"] == self.server.unwanted for one in given if "verb" in one):
            return self.answer(400)
        for one in given:
            if self.server.kept.get(one["id"], one) != one:
                return self.answer(409)
        self.server.kept |= {one["id"]: one for one in given}
        return self.answer(200, [one["id"] for one in given])


@pytest.fixture
def lrs(monkeypatch):
    monkeypatch.setattr(record_store, "PAUSE", 0.0)
    server = Lrs()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def sent(lrs, *more, **environment):
    command = ("export", "xapi", "--send", f"{lrs.url}/xapi", "--user", "desk", "--json", *more)
    return ruston(*command, RUSTON_LRS_PASSWORD="secret", **environment)


def test_each_statement_is_sent_once_and_what_is_new_later(store, lrs):
    first = json.loads(sent(lrs).stdout)
    assert first["sent"] == len(lrs.kept) == 11
    lrs.requests.clear()
    assert json.loads(sent(lrs).stdout) == {**first, "sent": 0, "before": 11}
    assert lrs.requests == []
    drill = Drill(store, "s-9", "read", LEONOV, "Leonov", "ru", datetime.now(UTC).isoformat())
    drill.say("DOC-09", reading(75.0))
    assert json.loads(sent(lrs).stdout)["sent"] == 1


def test_a_busy_store_is_asked_again_and_a_broken_transfer_goes_on(store, lrs, monkeypatch):
    monkeypatch.setattr(record_store, "BATCH", 4)
    lrs.failing = 3
    assert json.loads(sent(lrs).stdout)["sent"] == 11
    monkeypatch.setattr(record_store, "TRIES", 1)
    drill = Drill(store, "s-9", "read", LEONOV, "Leonov", "ru", datetime.now(UTC).isoformat())
    for _n in range(6):
        drill.say("DOC-09", reading(75.0))
    statements = [{"id": one, "n": 0} for one in IDS]
    at = RecordStore.at(f"{lrs.url}/xapi", "desk", "secret")

    def broken():
        yield from statements[:6]
        lrs.failing = 1
        yield from statements[6:]

    with pytest.raises(UserError, match="go on from there"):
        send(at, broken())
    assert len([one for one in IDS if one in lrs.kept]) == 4
    done = send(at, iter(statements))
    assert (done.new, done.before) == (6, 4)


IDS = [f"00000000-0000-4000-8000-{n:012}" for n in range(10)]


def test_what_a_store_refuses_stops_nothing_else_and_is_told(lrs, store):
    at = RecordStore.at(f"{lrs.url}/xapi", "desk", "secret")
    lrs.kept[IDS[3]] = {"id": IDS[3], "n": 1}  # it has this one with other content
    done = send(at, ({"id": one, "n": 0} for one in IDS))
    assert done.new == 9
    assert [(identity, why[:3]) for identity, why in done.refused] == [(IDS[3], "409")]


def test_a_store_that_lets_nobody_in_is_told_of_in_one_line(store, lrs):
    command = ("export", "xapi", "--send", f"{lrs.url}/xapi", "--user", "desk")
    assert "does not let you in" in one_line(started(*command, RUSTON_LRS_PASSWORD="wrong"))


def test_no_password_goes_where_others_can_read_it_or_to_another_place(lrs, store):
    for url, words in (
        ("http://lrs.example.org/xapi", "without https"),
        ("ftp://x", "no address"),
        ("here", "no address"),
    ):
        with pytest.raises(UserError, match=words):
            RecordStore.at(url, "desk", "secret")
    assert "does not let you in" in one_line(
        ruston("export", "xapi", "--send", f"{lrs.url}/xapi", "--user", "desk", RUSTON_LRS_PASSWORD="wrong")
    )
    assert "RUSTON_LRS_PASSWORD" in one_line(ruston("export", "xapi", "--send", f"{lrs.url}/xapi"))
    assert "only xapi" in one_line(ruston("export", "csv", "--send", f"{lrs.url}/xapi"))
    lrs.shutdown()


def test_a_course_package_has_the_structure_that_cmi5_describes(tmp_path):
    for phase in load().phases:
        path = tmp_path / f"{phase.id}.zip"
        ruston("cmi5", "package", "--phase", phase.id, "--platform", "https://training.example.org/", "--out", path)
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
            root = ElementTree.fromstring(archive.read("cmi5.xml"))
            page = archive.read("index.html").decode()
        assert root.tag == f"{{{cmi5.NAMESPACE}}}courseStructure"
        assert [child.tag.partition("}")[2] for child in root] == ["course", "au"]
        course, unit = root
        assert [child.tag.partition("}")[2] for child in course] == ["title", "description"]
        assert [child.tag.partition("}")[2] for child in unit] == ["title", "description", "url"]  # in this order
        assert unit.get("moveOn") in ("Passed", "Completed", "CompletedAndPassed", "CompletedOrPassed", "NotApplicable")
        assert 0 <= float(unit.get("masteryScore")) <= 1
        assert unit.get("launchMethod") in ("OwnWindow", "AnyWindow")
        ids = [course.get("id"), unit.get("id")]
        assert len(set(ids)) == 2
        assert all(identity.startswith("https://training.example.org/") for identity in ids)
        strings = root.findall(".//c:langstring", NS)
        assert {one.get("lang") for one in strings} == {"en-US", "ru-RU"}
        assert all(one.text and one.text.strip() for one in strings)
        url = unit.find("c:url", NS).text
        assert not {*parse_qs(urlsplit(url).query)} & {*cmi5.PARAMETERS}  # the system adds these itself
        assert urlsplit(url).path == "index.html"
        assert "ruston cmi5 report" in page
        assert "http" not in page  # no network but the system's own
    assert "no phase nowhere" in one_line(
        ruston("cmi5", "package", "--phase", "nowhere", "--platform", "https://a.example")
    )


ACTOR = {"objectType": "Agent", "account": {"homePage": "https://lms.example.org", "name": "4711"}}


def drilled_docking(store):
    """Before the launch: an hour ago."""
    opened = datetime.now(UTC) - timedelta(hours=1)
    drill = Drill(store, "s-9", "read", LEONOV, "Leonov", "ru", opened.isoformat())
    drill.say("DOC-09", reading(80.0))
    drill.say("DOC-09", reading(70.0))


def launch_of(lrs):
    return "https://lms.example.org/content/index.html?" + urlencode(
        {"endpoint": f"{lrs.url}/xapi", "fetch": f"{lrs.url}/fetch", "actor": json.dumps(ACTOR),
         "registration": IDS[0], "activityId": "https://training.example.org/phases/docking"}
    )  # fmt: skip


@pytest.mark.parametrize(
    "mode, mastery, verbs",
    [
        ("Normal", 0.5, ["initialized", "passed", "terminated"]),
        ("Normal", 0.99, ["initialized", "failed", "terminated"]),
        ("Browse", 0.5, ["initialized", "terminated"]),
        ("Review", 0.5, ["initialized", "terminated"]),
    ],
)
def test_a_session_says_what_cmi5_asks_for_and_only_once(store, lrs, mode, mastery, verbs):
    drilled_docking(store)
    launched_at = datetime.now(UTC)
    template = {
        "contextActivities": {"grouping": [{"id": "https://lms.example.org/courses/1"}]},
        "extensions": {f"{cmi5.CONTEXT}/extensions/sessionid": "session-7"},
    }
    lrs.launch_data = {"launchMode": mode, "masteryScore": mastery, "moveOn": "Passed", "contextTemplate": template}
    address = launch_of(lrs)
    run = ruston("cmi5", "report", LEONOV, "--phase", "docking", "--launch", address, "--json")
    assert json.loads(run.stdout)["said"] == verbs
    said = list(lrs.kept.values())
    assert [one["verb"]["display"]["en"] for one in said] == verbs
    assert any(path.startswith("/xapi/agents/profile") for path in lrs.requests)
    for one in said:
        assert one["actor"] == ACTOR
        assert one["object"]["id"] == "https://training.example.org/phases/docking"
        context = one["context"]
        assert context["registration"] == IDS[0]
        assert context["extensions"][f"{cmi5.CONTEXT}/extensions/sessionid"] == "session-7"
        assert context["contextActivities"]["grouping"] == template["contextActivities"]["grouping"]
        categories = {activity["id"].rpartition("/")[2] for activity in context["contextActivities"]["category"]}
        judged = one["verb"]["display"]["en"] in ("passed", "failed")
        assert categories == ({"cmi5", "moveon"} if judged else {"cmi5"})
        if judged:
            assert one["result"]["success"] == (one["verb"]["display"]["en"] == "passed")
            assert one["result"]["score"]["scaled"] == pytest.approx(0.75, abs=0.05)
            assert one["result"]["success"] == (one["result"]["score"]["scaled"] >= mastery)
            assert one["result"]["duration"] == "PT12.50S"  # of the drill
            assert context["extensions"][f"{cmi5.CONTEXT}/extensions/masteryscore"] == mastery
        else:
            assert not {"success", "score", "completion"} & {*one.get("result", {})}
    assert said[-1]["result"]["duration"].startswith("PT")
    times = [datetime.fromisoformat(one["timestamp"]) for one in said]
    assert launched_at <= times[0]
    assert times == sorted(times)
    assert all(one["timestamp"].endswith("Z") for one in said)  # UTC
    assert "once more" in one_line(ruston("cmi5", "report", LEONOV, "--phase", "docking", "--launch", address))
    assert "no cmi5 launch" in one_line(
        ruston("cmi5", "report", LEONOV, "--phase", "docking", "--launch", "https://a.example")
    )


def test_a_unit_is_passed_once_and_a_session_is_terminated_whatever_the_store_takes(store, lrs):
    drilled_docking(store)
    lrs.launch_data = {"launchMode": "Normal", "masteryScore": 0.5, "returnURL": "https://lms.example.org/back"}
    report = ("cmi5", "report", LEONOV, "--phase", "docking", "--launch", launch_of(lrs))
    lrs.unwanted = cmi5.VERBS["passed"]
    assert "400" in one_line(ruston(*report))
    verbs = [one["verb"]["display"]["en"] for one in lrs.kept.values()]
    assert verbs == ["initialized", "terminated"]
    lrs.unwanted = None
    for expected in (["initialized", "passed", "terminated"], ["initialized", "terminated"]):
        lrs.token = "token"
        lrs.launch_data["masteryScore"] = 0.5 if "passed" in expected else 0.99  # never failed after it was passed
        assert json.loads(ruston(*report, "--json").stdout)["said"] == expected
    lrs.token = "token"
    assert "https://lms.example.org/back" in ruston(*report).stdout


@pytest.mark.parametrize("kind", ["nested", "in drops"])
def test_a_store_of_bad_will_is_told_of_and_holds_nobody(monkeypatch, kind):
    """It answers with brackets without end, or with a blank now and then."""
    monkeypatch.setattr(record_store, "TIMEOUT", 0.5)
    monkeypatch.setattr(record_store, "PAUSE", 0.01)

    class Hostile(BaseHTTPRequestHandler):
        def log_message(self, *_args):
            pass

        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            with suppress(OSError):
                if kind == "nested":
                    self.wfile.write(b"[" * 200_000)
                else:
                    while True:
                        self.wfile.write(b" " * 10)
                        self.server.pause.wait(0.05)

    with ThreadingHTTPServer(("127.0.0.1", 0), Hostile) as server:
        server.pause = threading.Event()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        ask = RecordStore.at(f"http://127.0.0.1:{server.server_port}", "desk", "secret")
        if kind == "nested":
            assert ask.request("GET", "statements") is None
        else:
            with pytest.raises(UserError, match="does not end"):
                ask.request("GET", "statements")
        server.shutdown()
