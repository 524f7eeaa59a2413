"""What experts would have said: the raters that travel with the model, on the samples."""

import shutil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.audio.files import read
from trainer.audio.manifest import clips
from trainer.bundled import bundled
from trainer.errors import UserError
from trainer.live.scorer import Scorer
from trainer.phrasebook.load import load
from trainer.scoring.points import FLAGGED
from trainer.scoring.ratings import clipped
from trainer.speech.acoustic import AcousticModel

SAMPLES = clips(bundled("audio") / "samples")
SCORER = Scorer(load(), AcousticModel())


def scored(clip, scorer=SCORER):
    return scorer.score(read(clip.path), scorer.book.find(clip.phrase), clip.language)


@given(
    st.lists(st.tuples(st.floats(-1, 3), st.floats(-8, 0)), min_size=1),
    st.floats(0.2, 1.9).map(lambda x: round(x, 2)), st.floats(-7, -1).map(lambda x: round(x, 2)),
)  # fmt: skip
def test_a_sound_is_flagged_where_experts_find_fault_or_another_one_was_surely_said(phones, limit, doubt):
    rated = clipped([rating for rating, _gop in phones], [[5, 5, 5]], [5] * 5, limit, doubt)
    gop = np.array([gop for _rating, gop in phones])
    scores = np.array(rated.scores(gop))
    assert ((scores >= 0) & (scores <= 100)).all()
    clear = (np.abs(rated.phones - limit) > 1e-6) & (np.abs(gop - doubt) > 1e-6)
    assert ((scores < FLAGGED) == ((rated.phones < limit) | (gop < doubt)))[clear].all()


@given(st.lists(st.floats(0, 2), min_size=2), st.floats(-8, 0))
def test_a_better_rating_never_lowers_a_score(phones, gop):
    rated = clipped(sorted(phones), [[5, 5, 5]], [5] * 5, 1.2, -5.0)
    assert (np.diff(rated.scores([gop] * len(phones))) >= 0).all()


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_right_reading_is_rated_as_good_speech(language):
    clip = next(clip for clip in SAMPLES if clip.reading == "right" and clip.language == language)
    result = scored(clip)
    assert result.scale == "anchored-3"
    assert result.ratings.total > 70
    assert result.ratings.completeness > 90
    assert all(word.rated > 70 for word in result.words)


def test_a_reading_of_another_call_is_not_rated():
    clip = next(clip for clip in SAMPLES if clip.reading.startswith("wrong phrase"))
    assert scored(clip).ratings is None


def test_a_model_without_raters_and_scale_scores_by_plain_gop(tmp_path):
    folder = tmp_path / "phones"
    shutil.copytree(bundled("models") / "phones", folder)
    manifest = folder / "model.toml"
    written = manifest.read_text(encoding="utf-8").partition("\n[ratings.")[0] + "\n"
    manifest.write_text(written.replace('scale = "scale.json"\n', ""), encoding="utf-8")
    result = scored(SAMPLES[0], Scorer(load(), AcousticModel(folder)))
    assert result.scale == "plain-gop"
    assert result.ratings is None
    assert all(word.rated is None for word in result.words)


def test_english_is_rated_by_its_own_raters_and_with_a_share_by_those_of_every_language(tmp_path):
    clip = next(clip for clip in SAMPLES if clip.reading.startswith("planted") and clip.language == "en")
    totals = []
    for shares in ("ru = 0.0", "ru = 0.3", "ru = 1.0"):
        folder = tmp_path / shares
        shutil.copytree(bundled("models") / "phones", folder)
        manifest = folder / "model.toml"
        text = manifest.read_text(encoding="utf-8")
        manifest.write_text(text.replace("beside = { ru = 0.3 }", f"beside = {{ {shares} }}"), encoding="utf-8")
        totals.append(scored(clip, Scorer(load(), AcousticModel(folder))).ratings.total)
    own, mixed, neutral = totals
    assert mixed == pytest.approx(0.7 * own + 0.3 * neutral)
    assert own != pytest.approx(neutral)


def test_a_model_whose_rater_is_to_be_rated_beside_one_that_it_lacks_is_refused(tmp_path):
    folder = tmp_path / "phones"
    shutil.copytree(bundled("models") / "phones", folder)
    manifest = folder / "model.toml"
    written = manifest.read_text(encoding="utf-8").partition("\n[ratings.ru]")[0] + "\n"
    manifest.write_text(written, encoding="utf-8")
    with pytest.raises(UserError, match="no usable acoustic model"):
        assert AcousticModel(folder).manifest


@pytest.mark.parametrize("file", ["ratings-en.npz", "scale.json"])
def test_a_damaged_rater_or_scale_is_refused(tmp_path, file):
    folder = tmp_path / "phones"
    shutil.copytree(bundled("models") / "phones", folder)
    (folder / file).write_bytes(b"nothing")
    clip = next(clip for clip in SAMPLES if clip.language == "en" and clip.reading == "right")
    with pytest.raises(UserError, match="missing or damaged"):
        scored(clip, Scorer(load(), AcousticModel(folder)))
