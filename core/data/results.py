"""The results of `datasets … --json` in all its forms but `datasets NAME`. Imports no NumPy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.data.catalogue import Entry


@dataclass(frozen=True)
class Listed:
    """The whole catalogue."""

    entries: tuple[Entry, ...]

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""
        return {"datasets": [each.to_json() for each in self.entries]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Listed:
        """The inverse of `to_json`. Raises KeyError, TypeError or ValueError if `data` is something else."""
        return cls(tuple(Entry.from_json(each) for each in data["datasets"]))


@dataclass(frozen=True)
class Added:
    """A folder or file was added to the catalogue."""

    entry: Entry

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""
        return {"added": self.entry.name, "dataset": self.entry.to_json()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Added:
        """The inverse of `to_json`. Raises KeyError, TypeError or ValueError if `data` is something else."""
        return cls(Entry.from_json(data["dataset"]))


@dataclass(frozen=True)
class Imported:
    """A set of drawings was imported as an own set."""

    entry: Entry

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""
        return {"imported": self.entry.name, "dataset": self.entry.to_json()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Imported:
        """The inverse of `to_json`. Raises KeyError, TypeError or ValueError if `data` is something else."""
        return cls(Entry.from_json(data["dataset"]))


@dataclass(frozen=True)
class Exported:
    """An own set was written to a folder or a file."""

    name: str
    path: str
    images: int

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""
        return {"exported": self.name, "path": self.path, "images": self.images}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Exported:
        """The inverse of `to_json`. Raises KeyError, TypeError or ValueError if `data` is something else."""
        return cls(str(data["exported"]), str(data["path"]), int(data["images"]))


@dataclass(frozen=True)
class Renamed:
    """An own set was renamed."""

    name: str
    was: str

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""
        return {"renamed": self.name, "was": self.was}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Renamed:
        """The inverse of `to_json`. Raises KeyError if `data` is something else."""
        return cls(str(data["renamed"]), str(data["was"]))


@dataclass(frozen=True)
class Removed:
    """An added set was removed from the catalogue."""

    name: str

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""
        return {"removed": self.name}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Removed:
        """The inverse of `to_json`. Raises KeyError if `data` is something else."""
        return cls(str(data["removed"]))


@dataclass(frozen=True)
class Downloaded:
    """A set was downloaded and can be trained on."""

    name: str

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""
        return {"downloaded": self.name}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Downloaded:
        """The inverse of `to_json`. Raises KeyError if `data` is something else."""
        return cls(str(data["downloaded"]))
