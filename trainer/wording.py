"""What the program says of things, said once: marks, names of modes and speakers, verdicts, reasons, the clock. Plain
text; how it is drawn is the business of whoever shows it."""

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from trainer.drill.debrief import Summary, well_said
from trainer.drill.events import Assessed, Cue, Line, Refused
from trainer.drill.plan import Reason, Seat
from trainer.drill.session import Attempt, State
from trainer.drill.verdict import (
    LeftOut,
    NoAnswer,
    OtherCall,
    PoorSound,
    Right,
    Verdict,
    WrongFigure,
    WrongStress,
)
from trainer.languages import Language
from trainer.local_time import last_day, local
from trainer.messages import gettext as _
from trainer.messages import interface_language, ngettext
from trainer.phones.inventory import inventory, sound
from trainer.phrasebook.contrasts import contrasts
from trainer.phrasebook.crew import names_of_crew
from trainer.phrasebook.text import without_stress
from trainer.reader import Reader
from trainer.scoring.assessment import Assessment
from trainer.scoring.feedback import heard_instead
from trainer.scoring.hypothesis import UNKNOWN
from trainer.scoring.points import FLAGGED, LEAST_DEDUCTION

if TYPE_CHECKING:
    from trainer.drill.load import Outcome
    from trainer.drill.mouth import Piece
    from trainer.drill.schedule import Held
    from trainer.live.melody import Melody
    from trainer.live.today import Today, Unfinished
    from trainer.phrasebook.phrase import Phrasebook
    from trainer.records.assignments import Progress
    from trainer.records.inbox import Comment
    from trainer.records.instructors import Forgotten
    from trainer.scoring.assessment import Deduction, Stress

GOOD = 80.0
# Colour never stands alone: each band has its own mark, readable without colour.
BANDS = ((GOOD, "green", "●"), (FLAGGED, "yellow", "◐"), (0.0, "red", "○"))
MISSING = "✗"
ANYBODY = Reader()  # who reads both alphabets
UNSURE = 3.0  # points that chance may move a score by, from which it is said
MOST_DEDUCTIONS = 5  # of what a call lost points for, that one line names


def band(score: float) -> tuple[str, str]:
    """Colour and mark of a score, by the points that are shown."""
    return next((style, mark) for least, style, mark in BANDS if round(score) >= least)


def marked_as_weak(score: float) -> float:
    """The points by which a weak sound is marked: it is never good, however near to it."""
    return min(score, GOOD - 1)


def band_name(score: float) -> str:
    """The band of a score, in a word."""
    return {"green": _("good"), "yellow": _("fair"), "red": _("poor")}[band(score)[0]]


@dataclass(frozen=True)
class ModeWords:
    """What a kind of drill is called and asks for.

    Attributes:
        name: as a title.
        in_a_table: among other words.
        about: what one does in it.
        ask: what is asked of whose turn it is, {language} being how they say it.
        briefly: the same in a line of a transcript.
    """

    name: str
    in_a_table: str
    about: str
    ask: str
    briefly: str


def mode_words(mode: str) -> ModeWords:
    match mode:
        case "echo":
            return ModeWords(
                _("Echo"), _("echo"), _("Hear a call, then say it yourself."), _("Repeat what you hear, {language}."),
                _("repeat"),
            )  # fmt: skip
        case "read":
            return ModeWords(_("Read"), _("read aloud"), _("Read a call aloud."), _("Say it, {language}."), _("say"))
        case "relay":
            return ModeWords(
                _("Relay"), _("relay"),
                _("Hear and see a call in your own language, then pass it on in the partner's."),
                _("Pass it on, {language}."), _("pass on in the other language"),
            )  # fmt: skip
        case "respond":
            return ModeWords(
                _("Respond"), _("respond"), _("Hear the partner's call and answer it."), _("Answer, {language}."),
                _("answer"),
            )  # fmt: skip
        case "readback":
            return ModeWords(
                _("Readback"), _("readback"), _("Hear a call with figures and read them back."),
                _("Read it back, {language}."), _("read back"),
            )  # fmt: skip
        case "checklist":
            return ModeWords(
                _("Checklist"), _("checklist"),
                _("Run a whole phase in order, by the mission clock: your calls are yours, the others are heard."),
                _("Your call, {language}."), _("your call"),
            )  # fmt: skip
        case _:  # of a newer program
            return ModeWords(mode, mode, "", "", "")


