"""The weights of a model that ships, to train it further: model.onnx back to the names of network.py.

    python -m recipe.phones.shipped phones weights.safetensors

What int8 lost is lost; a few steps of training make up for it. What export.py took off the blank is given back. A model
without the outputs over the sounds of both languages begins them with the weights of its two heads.
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from safetensors.torch import save_file

from recipe.classes import ACCENTS, BLANK_PENALTY, CLASSES, HEADS, UNION
from recipe.phones.network import PhoneNetwork
from trainer.speech.acoustic import HUNDREDTHS

KINDS = ("weight", "bias")
LIKE = {"tsʲ": "ts", "tʂ": "tɕ"}  # the Russian sound that one of an accent is likest


def joined(heads: list[np.ndarray]) -> np.ndarray:
    """Rows of the union by those of the heads."""
    accents = [heads[1][CLASSES["ru"].index(LIKE[label])] for label in ACCENTS]
    return np.concatenate([np.mean([head[:1] for head in heads], axis=0), *(head[1:] for head in heads), accents])


def weights(graph: Path) -> dict[str, torch.Tensor]:
    """Float32 weights of an exported graph. Raises SystemExit where it is none of this network."""
    model = onnx.load(graph).graph
    stored = {tensor.name: numpy_helper.to_array(tensor).astype(np.float32) for tensor in model.initializer}
    heads = {output.name: HEADS[output.name] for output in model.output if output.name in HEADS}
    placed = len(UNION) if any(output.name == HUNDREDTHS for output in model.output) else 0
    network = PhoneNetwork({name: len(labels) for name, labels in heads.items()}, placed)
    wanted = network.state_dict()
    state = {
        name.removesuffix("_half"): value for name, value in stored.items() if name.removesuffix("_half") in wanted
    }
    linear = [node.input[1].removesuffix("_quantized") for node in model.node if node.op_type == "MatMulInteger"]
    parts = [f"layers.{i}.{part}" for i in range(len(network.layers)) for part in ("qkv", "o", "f1", "f2")]
    parts += [f"heads.{name}" for name in heads]
    for part, name in zip(parts, linear, strict=True):  # the graph keeps the order in which they are run
        state[f"{part}.weight"] = (stored[f"{name}_quantized"] * stored[f"{name}_scale"]).T
    for language, penalty in BLANK_PENALTY.items():
        state[f"heads.{language}.bias"][0] += penalty
    if missing := wanted.keys() - state.keys():
        raise SystemExit(f"{graph}: not an export of this network, {min(missing)} is not there")
    for name in HEADS.keys() - heads.keys():
        state |= {f"heads.{name}.{kind}": joined([state[f"heads.{of}.{kind}"] for of in CLASSES]) for kind in KINDS}
    return {name: torch.from_numpy(np.array(value)) for name, value in state.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, help="a folder as export.py writes it")
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    save_file({k: v.half().contiguous() for k, v in weights(arguments.model / "model.onnx").items()}, arguments.out)


if __name__ == "__main__":
    main()
