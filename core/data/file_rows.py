"""Caches one row of arrays for each file of a folder, by name, size and time of change.

Adding a file keeps the rows of the others. Knows nothing of what is in the rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.data import cache
from core.data.listing import Listing

Rows = dict[str, NDArray[Any]]
_KEYS = {"names", "stamps"}


def recall(source: Path, listing: Listing, blank: Mapping[str, NDArray[Any]], stamp: str = "") -> tuple[Rows, Any, int]:
    """The rows of N files, which of them are known (N,) bool, and the number of files in the cache.

    `blank` has one row (1, …) under each name, for unknown files.
    """
    kept = cache.read(source, stamp)
    count = len(listing)
    unknown = np.zeros(count, bool)
    if kept is None or set(kept) != _KEYS | set(blank):
        return {name: np.repeat(row, count, axis=0) for name, row in blank.items()}, unknown, 0
    names, stamps = kept.pop("names").tobytes(), kept.pop("stamps")
    if names == b"\0".join(listing.names) and np.array_equal(stamps, listing.stamps):
        return kept, ~unknown, count  # the usual case, without a copy
    where = {name: row for row, name in enumerate(names.split(b"\0"))}
    rows = np.array([where.get(name, -1) for name in listing.names], np.int64)
    known = rows >= 0
    known[known] = (stamps[rows[known]] == listing.stamps[known]).all(axis=1)
    found: Rows = {}
    for name, row in blank.items():
        found[name] = np.repeat(row, count, axis=0)
        found[name][known] = kept.pop(name)[rows[known]]
    return found, known, len(stamps)


def keep(source: Path, listing: Listing, rows: Rows, known: NDArray[np.bool_], stamp: str = "") -> str:
    """Store the rows of the files that are `known`; returns why that failed, else an empty string."""
    everything = bool(known.all())
    names = listing.names if everything else [listing.names[index] for index in np.flatnonzero(known)]
    arrays: Rows = {
        "names": np.frombuffer(b"\0".join(names), np.uint8),
        "stamps": listing.stamps if everything else listing.stamps[known],
        **{name: row if everything else row[known] for name, row in rows.items()},
    }
    return cache.write(source, arrays, stamp)
