"""The benchmarks on real, if synthetic, recordings: the samples as native speech and as scored learners."""

import csv
import json

import pytest
from click.testing import CliRunner

from trainer.audio.manifest import clips
from trainer.bundled import bundled
from trainer.commands import ruston
from trainer.phones.labels import ARPABET
from trainer.phrasebook.lexicon import lexicon
from trainer.phrasebook.load import load
from trainer.phrasebook.text import tokens

RIGHT = [clip for clip in clips(bundled("audio") / "samples") if clip.reading == "right"]


def run(*arguments):
    from trainer.errors import UserError

    result = CliRunner().invoke(ruston, ["bench", *map(str, arguments), "--json"])
    if isinstance(result.exception, UserError):
        raise result.exception
    assert result.exit_code == 0, result.output
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert {line["schema"] for line in lines} == {"ruston.bench/1"}
    return lines


@pytest.mark.parametrize("language", ["en", "ru"])
def test_native_readings_are_heard_nearly_without_fault(tmp_path, language):
    book = load()
    manifest = tmp_path / "clips.tsv"
    with manifest.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", quoting=csv.QUOTE_NONE, quotechar=None)
        writer.writerow(["path", "text"])
        writer.writerows((c.path, book.find(c.phrase).text(language)) for c in RIGHT if c.language == language)
    found = {line["measure"]: line["value"] for line in run("native", manifest, "--language", language)}
    assert found["recordings_measured"] == 1
    assert found["phone_error_rate"] < 0.25
    assert found["false_flags"] < 0.1
    assert found["planted_auc"] > 0.9
    assert found["drafted_words"] == 0


def test_learners_are_compared_with_their_experts_and_peers_stand_beside(tmp_path):
    arpabet = {ipa: label for label, ipa in ARPABET.items()} | {"ə": "AH", "ɚ": "ER"}
    book, known = load(), lexicon("en")
    labels = {}
    for clip in [clip for clip in RIGHT if clip.language == "en"][:3]:
        words = []
        for n, token in enumerate(tokens(book.find(clip.phrase).text("en"), "en")):
            phones = [arpabet[phone.lstrip("ˈˌ")] for phone in known[token.key][0].phones]
            if n == 1:  # a word that was not said that way: its first phone is another
                phones[0] = "ZH"
            marks = [0.0 if n == 1 and not i else 2.0 for i in range(len(phones))]
            score = 3.0 if n == 1 else 10.0
            words.append({"text": token.key, "phones": phones, "phones_accuracy": marks, "accuracy": score,
                          "stress": 10.0, "total": score})  # fmt: skip
        labels[clip.path.stem] = {
            "speaker": "0001", "words": words, "accuracy": 9.0, "fluency": 9.0, "prosodic": 9.0, "completeness": 10.0,
            "total": 9.0,
        }  # fmt: skip
        (tmp_path / clip.path.name).write_bytes(clip.path.read_bytes())
    path = tmp_path / "labels.json"
    path.write_text(json.dumps(labels), encoding="utf-8")
    found = {(line["measure"], line["scale"]): line for line in run("accuracy", tmp_path, path)}
    assert found["phone_pcc", "plain-gop"]["value"] > 0.3
    assert found["phone_error_auc", "plain-gop"]["value"] > 0.9
    assert {"name": "proscor, xlsr-53 GOP-SF", "value": 0.472} in found["phone_pcc", "plain-gop"]["peers"]
    assert run("accuracy", tmp_path, path, "--speakers", "0001")


def test_what_is_no_table_of_labels_is_refused(tmp_path):
    from trainer.errors import UserError

    path = tmp_path / "labels.json"
    path.write_text('{"a": {"words": [{}]}}', encoding="utf-8")
    (tmp_path / "a.opus").write_bytes(b"")
    with pytest.raises(UserError, match="speechocean762"):
        run("accuracy", tmp_path, path)
    with pytest.raises(UserError, match="no labels"):
        run("accuracy", tmp_path, tmp_path / "nothing.json")
    path.write_text("name\n", encoding="utf-8")
    with pytest.raises(UserError, match="path and text"):
        run("native", path, "--language", "ru")


