"""Which of many words were said: Viterbi over a grammar of words, each in all its pronunciations, by CTC scores.

The grammar is a bigram: words may follow each other as in one of the texts that it was made of, or in any other order
at a cost, so that a wrong word is heard as what it is. Beside the words runs a loop of any phones, which takes up
speech that is none of them. Token passing (Young, Russell & Thornton 1989): a state carries the score of its best path
and a link to the words before it, so that the whole network moves on by a few array operations a frame.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from trainer.scoring.align import Phones
from trainer.scoring.ctc import BLANK, IMPOSSIBLE
from trainer.scoring.hypothesis import UNKNOWN
from trainer.scoring.posteriors import PhoneClasses, Posteriors

DOUBT = -6.0  # log-probability that every sound has in every frame: an accent is not another word
ANY_ORDER = 8.0  # nats for a word that no text has after the word before it
LEFT_OUT = 4.0  # nats for a word of a text that is left out (one between two words)
DECOY = 2.0  # nats for a word after the word before it where only a decoy has them so
OTHER_SPEECH = 3.0  # nats for each phone outside the words ...
OTHER_ENTRY = 3.0  # ... for beginning such a stretch ...
OTHER_EXIT = 4.0  # ... and for the word after it

Text = Sequence[tuple[str, Sequence[Phones]]]
Classes = tuple[int, ...]
Index = NDArray[np.intp]
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Found:
    """A word of the best path.

    Attributes:
        start, end: its first frame, and one past its last, the pause after it included.
    """

    word: str
    start: int
    end: int


@dataclass(frozen=True, eq=False)
class Grammar:
    """The states are the phones of all pronunciations with the blanks between them, then a blank tail for each word,
    then the start, a tail without a word. An entry is the first phone of a pronunciation, a last one its last phone.

    Attributes:
        emits: [states] row of class_sets.
        before: [states] the state just before; itself where there is none.
        passing: [states] the phone before the blank before, where that blank may be passed over; else itself.
        entries: first phones.
        entry_word: [entries] the word of each.
        arc_from: the states that an entry may follow, entry by entry.
        arc_cost: nats, of each such step.
        arc_first: [entries] where each entry's states begin.
        lasts: last phones, word by word.
        last_first: [words] where each word's begin.
        clash: [lasts, entries] CTC would merge the one with the other.
        final: [tails] whether a text may end there.
    """

    words: tuple[str, ...]
    class_sets: tuple[Classes, ...]
    emits: Index
    before: Index
    passing: Index
    entries: Index
    entry_word: Index
    arc_from: Index
    arc_cost: Array
    arc_first: Index
    lasts: Index
    last_first: Index
    clash: NDArray[np.bool_]
    final: NDArray[np.bool_]

    @property
    def tails(self) -> slice:
        return slice(len(self.emits) - len(self.words) - 1, len(self.emits))


class _Builder:
    def __init__(self) -> None:
        self.sets: dict[Classes, int] = {(BLANK,): 0}
        self.emits: list[int] = []
        self.before: list[int] = []
        self.passing: list[int] = []

    def add(self, classes: Classes, before: int | None = None, passing: int | None = None) -> int:
        state = len(self.emits)
        self.emits.append(self.sets.setdefault(classes, len(self.sets)))
        self.before.append(state if before is None else before)
        self.passing.append(state if passing is None else passing)
        return state

    def pronunciation(self, phones: Sequence[Classes]) -> tuple[int, int]:
        first = last = self.add(phones[0])
        for previous, classes in pairwise(phones):
            blank = self.add((BLANK,), last)
            last = self.add(classes, blank, None if set(previous) & set(classes) else last)
        return first, last


def grammar(texts: Sequence[Text], classes: PhoneClasses, decoys: Sequence[Text] = ()) -> Grammar:
    """The grammar of at least one text; a text is a row of words, each with its pronunciations there. decoys: what may
    be said instead, a little less likely."""
    known: dict[str, Classes] = {}
    ways: dict[str, dict[tuple[Classes, ...], None]] = {}
    follows: dict[tuple[str, str], float] = {}
    starting: dict[str, float] = {}
    ending: set[str] = set()
    for text, cost in [*((text, 0.0) for text in texts), *((text, DECOY) for text in decoys)]:
        for word, pronunciations in text:
            said = ways.setdefault(word, {})
            for phones in pronunciations:
                for phone in phones:
                    if phone not in known:
                        known[phone] = tuple(classes.of(phone).tolist())
                said[tuple(known[phone] for phone in phones)] = None
        names = [word for word, _ in text]
        for pair in pairwise(names):
            follows[pair] = min(cost, follows.get(pair, np.inf))
        for opening in names[:1]:
            starting.setdefault(opening, cost)
        ending.update(names[-1:])
        if not cost:
            for pair in zip(names, names[2:], strict=False):
                follows[pair] = min(LEFT_OUT, follows.get(pair, np.inf))

    builder = _Builder()
    ends = {word: [builder.pronunciation(phones) for phones in said] for word, said in ways.items()}
    tails = {word: builder.add((BLANK,)) for word in ways}
    start = builder.add((BLANK,))
    sets = list(builder.sets)
    entries = [(first, w) for w, word in enumerate(ways) for first, _ in ends[word]]
    lasts = [[last for _, last in ends[word]] for word in ways]
    flat = [last for group in lasts for last in group]
    shared = np.array([[bool(set(a) & set(b)) for b in sets] for a in sets])
    emits = np.array(builder.emits)
    before_word: dict[str, list[tuple[str, float]]] = {word: [] for word in ways}
    for (left, right), cost in follows.items():
        before_word[right].append((left, cost))

    arcs = list[tuple[int, float]]()
    arc_first = list[int]()
    for word in ways:
        tail_arcs = [(tails[left], cost) for left, cost in before_word[word]]
        tail_arcs += [(start, starting[word])] if word in starting else []
        direct = [(last, cost) for left, cost in before_word[word] for _, last in ends[left]]
        for first, _ in ends[word]:
            arc_first.append(len(arcs))
            arcs += tail_arcs
            arcs += [(last, cost) for last, cost in direct if not shared[emits[last], emits[first]]]
    first_states = np.array([first for first, _ in entries])
    return Grammar(
        words=tuple(ways),
        class_sets=tuple(sets),
        emits=emits,
        before=np.array(builder.before),
        passing=np.array(builder.passing),
        entries=first_states,
        entry_word=np.array([w for _, w in entries]),
        arc_from=np.array([state for state, _ in arcs], dtype=np.intp),
        arc_cost=np.array([cost for _, cost in arcs]),
        arc_first=np.array(arc_first),
        lasts=np.array(flat),
        last_first=np.cumsum([0, *map(len, lasts[:-1])]),
        clash=shared[np.ix_(emits[flat], emits[first_states])],
        final=np.array([*(word in ending for word in ways), True]),
    )


class _Search:
    """The tokens of all states: scores and links. A link numbers an entry made at a frame; -1 is the start."""

    def __init__(self, net: Grammar, frames: int) -> None:
        self.net = net
        states, self.width = len(net.emits), len(net.entries) + 1  # the last entry is that of other speech
        self.score = np.full(states, IMPOSSIBLE)
        self.link = np.full(states, -1)
        self.score[-1] = 0.0
        self.came_from = np.full((frames, self.width), -1)
        arcs = np.diff(np.r_[net.arc_first, len(net.arc_from)])
        self.in_order = np.flatnonzero(arcs)  # entries that follow something
        self.first_arc = net.arc_first[self.in_order]
        self.owner = np.repeat(np.arange(len(self.in_order)), arcs[self.in_order])
        self.last_owner = np.repeat(np.arange(len(net.words)), np.diff(np.r_[net.last_first, len(net.lasts)]))

    def step(self, t: int, emission: Array, log_probs: Array, other: "_Other") -> None:
        net, score, link = self.net, self.score, self.link
        new, new_link = score.copy(), link.copy()
        for source in (net.before, net.passing):
            candidate = score[source]
            better = (candidate > new).nonzero()[0]  # few: places are several times faster than a mask
            new[better] = candidate[better]
            new_link[better] = link[source[better]]
        self._tails(new, new_link)
        hub, hub_link, entering, entering_link = self._entering(other)
        entries = net.entries
        chosen = (entering > new[entries]).nonzero()[0]
        new[entries[chosen]] = entering[chosen]
        new_link[entries[chosen]] = t * self.width + chosen
        self.came_from[t, chosen] = entering_link[chosen]
        self.came_from[t, -1] = hub_link
        other.step(hub - OTHER_ENTRY, t * self.width + self.width - 1, log_probs)
        self.score, self.link = new + emission, new_link

    def _tails(self, new: Array, new_link: Index) -> None:
        """A word's tail follows each of its last phones."""
        net = self.net
        ending = self.score[net.lasts]
        best = np.maximum.reduceat(ending, net.last_first)
        tails = slice(net.tails.start, net.tails.stop - 1)
        better = (best > new[tails]).nonzero()[0]
        chosen = _first_best(ending, best[self.last_owner], net.last_first)
        new[tails][better] = best[better]
        new_link[tails][better] = self.link[net.lasts[chosen[better]]]

    def _entering(self, other: "_Other") -> tuple[float, int, Array, Index]:
        """Best score where a word has ended, and before each entry, with their links."""
        net, score, link = self.net, self.score, self.link
        tail = net.tails.start + int(score[net.tails].argmax())
        hub, hub_link = float(score[tail]), int(link[tail])
        rest, rest_link = hub, hub_link
        if other.best - OTHER_EXIT > rest - ANY_ORDER:
            rest, rest_link = other.best - OTHER_EXIT + ANY_ORDER, other.best_link
        last = int(score[net.lasts].argmax())
        direct, direct_link = score[net.lasts[last]], int(link[net.lasts[last]])
        entering = np.full(len(net.entries), rest - ANY_ORDER)
        entering_link = np.full(len(net.entries), rest_link)
        if direct > rest:
            apart = ~net.clash[last]
            entering[apart], entering_link[apart] = direct - ANY_ORDER, direct_link
        if len(net.arc_from):
            along = score[net.arc_from] - net.arc_cost
            best = np.maximum.reduceat(along, self.first_arc)
            chosen = _first_best(along, best[self.owner], self.first_arc)
            better = best > entering[self.in_order]
            into = self.in_order[better]
            entering[into] = best[better]
            entering_link[into] = link[net.arc_from[chosen[better]]]
        if direct > hub:
            hub, hub_link = float(direct), direct_link
        return hub, hub_link, entering, entering_link


