"""What to drill next, and why: due calls, calls that train weak sounds, new calls; and when a phase is mastered.

Pure and deterministic: memory, moment and seed come in as data, and the same give the same choice.
"""

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from trainer.drill.memory import EVIDENCE, WEAK, Memory, due, level, recall, sound_of, typical
from trainer.drill.plan import Reason, Why
from trainer.languages import Language

Kind = Literal["due", "weak-sound", "new"]

# Places of a drill by kind. A kind with too few candidates leaves its places to the others, in this order.
SHARES: dict[Kind, float] = {"due": 0.5, "new": 0.25, "weak-sound": 0.25}
AHEAD = timedelta(hours=6)  # what falls due this soon is due: people do not drill at the same hour every day
OVERHEAD = 50  # phones: the time that any call costs beside its own length (listening, thinking, the score)
NEAR = 4  # places that a call may move forward so that like calls do not follow each other

KNOWN = 2.0  # days that a call must be expected to last to be known: one good answer, or two with an accent
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
    """Of the calls of a phase. known: share that will last; due: share known or not that has faded since it was last
    drilled; recall: expected share recalled right now; passed: the phase is mastered. Time alone takes no phase back:
    only failed answers do."""

    calls: int
    known: float
    due: float
    recall: float
    passed: bool


def choose(
    memory: Memory, language: Language, candidates: Sequence[Candidate], now: datetime, size: int, seed: int = 0
) -> tuple[Choice, ...]:
    """At most `size` calls, each once, in the order to drill them.

    Due calls: the least likely to be recalled first. New calls: in the order given. Weak sounds: the calls, due or not,
    that train the weakest sounds most per second, one sound after the other. Where nothing else is left, calls that are
    not due yet ("drawn"), the least certain first.
    """
    draw = random.Random(seed)
    pool = list({candidate.call: candidate for candidate in candidates}.values())
    chance = {candidate.call: draw.random() for candidate in pool}
    cards = {candidate.call: memory.call(language, candidate.call) for candidate in pool}
    certain = {call: recall(card, now) for call, card in cards.items()}

    def least_certain(candidate: Candidate) -> tuple[float, float]:
        return certain[candidate.call], chance[candidate.call]

    drilled = sorted((c for c in pool if cards[c.call]), key=least_certain)
    faded = [c for c in drilled if (card := cards[c.call]) and due(card, now + AHEAD)]
    new = [c for c in pool if not cards[c.call]]
    places = _places(size, {"due": len(faded), "new": len(new), "weak-sound": len(pool)})
    picked = {c.call: Reason("due") for c in faded[: places["due"]]}
    picked |= {c.call: Reason("new") for c in new[: places["new"]]}
    needs = _needs(memory, language, now)
    open_to_all = [c for c in drilled if c.call not in picked] or [c for c in new if c.call not in picked]
    picked |= _training(open_to_all, language, needs, certain, places["weak-sound"])
    rest: tuple[tuple[Why, list[Candidate]], ...] = (("due", faded), ("new", new), ("drawn", drilled))
    for why, those in rest:
        more = [c.call for c in those if c.call not in picked][: max(0, size - len(picked))]
        picked |= {call: Reason(why) for call in more}
    chosen = [c for c in (*drilled, *new) if c.call in picked]
    return tuple(Choice(c.call, picked[c.call]) for c in _spread(chosen, picked))


def mastery(memory: Memory, language: Language, calls: Sequence[str], now: datetime) -> Mastery:
    """How far a learner is with these calls. No calls: nothing to master, passed."""
    if not calls:
        return Mastery(0, 1.0, 0.0, 1.0, True)
    cards = [memory.call(language, call) for call in calls]
    known = sum(card is not None and card.stability >= KNOWN for card in cards) / len(calls)
    faded = sum(card is not None and due(card, now) for card in cards) / len(calls)
    return Mastery(len(calls), known, faded, sum(recall(card, now) for card in cards) / len(calls), known >= GATE)


def open_phases(
    memory: Memory, language: Language, phases: Mapping[str, Sequence[str]], now: datetime
) -> tuple[str, ...]:
    """The phases that are open, of all (in mission order, with their calls): the first, each that follows a mastered
    one, and each that the learner has drilled before - who went ahead on purpose is not sent back."""
    found = []
    passed = True
    for phase, calls in phases.items():
        if passed or any(memory.call(language, call) for call in calls):
            found.append(phase)
        passed = mastery(memory, language, calls, now).passed
    return tuple(found)


def _places(size: int, there: Mapping[Kind, int]) -> dict[Kind, int]:
    """How many places each kind gets: its share, and what the others cannot fill."""
    size = max(0, size)
    places: dict[Kind, int] = {}
    left = size
    for kind, share in SHARES.items():
        places[kind] = min(round(size * share), there[kind], left)
        left -= places[kind]
    for kind in SHARES:
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
        if sound.weight >= EVIDENCE and expected < WEAK:
            needs[phone] = 100.0 - expected
    return needs


def _training(
    pool: Iterable[Candidate], language: Language, needs: Mapping[str, float], certain: Mapping[str, float], size: int
) -> dict[str, Reason]:
    """Calls that train weak sounds. A sound that has a call needs the next one less, so that all get their turn."""
    left = dict(needs)
    counts = {c: Counter(sound_of(language, phone) for phone in c.phones) for c in pool}
    found: dict[str, Reason] = {}
    while left and len(found) < size:
        worth = {
            c: {
                phone: left[phone] * min(times, 3) / (OVERHEAD + len(c.phones))
                for phone, times in count.items()
                if phone in left
            }
            for c, count in counts.items()
            if c.call not in found
        }
        best = max(worth, key=lambda c: sum(worth[c].values()) * (1.5 - certain[c.call]), default=None)
        if best is None or not worth[best]:
            break
        found[best.call] = Reason("weak-sound", max(worth[best], key=lambda phone: worth[best][phone]))
        for phone in worth[best]:
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
