"""What the container of a recording says of itself, and what is true: lengths that a stream left open, files that were
cut off, several Ogg streams in a row. Decoding is libsndfile's.

WAVE: Microsoft, Multiple Channel Audio Data and WAVE Files. Ogg: RFC 3533, pages in section 6, chaining in section 4.
"""

import io
import os
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
from numpy.typing import NDArray

from trainer.text_out import clean_terminal

if TYPE_CHECKING:
    import soundfile

PCM, FLOAT, EXTENSIBLE = 1, 3, 0xFFFE
OPEN_END = 0x7FFFFF00  # bytes of a data chunk from which on nobody knew its length
MOST_CHANNELS = 64
MOST_BYTES = 64 << 20  # of an Ogg file, more than ten hours of speech; of what stands before the sound in a WAVE file
AT_ONCE = 1024  # frames
PAGE = b"OggS"
FIRST, LAST = 2, 4  # flags of an Ogg page: of a stream


class NoWave(ValueError):
    """Not a WAVE file, or one of a kind that is not read."""


@dataclass(frozen=True)
class WaveHeader:
    """What the head of a WAV file says of its sound.

    Attributes:
        rate: Hz.
        width: bytes of a sample.
        floating: samples are floats, not whole numbers.
        length: bytes of the sound, None where the header does not know it.
    """

    channels: int
    rate: int
    width: int
    floating: bool
    length: int | None

    @property
    def frame(self) -> int:
        """Bytes of a frame."""
        return self.channels * self.width

    def samples(self, data: bytes) -> NDArray[np.float32]:
        """Bytes of whole frames as frames x channels, full scale 1."""
        data = data[: len(data) // self.frame * self.frame]
        values: NDArray[np.floating]
        if self.floating:
            values = np.frombuffer(data, f"<f{self.width}").astype(np.float32)
        elif self.width == 1:
            values = (np.frombuffer(data, np.uint8).astype(np.float32) - 128) / 128
        elif self.width == 3:
            padded = np.zeros((len(data) // 3, 4), np.uint8)
            padded[:, 1:] = np.frombuffer(data, np.uint8).reshape(-1, 3)
            values = (padded.view("<i4")[:, 0] / 2**31).astype(np.float32)
        else:
            values = (np.frombuffer(data, f"<i{self.width}") / 2 ** (8 * self.width - 1)).astype(np.float32)
        return np.asarray(values, np.float32).reshape(-1, self.channels)


def wave_header(stream: BinaryIO) -> WaveHeader:
    """Reads up to the first byte of the sound. Raises NoWave."""
    if _exactly(stream, 4) != b"RIFF" or _exactly(stream, 8)[4:] != b"WAVE":
        raise NoWave
    form: bytes | None = None
    left = MOST_BYTES
    while True:
        name, size = struct.unpack("<4sI", _exactly(stream, 8))
        if name == b"data":
            break
        left -= size
        if left < 0:
            raise NoWave
        content = _exactly(stream, size + size % 2)
        if name == b"fmt ":
            form = content
    if form is None or len(form) < 16:
        raise NoWave
    kind, channels, rate, _bytes_a_second, _frame, bits = struct.unpack("<HHIIHH", form[:16])
    if kind == EXTENSIBLE and len(form) >= 26:
        (kind,) = struct.unpack("<H", form[24:26])
    width = (bits + 7) // 8
    if (kind, width) not in [(PCM, 1), (PCM, 2), (PCM, 3), (PCM, 4), (FLOAT, 4), (FLOAT, 8)]:
        raise NoWave
    if not 1 <= channels <= MOST_CHANNELS or not rate:
        raise NoWave
    return WaveHeader(channels, rate, width, kind == FLOAT, None if size == 0 or size >= OPEN_END else size)


def _exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise NoWave
    return data


@dataclass(frozen=True, eq=False)
class Decoded:
    """The sound of a file.

    Attributes:
        parts: streams that follow each other, each of frames x channels with its rate.
        frames: of the whole file as far as it is known, of the first part's rate; more than there are in the parts
            where not all was read.
        cut_off: the file ends before its sound does.
    """

    parts: tuple[tuple[NDArray[np.float32], int], ...]
    frames: int
    cut_off: bool


def decode(path: Path, longest: float) -> Decoded:
    """At most so many seconds of each part, and a frame more. Raises soundfile.SoundFileError, OSError."""
    with path.open("rb") as file:
        head = file.read(4)
        file.seek(0)
        cut_off = False
        if head == b"RIFF":
            try:
                header = wave_header(file)
            except NoWave:
                pass  # libsndfile knows more kinds than we do
            else:
                there = path.stat().st_size - file.tell()
                if header.length is None:
                    return _open_wave(file, header, there, longest)
                cut_off = there < header.length
        elif head == PAGE:
            content = file.read(MOST_BYTES)
            links, whole = ogg_links(content)
            return _decoded([_Stream(content[start:end]) for start, end in links], longest, cut_off=not whole)
        # Its number, not its name: libsndfile opens no name that is not UTF-8.
        os.lseek(file.fileno(), 0, os.SEEK_SET)
        return _decoded([file.fileno()], longest, cut_off=cut_off)


class _Stream(io.BytesIO):
    """Damaged files send their decoder before their beginning: it stays there, as in files of the system."""

    def seek(self, offset: int, whence: int = 0) -> int:
        start = (0, self.tell(), len(self.getbuffer()))[whence]
        return super().seek(max(0, start + offset))


def _open_wave(file: BinaryIO, header: WaveHeader, there: int, longest: float) -> Decoded:
    frames = int(longest * header.rate) + 2
    data = header.samples(file.read(frames * header.frame))
    return Decoded(((data, header.rate),), there // header.frame, cut_off=False)


def _decoded(sources: Sequence[BinaryIO | int], longest: float, *, cut_off: bool = False) -> Decoded:
    import soundfile

    parts, frames = [], 0
    for source in sources:
        with clean_terminal(), soundfile.SoundFile(source, closefd=False) as file:
            wanted = int(longest * file.samplerate) + 2
            data = _frames(file, wanted)
            # Of a stream of unknown length libsndfile tells an endless one.
            known = 0 <= file.frames < 1 << 40
            cut_off |= known and len(data) < min(wanted, file.frames)
            frames += file.frames if known else len(data)
            parts.append((data, int(file.samplerate)))
    return Decoded(tuple(parts), frames, cut_off)


def _frames(file: "soundfile.SoundFile", wanted: int) -> NDArray[np.float32]:
    """In one go: soundfile seeks after each read, where some decoders (MP3) begin anew. Of a damaged file, by blocks,
    up to where its decoder loses its way."""
    import soundfile

    try:
        return np.asarray(file.read(wanted, dtype="float32", always_2d=True), np.float32)
    except soundfile.LibsndfileError:
        file.seek(0)
    blocks = [file.read(min(wanted, AT_ONCE), dtype="float32", always_2d=True)]
    while len(blocks[-1]) and sum(map(len, blocks)) < wanted:
        try:
            blocks.append(file.read(AT_ONCE, dtype="float32", always_2d=True))
        except soundfile.LibsndfileError:
            break
    return np.concatenate(blocks)[:wanted]


def ogg_links(content: bytes) -> tuple[list[tuple[int, int]], bool]:
    """Where each stream of a chain begins and ends, and whether the last one is whole."""
    starts, position, opening, flags = [], 0, False, 0
    while content.startswith(PAGE, position) and position + 27 <= len(content):
        segments = content[position + 26]
        size = 27 + segments + sum(content[position + 27 : position + 27 + segments])
        if position + size > len(content):
            flags = 0
            break
        flags = content[position + 5]
        # Streams that run side by side all begin before the first of them goes on: they are one link.
        if flags & FIRST and not opening:
            starts.append(position)
        opening = bool(flags & FIRST)
        position += size
    ends = [*starts[1:], len(content)]
    return list(zip(starts, ends, strict=True)) or [(0, len(content))], bool(flags & LAST)
