"""Tries one reader with damaged files, and counts."""

from __future__ import annotations

import random
import resource
import sys
import time
import warnings
from dataclasses import dataclass, field

from tests.fuzz.mutations import damaged
from tests.fuzz.readers import FuzzedReader

MOST_MEMORY = 600 << 20
"""Bytes that the process may grow by while it reads files of some kilobytes."""
MOST_SECONDS = 10.0
_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass
class FuzzResult:
    """What came of the tries of one reader."""

    tries: int = 0
    read: int = 0
    refused: int = 0
    slowest: float = 0.0
    """Seconds."""
    memory: int = 0
    """Bytes that the process has grown by."""
    failures: list[tuple[int, BaseException]] = field(default_factory=list)
    """Each with the seed that makes it again."""


def tried(reader: FuzzedReader, tries: int, seed: int) -> FuzzResult:
    """Read `tries` damaged files, made with `seed` and those after it."""
    reader.read(reader.example)  # what is sound is read, and what is loaded once is loaded
    result, before = FuzzResult(), _memory()
    for number in range(seed, seed + tries):
        chance = random.Random(f"{reader.name} {number}")
        if reader.special is not None and chance.random() < 0.5:
            data = reader.special(chance)
        else:
            data = damaged(reader.example, reader.kind, chance)
        began = time.perf_counter()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # NumPy and Pillow say what they think of damage
                reader.read(data)
            result.read += 1
        except reader.errors:
            result.refused += 1
        except Exception as error:  # the point of it all
            result.failures.append((number, error))
        seconds = time.perf_counter() - began
        result.tries += 1
        result.slowest = max(result.slowest, seconds)
        if seconds > MOST_SECONDS:
            result.failures.append((number, TimeoutError(f"{seconds:.1f} s")))
    result.memory = _memory() - before
    if result.memory > MOST_MEMORY:
        result.failures.append((seed, MemoryError(f"{result.memory >> 20} MiB more")))
    return result


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT
