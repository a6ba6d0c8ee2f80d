"""Keeps the memory of a long-lived process small: glibc keeps what is freed, as long as other blocks lie behind it."""

from __future__ import annotations

import contextlib
from functools import lru_cache
from typing import Any

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
"""The options of `mallopt`, from malloc.h."""
_LARGE = 64 << 10
"""Bytes of a block that is taken from the system by itself, and given back to it when it is freed."""
_TOP = 128 << 10
"""Bytes that may lie free at the end of the heap."""


def keep_small() -> None:
    """Give large blocks back as soon as they are freed, and have threads begun later share one heap.

    By itself glibc takes ever larger blocks from the heap after one of their size was freed, and gives each thread a
    heap of its own. Does nothing where the C library has no `mallopt`.
    """
    with contextlib.suppress(OSError, AttributeError):
        mallopt = _library().mallopt
        for option, value in ((_ARENA_MAX, 1), (_MMAP_THRESHOLD, _LARGE), (_TRIM_THRESHOLD, _TOP)):
            mallopt(option, value)


def give_back() -> None:
    """Give back all free pages, in about a millisecond; does nothing where the C library has no `malloc_trim`."""
    with contextlib.suppress(OSError, AttributeError):
        _library().malloc_trim(0)


@lru_cache(maxsize=1)
def _library() -> Any:
    import ctypes  # 4 ms, which commands need not wait for

    return ctypes.CDLL(None)
