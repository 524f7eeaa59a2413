"""A Vosk folder that Kaldi had no part in: what Vosk makes of it against our own arithmetic."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
import vosk

from recipe.words.features import CONF, mfcc
from recipe.words.kaldi import Layer, Network, heard, write
from trainer.models.kinds import complete
from trainer.scoring.hypothesis import UNKNOWN
from trainer.speech.wordgraph import Costs, Graph, Word, build, class_of, files, loop_file

LABELS = ("", *"abcdefgh")
WORDS = [
    Word("one", tuple("abc"), 1.0), Word("two", tuple("ab"), 0.5), Word("two", tuple("bd"), 0.5),
    Word("to", tuple("ab"), 2.0), Word("six", tuple("fgh"), 1.5), Word("a", ("h",), 0.3),
]  # fmt: skip
COSTS = Costs(silence=0.4, pause=0.3, other=0.7, insertion=0.2)
DECODING = """\
--min-active=200
--max-active=7000
--beam=60
--lattice-beam=2
--acoustic-scale=1.0
--frame-subsampling-factor=3
--endpoint.silence-phones=1
"""
# In looking ahead Vosk rounds the sums of costs that lie before it to 1/1024 (OpenFst's Quantize), frame by frame.
# Where they are such numbers everywhere, nothing is lost: words that begin with sounds of their own, odds that add up.
EXACT = [Word("one", tuple("abc"), 1.0), Word("two", tuple("bd"), 1.5), Word("two", tuple("bea"), 1.5),
         Word("six", tuple("fgh"), 2.0), Word("a", ("h",), 2.5)]  # fmt: skip
OF_THE_GRAPH = 0.9  # share of the graph's costs that Vosk counts into what it calls confidence


def network() -> Network:
    draw = np.random.default_rng(5)

    def layer(size: int, out: int, offsets: tuple[int, ...], **more: object) -> Layer:
        weight = draw.normal(size=(out, size * len(offsets))) / np.sqrt(size * len(offsets))
        return Layer(offsets, weight.astype(np.float32), draw.normal(0, 0.1, out).astype(np.float32), **more)

    first = layer(40, 24, (-2, -1, 0, 1, 2), relu=True)
    first = Layer(first.offsets, first.weight * 0.05, first.bias, relu=True)
    narrow, wide = layer(32, 12, (-3, 0)), layer(12, 32, (0, 3), relu=True, around=2)
    last = layer(32, len(LABELS), (0,))
    prior = draw.normal(0, 0.2, len(LABELS)).astype(np.float32)
    return Network((first, layer(24, 32, (-1, 0, 1), relu=True), narrow, wide, last), prior, penalty=0.3)


def made_of(words: list[Word], made: Path) -> Path:
    for path, content in files(words, LABELS, COSTS).items():
        (made / path).parent.mkdir(parents=True, exist_ok=True)
        (made / path).write_bytes(content)
    (made / "conf").mkdir()
    (made / "conf" / "mfcc.conf").write_text(CONF)
    (made / "conf" / "model.conf").write_text(DECODING)
    graph = build(words, LABELS, COSTS)
    write(made / "am" / "final.mdl", network(), [class_of(p, len(LABELS)) for p in range(1, graph.phones + 1)])
    vosk.SetLogLevel(-1)
    return made


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return made_of(WORDS, tmp_path_factory.mktemp("words") / "made")


def speechlike(seed: int) -> np.ndarray:
    draw = np.random.default_rng(seed)
    loudness = np.repeat(draw.uniform(0.01, 0.1, 120), 160)
    return (np.round(draw.normal(size=len(loudness)) * loudness * 32768) / 32768).astype(np.float32)


def best_path(graph: Graph, loop: dict[int, float], scores: np.ndarray) -> tuple[float, list[str]]:
    """Score of the best path through the tree and the loop of words, as Vosk counts it, and its words."""
    arcs = graph.arcs
    origin = np.repeat(np.arange(len(graph.states)), graph.states["arcs"])
    name = {number: text for text, number in graph.ids.items()}
    outputs = [class_of((int(i) + 1) // 2, len(LABELS)) if i else -1 for i in arcs["ilabel"]]
    alive: dict[int, tuple[float, float, float, list[str]]] = {0: (0.0, 0.0, 0.0, [])}  # total, acoustic, graph, words

    def step(sounds: np.ndarray | None) -> None:
        nonlocal alive
        agenda = dict(alive)
        reached: dict[int, tuple[float, float, float, list[str]]] = {} if sounds is not None else dict(alive)
        while agenda:
            new: dict[int, tuple[float, float, float, list[str]]] = {}
            for state, (total, acoustic, cost, words) in agenda.items():
                for at in np.flatnonzero(origin == state):
                    arc = arcs[at]
                    if (outputs[at] >= 0) != (sounds is not None):
                        continue
                    heard_here = float(sounds[outputs[at]]) if sounds is not None else 0.0
                    more = float(arc["cost"]) + loop.get(int(arc["olabel"]), 0.0)
                    said = [*words, name[int(arc["olabel"])]] if arc["olabel"] else words
                    found = (total + heard_here - more, acoustic + heard_here, cost + more, said)
                    to = int(arc["to"])
                    if to not in reached or found[0] > reached[to][0] + 1e-12:
                        reached[to] = new[to] = found
            agenda = {} if sounds is not None else new
        alive = reached

    step(None)
    for frame in scores:
        step(frame)
        step(None)
    ends = [alive[s] for s in alive if np.isfinite(graph.states["final"][s])]
    _total, acoustic, cost, words = max(ends, key=lambda end: end[0])
    return acoustic - OF_THE_GRAPH * cost, words


def recognised(folder: Path, samples: np.ndarray, *grammar: str) -> dict:
    recogniser = vosk.KaldiRecognizer(vosk.Model(str(folder)), 16_000, *grammar)
    recogniser.SetMaxAlternatives(1)
    sound = (samples * 32768).astype("<i2").tobytes()
    for start in range(0, len(sound), 3200):
        recogniser.AcceptWaveform(sound[start : start + 3200])
    return json.loads(recogniser.FinalResult())["alternatives"][0]


@pytest.mark.parametrize("seed", range(4))
def test_vosk_scores_an_utterance_as_our_own_viterbi_does(tmp_path, seed):
    folder = made_of(EXACT, tmp_path / "exact")
    graph = build(EXACT, LABELS, COSTS)
    loop = {graph.ids[word.text]: word.cost for word in EXACT}
    loop[graph.ids[UNKNOWN]] = -math.log(1 - sum(math.exp(-cost) for cost in loop.values()))
    (folder / "graph" / "Gr.fst").write_bytes(loop_file(loop))
    samples = speechlike(seed)
    score, words = best_path(graph, loop, heard(network(), mfcc(samples)))
    found = recognised(folder, samples)
    assert found["text"].split() == words
    assert found["confidence"] == pytest.approx(score, abs=1e-3)


def test_a_grammar_narrows_what_can_be_heard(folder):
    found = {recognised(folder, speechlike(seed), '["six a", "one"]')["text"] for seed in range(4)}
    assert {word for text in found for word in text.split()} <= {"six", "a", "one"}


def test_every_word_can_be_reached_from_where_words_begin():
    graph = build(WORDS, LABELS, COSTS)
    assert set(graph.ids) == {word.text for word in WORDS} | {UNKNOWN}
    assert sorted(graph.ids.values()) == list(range(1, len(graph.ids) + 1))
    said = graph.arcs["olabel"][graph.arcs["olabel"] > 0]
    assert set(said.tolist()) == set(graph.ids.values())
    assert np.count_nonzero(said == graph.ids["two"]) == 2  # once for each of its pronunciations


def test_a_phone_that_the_network_does_not_know_is_refused():
    with pytest.raises(KeyError):
        build([Word("no", ("z",))], LABELS, COSTS)


def test_the_folder_is_whole(folder):
    assert complete(folder, "vosk")
