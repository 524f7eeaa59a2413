"""Fit the raters: from what was seen of learners' calls (observe.py) to what experts said of them.

    python -m recipe.phones.calibrate seen.pkl MODEL_DIR

A small transformer over the phones of a call (after GOPT, Gong et al. 2022) with heads for phones, words and the call.
Figures are cross-validated over speakers; what ships is the mean of the networks of all folds. `ratings-en.npz` sees
everything; `ratings-ru.npz` sees only what means the same in every language, and is fitted on the same English
learners, for nobody has scored learners' Russian. English is rated by both, the latter with a share of `BESIDE`: they
are wrong about other words.
"""

import argparse
import json
import pickle
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from recipe.corpus.strangers import unknown
from recipe.phones.thresholds import BESIDE
from trainer.bench.accuracy import WRONG_WORD, Item
from trainer.bench.measures import correlation, precision_recall_f1, rank_correlation
from trainer.scoring.observations import Observations
from trainer.scoring.ratings import CALL_ASPECTS, WORD_ASPECTS

WIDTH, LAYERS, HEADS, SQUEEZED = 48, 2, 4, 24
EPOCHS, BATCH, RATE, FOLDS, SEED = 14, 25, 2e-3, 5, 1975
FAULTY_PHONE = 1.0  # of 2: most experts heard another phone
UNSEEN = 1e6
FAR = 20.0  # outside of a word
WORD_WEIGHTS, CALL_WEIGHTS = torch.tensor([0.05, 0.02, 0.05]), torch.tensor([0.1, 0.1, 0.1, 0.01, 0.1])

Example = tuple[Item, Observations]
Given = tuple[np.ndarray, ...]  # ratings of a call: phones, words, the whole


class Layer(nn.Module):
    """Pre-norm transformer layer."""

    def __init__(self) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.qkv, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.up, self.down = nn.Linear(WIDTH, 2 * WIDTH), nn.Linear(2 * WIDTH, WIDTH)
        self.drop = nn.Dropout(0.1)

    def forward(self, x: Tensor, there: Tensor) -> Tensor:
        batch, phones, _ = x.shape
        q, k, v = self.qkv(self.norm1(x)).view(batch, phones, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=there[:, None, None, :])
        x = x + self.drop(self.out(mixed.transpose(1, 2).reshape(batch, phones, WIDTH)))
        return x + self.drop(self.down(F.gelu(self.up(self.norm2(x)), approximate="tanh")))


