"""What damaged `.npz` archives raise when they are read. Knows no archive, and neither NumPy nor torch."""

from __future__ import annotations

import contextlib
import tokenize
import zipfile
import zlib

DAMAGE: tuple[type[Exception], ...] = (
    OSError,
    ValueError,
    KeyError,
    EOFError,
    TypeError,
    SyntaxError,
    MemoryError,
    OverflowError,
    RuntimeError,  # NotImplementedError and RecursionError too
    tokenize.TokenError,
    zipfile.BadZipFile,
    zlib.error,
)
"""All that changed bytes were seen to raise from `zipfile`, `numpy.load` and `json`, on their way to an array.

NumPy reads an array's header, Python source, before the checksum over it is known to be wrong: hence the
errors of the parser.
"""

with contextlib.suppress(ImportError):  # a Python built without it says NotImplementedError of such a file
    import lzma

    DAMAGE += (lzma.LZMAError,)
