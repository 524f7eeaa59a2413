"""Train what tells the sound of every hundredth of a second (network.FrameNetwork), on an encoder that stays as it is.

    python -m recipe.phones.hundredths WEIGHTS.safetensors OUT.safetensors CORPUS_DIR... --minutes 20

Every clip is heard by the encoder once, elsewhere and from another throat, and what it makes of it is kept; then
stretches of that are learnt from, which is quick. First come clips whose times are known, by flite, festival and the
labels of festvox-ru; then the sounds of the others are placed by what has been learnt. OUT.safetensors are the weights
of both.
"""

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn import functional as F

from recipe.classes import HEADS, UNION
from recipe.paths import viterbi
from recipe.phones.augment import views
from recipe.phones.network import FrameNetwork, PhoneNetwork
from recipe.phones.train import Corpus

# Clips of each source, at the most.
CLIPS = {
    "lj": 385, "festvox": 590, "natives": 1400, "reference": 400, "so762": 700, "flite-ru-accent": 500,
    "errors-flite-native": 400, "errors-flite-planted": 700, "errors-flite-swapped": 400, "errors-festival-native": 150,
    "errors-festival-planted": 300, "errors-festival-swapped": 150, "errors-kokoro-native": 400,
    "errors-kokoro-planted": 600, "errors-kokoro-swapped": 300,
}  # fmt: skip
SECONDS, BATCH = 1.6, 32  # of a stretch, and stretches at once
RATE, KNOWN_FIRST = 1.5e-3, 0.4  # learning rate; share of the time before the sounds of other clips are placed
UNSEEN = 0.15  # of the stretches, for which either layer of the encoder is taken away: the other and the mel must do
UNPLACED = -1
LEAD = 1.0  # nats by which silence has to be likelier
SEED = 1975


@dataclass(frozen=True, eq=False)
class Heard:
    """A clip as the encoder hears it: mel [80, T], two layers [ceil(T / 2), width], the class of each frame [T]."""

    mel: NDArray[np.float16]
    halfway: NDArray[np.float16]
    hidden: NDArray[np.float16]
    said: list[int]
    classes: NDArray[np.int64]


def heard(corpus: Corpus, clips: list[dict], network: PhoneNetwork, draw: np.random.Generator) -> Iterator[Heard]:
    for clip in clips:
        other = corpus.heard(clips[draw.integers(len(clips))])
        made = views(corpus.heard(clip), other, draw, count=1)
        mel, said = made.mels[0], corpus.said(clip)
        if mel.shape[1] <= 3 * len(said):
            continue
        with torch.inference_mode():
            layers = network.encoded(torch.from_numpy(mel)[None])
        halfway, hidden = (layer[0].numpy().astype(np.float16) for layer in layers)
        classes = np.full(mel.shape[1], 0 if clip["spans"] else UNPLACED, np.int64)
        at = (np.arange(len(classes)) + 0.5) / 100
        for sound, span in zip(said, clip["spans"], strict=False):
            start, end = ((edge + made.lead) / made.tempo + made.late[0] for edge in span)
            classes[(start <= at) & (at < end)] = sound
        yield Heard(mel.astype(np.float16), halfway, hidden, said, classes)


def seen(network: FrameNetwork, one: Heard) -> NDArray[np.float32]:
    """Log-posteriors [T, classes]."""
    with torch.inference_mode():
        given = (torch.from_numpy(part.astype(np.float32))[None] for part in (one.mel, one.halfway, one.hidden))
        return network(*given)[0].numpy()


def placed(network: FrameNetwork, clips: list[Heard]) -> None:
    """Write down where the sounds of clips lie by what the network has learnt."""
    for one in clips:
        likely = seen(network, one)
        found = viterbi(likely[:, one.said], likely[:, 0] - LEAD)
        if found is None:
            continue
        one.classes[:] = 0
        for sound, (start, end) in zip(one.said, found, strict=True):
            one.classes[start:end] = sound


