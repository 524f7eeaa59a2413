"""Train the phone network on a gathered corpus (corpus/gather.py), from the weights of the one that ships (shipped.py)
or from Whisper's encoder (whisper.py), whose heads are then trained alone at first.

    python -m recipe.phones.train RUN_DIR CORPUS_DIR... --from phones-1.safetensors --minutes 70

Stops by the clock, goes on where it stopped: RUN_DIR holds last.pt (everything), best and last weights as safetensors
and log.jsonl. What is kept is the running mean of the weights. The schedule follows the clock, so a busy machine makes
fewer steps, not another recipe.

Every clip is heard twice, from other throats and elsewhere; besides CTC on the head of its language and on that of both
languages, the two have to look the same (as in Yao et al. 2024, arXiv 2410.05101). What tells the sound of every
hundredth of a second learns afterwards, on what came out (hundredths.py).
"""

import argparse
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, IterableDataset

from recipe.classes import ACCEPT, CLASSES, HEADS, UNION
from recipe.phones.augment import views
from recipe.phones.network import PhoneNetwork
from trainer.speech.features import levelled, log_mel

BATCH_SECONDS = 22.0
LONGEST = 14.0  # s
PEAK = 7.0e-5  # learning rate of the top layer and, times 5, of the heads
LAYER_DECAY = 0.8  # a layer learns slower than the one above it: the ears change less than what is made of them
MEAN_DECAY = 0.998
# CTC on a whole encoder with new heads stays silent for hundreds of steps: heads learn first, on frozen features.
HEADS_FIRST, HEADS_RATE = 0.08, 30.0  # share of the time, and their learning rate against PEAK
SEED = 1975
# Shares of the sources in what is heard, by the language of the sounds.
SHARES = {
    ("en", "so762"): 0.11, ("en", "lj"): 0.14, ("en", "natives"): 0.05, ("en", "reference"): 0.04,
    ("en", "errors-kokoro-native"): 0.04, ("en", "errors-kokoro-planted"): 0.10, ("en", "errors-kokoro-swapped"): 0.04,
    ("en", "errors-flite-native"): 0.02, ("en", "errors-flite-planted"): 0.04, ("en", "errors-flite-swapped"): 0.03,
    ("en", "errors-festival-native"): 0.01, ("en", "errors-festival-planted"): 0.02,
    ("en", "errors-festival-swapped"): 0.02, ("en", "rhvoice"): 0.03, ("en", "kokoro-en-native"): 0.03,
    ("en", "flite-ru-accent"): 0.04, ("en", "kokoro-ru-accent"): 0.04, ("ru", "errors-kokoro-planted"): 0.02,
    ("ru", "festvox"): 0.10, ("ru", "converted"): 0.05, ("ru", "rhvoice"): 0.06, ("ru", "word"): 0.04,
    ("ru", "natives"): 0.08, ("ru", "reference"): 0.03, ("ru", "rhvoice-ru-planted"): 0.06,
    ("ru", "rhvoice-en-accent"): 0.06,
}  # fmt: skip
LEARNERS = ("so762",)
UNHEARD = -20.0  # log-posterior of what a teacher does not tell of
ENGLISH = [UNION.index(f"en:{label}" if label else "") for label in CLASSES["en"]]
UNION_INDEX = {label: n for n, label in enumerate(UNION)}
ALIKE = 0.15  # weight of the two views' looking the same


class Corpus:
    def __init__(self, *folders: Path) -> None:
        self.samples = [np.memmap(folder / "samples.i16", dtype=np.int16, mode="r") for folder in folders]
        self.clips = [
            json.loads(line) | {"folder": n}
            for n, folder in enumerate(folders)
            for line in (folder / "index.jsonl").read_text(encoding="utf-8").splitlines()
        ]
        self.clips = [clip for clip in self.clips if clip["length"] <= LONGEST * 16_000]

    def heard(self, clip: dict) -> np.ndarray:
        samples = self.samples[clip["folder"]][clip["start"] : clip["start"] + clip["length"]]
        return samples.astype(np.float32) / 32768

    def target(self, clip: dict) -> list[int]:
        labels, stand_in = CLASSES[clip["language"]], ACCEPT[clip["language"]]
        return [labels.index(phone if phone in labels else stand_in[phone][0]) for phone in clip["phones"]]

    def said(self, clip: dict) -> list[int]:
        return [UNION_INDEX[label] if label in UNION_INDEX else stand_in(label) for label in clip["said"]]


def mixed(clip: dict) -> bool:
    """Whether sounds of both languages are said: no head of one language can say which."""
    return len({label.partition(":")[0] for label in clip["said"] if ":" in label}) > 1


