"""Every screen as it is shown in pictures and checked by tests: the same people, calls, scores and clock every time.

What was scored comes from logs of real drills (`python tests/tui/stage.py` records them anew), so that a picture does
not hang on the last bit of a machine's arithmetic.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from textual.events import Key
from textual.pilot import Pilot
from textual.widgets import Checkbox, Input, Static

from trainer.audio.files import read
from trainer.audio.recording import Recording
from trainer.bundled import bundled
from trainer.drill.direction import COUNT, Manner, missing
from trainer.drill.events import (
    Advanced,
    Assessed,
    Cue,
    Ended,
    Event,
    Heard,
    Held,
    Injected,
    Joined,
    KeyDown,
    KeyUp,
    Left,
    Opened,
    from_json,
    to_json,
)
from trainer.drill.plan import Plan, Reason, Seat, Turn
from trainer.drill.session import State, apply
from trainer.languages import Language
from trainer.live.program import Drill, Measured, Options, Program, crew
from trainer.live.session_log import SessionLog
from trainer.loop.ends import Watching
from trainer.messages import choose_language
from trainer.records.store import Store
from trainer.tui.app import Console
from trainer.tui.operator import Operator
from trainer.tui.screens.answer import AnswerPage
from trainer.tui.screens.debrief import Debrief
from trainer.tui.screens.drill import DrillPage
from trainer.tui.screens.ear import EarPage
from trainer.tui.screens.exercise import ExercisePage
from trainer.tui.screens.listening import ListeningPage
from trainer.tui.screens.load import LoadPage
from trainer.tui.screens.melody import MelodyPage
from trainer.tui.screens.mouth import MouthPage
from trainer.tui.screens.picking import Picking
from trainer.tui.screens.ready import ReadyPage
from trainer.tui.screens.rules import RulesPage
from trainer.tui.screens.shadow import ShadowPage
from trainer.tui.screens.training import TrainingPage
from trainer.tui.screens.watch import WatchPage
from trainer.tui.widgets.masthead import Masthead

HERE = Path(__file__).parent
NOW = datetime(2025, 7, 17, 16, 19, tzinfo=UTC)
OPENED = "1975-07-17T19:17:00+00:00"
# Who speaks the interface's language, and what they said: the accents of the samples.
CREW: dict[Language, str] = {"en": "stafford", "ru": "leonov"}
CLIPS: dict[Language, dict[str, str]] = {
    "en": {"HTC-02": "ru/htc-02-accent-man.opus", "COM-10": "ru/com-10-accent-man.opus"},
    "ru": {"HTC-02": "en/htc-02-accent-woman.opus", "COM-10": "en/com-10-accent-woman.opus"},
}
SAMPLES = bundled("audio") / "samples"
READINGS = bundled("audio") / "reference"


def options(**changes: object) -> Options:
    """A console that plays recordings as fast as it can, and keeps nothing."""
    usual = Options(mic=str(READINGS), speaker="mute", pace="fast", keep=False, seed=7, size=3, now=lambda: NOW)
    return replace(usual, **changes)


async def until(pilot: Pilot[None], happened: Callable[[], object]) -> None:
    """Let the app go on until something has happened."""
    for _turn in range(3000):
        if happened():
            await pilot.pause()
            return
        await pilot.pause(0.01)
    raise AssertionError("it never happened")


async def signed_on(pilot: Pilot[None], who: str) -> Console:
    console = pilot.app
    assert isinstance(console, Console)
    await known(pilot)
    console.screen.query_one("#crew").show(who)
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(console.screen, Picking) or getattr(console.screen, "_rows", ()))
    if isinstance(console.screen, Picking):  # asked once whether they read the other alphabet: they do
        await pilot.press("enter")
        await until(pilot, lambda: getattr(console.screen, "_rows", ()))
    return console


async def known(pilot: Pilot[None]) -> None:
    """The sign-on screen, when it has found out who is known."""
    await until(pilot, lambda: pilot.app.screen.query("#crew") and pilot.app.screen.query_one("#crew").option_count)


def typed_at_once(console: Console, *keys: str) -> None:
    """Keys that reach the program in one piece, as from a slow line: none waits for what the one before has brought."""
    for key in keys:
        console.post_message(Key(key, key if len(key) == 1 else None))


def drilled(store: Store, learner: str, when: datetime) -> None:
    """A session without answers."""
    seat = Seat("apollo", learner, learner, "en", "apollo")
    store.create(Plan(f"{learner}-{when:%j}", "read", None, (seat,), (), when.isoformat()))


async def begun(pilot: Pilot[None]) -> None:
    """All who sit here say that they are ready, once they can."""
    await until(pilot, lambda: isinstance(pilot.app.screen, ReadyPage) and pilot.app.screen.drill)
    await pilot.press("r")


# Logs of real drills


def recorded(language: Language) -> list[Event]:
    lines = (HERE / "logs" / f"{CREW[language]}.jsonl").read_text(encoding="utf-8").splitlines()
    return [from_json(line) for line in lines]


def upto(events: list[Event], kind: type, count: int) -> list[Event]:
    """The events to the n-th of a kind, with it."""
    places = [i for i, event in enumerate(events) if isinstance(event, kind)]
    return events[: places[count - 1] + 1]


def opened(language: Language, kind: type, count: int) -> Callable[[Program, Plan], Drill]:
    """A drill that stands where a log ends, as one that is taken up again."""
    events = upto(recorded(language), kind, count)

    def open_drill(program: Program, plan: Plan) -> Drill:
        drill = program.open_drill(plan, keep=False, events=events)
        if isinstance(events[-1], Assessed):
            drill.transceiver.last_recording = said(language, events[-1].line.call)
            remember_references(program, language)
        return drill

    return open_drill


def said(language: Language, call: str) -> Recording:
    return read(SAMPLES / CLIPS[language][call])


def remember_references(program: Program, language: Language) -> None:
    for line in (HERE / "logs" / f"{CREW[language]}-reference.jsonl").read_text(encoding="utf-8").splitlines():
        event = from_json(line)
        assert isinstance(event, Assessed)
        clip = next(iter(READINGS.glob(f"{event.line.language}/man/{event.line.call}.opus")))
        program.know(event.line, Measured(event.assessment, read(clip).samples))


# Loops as an instructor has them


class Replayed:
    """A loop as its log tells it."""

    reachable = True
    broken = None

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self.log = SessionLog(events=events)

    @property
    def state(self) -> State:
        return self.log.state


class Replays(Watching):
    """Four loops at different moments of the same recorded drill, other crews on each: one speaks, one is held with an
    alarm waiting, one has lost its guest, one is not open yet. The names and some scores are made up."""

    def __init__(self, program: Program, language: Language) -> None:
        super().__init__(program, "Kranz")
        names = {member.id: member.name[language] for member in crew()}
        pressure = Turn("EMG-01", (), None, Reason("inject"))
        speaks = pair_log(names["leonov"], names["stafford"], 0.0)
        held = pair_log(names["kubasov"], names["brand"], 11.0)
        lost = pair_log(names["romanenko"], names["bean"], 31.0)
        self._replayed = (
            Replayed(upto(speaks, Heard, 8)),
            Replayed(
                [
                    *upto(held, Assessed, 4),
                    Held(at=60.0, by="instructor"),
                    Injected(at=61.0, by="instructor", turn=pressure),
                ]
            ),
            Replayed([*upto(lost, Cue, 3), Left(at=50.0, place="apollo", why="lost"), Held(at=51.0, by="director")]),
            Replayed(),
        )

    @property
    def loops(self):  # type: ignore[override]
        return self._replayed

    def listen(self, loop) -> None:  # type: ignore[no-untyped-def]
        pass


def pair_log(soyuz: str, apollo: str, worse: float) -> list[Event]:
    """The recorded drill of a pair, with other names and with points taken away (more of every second answer)."""
    found: list[Event] = []
    for number, line in enumerate((HERE / "logs" / "pair.jsonl").read_text(encoding="utf-8").splitlines()):
        event = from_json(line)
        match event:
            case Opened():
                seats = tuple(replace(s, name=soyuz if s.id == "soyuz" else apollo) for s in event.plan.seats)
                event = replace(event, plan=replace(event.plan, seats=seats))
                places = (("soyuz", soyuz), ("apollo", apollo), ("instructor", "Kranz"))
                found += [event, *(Joined(at=0.0, place=place, name=name) for place, name in places)]
                continue
            case Assessed():
                score = event.assessment.score - worse * (1 + number % 2)
                event = replace(event, assessment=replace(event.assessment, score=score))
        found.append(event)
    return found


# Scenes: what has happened when the picture is taken

Scene = Callable[[Pilot[None], Language], Awaitable[None]]


async def sign_on(pilot: Pilot[None], language: Language) -> None:
    await known(pilot)


async def board(pilot: Pilot[None], language: Language) -> None:
    assert isinstance(pilot.app, Console)
    practise(pilot.app.program, language)
    console = await signed_on(pilot, CREW[language])
    console.screen.query_one("#phases").highlighted = 6
    await pilot.pause()


async def given(pilot: Pilot[None], language: Language) -> None:
    """The board of a learner whose instructor asked and said something."""
    from trainer.records.assignments import assign, sign_off

    assert isinstance(pilot.app, Console)
    program, who = pilot.app.program, CREW[language]
    practise(program, language)
    assert program.store is not None
    assign(program.store, [who], phases=["docking", "hatch-opening"], mode="checklist", calls=12, pass_mark=80)
    assign(program.store, [who], phases=["comm-check"], calls=5, pass_mark=75, due=datetime(2099, 2, 1, 12, tzinfo=UTC))
    said = {"en": "Calm and clear. Now the figures.", "ru": "Спокойно и чётко. Теперь цифры."}[language]
    sign_off(program.store, "Beregovoi", session="practice-11", learner=who, comment=said)
    await signed_on(pilot, who)
    await pilot.pause()


async def _drill(pilot: Pilot[None], language: Language, kind: type, count: int, *keys: str) -> None:
    console = await signed_on(pilot, CREW[language])
    remembered = recorded(language)[0]
    assert isinstance(remembered, Opened)
    console.push_screen(DrillPage(Operator(remembered.plan, opened(language, kind, count))))
    await until(pilot, lambda: isinstance(console.screen, DrillPage))
    page = console.screen
    assert isinstance(page, DrillPage)
    await until(pilot, lambda: page.state.cue is not None and page.idle)
    if kind is Assessed:
        await until(pilot, lambda: page._reference is not None)
    await until(pilot, lambda: page.query_one(Masthead).clock)  # it comes with the first tick
    await pilot.press(*keys)
    await pilot.pause()


async def to_come(pilot: Pilot[None], language: Language) -> None:
    """Before a checklist: its calls, one's own marked."""
    console = await signed_on(pilot, CREW[language])
    console.start(console.program.plan("checklist", "docking"))
    await until(pilot, lambda: isinstance(console.screen, ReadyPage) and console.screen.state.held_by)
    await pilot.press("down", "t")
    await pilot.pause()


