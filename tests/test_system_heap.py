"""core.system.heap: what C code has freed goes back to the system."""

from __future__ import annotations

import ctypes
import subprocess
import sys

import pytest

from core.system import heap

_FREED = """
import ctypes
from core.system import heap
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.free.argtypes = [ctypes.c_void_p]

def pages():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1])

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


@pytest.mark.skipif(sys.platform != "linux" or heap._trim() is None, reason="the C library has no malloc_trim")
def test_what_is_freed_goes_back() -> None:
    """60 MB in blocks that the C library takes from its heap, and keeps when they are freed."""
    done = subprocess.run([sys.executable, "-c", _FREED], capture_output=True, text=True, check=True)
    assert done.stdout == "True True\n"


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is called, and nothing fails."""
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())
    heap._trim.cache_clear()
    heap.give_back()
    heap._trim.cache_clear()
