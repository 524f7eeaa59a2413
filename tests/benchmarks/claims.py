"""Every figure that the pages claim of the program and that the repository alone can show.

One table, so that texts and checks cannot drift apart: `python -m tests.benchmarks` measures what stands here, and
`tests/test_claims.py` holds the pages to it. What was measured on corpora that the repository does not hold stands in
the models' cards, with its command.
"""

from dataclasses import dataclass
from typing import Literal

HERE, SCORES = "tests/README.md", "trainer/manual/en/scores.md"
PHONES, VOSK_EN, VOSK_RU = (f"models/{model}/README.md" for model in ("phones", "vosk-en", "vosk-ru"))


@dataclass(frozen=True)
class Claim:
    """A figure that pages give.

    Attributes:
        figure: its name with its unit, as the measurement gives it.
        bound: how the pages mean it.
        value: in that unit.
        said: page -> the words there that give it.
        give: how far off it may be and still be what the pages say.
    """

    figure: str
    bound: Literal["at most", "at least", "about"]
    value: float
    said: dict[str, str]
    give: float = 0.0

    def holds(self, measured: float) -> bool:
        if self.bound == "about":
            return abs(measured - self.value) <= self.give
        return measured <= self.value if self.bound == "at most" else measured >= self.value


@dataclass(frozen=True)
class Measurement:
    """One value, with what it was made of.

    Attributes:
        figure: its name with its unit.
        value: that is claimed.
        n: of how many items.
        median: of them, where `value` is another quantile.
    """

    figure: str
    value: float
    n: int = 1
    median: float | None = None


def _promise(figure: str, bound: Literal["at most", "at least"], value: float) -> Claim:
    """One line of the table of speeds."""
    return Claim(figure, bound, value, {HERE: f"| {figure} | {bound} {value:g} |"})


# What one command measures together, by the name that it is asked for with.
CLAIMS: dict[str, tuple[Claim, ...]] = {
    "sizes": (
        _promise("wheel, MB", "at most", 55),
        Claim("model.onnx, MB", "about", 24.6, {PHONES: "24.6 MB"}, 0.05),
        Claim("raters of English, MB", "about", 0.8, {PHONES: "0.8 and 0.6 MB"}, 0.05),
        Claim("raters of Russian, MB", "about", 0.6, {PHONES: "0.8 and 0.6 MB"}, 0.05),
        Claim("vosk-en, MB", "about", 5.4, {VOSK_EN: "| size | 5.4 MB;", SCORES: "(5 and 7 MB)"}, 0.05),
        Claim("vosk-ru, MB", "about", 7.0, {VOSK_RU: "| size | 7.0 MB;", SCORES: "(5 and 7 MB)"}, 0.05),
        Claim("words of vosk-en", "about", 3543, {VOSK_EN: "| words | 3543, with 4745 pronunciations"}),
        Claim("pronunciations of vosk-en", "about", 4745, {VOSK_EN: "| words | 3543, with 4745 pronunciations"}),
        Claim("words of vosk-ru", "about", 4566, {VOSK_RU: "| words | 4566, with 5919 pronunciations"}),
        Claim("pronunciations of vosk-ru", "about", 5919, {VOSK_RU: "| words | 4566, with 5919 pronunciations"}),
        Claim("Russian words with their stress", "about", 180_000, {"trainer/manual/en/calls.md": "180,000"}, 500),
    ),
    "starting": (
        _promise("ruston --help, s", "at most", 0.4),
        _promise("first screen of the console, s", "at most", 0.8),
        _promise("first score of a new process, s", "at most", 1.5),
        _promise("memory of that process, MB", "at most", 250),
        Claim("loading vosk-en, s", "about", 0.04, {VOSK_EN: "loads in 0.04 s"}, 0.02),
        Claim("loading vosk-ru, s", "about", 0.04, {VOSK_RU: "loads in 0.04 s"}, 0.02),
    ),
    "scoring": (
        _promise("score of 4 s in a process of its own, ms", "at most", 200),
        _promise("recordings scored on all cores, times real time", "at least", 20),
        _promise("memory of a drill of 100 calls, MB", "at most", 350),
    ),
    "listeners": (
        Claim(
            "vosk-en's computing, of the phone model's", "at most", 1 / 3,
            {SCORES: "they take a third\nof the computing time"},
        ),
        Claim(
            "vosk-ru's computing, of the phone model's", "at most", 1 / 3,
            {SCORES: "they take a third\nof the computing time"},
        ),
    ),
    "talking": (
        _promise("key up after .45 s of silence to painted score, 95 % in ms", "at most", 50),
        _promise("key up at once to painted score, 95 % in ms", "at most", 80),
        _promise("of a core while talking, %", "at most", 30),
    ),
}  # fmt: skip
# Long ones, and those that need recordings or root: each prints figures of its own; its text says how it is asked.
BY_NAME = (
    "boundaries", "consoles", "drill", "ears", "foreign_labels", "listening", "loop", "melody", "offers", "powercut",
    "recognisers", "recordings", "records", "rhythm", "schedule", "sound", "steps", "term", "training", "words",
)  # fmt: skip
