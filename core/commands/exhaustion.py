"""Tells that memory or a device ran out from a mistake of ours. Imports torch only if it is loaded already."""

from __future__ import annotations

import re
import sys

_LIBRARY = re.compile(r"\S+: (?:failed to map segment|cannot allocate memory)[^\n]*")
"""What the loader says of a library that found no room."""


def exhaustion(error: BaseException) -> str:
    """What to say if `error` means that memory or a device ran out; empty if it does not."""
    text = str(error)
    library = _LIBRARY.search(text) if isinstance(error, ImportError) else None
    if library or isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and "start new thread" in text):
        why = library[0] if library else text or "none is left"
        return f"there is too little memory ({why}). Close other programs, or raise the limit of this one (`ulimit -v`)"
    if isinstance(error, RuntimeError) and "torch" in sys.modules:
        from core.training.devices import first_line, is_device_failure

        if is_device_failure(error):
            return f"the device failed: {first_line(error)}. `digits-tui devices` lists those that can be used"
    return ""
