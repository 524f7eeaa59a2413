"""With which letter of a Russian word each of its sounds is written, so that advice on reading fits the word."""

from collections.abc import Sequence

from trainer.phones.russian import ACUTE, CONSONANTS, DEVOICED, VOICED, VOWELS

_MISMATCH, _GAP = 3, 1
# Sounds that a letter has besides its own, its soft and its voiced or voiceless twin.
_ALSO = {
    "г": ("v", "x"), "д": ("ts",), "т": ("ts", "tɕ"), "с": ("ʂ", "ʐ", "ɕː", "ts"), "з": ("ʂ", "ʐ", "ɕː"),
    "ч": ("ʂ", "ɕː"), "к": ("x",),
}  # fmt: skip
_REDUCED = {
    "а": "aɐəɪɨ",
    "о": "oɐə",
    "е": "eɪɨə",
    "я": "aɪə",
    "э": "eɪɨ",
    "и": "iɪɨ",
    "ы": "ɨə",
    "у": "u",
    "ю": "u",
    "ё": "o",
}


def letters(word: str, phones: Sequence[str]) -> tuple[str, ...]:
    """The letter of each phone of a word; empty for a sound without one, as the [j] that begins я."""
    spelled = [letter for letter in word.lower().replace(ACUTE, "") if letter in CONSONANTS or letter in VOWELS]
    rows, columns = len(spelled) + 1, len(phones) + 1
    cost = [[_GAP * (row + column) for column in range(columns)] for row in range(rows)]
    for row in range(1, rows):
        for column in range(1, columns):
            fits = _fits(spelled[row - 1], phones[column - 1])
            cost[row][column] = min(
                cost[row - 1][column - 1] + (0 if fits else _MISMATCH),
                cost[row - 1][column] + _GAP,
                cost[row][column - 1] + _GAP,
            )
    found = [""] * len(phones)
    row, column = rows - 1, columns - 1
    while row and column:
        fits = _fits(spelled[row - 1], phones[column - 1])
        if cost[row][column] == cost[row - 1][column - 1] + (0 if fits else _MISMATCH):
            row, column = row - 1, column - 1
            found[column] = spelled[row] if fits else ""
        elif cost[row][column] == cost[row - 1][column] + _GAP:
            row -= 1
        else:
            column -= 1
    return tuple(found)


def _fits(letter: str, phone: str) -> bool:
    bare = phone.lstrip("ˈˌ").removesuffix("ʲ")
    if letter in VOWELS:
        return bare in _REDUCED[letter]
    own = CONSONANTS[letter]
    return bare in (own, DEVOICED.get(own), VOICED.get(own), *_ALSO.get(letter, ()))