def _first_best(values: Array, best: Array, first: Index) -> Index:
    """For each run of values that begins at `first`, the place of its best one."""
    places: Index = (values == best).nonzero()[0]
    return places[np.searchsorted(places, first)]


class _Other:
    """The loop of any phones: speech that is none of the words."""

    def __init__(self, classes: int) -> None:
        self.score = np.full(classes, IMPOSSIBLE)
        self.link = np.full(classes, -1)

    @property
    def best(self) -> float:
        return float(self.score.max())

    @property
    def best_link(self) -> int:
        return int(self.link[self.score.argmax()])

    def step(self, entering: float, entry: int, log_probs: Array) -> None:
        new, new_link = self.score.copy(), self.link.copy()
        best, best_link = self.best, self.best_link
        onward, onward_link = (entering, entry) if entering > best else (best, best_link)
        cost = np.full(len(new), OTHER_SPEECH)
        cost[BLANK] = 0.0
        if onward_link == entry:  # a stretch of other speech begins with a phone
            cost[BLANK] = np.inf
            if best > new[BLANK]:
                new[BLANK], new_link[BLANK] = best, best_link
        entered = onward - cost
        new_link[entered > new] = onward_link
        np.maximum(new, entered, out=new)
        self.score, self.link = new + log_probs, new_link