def table(path, columns, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", quoting=csv.QUOTE_NONE, quotechar=None)
        writer.writerow(columns)
        writer.writerows(rows)
    return path


def test_natives_and_accents_are_told_apart_by_call_and_by_speaker(tmp_path):
    book = load()
    columns = ("path", "text", "speaker", "start", "end")

    def called(reading):
        return [
            (clip.path, book.find(clip.phrase).text("en"), reading, "0", "")
            for clip in clips(bundled("audio") / "samples")
            if clip.language == "en" and clip.reading.startswith(reading)
        ]

    natives = table(tmp_path / "natives.tsv", columns, called("right"))
    accented = table(tmp_path / "accented.tsv", columns, called("planted"))
    found = {line["measure"]: line for line in run("accent", natives, accented, "--language", "en")}
    assert found["native_mean"]["value"] > found["accented_mean"]["value"]
    assert found["native_flagged"]["value"] < found["accented_flagged"]["value"]
    assert found["auc_by_call"]["value"] > 0.8
    assert found["auc_by_speaker"]["n"] == 2


def test_a_call_cut_out_of_a_longer_recording_is_scored_like_the_whole(tmp_path):
    clip = next(clip for clip in RIGHT if clip.language == "en")
    text = load().find(clip.phrase).text("en")
    whole = table(tmp_path / "whole.tsv", ("path", "text"), [(clip.path, text)])
    cut = table(tmp_path / "cut.tsv", ("path", "text", "start", "end"), [(clip.path, text, "0.0", "9.0")])
    found = {line["measure"]: line["value"] for line in run("accent", whole, cut, "--language", "en")}
    assert found["native_mean"] == pytest.approx(found["accented_mean"])
    assert found["auc_by_call"] == 0.5


def test_every_channel_says_how_far_the_score_moves_or_how_often_it_is_refused(tmp_path):
    rows = [(clip.path, load().find(clip.phrase).text("ru")) for clip in RIGHT if clip.language == "ru"][:2]
    calls = table(tmp_path / "calls.tsv", ("path", "text"), rows)
    found = {line["measure"]: line for line in run("channel", calls, "--language", "ru", "--only", "level,shift 1")}
    assert {name.partition(":")[0] for name in found} == {"level -30 dB", "level -12 dB", "level +12 dB", "shift 7 ms"}
    assert found["level -12 dB: refused or marked"]["value"] == 0
    assert abs(found["level -12 dB: mean change"]["value"]) < 6


def test_what_was_said_wrong_on_purpose_is_found_and_what_was_right_is_not_blamed(tmp_path):
    book = load()
    clip = next(clip for clip in RIGHT if clip.language == "ru" and "т" in book.find(clip.phrase).text("ru"))
    text = book.find(clip.phrase).text("ru")
    rows = [(clip.path, text, "ok"), (clip.path, text.replace("т", "м"), "m")]
    said = table(tmp_path / "pairs.tsv", ("path", "text", "said"), rows)
    found = {line["measure"]: line for line in run("pairs", said, "--language", "ru")}
    assert (found["found"]["value"], found["found"]["n"]) == (1, 1)
    assert found["right_sounds_flagged"]["value"] < 0.1
    assert found["auc_of_calls"]["value"] == found["auc_of_gop"]["value"] == 1


def test_the_words_of_the_ear_drill_are_told_by_contrast_and_talker():
    found = {line["measure"]: line for line in run("contrasts", "--language", "en", "--contrast", "w-v")}
    assert found["en w-v: at least one"]["value"] >= found["en w-v: both"]["value"] > 0.8
    assert found["en w-v: talkers"]["value"] >= 5
    assert any(name.startswith("en by ") for name in found)


def test_a_table_that_lacks_a_column_or_has_times_that_are_none_is_refused(tmp_path):
    from trainer.errors import UserError

    rows = [("a.wav", "Сою́з", "x")]
    with pytest.raises(UserError, match="path, text, said"):
        run("pairs", table(tmp_path / "t.tsv", ("path", "text", "start"), rows), "--language", "ru")
    with pytest.raises(UserError, match="'x' is no time"):
        run("channel", table(tmp_path / "t.tsv", ("path", "text", "start"), rows), "--language", "ru")
    with pytest.raises(UserError, match="cannot be read"):
        run("accent", tmp_path / "none.tsv", tmp_path / "none.tsv", "--language", "ru")
