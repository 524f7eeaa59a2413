"""What a learner knows of a call of one's own stays with the call, wherever it stands in whichever file."""

import json
import shutil
import unicodedata
from pathlib import Path

import pytest
from program import ruston

from trainer.bundled import bundled
from trainer.drill.events import Advanced, Assessed, Cue, Line
from trainer.drill.plan import Plan, Reason, Seat
from trainer.live.learning import remembered
from trainer.phrasebook.load import load
from trainer.records.own_calls import carry_over
from trainer.records.store import Store

CLIP = bundled("audio") / "reference" / "en" / "man" / "COM-10.opus"
LOUD = '[[phrase]]\nen = "I read you loud and clear."\nru = "Слы́шу вас хорошо́."\n'
OPEN = '[[phrase]]\nen = "The hatch is open."\nru = "Люк откры́т."\n'
CLOSED = '[[phrase]]\nen = "The hatch is closed."\nru = "Люк закры́т."\n'


def book(folder: Path, *phrases: str, name: str = "ours.toml") -> Path:
    path = folder / name
    path.write_text("".join(phrases), encoding="utf-8")
    return path


def ids(path: Path) -> list[str]:
    return [phrase.id for phrase in load(path).phrases]


def test_an_id_survives_inserting_moving_renaming_and_every_unicode_form(tmp_path):
    loud, hatch = ids(book(tmp_path, LOUD, OPEN))
    assert ids(book(tmp_path, CLOSED, OPEN, LOUD))[1:] == [hatch, loud]
    assert ids(book(tmp_path, LOUD, OPEN, name="other — книга.toml")) == [loud, hatch]
    assert ids(book(tmp_path, unicodedata.normalize("NFD", LOUD), OPEN.replace("\u0301", ""))) == [loud, hatch]
    assert len(set(ids(book(tmp_path, LOUD, LOUD, OPEN, CLOSED)))) == 4


def test_books_of_one_name_do_not_collide(tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
    assert not {*ids(book(tmp_path / "a", LOUD))} & {*ids(book(tmp_path / "b", OPEN))}


def test_people_name_a_call_by_its_place(tmp_path):
    own = load(book(tmp_path, CLOSED, LOUD))
    assert own.named("ours-02") == own.phrases[1] == own.named(own.phrases[1].id)
    assert own.find("OURS-02") is None
    assert [own.name_of(own.phrases[1].id), own.name_of("DOC-09")] == ["OURS-02", "DOC-09"]


def test_progress_follows_the_call(tmp_path, data):
    """A drill, then a phrase is put on top of the book."""
    clips = tmp_path / "clips"
    clips.mkdir()
    shutil.copy(CLIP, clips / "a.opus")
    (clips / "clips.tsv").write_text("path\tphrase\tlanguage\na.opus\tOURS-01\ten\n", encoding="utf-8")
    path = book(tmp_path, LOUD)
    run = ruston("drill", "--headless", "--phrasebook", path, "--crew", "anna", "--first", "ru", "--mode", "echo",
                 "--size", "1", "--mic", clips)  # fmt: skip
    assert run.returncode == 0, run.stderr
    book(tmp_path, CLOSED, LOUD, OPEN)
    assert ruston("report", "--phrasebook", path, "--out", tmp_path / "r.html").returncode == 0
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "I read you loud and clear" in page
    [only] = page.split("The hatch is closed.")[1:]
    assert only.startswith(' <span class="why">not drilled yet')
    with Store.open() as store:
        [attempt] = store.attempts()
        assert attempt.asked == attempt.call == ids(path)[1]
        assert attempt.points > 60


@pytest.fixture
def earlier(drill, tmp_path):
    """What an earlier program kept: OURS-01 was what is now the second call, and in another session the third."""
    with Store.open(str(tmp_path / "records.sqlite")) as store:
        for session, text, points in (("old", "The hatch is open.", 60.0), ("new", "I read you loud and clear.", 90.0)):
            seat = Seat("soyuz", "anna", "Anna", "ru", "soyuz")
            opened = f"2026-01-0{1 + (session == 'new')}T00:00:00+00:00"
            store.create(Plan(session, "read", None, (seat,), (), opened, book=str(tmp_path / "ours.toml")))
            line = Line("OURS-01", "en", text, "soyuz")
            store.append(session, Cue(at=0.0, turn=0, seat="soyuz", prompt=None, shown=(line,), answers=(line,),
                                      reason=Reason("new")))  # fmt: skip
            memory = json.dumps({"calls": {"en": {"OURS-01": {"stability": points, "difficulty": 5.0,
                                 "last": opened}}}, "sounds": {}, "overnight": {}})  # fmt: skip
            scored = Assessed(at=1.0, seat="soyuz", turn=0, line=line, assessment=drill.assessment(points), latency=0.1)
            store.append(session, scored, memories={("anna", "en"): lambda _before, memory=memory: memory})
            store.append(session, Advanced(at=2.0, turn=0))
        yield store


def test_records_of_before_are_carried_over(earlier, tmp_path):
    own = load(book(tmp_path, CLOSED, LOUD, OPEN))
    closed, loud, hatch = (phrase.id for phrase in own.phrases)
    logs = [list(earlier.events(session)) for session in ("old", "new")]
    assert carry_over(earlier, own) == 2
    assert {(attempt.session, attempt.asked, attempt.call) for attempt in earlier.attempts()} == {
        ("old", hatch, hatch), ("new", loud, loud),
    }  # fmt: skip
    memory = remembered(earlier, "anna", "en")
    assert memory.call("en", loud).stability == 90.0
    assert memory.call("en", closed) is None
    assert [list(earlier.events(session)) for session in ("old", "new")] == logs
    assert carry_over(earlier, own) == 0


def test_calls_of_the_mission_and_of_other_books_stay(earlier, drill, tmp_path):
    plan = drill.new(earlier)
    earlier.append(plan.session, drill.cue(0))
    earlier.append(plan.session, drill.scored(0))
    assert carry_over(earlier, load()) == 0
    assert carry_over(earlier, load(book(tmp_path, CLOSED))) == 0
    assert {attempt.asked for attempt in earlier.attempts()} == {"OURS-01", "DOC-09"}
