"""Python's search for garbage, kept away from where there is none. Knows nothing but that torch is large."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_SELDOM = 2000, 10, 20
"""New objects before a search among them, such searches before a wider one, and of these before one through all."""


@contextmanager
def spared() -> Iterator[None]:
    """No search meanwhile: of the million objects that importing torch makes, all stay (0.2 of 1.6 seconds)."""
    searched = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searched:
            gc.enable()


def settle() -> None:
    """Search from now on, but not among what there is now, which stays, and seldom through all that comes later.

    Each search stops everything, one through all for tens of milliseconds, in which no ink is painted; and the more
    may gather before it, the longer it takes.
    """
    gc.freeze()
    gc.set_threshold(*_SELDOM)
    gc.enable()


def leave() -> None:
    """Look no more for garbage, now that the process ends: among all that torch has made it takes half a second."""
    if "triton" not in sys.modules:  # its binding looks for what is left, and complains
        gc.freeze()
