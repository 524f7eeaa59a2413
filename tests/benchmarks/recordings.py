"""The training drills recorded: the console's keys and screens as asciicasts (v2), and what was kept as JSON lines.

    python -m tests.benchmarks.recordings OUT [--only ear mouth] [--language en ru] [--steps N] [--size 100x30]

A simulated learner of either language works each drill at the console's keys, by as many steps as a person does in
about ten minutes; recordings answer, as fast as they can be heard: the clock of a cast is the machine's. The ear hears
each contrast up to a threshold (`training.Listener`); the mouth says another word first and then what it heard; melody,
shadowing and load are answered with readings. `asciinema play OUT/ear-en.cast` plays one.
"""

import argparse
import asyncio
import io
import json
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import soundfile
from rich.console import Console as Terminal
from textual.pilot import Pilot

from tests.benchmarks.training import Listener
from trainer.audio.recording import SAMPLE_RATE
from trainer.bundled import bundled
from trainer.drill.mouth import Piece, Practice, tried
from trainer.errors import UserError
from trainer.languages import LANGUAGES, Language
from trainer.live.practice import Practising
from trainer.live.program import Options, Program
from trainer.messages import choose_language
from trainer.reports.exercises import chosen, write
from trainer.reports.names import Names
from trainer.reports.selection import Selection
from trainer.tui.app import Console
from trainer.tui.screens.board import Board
from trainer.tui.screens.exercise import ExercisePage
from trainer.tui.screens.mouth import weakest
from trainer.tui.screens.picking import Picking
from trainer.tui.screens.training import TrainingPage
from trainer.tui.widgets.choices import Choices

READINGS = bundled("audio") / "reference"
WHO = {"en": "stafford", "ru": "leonov"}  # by the language of the interface; each learns the other's
DRILLS = ("ear", "listen", "mouth", "melody", "rules", "shadow", "load")  # in the order of the menu
STEPS = {"ear": 60, "listen": 20, "mouth": 3, "melody": 15, "rules": 16, "shadow": 20, "load": 8}  # ten minutes' worth
SEED = 22
PATIENCE = 120.0  # s for one step


class Cast:
    """A console that is being recorded: what it shows after every key."""

    def __init__(self, path: Path, pilot: Pilot[Any], size: tuple[int, int]) -> None:
        self.pilot, self.app = pilot, pilot.app
        self._path, self._size, self._began = path, size, time.monotonic()
        self._lines = [json.dumps({"version": 2, "width": size[0], "height": size[1], "title": path.stem})]

    def __enter__(self) -> "Cast":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._path.write_text("\n".join(self._lines) + "\n", encoding="utf-8")

    async def press(self, key: str, then: Callable[[], object] = lambda: True) -> None:
        """A key, and what is seen when it has had its effect."""
        self._note("i", key)
        await self.pilot.press(key)
        await self.until(then)

    async def until(self, happened: Callable[[], object]) -> None:
        end = time.monotonic() + PATIENCE
        while not happened() and time.monotonic() < end:
            await self.pilot.pause(0.05)
        await self.pilot.pause()
        self._note("o", self._screen())

    def _screen(self) -> str:
        file = io.StringIO()
        terminal = Terminal(
            file=file, force_terminal=True, color_system="truecolor", width=self._size[0], height=self._size[1],
            legacy_windows=False,
        )  # fmt: skip
        terminal.print(self.app.screen._compositor.render_update(full=True, simplify=True))
        return "\x1b[H" + file.getvalue().rstrip("\n").replace("\n", "\r\n")

    def _note(self, kind: str, data: str) -> None:
        self._lines.append(json.dumps([round(time.monotonic() - self._began, 3), kind, data], ensure_ascii=False))


def _ready(page: ExercisePage) -> bool:
    return not (page.preparing or page.talking or page.sounding)


async def worked(cast: Cast, drill: str, page: Any, steps: int, ears: "Iterator[int]") -> None:
    """A drill through its steps, by its keys."""

    def quiet() -> bool:
        return _ready(page)

    for step in range(steps):
        match drill:
            case "ear" | "listen":
                if drill == "ear":
                    trial = page.trial
                    right = page.listener.hears(trial.contrast, trial.level)
                    key = ("left", "right")[trial.answer if right else 1 - trial.answer]
                else:
                    key = "abcd"[next(ears)]
                await cast.press(key, lambda: page.answer is not None and quiet())
                if page.drill.over if drill == "ear" else page.listening.over:
                    return
                await cast.press("enter", lambda: page.answer is None and quiet())
            case "mouth":
                if step:
                    await cast.press("a", quiet)
                while page.practice is not None and cast.app.screen is page:
                    for _try in range(page.practice.needed):
                        before = len(page.practice.tries)
                        await cast.press("space", lambda n=before: len(page.practice.tries) > n and quiet())
                    if page.practice.piece is page._pieces[-1]:
                        break
                    await cast.press("enter", quiet)
            case "melody" | "shadow":
                await cast.press("space", lambda: getattr(page, drill) is not None and quiet())
                if step == 1:
                    await cast.press("3", quiet)
                    await cast.press("2", quiet)
                await cast.press("enter", lambda: getattr(page, drill) is None and quiet())
            case "rules":
                await cast.press("1" if step % 5 == 0 else "enter", quiet)
                await cast.press("enter", quiet)
            case "load":
                if page._over:
                    return
                await cast.press("enter", lambda: not page.busy and (page.asked or page.drill.alone is not None))
                if page.asked:
                    answered = len(page.drill.answers)
                    await cast.press("right")
                    await cast.press("left")
                    await cast.press("space", lambda n=answered: len(page.drill.answers) > n and quiet())


