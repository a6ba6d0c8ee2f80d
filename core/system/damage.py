"""The errors that damaged `.npz` archives raise when they are read. Imports neither NumPy nor torch."""

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
"""All errors that changed bytes were seen to raise from `zipfile`, `numpy.load` and `json`.

NumPy parses an array's header, which is Python source, before its checksum is verified: hence the parser's errors.
"""

with contextlib.suppress(ImportError):  # a Python built without lzma raises NotImplementedError for such a file
    import lzma

    DAMAGE += (lzma.LZMAError,)
