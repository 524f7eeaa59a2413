"""A word or a sound by itself in lines: heard, said after it, three times, with a score each."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack

from trainer.audio.doors import open_microphone
from trainer.audio.recording import SAMPLE_RATE
from trainer.drill.mouth import Piece, Practice, tried
from trainer.live.practice import Practising
from trainer.messages import gettext as _
from trainer.phrasebook.text import tokens
from trainer.plain.lines import Lines, Said
from trainer.plain.telling import sound_name
from trainer.wording import band_name, rung_name, step_name, try_told


def asked(practising: Practising, piece: Piece) -> Iterator[Said]:
    """What is to be said. A sound and a part of a word are called by names and by their word: read aloud, their
    phonetic letters are nothing."""
    language, reader = practising.language, practising.reader
    text = practising.text(piece.call)
    token = tokens(text, language)[piece.words[0]]
    word = reader.word(text[token.start : token.end], language)
    if piece.rung == "sound" and piece.sound is not None:
        said = sound_name(piece.sound, language, reader)
    elif piece.cut is not None:
        said = _("the part of {word} that is heard").format(word=word)
    else:
        letters = reader.read(piece.text, language)
        said = f"{piece.text} ({letters})" if letters else piece.text
    yield _("Say"), f"{said} ({rung_name(piece.rung)})"
    if piece.sound is not None and piece.rung != "sound":
        yield _("Sound"), sound_name(piece.sound, language, reader)
    if not reader.needs(language):
        yield _("IPA"), piece.ipa.strip("[]")


def run(practising: Practising, pieces: Sequence[Piece], lines: Lines) -> None:
    """Between two pieces whoever practises goes on, or leaves. Raises UserError."""
    program = practising.program
    with ExitStack() as stack:
        microphone = stack.enter_context(open_microphone(program.mic, program.options.pace))
        loudspeaker = program.open_loudspeaker(stack)
        for number, piece in enumerate(pieces):
            if number:
                following = _("to the next: {rung}").format(rung=rung_name(piece.rung))
                if lines.choose(_("Go on? Enter leaves."), [following]) is None:
                    return
            lines.say(asked(practising, piece))
            practice = Practice(piece)
            if practice.over and (heard := practising.reading(piece, "normal")) is not None:
                loudspeaker.play(heard, SAMPLE_RATE).wait()
            while (step := practice.step) is not None:
                if (heard := practising.reading(piece, step)) is not None:
                    loudspeaker.play(heard, SAMPLE_RATE).wait()
                lines.say([(_("Key"), _("open, speak"))])
                wanted = practising.said(practice)
                outcome = practising.score(practising.record(microphone, wanted), wanted)
                practice = tried(practice, outcome.points)
                told = _("{points:.0f} points, {grade}").format(points=outcome.points, grade=band_name(outcome.points))
                if why := try_told(outcome.assessment, outcome.at, practising.reader):
                    told += f"; {why}"
                lines.say([(_("Try {n}, {step}").format(n=len(practice.tries), step=step_name(step)), told)])
            if practice.tries:
                practising.keep_practice(practice)