def mode_name(mode: str) -> str:
    return mode_words(mode).name


def standing_name(standing: str) -> str:
    """Where an assignment stands."""
    return {
        "open": _("under way"), "overdue": _("overdue"), "ready": _("ready to sign off"), "passed": _("passed"),
        "not_passed": _("more is needed"),
    }[standing]  # fmt: skip


def assignment_told(progress: "Progress", now: datetime, names: Mapping[str, str]) -> str:
    """What is asked of a learner, how far it is, and until when. names: as of `names_in`."""
    asked = progress.assignment
    standing = progress.standing(now)
    text = _("{what}: {done} of {n} from {mark:g} points{by_when}{standing}")
    return text.format(
        what=asked_told(asked.phases, asked.call_ids, asked.mode, names), done=progress.done, n=asked.calls,
        mark=asked.pass_mark, by_when=" " + _("by {day}").format(day=f"{last_day(asked.due):%Y-%m-%d}") if asked.due
        else "", standing="" if standing == "open" else f" ({standing_name(standing)})",
    )  # fmt: skip


def asked_already(keys: Sequence[str]) -> str:
    text = ngettext(
        "Asked already of {n} learner, and not signed off yet: {who}.",
        "Asked already of {n} learners, and not signed off yet: {who}.", len(keys),
    )  # fmt: skip
    return text.format(n=len(keys), who=", ".join(keys))


def signed_off_already(by: str) -> str:
    return _("Signed off already, by {by}: nothing new.").format(by=by)


def forgotten_told(gone: "Sequence[Forgotten]") -> str:
    """Whose PINs were taken away from the desk."""
    text = _(
        "PINs taken away on {day}: {names}. Check what was signed since then, and give new ones: "
        "`ruston desk pin NAME`."
    )
    newest = max(one.at for one in gone)
    return text.format(day=f"{local(newest):%Y-%m-%d %H:%M}", names=", ".join(one.name for one in gone))


def names_in(book: "Phrasebook") -> dict[str, str]:
    """What phases, and calls of one's own, are called, by id."""
    phases = {phase.id: phase.name[interface_language()] for phase in book.phases}
    return {call: book.name_of(call) for call in book.places.values()} | phases


def seat_name(seat: Seat) -> str:
    """Who sits there: of the mission's crews in the language of the interface, whoever made the plan."""
    return names_of_crew().get(seat.name, {}).get(interface_language(), seat.name)


def place_name(place: str | None, state: State) -> str:
    """Who is in a place of a drill: one of the crew, or the instructor by the name they gave."""
    seats = state.plan.seats if state.plan else ()
    crew = next((seat_name(seat) for seat in seats if seat.id == place), None)
    return crew or state.instructor or _("the instructor")


def asked_words(cue: Cue, mode: str) -> ModeWords:
    """What a turn asks for: whoever begins an exchange answers nothing, they say what they read."""
    begins = mode in ("respond", "readback") and bool(cue.answers) and cue.answers[0] in cue.shown
    return mode_words("read" if begins else mode)


def not_scored(refused: Refused, state: State, *, here: bool) -> str:
    """Why a recording could not be scored; of somebody who sits elsewhere only that it was not, since the reason is in
    their language and about their machine."""
    if here:
        return refused.reason
    return _("{name} was not scored and says it again").format(name=place_name(refused.seat, state))


def asked_told(phases: Sequence[str], call_ids: Sequence[str], mode: str | None, names: Mapping[str, str]) -> str:
    """What an assignment is about. names: as of `names_in`."""
    what = ", ".join(names.get(one, one) for one in call_ids or phases) or _("any phase")
    return f"{what} · {mode_name(mode)}" if mode else what


def drill_told(opened: datetime, mode: str, phase: str | None, names: Mapping[str, str]) -> str:
    """Which drill: by its day and time here, what was drilled, and how. names: of phases, by id."""
    parts = (f"{local(opened):%Y-%m-%d %H:%M}", names.get(phase, phase) if phase else "", mode_name(mode))
    return " · ".join(filter(None, parts))


def comment_told(comment: "Comment", names: Mapping[str, str]) -> str:
    """What an instructor said, of what. names: as of `names_in`."""
    about = comment.asked
    if about is None and comment.opened is not None and comment.mode is not None:
        about = drill_told(comment.opened, comment.mode, "".join(comment.phases) or None, names)
    about = about or asked_told(comment.phases, comment.call_ids, comment.mode, names)
    points = "" if comment.judged is None else " · " + _("{points:g} points").format(points=comment.judged)
    return f"{about}  {comment.by}{points}: {comment.text}".rstrip(": ")


