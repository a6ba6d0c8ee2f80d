"""Data sets that are fetched once from the internet and then lie beside the user's own as `.npz`.

torchvision knows where each is published and what its md5 must be; the fetching is ours, so that progress is
told, a silent server times out, and whatever goes wrong leaves nothing half-written behind. Importing this
module brings NumPy and an HTTP client, calling `download` torch; `core.data.downloadable` is what the catalogue needs.
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
    """Fetch a set of `DOWNLOADABLE`, check and convert it; where it lies then. Imports torch: takes seconds.

    Raises DataError where it cannot be fetched or stored. Until all is done nothing lies at `path_of(name)`,
    and what was fetched by then is removed, also where the caller is interrupted.
    """
    target = path_of(name)
    if target.is_file():
        return target
    wanted = DOWNLOADABLE[name]
    try:
        with _workshop(paths.user_data() / "downloads", name) as part:
            _fetch(wanted, part, report or (lambda done, total: None))
            arrays: dict[str, Any] = {**unpack(name, part)}
            with atomic.writing(target, within=part) as file:
                np.savez_compressed(file, **arrays)
    except OSError as error:
        raise DataError(
            f"{wanted.title} cannot be stored in {target.parent}: {error.strerror or error}. "
            f"It takes up to {wanted.size * 2 / 1e6:,.0f} MB while it is unpacked; nothing was kept"
        ) from error
    return target


@contextmanager
def _workshop(folder: Path, name: str) -> Iterator[Path]:
    """A temporary folder that one process at a time has and that is gone afterwards."""
    folder.mkdir(exist_ok=True)
    held = lock.take(folder, make=False)
    if held is None:
        raise DataError("another download is under way; wait until it has ended")
    try:
        for abandoned in folder.glob(".*.part"):  # of a process that was killed
            shutil.rmtree(abandoned, ignore_errors=True)
        with atomic.building(folder, f".{name}-", ".part") as part:
            yield part
    finally:
        os.close(held)


def _fetch(wanted: Downloadable, folder: Path, report: Received) -> None:
    before = 0
    files = remotes(wanted.name)
    for remote in files:
        is_last = remote is files[-1]

        def tell(done: int, length: int | None, before: int = before, is_last: bool = is_last) -> None:
            # Files still to come have no length yet: until the last one the known size of all stands in.
            known = None if length is None else before + length
            report(before + done, known if is_last or known is None else max(known, wanted.size))

        try:
            before += fetch(remote.url, folder / remote.file, remote.md5, tell)
        except DataError as error:
            raise DataError(
                f"{wanted.title} cannot be downloaded: {error}. Nothing was kept. On a computer without internet, "
                f"copy {path_of(wanted.name)} from one that has it; MNIST is shipped and needs none"
            ) from error
