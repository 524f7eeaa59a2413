"""Russian stress marks that a user need not write: a word that the lexicon, or else a stress dictionary, knows with one
stress only has that one."""

from collections.abc import Iterator

from trainer.phrasebook import stress_dictionary
from trainer.phrasebook.lexicon import Lexicon
from trainer.phrasebook.text import ACUTE, RUSSIAN_VOWELS, folded, syllables, tokens, without_stress


def completed(text: str, known: Lexicon) -> str:
    """A Russian text with the stress marks that follow from the lexicon."""
    out, position = [], 0
    for token in tokens(text, "ru"):
        forms = stressings(token.key, known)
        if len(forms) == 1:
            out += [text[position : token.start], _marked(text[token.start : token.end], forms[0])]
            position = token.end
    return "".join(out) + text[position:]


def stressings(word: str, known: Lexicon) -> tuple[str, ...]:
    """The words of the lexicon that a key without a stress mark may mean; a word that it has as it stands (через, that
    is never stressed) means itself."""
    if word in known or ACUTE in word:
        return ()
    forms = tuple(form for form in known.stressings.get(folded(word), ()) if without_stress(form) == word)
    return forms or (
        stress_dictionary.stressed(word) if unmarked(word) and folded(word) not in known.stressings else ()
    )


def unmarked(word: str) -> bool:
    """Whether a key has several syllables and nothing tells which of them is stressed."""
    return syllables(word) > 1 and ACUTE not in word and "ё" not in word


def choices(word: str, known: Lexicon | None) -> tuple[str, ...]:
    """What may be meant by a key without a mark, for the user to copy, the likeliest first: the words of the lexicon,
    else those of the dictionary, then all there are."""
    forms = known.stressings.get(word, ()) if known else ()
    sure = any(without_stress(form) == word for form in forms)  # not only one with ё in place of е
    return forms if sure else tuple(dict.fromkeys((*forms, *stress_dictionary.stressed(word), *_placements(word))))


def _placements(word: str) -> Iterator[str]:
    for at, letter in enumerate(word):
        if letter in RUSSIAN_VOWELS:
            yield word[: at + 1] + ACUTE + word[at + 1 :]


def _marked(written: str, form: str) -> str:
    """The marks of a form put on a word as the user wrote it, capitals and all."""
    letters = iter(written)
    return "".join(ACUTE if letter == ACUTE else next(letters) for letter in form)
