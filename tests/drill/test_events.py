"""What an event may hold: numbers that somebody can have measured, and nothing else."""

import json
import math
from dataclasses import fields

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from trainer.drill.events import Event, from_json, to_json
from trainer.text_in import harmless

# What is harmless already: reading takes the rest away.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=5).filter(lambda text: harmless(text) == text)
KINDS = Event.__args__


def numbers(value, path=()):
    """Where in a parsed event numbers with a fraction stand."""
    if isinstance(value, float):
        yield path
    elif isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from numbers(inner, (*path, key))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@given(data=st.data())
@settings(max_examples=4, suppress_health_check=[HealthCheck.too_slow])
def test_no_event_has_a_number_that_is_none_or_beyond_all_measure(kind, data):
    st.register_type_strategy(str, TEXT)
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
