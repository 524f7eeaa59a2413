"""The voices to imitate: every call of the mission as a clip, in both languages."""

from functools import cache

from trainer.audio.manifest import Clip, clips
from trainer.bundled import bundled
from trainer.languages import Language


@cache
def _all() -> tuple[Clip, ...]:
    return clips(bundled("audio") / "reference")


def voices(phrase_id: str, language: Language) -> dict[str, Clip]:
    """The reference readings of a call by voice (woman, man); none where no reading was good enough to imitate."""
    wanted = (phrase_id.casefold(), language)
    return {clip.path.parent.name: clip for clip in _all() if (clip.phrase.casefold(), clip.language) == wanted}
