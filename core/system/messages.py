"""What every child with `--json` says beside its result, one JSON object a line: how far it is, and why it failed.

Whatever is neither is the command's result, which has a class of its own in the room that knows what it means.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class CommandProgress:
    """How much is done."""

    done: int
    total: int | None
    """None where that is not known."""
    doing: str | None = None
    """What is being done, of work in several stages."""
    row: Mapping[str, Any] | None = None
    """A part of the result that is there already, as JSON."""

    def to_json(self) -> dict[str, Any]:
        """A JSON object; what is not said is not in it."""
        told: dict[str, Any] = {"done": self.done, "total": self.total}
        if self.doing is not None:
            told["doing"] = self.doing
        if self.row is not None:
            told["row"] = dict(self.row)
        return told

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> CommandProgress:
        """The inverse of `to_json`. Raises KeyError, TypeError or ValueError where `data` is something else."""
        total, doing = data.get("total"), data.get("doing")
        return cls(
            done=int(data["done"]),
            total=None if total is None else int(total),
            doing=None if doing is None else str(doing),
            row=data.get("row"),
        )


@dataclass(frozen=True)
class Failure:
    """The last line of a command that could not do what it was asked for."""

    error: str
    """Why, for a person."""

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""
        return {"error": self.error}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Failure:
        """The inverse of `to_json`. Raises KeyError where `data` is something else."""
        return cls(str(data["error"]))


KINDS: dict[str, type[CommandProgress] | type[Failure]] = {"error": Failure, "done": CommandProgress}
"""Each by the field that only it has."""


def from_json(data: Mapping[str, Any]) -> CommandProgress | Failure | None:
    """The message of one line's object; None where that is a result. Raises as the messages' `from_json` do."""
    for field, kind in KINDS.items():
        if field in data:
            return kind.from_json(data)
    return None
