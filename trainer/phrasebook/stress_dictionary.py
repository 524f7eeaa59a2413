"""Where 180,000 Russian words are stressed: for words of one's own that the lexicon lacks.

The words are those of the dictionary of festvox-ru; 95.9 % of its stresses agree with a tool that reads whole
sentences, and of a homograph it mostly knows one word. What comes from here is a proposal, and is drafted as one.
"""

import lzma
import re
from functools import cache

from trainer.bundled import bundled
from trainer.phrasebook.text import ACUTE, RUSSIAN_VOWELS


def stressed(word: str) -> tuple[str, ...]:
    """The word with its stress marked, in each way that the dictionary has; none where it lacks the word."""
    return tuple(_marked(word, int(place)) for place in marked_words().get(word, ""))


def _marked(word: str, vowel: int) -> str:
    places = [at for at, letter in enumerate(word) if letter in RUSSIAN_VOWELS]
    at = places[vowel - 1]
    return word[: at + 1] + ACUTE + word[at + 1 :]


@cache
def marked_words() -> dict[str, str]:
    """Word -> numbers of its stressed vowels. Format: phrasebooks/recipe/stress_dictionary.py."""
    text = lzma.decompress((bundled("phrasebooks") / "lexicon" / "stress.ru.xz").read_bytes()).decode()
    found, word = {}, ""
    for shared, rest, places in re.findall(r"^(.)([^\d\n]*)(\d+)$", text, re.M):
        word = word[: ord(shared) - ord("a")] + rest
        found[word] = places
    return found