def stand_in(label: str) -> int:
    language, phone = label.split(":")
    return UNION_INDEX[f"{language}:{ACCEPT[language][phone][0]}"]


@dataclass
class Batch:
    """Clips of like length, each in two rows that follow one another."""

    mel: Tensor  # [2 B, 80, T]
    frames: list[int]
    targets: list[list[int]]  # classes of the head of the language
    said: list[list[int]]  # classes of the union
    languages: list[str]
    learners: list[bool]


class Batches(IterableDataset):
    """Endless batches."""

    def __init__(self, folders: list[Path], seed: int) -> None:
        self.folders, self.seed = folders, seed

    def __iter__(self) -> Iterator[Batch]:
        torch.set_num_threads(1)
        corpus = Corpus(*self.folders)
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
                if batch and 2 * (len(batch) + 1) * clip["length"] > BATCH_SECONDS * 16_000:
                    batches.append(batch)
                    batch = []
                batch.append(clip)
            batches.append(batch)
            draw.shuffle(batches)
            for batch in batches:
                made = self._heard(corpus, batch, clips, draw)
                if made.frames:
                    yield made

    def _heard(self, corpus: Corpus, batch: list[dict], clips: list[dict], draw: np.random.Generator) -> Batch:
        mels: list[np.ndarray] = []
        out = Batch(torch.empty(0), [], [], [], [], [])
        for clip in batch:
            made = views(corpus.heard(clip), corpus.heard(clips[draw.integers(len(clips))]), draw)
            target = [] if mixed(clip) else corpus.target(clip)
            if made.mels[0].shape[1] // 2 <= 1.3 * len(clip["said"]) + 2:
                continue
            mels += made.mels
            for _ in made.mels:
                out.frames.append((made.mels[0].shape[1] + 1) // 2)
                out.targets.append(target)
                out.said.append(corpus.said(clip))
                out.languages.append(clip["language"])
                out.learners.append(clip["source"] in LEARNERS)
        if mels:
            out.mel = padded(mels)
        return out


def padded(mels: list[np.ndarray]) -> Tensor:
    longest = -(-max(mel.shape[1] for mel in mels) // 64) * 64
    out = np.full((len(mels), 80, longest), min(float(mel.min()) for mel in mels), dtype=np.float32)
    for i, mel in enumerate(mels):
        out[i, :, : mel.shape[1]] = mel
    return torch.from_numpy(out)


def hidden(network: PhoneNetwork, mel: Tensor, frames: list[int]) -> Tensor:
    mask = torch.arange(mel.shape[2] // 2) < torch.tensor(frames)[:, None]
    return network.encode(mel, mask[:, None, None, :])


def ctc(logits: Tensor, targets: list[list[int]], frames: list[int]) -> Tensor:
    flat = torch.tensor([phone for target in targets for phone in target])
    return F.ctc_loss(
        logits.log_softmax(-1).transpose(0, 1), flat, torch.tensor(frames), torch.tensor([len(t) for t in targets]),
        reduction="sum", zero_infinity=True,
    )  # fmt: skip


def loss_of(network: PhoneNetwork, batch: Batch, teacher: PhoneNetwork | None, heads_only: bool = False) -> Tensor:
    """Loss per phone. Learners' clips have the teacher's posteriors for their targets, where there is a teacher."""
    with torch.set_grad_enabled(not heads_only), torch.autocast("cpu", torch.bfloat16):
        x = hidden(network, batch.mel, batch.frames)
    x = x.float()
    there = torch.arange(x.shape[1]) < torch.tensor(batch.frames)[:, None]
    total = torch.zeros(())
    taught = [i for i, learner in enumerate(batch.learners) if teacher and learner]
    both = network.heads["both"](x)
    for language in CLASSES:
        told = [i for i, spoken in enumerate(batch.languages) if spoken == language and i not in taught]
        if told:
            pure = [i for i in told if batch.targets[i]]
            if pure:
                logits = network.heads[language](x[pure])
                total = total + ctc(logits, [batch.targets[i] for i in pure], [batch.frames[i] for i in pure])
                total = total + alike(logits, there[pure])
            frames = [batch.frames[i] for i in told]
            total = total + ctc(both[told], [batch.said[i] for i in told], frames)
    total = total + alike(both, there)
    if teacher and taught:
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
            seen = hidden(teacher, batch.mel[taught], [batch.frames[i] for i in taught])
        with torch.no_grad():
            english = teacher.heads["en"](seen.float()).log_softmax(-1)
            union = torch.full_like(both[taught], UNHEARD)
            union[..., ENGLISH] = english
        for logits, wanted in ((network.heads["en"](x[taught]), english), (both[taught], union)):
            apart = F.kl_div(logits.log_softmax(-1), wanted, reduction="none", log_target=True).sum(-1)
            total = total + (apart * there[taught]).sum()
    return total / sum(map(len, batch.said))


def alike(logits: Tensor, there: Tensor) -> Tensor:
    """How far the two views of each clip [2 B, T, V] are from one another, each against the other as it stands."""
    log_probs = logits.log_softmax(-1)
    swapped = log_probs.detach().view(-1, 2, *log_probs.shape[1:]).flip(1).reshape(log_probs.shape)
    apart = F.kl_div(log_probs, swapped, reduction="none", log_target=True).sum(-1)
    return ALIKE * (apart * there).sum()


def error_rates(network: PhoneNetwork, clips: list[tuple[dict, np.ndarray, list[int], list[int]]]) -> dict[str, float]:
    """Phone error rate of the free decode by language and source."""
    from rapidfuzz.distance import Levenshtein

    errors: dict[str, list[int]] = {}
    network.eval()
    with torch.inference_mode():
        for clip, mel, target, said in clips:
            outputs = dict(zip(network.heads, network(torch.from_numpy(mel)[None]), strict=False))
            for name, wanted in (*(((clip["language"], target),) if target else ()), ("both", said)):
                best = outputs[name][0].argmax(-1)
                heard = [int(c) for c in torch.unique_consecutive(best) if c]
                tally = errors.setdefault(f"{name}:{clip['source']}", [0, 0])
                tally[0] += Levenshtein.distance(heard, wanted)
                tally[1] += len(wanted)
    network.train()
    return {key: round(wrong / all_, 4) for key, (wrong, all_) in errors.items()}


def validation(corpus: Corpus, each: int = 8) -> list[tuple[dict, np.ndarray, list[int], list[int]]]:
    found = []
    for source in (
        "so762", "festvox", "errors-kokoro-planted", "errors-kokoro-swapped", "errors-flite-planted", "flite-ru-accent",
        "rhvoice-en-accent", "rhvoice-ru-planted",
    ):  # fmt: skip
        clips = [c for c in corpus.clips if c["source"] == source and c["split"] == "held"]
        for clip in clips[:: max(1, len(clips) // each)][:each]:
            mel = log_mel(levelled(corpus.heard(clip)))
            found.append((clip, mel, [] if mixed(clip) else corpus.target(clip), corpus.said(clip)))
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
    parser.add_argument("run", type=Path)
    parser.add_argument("corpus", type=Path, nargs="+", help="folders as corpus/gather.py makes them")
    parser.add_argument("--from", dest="origin", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=70)
    parser.add_argument(
        "--teach",
        action="store_true",
        help="learners' clips teach what the network of --from hears in them, not the phones they ought to hold: those "
        "make it overlook what learners do wrong",
    )
    parser.add_argument("--frozen", type=int, default=1, help="layers, from below, that stay as they are")
    parser.add_argument("--only", nargs="*", default=[], choices=HEADS, help="outputs to train, all else stays")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.manual_seed(SEED)
    torch.set_num_threads(arguments.threads)
    arguments.run.mkdir(parents=True, exist_ok=True)

    sizes = {name: len(labels) for name, labels in HEADS.items()}
    network = PhoneNetwork(sizes)
    known = network.state_dict()
    weights = {key: value.float() for key, value in load_file(arguments.origin).items() if key in known}
    missing = network.load_state_dict(weights, strict=False).missing_keys
    if any(not key.startswith("heads.") for key in missing):
        raise SystemExit(f"{arguments.origin}: no weights of this network, {missing[0]} is not there")
    teacher = None
    if arguments.teach:
        teacher = PhoneNetwork(sizes).eval()
        teacher.load_state_dict(weights)
    for part in (network.c1, network.c2, *network.layers[: arguments.frozen]):
        part.requires_grad_(False)
    if arguments.only:
        network.requires_grad_(False)
        for name in arguments.only:
            network.heads[name].requires_grad_(True)
    groups = parameter_groups(network)
    optimiser = torch.optim.AdamW(groups, betas=(0.9, 0.98), weight_decay=0.01)
    mean = {key: value.detach().clone() for key, value in network.state_dict().items()}
    step, spent = 0, 0.0
    if (arguments.run / "last.pt").exists():
        kept = torch.load(arguments.run / "last.pt")
        network.load_state_dict(kept["network"])
        optimiser.load_state_dict(kept["optimiser"])
        mean, step, spent = kept["mean"], kept["step"], kept["spent"]

    clips = validation(Corpus(*arguments.corpus))
    averaged = PhoneNetwork(sizes)
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
