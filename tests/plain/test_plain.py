"""Lines in place of the console, at a pseudo-terminal, as a screen reader has it: each is labelled, none is drawn."""

import io
import os
import pty
import re
import select
import sys
import time
from dataclasses import replace

import pytest
from learners import assessment
from nursery import begun
from program import USUAL, ruston

from trainer.bundled import bundled
from trainer.drill.events import Cue, Line, Opened
from trainer.drill.plan import MODES, Reason
from trainer.drill.session import fold
from trainer.live.program import Options, Program
from trainer.phones.inventory import inventory
from trainer.plain import telling
from trainer.plain.lines import Lines
from trainer.plain.telling import lost
from trainer.reader import Reader
from trainer.scoring.assessment import Deduction

PATIENCE = 60.0  # s until something must be said
PHONETIC = re.compile("[ɐɑæəɛɨɪɔʊʌðθŋʂʐɕʑɡɹʲːˈ]")  # nobody reads them aloud
DRAWN = re.compile("[\x1b\u2500-\u257f\u2580-\u259f\u25a0-\u25ff\u2800-\u28ff\u0301]")
LABELLED = re.compile(r"[^:]{1,40}: \S|\s*$|[\d*=]+$")  # or what was typed, which the terminal shows
READINGS = str(bundled("audio") / "reference")
SAMPLES = bundled("audio") / "samples"
ACCENT = str(SAMPLES / "ru" / "com-10-accent-man.opus")


class Typist:
    """Somebody at a terminal: reads until a line has come, then types."""

    def __init__(self, folder, *arguments, **environment):
        self._ours, theirs = pty.openpty()
        variables = {**os.environ, **USUAL, "TERM": "xterm-256color", "RUSTON_DATA": str(folder), **environment}
        self._program = begun(*arguments, stdin=theirs, stdout=theirs, stderr=theirs, env=variables)
        os.close(theirs)
        self.transcript, self._read = "", 0

    def hears(self, *starts):
        """All that is said up to the next line that begins with one of these."""
        wanted = re.compile(rf"^(?:{'|'.join(map(re.escape, starts))}): .*\r?\n", re.MULTILINE)
        end = time.monotonic() + PATIENCE
        while not (line := wanted.search(self.transcript, self._read)):
            assert time.monotonic() < end, self.transcript
            self._listen()
        told = self.transcript[self._read : line.end()]
        self._read = line.end()
        return told

    def types(self, text=""):
        os.write(self._ours, f"{text}\n".encode())

    def ended(self):
        end = time.monotonic() + PATIENCE
        while self._program.poll() is None:
            assert time.monotonic() < end, self.transcript
            self._listen()
        return self._program.returncode

    def dies(self):
        self._program.kill()
        self._program.wait()

    def close(self):
        self.dies()
        os.close(self._ours)

    def _listen(self):
        ready, _out, _errors = select.select([self._ours], [], [], 0.1)
        if ready:
            try:
                self.transcript += os.read(self._ours, 1 << 16).decode()
            except OSError:  # whoever wrote is gone
                self._program.wait()


@pytest.fixture
def typist(tmp_path):
    opened = []

    def begin(*arguments, folder="", **environment):
        opened.append(Typist(tmp_path / folder, *arguments, **environment))
        return opened[-1]

    yield begin
    for one in opened:
        one.close()


def check_lines(transcript):
    """A label on every line, nothing drawn, phonetic letters only where they are named so."""
    named = re.compile(r"IPA: |МФА: |.*`ruston")
    assert not [line for line in transcript.splitlines() if PHONETIC.search(line) and not named.match(line)]
    assert not DRAWN.search(transcript), DRAWN.search(transcript)
    assert not [line for line in transcript.splitlines() if not LABELLED.match(line)]


@pytest.mark.parametrize(
    "language, who, mic, choices, question, verdict, words",
    [
        ("en", "Alexey Leonov", READINGS, "Choices", "Question", "Verdict", {"SAID RIGHT", "points, good"}),
        ("ru", "Томас Стаффорд", ACCENT, "Выбор", "Вопрос", "Вердикт", {"НЕ ТА ФРАЗА", "из 100, плохо"}),
    ],
)  # fmt: skip
def test_all_drills_are_labelled_lines_without_pictures(typist, language, who, mic, choices, question, verdict, words):
    sound = ("--mic", mic, "--speaker", "mute", "--pace", "fast", "--size", "1", "--seed", "5")
    words_there = "6, word by word"
    person = typist("console", "--plain", *sound, RUSTON_INTERFACE=language)
    number = re.search(rf"(\d+): {who}", person.hears(question))[1]
    person.types(number)
    person.hears(question)
    person.types(1)  # reads the other alphabet
    for kind, mode in enumerate(MODES, 1):
        person.hears(question)
        person.types(kind)
        phases = person.hears(question)
        person.types(re.search(r"(\d+): (?:Docking|Стыковка)", phases)[1] if mode == "checklist" else 0)
        if mode == "checklist":
            assert len(re.findall(r"^(?:Call|Фраза) \d+: ", person.hears(choices), re.MULTILINE)) > 5
            person.types(2)  # hears a call
            person.types()  # is ready
        person.hears(choices)
        person.types()  # the key
        told = person.hears(choices)
        if words_there in told and mode == "read":
            person.types(6)
            assert re.search(r"^Word 1: .*\d", person.hears(choices), re.MULTILINE)
            person.types()
            person.hears(choices)
        person.types(0)  # ends the drill
        person.hears(choices)  # of the debrief
        person.types()
    person.hears(question)
    person.types(len(MODES) + 1)  # by ear
    person.hears(question)
    person.types(0)
    assert len(re.findall(r": \S", person.hears(question))) >= 6
    person.types(2)
    person.hears(question)
    person.types()
    assert person.ended() == 0
    check_lines(person.transcript)
    assert person.transcript.count(f"{verdict}: ") >= 5
    assert all(word in person.transcript for word in words)


