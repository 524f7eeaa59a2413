"""Text from outside comes in here, once: files, tables, arguments, what partners and servers send.

`harmless` takes away what no text needs and a terminal, a log or a chart may obey; `clean` also writes what looks the
same the same way; `line` is a clean text in one line, as names are. `read_text` finds out how a file is encoded.
"""

import csv
import io
import json
import re
import sys
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trainer.errors import UserError
from trainer.messages import gettext as _

MOST_BYTES = 4 << 20  # of a phrasebook, lexicon or settings
MOST_TABLE_BYTES = 32 << 20  # of a table or of labels
DEEPEST = 32  # tables and lists inside each other
LONGEST_CELL = 1 << 17  # characters
LONGEST_TYPED = 10_000  # characters of a line on standard input
MISUNDERSTOOD = 20  # answers in a row that were none, of another program
SHOWN = 60  # characters of an answer that is told again

# C0 but for tab and line feed, DEL, C1; soft hyphen; what is not seen (zero width, fillers, joiners); what turns the
# direction of writing; halves of surrogate pairs; private use; what is no character at all.
_UNSEEN = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufdd0-\ufdef\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U000e0000-\U000e0fff"
)
_HARMFUL = re.compile(f"[{_UNSEEN}\ud800-\udfff\ue000-\uf8ff\U000f0000-\U0010ffff]")
_UNPAIRED = re.compile("[\ud800-\udfff]")
_LINE_BREAKS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# The same, as JSON may spell them.
_ESCAPED = re.compile(
    r"\\(?:[bfr]|u00(?:[01][0-9a-f]|7f|[89][0-9a-f]|ad)|u(?:034f|061c|115f|1160|17b[45]|180[b-f]|20[0-6][0-9a-f]|3164"
    r"|fd[de]|f[ef]|[ef][0-9a-f]{3}|d[89a-f]))",
    re.IGNORECASE,
)
# An apostrophe as keyboards, word processors and other alphabets have it, between letters.
_APOSTROPHE = re.compile("(?<=[^\\W\\d_])[`´ʹʻʼˊˋ‘‛′‵ꞌ＇](?=[^\\W\\d_])")
_HYPHENS = str.maketrans("‐‑", "--")

_WORD = re.compile(r"[^\W\d_]+")
_KEY = r"(?:[\w-]+|\"[^\"\n]*\"|'[^'\n]*')[ \t]*\.[ \t]*"
_DOTTED = re.compile(rf"(?<![\w-]){_KEY}(?:{_KEY}){{{DEEPEST}}}")


LATIN_KEYS = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
RUSSIAN_KEYS = "йцукенгшщзхъфывапролджэячсмитьбюё"
_LATIN_KEY = str.maketrans(RUSSIAN_KEYS + RUSSIAN_KEYS.upper(), LATIN_KEYS + LATIN_KEYS.upper())


def on_latin_keys(text: str) -> str:
    """What the same keys would have written on a Latin keyboard."""
    return text.translate(_LATIN_KEY)


def harmless(text: str) -> str:
    """Without control characters, what turns the direction of writing, and what cannot be seen; line breaks are line
    feeds. A byte that was no text (half of a surrogate pair) shows as �."""
    text = _LINE_BREAKS.sub("\n", text)
    return _HARMFUL.sub("", _UNPAIRED.sub("�", text)) if _HARMFUL.search(text) else text


def clean(text: str) -> str:
    """Harmless, in Unicode's composed form (NFC); every apostrophe inside a word as ' or ’, every hyphen as -."""
    return _APOSTROPHE.sub("'", unicodedata.normalize("NFC", harmless(text)).translate(_HYPHENS))


def line(text: str) -> str:
    """Clean, in one line, with single spaces: names, comments, cells of a table."""
    return " ".join(clean(text).split())


def typed_line() -> str | None:
    """The next line of standard input, of whoever types or of another program, clean; None where there are no more.

    Raises UserError for what is no text in lines."""
    typed = sys.stdin.readline(LONGEST_TYPED)
    if "\0" in typed or (len(typed) == LONGEST_TYPED and not typed.endswith("\n")):
        raise UserError(_("what comes on standard input is no text in lines."))
    return line(typed) if typed else None


class Misunderstood:
    """Answers that were none, in a row. Whoever sits at the keys may go on; another program that never says anything
    else is not listened to for ever."""

    def __init__(self) -> None:
        self._times = 0

    def one_more(self) -> None:
        """Raises UserError where it is enough."""
        self._times += 1
        if self._times >= MISUNDERSTOOD and not sys.stdin.isatty():
            raise UserError(_("{n} answers in a row were none: no more is read.").format(n=self._times))

    def understood(self) -> None:
        self._times = 0


def shown(answer: str) -> str:
    """What was typed, as it is told again."""
    return answer if len(answer) <= SHOWN else f"{answer[: SHOWN - 1]}…"


