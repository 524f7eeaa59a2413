"""What to drill next, and why: due calls, calls that train weak sounds, new calls; and when a call is mastered.

Pure and deterministic: memory, moment and seed come in as data, and the same give the same choice.
"""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from trainer.drill.memory import (
    EVIDENCE,
    Card,
    Memory,
    due,
    gain,
    level,
    recall,
    retained,
    typical,
    weak_below,
)
from trainer.drill.plan import Reason, Why
from trainer.languages import Language
from trainer.phones.inventory import sound_of

Kind = Literal["due", "weak-sound", "new"]

# Places of a drill. Due calls get what weak sounds and new calls leave; a kind with too few candidates leaves its
# places to the others. New calls come as fast as the old ones stick: at most NEW, where the learner still knows HELD of
# the calls that come again; NEW_LEAST where they know SLIPPING or fewer.
WEAK_SHARE, NEW, NEW_LEAST = 0.15, 0.35, 0.05
HELD, SLIPPING = 0.85, 0.45
AHEAD = timedelta(hours=6)  # what falls due this soon is due: people do not drill at the same hour every day
REST = timedelta(hours=6)  # what was drilled this shortly before is not due: the session itself repeats what went wrong
OVERHEAD = 50  # phones: the time that any call costs beside its own length (listening, thinking, the score)
FRESH = 0.02  # what a call that memory gains nothing by is worth for its sounds; a due one gains about 0.2
AT_ONCE = 3  # times that a sound in one call counts: a tongue twister trains less than several calls
NEAR = 4  # places that a call may move forward so that like calls do not follow each other

KNOWN = 2.0  # days that a call must be expected to last to be known, as it is after one good answer
DAYS = 2  # on which a call was said well make it mastered: what is said once may be gone tomorrow
Held = Literal["new", "begun", "mastered", "due"]
GATE = 0.8  # of the calls of a phase known open the next: the usual criterion of mastery learning (Bloom 1968)


@dataclass(frozen=True)
class Candidate:
    """A call that may be drilled, with its phones in the drilled language."""

    call: str
    phase: str
    phones: tuple[str, ...]


@dataclass(frozen=True)
class Choice:
    call: str
    reason: Reason


@dataclass(frozen=True)
class Mastery:
    """Of the calls of a phase.

    Attributes:
        known: how many were said well, and will last until the day after tomorrow.
        mastered: how many were said well on different days, too.
        due: how many, known or not, have faded since it was last drilled.
        recall: share that is expected to be recalled right now.
    """

    calls: int
    known: int
    mastered: int
    due: int
    recall: float

    @property
    def opens(self) -> bool:
        """Whether the next phase is open. Time alone takes none back: only failed answers do."""
        return self.known >= GATE * self.calls

    @property
    def passed(self) -> bool:
        """Whether the phase is mastered."""
        return self.mastered >= GATE * self.calls


def choose(
    memory: Memory, language: Language, candidates: Sequence[Candidate], now: datetime, size: int, seed: int = 0
) -> tuple[Choice, ...]:
    """At most `size` calls, each once, in the order to drill them.

    Due calls: those by which memory gains most per second first. New calls: in the order given. Weak sounds: the calls,
    due or not, that train the weakest sounds most per second, one sound after the other; new ones only where there is
    no other. Where nothing is left, calls that are not due yet ("drawn"), again by what is gained.
    """
    draw = random.Random(seed)
    pool = list({candidate.call: candidate for candidate in candidates}.values())
    chance = {candidate.call: draw.random() for candidate in pool}
    cards = {candidate.call: memory.call(language, candidate.call) for candidate in pool}
    rested = {call for call, card in cards.items() if card and _rested(card, now)}

    def most_gained(candidate: Candidate) -> tuple[float, float]:
        card = cards[candidate.call]
        worth = gain(card, now) / (OVERHEAD + len(candidate.phones)) if card else 0.0
        return -worth, chance[candidate.call]

    drilled = sorted((c for c in pool if cards[c.call]), key=most_gained)
    faded = [c for c in drilled if (card := cards[c.call]) and c.call in rested and due(card, now + AHEAD)]
    new = [c for c in pool if not cards[c.call]]
    places = _places(size, _shares(memory, language), {"due": len(faded), "new": len(new), "weak-sound": len(pool)})
    picked = {c.call: Reason("due") for c in faded[: places["due"]]}
    picked |= {c.call: Reason("new") for c in new[: places["new"]]}
    needs = _needs(memory, language, now)
    others = [c for c in drilled if c.call in rested and c.call not in picked]
    others = others or [c for c in new if c.call not in picked]
    gains = {c: FRESH + (gain(card, now) if (card := cards[c.call]) else 0.0) for c in others}
    picked |= _training(gains, language, needs, places["weak-sound"])
    rest: tuple[tuple[Why, list[Candidate]], ...] = (("due", faded), ("new", new), ("drawn", drilled))
    for why, those in rest:
        more = [c.call for c in those if c.call not in picked][: max(0, size - len(picked))]
        picked |= {call: Reason(why) for call in more}
    chosen = [c for c in (*drilled, *new) if c.call in picked]
    return tuple(Choice(c.call, picked[c.call]) for c in _spread(chosen, picked))


def comes_again(card: Card, now: datetime) -> bool:
    """Whether a call that is open to a learner is due, and not just drilled."""
    return _rested(card, now) and due(card, now)


def _rested(card: Card, now: datetime) -> bool:
    return now - card.last >= REST


