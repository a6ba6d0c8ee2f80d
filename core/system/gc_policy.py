"""Keeps Python's garbage collector away from objects that stay. Knows only that torch is large."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_SELDOM = 2000, 10, 20
"""Thresholds for `gc.set_threshold`: new objects, collections of generation 0, and collections of generation 1."""

_MANY = 3
"""Collections of generation 0 after which `tidy` searches."""


@contextmanager
def spared() -> Iterator[None]:
    """Disable collection within the block: all of the million objects that importing torch makes stay.

    Saves 0.2 of 1.6 seconds.
    """
    searched = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searched:
            gc.enable()


def settle() -> None:
    """Enable collection, but never of the objects that exist now, and rarely of all later ones.

    Each collection stops everything, a full one for tens of milliseconds, in which no ink is painted; the more
    objects have gathered, the longer it takes.
    """
    gc.freeze()
    gc.set_threshold(*_SELDOM)
    gc.enable()


def tidy() -> bool:
    """Search all objects if some thousands were made since that was last done, which a stroke does not do.

    Python itself, as `settle` leaves it, waits for 400,000, which take tens of MiB. Returns whether it searched.
    """
    _, young, old = gc.get_count()
    if searches := young >= _MANY or old > 0:
        gc.collect()
    return searches


def leave() -> None:
    """Skip the collection at exit, which takes half a second with torch's objects."""
    if "triton" not in sys.modules:  # its binding looks for leaked objects at exit, and complains
        gc.freeze()
