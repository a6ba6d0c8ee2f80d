"""The data sets that can be fetched from the internet, and whether they were. Costs no import worth naming."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core import paths


@dataclass(frozen=True)
class Downloadable:
    """A data set that can be fetched."""

    name: str
    title: str
    images: int
    size: int
    """Bytes to fetch, roughly; the server's own figure is taken where it gives one."""


DOWNLOADABLE = {
    each.name: each
    for each in (
        Downloadable("emnist-digits", "EMNIST digits", 280_000, 561_753_746),
        Downloadable("qmnist", "QMNIST", 120_000, 20_500_000),
        Downloadable("usps", "USPS", 9_298, 8_411_109),
    )
}


def path_of(name: str) -> Path:
    """Where the set lies once it is downloaded."""
    return paths.home() / "data" / "downloads" / f"{name}.npz"


def is_downloaded(name: str) -> bool:
    """Whether the set can be used without internet."""
    return path_of(name).is_file()