def stretches(clips: list[Heard], draw: np.random.Generator) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Mel [B, 80, T], both layers [B, T / 2, width], classes [B, T]."""
    half = int(SECONDS * 50)
    lengths = np.array([one.mel.shape[1] for one in clips], dtype=np.float64)
    out: list[list[NDArray]] = [[], [], [], []]
    for n in draw.choice(len(clips), BATCH, p=lengths / lengths.sum()):
        one = clips[n]
        spare = one.mel.shape[1] // 2 - half
        start = int(draw.integers(0, spare + 1)) if spare > 0 else 0
        short = max(0, -spare)
        fine, coarse = slice(2 * start, 2 * (start + half - short)), slice(start, start + half - short)
        tail = ((0, short), (0, 0))
        out[0].append(np.pad(one.mel[:, fine], ((0, 0), (0, 2 * short)), constant_values=one.mel.min()))
        for column, layer in ((1, one.halfway), (2, one.hidden)):
            rows = layer[coarse] * np.float16(draw.random() >= UNSEEN)
            out[column].append(np.pad(rows, tail))
        out[3].append(np.pad(one.classes[fine], (0, 2 * short), constant_values=UNPLACED))
    mel, halfway, hidden, classes = (torch.from_numpy(np.stack(part)) for part in out)
    return mel.float(), halfway.float(), hidden.float(), classes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights", type=Path, help="of the encoder")
    parser.add_argument("out", type=Path)
    parser.add_argument("corpus", type=Path, nargs="+", help="folders as corpus/gather.py makes them")
    parser.add_argument("--minutes", type=float, default=20, help="of learning, after all has been heard")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.manual_seed(SEED)
    torch.set_num_threads(arguments.threads)
    draw = np.random.default_rng(SEED)
    encoder = PhoneNetwork({name: len(labels) for name, labels in HEADS.items()}).eval()
    weights = {key: value.float() for key, value in load_file(arguments.weights).items()}
    weights = {key: value for key, value in weights.items() if key in encoder.state_dict()}
    encoder.load_state_dict(weights)
    corpus = Corpus(*arguments.corpus)
    chosen = []
    for source, most in CLIPS.items():
        clips = [clip for clip in corpus.clips if clip["source"] == source and clip["split"] == "train"]
        chosen += [clips[n] for n in draw.permutation(len(clips))[:most]]
    all_ = list(heard(corpus, chosen, encoder, draw))
    known = [one for one in all_ if one.classes[0] != UNPLACED]
    others = [one for one in all_ if one.classes[0] == UNPLACED]
    print(f"{len(known)} clips with known times, {len(others)} others", flush=True)

    network = FrameNetwork(len(UNION))
    optimiser = torch.optim.AdamW(network.parameters(), RATE, weight_decay=0.02)
    mean = {key: value.clone() for key, value in network.state_dict().items()}
    began, step, recent, pool = time.monotonic(), 0, [], known
    while (progress := (time.monotonic() - began) / (60 * arguments.minutes)) < 1:
        if pool is known and progress > KNOWN_FIRST and others:
            placed(network, others)
            pool = all_
        for group in optimiser.param_groups:
            group["lr"] = RATE * min(1.0, (step + 1) / 50) * max(0.02, min(1.0, (1 - progress) / 0.5))
        mel, halfway, hidden, classes = stretches(pool, draw)
        likely = network(mel, halfway, hidden)
        loss = F.nll_loss(likely.transpose(1, 2), classes, ignore_index=UNPLACED)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 2.0)
        optimiser.step()
        step += 1
        recent.append(loss.item())
        with torch.no_grad():
            for key, value in network.state_dict().items():
                mean[key].lerp_(value, 1 / min(step, 200))
        if step % 100 == 0:
            print({"step": step, "progress": round(progress, 3), "loss": round(float(np.mean(recent)), 4)}, flush=True)
            recent = []
    weights |= {f"hundredths.{key}": value for key, value in mean.items()}
    save_file({key: value.half().contiguous() for key, value in weights.items()}, arguments.out)


if __name__ == "__main__":
    main()