def said(language: Language, folder: Path, program: Program) -> None:
    """Sound files in the order of the tries at the ladder that the mouth drill opens with."""
    folder.mkdir(exist_ok=True)
    practising, number = Practising(program, program.seat_of(WHO[language])), 0
    pieces: tuple[Piece, ...] = weakest(practising)
    for again in range(STEPS["mouth"]):
        for piece in pieces if not again else pieces[-1:]:
            practice = Practice(piece)
            while (step := practice.step) is not None:
                wrong = not number
                samples = practising.reading(pieces[-1] if wrong else piece, step)
                soundfile.write(folder / f"{number:03}.wav", samples, SAMPLE_RATE)
                practice, number = tried(practice, 0.0), number + 1


async def recorded(
    out: Path, drill: str, language: Language, steps: int, size: tuple[int, int], shared: Program
) -> None:  # fmt: skip
    url = out / f"{drill}-{language}.sqlite"
    url.unlink(missing_ok=True)
    mic = READINGS
    if drill == "mouth":
        mic = out / f"said-{language}"
        said(language, mic, shared)
    choose_language(language)
    made = Console(Options(mic=str(mic), speaker="mute", pace="fast", records=str(url), seed=SEED, size=3))
    made.program.book, made.program.scorer = shared.book, shared.scorer
    draw = random.Random(SEED)
    async with made.run_test(size=size) as pilot:
        with Cast(out / f"{drill}-{language}.cast", pilot, size) as cast:
            await cast.until(lambda: any(crew.option_count for crew in made.screen.query("#crew").results(Choices)))
            made.screen.query_one("#crew", Choices).show(WHO[language])
            await cast.press("enter", lambda: isinstance(made.screen, Picking))
            await cast.press("enter", lambda: getattr(made.screen, "_rows", ()))  # who reads the other alphabet
            listener: Listener | None = None
            while steps > 0:
                await cast.press("t", lambda: isinstance(cast.app.screen, TrainingPage))
                for _down in range(DRILLS.index(drill)):
                    await cast.press("down")
                await cast.press("enter", lambda: isinstance(page := made.screen, ExercisePage) and _ready(page))
                page: Any = cast.app.screen
                if drill == "ear":
                    listener = listener or Listener(SEED, tuple(page.drill.pairs))
                    page.listener = listener
                in_one = min(steps, page.drill.size) if drill == "ear" else steps
                await worked(cast, drill, page, in_one, iter(lambda: draw.randrange(4), None))
                steps -= in_one if drill == "ear" else steps
                await cast.press("escape", lambda page=page: cast.app.screen is not page)
                if isinstance(cast.app.screen, TrainingPage):
                    await cast.press("escape", lambda: isinstance(cast.app.screen, Board))
    with made.program.store as store, (out / f"{drill}-{language}.jsonl").open("w", encoding="utf-8") as file:
        write(chosen(store, Selection(), Names(b"")), Names(b"recording"), file)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--only", nargs="+", choices=DRILLS, default=DRILLS)
    parser.add_argument("--language", nargs="+", choices=LANGUAGES, default=LANGUAGES, help="of the interface")
    parser.add_argument("--steps", type=int, help="instead of ten minutes' worth")
    parser.add_argument("--size", default="100x30", help="columns and rows of the terminal")
    arguments = parser.parse_args()
    columns, rows = map(int, arguments.size.split("x"))
    arguments.out.mkdir(parents=True, exist_ok=True)
    shared = Program(Options(keep=False))
    for drill in arguments.only:
        for language in arguments.language:
            steps = arguments.steps or STEPS[drill]
            try:
                asyncio.run(recorded(arguments.out, drill, language, steps, (columns, rows), shared))
            except UserError as error:
                print(f"{drill}-{language}: {error}", flush=True)
            else:
                print(f"{drill}-{language}.cast", flush=True)


if __name__ == "__main__":
    main()
