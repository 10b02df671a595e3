"""What a sample is: the identity of its stored audio, whatever the file is called or tagged.

xxh3 of the sound chunk of a wav or aiff file, so that a tag written into it changes nothing; of
the whole file for other formats. Nothing here decides that two files are the same without having
read both to the end.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

import xxhash

from app.core.placeholders import is_online_only

# Above this a file is known by its length and three pieces, until another has the same ones.
LARGE_BYTES: Final = 64 << 20
_PIECE_BYTES: Final = 4 << 20
_AT_ONCE: Final = 1 << 20
_COMPARED_BYTES: Final = 256 << 10
_UNKNOWN_SIZE: Final = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a file: from `start` on, `size` bytes."""

    start: int
    size: int

    @property
    def is_large(self) -> bool:
        """Whether its identity is of pieces."""
        return self.size > LARGE_BYTES


def content_id(path: str | bytes | os.PathLike[str]) -> bytes:
    """Return 16 bytes that are the same for the same stored audio; 17 where it is large.

    Raises
    ------
    OSError
        If the file cannot be read.
    """
    with _opened(path) as file:
        stretch = sound_of(file)
        if not stretch.is_large:
            return _hash_of(file, [stretch])
        middle = stretch.start + (stretch.size - _PIECE_BYTES) // 2
        last = stretch.start + stretch.size - _PIECE_BYTES
        pieces = [Stretch(start, _PIECE_BYTES) for start in (stretch.start, middle, last)]
        # A byte longer: what is known by pieces is never taken for what was read in full.
        return b"\0" + _hash_of(file, pieces, of_length=stretch.size)


def whole_id(path: str | bytes | os.PathLike[str]) -> bytes:
    """Return 16 bytes for the stored audio read to its end, however large.

    Raises
    ------
    OSError
        If the file cannot be read.
    """
    with _opened(path) as file:
        return _hash_of(file, [sound_of(file)])


def are_alike(path: str, other: str) -> bool:
    """Tell whether two files hold the same bytes, all of them read.

    Raises
    ------
    OSError
        If one of them cannot be read.
    """
    with _opened(path) as one, _opened(other) as two:
        while True:
            block = one.read(_COMPARED_BYTES)
            if block != two.read(_COMPARED_BYTES):
                return False
            if not block:
                return True


def _opened(path: str | bytes | os.PathLike[str]) -> BinaryIO:
    """Open an ordinary file that is here; a named pipe would be waited for without end."""
    status = os.stat(path)
    if not stat.S_ISREG(status.st_mode) or is_online_only(status):
        raise OSError(errno.EINVAL, "not an ordinary file, or not downloaded")
    return open(path, "rb")


def is_of_pieces(content: bytes) -> bool:
    """Tell whether an identity speaks for pieces of a large file only."""
    return len(content) == 17


def sound_of(file: BinaryIO) -> Stretch:
    """Return where the stored audio lies: the sound chunk of wav and aiff, else the file."""
    size = os.fstat(file.fileno()).st_size
    start = file.read(12)
    kind, form = start[:4], start[8:12]
    if kind in {b"RIFF", b"RF64", b"RIFX"} and form == b"WAVE":
        found = _chunk(file, size, b"data", "big" if kind == b"RIFX" else "little")
    elif kind == b"FORM" and form in {b"AIFF", b"AIFC"}:
        found = _chunk(file, size, b"SSND", "big")
    else:
        found = None
    return found or Stretch(0, size)


def _chunk(file: BinaryIO, size: int, wanted: bytes, order: str) -> Stretch | None:
    """Return the chunk of a name; one that claims more than there is ends with the file."""
    position = 12
    long_size = 0
    while position + 8 <= size:
        file.seek(position)
        header = file.read(8)
        name = header[:4]
        if name == b"\0\0\0\0":  # nothing but padding follows
            return None
        length = int.from_bytes(header[4:], "big" if order == "big" else "little")
        start = position + 8
        if name == b"ds64":  # the sizes of a file above 4 GB
            long_size = int.from_bytes(file.read(16)[8:], "little")
        if name == wanted:
            if length == _UNKNOWN_SIZE and long_size:
                length = long_size
            # 0: written by a recorder that was stopped before it could come back.
            return Stretch(start, min(length or size, size - start))
        position = start + length + length % 2
    return None


def _hash_of(file: BinaryIO, stretches: list[Stretch], *, of_length: int | None = None) -> bytes:
    digest = xxhash.xxh3_128()
    if of_length is not None:
        digest.update(of_length.to_bytes(8, "little"))
    for stretch in stretches:
        for block in _blocks(file, stretch):
            digest.update(block)
    return digest.digest()


def _blocks(file: BinaryIO, stretch: Stretch) -> Iterator[bytes]:
    file.seek(stretch.start)
    left = stretch.size
    while left and (block := file.read(min(left, _AT_ONCE))):
        yield block
        left -= len(block)
