"""A list of one's own, by command."""

import json

import pytest
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


@pytest.mark.parametrize("mode", ["echo", "relay", "respond"])
def test_a_list_is_drilled_by_every_kind_of_drill_that_is_of_calls(mode, tmp_path):
    here = ("--crew", "leonov", "--records", tmp_path / "records.sqlite")
    ruston("own-list", "COM-10", *here)
    clip = ("--mic", "audio/samples/en/com-10-accent-woman.opus", "--pace", "fast", "--speaker", "mute", "--json")
    events = rows(ruston("drill", "--own-list", "--mode", mode, "--pass-mark", "33", *here, *clip))
    (cue,) = (event for event in events if event["kind"] == "cue")
    assert "COM-10" in [line["call"] for line in cue["answers"]]
    assert cue["prompt"]
    assert bool(cue["shown"]) == (mode == "relay")
    assert (events[0]["plan"]["mode"], events[0]["plan"]["pass_mark"]) == (mode, 33)


def test_what_cannot_be_drilled_from_a_list_is_said_in_a_line(tmp_path):
    here = ("--crew", "leonov", "--records", tmp_path / "records.sqlite", "--headless")
    ruston("own-list", "COM-10", "PRO-04", *here[:4])
    for mode in ("readback", "checklist"):
        assert "is not drilled from chosen calls" in one_line(ruston("drill", "--own-list", "--mode", mode, *here))
    assert "leave --phase out" in one_line(ruston("drill", "--own-list", "--phase", "docking", *here))
    ruston("own-list", "COM-10", "--remove", *here[:4])
    assert "none of these calls answers another" in one_line(ruston("drill", "--own-list", "--mode", "respond", *here))


def test_calls_of_another_station_are_named_with_what_drills_them(tmp_path):
    here = ("--crew", "stafford", "--records", tmp_path / "records.sqlite")
    run = ruston("own-list", "COM-10", "DOC-03", *here)
    assert run.returncode == 0
    assert "COM-10" in run.stderr
    assert "--station any" in run.stderr
    ruston("own-list", "DOC-03", "--remove", *here)
    drill = ("drill", "--own-list", "--headless", *here)
    assert "--station any" in one_line(ruston(*drill))
    clip = ("--mic", "audio/samples/en/com-10-accent-woman.opus", "--pace", "fast", "--speaker", "mute", "--json")
    events = rows(ruston(*drill, "--station", "any", *clip))
    assert "assessed" in [event["kind"] for event in events]


def test_calls_of_ones_own_are_named_by_their_place(tmp_path):
    book = tmp_path / "ours.toml"
    ruston("phrasebook", "new", book)
    here = ("--crew", "ann", "--first", "en", "--phrasebook", book, "--records", tmp_path / "records.sqlite")
    run = ruston("own-list", "ours-01", *here)
    assert run.stderr == ""  # anybody says it
    assert run.stdout.startswith("OURS-01")
    told = ruston("phrases", "--phrasebook", book).stdout + ruston("phrases", "OURS-01", "--phrasebook", book).stdout
    assert "OURS-01" in told
    assert "OWN-" not in told
    clip = ("--mic", "audio/samples/ru/com-01-accent-man.opus", "--pace", "fast", "--speaker", "mute")
    kept_out = ruston("drill", "--own-list", "--headless", "--no-records", *here, *clip)
    assert kept_out.returncode == 0
    drilled = ruston("drill", "--own-list", "--headless", *here, *clip).stdout
    assert "OURS-01" in drilled
    assert "OWN-" not in drilled
    [session] = rows(ruston("sessions", "list", "--json", "--records", tmp_path / "records.sqlite"))
    replayed = ruston("sessions", "replay", session["id"], "--records", tmp_path / "records.sqlite").stdout
    assert "OURS-01" in replayed
    ruston(
        "report", "--learner", "ann", "--out", tmp_path / "r.html", "--records", tmp_path / "records.sqlite", *here[4:6]
    )
    report = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "OURS-01" in report
    assert "OWN-" not in report


def test_what_is_taken_off_is_named_and_a_new_name_can_be_seen(tmp_path):
    records = ("--records", tmp_path / "records.sqlite")
    assert "ID --remove" in one_line(ruston("own-list", "--remove", "--crew", "leonov", *records))
    for name in ("a\x1b[31mb", "a\u202eb", "a\x7fb"):
        assert "control" in one_line(ruston("own-list", "COM-11", "--crew", name, "--first", "en", *records))
    assert "nobody of the crews" in one_line(ruston("own-list", "--crew", "a[31mb", *records))  # nobody was made
