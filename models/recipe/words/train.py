"""Train the small network that hears the words of one language, on a gathered corpus (corpus/gather.py).

    python -m recipe.words.train en|ru CORPUS_DIR RUN_DIR --aligned ALIGNED_DIR --minutes 40 [--from MODEL]

Every frame of every clip is taught the sound that lies there (align.py). Some clips are noise, hum and chords, in
which nothing is to be heard. Stops by the clock and goes on where it stopped. RUN_DIR: last.pt (everything),
model.safetensors (running mean of the weights, and how often each class was heard), log.jsonl.
"""

import argparse
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from rapidfuzz.distance import Levenshtein
from safetensors.torch import save_file
from torch import Tensor, nn

from recipe.classes import CLASSES
from recipe.paths import spoken
from recipe.phones.train import Corpus
from recipe.words.align import FRAME, Aligned
from recipe.words.augment import FLOOR, no_speech, stretched, varied
from recipe.words.export import read
from recipe.words.features import cosines, log_mel, mfcc
from recipe.words.network import SUBSAMPLING, WordNetwork

WINDOW_CENTRE = 0.0125  # s
BATCH_SECONDS = 20.0
PEAK = 3e-3  # learning rate
MEAN_DECAY = 0.995
NOTHING = 0.05  # share of clips without speech
EMPTY = 300  # clips without speech
SEED = 1975
# Shares of the sources in what is heard, by language of the clip. What is not of the language is heard for the teacher.
SHARES = {
    "en": {("en", "so762"): 0.55, ("en", "lj"): 0.20, ("en", "rhvoice"): 0.16, ("en", "reference"): 0.09},
    "ru": {
        ("ru", "festvox"): 0.20, ("ru", "converted"): 0.33, ("ru", "rhvoice"): 0.20, ("ru", "reference"): 0.03,
        ("ru", "word"): 0.02, ("en", "so762"): 0.22,
    },
}  # fmt: skip


@dataclass(frozen=True)
class Example:
    """features: [T, 40]; targets: [ceil(T / 3), classes]."""

    features: np.ndarray
    targets: np.ndarray


