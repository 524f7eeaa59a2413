"""Write a network and its transitions as Kaldi's nnet3 `final.mdl`, with nothing but NumPy.

A network here is a row of layers; the last gives log-posteriors. After it the class priors are taken off, and one more
output is made: how well the best of all classes fits, less a penalty. It stands for speech that is none of the words:
a loop of any phones would do the same and make lattices explode.

Format: Kaldi's own sources (Apache-2.0), src/base/io-funcs, src/hmm/transition-model, src/nnet3. Weights are stored
with 16 bits each (CompressedMatrix, kTwoByte), which Kaldi widens as it reads them.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Layer:
    """An affine part over some frames of its input, in frames of 10 ms. relu: nothing below zero comes out; around:
    its input and that of the `around - 1` layers before it is added to what comes out (0: nothing is).
    weight: [out, in * offsets], the first offset's block first."""

    offsets: tuple[int, ...]
    weight: Array
    bias: Array
    relu: bool = False
    around: int = 0


@dataclass(frozen=True, eq=False)
class Network:
    """Log-posteriors are the log-softmax of the last layer. prior: [classes] logarithm of what is divided by;
    penalty: nats that the output for unknown words is below the best class."""

    layers: tuple[Layer, ...]
    prior: Array
    penalty: float

    @property
    def classes(self) -> int:
        return len(self.prior)


def halved(matrix: Array) -> Array:
    """A matrix as 16 bits keep it."""
    low, width = _range(matrix)
    return (low + _steps(matrix, low, width).astype(np.float32) * np.float32(width / 65535)).astype(np.float32)


def _range(matrix: Array) -> tuple[float, float]:
    low = np.float32(matrix.min())
    return float(low), float(max(np.float32(matrix.max()) - low, np.float32(1e-6)))


def _steps(matrix: Array, low: float, width: float) -> NDArray[np.uint16]:
    return np.clip(np.round((matrix.astype(np.float64) - low) / width * 65535), 0, 65535).astype("<u2")


def heard(network: Network, features: Array) -> Array:
    """What Kaldi computes: [ceil(T / 3), classes + 1] of MFCC [T, 40]. The reference that its scores are checked by."""
    before = sum(max(0, -layer.offsets[0]) for layer in network.layers)
    after = sum(max(0, layer.offsets[-1]) for layer in network.layers)
    padded = np.pad(features, ((before, after), (0, 0)), mode="edge")  # beyond its ends a recording goes on as it is
    frames = np.arange(len(padded))
    inputs: list[Array] = [padded]
    for layer in network.layers:
        x = inputs[-1]
        spliced = np.hstack([x[np.clip(frames + offset, 0, len(x) - 1)] for offset in layer.offsets])
        y = spliced @ halved(layer.weight).T + layer.bias
        y = np.maximum(y, 0) if layer.relu else y
        inputs.append(y + inputs[-layer.around] if layer.around else y)
    scores = inputs[-1][before : before + len(features) : 3]
    top = scores.max(axis=1, keepdims=True)
    scores = scores - top - np.log(np.exp(scores - top).sum(axis=1, keepdims=True)) - network.prior
    return np.hstack([scores, scores.max(axis=1, keepdims=True) - network.penalty])


def write(path: Path, network: Network, outputs: Sequence[int]) -> None:
    """outputs: of every phone, from 1, the output that it is scored by. Each has one state."""
    path.parent.mkdir(parents=True, exist_ok=True)
    tail = _token("<LeftContext>") + _int(0) + _token("<RightContext>") + _int(0) + _token("<Priors>") + _vector([])
    path.write_bytes(b"\0B" + _transitions(outputs) + _network(network) + tail)  # Kaldi works out the contexts anew


def _transitions(outputs: Sequence[int]) -> bytes:
    phones = range(1, len(outputs) + 1)
    stay, leave = (0, 0.5), (1, 0.5)
    states = [(0, [stay, leave]), (-1, [])]
    parts = [_token("<TransitionModel>"), _token("<Topology>"), _ints(phones), _ints([-1, *(0 for _ in phones)])]
    parts += [_int(1), _int(len(states))]
    for kind, moves in states:
        parts += [_int(kind), _int(len(moves)), *(_int(to) + _float(p) for to, p in moves)]
    parts += [_token("</Topology>"), _token("<Triples>"), _int(len(outputs))]
    parts += [_int(phone) + _int(0) + _int(output) for phone, output in zip(phones, outputs, strict=True)]
    parts += [_token("</Triples>"), _token("<LogProbs>"), _vector([0.0, *[np.log(0.5)] * (2 * len(outputs))])]
    return b"".join([*parts, _token("</LogProbs>"), _token("</TransitionModel>")])


@dataclass
class _Nodes:
    """The configuration of a network and its components."""

    lines: list[str] = field(default_factory=list)
    components: list[tuple[str, bytes]] = field(default_factory=list)

    def add(self, name: str, component: bytes, of: str) -> str:
        self.components.append((name, component))
        self.lines.append(f"component-node name={name} component={name} input={of}")
        return name


