"""What the folder of a model of each kind must hold."""

from pathlib import Path

from trainer.models.catalogue import Kind

VOSK = ("conf/mfcc.conf", "conf/model.conf", "am/final.mdl")
GRAPHS = (("graph/HCLG.fst", "graph/words.txt"), ("graph/HCLr.fst", "graph/Gr.fst"))
CONFIG, VOCABULARY = "config.json", "vocab.json"
WEIGHTS = ("model.safetensors", "pytorch_model.bin")


def complete(folder: Path, kind: Kind) -> bool:
    """Whether a folder holds what a model of a kind needs."""

    def there(*names: str) -> bool:
        return all((folder / name).is_file() for name in names)

    if kind == "vosk":
        return there(*VOSK) and any(there(*graph) for graph in GRAPHS)
    return there(CONFIG, VOCABULARY) and any(map(there, WEIGHTS))
