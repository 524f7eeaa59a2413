"""From posteriors and an expected call to an assessment: the whole of scoring, without any input or output."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trainer.languages import LANGUAGES, Language, other
from trainer.phones.inventory import inventory
from trainer.phrasebook.expectation import Expectation
from trainer.scoring import english_stress, free_decode
from trainer.scoring.align import Alignment, Phones, align
from trainer.scoring.assessment import (
    Assessment,
    CallRatings,
    Deduction,
    ExtraSpeech,
    Match,
    PhoneScore,
    Stress,
    Verdict,
    WordScore,
    by_stress,
)
from trainer.scoring.ctc import BLANK
from trainer.scoring.english_stress import StressRule
from trainer.scoring.faults import Faults, faults, means
from trainer.scoring.fluency import fluency
from trainer.scoring.gop import FLOOR, Diagnosis, Expected, diagnose, excused, expected_phones, together
from trainer.scoring.identify import Candidate, Identified, identify
from trainer.scoring.observations import Observations, observe
from trainer.scoring.other_words import said_as_others
from trainer.scoring.points import FLAGGED, PASS_MARK, of_a_part
from trainer.scoring.posteriors import Look, Posteriors
from trainer.scoring.prosody import Prosody
from trainer.scoring.ratings import CALL_ASPECTS, WORD_ASPECTS, Rater, Ratings
from trainer.scoring.scale import CallScore, Scale, SoundScore, call_score, sound_scores, word_points
from trainer.scoring.stress import heard_stress
from trainer.scoring.times import about_spikes, placed, right_classes, within

EXTRA_PHONES = 3  # fewer sounds in a gap are a breath, a click or a false start
DOUBTFUL_FIT = -1.5  # nats per phone: below it, see whether something else was said
FOREIGN_FIT = -4.0  # below it this is not the call, whatever it may be
LEAST_SAID = 1 / 3  # of the sounds of a call: with fewer, a doubtful recording is not this call
SURELY_HEARD = 3  # sounds of a word that is missed only where it was left out: natives swallow shorter, weak ones
SPOKEN = (
    0.3  # share of its sounds from which a language may be what was spoken: natives' speech has under .1 of the other
)
CLEARLY_BETTER = 0.75  # nats per phone by which what was said instead must fit better


@dataclass(frozen=True, eq=False)
class Utterance:
    """What the microphone gave, in T frames.

    Attributes:
        posteriors: by every language's head.
        silent: [T], where nobody spoke.
        seconds: of the recording.
        hidden: [T, width], the network's last layer.
        prosody: pitch and level.
        both: posteriors over the sounds of both languages, as the speaker of each sees them.
        hundredths: likewise, of what sounds in every hundredth of a second; class 0 is silence.
        began: s of the recording at which the first frame lies.
        again: the same recording at a second look, half a step of the network later or by another network: what is
            judged is the mean of both, sound by sound.
    """

    posteriors: Mapping[Language, Posteriors]
    silent: NDArray[np.bool_]
    seconds: float
    hidden: NDArray[np.float32] | None = None
    prosody: Prosody | None = None
    both: Mapping[Language, Posteriors] | None = None
    hundredths: Mapping[Language, Posteriors] | None = None
    began: float = 0.0
    again: "Utterance | None" = None


@dataclass(frozen=True, eq=False)
class AlignedCall:
    """A call laid over a recording: which words were said and how, every phone's evidence, and when it sounded.

    Attributes:
        diagnosis: of the sounds as they are written: experts, whom ratings follow, expect them all.
        judged: the same once what fluent speech loses or weakens counts as right: what errors are found by.
        times: s from the first frame, of each phone that was said: from, to.
        looks: at the sounds that were said; the first one tells words, times and fluency.
    """

    language: Language
    alignment: Alignment
    expected: list[Expected]
    diagnosis: Diagnosis
    judged: Diagnosis
    faults: Faults
    times: list[tuple[float, float]]
    looks: tuple[Look, ...]


def lay(
    ways: Sequence[Sequence[Phones]], language: Language, sound: Utterance, *, whole: bool = False,
    alignment: Alignment | None = None,
) -> AlignedCall:  # fmt: skip
    """`whole`: it is known that no word was left out. `alignment`: of these ways with this sound, where it is known."""
    posteriors = sound.posteriors[language]
    alignment = alignment or align(ways, posteriors, whole=whole)
    expected = expected_phones(ways, alignment.variants, posteriors.classes)
    hundredths = sound.hundredths[language] if sound.hundredths else None
    times = placed(expected, alignment.spans, posteriors, hundredths, sound.seconds) if hundredths else None
    times = times or about_spikes(expected, alignment.spans, sound.silent, posteriors, sound.seconds)
    looks = [_look(language, sound, alignment.spans, times)]
    if expected and sound.again and len(sound.again.posteriors[language].log_probs) >= alignment.spans[-1][1] - 1:
        looks.append(_second_look(language, sound, sound.again, alignment.spans, times))
    each = [diagnose(expected, look.own, added=n == 0) for n, look in enumerate(looks)]
    diagnosis = together(each, posteriors.classes)
    judged = excused(language, expected, diagnosis, posteriors.classes)
    likely = faults(language, expected, judged, looks)
    return AlignedCall(language, alignment, expected, diagnosis, judged, likely, times, tuple(looks))


def _look(
    language: Language, sound: Utterance, spans: tuple[tuple[int, int], ...], times: Sequence[tuple[float, float]]
) -> Look:
    both = sound.both[language] if sound.both else None
    fine = sound.hundredths[language] if sound.hundredths and spans else None
    lies = within(times, fine) if fine else None
    return Look(sound.posteriors[language], spans, both, lies, fine.classes if fine else None)


def _second_look(
    language: Language, first: Utterance, again: Utterance, spans: Sequence[tuple[int, int]],
    times: Sequence[tuple[float, float]],
) -> Look:  # fmt: skip
    """At the sounds that the first look has found said: there, or a frame beside it, the second one names them, too."""
    last = len(again.posteriors[language].log_probs)
    moved = np.maximum(np.subtract(times, again.began - first.began), 0.0)
    there = tuple((min(start, last - 1), min(end, last)) for start, end in spans)
    return _look(language, again, there, [(start, end) for start, end in moved.tolist()])


def observations(reading: AlignedCall, sound: Utterance) -> Observations | None:
    """What ratings are made of. None where there is nothing to rate."""
    if sound.prosody is None or not reading.expected:
        return None
    return observe(
        reading.language, reading.expected, reading.diagnosis, reading.alignment.spans, reading.times,
        sound.posteriors[reading.language], sound.hidden, sound.prosody, sound.silent, _as_expected(reading, sound),
    )  # fmt: skip


def _as_expected(reading: AlignedCall, sound: Utterance) -> NDArray[np.float64]:
    """[N, 2] nats, of what sounds where each phone lies: the phone, and the likeliest other sound against it."""
    lies, fine = means([look.lies for look in reading.looks]), reading.looks[0].fine
    if lies is None or fine is None:
        return np.zeros((len(reading.expected), 2))
    own, out = sound.posteriors[reading.language].classes, []
    for phone, row in zip(reading.expected, lies, strict=True):
        right = right_classes(phone, own, fine)
        said = float(np.logaddexp.reduce(row[right]))
        out.append((said, float(np.delete(row, right).max()) - said))
    return np.array(out)


def speech_heard(sound: Utterance) -> bool:
    """Whether the recording holds speech at all: at least two phones of either language."""
    return any(len(free_decode.decode(posteriors)) >= 2 for posteriors in sound.posteriors.values())


def assess(
    sound: Utterance, call: Expectation, others: Iterable[Candidate] = (), rater: Rater | None = None,
    alignment: Alignment | None = None, *, cut_off: bool = False,
) -> Assessment:  # fmt: skip
    """Score a call. `others`: calls that may have been said instead, looked at only where this one fits badly.
    `alignment`: of the call with the sound, where it is known. `cut_off`: the recording breaks off in the last word,
    which is not judged where it came out badly."""
    posteriors = sound.posteriors[call.language]
    reading = lay(call.ways, call.language, sound, alignment=alignment)
    doubtful = reading.alignment.fit < DOUBTFUL_FIT
    others = tuple(others) if doubtful else others
    best = _instead(sound, call.language, others) if doubtful else None
    if doubtful and not cut_off and (best is None or best.fit < DOUBTFUL_FIT) and (rest := _rest(call, sound)):
        sound, reading, best = rest, lay(call.ways, call.language, rest), None
    elif not cut_off:
        sound, reading = _without_other_words(call, reading, sound, others)
    rated = rate(reading, sound, rater)
    scale = rater.scale(call.language) if rater else None
    scores = phone_scores(reading, rated, scale)
    words = _words(call, reading, scores, sound)
    words = _rated_words(words, rated) if rated else words
    if call.language == "ru":
        words = _with_stress(words, reading)
    elif rater and (rule := rater.stress_rule(call.language)):
        words = _with_english_stress(words, call, reading, sound, rule)
    verdict, said = _verdict(reading.alignment, call, best)
    extra = _extra_speech(posteriors, _word_spans(reading.expected, reading.alignment.spans))
    if cut_off and call.text.endswith("…") and len(words) > 1 and not words[-1].missing and words[-1].score < FLAGGED:
        call, words, reading = _but_last(call), words[:-1], _of_words(reading, len(words) - 1)
        scores = scores[: len(reading.expected)]
    alignment, expected = reading.alignment, reading.expected
    word_spans = _word_spans(expected, alignment.spans)
    was_said = verdict == "scored"
    vowels = sum(inventory(call.language)[phone.phone].kind == "vowel" for phone in expected)
    if scale and expected:
        whole, name = _on_scale(scale, call, reading, scores, words, rated), scale.name
    else:
        spoken = [phone.score for word in words for phone in word.phones]
        whole, name = CallScore(_mean(spoken), None, ()), "calibrated" if rated else "plain-gop"
    whole = _without(whole, *_left_out(call, alignment))
    return Assessment(
        text=call.text,
        language=call.language,
        verdict=verdict,
        score=whole.points if was_said else 0.0,
        completeness=100 * _mean([not word.missing for word in words]) if was_said else 0.0,
        fit=alignment.fit,
        words=words,
        extra_speech=extra,
        fluency=fluency(word_spans, vowels, sound.silent, posteriors.frames_per_second),
        seconds=sound.seconds,
        said=said,
        scale=name,
        ratings=CallRatings(*(10 * float(value) for value in rated.call)) if rated and was_said else None,
        margin=whole.margin if was_said else None,
        deductions=whole.deductions if was_said else (),
    )


def recorded_part(call: Expectation, sound: Utterance) -> Expectation:
    """What a recording that was cut off holds of a call: up to the word that it breaks off in, and of this word every
    beginning is right. Where the whole call fits best, it is the whole call."""
    posteriors = sound.posteriors[call.language]
    parts = [_broken_off(call, w) for w in range(len(call.words))] + [call]
    fits = [align(part.ways, posteriors).fit for part in parts]
    return parts[len(parts) - 1 - int(np.argmax(fits[::-1]))]


def _but_last(call: Expectation) -> Expectation:
    """Without the word that a recording breaks off in."""
    text = f"{call.text[: call.text.rindex(call.words[-1])].rstrip()}…"
    return Expectation(text, call.language, call.words[:-1], call.ways[:-1], call.checked[:-1])


def _of_words(reading: AlignedCall, count: int) -> AlignedCall:
    """The first words of a call."""
    n = sum(phone.word < count for phone in reading.expected)
    alignment = replace(
        reading.alignment, variants=reading.alignment.variants[:count], spans=reading.alignment.spans[:n]
    )
    faults_ = Faults(reading.faults.odds[:n], reading.faults.heard[:n], reading.faults.foreign[:n])
    diagnosis, judged = (_of_phones(one, n) for one in (reading.diagnosis, reading.judged))
    looks = tuple(
        replace(one, spans=one.spans[:n], lies=None if one.lies is None else one.lies[:n]) for one in reading.looks
    )
    expected, times = reading.expected[:n], reading.times[:n]
    return AlignedCall(reading.language, alignment, expected, diagnosis, judged, faults_, times, looks)


def _of_phones(diagnosis: Diagnosis, count: int) -> Diagnosis:
    """Of the first phones of a call."""
    fluent = frozenset(i for i in diagnosis.fluent if i < count)
    return replace(diagnosis, evidence=diagnosis.evidence[:count], odds=diagnosis.odds[:count], fluent=fluent)


def _broken_off(call: Expectation, word: int) -> Expectation:
    beginnings = dict.fromkeys(phones[: n + 1] for phones in call.ways[word] for n in range(len(phones)))
    end = 0
    for text in call.words[: word + 1]:
        end = call.text.index(text, end) + len(text)
    longest_first = tuple(sorted(beginnings, key=len, reverse=True))
    return Expectation(f"{call.text[:end]}…", call.language, call.words[: word + 1], (*call.ways[:word], longest_first))


def _on_scale(
    scale: Scale, call: Expectation, reading: AlignedCall, scores: Sequence[SoundScore], words: Sequence[WordScore],
    rated: Ratings | None,
) -> CallScore:  # fmt: skip
    return call_score(
        scale, [phone.phone for phone in reading.expected], [phone.word for phone in reading.expected], call.words,
        reading.faults, [evidence.gop for evidence in reading.judged.evidence], scores,
        [number for number, word in enumerate(words) if word.stress and word.stress.misplaced], _marks(rated),
        [_by_stress(call.language, phone, score, words) for phone, score in zip(reading.expected, scores, strict=True)],
    )  # fmt: skip


def _by_stress(language: Language, phone: Expected, score: SoundScore, words: Sequence[WordScore]) -> bool:
    return by_stress(language, phone.phone, score.heard, words[phone.word].stress)


def points_of(reading: AlignedCall, rated: Ratings | None, scale: Scale) -> float:
    """The points of a call that was said, stress apart."""
    phones = [phone.phone for phone in reading.expected]
    words = [phone.word for phone in reading.expected]
    gop = [evidence.gop for evidence in reading.judged.evidence]
    scores = phone_scores(reading, rated, scale)
    texts = [""] * len(reading.alignment.variants)
    return call_score(scale, phones, words, texts, reading.faults, gop, scores, (), _marks(rated)).points


def _marks(rated: Ratings | None) -> list[float] | None:
    """What experts would have said of a call's accuracy and in all, 0-10."""
    return [float(rated.call[CALL_ASPECTS.index(aspect)]) for aspect in ("accuracy", "total")] if rated else None


