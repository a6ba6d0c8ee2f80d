"""Loads the shipped MNIST: four gzipped IDX files, verified at first use. Knows no torch."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core import paths
from core.data import idx
from core.data.collection import LabelledImages
from core.errors import DataError, DigitsError
from core.system import atomic, json_file, plain_file

FILES = {
    "train-images-idx3-ubyte.gz": "f68b3c2dcbeaaa9fbdd348bbdeb94873",
    "train-labels-idx1-ubyte.gz": "d53e105ee54ea40749a09fcbcd1e9432",
    "t10k-images-idx3-ubyte.gz": "9fb629c4189551a2d022fa330f9573f3",
    "t10k-labels-idx1-ubyte.gz": "ec29112dd5afa0611ce80d1b7f02629c",
}
"""The md5 of each file, as its authors publish it."""

_REMEDY = "Install digits-tui again; in a checkout, `git checkout -- data/mnist` brings the file back."


def load() -> tuple[LabelledImages, LabelledImages]:
    """The 60,000 training and the 10,000 test images. Raises DataError, naming the file, if one is missing or wrong."""
    arrays = _arrays(list(FILES))
    return LabelledImages(arrays[0], arrays[1]), LabelledImages(arrays[2], arrays[3])


def test() -> LabelledImages:
    """Only the 10,000 test images, in a seventh of the time. Raises DataError as `load` does."""
    images, labels = _arrays(list(FILES)[2:])
    return LabelledImages(images, labels)


def verify(name: str) -> None:
    """Compare one of `FILES` with its md5. Raises DataError as `load` does. Writes nothing."""
    _array(paths.shipped("data", "mnist") / name, FILES[name], _Verified({}))


def _arrays(names: list[str]) -> list[NDArray[np.uint8]]:
    folder = paths.shipped("data", "mnist")
    seen = _Verified.read()
    found = [_array(folder / name, FILES[name], seen) for name in names]
    seen.write()
    return found


def _array(path: Path, md5: str, seen: _Verified) -> NDArray[np.uint8]:
    try:
        data = plain_file.read_bytes(path)
        status = path.stat()
    except OSError as error:
        raise DataError(f"MNIST cannot be read: {path}: {error.strerror}. {_REMEDY}") from error
    stamp: list[object] = [len(data), status.st_mtime_ns, md5]
    if not seen.knows(path, stamp):
        found = hashlib.md5(data, usedforsecurity=False).hexdigest()
        if found != md5:
            raise DataError(f"MNIST's file {path} is damaged: its md5 is {found}, not {md5}. {_REMEDY}")
        seen.add(path, stamp)
    try:
        return idx.parse(data, str(path))
    except DataError as error:
        raise DataError(f"{error}. {_REMEDY}") from error


class _Verified:
    """Remembers which files had the right md5, by their size and time of change."""

    def __init__(self, known: dict[str, object]) -> None:
        self._known = known
        self._changed = False

    @classmethod
    def read(cls) -> _Verified:
        return cls(json_file.read(cls._file()))

    def knows(self, path: Path, stamp: list[object]) -> bool:
        return self._known.get(str(path)) == stamp

    def add(self, path: Path, stamp: list[object]) -> None:
        self._known[str(path)] = stamp
        self._changed = True

    def write(self) -> None:
        """Save the verified files; if that fails, their md5 is computed again next time (20 ms)."""
        if not self._changed:
            return
        try:
            folder = paths.user_data() / "cache"
            folder.mkdir(exist_ok=True)
            atomic.write_text(self._file(), json.dumps(self._known))
        except (OSError, DigitsError):
            return

    @staticmethod
    def _file() -> Path:
        return paths.home() / "data" / "cache" / "verified.json"