class Listening:
    """Draws clips of a corpus and makes examples of them, each time another way."""

    def __init__(self, language: str, folder: Path, aligned: Path, seed: int) -> None:
        self.corpus = Corpus(folder)
        self.classes = len(CLASSES[language])
        self.aligned = Aligned(aligned, self.classes)
        self.draw = np.random.default_rng(seed)
        self.mels: dict[int, np.ndarray] = {}
        self.empty = [no_speech(self.draw) for _ in range(EMPTY)]
        clips = [clip for clip in self.corpus.clips if clip["path"] in self.aligned]
        pools = {key: [c for c in clips if (c["language"], c["source"]) == key] for key in SHARES[language]}
        self.pools = {key: pool for key, pool in pools.items() if pool}
        # shares are of time: a source of long clips is drawn less often
        rate = [SHARES[language][key] / np.mean([c["length"] for c in pool]) for key, pool in self.pools.items()]
        self.rate = np.array(rate) / sum(rate)

    def batches(self) -> Iterator[list[Example]]:
        keys = list(self.pools)
        while True:
            drawn = [keys[i] for i in self.draw.choice(len(keys), 80, p=self.rate)]
            clips = [self.pools[key][self.draw.integers(len(self.pools[key]))] for key in drawn]
            examples = [self.example(clip, clips[self.draw.integers(len(clips))]) for clip in clips]
            examples.sort(key=lambda e: len(e.features))
            batches: list[list[Example]] = [[]]
            for one in examples:
                if (len(batches[-1]) + 1) * len(one.features) > BATCH_SECONDS * 100:
                    batches.append([])
                batches[-1].append(one)
            self.draw.shuffle(batches)
            yield from batches

    def mel(self, clip: dict) -> np.ndarray:
        if clip["start"] not in self.mels:
            self.mels[clip["start"]] = log_mel(self.corpus.heard(clip)).astype(np.float16)
        return self.mels[clip["start"]].astype(np.float32)

    def example(self, clip: dict, other: dict) -> Example:
        draw = self.draw
        if draw.random() < NOTHING:
            mel = varied(self.empty[draw.integers(len(self.empty))], self.mel(other), draw)
            nothing = np.zeros((-(-len(mel) // SUBSAMPLING), self.classes), dtype=np.float32)
            nothing[:, 0] = 1.0
            return Example(mel @ cosines().T, nothing)
        mel = self.mel(clip)
        factor = draw.uniform(0.9, 1.12)
        mel = stretched(mel, factor)
        before, after = (int(draw.uniform(0, 0.3) / FRAME) * SUBSAMPLING for _ in range(2))
        quiet = float(mel.min(axis=1).min()) if draw.random() < 0.7 else FLOOR
        mel = np.pad(mel, ((before, after), (0, 0)), constant_values=quiet)
        features = varied(mel, self.mel(other), draw) @ cosines().T
        frames = -(-len(features) // SUBSAMPLING)
        seconds = ((np.arange(frames) * FRAME + WINDOW_CENTRE) - before * 0.01) * factor
        return Example(features.astype(np.float32), self.aligned.at(clip["path"], seconds))


def stacked(examples: list[Example]) -> Tensor:
    """Features [batch, T, 40]; what is shorter goes on as it ends."""
    longest = max(len(e.features) for e in examples)
    batch = [np.pad(e.features, ((0, longest - len(e.features)), (0, 0)), mode="edge") for e in examples]
    return torch.from_numpy(np.stack(batch).astype(np.float32))


def loss_of(network: WordNetwork, examples: list[Example]) -> tuple[Tensor, Tensor]:
    """Cross-entropy a frame, and the mean posteriors [classes] of what was heard."""
    with torch.autocast("cpu", torch.bfloat16):
        log_probs = network(stacked(examples))
    heard = torch.cat([log_probs[i, : len(e.targets)] for i, e in enumerate(examples)]).float()
    targets = torch.from_numpy(np.concatenate([e.targets for e in examples]))
    return -(targets * heard).sum(-1).mean(), heard.detach().exp().mean(0)


def error_rates(network: WordNetwork, corpus: Corpus, language: str, most: int = 40) -> dict[str, float]:
    """Phone error rate without any grammar on what was held out, by source."""
    network.eval()
    rates = {}
    for source in ("so762", "festvox", "converted"):
        clips = [
            c for c in corpus.clips if (c["language"], c["source"], c["split"]) == (language, source, "held")
        ]  # fmt: skip
        wrong = said = 0
        for clip in clips[:: max(1, len(clips) // most)][:most]:
            with torch.inference_mode():
                log_probs = network(torch.from_numpy(mfcc(corpus.heard(clip)))[None])[0].numpy()
            target = corpus.target(clip)
            wrong += Levenshtein.distance(spoken(log_probs), target)
            said += len(target)
        if said:
            rates[source] = round(wrong / said, 4)
    network.train()
    return rates


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("language", choices=("en", "ru"))
    parser.add_argument("corpus", type=Path)
    parser.add_argument("run", type=Path)
    parser.add_argument("--aligned", type=Path, required=True)
    parser.add_argument("--from", dest="start", type=Path, help="weights to begin with")
    parser.add_argument("--minutes", type=float, default=25)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--width", type=int, default=320)
    parser.add_argument("--report", type=float, default=3, help="minutes between two checkpoints")
    arguments = parser.parse_args()
    torch.manual_seed(SEED)
    torch.set_num_threads(arguments.threads)
    arguments.run.mkdir(parents=True, exist_ok=True)
    language, classes = arguments.language, len(CLASSES[arguments.language])

    network = WordNetwork(classes, arguments.width)
    step, spent, heard_of = 0, 0.0, torch.full((classes,), 1 / classes)
    kept = torch.load(arguments.run / "last.pt") if (arguments.run / "last.pt").exists() else None
    listening = Listening(language, arguments.corpus, arguments.aligned, SEED + (kept["step"] if kept else 0))
    batches = listening.batches()
    if kept:
        network.load_state_dict(kept["network"])
    elif arguments.start:
        network, heard = read(arguments.start)
        heard_of = torch.from_numpy(heard)
    else:
        first = np.concatenate([e.features for _ in range(4) for e in next(batches)])
        network.mean.copy_(torch.from_numpy(first.mean(0)))
        network.deviation.copy_(torch.from_numpy(first.std(0)))
    optimiser = torch.optim.AdamW(
        network.train().parameters(), lr=0.0, betas=(0.9, 0.98), weight_decay=0.01, fused=True
    )
    mean = {key: value.detach().clone() for key, value in network.state_dict().items()}
    if kept:
        optimiser.load_state_dict(kept["optimiser"])
        step, spent, heard_of, mean = kept["step"], kept["spent"], kept["heard_of"], kept["mean"]
    averaged = WordNetwork(classes, arguments.width)

    limit = arguments.minutes * 60
    began, last_report, recent = time.monotonic() - spent, time.monotonic(), []
    while (spent := time.monotonic() - began) < limit:
        progress = spent / limit
        rate = PEAK * min(1.0, (step + 1) / 100) * min(1.0, max(0.01, (1 - progress) / 0.7))
        for group in optimiser.param_groups:
            group["lr"] = rate
        loss, heard = loss_of(network, next(batches))
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 2.0)
        optimiser.step()
        step += 1
        recent.append(loss.item())
        decay = min(MEAN_DECAY, 1 - 1 / (1 + 0.1 * step))
        heard_of.lerp_(heard, 1 - decay)
        with torch.no_grad():
            for key, value in network.state_dict().items():
                mean[key] = mean[key].lerp(value, 1 - decay) if value.is_floating_point() else value.clone()
        if time.monotonic() - last_report > arguments.report * 60 or time.monotonic() - began >= limit:
            averaged.load_state_dict(mean)
            line = {"step": step, "minutes": round(spent / 60, 1), "cpu": round(time.process_time() / 60, 1)}
            line |= {"loss": round(float(np.mean(recent)), 4), **error_rates(averaged, listening.corpus, language)}
            with (arguments.run / "log.jsonl").open("a") as log:
                log.write(json.dumps(line) + "\n")
            print(line, flush=True)
            weights = {key: value.contiguous() for key, value in mean.items()} | {"heard_of": heard_of.contiguous()}
            save_file(weights, arguments.run / "model.safetensors")
            kept = {"network": network.state_dict(), "optimiser": optimiser.state_dict(), "mean": mean, "step": step}
            torch.save(kept | {"spent": spent, "heard_of": heard_of}, arguments.run / "last.tmp")
            (arguments.run / "last.tmp").rename(arguments.run / "last.pt")
            last_report, recent = time.monotonic(), []


if __name__ == "__main__":
    main()
