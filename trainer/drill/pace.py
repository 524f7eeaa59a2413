"""How long a call takes to say, and so how long a crew may take before it begins to."""

import re

from trainer.drill.events import Line

SYLLABLES = 4.0  # a second, read aloud without haste by somebody whose language it is not: an estimate, not measured
_VOWELS = {"en": re.compile(r"[aeiouy]+"), "ru": re.compile(r"[аеёиоуыэюя]")}
BREATH = 3.0  # s to take the call in, whatever its length
AWAY = 60.0  # s from the end of the call to the first sound: beyond, nobody sat there, and no time to answer is known
READ_OVER = 1.5  # times that the answer is gone through in the mind before the key goes down


def estimated_length(line: Line) -> float:
    """Seconds that a call takes to say, from its syllables: vowels in Russian, runs of vowels in English."""
    return len(_VOWELS[line.language].findall(line.text.lower())) / SYLLABLES


def time_to_answer(line: Line, least: float) -> float:
    """Seconds to key down for an answer: never less than `least`, and more for a long call."""
    return max(least, BREATH + READ_OVER * estimated_length(line))
