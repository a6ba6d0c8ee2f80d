"""core.system.heap: what C code has freed goes back to the system."""

from __future__ import annotations

import ctypes
import subprocess
import sys

import pytest

from core.system import heap

_BEGIN = """
import ctypes
from core.system import heap
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.free.argtypes = [ctypes.c_void_p]

def pages():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1])
"""
_FREED = (
    _BEGIN
    + """
blocks = [libc.malloc(60_000) for _ in range(1000)]
for block in blocks:
    ctypes.memset(block, 1, 60_000)
full = pages()
for block in blocks[:-1]:  # the last one keeps the heap's end
    libc.free(block)
kept = pages()
heap.give_back()
print(full - kept < 1000, full - pages() > 10_000)
"""
)
_LARGE = (
    _BEGIN
    + """
import sys
libc.free(libc.malloc(1 << 20))  # from now on blocks of up to this size are taken from the heap
if "small" in sys.argv:
    heap.keep_small()
blocks = [libc.malloc(100_000) for _ in range(1000)]
for block in blocks:
    ctypes.memset(block, 1, 100_000)
full = pages()
for block in blocks[:-1]:
    libc.free(block)
print(full - pages() > 20_000)
"""
)


def _has(function: str) -> bool:
    return sys.platform == "linux" and hasattr(heap._library(), function)


@pytest.mark.skipif(not _has("malloc_trim"), reason="the C library has no malloc_trim")
def test_what_is_freed_goes_back() -> None:
    """60 MB in blocks that the C library takes from its heap, and keeps when they are freed."""
    done = subprocess.run([sys.executable, "-c", _FREED], capture_output=True, text=True, check=True)
    assert done.stdout == "True True\n"


@pytest.mark.skipif(not _has("mallopt"), reason="the C library has no mallopt")
def test_large_blocks_go_back_at_once() -> None:
    """100 MB in blocks that the C library would keep, since a larger one was freed before."""
    for argument, goes_back in (("", "False"), ("small", "True")):
        command = [sys.executable, "-c", _LARGE, argument]
        assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == goes_back


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is called, and nothing fails."""
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())
    heap._library.cache_clear()
    heap.give_back()
    heap.keep_small()
    heap._library.cache_clear()
