"""The console recorded as somebody sits at it: keys and screens as asciicasts (v2), what was kept as JSON lines.

    python -m tests.benchmarks.recordings OUT [--only ear mouth first-minute] [--language en ru]
                                              [--minutes 10 | --steps N] [--pace real|fast] [--size 100x30]
    python -m tests.benchmarks.recordings OUT --frames CAST...      # the screen at every key, as text

The real program runs in a pseudo-terminal; who types waits for what is on the screen. A simulated learner of either
language works a drill of the training menu for ten minutes: the ear hears each contrast up to a threshold
(`training.Listener`), and of four meanings three times the right one; the mouth says the whole call first and then what
it heard, ladder after ladder; melody, shadowing and load are answered with readings, the gauge is held as it is seen
and the count goes on with every beat, in turn. `first-minute`
is somebody new, who does not read the other alphabet: from the sign-on over the audio check to the first two calls, of
which the first goes wrong, and the debrief. `asciinema play OUT/ear-en.cast` plays one. --pace fast: recordings are
spoken as fast as they can be heard, and the clock of a cast is the machine's.
"""

import argparse
import random
import re
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import soundfile

from tests.benchmarks.screencast import Screencast, Unseen, frames
from tests.benchmarks.terminal import ruston
from tests.benchmarks.training import Listener
from trainer.audio.files import decode
from trainer.audio.manifest import NAME, clips
from trainer.audio.recording import LONGEST, SAMPLE_RATE
from trainer.audio.reference import reading
from trainer.bundled import bundled
from trainer.drill import agenda
from trainer.drill.ear import TRIALS
from trainer.drill.listening import CALLS
from trainer.drill.load import CALLS as CALLS_UNDER_LOAD
from trainer.drill.mouth import Practice, tried
from trainer.languages import LANGUAGES, Language, other
from trainer.live.hearing import EarDrill
from trainer.live.listening import Listening
from trainer.live.practice import Practising
from trainer.live.program import Options, Program
from trainer.messages import choose_language
from trainer.messages import gettext as _
from trainer.phones.rules import rules
from trainer.reports.exercises import chosen, write
from trainer.reports.names import Names
from trainer.reports.selection import Selection
from trainer.tui.screens.mouth import next_ladder

READINGS = bundled("audio") / "reference"
SAMPLES = bundled("audio") / "samples"
WHO = {"en": "stafford", "ru": "leonov"}  # by the language of the interface; each learns the other's
NEW = {"en": "Ann Miller", "ru": "Анна Мельникова"}
TRAINED = ("ear", "listen", "mouth", "melody", "rules", "shadow", "load")  # in the order of the menu
FIRST = "first-minute"
SEED = 22
LOOK = 0.5  # s from what is seen to the next key
NEWCOMERS_LOOK = 2.0
GUESSED = 0.25  # of the meanings
UNSCORED = 20.0  # s after which nothing comes of a take any more
SOUNDS = 1.0  # s until a sound has begun
HELD = 0.25  # s between two looks at the gauge
MARKS = r"[●◐○] \d+"
CHECKED = "COM-10"  # what is said at the audio check
BROKEN_OFF = 0.5  # of a call


