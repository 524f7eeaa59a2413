"""What trains ear, mouth and melody in lines: each is labelled, none is drawn, and nothing is said by a sign alone."""

import io

import pytest
from plain.test_plain import check_lines
from program import ruston
from tui import stage

from trainer.bundled import bundled
from trainer.live.program import Program
from trainer.plain import desk
from trainer.plain.lines import Lines

READINGS = bundled("audio") / "reference"
WHO = {"en": ("stafford", "ru", "поняли", "y"), "ru": ("leonov", "en", "understand", "th")}


@pytest.mark.parametrize("interface", ["en", "ru"])
@pytest.mark.parametrize(
    "command, typed, said",
    [
        (["ear", "--size", 2, "--seed", 3], "1\n2\n", {"en": "1 of 2, ", "ru": "1 из 2, "}),
        (["ear", "--list"], "", {"en": "Contrast: stress; ", "ru": "Контраст: can-can't; "}),
        (["listen", "--size", 1, "--seed", 3], "1\n", {"en": "Choice 4: ", "ru": "Вариант 4: "}),
        (["mouth", "--word", "WORD"], "", {"en": "Try 3, in the call: ", "ru": "Попытка 3, во фразе: "}),
        (["melody", "PRO-13"], "", {"en": "Verdict: The melody is right.", "ru": "Вердикт: Мелодика верная."}),
        (["rules", "RULE"], "", {"en": "Words: вы", "ru": "Слова: th"}),
        (["shadow", "PRO-13"], "", {"en": "Next: 0.9", "ru": "Дальше: 0,9"}),
        (["load", "--calls", 1, "--task", "gauge", "--seed", 3], "1.0 up\n", {"en": "Task: ", "ru": "Задание: "}),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)  # fmt: skip
def test_training_is_labelled_lines(interface, command, typed, said):
    who, target, word, rule = WHO[interface]
    clip = READINGS / target / "man" / "PRO-13.opus"
    own = [{"WORD": word, "RULE": rule}.get(part, part) for part in command]
    run = ruston(
        "--plain", *own, "--crew", who, "--no-records", "--mic", clip, "--speaker", "mute", "--pace", "fast",
        typed=typed, RUSTON_INTERFACE=interface,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    check_lines(run.stdout)
    assert said[interface] in run.stdout


def test_what_the_mouth_and_the_ear_need_is_said_before_a_drill_is_chosen(tmp_path, monkeypatch, capsys):
    program = Program(stage.options(keep=True, records=str(tmp_path / "records.sqlite")))
    stage.share(program)
    stage.practise(program, "en")
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert desk._chosen(program, Lines()) is None
    said, offers = capsys.readouterr().out, program.offers()
    program.close()
    assert offers
    for offer in offers:
        assert f"`ruston --plain {offer.kind} --" in said
        assert offer.item in said
    check_lines(said)
