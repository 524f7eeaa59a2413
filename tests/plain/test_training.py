"""What trains ear, mouth and melody in lines: each is labelled, none is drawn, and nothing is said by a sign alone."""

import io
import re

import pytest
from plain.test_plain import check_lines
from program import ruston
from tui import stage

from trainer.bundled import bundled
from trainer.drill.plan import MODES
from trainer.live.program import Program
from trainer.plain import desk
from trainer.plain.lines import Lines

READINGS = bundled("audio") / "reference"
ACCENT = bundled("audio") / "samples" / "ru" / "com-01-accent-man.opus"
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


@pytest.mark.parametrize("kind", ["mouth", "ear"])
def test_what_the_mouth_and_the_ear_need_is_offered_by_name_and_trained(kind, tmp_path, monkeypatch, capsys):
    program = Program(stage.options(keep=True, records=str(tmp_path / "records.sqlite"), mic=str(ACCENT), size=1))
    stage.share(program)
    stage.practise(program, "en")
    offers = program.offers()
    number = 1 + next(at for at, offer in enumerate(offers, len(MODES) + 1) if offer.kind == kind)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{number}\n1\n"))
    assert desk._next(program, Lines())
    said = capsys.readouterr().out
    program.close()
    assert re.search(rf"^Choice {number}: {kind.title()}: ..", said, re.MULTILINE)
    assert ("Say: " if kind == "mouth" else "Verdict: ") in said
    check_lines(said)
