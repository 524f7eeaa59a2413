"""What a report consists of, before anybody draws it: sections of texts, tables, charts and clips."""

from dataclasses import dataclass
from datetime import date, datetime

from trainer.local_time import local
from trainer.messages import interface_language


def day_told(day: date) -> str:
    """A day, or the local day of a moment, as people of the interface's language write it."""
    day = local(day) if isinstance(day, datetime) else day
    return f"{day:%d.%m.%Y}" if interface_language() == "ru" else f"{day:%Y-%m-%d}"


@dataclass(frozen=True)
class Table:
    """Cells are text.

    Attributes:
        numeric: how many of the last columns hold numbers.
    """

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: int = 0


@dataclass(frozen=True)
class Chart:
    """A picture of figures.

    Attributes:
        summary: what it shows, in a sentence, for those who cannot see it.
        svg: drawn by us, all text in it escaped.
        table: the same in figures.
        narrow: the same as svg for a phone, where it is drawn otherwise there.
    """

    title: str
    summary: str
    svg: str
    table: Table
    narrow: str = ""

    @property
    def drawings(self) -> tuple[tuple[str, str, str], ...]:
        """Each with the screens that it is for and its width in pixels."""
        both = (("wide", self.svg), ("narrow", self.narrow)) if self.narrow else (("", self.svg),)
        return tuple((screens, svg.partition(' width="')[2].partition('"')[0], svg) for screens, svg in both)


@dataclass(frozen=True)
class Advice:
    """A sound to work on: what it is, what was heard, what to do."""

    head: str
    said: str
    todo: str


@dataclass(frozen=True)
class Clip:
    """A call: how it was said.

    Attributes:
        svg: waveform and sounds in time.
        audio: a data URI, where it may be heard.
        melody: the learner's pitch over the reading's, where there is a recording.
        melody_told: what to do about it.
    """

    title: str
    text: str
    language: str
    about: str
    svg: str
    summary: str
    audio: str | None
    missing_audio: str
    advice: tuple[Advice, ...]
    melody: str = ""
    melody_told: str = ""


@dataclass(frozen=True)
class Todo:
    """What to drill next.

    Attributes:
        who: whom it is for.
        calls: each with why.
    """

    who: str
    sounds: tuple[Advice, ...]
    calls: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Section:
    id: str
    title: str
    lead: str
    parts: tuple[Table | Chart | Clip | Todo, ...]


@dataclass(frozen=True)
class Fact:
    label: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class Report:
    language: str
    title: str
    subtitle: str
    facts: tuple[Fact, ...]
    sections: tuple[Section, ...]
    notes: tuple[str, ...]