def rung_name(rung: str) -> str:
    """Of a ladder from a sound to a call."""
    names = {
        "sound": _("sound"), "syllable": _("syllable"), "word": _("word"), "phrase": _("words together"),
        "call": _("call"),
    }  # fmt: skip
    return names[rung]


def piece_told(piece: "Piece", reader: Reader = ANYBODY) -> str:
    """What is to be said: a sound and a syllable in brackets, in IPA or in letters of one's own, else as it is
    written."""
    if piece.text != piece.ipa:
        return piece.text
    letters = reader.spelled(piece.said.ways[0][0], piece.said.language)
    return f"[{letters}]" if letters else piece.text


def step_name(step: str) -> str:
    """How a piece is heard before it is said."""
    return {"slow": _("slowly"), "normal": _("at its pace"), "call": _("in the call")}[step]


def tune_name(tune: str) -> str:
    """What a tune is, in a few words."""
    return {
        "IK-1": _("a statement (IK-1): the voice falls on the marked word"),
        "IK-2": _("a question word or a command (IK-2): the voice falls steeply on the marked word"),
        "IK-3": _("yes or no? (IK-3): the voice jumps up on the marked word and is low after it"),
        "IK-4": _("a question with «а» (IK-4): the voice falls on the marked word, then rises"),
        "IK-5": _("an appraisal (IK-5): the voice rises on the first stress and falls on the last"),
        "fall": _("the voice falls on the marked word and stays low"),
        "rise": _("yes or no? The voice is low on the marked word and rises from there to the end"),
        "choice": _("one of two? The voice rises on the first and falls on the last, the marked word"),
    }[tune]


def lag_told(lag: float, spread: float) -> str:
    """How far a voice was behind a reading, s, or before it."""
    text = _("{lag:.2f} s behind, ±{spread:.2f} s") if lag >= 0 else _("{lag:.2f} s ahead, ±{spread:.2f} s")
    return text.format(lag=abs(lag), spread=spread)


def likeness_told(likeness: float) -> str:
    """How alike a melody is to the reading's, from -1 to 1."""
    return _("{share:.0%} like the reading's melody").format(share=max(0.0, likeness))


def letters_key(letters: str, language: Language) -> str:
    """What the unusual ones mean of the letters in which a call of a language is read; empty where there are none."""
    signs = {
        "ru": {
            "ih": _("the i of bill, the tongue further back"), "kh": _("a rough h"), "zh": _("the s of vision"),
            "shsh": _("a long soft sh"), "’": _("the consonant is soft"),
        },
        "en": {
            "ə": _("a short dull vowel"), "ӓ": _("between «а» and «э»"), "ӈ": _("«н» in the nose, without «г»"),
            "с̱": _("«с» with the tongue between the teeth"), "з̱": _("«з» with the tongue between the teeth"),
            "¯": _("a line above: long"),
        },
    }  # fmt: skip
    found = unicodedata.normalize("NFD", letters.lower()).replace("\u0304", "¯")
    return " · ".join(
        f"{sign} {told}" for sign, told in signs[language].items() if unicodedata.normalize("NFD", sign) in found
    )


def melody_verdict(melody: "Melody", reader: Reader = ANYBODY) -> str:
    """What to do about a call's melody, or that there is nothing to do, or nothing to tell."""
    if advice := melody_advice(melody, reader):
        return advice
    if melody.points is None:
        return _("No reading of this call has its melody: yours is shown, but not judged.")
    return _("The melody is right.")


