"""The report: what an instructor reads in it, in both languages, and that it needs nothing from outside."""

import re
import shutil
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from program import ruston
from reports.conftest import LEONOV, STAFFORD, Drill, reading
from sqlalchemy import select, update

from trainer.bundled import bundled
from trainer.messages import choose_language
from trainer.phrasebook.load import load
from trainer.records.assignments import assign
from trainer.records.tables import attempts, learners
from trainer.reports import charts
from trainer.reports import page as report_page
from trainer.reports.figures import DayFigures, SoundFigures, Tally, figures
from trainer.reports.gather import gather
from trainer.reports.html import _commands, html
from trainer.reports.measures import sounds, stress, tallied, week
from trainer.reports.names import Names
from trainer.reports.pitch import MINE, READING
from trainer.reports.report import report
from trainer.scoring.assessment import Stress

NOW = datetime(2026, 7, 20, tzinfo=UTC)


def page(store, phases, *, real=False, title="Report", where=(), clips=True) -> str:
    names = Names(None) if real else Names(store.id.encode())
    return html(report(gather(store, where, names, phases, load(), NOW, title, clips=clips)))


def text_of(content: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]+>", " ", content, flags=re.S))


def test_an_instructor_finds_all_that_matters(store, phases):
    text = text_of(page(store, phases))
    for words in (
        "What to drill next", "Progress", "By mission phase", "By mode", "Russian sounds",
        "Stress in Russian", "Readback", "Time to answer", "Best and worst calls", "Crew members side by side",
    ):  # fmt: skip
        assert words in text
    assert "11 in 3 sessions" in text
    assert "passed 40%" in text
    assert "Every figure came back in 50% of the 2 that a recogniser checked." in text
    assert "1 call got no answer in time." in text
    assert "[ˈɨ] stressed y" in text


def test_what_was_asked_for_again_and_what_failed_last_is_drilled_next(store, phases):
    numbers = {one.asked: one.seq for one in store.attempts(learner=STAFFORD)}
    assert numbers.keys() == {"COM-01"}  # the newest of five passed
    assign(store, [STAFFORD], calls=1, pass_mark=70, call_ids=["COM-01"])
    found = gather(store, (), Names(None), phases, load(), NOW, "Report", clips=False)
    calls = {one.key: dict(one.calls) for one in found.next}
    assert next(iter(calls[STAFFORD].items())) == ("COM-01", "asked for by the instructor")
    assert "not passed the last time" in calls[LEONOV]["DOC-09"]
    assert "not passed the last time" in calls[LEONOV]["RBK-15R.8"]  # a figure was wrong
    assert "RBK-15R.7" not in calls[LEONOV]


def test_a_command_in_a_report_is_one_and_markup_is_none():
    assert _commands("look: `ruston audio check`") == "look: <code>ruston audio check</code>"
    assert _commands("`<b>` and `") == "`&lt;b&gt;` and `"
    assert "<b>" not in _commands("`<b>` <b>")


def test_the_same_in_russian(store, phases):
    choose_language("ru")
    content = page(store, phases)
    assert '<html lang="ru">' in content
    text = text_of(content)
    for words in ("Что отрабатывать дальше", "Успехи", "По этапам полёта", "Сравнение членов экипажа"):
        assert words in text
    assert "сдано 40 %" in text
    for words in ("Progress", "learner", "points", "passed", "attempts"):
        assert words not in text


def test_nothing_is_loaded_from_anywhere(store, phases):
    content = page(store, phases)
    assert "default-src 'none'" in content
    addresses = set(re.findall(r"https?://[^\s\"'<>]+", content))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}  # names, not places
    assert "<script" not in content
    assert "@import" not in content
    assert not re.findall(r"url\((?!#)", content)


def test_every_chart_is_a_drawing_with_words_and_figures_behind_it(store, phases):
    content = page(store, phases)
    charts = re.findall(r"<figure>.*?</figure>", content, flags=re.S)
    assert len(charts) >= 7
    for chart in charts:
        assert re.search(r'role="img" aria-label="[^"]{10,}"', chart)
        drawing = ElementTree.fromstring(re.search(r"<svg.*?</svg>", chart, flags=re.S)[0])
        assert "var(--" in ElementTree.tostring(drawing, encoding="unicode")  # follows light, dark and print
        assert "<table>" in chart or "side by side" in chart
    for timeline in re.findall(r'<svg [^>]*class="timeline".*?</svg>', content, flags=re.S):
        assert ElementTree.fromstring(timeline).get("aria-label")