class Sitting:
    """A learner at the console, before a drill of the training menu."""

    def __init__(self, cast: Screencast, language: Language, records: Path, shared: Program, mic: Path) -> None:
        """language: of the interface. records: where the console keeps what is done; shared: a book and a scorer. mic:
        the folder that the console's microphone reads anew in every drill."""
        self.cast, self._mic = cast, mic
        self.program = Program(Options(records=str(records)))
        self.program.book, self.program.scorer = shared.book, shared.scorer
        self.practising = Practising(self.program, self.program.seat_of(WHO[language]))
        self.draw = random.Random(SEED)
        self.listener: Listener | None = None
        self._loads = 0  # drills under load that were begun
        self._stepped = 0.0  # when the count went on last

    def sign_on(self, who: str) -> None:
        cast = self.cast
        cast.sees(_("Type your name"), who)
        cast.types(who)
        cast.sees(who, gone=_("Type your name"))
        cast.key("enter")
        cast.sees(_("no: show it in my letters, too"))
        cast.key("enter")
        cast.sees(_("Mission board"), _("What is next for me"))

    def open(self, drill: str) -> None:
        cast = self.cast
        cast.key("t")
        cast.sees(_("Train"), _("Begin"))
        cast.key(*["down"] * TRAINED.index(drill), "enter")
        cast.sees(_("CLEAR"), gone=_("one moment…"))

    def leave(self) -> None:
        """Back to the board, however far it is."""
        cast = self.cast
        while _("Mission board") not in cast.screen:
            cast.key("escape")
            cast.sees(_("Mission board") + "|" + _("Begin") + "|" + _("CLEAR"))

    def speaks(self, drill: str) -> None:
        """What will be said in a drill, into the folder of the microphone."""
        if drill == "mouth":
            self._ladder = next_ladder(self.practising)
            self._says_ladder()
        elif drill == "load" and not self._loads:
            self._says_readbacks()

    def _says_ladder(self) -> None:
        """In the order of the tries; first the whole call, which is too much."""
        number = 0
        for piece in self._ladder:
            practice = Practice(piece)
            while (step := practice.step) is not None:
                samples = self.practising.reading(piece if number else self._ladder[-1], step)
                assert samples is not None
                soundfile.write(self._mic / f"{number:03}.wav", samples, SAMPLE_RATE)
                practice, number = tried(practice, 0.0), number + 1

    def _says_readbacks(self) -> None:
        rows, language, book = ["path\tphrase\tlanguage"], self.practising.language, self.program.book
        for turn in agenda.readbacks(book, [self.practising.seat], SEED, CALLS_UNDER_LOAD):
            for call in turn.answers:
                clip = reading(call, agenda.find(book, call).text(language), language)
                assert clip is not None
                soundfile.write(self._mic / f"{len(rows)}.wav", clip.samples, clip.rate)
                rows.append(f"{len(rows)}.wav\t{call}\t{language}")
        (self._mic / NAME).write_text("\n".join(rows) + "\n", encoding="utf-8")

    # A drill, step by step, to its end

    def ear(self) -> Iterator[None]:
        """The same questions are drawn here, so that it is known which word was heard."""
        cast, drill = self.cast, EarDrill(self.practising, (), TRIALS, SEED)
        self.listener = self.listener or Listener(SEED, tuple(drill.pairs))
        while not drill.over:
            trial = drill.asking.next()
            cast.sees(_("← or →"), *(word.text for word in trial.words), _("CLEAR"))
            right = self.listener.hears(trial.contrast, trial.level)
            which = trial.answer if right else 1 - trial.answer
            drill.answers.append(drill.asking.answered(trial, which, self.program.options.now()))
            cast.key(("left", "right")[which])
            cast.sees(_("↵ goes on, A plays both") + "|" + _("↵ or Esc leaves"), _("CLEAR"))
            yield
            cast.key("enter")

    def listen(self) -> Iterator[None]:
        cast, drill = self.cast, Listening(self.practising, CALLS, SEED)
        for question in drill.questions:
            cast.sees(_("Listen. What does it mean? Press its letter."), *question.meanings, _("CLEAR"))
            guessed = self.draw.random() < GUESSED
            cast.key("abcd"[self.draw.randrange(len(question.meanings)) if guessed else question.answer])
            cast.sees(_("↵ goes on, 1 plays it again") + "|" + _("↵ or Esc leaves"))
            yield
            cast.key("enter")

    def mouth(self) -> Iterator[None]:
        cast, pieces = self.cast, self._ladder
        for piece in pieces:
            practice = Practice(piece)
            for number in range(practice.needed):
                cast.sees(_("Space, then speak"), _("CLEAR"))
                cast.key("space")
                cast.counts(MARKS, number + 1)
            cast.sees(
                _("↵ or Esc leaves, A says it again" if piece is pieces[-1] else "↵ goes on, A says it again"),
                _("CLEAR"),
            )
            yield
            cast.key("enter")

    def melody(self) -> Iterator[None]:
        cast, step = self.cast, 0
        while True:
            cast.sees(_("Space, then speak"), _("CLEAR"))
            cast.key("space")
            cast.sees(_("↵ goes on, A says it again"), _("CLEAR"))
            for key in ("3", "2") if step == 1 else ():
                cast.key(key)
                heard(cast)
            yield
            cast.key("enter")
            step += 1

    def rules(self) -> Iterator[None]:
        cast, number = self.cast, len(rules(self.practising.language))
        for card in range(1, number + 1):
            cast.sees(f"{card}/{number}", _("CLEAR"))
            cast.key("1")
            heard(cast)
            yield
            cast.key("enter")

    def shadow(self) -> Iterator[None]:
        cast, behind = self.cast, _("{lag:.2f} s behind the reading, ±{spread:.2f} s").split("}")[1].split("{")[0]
        while True:
            cast.sees(_("Space: the reading begins, speak along"), _("CLEAR"), gone=behind)
            cast.key("space")
            with suppress(Unseen):  # what cannot be scored is told, and the next call comes
                cast.sees(behind, _("CLEAR"), patience=UNSCORED)
            yield
            cast.key("enter")

    def load(self) -> Iterator[None]:
        cast = self.cast
        answer, go_on, leave = _("Space, then read it back; ↵ leaves it out"), _("↵ goes on"), _("↵ or Esc leaves")
        busy = _("The other task is on")
        self._loads += 1
        if not self._loads % 2:
            cast.key("g")
            cast.counts(counting(), 1)
        while leave not in cast.sees("|".join((answer, go_on, leave))):
            asked = answer in cast.screen
            cast.key("space" if asked else "enter")
            with suppress(Unseen):
                cast.sees(_("Space or silence ends") if asked else busy, patience=SOUNDS, look=0)
            self._hold(answer, go_on, leave)
            if asked:
                yield

    def _hold(self, *until: str) -> None:
        """The gauge, as it is seen, or the count, until one of these notes."""
        cast = self.cast
        while not any(note in cast.screen and _("The other task is on") not in cast.screen for note in until):
            if beat := re.search(counting(), cast.screen):
                if cast.elapsed - self._stepped > float(beat[1].replace(",", ".")) - HELD / 2:
                    self._stepped = cast.elapsed
                    cast.key("down")
            elif gauge := re.search(r"([·○●]*)\[([·○●]*)\]([·○●]*)", cast.screen):
                below, inside, above = gauge.groups()
                if re.search("[○●]", below):
                    cast.key("right")
                elif re.search("[○●]", above):
                    cast.key("left")
                elif (at := re.search("[○●]", inside)) and not 0.25 < at.start() / len(inside) < 0.75:
                    cast.key("right" if at.start() < len(inside) / 2 else "left")
            with suppress(Unseen):
                cast.sees(*until[:1], patience=HELD, look=0)


