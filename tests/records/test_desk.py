"""The instructor's desk: a roster as a spreadsheet writes it, assignments and how far they are, judgements."""

from datetime import UTC, datetime, timedelta

import pytest

from trainer.drill.events import Advanced, Cue, Line
from trainer.drill.plan import Plan, Reason, Seat
from trainer.errors import UserError
from trainer.phrasebook.phases import Phases
from trainer.records import privacy
from trainer.records.assignments import assign, check_calls, progress, sign_off, signed, withdraw
from trainer.records.inbox import inbox
from trainer.records.roster import enrol, read
from trainer.records.store import Store

PHASES = Phases({"DOC-01": "docking", "DOC-02": "docking", "COM-01": "comm-check"}, {})
NOW = datetime.now(UTC)


@pytest.fixture
def desk(tmp_path):
    with Store.open(str(tmp_path / "records.sqlite")) as store:
        store.add_learner("leonov", "Алексей Леонов", "ru", "Союз")
        store.add_learner("stafford", "Thomas Stafford", "en", "Apollo")
        yield store


@pytest.mark.parametrize(
    "content",
    [
        "name,first,crew\nАлексей Леонов,ru,Союз\nThomas Stafford,en,Apollo\n".encode("utf-8-sig"),
        "ФИО;Родной язык;Экипаж\r\nАлексей Леонов;русский;Союз\r\n\r\nThomas Stafford;English;Apollo\r\n".encode(
            "cp1251"
        ),
        "Crew\tName\tLanguage\nСоюз\tАлексей\u200b  Леонов\tRussian\nApollo\tThomas Stafford\teng\n".encode(),
    ],
    ids=["utf-8", "russian-excel", "tabs"],
)
def test_a_roster_is_read_as_spreadsheets_write_it(tmp_path, content):
    path = tmp_path / "roster.csv"
    path.write_bytes(content)
    leonov, stafford = read(path)
    assert (leonov.key, leonov.name, leonov.first, leonov.crew) == ("aleksey-leonov", "Алексей Леонов", "ru", "Союз")
    assert (stafford.key, stafford.first, stafford.crew) == ("thomas-stafford", "en", "Apollo")


@pytest.mark.parametrize(
    "content, words",
    [
        ("", "no column name"),
        ("name,crew\nA,B\n", "no column first"),
        ("name,first\n", "nobody"),
        ("name,first\nAnna,en\nBoris,de\n", "roster.csv:3: the first language must be en or ru"),
        ("name,first\n,en\n", "there is no name"),
        ("name,first\nAnna B,en\nanna  b,ru\n", "roster.csv:3: the same key as in line 2: anna-b"),
        ("name,first\n* *,en\n", "no key can be made"),
        (f"name,first\n{'x' * 200},en\n", "longer than 120"),
    ],
)
def test_a_faulty_roster_is_refused_with_its_line(tmp_path, content, words):
    path = tmp_path / "roster.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UserError, match=words):
        read(path)


def test_enrolling_twice_changes_nothing_and_never_gives_consent(desk, tmp_path):
    path = tmp_path / "roster.csv"
    path.write_text("key,name,first,crew\nleonov,Alexei Leonov,ru,Soyuz\nkubasov,Valery Kubasov,ru,Soyuz\n", "utf-8")
    assert [change for _entry, change in enrol(desk, read(path), dry_run=True)] == ["changed", "added"]
    assert {one.key for one in desk.learners()} == {"leonov", "stafford"}
    desk.consent("leonov", True, 30)
    assert [change for _entry, change in enrol(desk, read(path))] == ["changed", "added"]
    assert [change for _entry, change in enrol(desk, read(path))] == ["unchanged", "unchanged"]
    known = {one.key: one for one in desk.learners()}
    assert known["leonov"].name == "Alexei Leonov"
    assert (known["leonov"].recordings, known["kubasov"].recordings) == (True, False)


def test_a_roster_finds_who_is_known_however_they_signed_on(desk, tmp_path):
    """By the name where the file has no keys; a key that it has means itself, so that namesakes stay apart."""
    desk.add_learner("анна-петрова", "Анна Петрова", "ru")
    path = tmp_path / "roster.csv"
    path.write_text("name,first,crew\nАННА ПЕТРО́ВА,ru,7Б\nAlexei Leonov,ru,Soyuz\nThomas  Stafford,en,7A\n", "utf-8")
    entries = [(entry.key, change) for entry, change in enrol(desk, read(path))]
    assert entries == [("анна-петрова", "changed"), ("alexei-leonov", "added"), ("stafford", "changed")]
    path.write_text("key,name,first\nA-1,Анна Петрова,ru\nАнна_Петрова,Анна Петрова,ru\n", "utf-8")
    assert [entry.key for entry, _change in enrol(desk, read(path))] == ["a-1", "анна-петрова"]
    assert len(desk.learners()) == 5


