"""Inputs that nobody meant: real ones, cut, repeated, spliced, in other encodings, with what parsers trip over."""

from random import Random

TOKENS = (
    b"\0", b"\xff", b"\xfe\xff", b"\xff\xfe", b"\xef\xbb\xbf", b"\r\n", b"\t", b'"', b"'", b"\\", b"\x1b]52;c;QQ==\x07",
    b"[/red]", b"[link=x]", b"{0}", b"%s", b"..", b"/", b"~", b"~x/", b"-1", b"0", b"99999999999999999999", b"1e999",
    b"NaN", b"Infinity", b"null", b"[[", b"]]", b"[" * 500, b"{" * 500, b"a." * 200, b"(a+)+b", b"((", b"=", b"\\ud800",
    b"\\u001b", "\u202e".encode(), "\u0301".encode(), "\u200b".encode(), "Ё".encode(), "ﬀ".encode(), "𝄞".encode(),
    b"sep=;\n", b"'" * 3, b'"' * 3, b"2026-02-30", b"9" * 5000, b"A" * 2000, b"\n" * 300, b"OggS", b"RIFF", b"data",
    b"PK\x01\x02", b"\xf4\x8f\xbf\xbf", b"\xed\xa0\x80",
)  # fmt: skip
ENCODINGS = ("utf-16", "utf-16-le", "utf-32", "cp1251", "cp1252", "koi8-r", "utf-8-sig")
LONGEST = 1 << 18


def mutated(random: Random, seeds: tuple[bytes, ...]) -> bytes:
    """One of the seeds with one to eight changes; now and then only noise."""
    if random.random() < 0.03:
        return random.randbytes(random.randrange(200))
    data = random.choice(seeds)
    for _change in range(random.choice((1, 1, 1, 2, 2, 3, 5, 8))):
        data = random.choice(CHANGES)(random, data, seeds)[:LONGEST]
    return data


def _span(random: Random, data: bytes) -> tuple[int, int]:
    start = random.randrange(len(data) + 1)
    return start, min(len(data), start + random.choice((1, 2, 4, 16, 64, 1000)))


def _flip(random: Random, data: bytes, _seeds: tuple[bytes, ...]) -> bytes:
    if not data:
        return data
    at = random.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << random.randrange(8)]) + data[at + 1 :]


def _replace(random: Random, data: bytes, _seeds: tuple[bytes, ...]) -> bytes:
    start, end = _span(random, data)
    return data[:start] + random.choice(TOKENS) + data[end:]


def _insert(random: Random, data: bytes, _seeds: tuple[bytes, ...]) -> bytes:
    at = random.randrange(len(data) + 1)
    return data[:at] + random.choice(TOKENS) + data[at:]


def _remove(random: Random, data: bytes, _seeds: tuple[bytes, ...]) -> bytes:
    start, end = _span(random, data)
    return data[:start] + data[end:]


def _repeat(random: Random, data: bytes, _seeds: tuple[bytes, ...]) -> bytes:
    start, end = _span(random, data)
    return data[:end] + data[start:end] * random.choice((1, 2, 50)) + data[end:]


def _cut(random: Random, data: bytes, _seeds: tuple[bytes, ...]) -> bytes:
    return data[: random.randrange(len(data) + 1)]


def _splice(random: Random, data: bytes, seeds: tuple[bytes, ...]) -> bytes:
    other = random.choice(seeds)
    return data[: random.randrange(len(data) + 1)] + other[random.randrange(len(other) + 1) :]


def _numbers(random: Random, data: bytes, _seeds: tuple[bytes, ...]) -> bytes:
    if len(data) < 4:
        return data
    at = random.randrange(len(data) - 3)
    number = random.choice((0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, random.getrandbits(32)))
    return data[:at] + number.to_bytes(4, random.choice(("little", "big"))) + data[at + 4 :]


def _encoded(random: Random, data: bytes, _seeds: tuple[bytes, ...]) -> bytes:
    return data.decode("utf-8", "replace").encode(random.choice(ENCODINGS), "replace")


CHANGES = (_flip, _flip, _replace, _replace, _insert, _insert, _remove, _repeat, _cut, _splice, _numbers, _encoded)