def hear(posteriors: Posteriors, net: Grammar, *, whole: bool = True) -> tuple[Found, ...]:
    """The words of the best path, UNKNOWN for other speech. whole: the call is over; otherwise a word that has only
    begun is left out, and the call need not end where a text does."""
    log_probs = np.logaddexp(posteriors.log_probs, DOUBT)
    columns = np.stack([np.logaddexp.reduce(log_probs[:, list(s)], axis=1) for s in net.class_sets], axis=1)
    search, other = _Search(net, len(log_probs)), _Other(log_probs.shape[1])
    for t, frame in enumerate(log_probs):
        search.step(t, columns[t, net.emits], frame, other)
    if whole:
        ends = np.r_[net.lasts, np.arange(net.tails.start, net.tails.stop)]
        final = np.r_[net.final[search.last_owner], net.final]
        score = search.score[ends] - np.where(final, 0.0, ANY_ORDER)
        best, link = float(score.max()), int(search.link[ends[score.argmax()]])
    else:
        state = int(search.score.argmax())
        best, link = float(search.score[state]), int(search.link[state])
        if link >= 0 and not (state >= net.tails.start or state in net.lasts):
            link = int(search.came_from[divmod(link, search.width)])  # a word that has only begun
    if other.best > best:
        link = other.best_link
    return _read_off(search, link)


def _read_off(search: _Search, link: int) -> tuple[Found, ...]:
    found: list[Found] = []
    end = len(search.came_from)
    while link >= 0:
        start, entry = divmod(link, search.width)
        word = UNKNOWN if entry == search.width - 1 else search.net.words[search.net.entry_word[entry]]
        found.append(Found(word, start, end))
        end, link = start, int(search.came_from[start, entry])
    return tuple(reversed(found))