def drilled(store, drill, session, calls, learner="leonov", mode="read", when=None):
    """A session in which each call got a score."""
    opened = when or datetime.now(UTC)
    seat = Seat("soyuz", learner, learner, "ru", "soyuz")
    store.create(Plan(session, mode, None, (seat,), (), opened.isoformat()))
    for turn, (call, score) in enumerate(calls):
        line = Line(call, "en", "Capture!", "soyuz")
        cue = Cue(
            at=turn, turn=turn, seat="soyuz", prompt=None, shown=(line,), answers=(line,), reason=Reason("new")
        )  # fmt: skip
        store.append(session, cue)
        store.append(session, drill.scored(turn, score, at=turn))
        store.append(session, Advanced(at=turn, turn=turn))


def test_progress_counts_different_calls_that_passed_since_then(desk, drill):
    drilled(desk, drill, "before", [("DOC-01", 99.0)], when=NOW - timedelta(days=2))
    number = assign(desk, ["leonov"], phases=["docking"], calls=2, pass_mark=75)[0].assignment
    later = datetime.now(UTC) + timedelta(seconds=1)
    drilled(desk, drill, "after", [("DOC-01", 80.0), ("DOC-01", 90.0), ("DOC-02", 74.0), ("COM-01", 95.0)], when=later)
    (one,) = progress(desk, PHASES)
    assert (one.assignment.id, one.done, one.tried) == (number, 1, 3)
    assert one.points == pytest.approx((80 + 90 + 74) / 3)
    assert one.standing(NOW) == "open"
    drilled(desk, drill, "more", [("DOC-02", 76.0)], when=later)
    assert progress(desk, PHASES)[0].standing(NOW) == "ready"


def test_only_the_mode_that_was_asked_for_counts(desk, drill):
    assign(desk, ["leonov"], calls=1, pass_mark=70, mode="relay", due=NOW + timedelta(hours=1))
    later = datetime.now(UTC) + timedelta(seconds=1)
    overdue = NOW + timedelta(hours=2)
    drilled(desk, drill, "read", [("DOC-01", 90.0)], when=later)
    assert progress(desk, PHASES)[0].standing(overdue) == "overdue"
    drilled(desk, drill, "relay", [("DOC-01", 90.0)], mode="relay", when=later)
    assert progress(desk, PHASES)[0].standing(overdue) == "ready"


def test_the_same_is_asked_once_until_it_is_passed(desk):
    def ask(**changes):
        return [
            (one.assignment, one.already) for one in assign(desk, ["leonov"], **{"calls": 1, "pass_mark": 70} | changes)
        ]

    ((first, _new),) = ask(phases=["docking"])
    assert ask(phases=["docking"]) == [(first, True)]
    sign_off(desk, "Ivanov", assignment=first, passed=False)
    assert ask(phases=["docking"]) == [(first, True)]
    assert [already for _number, already in ask(phases=["docking"], pass_mark=80)] == [False]
    sign_off(desk, "Ivanov", assignment=first)
    ((second, already),) = ask(phases=["docking"])
    assert (second > first, already) == (True, False)
    withdraw(desk, [second])
    assert ask(phases=["docking"])[0][1] is False


def test_the_same_judgement_twice_is_one_unless_something_was_drilled_between(desk, drill):
    number = assign(desk, ["leonov"], calls=1, pass_mark=70)[0].assignment
    assert [sign_off(desk, "Ivanov", assignment=number, passed=False) for _ in range(2)] == [True, False]
    assert sign_off(desk, "Petrov", assignment=number, passed=False)
    drilled(desk, drill, "s", [("DOC-01", 60.0)], when=datetime.now(UTC) + timedelta(seconds=1))
    assert sign_off(desk, "Petrov", assignment=number, passed=False)
    assert len(signed(desk)) == 3
    drilled(desk, drill, "t", [("DOC-01", 60.0)], learner="anna", when=NOW - timedelta(days=1))
    assert [sign_off(desk, "Ivanov", session="t", comment="Calm") for _ in range(2)] == [True, False]


def test_people_crews_and_sessions_are_meant_however_they_are_written(desk, drill):
    for who in ("leonov", "LEONOV", "Aleksey  Leonov", "алексе́й леонов"):
        assert desk.learner(who).key == "leonov"
    assert desk.crews(["soyuz", "APOLLO"]) == {"Союз", "Apollo"}
    assert assign(desk, ["Thomas Stafford", "stafford"], calls=1, pass_mark=70)[0].learner == "stafford"
    desk.add_learner("leonov-2", "Алексей Леонов", "ru")
    with pytest.raises(UserError, match="leonov-2"):
        desk.learner("Aleksey Leonov")
    with pytest.raises(UserError, match="Known: Apollo"):
        desk.crews(["Vostok"])
    with pytest.raises(UserError, match="--learner stafford"):
        desk.crews(["stafford"])
    for session in ("20260101-a", "20260101-b", "20260102-c"):
        drilled(desk, drill, session, [])
    assert desk.session("20260102") == "20260102-c"
    assert desk.session("20260101-a") == "20260101-a"
    for beginning in ("20260101", "", "%"):
        with pytest.raises(UserError):
            desk.session(beginning)


