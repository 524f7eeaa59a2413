"""A list of one's own, by command."""

import json

from program import one_line, ruston


def rows(run):
    return [json.loads(line) for line in run.stdout.splitlines()]


def listed(run):
    return [row["call"] for row in rows(run)]


def test_calls_are_listed_taken_off_and_drilled(tmp_path):
    here = ("--crew", "leonov", "--records", tmp_path / "records.sqlite", "--json")
    assert "no call is on your list" in one_line(ruston("drill", "--own-list", "--headless", *here[:4]))
    assert listed(ruston("own-list", "COM-10", "com-02", *here)) == ["COM-10", "COM-02"]
    assert listed(ruston("own-list", "COM-02", "--remove", *here)) == ["COM-10"]
    assert "COM-1O" in one_line(ruston("own-list", "COM-1O", *here))
    clip = ("--mic", "audio/samples/en/com-10-accent-woman.opus", "--pace", "fast", "--speaker", "mute")
    events = rows(ruston("drill", "--own-list", *here, *clip))
    assert [event["attempt"] if "attempt" in event else event["line"]["call"] for event in events
            if event["kind"] == "assessed"] == ["COM-10"]  # fmt: skip
