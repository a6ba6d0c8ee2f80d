"""The messages that every command with `--json` may print, one JSON object a line: progress and failure.

Any other line is the command's result, whose class is in the package that knows what the result means.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class CommandProgress:
    """How far a command is."""

    done: int
    total: int | None
    """None if unknown."""
    doing: str | None = None
    """The current stage, for work in several stages."""
    row: Mapping[str, Any] | None = None
    """A part of the result that is ready, as JSON."""

    def to_json(self) -> dict[str, Any]:
        """A JSON object; `doing` and `row` are left out if None."""
        fields: dict[str, Any] = {"done": self.done, "total": self.total}
        if self.doing is not None:
            fields["doing"] = self.doing
        if self.row is not None:
            fields["row"] = dict(self.row)
        return fields

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> CommandProgress:
        """The inverse of `to_json`. Raises KeyError, TypeError or ValueError if `data` is something else."""
        total, doing = data.get("total"), data.get("doing")
        return cls(
            done=int(data["done"]),
            total=None if total is None else int(total),
            doing=None if doing is None else str(doing),
            row=data.get("row"),
        )


@dataclass(frozen=True)
class Failure:
    """The last line of a command that failed."""

    error: str
    """The reason, for a person."""

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""
        return {"error": self.error}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Failure:
        """The inverse of `to_json`. Raises KeyError if `data` is something else."""
        return cls(str(data["error"]))


KINDS: dict[str, type[CommandProgress] | type[Failure]] = {"error": Failure, "done": CommandProgress}
"""The message types, each under the field that only it has."""


def from_json(data: Mapping[str, Any]) -> CommandProgress | Failure | None:
    """The message in the object of one line; None if the line is a result. Raises as the messages' `from_json` do."""
    for field, kind in KINDS.items():
        if field in data:
            return kind.from_json(data)
    return None
