"""The search graph of a Vosk model, built from a list of words in a fraction of a second, without Kaldi or OpenFst.

A graph joins a tree of pronunciations (HCLr) with the words that may follow each other (Gr). The network is trained by
CTC (Graves et al., 2006): a phone is one or more frames of its class, and after every phone of a word the blank may
last, at a cost, so that long silence is rather found between words. Kaldi knows a phone in four places of a word
(begin, internal, end, single) as four phones; all have one state, whose self-loop is the transition 2 id - 1 and whose
way out is 2 id.

Vosk looks ahead in the tree for words that the grammar allows: every state names the words that can be reached from it
before another word ends, as intervals of word numbers (Allauzen, Riley & Schalkwyk, Interspeech 2009). Words are
numbered in the order of the tree, so that most states need one interval.
"""

import math
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from os import SEEK_CUR
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from trainer.scoring.hypothesis import UNKNOWN

SILENCE, OTHER, PAUSE = 1, 2, 3  # phones: between words, of unknown words, inside words
PLACES = ("begin", "internal", "end", "singleton")  # as word_boundary.int calls them
_FIRST = 4
INFINITE = float("inf")

# The binary forms of OpenFst.
_MAGIC, _ADDED = 2125659606, 446681434
_EXPANDED, _MUTABLE, _NO_ACCEPTOR, _EPSILONS, _SORTED = 0x1, 0x2, 0x20000, 0x4000000, 0x40000000
_ARC = np.dtype([("ilabel", "<i4"), ("olabel", "<i4"), ("cost", "<f4"), ("to", "<i4")])
_STATE = np.dtype([("final", "<f4"), ("first", "<u4"), ("arcs", "<u4"), ("in", "<u4"), ("out", "<u4")])


@dataclass(frozen=True)
class Word:
    """A word with one of its pronunciations, in classes of the network.

    Attributes:
        cost: nats, where all words may follow all.
    """

    text: str
    phones: tuple[str, ...]
    cost: float = 0.0


@dataclass(frozen=True)
class Costs:
    """What the words of a graph cost, in nats.

    Attributes:
        silence: probability of silence between two words.
        pause: for a frame of blank inside a word.
        other: for speech that is no word of the list.
        insertion: for every word.
    """

    silence: float = 0.5
    pause: float = 0.2
    other: float = 0.0
    insertion: float = 0.0


@dataclass(frozen=True, eq=False)
class Graph:
    """The tree, its arcs by state and then by word.

    Attributes:
        arcs, states: as `wordgraph.py` lays them out for OpenFst.
        reach: intervals of each state.
        ids: number of each word.
    """

    arcs: NDArray[np.void]
    states: NDArray[np.void]
    reach: list[bytes]
    ids: dict[str, int]
    classes: int

    @property
    def phones(self) -> int:
        return _FIRST - 1 + 4 * (self.classes - 1)


def phone(label: int, place: int) -> int:
    """The phone of Kaldi of a class (from 1) at a place of a word (0-3)."""
    return _FIRST + 4 * (label - 1) + place


def class_of(phone: int, classes: int) -> int:
    """The output of the network that a phone stands for; one past the classes is the one for unknown words."""
    if phone < _FIRST:
        return classes if phone == OTHER else 0
    return (phone - _FIRST) // 4 + 1


def build(words: Iterable[Word], labels: Sequence[str], costs: Costs) -> Graph:
    """The tree of words. labels: the classes of the network, the blank first. Raises KeyError for another phone."""
    number = {label: i for i, label in enumerate(labels) if label}
    spelled = sorted({(_placed([number[p] for p in word.phones]), word.text) for word in words})
    ids: dict[str, int] = {}
    for _phones, text in spelled:
        ids.setdefault(text, len(ids) + 1)
    ids.setdefault(UNKNOWN, len(ids) + 1)

    # The tree: one node for every beginning of a pronunciation. Those that share it stand together, since sorted.
    node_phone, node_parent, under = [0], [-1], [set(ids.values())]
    ends: list[tuple[int, int]] = []
    path = [0]
    before: tuple[int, ...] = ()
    for phones, text in spelled:
        same = (a == b for a, b in zip(before, phones, strict=False))
        shared = sum(takewhile(bool, same))
        del path[shared + 1 :]
        for one in phones[shared:]:
            node_phone.append(one)
            node_parent.append(path[-1])
            under.append(set())
            path.append(len(node_phone) - 1)
        for node in path[1:]:
            under[node].add(ids[text])
        ends.append((path[-1], ids[text]))
        before = phones
    return _graph(np.array(node_phone), np.array(node_parent), under, np.array(ends), ids, len(labels), costs)


