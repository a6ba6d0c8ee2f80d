"""One image of a measurement, and how it was read. Knows no torch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.config.shape import CLASSES
from core.printable import printable
from core.reading.packed import image_of, image_text


@dataclass(frozen=True, eq=False)  # arrays have no single truth value
class Example:
    """One image, and how it was read."""

    index: int
    """Of the image among all that were measured, from 0."""
    label: int
    """What it is."""
    read: int
    """The most probable digit."""
    certainty: float
    """The probability of that, 0 to 1."""
    probability: float
    """The probability of what it is."""
    seen: NDArray[np.uint8]
    """(28, 28), as the network sees it."""
    source: str = ""
    """Its file, as a path relative to the set's folder, which may not be printable; empty if it is no file."""

    @property
    def name(self) -> str:
        """Such as `image 12`, or `image 12, 7/a.png`."""
        number = f"image {self.index + 1:,}"
        return f"{number}, {printable(self.source)}" if self.source else number

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""
        return {
            "index": self.index,
            "label": self.label,
            "read": self.read,
            "certainty": round(self.certainty, 6),
            "probability": round(self.probability, 6),
            "seen": image_text(self.seen),
            "source": self.source,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Example:
        """The inverse of `to_json`. Raises KeyError, TypeError or ValueError if `data` is something else."""
        label, read = int(data["label"]), int(data["read"])
        if not (0 <= label < CLASSES and 0 <= read < CLASSES):
            raise ValueError(f"an image of {label} read as {read}; both must be 0 to {CLASSES - 1}")
        return cls(
            index=int(data["index"]),
            label=label,
            read=read,
            certainty=float(data["certainty"]),
            probability=float(data["probability"]),
            seen=image_of(data["seen"]),
            source=str(data["source"]),
        )


def mistaken(every: Iterable[Example]) -> list[Example]:
    """Those that were read wrong, the most confident first."""
    return sorted((each for each in every if each.label != each.read), key=lambda each: -each.certainty)
