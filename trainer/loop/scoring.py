"""Scoring on another machine, for terminals too weak for it: workers of a queue group take one recording each."""

import io
import json
import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, BaseModel, Field, TypeAdapter, ValidationError

from trainer.audio.recording import LONGEST, SAMPLE_RATE, Recording
from trainer.drill import agenda
from trainer.errors import UnusableRecording, UserError
from trainer.languages import Language
from trainer.live.scorer import Scorer
from trainer.loop.connection import Connection
from trainer.messages import gettext as _
from trainer.phrasebook.lexicon import Lexicon
from trainer.phrasebook.phrase import Phrase
from trainer.scoring.assess import Utterance
from trainer.scoring.assessment import Assessment
from trainer.text_in import harmless_json, line

if TYPE_CHECKING:
    from nats.aio.msg import Msg

SUBJECT, GROUP = "score", "scorers"
ANSWER = 10.0  # s to wait for a worker
ASK = "Ruston-Ask"  # header
SLACK = 0.5  # s that a time may lie outside the recording: frames at its edges
MOST = 48 * 1024  # bytes of an answer: it must fit into the loop's log, with what is told about it there
CANNOT = b"{}"  # the answer of a worker that is of no use; whoever asked scores it after all
LONGEST_REASON = 300  # characters that tell why something cannot be scored


class Ask(BaseModel):
    """Which calls a recording may be of. The recording is the message's body: FLAC, mono, 16 kHz."""

    phrases: list[Annotated[str, AfterValidator(line)]] = Field(min_length=1, max_length=20)
    language: Language
    source: Annotated[str, AfterValidator(line)] = Field(default="", max_length=200)
    source_rate: int = Field(default=SAMPLE_RATE, ge=1, le=1_000_000)


class RemoteScorer:
    """Asks a worker; where none answers, scores here after all."""

    def __init__(self, connection: Connection, local: Callable[[], Scorer]) -> None:
        """local: makes the scorer of this machine, if it should be needed."""
        self._connection = connection
        self._local = cache(local)
        self.early = False  # another machine's time is not wasted
        self.remote = self.here = 0  # recordings scored there and here

    def lexicon(self, language: Language) -> Lexicon:
        return self._local().lexicon(language)

    def listen(self, recording: Recording) -> Utterance | None:
        """The worker listens."""
        return None

    def score(
        self, recording: Recording, phrase: Phrase, language: Language, also: Sequence[Phrase] = (),
        sound: Utterance | None = None,
    ) -> Assessment:  # fmt: skip
        ask = Ask(
            phrases=[phrase.id, *(other.id for other in also)], language=language, source=recording.source,
            source_rate=recording.source_rate,
        )  # fmt: skip
        try:
            answer = self._connection.ask(SUBJECT, _flac(recording), ANSWER, {ASK: ask.model_dump_json()})
            told = json.loads(harmless_json(answer.data[:MOST]))
            result = None if "error" in told else _believed(told, (phrase, *also), language, recording)
        except Exception:  # no worker, out of reach, or an answer that is none, or not to what was asked
            self.here += 1
            return self._local().score(recording, phrase, language, also, sound)
        self.remote += 1
        if result is None:
            raise UserError(line(str(told["error"]))[:LONGEST_REASON])
        return result


class Worker:
    """Scores what loops ask for, several recordings at a time, one core each. What is wrong here (a model, a book that
    lacks the call) is for whoever runs it to know, and no verdict on a recording."""

    def __init__(self, scorer: Scorer, threads: int, done: Callable[[str], None] = lambda what: None) -> None:
        """done: hears of every recording: the call it was of, or why it could not be scored."""
        self._scorer, self._done = scorer, done
        self._pool = ThreadPoolExecutor(threads)

    def serve(self, connection: Connection) -> None:
        """From when it comes back whoever asks is answered."""

        async def asked(message: "Msg") -> None:
            self._pool.submit(self._answer, connection, message)

        connection.hear(SUBJECT, asked, queue=GROUP, waiting=64)
        connection.settle()

    def close(self) -> None:
        self._pool.shutdown()

    def _answer(self, connection: Connection, message: "Msg") -> None:
        try:
            ask = Ask.model_validate_json((message.headers or {}).get(ASK, ""))
            phrases = [agenda.find(self._scorer.book, call) for call in ask.phrases]
            recording = _recording(message.data, ask)
            result = self._scorer.score(recording, phrases[0], ask.language, also=phrases[1:])
            body, what = TypeAdapter(Assessment).dump_json(result), phrases[0].id
        except UnusableRecording as error:
            body, what = json.dumps({"error": str(error)}, ensure_ascii=False).encode(), str(error)
        except UserError as error:
            body, what = CANNOT, str(error)
        except (ValidationError, KeyError, ValueError, RuntimeError):  # what no terminal of ours asks
            body, what = CANNOT, _("that is nothing to score.")
        if message.reply:
            connection.wait(connection.client.publish(message.reply, body))
        self._done(what)


def _believed(
    told: object, asked: Sequence[Phrase], language: Language, recording: Recording
) -> Assessment:  # fmt: skip
    """What a worker has told, where it can be true of these calls and this recording. Raises ValueError."""
    assessment = TypeAdapter(Assessment).validate_python(told)
    phrase = next((phrase for phrase in asked if phrase.id == assessment.phrase), None)
    words = assessment.words
    scores = [assessment.score, assessment.completeness, *(word.score for word in words)]
    scores += [word.rated for word in words if word.rated is not None]
    scores += [phone.score for word in words for phone in word.phones]
    scores += list(asdict(assessment.ratings).values()) if assessment.ratings else []
    times = [time for word in words for time in (word.start, word.end) if time is not None]
    times += [time for word in words for phone in word.phones for time in (phone.start, phone.end)]
    times += [time for extra in assessment.extra_speech for time in (extra.start, extra.end)]
    seconds = len(recording.samples) / SAMPLE_RATE
    if (
        phrase is None
        or assessment.language != language
        or assessment.text != phrase.text(language)
        or not words
        or not all(0 <= score <= 100 for score in scores)
        or not all(-SLACK <= time <= seconds + SLACK for time in [*times, assessment.seconds])
        or not all(map(math.isfinite, _numbers(asdict(assessment))))
    ):
        raise ValueError("an answer to something else")
    return assessment


def _numbers(value: object) -> Iterator[float]:
    """All numbers inside."""
    if isinstance(value, float | int):
        yield value
    elif isinstance(value, dict | list | tuple):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _numbers(inner)


def _flac(recording: Recording) -> bytes:
    import soundfile

    out = io.BytesIO()
    soundfile.write(out, recording.samples, SAMPLE_RATE, "PCM_16", format="FLAC")
    return out.getvalue()


def _recording(data: bytes, ask: Ask) -> Recording:
    import soundfile

    with soundfile.SoundFile(io.BytesIO(data)) as file:
        if file.format != "FLAC" or file.channels != 1 or file.samplerate != SAMPLE_RATE:
            raise ValueError
        samples: Any = file.read(int(LONGEST * SAMPLE_RATE) + 1, dtype="float32")
    return Recording(samples, ask.source, ask.source_rate)