def _placed(labels: list[int]) -> tuple[int, ...]:
    """The phones of a word by their places in it."""
    if len(labels) == 1:
        return (phone(labels[0], 3),)
    inner = (phone(label, 1) for label in labels[1:-1])
    return (phone(labels[0], 0), *inner, phone(labels[-1], 2))


def _graph(
    phones: NDArray[np.int64], parents: NDArray[np.int64], under: list[set[int]], ends: NDArray[np.int64],
    ids: dict[str, int], classes: int, costs: Costs,
) -> Graph:  # fmt: skip
    """Arcs and reachable words for the nodes of a tree; node 0 is its root, where words begin.

    States: 0 between words, 1 the root, 2 silence, 3 unknown speech, then of every node its phone and, where the word
    goes on, the pause after it.
    """
    between, root, silence, other = range(4)
    count = len(phones)
    goes_on = np.bincount(parents[1:], minlength=count) > 0
    goes_on[0] = False
    size = 1 + goes_on
    size[0] = 0
    state = 4 + np.cumsum(size) - size
    state[0] = root
    total = 4 + int(size.sum())
    final = np.full(total, INFINITE, dtype=np.float32)
    final[[between, silence]] = 0.0

    nodes, paused = np.arange(1, count), np.flatnonzero(goes_on)
    parent = parents[1:]
    inner = parent > 0
    word_cost = costs.insertion
    pieces = [
        _arcs([between, between], [root, silence], [0, 2 * SILENCE], 0, _odds(costs.silence)),
        _arcs([silence, silence], [silence, root], [2 * SILENCE - 1, 0], 0, 0.0),
        _arcs([root], [other], [2 * OTHER], 0, costs.other),
        _arcs([other, other], [other, between], [2 * OTHER - 1, 0], [0, ids[UNKNOWN]], 0.0),
        _arcs(state[parent], state[nodes], 2 * phones[nodes], 0, 0.0),
        _arcs(state[parent[inner]] + 1, state[nodes[inner]], 2 * phones[nodes[inner]], 0, 0.0),
        _arcs(state[nodes], state[nodes], 2 * phones[nodes] - 1, 0, 0.0),
        _arcs(state[paused], state[paused] + 1, 2 * PAUSE, 0, costs.pause),
        _arcs(state[paused] + 1, state[paused] + 1, 2 * PAUSE - 1, 0, costs.pause),
        _arcs(state[ends[:, 0]], between, 0, ends[:, 1], word_cost),
    ]
    origin = np.concatenate([piece[0] for piece in pieces])
    arcs = np.concatenate([piece[1] for piece in pieces])
    order = np.lexsort((arcs["to"], arcs["olabel"], origin))
    origin, arcs = origin[order], arcs[order]

    states = np.zeros(total, dtype=_STATE)
    states["final"] = final
    states["arcs"] = np.bincount(origin, minlength=total)
    states["first"] = np.cumsum(states["arcs"]) - states["arcs"]
    states["in"] = np.bincount(origin[arcs["ilabel"] == 0], minlength=total)
    states["out"] = np.bincount(origin[arcs["olabel"] == 0], minlength=total)

    end = len(ids) + 1  # the end of a sentence counts as a word
    everything = _intervals({*ids.values(), end})
    reach = [everything, _intervals(set(ids.values())), everything, _intervals({ids[UNKNOWN]})]
    for node in range(1, count):
        reach += [_intervals(under[node])] * int(size[node])
    return Graph(arcs, states, reach, ids, classes)


def _odds(probability: float) -> list[float]:
    return [-math.log(1 - probability), -math.log(probability)]


def _arcs(
    origin: object, to: object, ilabel: object, olabel: object, cost: object
) -> tuple[NDArray[np.intp], NDArray[np.void]]:
    start = np.asarray(origin)
    arcs = np.zeros(len(start), dtype=_ARC)
    arcs["to"], arcs["ilabel"], arcs["olabel"], arcs["cost"] = to, ilabel, olabel, cost
    return start, arcs