def _left_out(call: Expectation, alignment: Alignment) -> tuple[float, str | None]:
    """The share of the sounds of a call that its missing words have, and the first of these that has sounds enough to
    be surely heard, however it is said."""
    missing = [w for w, variant in enumerate(alignment.variants) if variant is None]
    share = sum(len(call.ways[w][0]) for w in missing) / len(call.citation)
    sure = (call.words[w] for w in missing if min(map(len, call.ways[w])) >= SURELY_HEARD)
    return share, next(sure, None)


def _without(whole: CallScore, share: float, word: str | None) -> CallScore:
    """The score of a call of which a share was left out. word: one that was surely left out: without it the call is
    not done."""
    if not share:
        return whole
    points = whole.points * (1 - share)
    points = of_a_part(points, PASS_MARK) if word else points
    said = tuple(replace(one, points=one.points * (1 - share)) for one in whole.deductions)
    missing = Deduction("missing", 100 - points - sum(one.points for one in said), word=word)
    return replace(whole, points=points, deductions=tuple(sorted((missing, *said), key=lambda d: -d.points)))


def linear(gop: float) -> float:
    """GOP to 0-100, linear down to the floor: a scale for comparing, not yet a human rating."""
    return 100 * (1 - gop / FLOOR)


def phone_scores(reading: AlignedCall, rated: Ratings | None, scale: Scale | None = None) -> list[SoundScore]:
    """Of every phone, 0-100: by the kinds of errors that it may be, not more than experts would have said, who expect
    what fluent speech leaves out, too; by plain GOP where no scale is fitted."""
    gop = [evidence.gop for evidence in reading.judged.evidence]
    if scale is None:
        points = rated.scores(gop) if rated else [linear(value) for value in gop]
        return [SoundScore(score, None) for score in points]
    judged = sound_scores(scale, [phone.phone for phone in reading.expected], reading.faults)
    if rated is None:
        return judged
    return [
        one if i in reading.judged.fluent else replace(one, points=min(one.points, scale.expert(float(most))))
        for i, (one, most) in enumerate(zip(judged, rated.severity(), strict=True))
    ]


