"""The user's manual: pages of Markdown in both languages, that come with the program."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from trainer.languages import Language
from trainer.messages import interface_language

Topic = Literal[
    "drills",
    "training",
    "sound",
    "pairs",
    "centre",
    "recordings",
    "calls",
    "scores",
    "models",
    "records",
    "exports",
    "desk",
    "promises",
]
TOPICS: tuple[Topic, ...] = get_args(Topic)  # in the order in which one needs them
FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Page:
    """title: its first line; text: Markdown, title and all."""

    title: str
    text: str


def page(topic: str, language: Language | None = None) -> Page:
    """A page in the language of the interface, or another. Raises KeyError for one that there is not."""
    if topic not in TOPICS:
        raise KeyError(topic)
    text = (FOLDER / (language or interface_language()) / f"{topic}.md").read_text(encoding="utf-8")
    return Page(text.partition("\n")[0].removeprefix("# "), text)
