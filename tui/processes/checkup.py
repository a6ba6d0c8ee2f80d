"""All files of a folder as one more entry in the list of its check-up's findings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import overload

from core.checkup.finding import Finding, Picture
from core.data.listing import Listing, listing

ALL = "all"
"""The kind of the entry that lists every file of the folder; it is not a finding."""


class _Listed(Sequence[Picture]):
    """The files of a listing. Each becomes a Picture only when it is accessed: there may be 100,000."""

    def __init__(self, files: Listing) -> None:
        self._files = files

    def __len__(self) -> int:
        return len(self._files)

    @overload
    def __getitem__(self, index: int) -> Picture: ...
    @overload
    def __getitem__(self, index: slice) -> list[Picture]: ...
    def __getitem__(self, index: int | slice) -> Picture | list[Picture]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        return Picture(self._files.name(index), int(self._files.labels[index]))


def every_file(folder: Path) -> Finding:
    """All files of the folder, for paging through it. Raises DataError if it has no class folders."""
    files = listing(folder)
    return Finding(
        kind=ALL,
        severity=None,
        title="All images",
        meaning="Every file of the folder: on the left the file, on the right what the network sees.",
        action="",
        files=_Listed(files),
        count=len(files),
    )