def rate(reading: AlignedCall, sound: Utterance, rater: Rater | None) -> Ratings | None:
    seen = observations(reading, sound) if rater else None
    return rater.rate(reading.language, seen) if rater and seen else None


def _mean(values: list[float] | list[bool]) -> float:
    return float(np.mean(values)) if values else 0.0


def _words(
    call: Expectation, reading: AlignedCall, scores_of_phones: Sequence[SoundScore], sound: Utterance
) -> tuple[WordScore, ...]:  # fmt: skip
    expected, diagnosis = reading.expected, reading.judged
    phones: list[list[PhoneScore]] = [[] for _ in call.words]
    times = [np.clip(np.add(time, sound.began), 0, sound.seconds).tolist() for time in reading.times]
    rows = zip(expected, diagnosis.evidence, times, scores_of_phones, strict=True)
    for phone, evidence, (start, end), score in rows:
        label, probability = evidence.alternatives[0]
        heard = label if probability > np.exp(evidence.gop) else None
        if score.heard is not None:
            heard = score.heard
        phones[phone.word].append(
            PhoneScore(phone.phone, score.points, evidence.gop, start, end, heard, evidence.alternatives)
        )
    added: list[list[str]] = [[] for _ in call.words]
    flat = [score for word in phones for score in word]
    for place, label in _truly_added(diagnosis, flat):
        added[expected[min(place, len(expected) - 1)].word].append(label)
    return tuple(
        WordScore(
            text=text,
            score=word_points([p.score for p in scores]),
            start=scores[0].start if scores else None,
            end=scores[-1].end if scores else None,
            missing=not scores,
            phones=tuple(scores),
            added=tuple(sounds),
        )
        for text, scores, sounds in zip(call.words, phones, added, strict=True)
    )


def _rated_words(words: tuple[WordScore, ...], rated: Ratings) -> tuple[WordScore, ...]:
    marks = iter(rated.words[:, WORD_ASPECTS.index("total")])
    return tuple(word if word.missing else replace(word, rated=10 * float(next(marks))) for word in words)


def _with_stress(words: tuple[WordScore, ...], reading: AlignedCall) -> tuple[WordScore, ...]:
    heard = [stress_of(reading, w, word.text) for w, word in enumerate(words)]
    return tuple(_stressed(word, stress) if stress else word for word, stress in zip(words, heard, strict=True))


def stress_of(reading: AlignedCall, number: int, word: str) -> Stress | None:
    """Of a word by its number; None where it was left out or has no choice."""
    own = [i for i, phone in enumerate(reading.expected) if phone.word == number]
    if not own:
        return None
    looks = [(look.own, look.spans[own[0]][0], look.spans[own[-1]][1]) for look in reading.looks]
    return heard_stress(word, tuple(reading.expected[i].phone for i in own), looks)


def _with_english_stress(
    words: tuple[WordScore, ...], call: Expectation, reading: AlignedCall, sound: Utterance, rule: StressRule
) -> tuple[WordScore, ...]:
    """Of words that somebody has checked; of contractions nobody stresses the end, however full it is (didn't)."""
    out = list(words)
    if sound.hidden is None:
        return words
    for w in (w for w, known in enumerate(call.checked) if known and not {"'", "’"}.intersection(call.words[w])):
        at = [i for i, phone in enumerate(reading.expected) if phone.word == w]
        heard = at and english_stress.signs_of(
            call.ways[w], at, reading.expected, reading.alignment.spans, reading.diagnosis,
            sound.posteriors["en"], sound.hidden, rule.layer,
        )  # fmt: skip
        if heard:
            out[w] = _stressed(words[w], english_stress.heard_stress(heard, rule))
    return tuple(out)