async def counting(pilot: Pilot[None], language: Language) -> None:
    """Two at one terminal are ready; the sound's clock stands still at the first second of the count."""
    console = await signed_on(pilot, CREW[language])
    partner = console.program.seat_of({"en": "leonov", "ru": "stafford"}[language])
    console.start(console.program.plan("respond", "docking", partner))
    await until(pilot, lambda: isinstance(console.screen, ReadyPage) and console.screen.state.held_by)
    page = console.screen
    assert isinstance(page, ReadyPage)
    page.operator.manner = Manner(count=COUNT)
    await pilot.press("r")
    await until(pilot, lambda: not missing(page.state))
    await pilot.pause(0.2)


async def ready(pilot: Pilot[None], language: Language) -> None:
    await _drill(pilot, language, Cue, 1, "i", "t")


async def talking(pilot: Pilot[None], language: Language) -> None:
    """The key is down: a still picture, half a second after the first sound."""
    await _drill(pilot, language, Cue, 1)
    page = pilot.app.screen
    assert isinstance(page, DrillPage)
    from trainer.audio.take import TakeStatus

    samples = said(language, "HTC-02").samples[: 480 * 40]
    for i in range(0, len(samples), 480):
        block = samples[i : i + 480]
        page.tape.feed(TakeStatus(-24.0, -6.0, False, True, True, (i + 480) / 16_000), block)
    page.operator.talking = True
    seat = page.state.cue.seat
    event = KeyDown(at=4.0, seat=seat)
    page.logged(event, apply(page.state, event))
    await pilot.pause()
    page._frames.pause()
    page._frame()
    await pilot.pause()


