"""What is written down keeps its names: events in records and on loops, assessments in JSON; fields may be added."""

from dataclasses import fields
from importlib import import_module

import pytest

WRITTEN = {
    ("trainer.drill.events", "Line"): "call language text speaker",
    ("trainer.drill.events", "Opened"): "at plan kind",
    ("trainer.drill.events", "Cue"): "at turn seat prompt shown answers reason within values by kind",
    ("trainer.drill.events", "KeyDown"): "at seat line kind",
    ("trainer.drill.events", "KeyUp"): "at seat kind",
    ("trainer.drill.events", "Heard"): "at seat words final engine kind",
    ("trainer.drill.events", "Assessed"): "at seat turn line assessment latency content recording kind",
    ("trainer.drill.events", "Refused"): "at seat turn reason kind",
    ("trainer.drill.events", "Missed"): "at seat turn kind",
    ("trainer.drill.events", "Advanced"): "at turn how kind",
    ("trainer.drill.events", "Held"): "at by kind",
    ("trainer.drill.events", "Resumed"): "at by kind",
    ("trainer.drill.events", "Injected"): "at by turn kind",
    ("trainer.drill.events", "Joined"): "at place name kind",
    ("trainer.drill.events", "Left"): "at place why kind",
    ("trainer.drill.events", "Ended"): "at why kind",
    ("trainer.drill.plan", "Seat"): "id learner name first station",
    ("trainer.drill.plan", "Reason"): "why sound",
    ("trainer.drill.plan", "Turn"): "prompt answers seat reason",
    ("trainer.drill.plan", "Plan"): "session mode phase seats agenda opened seed get pass_mark within book",
    ("trainer.scoring.assessment", "PhoneScore"): "phone score gop start end heard alternatives",
    ("trainer.scoring.assessment", "WordScore"): "text score start end missing phones added rated stress",
    ("trainer.scoring.assessment", "ExtraSpeech"): "start end phones",
    ("trainer.scoring.assessment", "Match"): "phrase language text",
    ("trainer.scoring.assessment", "CallRatings"): "accuracy fluency prosodic completeness total",
    ("trainer.scoring.assessment", "Assessment"): (
        "text language verdict score completeness fit words extra_speech fluency seconds said phrase clip warnings "
        "model scale ratings schema"
    ),
    ("trainer.scoring.content", "Answer"): "id text",
    ("trainer.scoring.content", "ContentWord"): "verdict expected heard figure start end confidence",
    ("trainer.scoring.content", "Content"): "answer words complete exact engine",
    ("trainer.scoring.fluency", "Pause"): "start seconds after_word",
    ("trainer.scoring.fluency", "Fluency"): "onset_latency speaking_seconds articulation_rate speaking_rate pauses",
}


@pytest.mark.parametrize("module, name", WRITTEN, ids=[name for _module, name in WRITTEN])
def test_names_that_are_written_down_stay(module, name):
    written = {field.name for field in fields(getattr(import_module(module), name))}
    assert set(WRITTEN[module, name].split()) <= written
