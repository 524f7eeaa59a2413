"""Records of an earlier program, which named calls of one's own by their place in the file, carried over to the ids
that belong to what was said: attempts, and what the scheduler remembers. Logs of sessions stay as they were written."""

import json
import re
from typing import Any

from sqlalchemy import select, update

from trainer.drill.events import Assessed, Cue, Opened
from trainer.errors import UserError
from trainer.languages import Language
from trainer.phrasebook.own_ids import OWN, by_text, words
from trainer.phrasebook.phrase import Phrasebook
from trainer.records.packing import pack, unpack
from trainer.records.store import Store
from trainer.records.tables import attempts, learners, memories, sessions

PLACE = re.compile(r".+-\d\d+")  # OURS-01
Renamed = dict[str, str]  # ids of before, ids of now


def carry_over(store: Store, book: Phrasebook) -> int:
    """Of the sessions with a book of one's own, the calls that this book still has. Returns how many attempts were
    carried over. Raises UserError for trouble with the store."""
    texts = by_text(book.phrases)
    if not texts:
        return 0
    own = {phrase.id for phrase in book.phrases}
    carried = 0
    for session in _sessions(store):
        renamed, languages = _renamed(store, session, texts, own)
        if renamed:
            carried += _carry(store, session, renamed, languages)
    return carried


def _sessions(store: Store) -> list[str]:
    """The newest first."""
    wanted = (
        select(sessions.c.key)
        .where(sessions.c.id.in_(select(attempts.c.session).where(~attempts.c.asked.startswith(OWN))))
        .order_by(sessions.c.opened.desc(), sessions.c.id.desc())
    )
    with store.reading() as connection:
        return list(connection.execute(wanted).scalars())


def _renamed(
    store: Store, session: str, texts: Any, own: set[str]
) -> tuple[Renamed, list[tuple[str, Language]]]:  # fmt: skip
    """What the calls of a session are called now, and whose memories know them in which language."""
    renamed: Renamed = {}
    languages: list[tuple[str, Language]] = []
    try:
        for event in store.events(session):
            match event:
                case Opened() if event.plan.book is None:
                    return {}, []
                case Opened():
                    languages = [(seat.learner, seat.target) for seat in event.plan.seats]
                case Cue():
                    lines = event.answers
                case Assessed():
                    lines = (event.line,)
                case _:
                    continue
            if isinstance(event, Opened):
                continue
            for line in lines:
                now = texts.get((line.language, words(line.text)))
                if now and line.call not in own and PLACE.fullmatch(line.call):
                    renamed[line.call] = now
    except UserError:
        return {}, []
    return renamed, languages


def _carry(store: Store, session: str, renamed: Renamed, languages: list[tuple[str, Language]]) -> int:
    carried = 0
    with store.writing() as connection:
        number = connection.execute(select(sessions.c.id).where(sessions.c.key == session)).scalar_one()
        for before, now in renamed.items():
            there = attempts.c.session == number
            asked = update(attempts).where(there, attempts.c.asked == before).values(asked=now)
            carried += connection.execute(asked).rowcount
            connection.execute(update(attempts).where(there, attempts.c.call == before).values(call=now))
        for learner, language in languages:
            wanted = (
                select(memories.c.learner, memories.c.body)
                .join(learners, learners.c.id == memories.c.learner)
                .where(learners.c.key == learner, memories.c.language == language)
            )
            row = connection.execute(wanted).first()
            if row is None:
                continue
            memory = json.loads(unpack(row.body))
            cards = memory.get("calls", {}).get(language, {})
            # The newest session comes first: its call is the one that the card was of last.
            moved = {now: cards.pop(before) for before, now in renamed.items() if before in cards}
            if moved:
                memory["calls"][language] = {**moved, **cards}
                own_row = (memories.c.learner == row.learner) & (memories.c.language == language)
                body = pack(json.dumps(memory, ensure_ascii=False))
                connection.execute(update(memories).where(own_row).values(body=body))
    return carried