def test_calls_are_heard_where_the_learner_allows_and_nowhere_else(store, phases):
    with_sound = page(store, phases)
    assert "data:audio/ogg;codecs=opus;base64,T2dn" in with_sound  # OggS
    assert 'class="wave"' in with_sound
    assert "<audio" not in page(store, phases, clips=False)
    store.consent("leonov", False)
    without = page(store, phases)
    assert "<audio" not in without
    assert 'class="wave"' not in without
    assert "No recording" in without


def test_a_call_that_was_passed_is_heard_and_its_melody_lies_over_the_readings(tmp_path):
    shutil.copy(bundled("audio") / "reference" / "ru" / "woman" / "DOC-09.opus", tmp_path)
    rows = ["path\tphrase\tlanguage\tspeaker", "DOC-09.opus\tDOC-09\tru\tAnna"]
    (tmp_path / "clips.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    run = ruston("report", tmp_path, "--out", tmp_path / "report.html")
    assert run.returncode == 0, run.stderr
    content = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "data:audio/ogg;codecs=opus;base64,T2dn" in content
    (melody,) = re.findall(r'class="scroll melody".*?(<svg.*?</svg>)', content, flags=re.S)
    colours = {
        line.get("stroke") for line in ElementTree.fromstring(melody).iter("{http://www.w3.org/2000/svg}polyline")
    }
    assert colours == {MINE, READING}
    silent = ruston("report", tmp_path, "--out", tmp_path / "silent.html", "--no-clips")
    assert silent.returncode == 0, silent.stderr
    assert "scroll melody" not in (tmp_path / "silent.html").read_text(encoding="utf-8")


def test_the_same_records_give_the_same_report(store, phases):
    first, second = page(store, phases), page(store, phases)
    serial = re.compile(r"base64,[A-Za-z0-9+/=]+")  # an Ogg stream has a random serial number
    assert serial.sub("", first) == serial.sub("", second)


def test_stress_is_what_the_sounds_say():
    rows = [
        SoundFigures("a", "ru", "ˈo", 10, 500.0, (("ə", 3), ("", 1), ("ˈa", 1))),
        SoundFigures("a", "ru", "ə", 20, 900.0, (("ˈa", 4), ("ɪ", 2))),
        SoundFigures("a", "en", "ˈæ", 8, 500.0, (("ə", 2), ("ɛ", 1))),
        SoundFigures("a", "en", "ə", 5, 300.0, (("ɑː", 1), ("t", 1))),
    ]
    found = stress("ru", rows)
    assert (found.stressed, found.lost, found.reduced, found.full) == (10, 3, 20, 4)
    found = stress("en", rows)
    assert (found.stressed, found.lost, found.reduced, found.full) == (8, 2, 5, 1)


def test_sounds_of_several_learners_add_up_and_english_ones_lose_their_stress_marks():
    rows = [
        SoundFigures("a", "en", "ˈæ", 10, 500.0, (("ɛ", 4), ("t", 2))),
        SoundFigures("b", "en", "æ", 10, 700.0, (("ɛ", 1), ("", 1))),
        SoundFigures("b", "en", "t", 4, 400.0, ()),
    ]
    weak, good = sounds(rows)
    assert (weak.phone, weak.times, weak.score, weak.heard) == ("æ", 20, 60.0, (("ɛ", 5), ("", 1)))
    assert (good.phone, good.score, good.weak) == ("t", 100.0, False)


@given(st.lists(st.tuples(st.sampled_from("ab"), st.dates(), st.integers(0, 9), st.floats(0, 900)), max_size=12))
def test_sums_lose_nothing(drawn):
    rows = [DayFigures(key, day, Tally(attempts=n, points=p)) for key, day, n, p in drawn]
    by_week = tallied(rows, lambda row: (row.key, week(row.day)))
    assert sum(tally.attempts for tally in by_week.values()) == sum(row.tally.attempts for row in rows)
    assert sum(tally.points for tally in by_week.values()) == pytest.approx(sum(row.tally.points for row in rows))
    assert all(monday.weekday() == 0 for _key, monday in by_week)


def test_weeks_begin_on_monday():
    assert week(date(2026, 7, 19)) == date(2026, 7, 13)


def colours() -> dict[str, dict[str, str]]:
    """The variables of the page, by light and dark."""
    css = (Path(report_page.__file__).parent / "templates" / "report.css").read_text(encoding="utf-8")
    light, dark = css.split("prefers-color-scheme: dark")[:2]
    found = [dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6})", part)) for part in (light, dark.split("\n}")[0])]
    return {"light": found[0], "dark": found[1]}


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


