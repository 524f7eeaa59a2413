"""Loading an acoustic model: the embedded one, and folders that are none."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from trainer.audio.recording import Recording
from trainer.bundled import bundled
from trainer.errors import UserError
from trainer.languages import LANGUAGES
from trainer.phones.inventory import inventory
from trainer.scoring.posteriors import PhoneClasses
from trainer.speech.acoustic import AcousticModel

EMBEDDED = bundled("models") / "phones"


def noise(seconds: float) -> Recording:
    samples = (0.05 * np.random.default_rng(0).standard_normal(int(seconds * 16_000))).astype(np.float32)
    return Recording(samples, "noise", 16_000)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EMBEDDED, tmp_path / "model"))


def test_posteriors_are_distributions_at_50_frames_a_second():
    for seconds in (0.2, 4.0, 30.0):
        for posteriors in AcousticModel().posteriors(noise(seconds)).values():
            assert len(posteriors.log_probs) == pytest.approx(50 * seconds, abs=1)
            assert np.allclose(np.exp(posteriors.log_probs).sum(axis=1), 1, atol=1e-4)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phone_of_the_inventory_has_a_class(language):
    classes = AcousticModel().classes[language]
    for phone in inventory(language):
        assert len(classes.of(phone)) > 0
    assert all(label in inventory(language) for label in classes.labels[1:])


def test_stress_is_kept_where_the_model_hears_it_and_dropped_elsewhere():
    classes = PhoneClasses(("", "a", "ˈa", "t", "ʌ"), {"ə": ("a", "ʌ")})
    assert classes.of("ˈa").tolist() == [2]
    assert classes.of("a").tolist() == [1]
    assert classes.of("ˈʌ").tolist() == [4]
    assert classes.of("ə").tolist() == [1, 4]
    with pytest.raises(KeyError):
        classes.of("q")


def test_the_sounds_of_both_languages_are_one_distribution_seen_from_either():
    heard = AcousticModel().hear(noise(1.0))
    for language, other in (("ru", "en"), ("en", "ru")):
        seen = heard.both[language]
        assert np.allclose(np.exp(seen.log_probs).sum(axis=1), 1, atol=1e-4)
        own = [label for label in seen.classes.labels if label in heard.posteriors[language].classes.labels]
        assert own == list(heard.posteriors[language].classes.labels)
        assert f"{other}:m" in seen.classes.labels
        assert all(len(seen.classes.of(phone)) > 0 for phone in inventory(language))
    assert np.array_equal(heard.both["ru"].log_probs, heard.both["en"].log_probs)


def test_what_sounds_is_told_of_every_hundredth_of_a_second():
    for seconds in (0.215, 4.0, 30.0):
        for frames in AcousticModel().hear(noise(seconds)).hundredths.values():
            assert frames.frames_per_second == 100
            assert len(frames.log_probs) == pytest.approx(100 * seconds, abs=1)
            assert np.allclose(np.exp(frames.log_probs).sum(axis=1), 1, atol=1e-4)


@pytest.mark.parametrize("threads", [1, 2])
def test_a_recording_is_heard_again_half_a_step_of_the_network_later(threads):
    recording = noise(1.0)
    heard = AcousticModel(threads=threads).hear(recording)
    assert heard.later == 0.01
    later = AcousticModel().posteriors(replace(recording, samples=recording.samples[160:]))["ru"].log_probs
    again = heard.again.posteriors["ru"].log_probs
    assert len(again) == len(later)
    inside = slice(5, -5)  # the very ends see what lies beyond
    near, far = (
        np.abs(np.exp(again) - np.exp(other))[inside].mean() for other in (later, heard.posteriors["ru"].log_probs[:50])
    )
    assert near < far / 3


def test_a_missing_folder_is_said_to_be_missing(tmp_path):
    with pytest.raises(UserError, match="no usable acoustic model"):
        AcousticModel(tmp_path / "nothing").posteriors(noise(1))


@pytest.mark.parametrize("damage", ["cut", "flipped", "gone"])
def test_a_damaged_model_never_scores(copied, damage):
    graph = copied / "model.onnx"
    content = bytearray(graph.read_bytes())
    if damage == "cut":
        graph.write_bytes(content[: len(content) // 2])
    elif damage == "flipped":
        content[len(content) // 2] ^= 0xFF
        graph.write_bytes(content)
    else:
        graph.unlink()
    with pytest.raises(UserError, match="missing or damaged"):
        AcousticModel(copied).posteriors(noise(1))


def edited(folder: Path, old: str, new: str) -> Path:
    manifest = folder / "model.toml"
    text = manifest.read_text(encoding="utf-8")
    assert old in text
    manifest.write_text(text.replace(old, new), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    "old, new", [("sha256 =", "sha25 ="), ('"ɚ" = ["ɚ", "ɝ"]', '"ɚ" = ["ɜ"]'), ("[en]", "[de]"), ("name = ", "name ")]
)
def test_a_manifest_that_is_none_is_refused(copied, old, new):
    with pytest.raises(UserError, match="no usable acoustic model"):
        AcousticModel(edited(copied, old, new)).posteriors(noise(1))


def test_a_manifest_that_does_not_fit_its_graph_is_refused(copied):
    with pytest.raises(UserError, match="missing or damaged"):
        AcousticModel(edited(copied, ' "ʒ",', "")).posteriors(noise(1))


def test_the_graph_tells_nothing_of_the_machine_that_exported_it():
    graph = (bundled("models") / "phones" / "model.onnx").read_bytes()
    assert not any(trace in graph for trace in (b'File "', b"stack_trace", b"site-packages"))
