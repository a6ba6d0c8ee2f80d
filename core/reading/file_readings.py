"""Reads many image files in order, some at a time, on all cores if that pays.

Other processes decode and normalise, which is most of the work and needs no torch; only this process runs the network.
Knows how files become readings, and nothing of how these are shown.
"""

from __future__ import annotations

import functools
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import DataError
from core.preprocessing.images import decode
from core.reading.numbers.prepared import Prepared, prepared
from core.system import pool

if TYPE_CHECKING:
    from core.reading.reading import Reading
    from core.reading.recogniser import Recogniser

_LOOKED_AT = 100
"""Files whose sizes tell how long all of them take."""
_CHUNK = 64
"""Most files that are read together: more save no more time."""
_CHUNK_SECONDS = 0.25
"""Seconds that files read together should take; ending early waits for those under way."""
_AT_ONCE = 64
"""Up to this many files are shown one by one, as they are read."""
_AHEAD = 16
"""Chunks that may be ready before the network is: it takes one to three seconds to load."""


@dataclass(frozen=True)
class FileReading:
    """The result for one file."""

    reading: Reading | None
    error: str = ""
    """Why there is no reading; includes the file's name."""


def file_readings(names: Sequence[str], checkpoint: Path) -> Generator[list[FileReading], None, None]:
    """The readings of the files called `names`, in that order, some at a time; none is kept.

    Raises CheckpointError if `checkpoint` cannot be loaded. Closing the generator ends the processes that decode.
    """
    seconds = _seconds_each(names)
    together = max(1, min(_CHUNK, round(_CHUNK_SECONDS / seconds))) if len(names) > _AT_ONCE else 1
    chunks = [names[at : at + together] for at in range(0, len(names), together)]
    with closing(pool.parts(_ready, chunks, seconds * together, 1, _AHEAD)) as parts:
        for part in parts:
            # Loaded when the first files are ready, while the other processes go on decoding.
            recogniser = _recogniser(checkpoint, len(names))
            for each in part:
                yield _read(recogniser, each)


def _seconds_each(names: Sequence[str]) -> float:
    """An estimate of the seconds that one file takes, from the sizes of some files spread over the list."""
    step = max(1, len(names) // _LOOKED_AT)
    sizes = [_size(name) for name in islice(names, 0, None, step)]
    # A small PNG takes 1 to 2 ms on a server core; large ones take time in proportion to their size.
    return 0.001 + 3e-8 * sum(sizes) / max(1, len(sizes))


def _size(name: str) -> int:
    try:
        return Path(name).stat().st_size
    except (OSError, ValueError):  # ValueError: a null character in the name
        return 0


def _ready(names: Sequence[str]) -> list[Prepared | str]:
    """Each file prepared for the network, or the reason why it cannot be read."""
    files: list[Prepared | str] = []
    for name in names:
        try:
            files.append(prepared(decode(Path(name))))
        except DataError as error:
            files.append(str(error))
    return files


def _read(recogniser: Recogniser, files: Sequence[Prepared | str]) -> list[FileReading]:
    """The results for files that go through the network together."""
    readings = iter(recogniser.read_prepared([each for each in files if isinstance(each, Prepared)]))
    return [FileReading(next(readings)) if isinstance(each, Prepared) else FileReading(None, each) for each in files]


@functools.lru_cache(maxsize=1)
def _recogniser(checkpoint: Path, files: int) -> Recogniser:
    """The recogniser for `checkpoint`, loaded once and prepared for this many files."""
    import torch

    from core.reading.recogniser import Recogniser

    torch.set_num_threads(1)
    recogniser = Recogniser(checkpoint)
    recogniser.expect(files)
    return recogniser
