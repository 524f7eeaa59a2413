"""An Excel workbook: summary, attempts, sounds, and what the columns hold. Written row by row, so that memory does not
grow with the attempts.

No cell ever begins a formula: text is written as text, and what looks like a formula is marked as text (Excel's
"quote prefix"), so that it stays text even when somebody edits it.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from operator import attrgetter
from typing import IO, Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from trainer.languages import Language
from trainer.messages import gettext as _
from trainer.messages import interface_language
from trainer.phones.inventory import inventory
from trainer.records.assignments import Progress
from trainer.reports.attempt import LEFT_OUT, Exported, columns, number_column
from trainer.reports.figures import Figures, Tally
from trainer.reports.names import Names, cell
from trainer.wording import mode_name, standing_name

LINE = 15.0  # points of height
MOST_ROWS = 1_048_576  # of a sheet, in Excel
WIDTHS = {
    "learner": 13,
    "name": 22,
    "crew": 13,
    "session": 22,
    "asked": 12,
    "call": 12,
    "verdict": 15,
    "at": 19,
    "text": 50,
}
FORMATS = {
    "at": "yyyy-mm-dd hh:mm:ss", "score": "0.0", "points": "0.0", "judged": "0.0", "pass_mark": "0",
    "completeness": "0", "late": "0.00", "response": "0.00", "latency": "0.00", "seconds": "0.00", "rate": "0.0",
}  # fmt: skip


Texts = Callable[[str, Language], str]  # of a call, in a language; "" where it is in no book


def write(
    attempts: Iterable[Exported], found: Figures, file: IO[bytes], texts: Texts = lambda _call, _language: "",
    assigned: Sequence[Progress] = (), names: Names | None = None,
) -> None:  # fmt: skip
    """names: who is who, for assignments; without, these are left out."""
    workbook = xlsxwriter.Workbook(
        file,
        {
            "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
            "strings_to_numbers": False, "remove_timezone": True, "default_date_format": FORMATS["at"],
        },
    )  # fmt: skip
    book = _Book(workbook)
    _summary(book, found)
    _attempts(book, attempts, texts)
    _sounds(book, found)
    if names is not None and assigned:
        _assignments(book, assigned, names)
    _about(book, found)
    workbook.close()


class _Book:
    """A workbook and its formats."""

    def __init__(self, workbook: Any) -> None:
        self.workbook = workbook
        self._formats: dict[tuple[str, bool, bool], Format] = {}

    def format(self, number: str = "", *, bold: bool = False, quoted: bool = False) -> Format:
        key = (number, bold, quoted)
        if key not in self._formats:
            properties: dict[str, Any] = {"num_format": number} if number else {}
            if bold:
                properties |= {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}
            if quoted:
                properties["quote_prefix"] = True
            self._formats[key] = self.workbook.add_format(properties)
        return self._formats[key]

    def sheet(self, name: str, headings: Sequence[str], widths: Sequence[float]) -> Worksheet:
        """With its header row, frozen and with filters."""
        sheet: Worksheet = self.workbook.add_worksheet(name)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        # Rows of headings that wrap are not made higher by every program.
        lines = max(-(-len(heading) // max(1, round(width))) for heading, width in zip(headings, widths, strict=True))
        sheet.set_row(0, LINE * min(4, lines))
        for column, heading in enumerate(headings):
            sheet.write_string(0, column, heading, self.format(bold=True))
        return sheet

    def put(self, sheet: Worksheet, row: int, column: int, value: Any, number: str = "") -> None:
        """A value as what it is: nothing in it is interpreted."""
        if value is None:
            return
        if isinstance(value, str):
            sheet.write_string(row, column, value, self.format(quoted=True) if cell(value) != value else None)
        elif isinstance(value, bool):
            sheet.write_boolean(row, column, value)
        elif isinstance(value, datetime):
            sheet.write_datetime(row, column, value.astimezone(UTC), self.format(FORMATS["at"]))
        else:
            sheet.write_number(row, column, value, self.format(number) if number else None)


def _summary(book: _Book, found: Figures) -> None:
    measures: tuple[tuple[str, Callable[[Tally], Any], str], ...] = (
        (_("attempts"), lambda t: t.attempts, "0"),
        (_("passed"), lambda t: t.passed, "0"),
        (_("share passed"), lambda t: t.share_passed, "0 %"),
        (_("mean points"), lambda t: t.mean_points, "0.0"),
        (_("mean pronunciation score"), lambda t: t.mean_score, "0.0"),
        (_("no answer"), lambda t: t.missed, "0"),
        (_("seconds to answer"), lambda t: t.mean_response, "0.0"),
        (_("readbacks with every figure right"), lambda t: t.share_exact, "0 %"),
        (_("minutes spoken"), lambda t: t.seconds / 60, "0.0"),
    )
    headings = [
        _("learner"), _("crew"), _("first language"), _("sessions"), _("first attempt, UTC"), _("last attempt, UTC"),
        *(heading for heading, _value, _format in measures),
    ]  # fmt: skip
    sheet = book.sheet(_("Summary"), headings, [18, 18, 10, 10, 19, 19, *[13] * len(measures)])
    row = 0
    for row, one in enumerate(found.learners, 1):
        fixed = (one.label, one.crew, one.first, one.sessions, one.began, one.last)
        for column, value in enumerate(fixed):
            book.put(sheet, row, column, value)
        for column, (_heading, value_of, number) in enumerate(measures, len(fixed)):
            book.put(sheet, row, column, value_of(one.tally), number)
    sheet.autofilter(0, 0, max(row, 1), len(headings) - 1)
    total = found.total
    book.put(sheet, row + 2, 0, _("all"))
    for column, (_heading, value_of, number) in enumerate(measures, 6):
        book.put(sheet, row + 2, column, value_of(total), number)


def _attempts(book: _Book, attempts: Iterable[Exported], texts: Texts) -> None:
    fields = [column.name for column in columns()]
    names = [number_column().name, *fields, "text"]
    widths = [WIDTHS.get(name, 10) for name in names]
    formats = [FORMATS.get(name, "") for name in names]
    values = attrgetter(*fields)
    sheet, row, number = book.sheet(_("Attempts"), names, widths), 0, 1
    for count, one in enumerate(attempts, 1):
        row += 1
        if row == MOST_ROWS:
            sheet.autofilter(0, 0, row - 1, len(names) - 1)
            number += 1
            sheet, row = book.sheet(_("Attempts {n}").format(n=number), names, widths), 1
        text = texts(one.attempt.asked, one.attempt.language) if one.attempt.language else ""
        for column, value in enumerate((count, *values(one.attempt), text)):
            book.put(sheet, row, column, value, formats[column])
    sheet.autofilter(0, 0, max(row, 1), len(names) - 1)


def _sounds(book: _Book, found: Figures) -> None:
    headings = [
        _("learner"), _("language"), _("sound"), _("name of the sound"), _("times"), _("mean score"),
        _("times heard as another sound or not at all"), _("heard instead (times)"),
    ]  # fmt: skip
    sheet = book.sheet(_("Sounds"), headings, [18, 10, 8, 40, 8, 10, 14, 40])
    labels = {one.key: one.label for one in found.learners}
    row = 0
    for row, sound in enumerate(sorted(found.sounds, key=lambda one: (labels.get(one.key, ""), one.mean)), 1):
        known = inventory(sound.language)
        name = known[sound.phone].name[interface_language()] if sound.phone in known else ""
        instead = ", ".join(f"{heard or LEFT_OUT} ({times})" for heard, times in sound.heard)
        other = sum(times for _heard, times in sound.heard)
        values = (labels.get(sound.key, ""), sound.language, sound.phone, name, sound.times, sound.mean, other, instead)
        for column, value in enumerate(values):
            book.put(sheet, row, column, value, "0.0" if column == 5 else "")
    sheet.autofilter(0, 0, max(row, 1), len(headings) - 1)


def _assignments(book: _Book, assigned: Sequence[Progress], names: Names) -> None:
    """Comments and who signed are people's names and free text: only where names were asked for."""
    headings = [
        _("learner"), _("crew"), _("what"), _("mode"), _("calls"), _("pass mark"), _("given, UTC"), _("due, UTC"),
        _("passed"), _("tried"), _("mean points"), _("standing"), _("signed by"), _("comment"),
    ]  # fmt: skip
    sheet = book.sheet(_("Assignments"), headings, [18, 18, 30, 11, 8, 10, 19, 19, 8, 8, 10, 14, 18, 50])
    now, row = datetime.now(UTC), 0
    for row, one in enumerate(assigned, 1):
        asked, signed = one.assignment, one.signed if names.real else None
        values = (
            asked.name if names.real else names.learner(asked.learner), names.crew(asked.crew),
            ", ".join(asked.call_ids or asked.phases) or _("any phase"), asked.mode and mode_name(asked.mode),
            asked.calls, asked.pass_mark, asked.given, asked.due, one.done, one.tried, one.points,
            standing_name(one.standing(now)), signed and signed.by, signed and signed.comment,
        )  # fmt: skip
        for column, value in enumerate(values):
            book.put(sheet, row, column, value, "0.0" if column == 10 else "")
    sheet.autofilter(0, 0, max(row, 1), len(headings) - 1)


def _about(book: _Book, found: Figures) -> None:
    sheet = book.sheet(_("About"), [_("column"), _("what it holds")], [16, 90])
    row = 0
    for row, column in enumerate((number_column(), *columns()), 1):
        book.put(sheet, row, 0, column.name)
        book.put(sheet, row, 1, column.about())
    people, gone = found.deleted
    if people:
        book.put(sheet, row + 2, 0, _("deleted"))
        message = _("On request all data of {people} learners was deleted ({attempts} attempts); it is not in here.")
        book.put(sheet, row + 2, 1, message.format(people=people, attempts=gone))
