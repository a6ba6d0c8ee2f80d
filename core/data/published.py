"""Where data sets are published and how to read their files: torchvision's tables, and its formats.

torchvision is imported only when needed: it imports torch, which takes seconds.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.data import idx

Arrays = dict[str, NDArray[np.uint8]]
"""`images`, `labels`, `test_images` and `test_labels`, as `core.data.archives` reads them."""


@dataclass(frozen=True)
class Remote:
    """A file of a published data set."""

    url: str
    file: str
    """The name under which it is stored."""
    md5: str


def remotes(name: str) -> list[Remote]:
    """The files of a set in `core.data.downloadable.DOWNLOADABLE`."""
    return _PUBLISHED[name].remotes()


def unpack(name: str, folder: Path) -> Arrays:
    """The arrays in the files of `remotes(name)`, which are in `folder` and have the right md5."""
    return _PUBLISHED[name].unpack(folder)


def _emnist_remotes() -> list[Remote]:
    from torchvision.datasets import EMNIST

    return [Remote(EMNIST.url, "emnist.zip", EMNIST.md5)]


def _qmnist_remotes() -> list[Remote]:
    from torchvision.datasets import QMNIST

    return [
        Remote(url, f"{part}-{kind}", md5)
        for part in ("train", "test")
        for kind, (url, md5) in zip(("images", "labels"), QMNIST.resources[part], strict=True)
    ]


def _usps_remotes() -> list[Remote]:
    from torchvision.datasets import USPS

    # With the names that torchvision's own reader expects.
    return [Remote(*USPS.split_list[part]) for part in ("train", "test")]


def _emnist(folder: Path) -> Arrays:
    def read(member: str) -> NDArray[Any]:
        return idx.parse(file.read(f"gzip/emnist-digits-{member}-ubyte.gz"), f"EMNIST's {member}")

    # Reads only the digits: unpacking the whole archive, as torchvision does, takes 1.6 GB.
    with zipfile.ZipFile(folder / "emnist.zip") as file:
        return {
            # EMNIST's images are stored column by column.
            "images": read("train-images-idx3").transpose(0, 2, 1),
            "labels": read("train-labels-idx1"),
            "test_images": read("test-images-idx3").transpose(0, 2, 1),
            "test_labels": read("test-labels-idx1"),
        }


def _qmnist(folder: Path) -> Arrays:
    images, labels, test_images, test_labels = (
        idx.parse((folder / remote.file).read_bytes(), remote.url) for remote in remotes("qmnist")
    )
    # The labels also have the writer and the source of each digit; the class is the first column.
    return {
        "images": images,
        "labels": labels[:, 0].astype("uint8"),
        "test_images": test_images,
        "test_labels": test_labels[:, 0].astype("uint8"),
    }


def _usps(folder: Path) -> Arrays:
    from torchvision.datasets import USPS

    train, test = USPS(folder, train=True), USPS(folder, train=False)
    return {
        "images": train.data,
        "labels": np.array(train.targets, np.uint8),
        "test_images": test.data,
        "test_labels": np.array(test.targets, np.uint8),
    }


@dataclass(frozen=True)
class _Published:
    """How one set is fetched and read."""

    remotes: Callable[[], list[Remote]]
    unpack: Callable[[Path], Arrays]


_PUBLISHED = {
    "emnist-digits": _Published(_emnist_remotes, _emnist),
    "qmnist": _Published(_qmnist_remotes, _qmnist),
    "usps": _Published(_usps_remotes, _usps),
}