TEXT = (
    ("ink", "paper"), ("ink", "panel"), ("ink2", "paper"), ("ink2", "panel"), ("link", "paper"), ("good", "panel"),
    ("fair", "panel"), ("poor", "panel"), ("ink", "good-bg"), ("ink", "fair-bg"), ("ink", "poor-bg"),
    *((f"t{n}", f"h{n}") for n in range(1, 6)),
)  # fmt: skip
DRAWN = (*((f"s{n}", "paper") for n in range(1, 6)), ("bar", "paper"), ("bar", "panel"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_stands_out_as_much_as_wcag_asks(scheme):
    known = colours()[scheme]
    for pairs, least in ((TEXT, 4.5), (DRAWN, 3.0)):
        for one, other in pairs:
            bright, dim = sorted((luminance(known[one]), luminance(known[other])), reverse=True)
            assert (bright + 0.05) / (dim + 0.05) >= least, f"{one} on {other}"


def test_days_are_those_of_the_place_and_say_so(store, phases, monkeypatch):
    """Attempts of one evening in Greenwich are of two days in Vladivostok only where midnight lies between them."""
    found = {}
    for place in ("UTC", "Asia/Vladivostok", "Pacific/Marquesas"):
        monkeypatch.setenv("TZ", place)
        time.tzset()
        rows = gather(store, (), Names(None), phases, load(), NOW, "Report", clips=False).figures.days
        found[place] = {row.day for row in rows}
        with store.reading() as connection:
            stored = connection.execute(select(attempts.c.at)).scalars().all()
        assert found[place] == {at.astimezone().date() for at in stored}
        told = {"UTC": "UTC", "Asia/Vladivostok": "UTC+10:00", "Pacific/Marquesas": "UTC-09:30"}[place]
        assert f"Days are those of {told}." in text_of(page(store, phases))
    monkeypatch.undo()
    time.tzset()


def test_a_name_of_control_characters_does_not_stop_a_report(store, phases):
    """Records of earlier versions hold what is no longer taken in; there the charts ended the process."""
    with store.writing() as connection:
        connection.execute(update(learners).values(name="A\x07\x1b]52;c;QUJD\x07\x00\u202e\x9b", crew="\x08[/red]"))
    content = page(store, phases, real=True)
    assert not set("\x07\x1b\x00\u202e\x9b\x08") & set(content)
    assert "[/red]" in text_of(content)


def test_slanted_headings_of_a_heat_map_are_inside_of_it():
    """Their ends lie to the right of the last column."""
    names = ["Comm check", "Hatch opening and handshake"]
    cells = [charts.Cell("Anna", name, 50.0, "50") for name in names]
    wide = charts.heat(cells, ["Anna"], names, (50, 60, 70, 85), "", "")
    short = charts.heat(cells, ["Anna"], ["a", "b"], (50, 60, 70, 85), "", "")

    def width(svg):
        return float(svg.partition(' width="')[2].partition('"')[0])

    assert width(wide) - width(short) > 100


def test_a_call_that_nobody_sat_there_for_takes_no_part_in_the_time_to_answer(store, phases):
    drill = Drill(store, "s-4", "relay", STAFFORD, "Stafford", "en", "2026-07-18T12:00:00+00:00")
    drill.say("COM-01", reading(90.0, "ru", "Дым вот"), wait=300.0)
    drill.end()
    found = figures(store, (), Names(None), phases).learners
    [tally] = [one.tally for one in found if one.key == STAFFORD]
    assert (tally.answers, tally.answered) == (6, 5)
    assert tally.mean_response == pytest.approx(1.2)


def test_a_wrong_stress_stands_on_the_card_of_its_call(store, phases):
    said = reading(50.0, "ru", "ка́рта ка́рта")
    moved = replace(said.words[0], stress=Stress(expected=0, heard=1, probability=0.001))
    drill = Drill(store, "s-4", "read", STAFFORD, "Stafford", "en", "2026-07-18T12:00:00+00:00")
    for _time in range(5):
        drill.say("HTC-02", replace(said, score=5.0, words=(moved, *said.words[1:])))
    drill.end()
    assert "STRESS: карТА → КАРта" in text_of(page(store, phases))
