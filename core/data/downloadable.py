"""The data sets that can be downloaded, and whether they have been. Imports nothing heavy."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core import paths


@dataclass(frozen=True)
class Downloadable:
    """A data set that can be downloaded."""

    name: str
    title: str
    images: int
    size: int
    """Approximate bytes to download; the server's own figure is used if it gives one."""


DOWNLOADABLE = {
    each.name: each
    for each in (
        Downloadable("emnist-digits", "EMNIST digits", 280_000, 561_753_746),
        Downloadable("qmnist", "QMNIST", 120_000, 20_500_000),
        Downloadable("usps", "USPS", 9_298, 8_411_109),
    )
}


def path_of(name: str) -> Path:
    """Where the set is once it is downloaded."""
    return paths.home() / "data" / "downloads" / f"{name}.npz"


def is_downloaded(name: str) -> bool:
    """Whether the set has been downloaded."""
    return path_of(name).is_file()
