"""Export a trained phone network to the folder that the program loads: model.onnx and model.toml.

    python -m recipe.phones.export WEIGHTS.safetensors OUT_DIR --check CLIP...

Linear layers become int8 (weights per channel, activations at run time; weights use 7 bits so that processors without
VNNI do not saturate). What int8 kernels do not cover (convolutions, positions) is stored as float16 and widened on
loading. `--check` prints how far the exported graph is from the float32 network on real clips.
"""

import argparse
import hashlib
import json
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from google.protobuf.message import Message
from onnx import numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.torch import load_file

from recipe.classes import ACCEPT, ACCEPT_OF_BOTH, BLANK_PENALTY, CLASSES, HEADS, UNION
from recipe.phones.network import PhoneNetwork
from trainer.audio.files import read
from trainer.speech.acoustic import HIDDEN, HUNDREDTHS
from trainer.speech.features import levelled, log_mel

NOTES = {"doc_string", "metadata_props"}
HALF_PRECISION_ABOVE = 100_000  # elements; smaller float tensors stay as they are


def to_onnx(network: PhoneNetwork, path: Path) -> None:
    frames = torch.export.Dim("frames", min=16, max=3000)
    torch.onnx.export(
        network, (torch.randn(1, 80, 401),), path, input_names=["mel"],
        output_names=[*network.heads, HUNDREDTHS, HIDDEN],
        dynamic_shapes={"mel": {2: frames}}, dynamo=True, external_data=False, opset_version=18, verbose=False,
    )  # fmt: skip


def halve(path: Path) -> None:
    """Store big float32 tensors as float16 behind a Cast, which onnxruntime folds away on loading."""
    model = onnx.load(path)
    graph = model.graph
    for tensor in list(graph.initializer):
        if tensor.data_type != onnx.TensorProto.FLOAT or np.prod(tensor.dims) < HALF_PRECISION_ABOVE:
            continue
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float16), f"{name}_half"))
        cast = onnx.helper.make_node("Cast", [f"{name}_half"], [name], to=onnx.TensorProto.FLOAT)
        graph.node.insert(0, cast)
    onnx.save(model, path)


def strip(part: Message) -> None:
    """Take out, all the way down, what the exporter noted for its own use: lines of code, paths of the machine."""
    for name in NOTES.intersection(part.DESCRIPTOR.fields_by_name):
        part.ClearField(name)
    for field, value in part.ListFields():
        if field.message_type is not None:
            for below in value if field.is_repeated else [value]:
                strip(below)


def manifest(classes: dict[str, list[str]], graph: Path, name: str) -> str:
    lines = [
        "# Written by models/recipe/phones/export.py. labels: the IPA of each output class, 0 being the CTC blank.",
        "# accept: phones of the lexicon that the classes do not tell apart, and the classes that count as each.",
        "# both: the sounds of both languages in one output; class 0 of `hundredths` is silence.",
        f'name = "{name}"',
        'graph = "model.onnx"',
        f'sha256 = "{hashlib.sha256(graph.read_bytes()).hexdigest()}"',
        "frames_per_second = 50",
        "levelled = true",
    ]
    for language, labels in classes.items():
        quoted = ", ".join(f'"{label}"' for label in labels)
        lines += ["", f"[{language}]", f"labels = [{quoted}]", f"[{language}.accept]"]
        lines += [
            f'"{phone}" = {json.dumps(accepted, ensure_ascii=False)}' for phone, accepted in ACCEPT[language].items()
        ]
    quoted = ", ".join(f'"{label}"' for label in UNION)
    lines += ["", "[both]", f"labels = [{quoted}]"]
    for language, accept in ACCEPT_OF_BOTH.items():
        lines += [f"[both.accept.{language}]"]
        lines += [f'"{phone}" = {json.dumps(accepted, ensure_ascii=False)}' for phone, accepted in accept.items()]
    return "\n".join(lines) + "\n"


def check(network: PhoneNetwork, graph: Path, clips: list[Path]) -> None:
    session = onnxruntime.InferenceSession(str(graph), providers=["CPUExecutionProvider"])
    for head, name in enumerate([*network.heads, HUNDREDTHS]):
        differences, agreements = [], []
        for clip in clips:
            mel = log_mel(levelled(read(clip).samples))[None]
            with torch.inference_mode():
                reference = network(torch.from_numpy(mel))[head].numpy().astype(np.float64)
            exported = session.run([name], {"mel": mel})[0].astype(np.float64)
            differences.append(np.abs(np.exp(reference) - np.exp(exported)).mean(axis=-1).ravel())
            agreements.append((reference.argmax(-1) == exported.argmax(-1)).ravel())
        mean, top = np.concatenate(differences).mean(), np.concatenate(agreements).mean()
        print(f"{name}: mean |difference of posteriors| {mean:.5f}, same best class in {top:.2%} of frames")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--name", default="phones-4.1")
    parser.add_argument("--check", type=Path, nargs="*", default=[], metavar="CLIP")
    arguments = parser.parse_args()

    weights = {k: v.float() for k, v in load_file(arguments.weights).items()}
    network = PhoneNetwork({name: len(weights[f"heads.{name}.bias"]) for name in HEADS}, len(UNION)).eval()
    network.load_state_dict(weights)
    with torch.no_grad():
        for name, head in network.heads.items():
            head.bias[0] -= BLANK_PENALTY.get(name, 0.0)

    arguments.out.mkdir(parents=True, exist_ok=True)
    graph = arguments.out / "model.onnx"
    with tempfile.TemporaryDirectory() as folder:
        full = Path(folder) / "full.onnx"
        to_onnx(network, full)
        quantize_dynamic(
            full, graph, per_channel=True, reduce_range=True, weight_type=QuantType.QInt8,
            op_types_to_quantize=["MatMul", "Gemm"],
        )  # fmt: skip
    halve(graph)
    model = onnx.load(graph)
    strip(model)
    onnx.save(model, graph)
    (arguments.out / "model.toml").write_text(manifest(CLASSES, graph, arguments.name), encoding="utf-8")
    print(f"{graph}: {graph.stat().st_size / 1e6:.1f} MB")
    if arguments.check:
        check(network, graph, arguments.check)


if __name__ == "__main__":
    main()
