"""The details of one data set, the result of `datasets NAME --json`. Knows neither how it is read nor how shown."""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.config.shape import SIDE
from core.data.collection import Skipped


@dataclass(frozen=True, eq=False)  # compared by identity, since comparing arrays gives no single bool
class Sample:
    """One image of a data set."""

    label: int
    pixels: NDArray[np.uint8]
    """(28, 28) uint8, ink bright."""

    def to_json(self) -> dict[str, Any]:
        """A JSON object, with the pixels as base64, row by row."""
        return {"label": self.label, "pixels": base64.b64encode(self.pixels.tobytes()).decode()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Sample:
        """The inverse of `to_json`. Raises KeyError, TypeError or ValueError if `data` is something else."""
        pixels = np.frombuffer(base64.b64decode(data["pixels"]), np.uint8)
        return cls(int(data["label"]), pixels.reshape(SIDE, SIDE))


@dataclass(frozen=True)
class DataDetails:
    """The details of a data set."""

    name: str
    """The name by which commands address it."""
    title: str
    images: int | None
    """The number of images; None if the set is not on this computer yet and the number is unknown."""
    source: str
    """Where it comes from, for people."""
    state: str
    """The state of its entry in the catalogue."""
    counts: tuple[int, ...]
    """The number of images of each class, 0 to 9."""
    test_counts: tuple[int, ...]
    """The number of test images of each class, included in `counts`."""
    test_note: str = ""
    """Where the test images come from."""
    samples: tuple[Sample, ...] = ()
    """Up to 40 images, with the classes in turn."""
    skipped: tuple[Skipped, ...] = ()
    """What could not be used, at most 1,000 of them."""
    notes: tuple[str, ...] = ()
    """What a person should know, one sentence each."""

    @property
    def train_counts(self) -> tuple[int, ...]:
        """The number of training images of each class, 0 to 9, validation images included."""
        return tuple(count - test for count, test in zip(self.counts, self.test_counts, strict=True))

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""
        return {
            "name": self.name,
            "title": self.title,
            "images": self.images,
            "source": self.source,
            "state": self.state,
            "counts": list(self.counts),
            "test_counts": list(self.test_counts),
            "test_note": self.test_note,
            "samples": [each.to_json() for each in self.samples],
            "skipped": [dataclasses.asdict(each) for each in self.skipped],
            "notes": list(self.notes),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> DataDetails:
        """The inverse of `to_json`. Raises KeyError, TypeError or ValueError if `data` is something else."""
        images, counts = data["images"], tuple(int(count) for count in data["counts"])
        test_counts = tuple(int(count) for count in data["test_counts"])
        if len(counts) != len(test_counts):
            raise ValueError(f"there are counts of {len(counts)} classes, and test counts of {len(test_counts)}")
        return cls(
            name=str(data["name"]),
            title=str(data["title"]),
            images=None if images is None else int(images),
            source=str(data["source"]),
            state=str(data["state"]),
            counts=counts,
            test_counts=test_counts,
            test_note=str(data["test_note"]),
            samples=tuple(map(Sample.from_json, data["samples"])),
            skipped=tuple(Skipped(str(each["path"]), str(each["reason"])) for each in data["skipped"]),
            notes=tuple(map(str, data["notes"])),
        )
