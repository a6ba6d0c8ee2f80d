"""What the child `datasets NAME --json` tells of one data set."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)  # arrays have no single truth value; two samples are equal if they are one
class Sample:
    """One image of a data set."""

    label: int
    pixels: NDArray[np.uint8]
    """(28, 28), ink bright."""


@dataclass(frozen=True)
class DataDetails:
    """A data set, looked at closely."""

    title: str
    train_counts: tuple[int, ...]
    """Images of the classes 0 to 9 to learn from, validation images included."""
    test_counts: tuple[int, ...]
    """Those held out for the test."""
    test_note: str
    """Where the test images come from."""
    samples: tuple[Sample, ...]
    """Up to forty, the classes in turn."""
    skipped: tuple[tuple[str, str], ...]
    """Path and reason of each file that could not be used."""
    notes: tuple[str, ...]

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> DataDetails:
        """The answer as it was printed. Raises KeyError, TypeError or ValueError where it is something else."""
        test_counts = tuple(int(count) for count in data["test_counts"])
        return cls(
            title=str(data["title"]),
            train_counts=tuple(int(count) - test for count, test in zip(data["counts"], test_counts, strict=True)),
            test_counts=test_counts,
            test_note=str(data["test_note"]),
            samples=tuple(
                Sample(
                    int(each["label"]),
                    np.frombuffer(base64.b64decode(each["pixels"]), np.uint8).reshape(28, 28),
                )
                for each in data["samples"]
            ),
            skipped=tuple((str(each["path"]), str(each["reason"])) for each in data["skipped"]),
            notes=tuple(map(str, data["notes"])),
        )
