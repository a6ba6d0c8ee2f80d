"""Many image files read in their order, some of them together, on all cores where that pays.

Knows how files become readings, and nothing of how these are shown. Needs no torch itself: that is loaded where the
reading is done, in this process or in others.
"""

from __future__ import annotations

import functools
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from core import pool
from core.errors import DataError
from core.hardware import usable_cores

if TYPE_CHECKING:
    from core.reading import Reading
    from core.recogniser import Recogniser

_WORTH = 3.0
"""Seconds of reading from which other processes pay: each loads torch first, for 2 to 3 s of a core, at once."""
_LOOKED_AT = 100
"""Files whose sizes say how long all of them take."""
_CHUNK = 16
"""Files that are read together: more save no more time, and who ends it waits for those under way."""
_AT_ONCE = 64
"""So few are shown one by one, as they are read."""


@dataclass(frozen=True)
class FileReading:
    """What came of one file."""

    reading: Reading | None
    error: str = ""
    """Why there is no reading, with the file's name."""


def file_readings(names: Sequence[str], checkpoint: Path) -> Generator[list[FileReading], None, None]:
    """The readings of the files called `names`, in that order, some at a time; none is kept.

    Raises CheckpointError where `checkpoint` cannot be loaded. Closing it ends the processes that read.
    """
    read = functools.partial(_read, checkpoint)
    seconds = _seconds_each(names)
    together = _CHUNK if len(names) > _AT_ONCE else 1
    chunks = [names[at : at + together] for at in range(0, len(names), together)]
    if usable_cores() > 1 and len(names) * seconds > _WORTH:
        with closing(pool.parts(read, chunks, seconds * together, 1)) as parts:
            for part in parts:
                yield from part
    else:
        yield from map(read, chunks)


def _seconds_each(names: Sequence[str]) -> float:
    """A guess of what one of the files takes, by the sizes of some that are spread over all of them."""
    step = max(1, len(names) // _LOOKED_AT)
    sizes = [_size(name) for name in islice(names, 0, None, step)]
    # A small PNG took 2 to 8 ms of a server core; large ones go with their size.
    return 0.004 + 1e-7 * sum(sizes) / max(1, len(sizes))


def _size(name: str) -> int:
    try:
        return Path(name).stat().st_size
    except (OSError, ValueError):  # ValueError: a null character in the name
        return 0


def _read(checkpoint: Path, names: Sequence[str]) -> list[FileReading]:
    """Of files that go through the network together."""
    from core.images import decode
    from core.numbers.prepared import prepared

    recogniser = _recogniser(checkpoint)
    ready, reasons = [], {}
    for at, name in enumerate(names):
        try:
            ready.append(prepared(decode(Path(name))))
        except DataError as error:
            reasons[at] = str(error)
    found = iter(recogniser.read_prepared(ready))
    return [FileReading(None, reasons[at]) if at in reasons else FileReading(next(found)) for at in range(len(names))]


@functools.lru_cache(maxsize=1)
def _recogniser(checkpoint: Path) -> Recogniser:
    """The network, loaded once in each process that reads."""
    import torch

    from core.recogniser import Recogniser

    torch.set_num_threads(1)
    return Recogniser(checkpoint)