def _stressed(word: WordScore, stress: Stress) -> WordScore:
    """A wrong stress is a wrong sound more."""
    score = word_points([*(phone.score for phone in word.phones), 0.0]) if stress.misplaced else word.score
    return replace(word, stress=stress, score=min(score, word.score))


def _truly_added(diagnosis: Diagnosis, phones: list[PhoneScore]) -> list[tuple[int, str]]:
    """Added sounds that no wrong neighbour explains: a replaced phone looks like one added and one dropped, too."""
    return [
        (extra.before, extra.label)
        for extra in diagnosis.inserted
        if all(neighbour.heard is None for neighbour in phones[max(0, extra.before - 1) : extra.before + 1])
    ]


def _word_spans(expected: list[Expected], spans: tuple[tuple[int, int], ...]) -> list[tuple[int, int]]:
    """First and one past the last frame of each word that was said."""
    found: dict[int, tuple[int, int]] = {}
    for phone, (first, last) in zip(expected, spans, strict=True):
        found[phone.word] = (found.get(phone.word, (first, last))[0], last)
    return list(found.values())


def _rest(call: Expectation, sound: Utterance) -> Utterance | None:
    """A recording without what was said beside the call: a beginning said twice, a word begun and corrected. None where
    that is not all that keeps the call from fitting."""
    posteriors = sound.posteriors[call.language]
    laid = align(call.ways, posteriors, other=True)
    beside = [phone for phone in free_decode.decode(posteriors) if any(a <= phone.start < b for a, b in laid.other)]
    if len(beside) < EXTRA_PHONES or None in laid.variants or laid.fit < DOUBTFUL_FIT:
        return None
    rate = posteriors.frames_per_second
    return _silenced(sound, [(a / rate, b / rate) for a, b in laid.other])


