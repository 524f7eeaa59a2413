"""`ruston reference`, and what the reference recordings promise."""

import json

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner, Result

from trainer.audio.files import read
from trainer.audio.manifest import clips
from trainer.audio.reference import reading, voices
from trainer.bundled import bundled
from trainer.commands import ruston
from trainer.errors import UserError
from trainer.phrasebook.books import books
from trainer.phrasebook.load import load

FOLDER = bundled("audio") / "reference"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(ruston, ["reference", *map(str, arguments)])


def test_a_reading_can_be_had_at_its_own_pace_and_slower(tmp_path):
    clip = json.loads(run("COM-10", "--language", "ru", "--json").stdout)
    assert clip["voice"] == "man"
    whole = read(bundled("audio") / clip["path"])
    slow = tmp_path / "slow.wav"
    assert run("com-10", "--language", "ru", "--speed", "0.5", "--out", slow).exit_code == 0
    assert read(slow).seconds == pytest.approx(2 * whole.seconds, rel=0.02)


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["NO-1", "--language", "en"], "no phrase NO-1"),
        (["COM-10", "--language", "ru", "--voice", "child"], "man"),
        (["RBK-01.1", "--language", "en"], "no reference reading"),
        (["COM-10", "--language", "en", "--out", "/nowhere/at/all.wav"], "cannot be written"),
    ],
)
def test_what_cannot_be_had_is_said(arguments, words):
    outcome = run(*arguments)
    assert isinstance(outcome.exception, UserError)
    assert words in str(outcome.exception)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_nearly_every_call_of_every_book_has_a_reading(language):
    read_aloud = {clip.phrase for clip in clips(FOLDER) if clip.language == language}
    calls = [{phrase.id for phrase in load(book.path).phrases} for book in books()]
    assert read_aloud <= set().union(*calls)
    for book in calls:
        assert len(read_aloud & book) >= 0.95 * len(book)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_calls_are_read_by_a_woman_and_a_man(language):
    for book in books():
        calls = [phrase.text(language) for phrase in load(book.path).phrases]
        assert sum(set(voices(call, language)) == {"woman", "man"} for call in calls) >= 0.95 * len(calls), book.id


def test_readings_are_level_trimmed_and_small():
    found = clips(FOLDER)
    assert sum(path.stat().st_size for path in FOLDER.rglob("*.opus")) < 22e6
    for clip in found[:: len(found) // 40]:
        samples, rate = soundfile.read(clip.path)
        loud = np.abs(samples) > 0.02
        spoken = samples[np.flatnonzero(loud)[0] : np.flatnonzero(loud)[-1]]
        level = 20 * np.log10(np.sqrt((spoken**2).mean()))
        assert -26 < level < -15, clip.path
        silence = np.flatnonzero(loud)[0] / rate, (len(samples) - np.flatnonzero(loud)[-1]) / rate
        assert max(silence) < 0.5, clip.path


def test_no_reading_overshoots():
    """The codec may add to a peak: what counts is the decoded clip, at most -1 dBFS."""
    for clip in clips(FOLDER):
        samples, _rate = soundfile.read(clip.path)
        assert np.abs(samples).max() <= 10 ** (-1 / 20), clip.path


def test_a_reading_belongs_to_a_text_whatever_its_id():
    call = load().find("COM-10")
    assert reading("COM-10", "The toilet is loose again.", "en") is None
    assert reading("OURS-01", call.en.upper(), "en").pieces == 1
    assert set(voices(call.ru, "ru")) == {"woman", "man"}
    assert voices("Вы по́няли?", "ru")
    assert not voices("Вы по́няли.", "ru")  # another melody
