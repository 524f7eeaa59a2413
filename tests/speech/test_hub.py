"""Phone models of Hugging Face's transformers: labels read as sounds of both languages, and a small network of the very
class, built and saved here, that scores like any other model."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.audio.files import read
from trainer.audio.manifest import clips
from trainer.audio.recording import Recording
from trainer.bundled import bundled
from trainer.errors import UserError
from trainer.languages import LANGUAGES
from trainer.live.scorer import Scorer
from trainer.phones.inventory import inventory
from trainer.phones.labels import from_espeak
from trainer.phrasebook.load import load
from trainer.scoring.feedback import worst_sounds
from trainer.speech.acoustic import AcousticModel
from trainer.speech.choosing import phone_model
from trainer.speech.hub import HubModel, reading

# Labels as espeak-ng names the sounds of both languages, in the order of a vocabulary: special tokens first.
SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
ENGLISH = "n ɪ t s ɹ k l ə d z m iː ɛ p æ uː f ɚ oʊ ɑː w v ŋ h aɪ ð j i eɪ b ɡ ɐ ʃ ᵻ dʒ ɾ tʃ aʊ ɔ ɑːɹ θ əl ɜː oːɹ iə ʊ"
ENGLISH += " ɔɪ ɔːɹ ɔː ʊɹ ɪɹ ʌ ʒ ɛɹ aɪɚ aɪə"
RUSSIAN = "ɑ r o a e y tʲ ɭ nʲ ɭʲ u rʲ sʲ mʲ tʃʲ vʲ dʲ ju ɵ ts x ja pʲ kʲ ɕ ʑ bʲ ɡʲ fʲ zʲ xʲ ɨ"
LABELS = (*SPECIAL, *dict.fromkeys(f"{ENGLISH} {RUSSIAN}".split()), "a5", "ǃ")
PAD = LABELS.index("<pad>")


@pytest.mark.parametrize(
    "label, language, sounds",
    [
        ("ɑːɹ", "en", ("ɑː", "ɹ")),
        ("aɪɚ", "en", ("aɪ", "ɚ")),
        ("əl", "en", ("ə", "l")),
        ("tʃ", "en", ("tʃ",)),
        ("ᵻ", "en", ("ɪ",)),
        ("t͡ʃ", "en", ("tʃ",)),
        ("ˈæ", "en", ("æ",)),
        ("tʰ", "en", ("t",)),
        ("sː", "en", ("s",)),
        ("rʲ", "en", ()),
        ("ju", "ru", ("j", "ˈu")),
        ("tʃʲ", "ru", ("tɕ",)),
        ("ɭʲ", "ru", ("lʲ",)),
        ("y", "ru", ("ˈɨ",)),
        ("θ", "ru", ()),
        ("ǃ", "ru", ()),
    ],
)
def test_a_label_stands_for_the_sounds_that_espeak_means(label, language, sounds):
    assert from_espeak(label, language) == sounds


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phone_of_the_inventory_has_labels(language):
    classes = reading(LABELS, PAD, language).classes
    assert classes.labels[0] == ""
    assert all(len(classes.of(phone)) for phone in inventory(language))


def test_a_sound_of_the_other_language_keeps_its_name():
    labels = reading(LABELS, PAD, "en").classes.labels
    assert "x" in labels
    assert "rʲ" in labels
    assert "?" in labels  # ǃ is a sound of neither


@given(st.integers(0, 2**32 - 1), st.integers(1, 12), st.floats(0.2, 8.0))
def test_readings_are_distributions_however_labels_are_merged_or_split(seed, frames, sharpness):
    logits = sharpness * np.random.default_rng(seed).standard_normal((frames, len(LABELS)))
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    for language in LANGUAGES:
        found = np.exp(reading(LABELS, PAD, language).posteriors(probabilities))
        assert np.allclose(found.sum(axis=1), 1, atol=1e-6)


def peaks(*named: str) -> np.ndarray:
    """Frames that each name one label nearly surely; "" is the blank."""
    probabilities = np.full((len(named), len(LABELS)), 0.01 / len(LABELS))
    for frame, label in zip(probabilities, named, strict=True):
        frame[LABELS.index(label) if label else PAD] += 0.99
    return probabilities


@pytest.mark.parametrize(
    "frames, said",
    [
        (("", "ɑːɹ", "", "t"), ["ɑː", "ɹ", "t"]),
        (("", "ɑːɹ", "ɑːɹ", "t"), ["ɑː", "ɹ", "t"]),
        (("", "ɑːɹ", "t", ""), ["ɑː", "ɹ", "t"]),
        (("k", "", "ɑːɹ"), ["k", "ɑː", "ɹ"]),
    ],
)
def test_a_label_for_two_sounds_is_laid_out_in_time(frames, said):
    found = reading(LABELS, PAD, "en")
    best = found.posteriors(peaks(*frames)).argmax(axis=1)
    named = [found.classes.labels[i] for i in best]
    assert [label for i, label in enumerate(named) if label and label != ([None, *named])[i]] == said


# --- a network of the class Wav2Vec2ForCTC ---


@pytest.fixture(scope="module")
def saved(tmp_path_factory) -> Path:
    """A tiny network with random weights, saved as transformers saves it, with the tokenizer of such models."""
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("hub") / "tiny-espeak"
    config = transformers.Wav2Vec2Config(
        vocab_size=len(LABELS), pad_token_id=PAD, hidden_size=32, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=64, conv_dim=(32,) * 7, num_conv_pos_embeddings=16, num_conv_pos_embedding_groups=2,
        do_stable_layer_norm=True, feat_extract_norm="layer",
    )  # fmt: skip
    transformers.Wav2Vec2ForCTC(config).save_pretrained(folder)
    transformers.Wav2Vec2FeatureExtractor(do_normalize=True, return_attention_mask=True).save_pretrained(folder)
    vocabulary = {label: i for i, label in enumerate(LABELS)}
    (folder / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False), encoding="utf-8")
    return folder


SAMPLE = next(clip for clip in clips(bundled("audio") / "samples") if clip.reading == "right" and clip.language == "en")


def test_its_posteriors_are_distributions_at_its_frame_rate(saved):
    recording = read(SAMPLE.path)
    found = HubModel(saved).posteriors(recording)
    assert set(found) == set(LANGUAGES)
    for posteriors in found.values():
        assert posteriors.frames_per_second == 50
        assert len(posteriors.log_probs) == pytest.approx(50 * recording.seconds, abs=2)
        assert np.allclose(np.exp(posteriors.log_probs).sum(axis=1), 1, atol=1e-6)


def test_what_it_hears_is_what_transformers_and_its_tokenizer_decode(saved, monkeypatch):
    """The tokenizer asks for espeak only to turn text into phones, which nobody does here."""
    import torch
    import transformers
    from transformers.models.wav2vec2_phoneme.tokenization_wav2vec2_phoneme import Wav2Vec2PhonemeCTCTokenizer

    monkeypatch.setattr(Wav2Vec2PhonemeCTCTokenizer, "init_backend", lambda self, language: None)
    tokenizer = Wav2Vec2PhonemeCTCTokenizer(str(saved / "vocab.json"), do_phonemize=False)
    samples = read(SAMPLE.path).samples
    prepare = transformers.AutoFeatureExtractor.from_pretrained(saved)
    network = transformers.Wav2Vec2ForCTC.from_pretrained(saved).eval()
    with torch.inference_mode():
        logits = network(prepare(samples, sampling_rate=16_000, return_tensors="pt").input_values).logits[0]
    decoded = tokenizer.decode(logits.argmax(-1)).split()
    ours = HubModel(saved)
    expected = [sound for label in decoded for sound in (from_espeak(label, "en") or ("other",))]
    assert expected
    assert ours.labels[PAD] == tokenizer.pad_token
    assert [ours.labels[tokenizer.convert_tokens_to_ids(label)] for label in decoded] == decoded


def test_it_scores_through_the_same_core_on_a_scale_of_its_own(saved):
    scorer = Scorer(load(), phone_model(saved))
    result = scorer.score(read(SAMPLE.path), scorer.book.find(SAMPLE.phrase), "en")
    assert result.model == "tiny-espeak"
    assert result.scale == "plain-gop of tiny-espeak"
    assert len(result.words) == len(SAMPLE.phrase and scorer.book.find(SAMPLE.phrase).en.split())
    worst_sounds(result)  # sounds of other languages among what was heard have names and advice, or none


def test_a_folder_with_a_model_toml_is_still_our_own():
    assert isinstance(phone_model(bundled("models") / "phones"), AcousticModel)


def copied(saved: Path, to: Path, **changed: str | None) -> Path:
    to.mkdir()
    for path in saved.iterdir():
        content = changed.get(path.name.replace(".", "_"), path.read_bytes())
        if content is not None:
            (to / path.name).write_bytes(content.encode() if isinstance(content, str) else content)
    return to


@pytest.mark.parametrize(
    "damage",
    [
        {"vocab_json": None},
        {"vocab_json": "[]"},
        {"vocab_json": '{"a": "b"}'},
        {"config_json": "{"},
        {"config_json": '{"architectures": ["BertModel"]}'},
        {"model_safetensors": "cut"},
        {"preprocessor_config_json": None},
    ],
    ids=str,
)
def test_a_damaged_model_is_refused_in_one_line(saved, tmp_path, damage):
    folder = copied(saved, tmp_path / "damaged", **damage)
    with pytest.raises(UserError, match="no usable CTC phone model") as refused:
        HubModel(folder).check()
    assert "\n" not in str(refused.value)


def test_a_model_of_letters_is_refused(saved, tmp_path):
    vocabulary = {label if i < 4 else f"letter{i}": i for i, label in enumerate(LABELS)}
    folder = copied(saved, tmp_path / "letters", vocab_json=json.dumps(vocabulary))
    with pytest.raises(UserError, match="does not know the sound"):
        HubModel(folder).check()


def test_without_torch_the_extra_is_named(saved, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "torch", None)
    with pytest.raises(UserError, match=r"pip install 'ruston\[hub\]'"):
        HubModel(saved).posteriors(Recording(np.zeros(16_000, dtype=np.float32), "silence", 16_000))