def _network(network: Network) -> bytes:
    nodes = _Nodes([f"input-node name=input dim={network.layers[0].weight.shape[1] // len(network.layers[0].offsets)}"])
    inputs = ["input"]
    for i, layer in enumerate(network.layers):
        name = nodes.add(f"affine{i}", _affine(layer.weight, layer.bias), _spliced(inputs[-1], layer.offsets))
        if layer.relu:
            name = nodes.add(f"relu{i}", _elementwise("RectifiedLinearComponent", len(layer.bias)), name)
        inputs.append(f"Sum({name}, {inputs[-layer.around]})" if layer.around else name)
        if layer.around:  # a descriptor is worked out wherever it is used: give the sum a node of its own
            inputs[-1] = nodes.add(f"sum{i}", _nothing(len(layer.bias)), inputs[-1])
    classes = network.classes
    last = nodes.add("softmax", _elementwise("LogSoftmaxComponent", classes), inputs[-1])
    scores = nodes.add("scores", _affine(np.eye(classes), -network.prior, exact=True), last)
    best = nodes.add("best", _best(classes), scores)
    widened, offset = np.eye(classes + 1), np.zeros(classes + 1)
    offset[-1] = -network.penalty
    out = nodes.add("out", _affine(widened, offset, exact=True), f"Append({scores}, {best})")
    nodes.lines.append(f"output-node name=output input={out} objective=linear")
    parts = [_token("<Nnet3>"), b"\n", "\n".join(nodes.lines).encode(), b"\n\n"]
    parts += [_token("<NumComponents>"), _int(len(nodes.components))]
    parts += [_token("<ComponentName>") + _token(name) + component for name, component in nodes.components]
    return b"".join([*parts, _token("</Nnet3>")])


def _spliced(node: str, offsets: tuple[int, ...]) -> str:
    if offsets == (0,):
        return node
    return f"Append({', '.join(f'Offset({node}, {offset})' if offset else node for offset in offsets)})"


def _affine(weight: Array, bias: Array, *, exact: bool = False) -> bytes:
    matrix = _matrix(weight) if exact else _compressed(weight)
    parts = (_token("<LinearParams>"), matrix, _token("<BiasParams>"), _vector(bias))
    return b"".join((_token("<FixedAffineComponent>"), *parts, _token("</FixedAffineComponent>")))


def _elementwise(kind: str, size: int) -> bytes:
    parts = (
        _token("<Dim>") + _int(size) + _token("<ValueAvg>") + _vector([]) + _token("<DerivAvg>") + _vector([])
        + _token("<Count>") + _double(0) + _token("<OderivRms>") + _vector([]) + _token("<OderivCount>") + _double(0)
        + _token("<NumDimsSelfRepaired>") + _double(0) + _token("<NumDimsProcessed>") + _double(0)
    )  # fmt: skip
    return _token(f"<{kind}>") + parts + _token(f"</{kind}>")


def _nothing(size: int) -> bytes:
    parts = _token("<Dim>") + _int(size) + _token("<BackpropScale>") + _float(1.0)
    return _token("<NoOpComponent>") + parts + _token("</NoOpComponent>")


def _best(size: int) -> bytes:
    """The greatest of all, as pooling over one patch."""
    fields = {"InputXDim": size, "InputYDim": 1, "InputZDim": 1, "PoolXSize": size, "PoolYSize": 1, "PoolZSize": 1,
              "PoolXStep": size, "PoolYStep": 1, "PoolZStep": 1}  # fmt: skip
    parts = b"".join(_token(f"<{name}>") + _int(value) for name, value in fields.items())
    return _token("<MaxpoolingComponent>") + parts + _token("</MaxpoolingComponent>")


def _token(text: str) -> bytes:
    return text.encode() + b" "


def _int(value: int) -> bytes:
    return b"\4" + struct.pack("<i", value)


def _float(value: float) -> bytes:
    return b"\4" + struct.pack("<f", value)


def _double(value: float) -> bytes:
    return b"\10" + struct.pack("<d", value)


def _ints(values: Sequence[int]) -> bytes:
    return b"\4" + struct.pack("<i", len(values)) + np.asarray(values, "<i4").tobytes()


def _vector(values: Sequence[float] | Array) -> bytes:
    array = np.asarray(values, "<f4")
    return _token("FV") + _int(len(array)) + array.tobytes()


def _matrix(values: Array) -> bytes:
    array = np.ascontiguousarray(values, "<f4")
    return _token("FM") + _int(array.shape[0]) + _int(array.shape[1]) + array.tobytes()


def _compressed(values: Array) -> bytes:
    array = np.ascontiguousarray(values, np.float32)
    low, width = _range(array)
    return _token("CM2") + struct.pack("<ffii", low, width, *array.shape) + _steps(array, low, width).tobytes()
