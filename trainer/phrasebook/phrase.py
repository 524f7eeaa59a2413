"""What a phrasebook holds: calls in both languages, mission phases, the timeline, sources."""

from collections.abc import Iterable
from functools import cached_property
from typing import Literal

from pydantic import Field

from trainer.languages import Language
from trainer.phrasebook.record import Bilingual, Identifier, Record, Text
from trainer.phrasebook.templates import Template
from trainer.phrasebook.text import without_stress
from trainer.speakers import Speaker
from trainer.text_in import clean

Status = Literal["historic", "reconstructed", "own"]
Attestation = Literal[
    "spoken", "translated", "script", "simulator", "telephone", "other-flight", "retold", "partly"
]  # fmt: skip
Certainty = Literal["confirmed", "approximate", "single-source"]


class Attested(Record):
    """How each side of a historic call is known; a side whose wording is ours is left out."""

    en: Attestation | None = None
    ru: Attestation | None = None


class Phase(Record):
    id: Identifier
    name: Bilingual
    summary: Bilingual | None = None
    start_event: Identifier | None = None
    end_event: Identifier | None = None


class Phrase(Record):
    """One call in both languages. `ru` carries stress marks (U+0301); `plain("ru")` is without them. contingency: said
    only when something goes wrong, so a checklist that goes well leaves it out."""

    id: Identifier
    phase: Identifier
    speaker: Speaker = "any"
    en: Text
    ru: Text
    status: Status = "own"
    attested: Attested = Attested()
    source: tuple[str, ...] = ()
    note: Bilingual | None = None
    answers: tuple[Identifier, ...] = ()
    contingency: bool = False

    def text(self, language: Language) -> str:
        return self.en if language == "en" else self.ru

    def plain(self, language: Language) -> str:
        return without_stress(self.text(language))


class Event(Record):
    """A moment of the mission, or only its date. GET (ground elapsed time) counts from the Soyuz lift-off, as
    hours:minutes[:seconds]."""

    id: Identifier
    name: Bilingual
    date: str | None = None
    utc: str | None = None
    moscow: str | None = None
    get: str | None = None
    certainty: Certainty
    source: tuple[str, ...] = ()
    note: Bilingual | None = None


class CrewMember(Record):
    """Somebody who can be played in a drill; `first` is the language that they grew up with."""

    id: Identifier
    name: Bilingual
    role: Bilingual
    station: Literal["apollo", "soyuz"]
    first: Language
    crew: Literal["prime", "backup"] = "prime"


class Source(Record):
    title: Text
    public_domain: bool


class Phrasebook(Record):
    title: Bilingual | None = None
    phases: tuple[Phase, ...]
    phrases: tuple[Phrase, ...]
    templates: tuple[Template, ...] = ()
    events: tuple[Event, ...] = ()
    crew: tuple[CrewMember, ...] = ()
    sources: dict[str, Source] = Field(default={})
    places: dict[str, str] = Field(default={})  # what people call calls without an id in the file, and their ids

    def named(self, name: str) -> Phrase | None:
        """A call by its id, or by its place in a file of one's own."""
        return self.find(name) or self.find(self.places.get(name.casefold(), ""))

    def name_of(self, call: str) -> str:
        """What people call a call: its id, or its place in a file of one's own."""
        return self._names.get(call, call)

    @cached_property
    def _names(self) -> dict[str, str]:
        return {known: place.upper() for place, known in self.places.items()}

    def find(self, phrase_id: str) -> Phrase | None:
        wanted = phrase_id.casefold()
        return next((p for p in self.phrases if p.id.casefold() == wanted), None)

    def phase(self, phase_id: str) -> Phase:
        return next(p for p in self.phases if p.id == phase_id)

    def get(self, event_id: str | None) -> float | None:
        """Ground elapsed time of an event in seconds, where the timeline knows it."""
        event = next((event for event in self.events if event.id == event_id), None)
        if event is None or event.get is None:
            return None
        hours, minutes, seconds = (*map(float, event.get.split(":")), 0.0)[:3]
        return hours * 3600 + minutes * 60 + seconds

    def search(self, text: str) -> Iterable[Phrase]:
        """Phrases whose id or text in either language contains the words, ignoring case and stress marks."""
        wanted = without_stress(clean(text)).casefold().replace("ё", "е")
        for phrase in self.phrases:
            haystack = f"{phrase.id}\n{phrase.plain('en')}\n{phrase.plain('ru')}".casefold().replace("ё", "е")
            if wanted in haystack:
                yield phrase

    def public_domain(self, phrase: Phrase) -> bool:
        """Whether a call may be shipped as public domain: it quotes nothing, or only sources that are."""
        return phrase.status != "historic" or all(self.sources[key].public_domain for key in phrase.source)