def counting() -> str:
    """What the screen says where the other task is the count: a pattern, with the beat."""
    told = _("A step every {beat:.1f} s with ↓, evenly, while you listen and speak.")
    return re.escape(told).replace(re.escape("{beat:.1f}"), r"(\d+[.,]\d)")


def heard(cast: Screencast) -> None:
    """Until it has sounded; where recordings play fast, its beginning may never be drawn."""
    with suppress(Unseen):
        cast.sees(_("RECEIVE"), patience=SOUNDS, look=0)
    cast.sees(_("CLEAR"))


def voice_of_a_newcomer(language: Language, folder: Path) -> Path:
    """Of each call two clips: first with an accent, or broken off in the middle, and then well said. language: which is
    learnt."""
    rows = ["path\tphrase\tlanguage"]
    accents = {clip.phrase: clip for clip in clips(SAMPLES) if clip.reading.startswith("planted")}
    heard = {clip.phrase: clip for clip in clips(READINGS) if clip.language == language}
    for call, clip in heard.items():
        samples, rate = decode(clip.path, LONGEST)
        accent = accents.get(call)
        if call == CHECKED or (accent is not None and accent.language == language):
            first = clip.path if call == CHECKED or accent is None else accent.path
        else:
            first = folder / f"{call}.wav"
            soundfile.write(first, samples[: int(len(samples) * BROKEN_OFF)], rate)
        rows += [f"{path}\t{call}\t{language}" for path in (first, clip.path)]
    (folder / NAME).write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