def melody_advice(melody: "Melody", reader: Reader = ANYBODY) -> str:
    """The one thing to do about a call's melody or rhythm; empty where there is nothing."""
    language = melody.assessment.language
    words = [without_stress(reader.word(word.text, language, word.asked)) for word in melody.assessment.words]
    for heard in melody.heard:
        centre = words[heard.sentence.centre]
        if heard.misplaced and heard.place is not None and language == "en":
            told = _("The question rises from {heard} on: what is asked about is {word}, stay low until there.")
            return told.format(heard=words[heard.place], word=centre)
        if heard.misplaced and heard.place is not None:
            told = _("The question rises on {heard}: what is asked about is {word}, let the voice jump there.")
            return told.format(heard=words[heard.place], word=centre)
        if heard.right:
            continue
        if heard.sentence.rises and language == "ru":
            return _("A question, said like a statement: let the voice jump up on {word}, and down after it.").format(
                word=centre
            )
        if heard.sentence.rises:
            return _("A question, said like a statement: start low on {word} and rise to the end.").format(word=centre)
        return _("A statement, said like a question: let the voice fall on {word}.").format(word=centre)
    if melody.full_forms:
        form = melody.full_forms[0]
        return _("{word} was said in full: here it is weak, [{weak}].").format(
            word=reader.word(form.word, language), weak=reader.spelled(form.weak, language) or "".join(form.weak)
        )
    if melody.full_vowels:
        vowel = melody.full_vowels[0]
        return _("An unstressed vowel of {word} was said in full: it is [{phone}], short and dull.").format(
            word=without_stress(reader.word(vowel.word, language)), phone=reader.phone(vowel.phone, language)
        )
    return ""


def today_told(today: "Today") -> str:
    """What there is to do, in a line."""
    parts = [ngettext("{n} call due", "{n} calls due", today.due).format(n=today.due)] if today.due else []
    if today.weak:
        parts.append(ngettext("{n} weak sound", "{n} weak sounds", today.weak).format(n=today.weak))
    if today.minutes:
        parts.append(_("about {n} min").format(n=today.minutes))
    return " · ".join(parts) or _("nothing is due")


def unfinished_told(unfinished: "Unfinished") -> str:
    """A drill that was broken off."""
    plan = unfinished.plan
    text = _("broken off: {mode}, {done} of {all}; go on")
    return text.format(
        mode=mode_name(plan.mode), done=unfinished.answered, all=sum(turn.seat is not None for turn in plan.agenda)
    )


def training_name(kind: str) -> str:
    """Of what is trained beside calls."""
    names = {
        "ear": _("Ear"), "listen": _("By ear"), "mouth": _("Mouth"), "melody": _("Melody"),
        "shadow": _("Shadowing"), "load": _("Under load"),
    }  # fmt: skip
    return names[kind]


def task_name(task: str) -> str:
    """Of what is done beside a call."""
    return {"count": _("the count"), "gauge": _("the gauge")}[task]


def load_told(found: "Outcome", alone: float | None) -> str:
    """What another task cost, and what it was worth itself."""
    text = _("Readback with the other task {readback:.0f}, without {without:.0f}: it costs {loss:.0f} points.")
    told = text.format(readback=found.readback, without=found.without, loss=found.loss)
    if alone is not None:
        told += " " + _("The other task: {held:.0f} with a call, {alone:.0f} alone.").format(
            held=found.held, alone=alone
        )
    if found.slower is not None:
        told += " " + _("Time to answer: {slower:+.1f} s.").format(slower=round(found.slower, 1) + 0.0)
    return told


def in_language(language: Language) -> str:
    """How somebody speaks."""
    return {"en": _("in English"), "ru": _("in Russian")}[language]


def language_mark(language: Language) -> str:
    """A language where there is room for a mark only."""
    return {"en": _("EN"), "ru": _("RU")}[language]


def speaker_name(line: Line) -> str:
    names = {
        "apollo": _("Apollo"),
        "soyuz": _("Soyuz"),
        "houston": _("Houston"),
        "moscow": _("Moscow"),
        "recovery": _("Recovery"),
    }
    return names.get(line.speaker, _("Loop"))


def contrast_name(language: Language, name: str, reader: Reader = ANYBODY) -> str:
    """Of what the ear tells apart: its two sounds by words that have them, else what it is known by."""
    sounds = next((one.sounds for one in contrasts(language) if one.id == name), None) or ()
    known = [reader.sound(phone) for symbol in sounds if (phone := sound(language, symbol))]
    return " / ".join(known) or name


def why(
    reason: Reason, language: Language = "en", reader: Reader = ANYBODY, named: Callable[[str], str] | None = None
) -> str:  # fmt: skip
    """Why a call was chosen, in the learner's words. language: that is drilled; named: as for a call's head."""
    match reason.why:
        case "due":
            return _("due again")
        case "weak-sound":
            symbol = reason.sound or ""
            return _("trains {sound}").format(sound=named(symbol) if named else f"[{reader.phone(symbol, language)}]")
        case "new":
            return _("new")
        case "again":
            return _("once more")
        case "drawn":
            return _("drawn by lot")
        case "inject":
            return _("from the instructor")
        case "in-order":
            return ""


