"""Weights between those that training began with and those that it ended with.

    python -m recipe.phones.mixed BEGUN.safetensors ENDED.safetensors OUT.safetensors --share 0.5

What a network learns of made voices it pays for with natural ones; half of the way keeps most of both (Wortsman et al.
2022, arXiv 2109.01903). Outputs that the beginning did not have are those of the end: train.py --only goes over them
once more.
"""

import argparse
from pathlib import Path

from safetensors.torch import load_file, save_file


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("begun", type=Path)
    parser.add_argument("ended", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--share", type=float, default=0.5, help="of the end")
    arguments = parser.parse_args()
    begun, ended = ({k: v.float() for k, v in load_file(p).items()} for p in (arguments.begun, arguments.ended))
    between = {key: begun[key].lerp(value, arguments.share) if key in begun else value for key, value in ended.items()}
    save_file({key: value.half().contiguous() for key, value in between.items()}, arguments.out)


if __name__ == "__main__":
    main()
