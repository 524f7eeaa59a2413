"""What to say of an answer first: the worst of what was said, its stress and its sounds. Pure.

Content goes before all: a wrong figure, or a word left out, matters more than the best accent. Of stress and sounds
that goes first which cost the call most.
"""

from dataclasses import dataclass

from trainer.drill.session import State
from trainer.phrasebook.text import folded
from trainer.scoring.assessment import Assessment
from trainer.scoring.content import Content, wrong_figure
from trainer.scoring.feedback import Hint, stress_first, worst_sounds


@dataclass(frozen=True)
class NoAnswer:
    """Nothing was said in time."""


@dataclass(frozen=True)
class OtherCall:
    """Another call was said.

    Attributes:
        said: the call that was said instead, "" where it is not known.
    """

    said: str


@dataclass(frozen=True)
class WrongFigure:
    """A figure came back wrong.

    Attributes:
        asked, said: a word each; "" where none was asked, or said.
    """

    asked: str
    said: str


@dataclass(frozen=True)
class LeftOut:
    words: tuple[str, ...]


@dataclass(frozen=True)
class WrongStress:
    """A word had its stress in the wrong place.

    Attributes:
        word: in Russian with its stress mark.
        expected, heard: the syllables, from 0.
    """

    word: str
    expected: int
    heard: int


@dataclass(frozen=True)
class PoorSound:
    hint: Hint


@dataclass(frozen=True)
class Right:
    """Nothing stands out."""


Verdict = NoAnswer | OtherCall | WrongFigure | LeftOut | WrongStress | PoorSound | Right


def verdict(state: State) -> Verdict | None:
    """Of the present turn; None while there is nothing to judge."""
    if state.cue is None or not state.done or not state.cue.answers:
        return None
    return of_answer(state.last.assessment, state.last.content) if state.last else NoAnswer()


def worst_word(assessment: Assessment, judged: Verdict) -> int | None:
    """The place of the word that a verdict is about; None where it is about none."""
    match judged:
        case WrongStress(text) | PoorSound(Hint(word=text)) | LeftOut((text, *_)) | WrongFigure(text) if text:
            wanted = folded(text.casefold())
            places = (at for at, word in enumerate(assessment.words) if folded(word.text.casefold()) == wanted)
            return next(places, None)
        case _:
            return None


def of_answer(assessment: Assessment, content: Content | None) -> Verdict:
    """content: of the words heard, None where no recogniser listened."""
    if assessment.verdict != "scored":
        return OtherCall(assessment.said.text if assessment.said else "")
    if content is not None and content.exact is False and (figure := wrong_figure(content, assessment.language)):
        return WrongFigure(*figure)
    if missing := tuple(word.text for word in assessment.words if word.missing):
        return LeftOut(missing)
    hints = worst_sounds(assessment, 1)
    stressed_wrong = (word for word in assessment.words if word.stress is not None and word.stress.misplaced)
    wrong = next(stressed_wrong, None)
    if wrong is not None and wrong.stress is not None and (not hints or stress_first(assessment)):
        return WrongStress(wrong.text, wrong.stress.expected, wrong.stress.heard)
    return PoorSound(hints[0]) if hints else Right()