def mastery(memory: Memory, language: Language, calls: Sequence[str], now: datetime) -> Mastery:
    """How far a learner is with these calls. No calls: nothing to master, passed."""
    if not calls:
        return Mastery(0, 0, 0, 0, 1.0)
    cards = [memory.call(language, call) for call in calls]
    count = len(calls)
    begun = [card for card in cards if card is not None]
    return Mastery(
        count, sum(map(known, begun)), sum(map(mastered, begun)), sum(due(card, now) for card in begun),
        sum(recall(card, now) for card in cards) / count,
    )  # fmt: skip


def known(card: Card) -> bool:
    """Whether a call was said well, not failed since, and will last. One that is failed again and again is got across
    and remembered all the same: it is begun, no more."""
    return card.stability >= KNOWN and _days(card) > 0


def mastered(card: Card) -> bool:
    """Whether a call is known, and was said well on different days."""
    return known(card) and _days(card) >= DAYS


def _days(card: Card) -> int:
    return card.reviews - card.lapses if card.days is None else card.days


def held(memory: Memory, language: Language, call: str, now: datetime) -> Held:
    """How a call sits: never said, said but not mastered, mastered, or (mastered or not) faded since."""
    card = memory.call(language, call)
    if card is None:
        return "new"
    if due(card, now):
        return "due"
    return "mastered" if mastered(card) else "begun"


def open_phases(
    memory: Memory, language: Language, phases: Mapping[str, Sequence[str]], now: datetime
) -> tuple[str, ...]:
    """The phases that are open, of all (in mission order, with their calls): the first, each that follows one whose
    calls are known, and each that the learner has drilled before - who went ahead on purpose is not sent back."""
    found = []
    opens = True
    for phase, calls in phases.items():
        if opens or any(memory.call(language, call) for call in calls):
            found.append(phase)
        opens = mastery(memory, language, calls, now).opens
    return tuple(found)


def _shares(memory: Memory, language: Language) -> dict[Kind, float]:
    sticking = (retained(memory, language) - SLIPPING) / (HELD - SLIPPING)
    new = NEW_LEAST + (NEW - NEW_LEAST) * min(1.0, max(0.0, sticking))
    return {"due": 1 - WEAK_SHARE - new, "new": new, "weak-sound": WEAK_SHARE}


def _places(size: int, shares: Mapping[Kind, float], there: Mapping[Kind, int]) -> dict[Kind, int]:
    """How many places each kind gets: its share, and what the others cannot fill."""
    size = max(0, size)
    places: dict[Kind, int] = {}
    left = size
    for kind, share in shares.items():
        places[kind] = min(round(size * share), there[kind], left)
        left -= places[kind]
    for kind in shares:
        more = min(left, there[kind] - places[kind])
        places[kind] += more
        left -= more
    return places


def _needs(memory: Memory, language: Language, now: datetime) -> dict[str, float]:
    """Points that each weak sound lacks, by what is expected of it now: its level, less what was forgotten since."""
    usual = typical(memory, language)
    needs = {}
    for phone, sound in memory.sounds.get(language, {}).items():
        expected = level(sound, usual) * recall(sound.card, now)
        if sound.weight >= EVIDENCE and expected < weak_below(usual):
            needs[phone] = 100.0 - expected
    return needs


def _training(
    pool: Mapping[Candidate, float], language: Language, needs: Mapping[str, float], size: int
) -> dict[str, Reason]:
    """Calls that train weak sounds, of those with what memory gains by them: so these are not the same calls every
    time, and their places not lost to memory. A sound that has a call needs the next one less, so that all get their
    turn."""
    left = dict(needs)
    times = {c: Counter(phone for phone in (sound_of(language, p) for p in c.phones) if phone in needs) for c in pool}
    open_to_choice = {c for c in pool if times[c]}
    found: dict[str, Reason] = {}

    def worth(candidate: Candidate) -> tuple[float, str]:
        points = sum(left[phone] * min(n, AT_ONCE) for phone, n in times[candidate].items())
        return pool[candidate] * points / (OVERHEAD + len(candidate.phones)), candidate.call

    while open_to_choice and len(found) < size:
        best = max(open_to_choice, key=worth)
        open_to_choice.remove(best)
        found[best.call] = Reason("weak-sound", max(times[best], key=lambda phone: left[phone] * times[best][phone]))
        for phone in times[best]:
            left[phone] /= 2
    return found


def _spread(chosen: Sequence[Candidate], reasons: Mapping[str, Reason]) -> list[Candidate]:
    """The kinds mixed evenly, then like calls moved apart."""
    by_kind: dict[str, list[Candidate]] = {}
    for candidate in chosen:
        by_kind.setdefault(reasons[candidate.call].why, []).append(candidate)
    placed = [((i + 0.5) / len(kind), c) for kind in by_kind.values() for i, c in enumerate(kind)]
    queue = [candidate for _place, candidate in sorted(placed, key=lambda pair: pair[0])]
    out: list[Candidate] = []
    while queue:
        near = queue[:NEAR] if out else queue[:1]
        nextc = min(near, key=lambda c: _likeness(c, out[-1], reasons)) if out else near[0]
        queue.remove(nextc)
        out.append(nextc)
    return out


def _likeness(a: Candidate, b: Candidate, reasons: Mapping[str, Reason]) -> float:
    """How alike two calls are to say: the share of their phones in common, and whether they train one sound or belong
    to one phase."""
    shared = (Counter(a.phones) & Counter(b.phones)).total()
    sound = reasons[a.call].sound
    return (
        2 * shared / max(1, len(a.phones) + len(b.phones))
        + (sound is not None and sound == reasons[b.call].sound)
        + 0.25 * (a.phase == b.phase)
    )
