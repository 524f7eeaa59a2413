"""One attempt as it leaves the program, the same in every format."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from trainer.drill.plan import Mode
from trainer.languages import Language
from trainer.messages import gettext as _
from trainer.scoring.assessment import Assessment

SCHEMA = "ruston.attempt/1"
LEFT_OUT = "∅"  # heard instead of a sound that was left out, in tables: an empty cell is a sound heard as expected


@dataclass(frozen=True)
class Attempt:
    """An answer that was scored, or one that did not come (`call` is null, verdict "missed").

    Attributes:
        learner, crew, session: pseudonyms, or the keys of the records where names were asked for; name only then.
        phase: of the call asked for.
        score, points, judged, pass_mark: 0 to 100, points being the score less what lateness cost, judged an
            instructor's, which count instead where there are some.
        doubtful: so near the pass mark that chance decided.
        exact: whether every figure came back.
        late, response, latency, seconds: seconds; response runs from the end of the prompt to the first sound, latency
            from the end of speech to the score.
        completeness: per cent of the words said.
        rate: syllables a second.
        at: UTC.
        recording: whether there is one that may be handed on.
        clip: its file, where a folder of recordings was exported.
    """

    learner: str
    name: str | None
    crew: str | None
    first: Language
    session: str
    turn: int
    mode: Mode
    phase: str | None
    asked: str
    call: str | None
    language: Language | None
    verdict: str
    score: float
    points: float
    judged: float | None
    pass_mark: float | None
    passed: bool
    doubtful: bool
    exact: bool | None
    late: float
    response: float | None
    latency: float | None
    seconds: float | None
    completeness: float | None
    rate: float | None
    at: datetime
    recording: bool
    clip: str | None = None
    assessment: Assessment | None = None
    schema: str = SCHEMA

    @property
    def counted(self) -> float:
        """The points that count."""
        return self.points if self.judged is None else self.judged


@dataclass(frozen=True)
class Exported:
    """An attempt on its way out. `assessment` is the JSON of ruston.assessment/1, unparsed where nobody asked for it:
    checking 200,000 of them once more would take minutes.

    Attributes:
        seq: of the event in its session.
        path: of its recording, if that may be handed on.
    """

    attempt: Attempt
    seq: int
    assessment: dict[str, Any] | None = None
    path: Path | None = None


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        about: what it holds, in the language of the interface.
    """

    name: str
    about: Callable[[], str]


@cache
def columns() -> tuple[Column, ...]:
    """Of an attempt, in the order of its fields."""
    return (
        Column("learner", lambda: _("pseudonym of the learner; the key in the records with --names")),
        Column("name", lambda: _("name of the learner, only with --names")),
        Column("crew", lambda: _("pseudonym of the crew; its name with --names")),
        Column("first", lambda: _("first language of the learner: en or ru")),
        Column("session", lambda: _("pseudonym of the session; its id with --names")),
        Column("turn", lambda: _("number of the turn in its session, from 0")),
        Column("mode", lambda: _("mode of the drill: echo, read, relay, respond, readback, checklist")),
        Column("phase", lambda: _("mission phase of the call that was asked for")),
        Column("asked", lambda: _("id of the call that was asked for")),
        Column("call", lambda: _("id of the right answer that it was scored as; empty if nothing was said in time")),
        Column("language", lambda: _("language of the call: en or ru")),
        Column("verdict", lambda: _("scored, other_phrase, other_language, not_recognised or missed")),
        Column("score", lambda: _("pronunciation, 0 to 100")),
        Column(
            "points",
            lambda: _("score less what lateness cost, 0 to 100; below the pass mark where a word was left out"),
        ),
        Column("judged", lambda: _("points by an instructor, which count instead; empty if there are none")),
        Column("pass_mark", lambda: _("points from which the call was done in that session")),
        Column(
            "passed",
            lambda: _("whether it was done: enough points and no figure wrong, or enough points by an instructor"),
        ),
        Column("doubtful", lambda: _("whether the points lie so near the pass mark that chance decided")),
        Column("exact", lambda: _("whether every figure came back; empty where no recogniser listened")),
        Column("late", lambda: _("seconds that the key went down too late")),
        Column("response", lambda: _("seconds from the end of the prompt to the first sound")),
        Column("latency", lambda: _("seconds from the end of speech to the score")),
        Column("seconds", lambda: _("length of the recording in seconds")),
        Column("completeness", lambda: _("per cent of the words that were said")),
        Column("rate", lambda: _("syllables a second, pauses left out")),
        Column("at", lambda: _("date and time of the score, UTC")),
        Column("recording", lambda: _("whether there is a recording that may be handed on")),
        Column("clip", lambda: _("file of the recording, where a folder of recordings was exported")),
    )


@cache
def number_column() -> Column:
    """What rows of attempts, words and sounds are joined by."""
    return Column("attempt", lambda: _("number of the attempt in this export, from 1"))


@cache
def word_columns() -> tuple[Column, ...]:
    """Of a word, after the columns that say which attempt it belongs to."""
    return (
        Column("word", lambda: _("number of the word in the call, from 1")),
        Column("text", lambda: _("the word")),
        Column("word_score", lambda: _("mean of its sounds, 0 to 100")),
        Column("missing", lambda: _("whether it was left out")),
        Column("word_start", lambda: _("seconds from the start of the recording; empty if left out")),
        Column("word_end", lambda: _("seconds from the start of the recording; empty if left out")),
        Column("added", lambda: _("sounds heard in or before it that do not belong, IPA")),
    )


@cache
def phone_columns() -> tuple[Column, ...]:
    """Of a phone, after those of its word."""
    return (
        Column("position", lambda: _("number of the sound in the word, from 1")),
        Column("phone", lambda: _("the expected sound, IPA")),
        Column("phone_score", lambda: _("how well it was said, 0 to 100")),
        Column("gop", lambda: _("goodness of pronunciation in nats: 0 is certain, less is worse")),
        Column("phone_start", lambda: _("seconds from the start of the recording")),
        Column("phone_end", lambda: _("seconds from the start of the recording")),
        Column("heard", lambda: _("the sound that is more probable, IPA; ∅ if left out; empty if as expected")),
    )