def test_what_is_said_in_the_own_language_counts_for_nothing(desk, drill):
    assign(desk, ["leonov"], calls=1, pass_mark=70)
    drilled(desk, drill, "s", [("DOC-01", 90.0)], when=datetime.now(UTC) + timedelta(seconds=1))
    assert [one.done for one in progress(desk, PHASES)] == [1]
    desk.add_learner("leonov", "Алексей Леонов", "en", "Союз")  # so it was English in English
    assert [(one.done, one.tried) for one in progress(desk, PHASES)] == [(0, 0)]


def test_judgements_are_added_and_the_newest_counts(desk, drill):
    mine, theirs = (given.assignment for given in assign(desk, ["leonov", "stafford"], calls=1, pass_mark=70))
    sign_off(desk, "Ivanov", assignment=mine, passed=False, comment="  [ɨ] again ")
    sign_off(desk, "Ivanov", assignment=mine, comment="Good")
    drilled(desk, drill, "s", [("DOC-01", 90.0)])
    sign_off(desk, "Petrov", session="s", comment="A fine session")
    assert [(one.comment, one.passed) for one in signed(desk)] == [
        ("A fine session", True), ("Good", True), ("[ɨ] again", False),
    ]  # fmt: skip
    standing = {one.assignment.id: one.standing(NOW) for one in progress(desk, PHASES)}
    assert standing == {mine: "passed", theirs: "open"}
    withdraw(desk, [theirs])
    assert [one.assignment.id for one in progress(desk, PHASES)] == [mine]
    assert progress(desk, PHASES, "stafford") == ()


def test_of_one_that_needs_more_what_comes_after_counts_and_it_is_ready_when_fulfilled_anew(desk, drill):
    number = assign(desk, ["leonov"], phases=["docking"], calls=1, pass_mark=70)[0].assignment
    drilled(desk, drill, "first", [("DOC-01", 90.0)])
    assert progress(desk, PHASES)[0].standing(NOW) == "ready"
    sign_off(desk, "Ivanov", assignment=number, passed=False, comment="Softer")
    (asked,) = inbox(desk, PHASES, "leonov").assignments
    assert (asked.done, asked.standing(NOW), asked.signed.comment) == (0, "not_passed", "Softer")
    drilled(desk, drill, "again", [("DOC-01", 80.0)], when=datetime.now(UTC) + timedelta(seconds=1))
    (one,) = progress(desk, PHASES)
    assert (one.done, one.tried, one.standing(NOW)) == (1, 1, "ready")
    sign_off(desk, "Ivanov", assignment=number)
    (one,) = progress(desk, PHASES)
    assert (one.done, one.tried, one.standing(NOW)) == (1, 2, "passed")
    assert inbox(desk, PHASES, "leonov").assignments == ()


@pytest.mark.parametrize(
    "wrong",
    [
        lambda desk: assign(desk, ["nobody"], calls=1, pass_mark=70),
        lambda desk: assign(desk, ["leonov"], calls=0, pass_mark=70),
        lambda desk: assign(desk, ["leonov"], calls=1, pass_mark=101),
        lambda desk: assign(desk, ["leonov"], calls=1, pass_mark=70, due=NOW - timedelta(hours=1)),
        lambda desk: withdraw(desk, [77]),
        lambda desk: sign_off(desk, "Ivanov", assignment=77),
        lambda desk: sign_off(desk, "Ivanov", session="none"),
        lambda desk: sign_off(desk, "  ", assignment=1),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_kept(desk, wrong):
    with pytest.raises(UserError):
        wrong(desk)
    assert progress(desk, PHASES) == ()
    assert signed(desk) == ()


@pytest.mark.parametrize(
    "phases, mode, most", [(["docking"], "echo", 2), ([], "read", 3), (["docking"], "readback", 10), ([], None, 13)]
)
def test_no_more_calls_are_asked_for_than_there_are(phases, mode, most):
    book = Phases({"DOC-01": "docking", "DOC-02": "docking", "COM-01": "comm-check"}, {"RBK-25": "docking"})
    check_calls(book, phases, most, mode)
    with pytest.raises(UserError, match="fewer than the 500"):
        check_calls(book, phases, 500, mode)
    with pytest.raises(UserError, match=f"fewer than the {most + 1}"):
        check_calls(book, phases, most + 1, mode)


def test_who_leaves_takes_assignments_and_judgements_along(desk, tmp_path):
    mine, _theirs = (given.assignment for given in assign(desk, ["leonov", "stafford"], calls=1, pass_mark=70))
    sign_off(desk, "Ivanov", assignment=mine, comment="Well done")
    about = privacy.holdings(desk, "leonov")
    assert (about.assignments, about.signoffs) == (1, 1)
    privacy.export(desk, "leonov", tmp_path / "out")
    handed = (tmp_path / "out" / "desk.jsonl").read_text(encoding="utf-8")
    assert "Well done" in handed
    assert len(handed.splitlines()) == 2
    privacy.delete_learner(desk, "leonov")
    assert [one.assignment.learner for one in progress(desk, PHASES)] == ["stafford"]
    assert signed(desk) == ()