def clock(seconds: float) -> str:
    """Hours, minutes and seconds, as 051:49:09 on the mission clock."""
    whole = int(seconds)
    return f"{whole // 3600:03}:{whole // 60 % 60:02}:{whole % 60:02}"


def held_name(held: "Held") -> str:
    """How a call sits in a learner's memory."""
    return {
        "new": _("not said yet"), "begun": _("said; mastered when said well on different days"),
        "mastered": _("mastered: said well on different days"), "due": _("due again"),
    }[held]  # fmt: skip


def remark(attempt: Attempt, mark: float | None = None) -> str:
    """mark: of passing, where there is one."""
    remarks = []
    if attempt.verdict == "missed":
        remarks.append(_("no answer"))
    elif attempt.verdict != "scored":
        remarks.append(_("something else was said"))
    if attempt.exact is False:
        remarks.append(_("figures wrong"))
    if attempt.verdict == "scored" and not attempt.whole:
        remarks.append(_("a word was left out"))
    if attempt.hints:
        remarks.append(ngettext("with {n} hint", "with {n} hints", attempt.hints).format(n=attempt.hints))
    if attempt.call not in (None, attempt.asked):
        remarks.append(_("answered with {call}").format(call=attempt.call))
    if mark is not None and attempt.doubtful(mark):
        remarks.append(_("too near {mark:g} to be sure").format(mark=mark))
    return ", ".join(remarks)


def nothing_poor(said: Sequence[Assessed], answers: int) -> str:
    """Of a drill in which no sound was poor. answers: how many were asked for."""
    if well_said(said, answers):
        return _("No sound stands out. Well said.")
    if any(event.assessment.verdict == "scored" for event in said):
        return _("No sound stands out.")
    return _("No call was said that could be scored.")


def verdict_told(judged: Verdict, language: Language, reader: Reader = ANYBODY) -> str:
    """The one line that a learner reads first, without its mark and score. language: which was spoken."""

    def shown(word: str, phones: tuple[str, ...] = ()) -> str:
        return without_stress(reader.word(word, language, phones))

    match judged:
        case NoAnswer():
            return _("NO ANSWER: the call was missed")
        case OtherCall(said):
            text = reader.read(said, language) or without_stress(said)
            return _("ANOTHER CALL: {said}").format(said=text) if said else _("ANOTHER CALL was said")
        case WrongFigure("", said):
            return _("FIGURE: you said {said}, none was asked there").format(said=shown(said))
        case WrongFigure(asked, ""):
            return _("FIGURE: {asked} was left out").format(asked=shown(asked))
        case WrongFigure(asked, said):
            return _("FIGURE: you said {said}, asked {asked}").format(said=shown(said), asked=shown(asked))
        case LeftOut(words):
            return _("LEFT OUT: {words}").format(words=", ".join(map(shown, words)))
        case WrongStress(word, expected, heard):
            said, right = (reader.loud(word, at, language) for at in (heard, expected))
            return _("STRESS: {said} → {right}").format(said=said, right=right)
        case PoorSound(hint) if not hint.expected:
            too_many = reader.phone(hint.heard or "", language)
            return _("SOUND: [{heard}] too many in {word}").format(heard=too_many, word=shown(hint.word, hint.phones))
        case PoorSound(hint):
            wanted, other = reader.phones(hint.expected, hint.heard or "", language)
            instead = _("unclear") if hint.heard is None else f"[{other}]" if hint.heard else _("nothing")
            text = _("SOUND: [{expected}] in {word} → {heard}")
            return text.format(expected=wanted, word=shown(hint.word, hint.phones), heard=instead)
        case Right():
            return _("SAID RIGHT")


def heard_words(words: Iterable[str], language: Language, reader: Reader = ANYBODY) -> str:
    """What a recogniser heard, as it is shown: speech that was no known word is an ellipsis."""
    return " ".join("…" if word == UNKNOWN else reader.word(word, language) for word in words)


