"""Bodies of events and memories: JSON, compressed where that pays (an assessment shrinks to about a third).

Plain JSON begins with a bracket, zlib's stream with 0x78, so that each body says itself which it is.
"""

import zlib

WORTH_IT = 400  # bytes: below, zlib gains little and plain text is easier to look at
LONGEST = 16_000_000  # bytes of a body: half a minute of speech has a hundredth of it


def pack(text: str) -> bytes:
    plain = text.encode()
    return zlib.compress(plain, 6) if len(plain) > WORTH_IT else plain


def unpack(body: bytes) -> str:
    """Raises ValueError for a body that is damaged, or that grows beyond all that a program of ours has written."""
    if body[:1] != b"\x78":
        return body.decode()
    opened = zlib.decompressobj()
    try:
        plain = opened.decompress(body, LONGEST)
    except zlib.error as error:
        raise ValueError(str(error)) from error
    if not opened.eof:
        raise ValueError("cut off, or too long")
    return plain.decode()
