"""What an event may hold: numbers that somebody can have measured, and nothing else."""

import json
import math
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

import tests.drill.any_event  # noqa: F401, what is drawn for texts and sounds
from trainer.drill.events import Assessed, Event, from_json, to_json

KINDS = Event.__args__
LOG = Path(__file__).parents[1] / "tui" / "logs" / "leonov.jsonl"


def numbers(value, path=()):
    """Where in a parsed event numbers with a fraction stand."""
    if isinstance(value, float):
        yield path
    elif isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from numbers(inner, (*path, key))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@given(data=st.data())
@settings(max_examples=4, suppress_health_check=list(HealthCheck))
def test_no_event_has_a_number_that_is_none_or_beyond_all_measure(kind, data):
    event = data.draw(st.from_type(kind))
    content = json.loads(to_json(event))
    assert from_json(json.dumps(content)) == event
    for *path, last in numbers(content):
        for impossible in (math.nan, math.inf, -1e300):
            changed = json.loads(to_json(event))
            inside = changed
            for key in path:
                inside = inside[key]
            inside[last] = impossible
            with pytest.raises(ValidationError):
                from_json(json.dumps(changed))


def test_every_kind_of_event_has_a_name_of_its_own():
    kinds = [next(field.default for field in fields(kind) if field.name == "kind") for kind in KINDS]
    assert len(set(kinds)) == len(KINDS)


def test_a_score_of_sounds_that_its_language_lacks_is_no_event():
    line = next(line for line in LOG.read_text(encoding="utf-8").splitlines() if '"kind":"assessed"' in line)
    assert isinstance(from_json(line), Assessed)
    event = json.loads(line)
    event["assessment"]["words"][0]["phones"][0]["phone"] = "th"
    with pytest.raises(ValidationError, match="language lacks"):
        from_json(json.dumps(event))
