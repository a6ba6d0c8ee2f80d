"""The result of a check-up, in the form that the child process sends to the interface. Imports no torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core.checkup.finding import Finding
from core.data.amendments import Amendment
from core.printable import printable


@dataclass(frozen=True)
class Checkup:
    """What the check-up found in a folder."""

    folder: Path
    images: int
    """Images that show something and are not left out."""
    counts: tuple[int, ...]
    """(10,), the number of images of each class."""
    findings: tuple[Finding, ...]
    """Worst first."""
    amendments: tuple[Amendment, ...]
    """What the user decided, latest last."""
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""
        return {
            "folder": str(self.folder),
            "images": self.images,
            "counts": list(self.counts),
            "findings": [each.to_json() for each in self.findings],
            "amendments": [asdict(each) for each in self.amendments],
            "notes": list(self.notes),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Checkup:
        """The inverse of `to_json`, with texts made printable; takes a second for hundreds of thousands of files.

        Raises KeyError, TypeError or ValueError if `data` is something else.
        """
        return cls(
            folder=Path(data["folder"]),
            images=int(data["images"]),
            counts=tuple(int(count) for count in data["counts"]),
            findings=tuple(Finding.from_json(each) for each in data["findings"]),
            amendments=tuple(Amendment(**each) for each in data["amendments"]),
            notes=tuple(printable(str(note)) for note in data["notes"]),
        )