def marks(result: Assessment, reader: Reader = ANYBODY) -> list[tuple[str, str]]:
    """The marks of a scored call, and what each means, in the order of its words."""
    told: dict[str, str] = {}
    for word in result.words:
        text = without_stress(reader.word(word.text, result.language, word.asked))
        if word.missing:
            told[f"{MISSING} {text}"] = _("left out")
        for label in word.added:
            told[f"+{reader.phone(label, result.language)}"] = _("{word}: a sound too many").format(word=text)
        for phone in word.phones:
            instead = heard_instead(result.language, phone)
            if phone.score >= FLAGGED or instead is None:
                continue
            asked = reader.sound(inventory(result.language)[phone.phone])
            known = sound(result.language, instead) if instead else None
            heard = reader.sound(known) if known else _("nothing") if not instead else f"[{instead}]"
            meaning = _("{word}: asked {asked}; heard {heard}").format(word=text, asked=asked, heard=heard)
            expected, other = reader.phones(phone.phone, instead, result.language)
            told.setdefault(f"{expected}({other or '–'})", meaning)
    return list(told.items())


def stress_told(word: str, stress: "Stress", language: Language, reader: Reader = ANYBODY) -> str:
    """Of one word, with its mark."""
    right = reader.loud(word, stress.expected, language)
    if stress.misplaced:
        return _("STRESS: {said} → {right}").format(said=reader.loud(word, stress.heard, language), right=right)
    return _("stress right: {right}").format(right=right)


def next_step(judged: Verdict, *, by_ear: bool) -> str:
    """What to do next, with its key. by_ear: whether the ear can be trained on what was confused."""
    match judged:
        case Right():
            return _("↵ next call")
        case NoAnswer():
            return _("↵ goes on · 1 hear it · A answer again")
        case WrongFigure() | LeftOut() | OtherCall():
            return _("1 hear it · A say it again")
        case PoorSound() if by_ear:
            return _("W only this word · E by ear · Y hear the difference · A say it again")
        case WrongStress() | PoorSound():
            return _("W only this word · Y hear the difference · A say it again")


def summary_told(found: Summary) -> str:
    """How a drill went, in a sentence or two."""
    text = ngettext("{n} answer, {passed} good enough", "{n} answers, {passed} of them good enough", found.answers)
    told = text.format(n=found.answers, passed=found.passed)
    if found.mean is not None:
        told += "; " + mean_told(found.mean)
    return ", ".join((told, *_not_said(found))) + "."


def summary_briefly(found: Summary) -> str:
    """The same in a line of several parts; its mean stands elsewhere."""
    count = ngettext("{n} answer", "{n} answers", found.answers).format(n=found.answers)
    return " · ".join((count, _("{n} good enough").format(n=found.passed), *_not_said(found)))


def mean_told(mean: float) -> str:
    return _("{mean:.0f} points on average").format(mean=mean)


def _not_said(found: Summary) -> Iterable[str]:
    if found.missed:
        yield ngettext("{n} call missed", "{n} calls missed", found.missed).format(n=found.missed)
    if found.left_out:
        yield ngettext("{n} call left out", "{n} calls left out", found.left_out).format(n=found.left_out)


def verdict_name(verdict: str) -> str:
    verdicts = {
        "scored": "", "missed": _("no answer"), "other_phrase": _("another call"),
        "other_language": _("another language"), "not_recognised": _("not recognised"),
    }  # fmt: skip
    return verdicts.get(verdict, verdict)


def try_told(result: Assessment, at: int, reader: Reader = ANYBODY) -> str:
    """Why a try at a piece is worth what it is, where its points do not say it: not scored, or stressed wrong in its
    word, by number."""
    if why := verdict_name(result.verdict):
        return _("not scored: {why}").format(why=why)
    stress = result.stress(at)
    if stress is None or not stress.misplaced:
        return ""
    return stress_told(result.words[at].text, stress, result.language, reader)


def remarks(result: Assessment, reader: Reader = ANYBODY) -> list[str]:
    """What is to be said of the call as a whole: another one was said, words were left out."""
    lines = []
    if result.verdict == "other_phrase" and result.said:
        lines.append(
            _("This sounds like another call, {phrase}: {text}").format(
                phrase=result.said.phrase, text=reader.call(result.said.text, result.language)
            )
        )
    elif result.verdict == "other_language" and result.said:
        message = {
            "en": _("This was said in Russian. The call is to be made in English."),
            "ru": _("This was said in English. The call is to be made in Russian."),
        }[result.language]
        lines.append(message)
    elif result.verdict == "not_recognised":
        lines.append(_("This does not sound like the call. Listen to it once more, then say the whole of it."))
    if lost := breakdown(result, reader):
        lines.append(lost)
    if result.uncalibrated is not None:
        message = _("On the scale of this course ({course}); on the trainer's own: {points:.0f}.")
        lines.append(message.format(course=result.scale.partition("+")[2], points=result.uncalibrated))
    if missing := left_out(result):
        message = ngettext("Left out: {words}", "Left out: {words}", len(missing))
        told = message.format(words=", ".join(reader.word(word, result.language) for word in missing))
        lines.append(told if result.whole else told + ". " + _("A call without one of its words is not done."))
    for extra in result.extra_speech:
        message = _("Something else was said from {start:.1f} s to {end:.1f} s: [{phones}]")
        lines.append(message.format(start=extra.start, end=extra.end, phones=" ".join(extra.phones)))
    return lines


