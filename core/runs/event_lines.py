"""The whole lines of a file of events, which may be growing, damaged, or one line of a gigabyte. Knows no event."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

LONGEST = 4 << 20
"""Bytes of the longest line that is read: a hundred times the longest that a run writes."""


def whole_lines(file: IO[bytes]) -> Iterator[tuple[bytes | None, int]]:
    """Each complete line from where `file` stands, with the offset of the next one; None if it is too long to read.

    What follows the last newline is left for later. Holds no more than `LONGEST` bytes of a line. Raises OSError.
    """
    offset = file.tell()
    while piece := file.readline(LONGEST):
        line: bytes | None = piece
        offset += len(piece)
        while not piece.endswith(b"\n"):
            line = None
            if not (piece := file.readline(LONGEST)):
                return
            offset += len(piece)
        yield line, offset