def harmless_json(text: str | bytes) -> str | bytes:
    """JSON whose strings are harmless. What is no JSON comes back as it was, for its reader to refuse."""
    plain = text if isinstance(text, str) else text.decode("utf-8", "replace")
    if not any(harm.search(plain) for harm in (_HARMFUL, _LINE_BREAKS, _ESCAPED)):
        return text
    try:
        return json.dumps(_each(json.loads(plain, strict=False)), ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


def _each(value: Any) -> Any:
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, list):
        return [_each(one) for one in value]
    if isinstance(value, dict):
        return {harmless(name): _each(one) for name, one in value.items()}
    return value


def read_text(path: Path, most: int = MOST_BYTES) -> str:
    """A file as text, however it is encoded, with line feeds; control characters are still in it.

    Raises UserError for a file of more bytes than `most` and for an encoding that is not certain; OSError.
    """
    with path.open("rb") as file:
        content = file.read(most + 1)
    if len(content) > most:
        message = _("{path}: more than {n} MB. That is no file of this kind.")
        raise UserError(message.format(path=path, n=most >> 20))
    return decode(content, path)


def decode(content: bytes, path: Path) -> str:
    """UTF-8, UTF-16 or UTF-32, with or without a byte order mark, or a code page where its words leave no doubt.

    Raises UserError that names the encoding that it seems to be.
    """
    name = _unicode(content)
    try:
        text = content.decode(name)
    except UnicodeDecodeError as error:
        name = "" if name.startswith(("utf-16", "utf-32")) else _code_page(content)
        if not name:
            raise UserError(_not_told(content, path)) from error
        text = content.decode(name)
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _unicode(content: bytes) -> str:
    for mark, name in ((b"\xff\xfe\0\0", "utf-32"), (b"\0\0\xfe\xff", "utf-32"), (b"\xff\xfe", "utf-16"),
                       (b"\xfe\xff", "utf-16")):  # fmt: skip
        if content.startswith(mark):
            return name
    # Without a mark: spaces, digits and line ends of UTF-16 have a zero byte, all on the same side.
    if len(content) % 2 == 0 and b"\0" in content:
        even, odd = content[::2].count(0), content[1::2].count(0)
        if odd > len(content) // 64 and not even:
            return "utf-16-le"
        if even > len(content) // 64 and not odd:
            return "utf-16-be"
    return "utf-8"


# Letters of Russian texts, the commonest first, and the code pages that write them; code pages of the West.
_COMMON = "оеаинтсрвлкмдпуяызьбгчйхжшюцщэфъё"
_RUSSIAN = {"cp1251": "Windows-1251", "koi8-r": "KOI8-R", "cp866": "CP866"}
_WESTERN = {"cp1252": "Windows-1252"}
_WESTERN_LETTERS = set("àáâãäåæçèéêëìíîïñòóôõöøœßùúûüýÿšž")
_PUNCTUATION = set("«»“”„‘’–—…№°\xa0·•")
FEW = 4  # letters beyond ASCII: too few to tell one Russian code page from another
CERTAIN = 3.0  # letters of the alphabet's frequency order by which the best code page must beat the next


def _code_page(content: bytes) -> str:
    """The one code page in which all words are words; empty where none or several fit."""
    russian = {name: rank for name in _RUSSIAN if (rank := _russian_rank(content, name)) is not None}
    western = [name for name in _WESTERN if _is_western(content, name)]
    if western and russian:
        return ""
    if sum(byte >= 0x80 for byte in content) < FEW:
        return western[0] if western else ""
    if western:
        return western[0]
    best = sorted(russian, key=lambda name: russian[name])
    sure = len(best) == 1 or (len(best) > 1 and russian[best[0]] + CERTAIN < russian[best[1]])
    return best[0] if best and sure else ""


def _russian_rank(content: bytes, name: str) -> float | None:
    """How rare the letters are on average, 0 for о only; None where a word is not Russian, or of strange capitals."""
    text = content.decode(name, "replace")
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    strange = any(not c.isascii() and not c.isalpha() and c not in _PUNCTUATION for c in text)
    if strange or not words or not all(_COMMON.find(c) >= 0 for word in words for c in word.lower()):
        return None
    if not all(word.islower() or word.isupper() or word[1:].islower() for word in words):
        return None
    ranks = [_COMMON.index(c) for word in words for c in word.lower()]
    return sum(ranks) / len(ranks)


def _is_western(content: bytes, name: str) -> bool:
    """Whether words have a few letters with accents among plain ones: in Russian read so, all have accents."""
    text = content.decode(name, "replace")
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    strange = any(not c.isascii() and c.lower() not in _WESTERN_LETTERS and c not in _PUNCTUATION for c in text)
    letters = Counter(c.isascii() for word in words for c in word)
    return bool(words) and not strange and letters[True] > letters[False]


def _not_told(content: bytes, path: Path) -> str:
    guesses = [shown for name, shown in _RUSSIAN.items() if _russian_rank(content, name) is not None]
    guesses += [shown for name, shown in _WESTERN.items() if _is_western(content, name)]
    if _unicode(content).startswith("utf-16"):
        guesses = ["UTF-16"]
    if guesses:
        message = _("{path}: not UTF-8 text; it seems to be {encoding}. Save the file as UTF-8.")
        return message.format(path=path, encoding=_(" or ").join(guesses))
    return _("{path}: not UTF-8 text. Save the file as UTF-8.").format(path=path)