@pytest.mark.parametrize(
    "language, debrief, choices, first, second",
    [
        ("en", "Debrief", "Choices", "Alexey Leonov", "Thomas Stafford"),
        ("ru", "Разбор", "Выбор", "Алексей Леонов", "Томас Стаффорд"),
    ],
)
def test_two_at_one_terminal_have_a_debrief_each(typist, language, debrief, choices, first, second):
    sound = ("--mic", READINGS, "--speaker", "mute", "--pace", "fast")
    person = typist(
        "pair", "here", "--plain", "--mode", "respond", "--size", "2", "--seed", "7", "--no-records", *sound,
        RUSTON_INTERFACE=language,
    )  # fmt: skip
    told = ""
    while f"{debrief}: " not in told:
        told = person.hears(choices)
        person.types()
    assert person.ended() == 0
    check_lines(person.transcript)
    own = rf"^{debrief}: {first}, .*\n{debrief}: {second}, "
    assert re.search(own, told.replace("\r", ""), re.MULTILINE)


@pytest.mark.parametrize(
    "interface, code_of, loop, debrief, choices, verdict",
    [
        ("en", "Code of the partner", "Loop", "Debrief", "Choices", "Verdict"),
        ("ru", "Код партнёра", "Связь", "Разбор", "Выбор", "Вердикт"),
    ],
)
def test_a_pair_over_a_loop_drills_in_lines_at_both_ends(typist, interface, code_of, loop, debrief, choices, verdict):
    sound = ("--mic", READINGS, "--speaker", "mute", "--pace", "fast", "--no-records", "--plain")
    drill = ("--mode", "respond", "--phase", "docking", "--size", "2", "--seed", "7")
    spoken = {"RUSTON_INTERFACE": interface}
    host = typist("pair", "host", "--address", "127.0.0.1", *drill, *sound, folder="host", **spoken)
    code = re.search(rf"^{code_of}: (\S+)", host.hears(loop), re.MULTILINE)[1]
    guest = typist("pair", "join", *sound, folder="guest", RUSTON_CODE=code, **spoken)
    ends = [host, guest]
    told = dict.fromkeys(ends, "")
    late = time.monotonic() + PATIENCE
    while not all(f"{debrief}: " in said for said in told.values()):
        assert time.monotonic() < late, told
        for end in ends:
            end._listen()
            said = end.transcript[end._read :]
            told[end] += said
            end._read += len(said)
            if f"{choices}: Enter, " in said:  # ready, talk, next
                end.types()
    for end in ends:
        end.types()
        assert end.ended() == 0
        check_lines(end.transcript)
        assert f"{verdict}: " in end.transcript


def test_a_terminal_without_pictures_and_the_setting_lead_to_lines(typist, tmp_path):
    assert "Choice 0: somebody new" in typist(TERM="dumb").hears("Question")
    assert "Choice 0: somebody new" in typist(RUSTON_PLAIN="1").hears("Question")
    (tmp_path / "settings.json").write_text('{"plain": true}')
    person = typist()
    assert "Choice 0: somebody new" in person.hears("Question")
    person.types()
    assert person.ended() == 0


def test_at_a_terminal_the_question_is_a_line_of_its_own(typist):
    ear = typist(
        "--plain", "ear", "--crew", "stafford", "--size", "1", "--seed", "3", "--no-records", "--speaker", "mute",
        "--pace", "fast",
    )  # fmt: skip
    assert "Choice 2: " in ear.hears("Question")
    ear.types("3")
    ear.hears("Question")
    ear.types("1")
    assert "Verdict: " in ear.hears("Debrief")
    assert ear.ended() == 0
    check_lines(ear.transcript)