class RatingNetwork(nn.Module):
    """For a batch of calls: phones [B, N] 0-2, words [B, M, 3] 0-10, call [B, 5] 0-10.

    neutral [B, N, F], call [B, G], member [B, M, N], there [B, N]; with the language's own head also odds [B, N, V],
    hidden [B, N, H], phone [B, N]. trainer/scoring/rating_network.py is the same in NumPy, for one call.
    """

    def __init__(self, neutral: int, call: int, odds: int = 0, hidden: int = 0) -> None:
        super().__init__()
        self.full = odds > 0
        for name, size in (("neutral", neutral), ("call", call), ("hidden", hidden)):
            if size:
                self.register_buffer(f"{name}_mean", torch.zeros(size))
                self.register_buffer(f"{name}_scale", torch.ones(size))
        self.neutral = nn.Linear(neutral, WIDTH)
        if self.full:
            self.odds, self.squeeze = nn.Linear(odds, SQUEEZED), nn.Linear(hidden, SQUEEZED)
            self.phone = nn.Embedding(odds, SQUEEZED)
            self.join = nn.Linear(3 * SQUEEZED, WIDTH)
        self.of_call = nn.Linear(call, WIDTH)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.drop, self.drop_hidden = nn.Dropout(0.1), nn.Dropout(0.4)
        self.norm = nn.LayerNorm(WIDTH)
        self.to_phone = nn.Linear(WIDTH, 1)
        self.word1, self.word2 = nn.Linear(2 * WIDTH + 2, WIDTH), nn.Linear(WIDTH, len(WORD_ASPECTS))
        self.call1, self.call2 = nn.Linear(3 * WIDTH + 2, WIDTH), nn.Linear(WIDTH, len(CALL_ASPECTS))

    def forward(self, given: dict[str, Tensor]) -> tuple[Tensor, Tensor, Tensor]:
        member, there = given["member"], given["there"]
        x = self.neutral((given["neutral"] - self.neutral_mean) / self.neutral_scale)
        if self.full:
            inner = self.squeeze(self.drop_hidden((given["hidden"] - self.hidden_mean) / self.hidden_scale))
            parts = torch.cat([self.odds(given["odds"] + 3), inner, self.phone(given["phone"])], -1)
            x = x + self.join(gelu(parts))
        whole = gelu(self.of_call((given["call"] - self.call_mean) / self.call_scale))
        x = self.drop(x + whole[:, None])
        for layer in self.layers:
            x = layer(x, there)
        x = self.norm(x)
        phones = 2 - F.softplus(self.to_phone(x)[..., 0])
        share = member / member.sum(2, keepdim=True).clamp(min=1)
        worst = (phones[:, None] + FAR * (1 - member)).min(dim=2).values.clamp(max=2)
        pooled = share @ x
        strongest = (x[:, None] - FAR * (1 - member[..., None])).max(dim=2).values.clamp(min=-FAR / 2)
        ends = torch.cat([pooled, strongest, (share @ phones[..., None]), worst[..., None]], -1)
        words = 10 - F.softplus(self.word2(gelu(self.word1(ends))))
        exists = there.float()
        each = exists / exists.sum(1, keepdim=True)
        real = (member.sum(2) > 0).float()
        each_word = real / real.sum(1, keepdim=True)
        top = (x - FAR * (1 - exists[..., None])).max(dim=1).values
        means = [(each * phones).sum(1)[:, None], (each_word * words[..., 2]).sum(1)[:, None]]
        summary = torch.cat([(each[..., None] * x).sum(1), top, whole, *means], -1)
        return phones, words, 10 - F.softplus(self.call2(gelu(self.call1(summary))))


def gelu(x: Tensor) -> Tensor:
    return F.gelu(x, approximate="tanh")


def batch_of(examples: list[Example], full: bool) -> dict[str, Tensor]:
    """Padded to the longest call."""
    seen = [one for _item, one in examples]
    phones, words = max(len(s.phone) for s in seen), max(s.word[-1] + 1 for s in seen)
    names = ["neutral", *(["odds", "hidden", "phone"] if full else [])]
    given = {name: pad([getattr(s, name) for s in seen], phones) for name in names}
    member = torch.zeros(len(seen), words, phones)
    there = torch.zeros(len(seen), phones, dtype=torch.bool)
    for i, s in enumerate(seen):
        member[i, torch.from_numpy(s.word), torch.arange(len(s.word))] = 1
        there[i, : len(s.word)] = True
    return given | {"call": torch.from_numpy(np.stack([s.call for s in seen])), "member": member, "there": there}


def pad(arrays: list[np.ndarray], length: int) -> Tensor:
    out = torch.zeros((len(arrays), length, *arrays[0].shape[1:]), dtype=torch.from_numpy(arrays[0][:0]).dtype)
    for i, array in enumerate(arrays):
        out[i, : len(array)] = torch.from_numpy(array)
    return out


def truth(examples: list[Example], phones: int, words: int) -> tuple[Tensor, Tensor, Tensor]:
    items = [item for item, _seen in examples]
    marks = [np.array([item.words[aspect] for aspect in WORD_ASPECTS], dtype=np.float32).T for item in items]
    return (
        pad([np.array(item.phones, dtype=np.float32) for item in items], phones),
        pad(marks, words),
        torch.tensor([[item.call[aspect] for aspect in CALL_ASPECTS] for item in items]),
    )