def _without_other_words(
    call: Expectation, reading: AlignedCall, sound: Utterance, others: Iterable[Candidate]
) -> tuple[Utterance, AlignedCall]:
    """As if nothing had been said where words of the call were said as others: these were left out."""
    posteriors, expected, spans = sound.posteriors[call.language], reading.expected, reading.alignment.spans
    gone = said_as_others(call.language, expected, reading.judged, reading.faults, spans, posteriors, others)
    if not gone or gone >= {phone.word for phone in expected}:
        return sound, reading
    kept = [phone.word not in gone for phone in expected]
    alignment = replace(
        reading.alignment,
        variants=tuple(None if w in gone else variant for w, variant in enumerate(reading.alignment.variants)),
        spans=tuple(span for span, here in zip(spans, kept, strict=True) if here),
    )
    rate, edges = posteriors.frames_per_second, [0, *(end for _start, end in spans)]
    starts = [*(start for start, _end in spans), len(posteriors.log_probs)]
    silent = [(edges[i] / rate, starts[i + 1] / rate) for i, here in enumerate(kept) if not here]
    sound = _silenced(sound, silent)
    return sound, lay(call.ways, call.language, sound, alignment=alignment)


def _silenced(sound: Utterance, spans: Sequence[tuple[float, float]]) -> Utterance:
    """As if nothing had been said in some spans, s from the first frame."""

    def quiet(heads: Mapping[Language, Posteriors]) -> dict[Language, Posteriors]:
        return {language: one.silenced(spans) for language, one in heads.items()}

    return replace(
        sound, posteriors=quiet(sound.posteriors), both=sound.both and quiet(sound.both),
        hundredths=sound.hundredths and quiet(sound.hundredths), again=sound.again and _silenced(sound.again, spans),
    )  # fmt: skip


def _extra_speech(posteriors: Posteriors, word_spans: list[tuple[int, int]]) -> tuple[ExtraSpeech, ...]:
    """Runs of sounds in the free decode that fall between the words."""
    frames, rate = len(posteriors.log_probs), posteriors.frames_per_second
    starts = [0, *(end for _, end in word_spans)]
    ends = [*(start for start, _ in word_spans), frames]
    heard = free_decode.decode(posteriors)
    found = []
    for start, end in zip(starts, ends, strict=True):
        inside = [phone for phone in heard if phone.start >= start and phone.end <= end]
        if len(inside) >= EXTRA_PHONES:
            labels = tuple(phone.label for phone in inside)
            found.append(ExtraSpeech(inside[0].start / rate, inside[-1].end / rate, labels))
    return tuple(found)


def _languages(sound: Utterance, own: Language) -> set[Language]:
    """Those that may have been spoken: the call's own, and the other one where a fair share of the sounds is its."""
    if not sound.both:
        return set(LANGUAGES)
    both = sound.both[own]
    classes = both.log_probs.argmax(axis=1)
    labels = [both.classes.labels[i] for i in classes[classes != BLANK]]
    theirs = sum(label.startswith(f"{other(own)}:") for label in labels)
    return {own, other(own)} if theirs >= SPOKEN * len(labels) else {own}


def _instead(sound: Utterance, own: Language, others: Iterable[Candidate]) -> Identified | None:
    spoken = _languages(sound, own)
    return identify(sound.posteriors, (one for one in others if one.call.language in spoken))


def _verdict(alignment: Alignment, call: Expectation, best: Identified | None) -> tuple[Verdict, Match | None]:
    """best: what else may have been said, where the call fits badly."""
    if alignment.fit >= DOUBTFUL_FIT:
        return "scored", None
    if best and best.fit > max(alignment.fit + CLEARLY_BETTER, FOREIGN_FIT):
        said = best.candidate.call
        match = Match(best.candidate.phrase, said.language, said.text)
        return ("other_phrase" if said.language == call.language else "other_language"), match
    recognised = alignment.fit >= FOREIGN_FIT and len(alignment.spans) >= LEAST_SAID * len(call.citation)
    return ("scored" if recognised else "not_recognised"), None


def labelled(
    assessment: Assessment, *, phrase: str | None, clip: str, model: str, scale: str, warnings: tuple[str, ...]
) -> Assessment:
    """The assessment with what only the caller knows."""
    return replace(assessment, phrase=phrase, clip=clip, model=model, scale=scale, warnings=warnings)
