"""A term of 24 made-up learners, and an instructor's questions about it, each timed. The scores are drawn, not spoken:
it shows that the answers say what was planted, and how long they take; nothing about learners.

    python -m tests.benchmarks.term FOLDER              # makes FOLDER/records.sqlite and asks
"""

import os
import random
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from program import ruston
from reports.conftest import Drill, reading

from trainer.records.assignments import assign, sign_off
from trainer.records.ratings import Rating, rate
from trainer.records.store import Store
from trainer.records.tables import assignments, attempts

NAMES = (
    "Иванова Анна", "Морозова Ирина", "Петров Олег", "Сидорова Юлия", "Кузнецов Павел", "Орлов Денис", "Попова Вера",
    "Волков Иван", "Лебедева Нина", "Новиков Егор", "Зайцева Ольга", "Соколов Лев", "Ellen Park", "Henry Cole",
    "Liam Gray", "Frank Wu", "Anna Miller", "Brad O'Neil", "Grace Hill", "Jack Stone", "Kate Moss", "Noah King",
    "Ruth Bell", "Sam Ford",
)  # fmt: skip
CREWS = ("Alpha", "Bravo", "Charlie", "Delta")
CALLS = {"en": ("DOC-03", "DOC-09", "COM-10", "HTC-02"), "ru": ("DOC-03", "COM-01", "COM-08", "HTC-05")}
WEEKS, TURNS = 4, 6
SILENT, AWAY, FAILING, LATE = 14, 15, 1, 16  # who has no microphone, went away, fails, is overdue


def make(store: Store, now: datetime) -> None:
    dice = random.Random(1975)
    keys = [f"learner-{n:02}" for n in range(len(NAMES))]
    for n, (key, name) in enumerate(zip(keys, NAMES, strict=True)):
        store.add_learner(key, name, "ru" if n < 12 else "en", CREWS[n % 4])
        if n % 2:
            store.consent(key, True, 200)
    for week in range(WEEKS):
        for n, key in enumerate(keys):
            if n == AWAY and week > 1:
                continue
            first = "ru" if n < 12 else "en"
            opened = now - timedelta(days=7 * (WEEKS - week) - 2, hours=n % 5)
            drill = Drill(store, f"w{week}-{key}", "read", key, NAMES[n], first, opened.isoformat())
            for turn in range(TURNS):
                call = CALLS[drill.language][turn % 4]
                level = (45 if n == FAILING else 70 + n % 5 * 4) + 4 * week
                score = min(100.0, max(0.0, dice.gauss(level, 9)))
                text = "Capture now" if drill.language == "en" else "Дым вот"
                heard = replace(reading(score, drill.language, text), scale="anchored-3", margin=6.0)
                drill.say(call, None if n == SILENT else heard)
            drill.end()
    late = assign(store, [keys[LATE]], phases=["docking"], calls=4, pass_mark=80, due=now + timedelta(days=1))[
        0
    ].assignment
    first = assign(store, keys[:12], phases=["docking"], calls=2, pass_mark=75, due=now + timedelta(days=9))[
        0
    ].assignment
    sign_off(store, "Shatalov", assignment=first, comment="Soft л at last")
    with store.writing() as connection:  # both were given weeks ago, one was due yesterday
        given = assignments.update().values(given=now - timedelta(days=27))
        connection.execute(given)
        connection.execute(assignments.update().where(assignments.c.id == late).values(due=now - timedelta(days=1)))
        rows = connection.execute(attempts.select().where(attempts.c.recording.is_not(None))).all()
    for row in rows[:60]:
        ear = min(100.0, max(0.0, 0.8 * row.score + dice.gauss(0, 5)))
        rate(
            store,
            *(Rating(row.id, by, "score", ear + plus, blind=True) for by, plus in (("Shatalov", 0.0), ("Brand", -0.0))),
        )


QUESTIONS = {
    "Who needs help, and why?": ("desk", "today"),
    "Is the class improving?": ("report", "--names", "--out", "class.html"),
    "Which calls fail, and how do they sound?": ("desk", "review", "--list"),
    "How far is everybody?": ("desk", "list"),
    "Is Bravo better than Alpha?": ("desk", "compare", "--crew", "Alpha", "--crew", "Bravo"),
    "Before and after the middle of the term?": ("desk", "compare", "--at", "MIDDLE"),
    "Where does each one stand?": ("desk", "levels"),
    "Do the machine and I agree?": ("desk", "agreement"),
    "What would a scale of our own change?": ("calibrate",),
    "What does a learner see?": ("desk", "mine", "learner-16"),
    "Grades for Moodle": ("desk", "grades", "--format", "moodle", "--out", "moodle.csv"),
    "Grades for Canvas": ("desk", "grades", "--format", "canvas", "--out", "canvas.csv"),
    "A certificate": ("desk", "certificate", "learner-00", "--by", "Shatalov", "--out", "certificate.html"),
    "A workbook": ("export", "xlsx", "--names", "--out", "class.xlsx"),
    "Ratings to give away": ("desk", "ratings", "--out", "ratings.jsonl"),
}


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    os.chdir(folder)
    os.environ |= {"RUSTON_DATA": str(folder / "data"), "RUSTON_RECORDS": str(folder / "records.sqlite")}
    now = datetime.now(UTC)
    if not (folder / "records.sqlite").exists():
        with Store.open() as store:
            make(store, now)
    middle = f"{now - timedelta(days=14):%Y-%m-%d}"
    for question, command in QUESTIONS.items():
        began = time.perf_counter()
        run = ruston(*(middle if part == "MIDDLE" else part for part in command))
        told = (run.stdout or run.stderr).strip().splitlines()
        print(f"{time.perf_counter() - began:6.1f} s  rc {run.returncode}  {question}")
        print("".join(f"          {line}\n" for line in told[:7]), end="")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
