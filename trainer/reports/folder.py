"""A folder of recordings with a manifest, scored, as a store of its own: what is exported and reported of it is what
is exported and reported of any other."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import insert, select, update

from trainer.audio.manifest import NAME, Clip, clips
from trainer.drill.events import Advanced, Assessed, Cue, Ended, Line
from trainer.drill.plan import Plan, Reason, Seat
from trainer.errors import UserError
from trainer.languages import other
from trainer.phrasebook.phrase import Phrase
from trainer.records.store import Store
from trainer.records.tables import learners, recordings, sessions, stores
from trainer.scoring.assessment import Assessment

NOBODY = "speaker"  # of a manifest that does not say who speaks
KEPT = 36_500  # days: these files are the user's own, nobody deletes them here
Scored = tuple[Clip, Phrase, Assessment | UserError]


@contextmanager
def as_store(
    folder: Path, scored: Sequence[Scored] | Iterator[Scored], refused: Callable[[Clip, UserError], None]
) -> Iterator[Store]:
    """A store that is gone afterwards: each speaker a learner, with one session in the mode "read".

    refused: told of each clip that could not be scored."""
    with TemporaryDirectory(prefix="ruston-") as work, Store.open(str(Path(work) / "records.sqlite")) as store:
        with store.writing() as connection:
            # So that pseudonyms stay the same as long as the manifest does.
            secret = hashlib.sha256((folder / NAME).read_bytes()).hexdigest()[:32]
            connection.execute(update(stores).values(id=secret))
        spans = _spans(clips(folder))
        kept: dict[str, tuple[str, int]] = {}
        for clip, phrase, outcome in scored:
            if isinstance(outcome, UserError):
                refused(clip, outcome)
            else:
                _keep(store, folder, kept, spans, clip, phrase, outcome)
        for speaker, (session, _turn) in kept.items():
            first, last = spans[speaker]
            store.append(session, Ended(at=(last - first).total_seconds()))
        yield store


def _written(clip: Clip) -> datetime:
    return datetime.fromtimestamp(clip.path.stat().st_mtime, UTC)


def _spans(recorded: Iterable[Clip]) -> dict[str, tuple[datetime, datetime]]:
    """When each speaker's first and last recordings were written: in a manifest they stand in any order."""
    times = defaultdict(list)
    for clip in recorded:
        if clip.path.exists():
            times[clip.speaker or NOBODY].append(_written(clip))
    return {speaker: (min(each), max(each)) for speaker, each in times.items()}


def _keep(
    store: Store, folder: Path, kept: dict[str, tuple[str, int]], spans: Mapping[str, tuple[datetime, datetime]],
    clip: Clip, phrase: Phrase, outcome: Assessment,
) -> None:  # fmt: skip
    """kept: session and number of the next turn, by speaker."""
    speaker = clip.speaker or NOBODY
    opened = spans[speaker][0]
    if speaker not in kept:
        session = f"{folder.resolve().name}-{len(kept) + 1}"
        seat = Seat("reader", speaker, speaker, other(clip.language), "any")
        store.create(Plan(session, "read", None, (seat,), (), opened.isoformat()))
        store.consent(speaker, True, KEPT)
        kept[speaker] = (session, 0)
    session, turn = kept[speaker]
    kept[speaker] = (session, turn + 1)
    line = Line(phrase.id, clip.language, phrase.text(clip.language), phrase.speaker)
    cue = Cue(at=0, turn=turn, seat="reader", prompt=None, shown=(line,), answers=(line,), reason=Reason("in-order"))
    path = str(clip.path.resolve())
    at = (_written(clip) - opened).total_seconds()
    assessed = Assessed(
        at=at, seat="reader", turn=turn, line=line, assessment=outcome, latency=0.0, recording=path
    )  # fmt: skip
    for event in (cue, assessed, Advanced(at=at, turn=turn)):
        store.append(session, event)
    with store.writing() as connection:
        person = select(learners.c.id).where(learners.c.key == speaker).scalar_subquery()
        number = select(sessions.c.id).where(sessions.c.key == session).scalar_subquery()
        values = {"path": path, "learner": person, "session": number, "kept": datetime.now(UTC)}
        connection.execute(insert(recordings).prefix_with("OR IGNORE").values(values))