def first_minute(cast: Screencast, language: Language) -> None:
    """Somebody new, from the sign-on to the debrief of two calls. language: of the interface."""
    speak, goes_on = _("Space, then speak"), _("next")
    cast.sees(_("Type your name"), _("Sign on"))
    cast.types(NEW[language])
    cast.sees(_("I am new: {name}").format(name=NEW[language]))
    cast.key("enter")
    cast.sees(_("Your first language"))
    cast.key("enter")
    cast.sees(_("no: show it in my letters, too"))
    cast.key("down", "enter")
    cast.sees(_("Mission board"), _("What is next for me"))
    cast.key("c")
    cast.sees(_("Be silent for a second, then press Space and say:"), speak)
    cast.key("space")
    cast.sees(_("voice above noise"))
    cast.key("escape")
    cast.sees(_("Mission board"), _("What is next for me"))
    cast.key("down", "down", "enter")
    answers = 0
    while _("Debrief") not in cast.sees(speak + "|" + _("Debrief"), _("CLEAR") + "|" + _("Debrief")):
        cast.key("space")
        cast.sees(goes_on, _("CLEAR"), gone=speak)
        if not answers:  # the first one, which went wrong, is heard and said again
            cast.key("1")
            heard(cast)
            cast.key("a")
        else:
            cast.key("enter")
        cast.sees(speak + "|" + _("Debrief"), _("CLEAR") + "|" + _("Debrief"), gone=goes_on)
        answers += 1
    cast.key("escape")
    cast.sees(_("Mission board"), _("What is next for me"))
    cast.key("ctrl+q")


def recorded(
    out: Path, what: str, language: Language, most: Callable[[int, float], bool], pace: str, size: tuple[int, int],
    shared: Program,
) -> None:  # fmt: skip
    """most: whether so many steps, and so many seconds, are enough. Raises Unseen."""
    name = f"{what}-{language}"
    records = out / f"{name}.sqlite"
    records.unlink(missing_ok=True)
    choose_language(language)
    with TemporaryDirectory() as folder:
        mic = READINGS
        if what in ("mouth", "load", FIRST):
            mic = Path(folder) / "said"
            mic.mkdir()
        if what == FIRST:
            voice_of_a_newcomer(other(language), mic)
        sound = ("--mic", str(mic), "--speaker", "mute", "--pace", pace, "--seed", str(SEED), "--size", "2")
        command = ruston("console", *sound, "--records", str(records))
        look = NEWCOMERS_LOOK if what == FIRST else LOOK
        if pace == "fast":
            look /= 10
        with Screencast(out / f"{name}.cast", command, Path(folder), size, language, look) as cast:
            if what == FIRST:
                first_minute(cast, language)
            else:
                trained(cast, what, language, records, most, shared, mic)
    if what != FIRST:
        with closing(Program(Options(records=str(records)))) as kept, (out / f"{name}.jsonl").open("w") as file:
            assert kept.store is not None
            write(chosen(kept.store, Selection(), Names(b"")), Names(b"recording"), file)


def trained(
    cast: Screencast, drill: str, language: Language, records: Path, most: Callable[[int, float], bool],
    shared: Program, mic: Path,
) -> None:  # fmt: skip
    steps = 0
    sitting = Sitting(cast, language, records, shared, mic)
    with closing(sitting.program):
        sitting.sign_on(sitting.practising.seat.name)
        began = cast.elapsed
        while not most(steps, cast.elapsed - began):
            sitting.speaks(drill)
            sitting.open(drill)
            for _step in getattr(sitting, drill)():
                steps += 1
                if most(steps, cast.elapsed - began):
                    break
            sitting.leave()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--only", nargs="+", choices=(*TRAINED, FIRST), default=(*TRAINED, FIRST))
    parser.add_argument("--language", nargs="+", choices=LANGUAGES, default=LANGUAGES, help="of the interface")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--steps", type=int, help="instead of minutes")
    parser.add_argument("--pace", choices=("real", "fast"), default="real")
    parser.add_argument("--size", default="100x30", help="columns and rows of the terminal")
    parser.add_argument("--frames", nargs="+", type=Path, metavar="CAST", help="write its screens to OUT, as text")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    for cast in arguments.frames or ():
        told = (f"===== {at:.1f} s, then {key!r}\n{screen.rstrip()}\n" for at, key, screen in frames(cast))
        (arguments.out / f"{cast.stem}.txt").write_text("\n".join(told), encoding="utf-8")
    if arguments.frames:
        return

    def most(steps: int, seconds: float) -> bool:
        return steps >= arguments.steps if arguments.steps else seconds >= arguments.minutes * 60

    columns, rows = map(int, arguments.size.split("x"))
    shared = Program(Options(keep=False))
    for what in arguments.only:
        for language in arguments.language:
            recorded(arguments.out, what, language, most, arguments.pace, (columns, rows), shared)
            print(f"{what}-{language}.cast", flush=True)


if __name__ == "__main__":
    main()
