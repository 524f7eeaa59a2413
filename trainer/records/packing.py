"""Bodies of events and memories: JSON, compressed where that pays (an assessment shrinks to about a third).

Plain JSON begins with a bracket, zlib's stream with 0x78, so that each body says itself which it is.
"""

import zlib

WORTH_IT = 400  # bytes: below, zlib gains little and plain text is easier to look at


def pack(text: str) -> bytes:
    plain = text.encode()
    return zlib.compress(plain, 6) if len(plain) > WORTH_IT else plain


def unpack(body: bytes) -> str:
    return (zlib.decompress(body) if body[:1] == b"\x78" else body).decode()
