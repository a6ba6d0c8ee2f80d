"""Reads the IDX format, in which MNIST, EMNIST and QMNIST are published. Knows nothing of what the numbers mean.

A file has four bytes (0, 0, a type code, the number of dimensions), each dimension as a big-endian uint32, and the
values, big-endian, with the last dimension varying fastest (Y. LeCun, "The MNIST database", section on file formats).
"""

from __future__ import annotations

import gzip
import math
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import DataError

_TYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_MOST_DIMENSIONS = 4


def parse(data: bytes, source: str) -> NDArray[Any]:
    """The array in `data`, plain or gzipped, in this machine's byte order; it may be read-only.

    `source` names the data in messages. Raises DataError if it is not IDX, is cut off or is too long.
    """
    if data[:2] == b"\x1f\x8b":
        try:
            data = gzip.decompress(data)
        except (OSError, EOFError, zlib.error) as error:
            raise DataError(f"{source} is damaged: it cannot be unpacked ({error}); get the file again") from error
    if len(data) < 4 or data[:2] != b"\0\0" or data[2] not in _TYPES or not 1 <= data[3] <= _MOST_DIMENSIONS:
        raise DataError(
            f"{source} is not an IDX file: it begins with {data[:4].hex(' ') or 'nothing'}; it must begin with two "
            f"zero bytes, a type code (08 to 0e) and the number of dimensions (1 to {_MOST_DIMENSIONS})"
        )
    dtype = np.dtype(_TYPES[data[2]])
    start = 4 + 4 * data[3]
    if len(data) < start:
        raise DataError(f"{source} is cut off within its first {start} bytes; get the file again")
    shape = tuple(int(size) for size in np.frombuffer(data, ">u4", data[3], 4))
    expected = start + math.prod(shape) * dtype.itemsize
    if len(data) != expected:
        raise DataError(
            f"{source} should have {expected:,} bytes for its shape {' × '.join(map(str, shape))} "
            f"and has {len(data):,}; get the file again"
        )
    values = np.frombuffer(data, dtype, offset=start).reshape(shape)
    return values.astype(dtype.newbyteorder("="), copy=False)