def _intervals(numbers: set[int]) -> bytes:
    """Half-open intervals as OpenFst writes them, and how many numbers they hold."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and runs[-1][1] == number:
            runs[-1][1] = number + 1
        else:
            runs.append([number, number + 1])
    flat = [edge for run in runs for edge in run]
    return struct.pack(f"<q{len(flat)}ii", len(runs), *flat, len(numbers))


def tree_file(graph: Graph) -> bytes:
    """HCLr.fst: an FST of OpenFst's type olabel_lookahead."""
    properties = _EXPANDED | _NO_ACCEPTOR | _EPSILONS | _SORTED
    count = len(graph.states)
    return b"".join(
        (
            _header("olabel_lookahead", 1, properties, -1, 0, 0),
            struct.pack("<i", _ADDED),
            _header("const", 2, properties, 0, count, len(graph.arcs)),
            graph.states.tobytes(),
            graph.arcs.tobytes(),
            # A pair of additions: none for input labels; for output labels what can be reached of which.
            b"\1\0\1\0\0" + struct.pack("<iq", len(graph.ids) + 1, count),
            *graph.reach,
        )
    )


def loop_file(costs: Mapping[int, float]) -> bytes:
    """Gr.fst: any word after any word. costs: nats by number of the word."""
    arcs = np.zeros(len(costs), dtype=_ARC)
    numbers = sorted(costs)
    arcs["ilabel"] = arcs["olabel"] = numbers
    arcs["cost"] = [costs[number] for number in numbers]
    state = struct.pack("<fq", 0.0, len(arcs))
    return _header("vector", 2, _EXPANDED | _MUTABLE, 0, 1, len(arcs)) + state + arcs.tobytes()


def _header(kind: str, version: int, properties: int, start: int, states: int, arcs: int) -> bytes:
    texts = b"".join(struct.pack("<i", len(text)) + text.encode() for text in (kind, "standard"))
    return struct.pack("<i", _MAGIC) + texts + struct.pack("<iiQqqq", version, 0, properties, start, states, arcs)


def whole(path: Path) -> bool:
    """Whether a file is an FST, and as long as its head says: Vosk crashes the process on any other."""
    try:
        with path.open("rb") as file:
            kind, states, arcs = _read_header(file)
            if kind.endswith("lookahead"):
                file.seek(struct.calcsize("<i"), SEEK_CUR)
                kind, states, arcs = _read_header(file)
            rest = path.stat().st_size - file.tell()
    except (OSError, ValueError, struct.error):
        return False
    return kind != "const" or rest >= states * _STATE.itemsize + arcs * _ARC.itemsize


def _read_header(file: BinaryIO) -> tuple[str, int, int]:
    """Kind, states and arcs. Raises ValueError or struct.error where it is none."""

    def number() -> int:
        return int(struct.unpack("<i", file.read(4))[0])

    if number() != _MAGIC:
        raise ValueError("no FST")
    kind, _arcs = (file.read(number()).decode() for _ in range(2))
    form = "<iiQqqq"
    *_other, states, arcs = struct.unpack(form, file.read(struct.calcsize(form)))
    return kind, states, arcs


def files(words: Sequence[Word], labels: Sequence[str], costs: Costs) -> dict[Path, bytes]:
    """All files of a model's folder that hang on its words."""
    graph = build(words, labels, costs)
    loop: dict[int, float] = {}
    for word in words:
        number = graph.ids[word.text]
        loop[number] = min(word.cost, loop.get(number, INFINITE))
    loop.setdefault(graph.ids[UNKNOWN], max(loop.values(), default=0.0))
    kinds = {SILENCE: "nonword", OTHER: "singleton", PAUSE: "internal"}
    boundaries = [f"{i} {kinds.get(i) or PLACES[(i - _FIRST) % 4]}" for i in range(1, graph.phones + 1)]
    table = ["<eps> 0", *(f"{text} {number}" for text, number in sorted(graph.ids.items(), key=lambda item: item[1]))]
    contents = {
        "graph/HCLr.fst": tree_file(graph),
        "graph/Gr.fst": loop_file(loop),
        "graph/words.txt": _lines(table),
        "graph/phones/word_boundary.int": _lines(boundaries),
        "graph/disambig_tid.int": _lines([str(2 * graph.phones + 1)]),  # none is needed: an id that is not used
    }
    return {Path(name): content for name, content in contents.items()}


def _lines(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()