def breakdown(result: Assessment, reader: Reader = ANYBODY) -> str:
    """What the points of a call are missing for: 76 = [pʲ] −11, stress −9, [tʲ] −4. Empty where nothing stands out."""
    if not any(deduction.of != "overall" for deduction in result.deductions):
        return ""
    sounds = ((one, reader.phone(one.sound or "", result.language)) for one in dearest(result))
    parts = (f"{lost_for(one) or f'[{sound}]'} −{one.points:.0f}" for one, sound in sounds)
    return f"{points(result)} = {', '.join(parts)}"


def dearest(result: Assessment) -> list["Deduction"]:
    """What a call lost most for, and last all that is left over, in whole points that sum up as they are shown."""
    named = [one for one in result.deductions if one.points >= LEAST_DEDUCTION]
    named.sort(key=lambda one: one.of == "overall")
    if len(named) > MOST_DEDUCTIONS:
        rest = sum(one.points for one in named[MOST_DEDUCTIONS - 1 :])
        overall = replace(named[-1], of="overall", points=rest, sound=None, heard=None, word=None)
        named = [*named[: MOST_DEDUCTIONS - 1], overall]
    shown = _whole([one.points for one in named], 100 - round(result.score))
    return [replace(one, points=float(n)) for one, n in zip(named, shown, strict=True) if n]


def _whole(parts: Sequence[float], total: int) -> list[int]:
    """Parts as whole numbers whose sum is the total, where theirs is about that: the largest remainders are raised."""
    whole = [int(part) for part in parts]
    left = total - sum(whole)
    if not 0 <= left <= len(parts):
        return [round(part) for part in parts]
    up = sorted(range(len(parts)), key=lambda n: whole[n] - parts[n])[:left]
    return [n + (at in up) for at, n in enumerate(whole)]


def lost_for(one: "Deduction") -> str:
    """What points were lost for, where it is no sound."""
    return {"stress": _("stress"), "missing": _("left out"), "overall": _("overall")}.get(one.of, "")


def points(result: Assessment) -> str:
    """The score of a call, with how far chance may have moved it where that is much: 76 ±5."""
    return f"{result.score:.0f} ±{margin:.0f}" if (margin := unsure(result)) else f"{result.score:.0f}"


def unsure(result: Assessment) -> float | None:
    """Points by which chance may have moved a score, either way; None where that is little, or not known."""
    return result.margin if result.margin is not None and result.margin >= UNSURE else None


def left_out(result: Assessment) -> list[str]:
    return [word.text for word in result.words if word.missing] if result.verdict == "scored" else []


# Functions, so that each is said in the language that the interface has at that moment.
SPEAKERS: dict[str, Callable[[], str]] = {
    "any": lambda: _("anyone"),
    "apollo": lambda: _("the Apollo crew"),
    "soyuz": lambda: _("the Soyuz crew"),
    "houston": lambda: _("Houston"),
    "moscow": lambda: _("Moscow"),
    "recovery": lambda: _("the recovery forces"),
}
ATTESTED: dict[str | None, Callable[[], str]] = {
    None: lambda: _("These words are our rendering of the other side."),
    "spoken": lambda: _("Spoken in this language on the flight."),
    "translated": lambda: _("A source's translation of words said in the other language."),
    "script": lambda: _("Scripted before the flight."),
    "simulator": lambda: _("Spoken in a simulator run."),
    "telephone": lambda: _("Spoken on the project's telephone line."),
    "other-flight": lambda: _("Spoken on another Soviet flight."),
    "retold": lambda: _("From a modern retelling."),
    "partly": lambda: _("Attested in part."),
}