def test_what_points_are_missing_for_is_said_by_names_without_signs():
    found = (Deduction("sound", 11.2, "rʲ", "r", "река"), Deduction("stress", 9.0, word="река"))
    said = lost(replace(assessment([("rʲ", 20.0, "r")]), score=79.8, deductions=found), Reader())
    name = inventory("ru")["rʲ"].name["en"]
    assert said == f"{name}, in река 11; stress 9"


def test_a_choice_is_typed_by_its_number_or_its_words(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("echo\n2\nnothing\n\n"))
    lines = Lines()
    assert [lines.choose("which?", ["Echo", "Read"]) for _time in range(3)] == [1, 2, None]


def test_who_reads_no_cyrillic_is_told_letters_of_their_own_first():
    program, reader = Program(Options(keep=False)), Reader("en", letters=True)
    program.sign_on("stafford", "en")
    plan = program.plan("read", "comm-check")
    line = Line("COM-01", "ru", program.book.find("COM-01").text("ru"), "apollo")
    cue = Cue(at=0.0, turn=0, seat=plan.seats[0].id, prompt=None, shown=(line,), answers=(line,), reason=Reason("new"))
    state = fold([Opened(at=0.0, plan=plan), cue])
    readings = lambda phrase, line: program.readings(phrase, line.language)  # noqa: E731
    letters, text = list(telling.texts(state, plan, program.book, readings, 0, reader))[:2]
    assert letters == ("Letters", "Apollo: " + program.readings(program.book.find("COM-01"), "ru")[1])
    assert text == ("Text", line.text)
    [(_call, told)] = telling.to_come(plan.agenda[:1], [line], plan, [cue.seat], reader)
    assert told == letters[1].replace("Apollo", "You")


@pytest.mark.parametrize(
    "interface, own, call, clip",
    [
        ("en", "stafford", "COM-01", "ru/com-01-accent-man.opus"),
        ("ru", "leonov", "DOC-09", "en/doc-09-accent-man.opus"),
    ],
)
def test_a_poor_answer_is_worked_on_by_its_word_its_sound_and_once_more(interface, own, call, clip, typist, tmp_path):
    records = tmp_path / "records.sqlite"
    ruston("own-list", call, "--crew", own, "--records", records)
    choices, question, word = ("Choices", "Question", "Word") if interface == "en" else ("Выбор", "Вопрос", "Слово")
    person = typist(
        "drill", "--plain", "--own-list", "--mode", "read", "--crew", own, "--records", str(records),
        "--pass-mark", "99", "--mic", str(SAMPLES / clip), "--speaker", "mute", "--pace", "fast",
        RUSTON_INTERFACE=interface,
    )  # fmt: skip
    person.hears(choices)
    person.types()
    assert "; 11, " in person.hears(choices)
    person.types(11)
    told = person.hears(choices)
    assert len(re.findall(r"^(?:Try|Попытка) [123], ", told, re.MULTILINE)) == 3
    person.types(6)
    assert f"{word} 1: " in person.hears(choices)
    person.types()
    person.hears(choices)
    person.types(0)
    debrief = person.hears(choices)
    assert "; =, " in debrief
    assert "; *, " in debrief
    person.types("*")
    assert re.search(r"^(?:Say|Скажите): \S", person.hears(question), re.MULTILINE)
    person.types()
    assert "; =, " in person.hears(choices)
    person.types("=")
    assert call in person.hears(choices)
    person.types(0)
    person.hears(choices)
    person.types()
    assert person.ended() == 0
    check_lines(person.transcript)


def test_without_a_microphone_lines_drill_by_ear(typist):
    person = typist("drill", "--plain", "--crew", "leonov", "--no-records", "--speaker", "mute", "--pace", "fast")
    told = person.hears("Question")
    assert re.search(r"^Note: .*microphone", told, re.MULTILINE)
    assert "Choice 4: " in told
    person.types(0)  # once more
    person.hears("Question")
    person.types()
    assert person.ended() == 0
    check_lines(person.transcript)


def test_what_there_is_to_do_is_said_first_and_a_drill_that_was_broken_off_goes_on(typist):
    sound = ("--mic", READINGS, "--speaker", "mute", "--pace", "fast")
    person = typist("drill", "--plain", "--crew", "stafford", "--mode", "read", "--size", "2", "--seed", "7", *sound)
    person.hears("Choices")
    person.types()
    assert "Verdict: SAID RIGHT" in person.hears("Choices")
    person.dies()
    person = typist("console", "--plain", *sound)
    person.hears("Question")
    person.types(1)
    person.hears("Question")
    person.types(1)  # reads the other alphabet
    told = person.hears("Question")
    assert re.search(r"^Today: \S", told, re.MULTILINE)
    person.types(re.search(r"^Choice (\d+): broken off: Read, 1 of 2; go on", told, re.MULTILINE)[1])
    assert "Verdict: SAID RIGHT" in person.hears("Choices")
    person.types()
    assert "Call: 2/2" in person.hears("Choices")
    check_lines(person.transcript)
