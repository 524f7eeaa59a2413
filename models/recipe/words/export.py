"""From trained weights to a folder that Vosk loads.

    python -m recipe.words.export en|ru RUN_DIR/model.safetensors WORDS.tsv OUT_DIR

Batch norm and the scaling of the input go into the affine parts below and above them.
"""

import argparse
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor

from recipe.words.features import CONF
from recipe.words.kaldi import Layer, Network, write
from recipe.words.network import SUBSAMPLING, Spliced, WordNetwork
from recipe.words.vocabulary import shell
from trainer.languages import Language
from trainer.speech.vocabulary import MANIFEST, WORDS, Manifest
from trainer.speech.wordgraph import Costs, Word, build, class_of, files


@dataclass(frozen=True)
class Settings:
    """prior: power of the classes' priors that is taken off; scale: of what is heard against the costs of the graph;
    beam: how far below the best a path may be. In nats: penalty, that a frame of speech outside the words costs; pause,
    a frame of silence inside a word; insertion, a word."""

    prior: float
    penalty: float
    pause: float
    insertion: float
    scale: float
    beam: float


# Chosen on the choosing half of corpus/strangers.py, ktuberling's words, held-out sentences, never asterisk's prompts.
SETTINGS = {
    "en": Settings(prior=0.4, penalty=1.6, pause=0.5, insertion=-1.0, scale=0.2, beam=5.5),
    "ru": Settings(prior=0.4, penalty=2.0, pause=0.5, insertion=-0.5, scale=0.4, beam=6.0),
}
DECODING = """\
--min-active=200
--max-active=1500
--beam={beam}
--lattice-beam=3.0
--acoustic-scale={scale}
--frame-subsampling-factor=3
--frames-per-chunk=12
--endpoint.silence-phones=1
--endpoint.rule2.min-trailing-silence=0.5
--endpoint.rule3.min-trailing-silence=1.0
--endpoint.rule4.min-trailing-silence=2.0
"""
RARE = 1e-4  # least prior


def folded(part: Spliced, step: int, norm: torch.nn.BatchNorm1d | None, around: int = 0) -> Layer:
    """An affine part with the batch norm behind it. step: its frames in those of 10 ms."""
    weight, bias = part.affine.weight.detach().double(), part.affine.bias
    bias = torch.zeros(len(weight)).double() if bias is None else bias.detach().double()
    if norm:
        scale = norm.weight.double() / (norm.running_var.double() + norm.eps).sqrt()
        weight = weight * scale[:, None]
        bias = (bias - norm.running_mean.double()) * scale + norm.bias.double()
    offsets = tuple(offset * step for offset in part.offsets)
    return Layer(offsets, single(weight), single(bias), relu=norm is not None, around=around)


def single(values: Tensor) -> np.ndarray:
    return values.detach().float().numpy()


def layers(network: WordNetwork) -> tuple[Layer, ...]:
    first = folded(network.first, 1, network.first_norm)
    size = len(first.offsets)
    deviation, mean = (np.tile(single(values), size) for values in (network.deviation, network.mean))
    weight = first.weight / deviation
    found = [Layer(first.offsets, weight, first.bias - weight @ mean, relu=True)]
    found.append(folded(network.second, 1, network.second_norm))
    for block in network.blocks:
        found.append(folded(block.narrow, SUBSAMPLING, None))
        found.append(folded(block.wide, SUBSAMPLING, block.norm, around=2))
    found.append(Layer((0,), single(network.out.weight), single(network.out.bias)))
    return tuple(found)


def read(weights: Path) -> tuple[WordNetwork, np.ndarray]:
    """The network, and how often each class was heard."""
    state = load_file(weights)
    heard = single(state.pop("heard_of"))
    network = WordNetwork(len(heard), len(state["second_norm.bias"]), len(state["blocks.0.narrow.affine.weight"]))
    network.load_state_dict(state)
    return network.eval(), heard


def prior_of(heard: np.ndarray, power: float) -> np.ndarray:
    """Logarithms to take off, of how often each class was heard."""
    return (power * np.log(np.maximum(heard / heard.sum(), RARE))).astype(np.float32)


def network_of(weights: Path, prior: float, penalty: float) -> Network:
    trained, heard = read(weights)
    return Network(layers(trained), prior_of(heard, prior), penalty)


def export(weights: Path, words: list[Word], language: Language, settings: Settings, out: Path) -> None:
    model = shell(language, Costs(pause=settings.pause, insertion=settings.insertion))
    network = network_of(weights, settings.prior, settings.penalty)
    graph = build(words, model.labels, model.costs)
    outputs = [class_of(phone, len(model.labels)) for phone in range(1, graph.phones + 1)]
    write(out / "am" / "final.mdl", network, outputs)
    (out / "conf").mkdir(parents=True, exist_ok=True)
    (out / "conf" / "mfcc.conf").write_text(CONF)
    (out / "conf" / "model.conf").write_text(DECODING.format(scale=settings.scale, beam=settings.beam))
    for path, content in files(words, model.labels, model.costs).items():
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        (out / path).write_bytes(content)
    (out / MANIFEST).write_text(described(model), encoding="utf-8")


def described(model: Manifest) -> str:
    """model.toml."""
    quoted = ", ".join(f'"{label}"' for label in model.labels)
    accept = "".join(f'"{phone}" = "{label}"\n' for phone, label in model.accept.items())
    return (
        "# Written by models/recipe/words/export.py. labels: the classes of the network, the CTC blank first. accept:\n"
        "# which of them counts as a phone of the lexicon without one. Costs of the graph are in nats (wordgraph.py).\n"
        f'name = "{model.name}"\nlanguage = "{model.language}"\nlicence = "{model.licence}"\nlabels = [{quoted}]\n'
        f"silence = {model.silence}\npause = {model.pause}\nother = {model.other}\ninsertion = {model.insertion}\n"
        f"\n[accept]\n{accept}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("language", choices=("en", "ru"))
    parser.add_argument("weights", type=Path)
    parser.add_argument("words", type=Path)
    parser.add_argument("out", type=Path)
    for field in fields(Settings):
        parser.add_argument(f"--{field.name}", type=float, help=f"instead of what was chosen: {field.name}")
    a = parser.parse_args()
    rows = [line.split("\t") for line in a.words.read_text(encoding="utf-8").splitlines()]
    words = [Word(text, tuple(phones.split()), float(cost)) for text, phones, cost in rows]
    given = {field.name: getattr(a, field.name) for field in fields(Settings)}
    settings = replace(SETTINGS[a.language], **{name: value for name, value in given.items() if value is not None})
    export(a.weights, words, a.language, settings, a.out)
    (a.out / WORDS).write_bytes(a.words.read_bytes())
    size = sum(path.stat().st_size for path in a.out.rglob("*") if path.is_file())
    print(f"{a.out}: {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
