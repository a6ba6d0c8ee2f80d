"""The messages between the interface and the reader process: one JSON object per line, each a class that writes and
parses itself. Knows neither of the two processes, nor a network.

A request may carry an `id`, which its answer repeats, so that the sender knows which request was answered.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from core.drawing import strokes
from core.drawing.ink import Stroke
from core.errors import DataError
from core.preprocessing.normalise import Polarity
from core.reading import questions
from core.reading.questions import Explanation, Id, Question
from core.reading.reading import Reading

LARGEST_SIDE = 4096
"""Most pixels that a bitmap may have on a side."""


@dataclass(frozen=True, eq=False)  # arrays have no single truth value
class ReadRequest:
    """Read this bitmap."""

    bitmap: NDArray[np.uint8]
    """(H, W) uint8, each side 1 to 4,096 pixels."""
    strokes: tuple[Stroke, ...] | None = None
    """The strokes that made the bitmap, in its pixels; empty if they are not known. In both cases several digits are
    read as a number; with None the bitmap is read as one digit."""
    polarity: Polarity = "auto"
    id: Id = None

    def to_json(self) -> dict[str, Any]:
        """A JSON object; the pixels as base64, row by row."""
        height, width = self.bitmap.shape
        pixels = base64.b64encode(self.bitmap.tobytes()).decode()
        fields = {"width": width, "height": height, "pixels": pixels, "polarity": self.polarity}
        if self.strokes is not None:
            fields["strokes"] = strokes.as_json(self.strokes)
        return _with_id(self.id, fields)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ReadRequest:
        """The inverse of `to_json`.

        Raises DataError if the bitmap cannot be read, and KeyError, TypeError, ValueError or OverflowError if `data` is
        something else.
        """
        polarity = data.get("polarity", "auto")
        if polarity not in get_args(Polarity):
            raise DataError(f"polarity is {polarity!r}; it must be auto, bright or dark")
        return cls(
            bitmap=_bitmap_of(int(data["width"]), int(data["height"]), data["pixels"]),
            strokes=strokes.from_json(data["strokes"]) if "strokes" in data else None,
            polarity=polarity,
            id=data.get("id"),
        )


@dataclass(frozen=True)
class LoadRequest:
    """Read with this checkpoint from now on."""

    checkpoint: str
    """A path or a run's name; empty for the shipped one."""
    id: Id = None

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""
        return _with_id(self.id, {"load": self.checkpoint})

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> LoadRequest:
        """The inverse of `to_json`. Raises TypeError if the checkpoint is not a string."""
        if not isinstance(data["load"], str):
            raise TypeError(f"load is {data['load']!r}; it must be a path, a run's name, or empty")
        return cls(data["load"], data.get("id"))


@dataclass(frozen=True)
class Ready:
    """The first line, before any request: this checkpoint is loaded."""

    checkpoint: str
    """Its path."""
    title: str

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""
        return {"ready": self.checkpoint, "title": self.title}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Ready:
        """The inverse of `to_json`. Raises KeyError if `data` is something else."""
        return cls(str(data["ready"]), str(data["title"]))


@dataclass(frozen=True)
class Loaded:
    """The answer to a LoadRequest."""

    checkpoint: str
    """The path of the checkpoint that reads from now on."""
    title: str
    id: Id = None

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""
        return _with_id(self.id, {"loaded": self.checkpoint, "title": self.title})

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Loaded:
        """The inverse of `to_json`. Raises KeyError if `data` is something else."""
        return cls(str(data["loaded"]), str(data["title"]), data.get("id"))


@dataclass(frozen=True, eq=False)  # the reading holds arrays
class ReadAnswer:
    """The answer to a ReadRequest."""

    reading: Reading
    id: Id = None

    def to_json(self) -> dict[str, Any]:
        """The reading's JSON object, with the id."""
        return _with_id(self.id, self.reading.to_json())

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ReadAnswer:
        """The inverse of `to_json`. Raises KeyError, TypeError or ValueError if `data` is something else."""
        return cls(Reading.from_json(data), data.get("id"))


@dataclass(frozen=True)
class RequestFailed:
    """A request that failed, or a line that is not a request; before any request it means that no checkpoint loaded."""

    error: str
    id: Id = None

    def to_json(self) -> dict[str, Any]:
        """A JSON object; its `id` is null if there was none."""
        return {"id": self.id, "error": self.error}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> RequestFailed:
        """The inverse of `to_json`. Raises KeyError if `data` is something else."""
        return cls(str(data["error"]), data.get("id"))


Request = ReadRequest | LoadRequest | Question
Answer = Ready | Loaded | ReadAnswer | Explanation | RequestFailed

REQUESTS: dict[str, Callable[[Mapping[str, Any]], Request]] = {
    "ask": questions.question_of,
    "load": LoadRequest.from_json,
    "pixels": ReadRequest.from_json,
}
"""How each kind of request is parsed, by the field that only it has."""
ANSWERS: dict[str, Callable[[Mapping[str, Any]], Answer]] = {
    "answer": questions.explanation_of,
    "error": RequestFailed.from_json,
    "ready": Ready.from_json,
    "loaded": Loaded.from_json,
    "digit": ReadAnswer.from_json,
}
"""How each kind of answer is parsed, by the field that only it has."""


def request_of(data: object) -> Request:
    """The request in a line's JSON. Raises as the requests' `from_json` do, and ValueError if it is not a request."""
    if isinstance(data, Mapping):
        for field, kind in REQUESTS.items():
            if field in data:
                return kind(data)
    raise ValueError(f"an object with {' or '.join(REQUESTS)} is needed")


def answer_of(data: Mapping[str, Any]) -> Answer:
    """The answer in a line's JSON. Raises KeyError, TypeError or ValueError if it is not an answer."""
    for field, kind in ANSWERS.items():
        if field in data:
            return kind(data)
    raise ValueError(f"an object with {', '.join(ANSWERS)} is needed")


def id_of(data: object) -> Id:
    """The id in a line's JSON, whether it is a request or not."""
    name: Id = data.get("id") if isinstance(data, Mapping) else None
    return name


def _with_id(name: Id, fields: dict[str, Any]) -> dict[str, Any]:
    """`fields` preceded by the id, if there is one."""
    return fields if name is None else {"id": name, **fields}


def _bitmap_of(width: int, height: int, text: str) -> NDArray[np.uint8]:
    """(height, width) uint8 from base64. Raises DataError if it has another size or is not base64."""
    if not (1 <= width <= LARGEST_SIDE and 1 <= height <= LARGEST_SIDE):
        raise DataError(f"the bitmap is {width}×{height}; each side must be 1 to {LARGEST_SIDE:,} pixels")
    try:
        pixels = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise DataError(f"pixels is not base64: {error}") from error
    if len(pixels) != width * height:
        raise DataError(f"pixels holds {len(pixels):,} bytes; {width}×{height} needs {width * height:,}")
    return np.frombuffer(pixels, np.uint8).reshape(height, width)
