"""Train the phone network on a gathered corpus (corpus.py), from the weights of the one that ships (shipped.py) or from
Whisper's encoder (whisper.py), whose heads are then trained alone at first.

    python models/recipe/train.py CORPUS_DIR RUN_DIR --from phones-1.safetensors --minutes 70

Stops by the clock, goes on where it stopped: RUN_DIR holds last.pt (everything), best and last weights as safetensors
and log.jsonl. What is kept is the running mean of the weights. The schedule follows the clock, so a busy machine makes
fewer steps, not another recipe.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, IterableDataset

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from augment import augmented
from classes import ACCEPT, CLASSES
from network import PhoneNetwork

from trainer.speech.features import log_mel

BATCH_SECONDS = 32.0
LONGEST = 14.0  # s
PEAK = 1.0e-4  # learning rate of the top layer and, times 5, of the heads
LAYER_DECAY = 0.8  # a layer learns slower than the one above it: the ears change less than what is made of them
MEAN_DECAY = 0.998
# CTC on a whole encoder with new heads stays silent for hundreds of steps: heads learn first, on frozen features.
HEADS_FIRST, HEADS_RATE = 0.08, 30.0  # share of the time, and their learning rate against PEAK
SEED = 1975
# Shares of the sources in what is heard.
SHARES = {
    ("en", "so762"): 0.30, ("en", "lj"): 0.08, ("en", "rhvoice"): 0.04, ("en", "reference"): 0.04,
    ("ru", "festvox"): 0.12, ("ru", "converted"): 0.15, ("ru", "rhvoice"): 0.19, ("ru", "reference"): 0.02,
    ("ru", "word"): 0.06,
}  # fmt: skip
LEARNERS = ("so762",)


class Corpus:
    def __init__(self, folder: Path) -> None:
        self.samples = np.memmap(folder / "samples.i16", dtype=np.int16, mode="r")
        self.clips = [json.loads(line) for line in (folder / "index.jsonl").read_text(encoding="utf-8").splitlines()]
        self.clips = [clip for clip in self.clips if clip["length"] <= LONGEST * 16_000]

    def heard(self, clip: dict) -> np.ndarray:
        return self.samples[clip["start"] : clip["start"] + clip["length"]].astype(np.float32) / 32768

    def target(self, clip: dict) -> list[int]:
        labels, stand_in = CLASSES[clip["language"]], ACCEPT[clip["language"]]
        return [labels.index(phone if phone in labels else stand_in[phone][0]) for phone in clip["phones"]]


class Batches(IterableDataset):
    """Endless batches (mel [B, 80, T], frames, targets, language and learner or not of each clip), of like length."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.seed = folder, seed

    def __iter__(self) -> Iterator[tuple[Tensor, list[int], list[list[int]], list[str], list[bool]]]:
        torch.set_num_threads(1)
        corpus = Corpus(self.folder)
        draw = np.random.default_rng(self.seed)
        pools = {
            key: [c for c in corpus.clips if (c["language"], c["source"]) == key and c["split"] == "train"]
            for key in SHARES
        }
        pools = {key: pool for key, pool in pools.items() if pool}
        keys = list(pools)
        # shares are of time: a source of long clips is drawn less often
        rate = np.array([SHARES[key] / np.mean([c["length"] for c in pools[key]]) for key in keys])
        rate /= rate.sum()
        while True:
            drawn = [keys[i] for i in draw.choice(len(keys), 160, p=rate)]
            clips = [pools[key][draw.integers(len(pools[key]))] for key in drawn]
            clips.sort(key=lambda clip: clip["length"])
            batches, batch = [], []
            for clip in clips:
                if batch and (len(batch) + 1) * clip["length"] > BATCH_SECONDS * 16_000:
                    batches.append(batch)
                    batch = []
                batch.append(clip)
            batches.append(batch)
            draw.shuffle(batches)
            for batch in batches:
                mels, targets, languages, learners = [], [], [], []
                for clip in batch:
                    other = clips[draw.integers(len(clips))]
                    mel = augmented(corpus.heard(clip), corpus.heard(other), draw)
                    target = corpus.target(clip)
                    if mel.shape[1] // 2 > 1.3 * len(target) + 2:
                        mels.append(mel)
                        targets.append(target)
                        languages.append(clip["language"])
                        learners.append(clip["source"] in LEARNERS)
                if mels:
                    yield padded(mels), [(m.shape[1] + 1) // 2 for m in mels], targets, languages, learners


def padded(mels: list[np.ndarray]) -> Tensor:
    longest = -(-max(mel.shape[1] for mel in mels) // 64) * 64
    out = np.full((len(mels), 80, longest), min(float(mel.min()) for mel in mels), dtype=np.float32)
    for i, mel in enumerate(mels):
        out[i, :, : mel.shape[1]] = mel
    return torch.from_numpy(out)


def hidden(network: PhoneNetwork, mel: Tensor, frames: list[int]) -> Tensor:
    mask = torch.arange(mel.shape[2] // 2) < torch.tensor(frames)[:, None]
    return network.encode(mel, mask[:, None, None, :])


def loss_of(
    network: PhoneNetwork, batch: tuple, teacher: PhoneNetwork | None = None, heads_only: bool = False
) -> Tensor:
    """Loss per phone: CTC, or for learners' clips, where there is a teacher, how far its posteriors are from theirs."""
    mel, frames, targets, languages, learners = batch
    with torch.autocast("cpu", torch.bfloat16), torch.set_grad_enabled(not heads_only):
        x = hidden(network, mel, frames)
    x = x.float()
    total = torch.zeros(())
    for language, head in network.heads.items():
        rows = [i for i, spoken in enumerate(languages) if spoken == language]
        taught = [i for i in rows if teacher and learners[i]]
        told = [i for i in rows if i not in taught]
        if told:
            log_probs = head(x[told]).log_softmax(-1).transpose(0, 1)
            flat = torch.tensor([phone for i in told for phone in targets[i]])
            lengths = torch.tensor([len(targets[i]) for i in told])
            total = total + F.ctc_loss(
                log_probs, flat, torch.tensor([frames[i] for i in told]), lengths, reduction="sum", zero_infinity=True
            )
        if teacher and taught:
            with torch.no_grad():
                with torch.autocast("cpu", torch.bfloat16):
                    seen = hidden(teacher, mel[taught], [frames[i] for i in taught])
                wanted = teacher.heads[language](seen.float()).log_softmax(-1)
            apart = F.kl_div(head(x[taught]).log_softmax(-1), wanted, reduction="none", log_target=True).sum(-1)
            there = torch.arange(apart.shape[1]) < torch.tensor([frames[i] for i in taught])[:, None]
            total = total + (apart * there).sum()
    return total / sum(map(len, targets))


def error_rates(network: PhoneNetwork, clips: list[tuple[dict, np.ndarray, list[int]]]) -> dict[str, float]:
    """Phone error rate of the free decode by language and source."""
    from rapidfuzz.distance import Levenshtein

    errors: dict[str, list[int]] = {}
    network.eval()
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        for clip, mel, target in clips:
            head = list(network.heads).index(clip["language"])
            best = network(torch.from_numpy(mel)[None])[head][0].float().argmax(-1)
            heard = [int(c) for c in torch.unique_consecutive(best) if c]
            tally = errors.setdefault(f"{clip['language']}-{clip['source']}", [0, 0])
            tally[0] += Levenshtein.distance(heard, target)
            tally[1] += len(target)
    network.train()
    return {key: round(wrong / all_, 4) for key, (wrong, all_) in errors.items()}


def validation(corpus: Corpus, each: int = 12) -> list[tuple[dict, np.ndarray, list[int]]]:
    found = []
    for source in ("so762", "festvox", "converted"):
        clips = [c for c in corpus.clips if c["source"] == source and c["split"] == "held"]
        for clip in clips[:: max(1, len(clips) // each)][:each]:
            found.append((clip, log_mel(corpus.heard(clip)), corpus.target(clip)))
    return found


def parameter_groups(network: PhoneNetwork) -> list[dict]:
    groups = [
        {"params": list(network.heads.parameters()), "scale": 5.0},
        {"params": list(network.ln.parameters()), "scale": 1.0},
    ]
    depth = len(network.layers)
    for i, layer in enumerate(network.layers):
        groups.append({"params": list(layer.parameters()), "scale": LAYER_DECAY ** (depth - 1 - i)})
    return [{**group, "lr": 0.0} for group in groups]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("run", type=Path)
    parser.add_argument("--from", dest="origin", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=70)
    parser.add_argument(
        "--teach",
        action="store_true",
        help="learners' clips teach what the network of --from hears in them, not the phones they ought to hold: those "
        "make it overlook what learners do wrong",
    )
    parser.add_argument("--frozen", type=int, default=1, help="layers, from below, that stay as they are")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.manual_seed(SEED)
    torch.set_num_threads(arguments.threads)
    arguments.run.mkdir(parents=True, exist_ok=True)

    network = PhoneNetwork({language: len(labels) for language, labels in CLASSES.items()})
    weights = {key: value.float() for key, value in load_file(arguments.origin).items()}
    missing = network.load_state_dict(weights, strict=False).missing_keys
    if any(not key.startswith("heads.") for key in missing):
        raise SystemExit(f"{arguments.origin}: no weights of this network, {missing[0]} is not there")
    teacher = None
    if arguments.teach:
        teacher = PhoneNetwork({language: len(labels) for language, labels in CLASSES.items()}).eval()
        teacher.load_state_dict(weights)
    for part in (network.c1, network.c2, *network.layers[: arguments.frozen]):
        part.requires_grad_(False)
    groups = parameter_groups(network)
    optimiser = torch.optim.AdamW(groups, betas=(0.9, 0.98), weight_decay=0.01)
    mean = {key: value.detach().clone() for key, value in network.state_dict().items()}
    step, spent = 0, 0.0
    if (arguments.run / "last.pt").exists():
        kept = torch.load(arguments.run / "last.pt")
        network.load_state_dict(kept["network"])
        optimiser.load_state_dict(kept["optimiser"])
        mean, step, spent = kept["mean"], kept["step"], kept["spent"]

    clips = validation(Corpus(arguments.corpus))
    averaged = PhoneNetwork({language: len(labels) for language, labels in CLASSES.items()})
    if step == 0:
        print({"step": 0, **error_rates(network, clips)}, flush=True)
    loader = iter(DataLoader(Batches(arguments.corpus, SEED + step), batch_size=None, num_workers=1, prefetch_factor=6))
    began, last_report, recent = time.monotonic() - spent, time.monotonic(), []
    limit = arguments.minutes * 60
    while (spent := time.monotonic() - began) < limit:
        progress = spent / limit
        heads_only = bool(missing) and progress < HEADS_FIRST
        rate = PEAK * min(1.0, (step + 1) / 100) * min(1.0, max(0.02, (1 - progress) / 0.7))
        for group in optimiser.param_groups:
            group["lr"] = PEAK * HEADS_RATE if heads_only else rate * group["scale"]
        loss = loss_of(network, next(loader), teacher, heads_only)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_((p for p in network.parameters() if p.requires_grad), 2.0)
        optimiser.step()
        step += 1
        recent.append(loss.item())
        decay = min(MEAN_DECAY, 1 - 1 / (1 + 0.1 * step))  # over about the last tenth of the way
        with torch.no_grad():
            for key, value in network.state_dict().items():
                mean[key].lerp_(value, 1 - decay)
        if time.monotonic() - last_report > 480 or time.monotonic() - began >= limit:
            averaged.load_state_dict(mean)
            line = {"step": step, "minutes": round(spent / 60, 1), "loss": round(float(np.mean(recent)), 4)}
            line |= error_rates(averaged, clips)
            with (arguments.run / "log.jsonl").open("a") as log:
                log.write(json.dumps(line) + "\n")
            print(line, flush=True)
            save_file({k: v.half().contiguous() for k, v in mean.items()}, arguments.run / "model.safetensors")
            kept = {"network": network.state_dict(), "optimiser": optimiser.state_dict(), "mean": mean, "step": step}
            torch.save(kept | {"spent": spent}, arguments.run / "last.tmp")
            (arguments.run / "last.tmp").rename(arguments.run / "last.pt")
            last_report, recent = time.monotonic(), []


if __name__ == "__main__":
    main()
