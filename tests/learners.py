"""Attempts of invented learners, for the tests of memory and scheduling."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from trainer.drill.memory import Memory, missed, review
from trainer.scoring.assessment import Assessment, Fluency, PhoneScore, WordScore

START = datetime(2026, 1, 1, 18, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def assessment(phones, verdict="scored", language="ru"):
    """phones: (phone, score, heard)."""
    scored = tuple(PhoneScore(phone, score, -1.0, 0.1, 0.2, heard, ()) for phone, score, heard in phones)
    score = sum(phone.score for phone in scored) / max(1, len(scored))
    word = WordScore("слово", score, 0.1, 0.5, False, scored)
    return Assessment(
        "слово", language, verdict, score, 100.0, -0.2, (word,), (), Fluency(0.1, 0.8, 4.0, 3.5, ()), 1.0
    )  # fmt: skip


GOOD = assessment([("t", 90.0, None)])
points = st.floats(0, 100)
heard = st.tuples(st.sampled_from(["t", "rʲ", "ˈa", "ɕː"]), points, st.sampled_from([None, "", "r", "ʂ", "ˈo"]))
attempts = st.lists(
    st.tuples(
        st.sampled_from("ABCD"),
        st.lists(heard, min_size=1, max_size=4),
        st.sampled_from(["scored", "scored", "other_phrase", "not_recognised", "missed"]),
        points,
        st.integers(-5, 60 * 24 * 40).map(lambda minutes: timedelta(minutes=minutes)),
    ),
    max_size=15,
)


def after(log, memory=None):
    memory, at = memory or Memory(), START
    for call, phones, verdict, worth, pause in log:
        at += pause
        if verdict == "missed":
            memory = missed(memory, call, "ru", at)
        else:
            memory = review(memory, call, assessment(phones, verdict), worth, at)
    return memory
