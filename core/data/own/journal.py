"""The journal of changes to an own set, so that they can be undone, even after a restart. Moves no files.

One JSON object per line, append-only, written by the program that holds the set's lock:

    {"id": "9f1c22ab", "do": "relabel", "from": "3/….png", "to": "5/….png", "time": 1769869500.2}
    {"id": "9f1c22ab", "do": "undo", "time": 1769869512.9}

A line is written before the files are moved. A line whose file is not at `to` describes a move that did not happen,
because the program was killed, or that somebody undid by hand; readers of the journal skip it.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from core.system import atomic, plain_file

Deed = Literal["keep", "take back", "relabel", "remove"]
_DEEDS = ("keep", "take back", "relabel", "remove")


@dataclass(frozen=True)
class Move:
    """A move of a drawing."""

    id: str
    do: Deed
    source: str
    """The image's old path, relative to the set, with slashes; empty for a new drawing."""
    target: str
    """Its new path, also relative to the set."""


class Journal:
    """The journal in a file, which need not exist yet."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def append(self, do: Deed, source: str, target: str) -> None:
        """Record a move that is about to be made. Raises OSError."""
        self._write({"id": secrets.token_hex(4), "do": do, "from": source, "to": target, "time": time.time()})

    def undone(self, entry: Move) -> None:
        """Record that a move was undone. Raises OSError."""
        self._write({"id": entry.id, "do": "undo", "time": time.time()})

    def entries(self) -> list[Move]:
        """The moves that were not undone, oldest first. Damaged lines are skipped."""
        found: dict[str, Move] = {}
        try:
            lines = plain_file.read_bytes(self._path).splitlines()
        except OSError:
            return []
        for line in lines:
            match _parsed(line):
                case Move() as move:
                    found[move.id] = move
                case str() as undone:
                    found.pop(undone, None)
        return list(found.values())

    def damaged(self) -> list[int]:
        """The numbers, from 1, of the lines that `entries` passes over. Raises OSError if the file cannot be read."""
        lines = plain_file.read_bytes(self._path).splitlines()
        return [number for number, line in enumerate(lines, 1) if line.strip() and _parsed(line) is None]

    def _write(self, line: dict[str, str | float]) -> None:
        with plain_file.appended(self._path, "a+b") as file:
            # A line cut off by a kill or a full disk must not swallow the next one.
            if size := file.seek(0, os.SEEK_END):
                file.seek(size - 1)
            begins = not size or file.read(1) == b"\n"
            file.write((b"" if begins else b"\n") + json.dumps(line).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        if not size:
            atomic.sync_folder(self._path.parent)  # a new file: its name too


def _parsed(line: bytes) -> Move | str | None:
    """The move of one line, or the id of the move that was undone; None if the line is damaged."""
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict):
        return None
    if data.get("do") == "undo":
        return str(data.get("id"))
    named = [data.get(key) for key in ("id", "do", "from", "to")]
    if all(isinstance(each, str) for each in named) and data["do"] in _DEEDS:
        return Move(data["id"], data["do"], data["from"], data["to"])
    return None