async def scored(pilot: Pilot[None], language: Language) -> None:
    await _drill(pilot, language, Assessed, 1)


async def sounds(pilot: Pilot[None], language: Language) -> None:
    await _drill(pilot, language, Assessed, 1, "tab")


async def timing(pilot: Pilot[None], language: Language) -> None:
    await _drill(pilot, language, Assessed, 1, "tab", "tab")


async def debrief(pilot: Pilot[None], language: Language) -> None:
    console = await signed_on(pilot, CREW[language])
    from trainer.drill.session import fold

    events = recorded(language)
    console.push_screen(Debrief(fold(events), events))
    await until(pilot, lambda: isinstance(console.screen, Debrief))


async def answer(pilot: Pilot[None], language: Language) -> None:
    await debrief(pilot, language)
    await pilot.press("down", "enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, AnswerPage))


async def _opened_page(pilot: Pilot[None], language: Language, name: str) -> None:
    console = await signed_on(pilot, CREW[language])
    console.action_open(name)
    await until(pilot, lambda: len(console.screen_stack) == 3)


async def progress(pilot: Pilot[None], language: Language) -> None:
    console = pilot.app
    assert isinstance(console, Console)
    practise(console.program, language)
    await _opened_page(pilot, language, "progress")
    await until(pilot, lambda: getattr(console.screen, "_progress", None))
    await pilot.pause()


async def audio(pilot: Pilot[None], language: Language) -> None:
    await _opened_page(pilot, language, "audio")
    await until(pilot, lambda: str(pilot.app.screen.query_one("#sentence").visual))


async def phrasebook(pilot: Pilot[None], language: Language) -> None:
    await _opened_page(pilot, language, "phrasebook")
    await pilot.press(*"HTC")
    await until(pilot, lambda: getattr(pilot.app.screen, "_shown", None) == "HTC-01")


async def play(pilot: Pilot[None], scene: str, language: Language) -> None:
    """A scene up to where its picture is taken: at no moment of a blinking cursor."""
    await SCENES[scene](pilot, language)
    for entry in pilot.app.screen.query(Input):
        entry.cursor_blink = False


async def own_reading(pilot: Pilot[None], language: Language) -> None:
    """A native who agrees reads a call."""
    from trainer.tui.screens.own_reading import OwnReadingPage

    console = pilot.app
    assert isinstance(console, Console)
    await signed_on(pilot, CREW[language])
    phrase = console.program.book.find("COM-10")
    assert phrase is not None
    console.push_screen(OwnReadingPage(phrase, language))
    await until(pilot, lambda: isinstance(console.screen, OwnReadingPage) and console.screen.query("#reader"))
    page = console.screen
    page.query_one("#reader", Input).value = {"en": "Ann Carter", "ru": "Анна Шаталова"}[language]
    page.query_one("#agreed", Checkbox).value = True
    await pilot.press("ctrl+t")
    outcome = page.query_one("#own-outcome", Static)
    await until(pilot, lambda: "COM-10" in str(outcome.render()))


async def review(pilot: Pilot[None], language: Language) -> None:
    """The recorded drill, its sound kept, as its instructor hears it again."""
    from trainer.records import recordings
    from trainer.tui.screens.review import Review, ReviewPage

    console = pilot.app
    assert isinstance(console, Console)
    await known(pilot)
    store = console.program.store
    assert store is not None
    for event in recorded(language):
        if isinstance(event, Opened):
            session, seat = event.plan.session, event.plan.seats[0]
            store.add_learner(seat.learner, seat.name, seat.first)
            store.consent(seat.learner, True, 30)
        if isinstance(event, Assessed):
            sound = read(READINGS / event.line.language / "man" / f"{event.line.call}.opus")
            event = replace(event, recording=recordings.keep(store, session, event.seat, event.turn, sound))
        store.append(session, event)
    console.push_screen(ReviewPage(Review("Beregovoi", 30)))
    await until(pilot, lambda: isinstance(console.screen, ReviewPage) and console.screen._waiting)
    await pilot.pause()


async def settings(pilot: Pilot[None], language: Language) -> None:
    await _opened_page(pilot, language, "settings")


async def help_page(pilot: Pilot[None], language: Language) -> None:
    await _opened_page(pilot, language, "help")


async def watch(pilot: Pilot[None], language: Language) -> None:
    console = pilot.app
    assert isinstance(console, Console)
    await known(pilot)
    console.push_screen(WatchPage(Replays(console.program, language)))
    await until(pilot, lambda: console.screen.query("#loops") and console.screen.query_one("#loops").option_count)
    await pilot.pause()


async def inject(pilot: Pilot[None], language: Language) -> None:
    await watch(pilot, language)
    await pilot.press("down", "i")
    await until(pilot, lambda: pilot.app.screen.query("#choices"))
    await pilot.press("down")
    await pilot.pause()


async def _exercise(pilot: Pilot[None], language: Language, page: ExercisePage) -> None:
    await signed_on(pilot, CREW[language])
    await pilot.app.push_screen(page)
    await until(pilot, lambda: not page.preparing and not page.sounding)


async def train(pilot: Pilot[None], language: Language) -> None:
    await signed_on(pilot, CREW[language])
    await pilot.press("t")
    await until(pilot, lambda: isinstance(pilot.app.screen, TrainingPage))
    await pilot.press("end")
    await pilot.pause()


async def ear(pilot: Pilot[None], language: Language) -> None:
    page = EarPage([{"en": "l-lʲ", "ru": "w-v"}[language]])
    await _exercise(pilot, language, page)
    await pilot.press("left")
    await until(pilot, lambda: page.answer is not None and not page.sounding)


async def listening(pilot: Pilot[None], language: Language) -> None:
    await _exercise(pilot, language, ListeningPage("docking"))


async def typing(pilot: Pilot[None], language: Language) -> None:
    page = ListeningPage("docking")
    await _exercise(pilot, language, page)
    await until(pilot, lambda: not page.sounding)
    await pilot.press("tab", *{"en": "I see", "ru": "Вижу"}[language], "enter")
    await until(pilot, lambda: page.typed)


async def mouth(pilot: Pilot[None], language: Language) -> None:
    await _exercise(
        pilot, language, MouthPage(lambda practising: practising.ladders({"en": "ɨ", "ru": "θ"}[language])[0])
    )
    page = pilot.app.screen
    assert isinstance(page, MouthPage)
    await pilot.press("enter", "enter")
    await until(pilot, lambda: page.practice is not None and page.practice.step == "slow" and not page.sounding)


async def melody(pilot: Pilot[None], language: Language) -> None:
    page = MelodyPage("PRO-13")
    await _exercise(pilot, language, page)
    await pilot.press("space")
    await until(pilot, lambda: page.melody is not None and not page.talking)


async def rules(pilot: Pilot[None], language: Language) -> None:
    await _exercise(pilot, language, RulesPage({"en": "y", "ru": "th"}[language]))


async def shadow(pilot: Pilot[None], language: Language) -> None:
    page = ShadowPage("DOC-09")
    await _exercise(pilot, language, page)
    await pilot.press("space")
    await until(pilot, lambda: page.shadow is not None and not page.talking)


async def load(pilot: Pilot[None], language: Language) -> None:
    console, page = pilot.app, LoadPage()
    assert isinstance(console, Console)
    console.program.mic = str(SAMPLES / "en" / "com-10-right-man.opus")  # readbacks have no readings
    await _exercise(pilot, language, page)
    await pilot.press("enter")
    await until(pilot, lambda: page.drill is not None and page.drill.alone is not None and not page.busy)


SCENES: dict[str, Scene] = {
    "sign-on": sign_on, "board": board, "given": given, "to-come": to_come, "counting": counting,
    "ready": ready, "talking": talking, "scored": scored,
    "sounds": sounds, "timing": timing, "debrief": debrief, "answer": answer, "progress": progress, "audio": audio,
    "phrasebook": phrasebook, "settings": settings, "help": help_page, "watch": watch, "inject": inject,
    "review": review, "own-reading": own_reading, "train": train, "ear": ear, "mouth": mouth, "listening": listening,
    "typing": typing, "melody": melody, "rules": rules, "shadow": shadow, "load": load,
}  # fmt: skip
# A wide screen has the first two beside the words; the others look as they do on a narrow one.
NARROW_ONLY = ("sounds", "timing", "train", "ear", "listening", "typing", "mouth", "melody", "rules", "shadow", "load")
SIZES = {"80x24": (80, 24), "120x40": (120, 40)}


def console(scene: str, language: Language, records: Path) -> Console:
    """The console in a language, ready for a scene. records: a folder for what must be kept in it."""
    choose_language(language)
    kept = scene in ("board", "given", "progress", "review")
    made = Console(options(keep=kept, records=str(records / f"{scene}-{language}.db") if kept else None))
    share(made.program)
    return made


@cache
def _loaded() -> Program:
    return Program(options())


def share(program: Program) -> None:
    """What takes time to load is loaded once for all tests."""
    program.book, program.scorer = _loaded().book, _loaded().scorer


def practise(program: Program, language: Language) -> None:
    """Some weeks of practice: the answers of the recorded drill, with other scores on other days. Synthetic."""
    from trainer.live.learning import kept_log

    events = recorded(language)
    answers = [event for event in events if isinstance(event, Assessed)]
    program.sign_on(CREW[language], language)
    calls = {"hatch-opening": ("HTC-02", "HTC-05"), "comm-check": ("COM-10", "COM-08"), "docking": ("DOC-02", "DOC-08")}
    for number, days in enumerate((40, 33, 31, 24, 17, 16, 12, 9, 5, 3, 1, 0)):
        when = NOW - timedelta(days=days)
        phase = list(calls)[number % 3]
        turns = tuple(Turn(None, (call,), program.seat.id, Reason("new")) for call in calls[phase])
        plan = Plan(f"practice-{number}", "read", phase, (program.seat,), turns, when.isoformat())
        log = kept_log(program.store, plan.session)
        log.append(Opened(at=0.0, plan=plan))
        for turn, call in enumerate(calls[phase]):
            answer = answers[turn % len(answers)]
            line = replace(answer.line, call=call)
            score = min(98.0, 48 + 3.6 * number + 5 * turn)
            log.append(
                Cue(at=turn * 9 + 1.0, turn=turn, seat=program.seat.id, prompt=None, shown=(line,), answers=(line,),
                    reason=Reason("new"))
            )  # fmt: skip
            log.append(KeyDown(at=turn * 9 + 2.0, seat=program.seat.id))
            log.append(KeyUp(at=turn * 9 + 4.0, seat=program.seat.id))
            log.append(
                replace(
                    answer, at=turn * 9 + 4.5, turn=turn, line=line, assessment=replace(answer.assessment, score=score)
                )
            )
            log.append(Advanced(at=turn * 9 + 6.0, turn=turn))
        log.append(Ended(at=30.0))


def record(language: Language) -> None:
    """Drill with the samples, and keep the log and the measured references."""
    from trainer.live.demo import ScriptedMicrophone

    choose_language(language)
    program = Program(options())
    program.sign_on(CREW[language], language)
    turns = tuple(
        Turn(None, (call,), program.seat.id, reason)
        for call, reason in (
            ("HTC-02", Reason("weak-sound", {"en": "lʲ", "ru": "θ"}[language])),
            ("COM-10", Reason("due")),
        )
    )
    get = program.book.get("hatch-opening")
    plan = Plan("picture", "read", None, (program.seat,), turns, OPENED, get=get)
    paths = [SAMPLES / path for path in CLIPS[language].values()]
    drill = program.open_drill(plan, ScriptedMicrophone(paths, "fast"), keep=False)
    references = []
    while (cue := drill.transceiver.next_cue()) is not None:
        answer = drill.transceiver.talk()
        assert isinstance(answer, Assessed)
        measured = program.measured(cue.answers[0])
        assert measured is not None
        references.append(replace(answer, assessment=measured.assessment))
        drill.transceiver.advance()
    folder = HERE / "logs"
    folder.mkdir(exist_ok=True)
    for name, events in (("", drill.log.events), ("-reference", references)):
        text = "".join(f"{to_json(event)}\n" for event in events)
        (folder / f"{CREW[language]}{name}.jsonl").write_text(text, encoding="utf-8")
    drill.close()


def record_pair() -> None:
    """A checklist of two at one terminal, from the reference readings: its first turns."""
    choose_language("en")
    program = Program(options())
    program.sign_on("leonov", "ru")
    plan = replace(program.plan("checklist", "docking", program.seat_of("stafford")), session="picture", opened=OPENED)
    drill = program.open_drill(plan, keep=False)
    transceiver = drill.transceiver
    while sum(isinstance(event, Assessed) for event in drill.log.events) < 5:
        if (cue := transceiver.next_cue()) and cue.answers:
            transceiver.talk()
        transceiver.advance()
    drill.close()
    text = "".join(f"{to_json(event)}\n" for event in drill.log.events)
    (HERE / "logs" / "pair.jsonl").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    record_pair()
    record("en")
    record("ru")