def fit(
    examples: list[Example], full: bool, seed: int, epochs: int = EPOCHS, origin: dict[str, Tensor] | None = None
) -> RatingNetwork:
    torch.manual_seed(seed)
    first = examples[0][1]
    sizes = (first.odds.shape[1], first.hidden.shape[1]) if full else (0, 0)
    network = RatingNetwork(first.neutral.shape[1], len(first.call), *sizes)
    for name in ("neutral", "call", *(["hidden"] if full else [])):
        all_ = [getattr(seen, name) for _item, seen in examples]
        stacked = np.stack(all_) if name == "call" else np.concatenate(all_)
        getattr(network, f"{name}_mean").copy_(torch.from_numpy(stacked.mean(0)))
        spread = stacked.std(0)
        spread[spread < 1e-3] = UNSEEN  # what never varies here (Russian softness, say) must not count elsewhere
        getattr(network, f"{name}_scale").copy_(torch.from_numpy(spread))
    with torch.no_grad():  # begin at the mean marks
        network.to_phone.bias.fill_(-2.0)
        network.word2.bias.fill_(0.0)
        network.call2.bias.fill_(1.5)
    if origin:
        scales = {name: value for name, value in network.state_dict().items() if name.endswith(("_mean", "_scale"))}
        unseen = (
            network.neutral.in_features - origin["neutral.weight"].shape[1]
        )  # observations new since: no weight yet
        origin = origin | {"neutral.weight": F.pad(origin["neutral.weight"], (0, unseen))}
        network.load_state_dict(origin | scales)
    optimiser = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=0.02)
    by_length = sorted(examples, key=lambda example: len(example[1].phone))
    chunks = [by_length[i : i + BATCH] for i in range(0, len(by_length), BATCH)]
    batches = []
    for chunk in chunks:
        given = batch_of(chunk, full)
        batches.append((given, truth(chunk, given["there"].shape[1], given["member"].shape[1])))
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=epochs * len(batches), pct_start=0.15)
    for _epoch in range(epochs):
        for b in torch.randperm(len(batches)):
            given, (marks, word_marks, call_marks) = batches[b]
            phones, words, call = network(given)
            real = given["member"].sum(2) > 0
            loss = ((phones - marks)[given["there"]] ** 2).mean()
            loss = loss + (((words - word_marks)[real] ** 2) * WORD_WEIGHTS).sum(-1).mean()
            loss = loss + (((call - call_marks) ** 2) * CALL_WEIGHTS).sum(-1).mean()
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
    return network.eval()


def predicted(network: RatingNetwork, examples: list[Example], full: bool) -> list[tuple[np.ndarray, ...]]:
    found = []
    with torch.inference_mode():
        for example in examples:
            phones, words, call = network(batch_of([example], full))
            found.append((phones[0].numpy(), words[0].numpy(), call[0].numpy()))
    return found


def figures(examples: list[Example], given: list[tuple[np.ndarray, ...]]) -> dict[str, float]:
    phones = np.concatenate([g[0] for g in given])
    human = np.concatenate([item.phones for item, _ in examples])
    found = {"phone_pcc": correlation(phones, human), "phone_spearman": rank_correlation(phones, human)}
    found |= {"phone_mse": float(((np.clip(phones, 0, 2) - human) ** 2).mean())}
    limit, best = flag_limit(phones, human < FAULTY_PHONE, np.arange(0.6, 1.9, 0.02))
    found |= {"phone_flag_f1": best, "phone_flag_limit": limit}
    words = np.concatenate([g[1] for g in given])
    for i, aspect in enumerate(WORD_ASPECTS):
        truth = np.concatenate([item.words[aspect] for item, _ in examples])
        found[f"word_{aspect}"] = correlation(words[:, i], truth)
        found[f"word_{aspect}_spearman"] = rank_correlation(words[:, i], truth)
    wrong = np.concatenate([item.words["accuracy"] for item, _ in examples]) < WRONG_WORD
    limit, best = flag_limit(words[:, 0], wrong, np.arange(3.0, 9.6, 0.1))
    found |= {"word_flag_f1": best, "word_flag_limit": limit}
    call = np.stack([g[2] for g in given])
    for i, aspect in enumerate(CALL_ASPECTS):
        marks = [item.call[aspect] for item, _ in examples]
        found[f"call_{aspect}"] = correlation(call[:, i], marks)
        found[f"call_{aspect}_spearman"] = rank_correlation(call[:, i], marks)
    return {name: round(value, 4) for name, value in found.items()}


