"""Downloads data sets once and stores them as `.npz` in the user's data.

torchvision knows where each set is published and its md5; the download is our own, to report progress, to time out if
the server stops responding, and to leave nothing half-written. Importing this module imports NumPy and an HTTP client,
and calling `download` imports torch; the catalogue needs only `core.data.downloadable`.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from core import paths
from core.data.downloadable import DOWNLOADABLE, Downloadable, path_of
from core.data.fetching import Received, fetch
from core.data.published import remotes, unpack
from core.errors import DataError
from core.system import atomic, lock


def download(name: str, report: Received | None = None) -> Path:
    """Download, check and convert a set of `DOWNLOADABLE`; returns its path. Imports torch, which takes seconds.

    Raises DataError if the set cannot be downloaded or stored. There is nothing at `path_of(name)` until all is done;
    an incomplete download is removed, even if the caller is interrupted.
    """
    target = path_of(name)
    if target.is_file():
        return target
    dataset = DOWNLOADABLE[name]
    try:
        with _workshop(paths.user_data() / "downloads", name) as part:
            _fetch(dataset, part, report or (lambda done, total: None))
            arrays: dict[str, Any] = {**unpack(name, part)}
            with atomic.writing(target, within=part) as file:
                np.savez_compressed(file, **arrays)
    except OSError as error:
        raise DataError(
            f"{dataset.title} cannot be stored in {target.parent}: {error.strerror or error}. "
            f"It needs up to {dataset.size * 2 / 1e6:,.0f} MB while it is unpacked; nothing was kept"
        ) from error
    return target


@contextmanager
def _workshop(folder: Path, name: str) -> Iterator[Path]:
    """A temporary folder, for one process at a time, deleted at the end of the block."""
    folder.mkdir(exist_ok=True)
    held = lock.take(folder, make=False)
    if held is None:
        raise DataError("another download is under way; wait until it has finished")
    try:
        for abandoned in folder.glob(".*.part"):  # left by a killed process
            shutil.rmtree(abandoned, ignore_errors=True)
        with atomic.building(folder, f".{name}-", ".part") as part:
            yield part
    finally:
        os.close(held)


def _fetch(dataset: Downloadable, folder: Path, report: Received) -> None:
    before = 0
    files = remotes(dataset.name)
    for remote in files:
        is_last = remote is files[-1]

        def tell(done: int, length: int | None, before: int = before, is_last: bool = is_last) -> None:
            # The length of later files is still unknown: until the last one, use the approximate size of all.
            known = None if length is None else before + length
            report(before + done, known if is_last or known is None else max(known, dataset.size))

        try:
            before += fetch(remote.url, folder / remote.file, remote.md5, tell)
        except DataError as error:
            raise DataError(
                f"{dataset.title} cannot be downloaded: {error}. Nothing was kept. On a computer without internet, "
                f"copy {path_of(dataset.name)} from one that has it; MNIST is shipped and needs none"
            ) from error