def toml(text: str) -> dict[str, Any]:
    """Raises tomllib.TOMLDecodeError for what is no TOML, and for what would take the memory or the time."""
    if _DOTTED.search(text):
        raise tomllib.TOMLDecodeError(_("nested too deeply"))
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise
    except RecursionError as error:
        raise tomllib.TOMLDecodeError(_("nested too deeply")) from error
    except ValueError as error:  # a date or a number that Python does not know
        raise tomllib.TOMLDecodeError(str(error)) from error
    _refuse_depth(content)
    return content


def _refuse_depth(content: Any) -> None:
    level = [content]
    for _depth in range(DEEPEST):
        inner: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                inner += value.values()
            elif isinstance(value, list):
                inner += value
        level = [value for value in inner if isinstance(value, dict | list)]
        if not level:
            return
    raise tomllib.TOMLDecodeError(_("nested too deeply"))


def json_value(text: str) -> Any:
    """Any JSON. Raises ValueError for what is none, for NaN and Infinity, which JSON does not have, and for what is
    nested too deeply."""

    def refuse(name: str) -> None:
        raise ValueError(f"{name} is no number of JSON")

    try:
        return json.loads(text, parse_constant=refuse)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


@dataclass(frozen=True)
class TableRow:
    """number: line of the file, from 1, where the row ends. cells: as they stand there, by the column's heading."""

    number: int
    cells: Mapping[str, str]

    def text(self, *columns: str) -> str:
        """The clean text of the first of these columns that holds any."""
        return next(filter(None, (line(self.cells.get(column, "")) for column in columns)), "")


@dataclass(frozen=True)
class Table:
    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]


def read_table(path: Path, *, tabs: bool = False) -> Table:
    """A table with a row of headings, which are made clean and lower case. Commas, semicolons or tabs, whichever the
    headings have or a line `sep=;` before them names; quotes as spreadsheets write them. With `tabs`: only tabs, and a
    quote is a letter like any other.

    Raises UserError for what is no such table; OSError.
    """
    text = read_text(path, MOST_TABLE_BYTES)
    first, _newline, rest = text.partition("\n")
    skipped, named = 0, re.fullmatch(r"\s*\"?sep=(.)\"?\s*", first, re.IGNORECASE)
    if named:
        text, first, skipped = rest, rest.partition("\n")[0], 1
    delimiter = "\t" if tabs else named[1] if named else max(",;\t", key=first.count)
    csv.field_size_limit(LONGEST_CELL)
    try:
        lines = io.StringIO(text, newline="")
        if tabs:
            return _table(csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE), skipped)
        return _table(csv.reader(lines, delimiter=delimiter), skipped)
    except (csv.Error, TypeError, ValueError) as error:
        raise UserError(_("{path}: not a table ({reason}).").format(path=path, reason=error)) from error


def _table(rows: Any, skipped: int) -> Table:
    columns = tuple(line(heading).casefold() for heading in next(rows, ()))
    return Table(columns, tuple(_rows(rows, columns, skipped)))


def _rows(rows: Any, columns: tuple[str, ...], skipped: int) -> Iterator[TableRow]:
    for row in rows:
        if any(cell.strip() for cell in row):
            cells: dict[str, str] = {}
            for column, cell in zip(columns, row, strict=False):
                cells.setdefault(column, cell)
            yield TableRow(rows.line_num + skipped, cells)


def existing(folder: Path, name: str) -> Path:
    """The file of a name, whichever of Unicode's forms (NFC, NFD) the name has in the folder; the name as it is written
    where there is none."""
    forms = (name, *(unicodedata.normalize(form, name) for form in ("NFC", "NFD")))
    return next((path for form in forms if _exists(path := folder / form)), folder / name)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name too long for any file, with a NUL, or a folder that is closed to us
        return False


def text_argument(argument: str) -> str:
    """An argument of the command line; a file's name in the form (NFC, NFD) that the file has. Raises UserError for
    bytes that are no text and name no file, either."""
    if _UNPAIRED.search(argument) and not Path(argument.partition("=")[2] or argument).exists():
        message = _("{argument}: not UTF-8 text. Type it again, or set the terminal to UTF-8.")
        raise UserError(message.format(argument=harmless(argument)))
    if argument.isascii():
        return argument
    option, equals, value = argument.partition("=") if argument.startswith("-") else ("", "", argument)
    return option + equals + _as_there(value)


def _as_there(path: str) -> str:
    """The path of a file or folder as it is called there; as it is written where there is none."""
    if not path or _exists(Path(path)):
        return path
    first, *rest = Path(path).parts
    there = existing(Path(), first)
    for name in rest:
        there = existing(there, name)
    return str(there) if _exists(there) else path