def flag_limit(marks: np.ndarray, wrong: np.ndarray, limits: np.ndarray) -> tuple[float, float]:
    """Below which mark a phone or a word is best called wrong, by F1."""
    scores = [precision_recall_f1(marks < limit, wrong)[2] for limit in limits]
    return float(limits[int(np.argmax(scores))]), float(max(scores))


def save(members: list[RatingNetwork], path: Path) -> None:
    """The weights of all members, as float16, under their names with the number of the member before."""
    arrays = {
        f"{i}.{name}": value.numpy().astype(np.float16 if value.ndim > 1 else np.float32)
        for i, member in enumerate(members)
        for name, value in member.state_dict().items()
    }
    np.savez(path, **arrays)


def origin(folder: Path | None, kind: str, fold: int) -> dict[str, Tensor] | None:
    if folder is None:
        return None
    kept = np.load(folder / f"ratings-{kind}.npz")
    own = [name for name in kept.files if name.startswith(f"{fold}.")]
    return {name.partition(".")[2]: torch.from_numpy(kept[name].astype(np.float32)) for name in own}


def mixed(own: list[Given], beside: dict[str, list[Given]], shares: dict[str, float]) -> list[Given]:
    """Ratings of calls by a language's raters and, with their shares, by others."""
    rest = 1 - sum(shares.values())
    return [
        tuple(rest * part + sum(shares[name] * beside[name][i][p] for name in shares) for p, part in enumerate(parts))
        for i, parts in enumerate(own)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("seen", type=Path)
    parser.add_argument("model", type=Path)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--from", dest="origin", type=Path, help="begin with the raters of another model, fold by fold")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    examples: list[Example] = pickle.loads(arguments.seen.read_bytes())
    speakers = sorted({item.speaker for item, _ in examples})
    strangers = set(unknown(speakers))
    fold = {speaker: i % FOLDS for i, speaker in enumerate(speakers)}
    made: dict[str, list[Given]] = {}
    for kind in ("en", "ru"):
        full = kind == "en"
        members, given = [], [()] * len(examples)
        for f in range(FOLDS):
            rest = [example for example in examples if fold[example[0].speaker] != f]
            inside = [i for i, example in enumerate(examples) if fold[example[0].speaker] == f]
            members.append(fit(rest, full, SEED + f, arguments.epochs, origin(arguments.origin, kind, f)))
            for i, made in zip(inside, predicted(members[-1], [examples[i] for i in inside], full), strict=True):
                given[i] = made
            print(kind, f, figures([examples[i] for i in inside], [given[i] for i in inside]), flush=True)
        made[kind] = given
        path = arguments.model / f"ratings-{kind}.npz"
        save(members, path)
        print(f"{path}: {path.stat().st_size / 1e6:.1f} MB")
    new = [i for i, example in enumerate(examples) if example[0].speaker in strangers]
    for kind, own in made.items():
        given = mixed(own, {other: made[other] for other in BESIDE[kind]}, BESIDE[kind])
        found = {
            "all speakers": figures(examples, given),
            "speakers unknown to the network": figures([examples[i] for i in new], [given[i] for i in new]),
        }
        print(kind, json.dumps(found, indent=1), flush=True)
        written = json.dumps(found, indent=1) + "\n"
        (arguments.model / f"ratings-{kind}.json").write_text(written, encoding="utf-8")


if __name__ == "__main__":
    main()
