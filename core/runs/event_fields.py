"""What each field of an event may hold: the bounds of its number, the length of its text. Knows no event.

A field is annotated with one of the names below, and `parsed` checks what a file holds against it. Code that works
with events relies on these bounds and checks nothing again.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from core.printable import printable

Count = int
"""0 to 2⁵³, up to which a float is exact too."""
Epochs = int
"""0 to a million: a hundred times what a run can be asked for."""
Ordinal = int
"""1 to a million."""
Folds = int
"""0 to 1,000."""
Share = float
"""0 to 1."""
Best = float
"""0 to 1, or −1 before anything was measured."""
Load = float
"""0 to 100, where 1 is all of a device."""
Loss = float
"""What a float32 may hold, with the NaN and infinity of a training that diverged."""
Norm = float
"""0 or more in float32, with the NaN and infinity of a training that diverged."""
Rate = float
"""0 to 10¹⁵."""
Seconds = float
"""0 to 10¹⁰, three centuries."""
Degrees = float
"""−300 to 10,000."""
Moment = float
"""Unix seconds, up to the year 5138."""
Text = str
"""At most 10,000 characters, none of which steers a terminal or cannot be written to it."""

_FLOAT32 = 3.5e38
_LONGEST = 10_000
_DIGITS = 10

_WHOLE: dict[str, tuple[int, int]] = {
    "Count": (0, 2**53),
    "Epochs": (0, 1_000_000),
    "Ordinal": (1, 1_000_000),
    "Folds": (0, 1_000),
}
_REAL: dict[str, tuple[float, float]] = {
    "Share": (0.0, 1.0),
    "Best": (-1.0, 1.0),
    "Load": (0.0, 100.0),
    "Rate": (0.0, 1e15),
    "Seconds": (0.0, 1e10),
    "Degrees": (-300.0, 10_000.0),
    "Moment": (0.0, 1e11),
}


def parsed(annotation: str, value: object) -> Any:
    """`value`, as JSON gives it, as a field of this annotation holds it.

    Raises ValueError with what it must be.
    """
    return _PARSERS[annotation](value)


def clean(text: str) -> str:
    """`text` as an event may hold it; a longer one is cut."""
    if len(text) > _LONGEST:
        text = text[: _LONGEST - 1] + "…"
    return printable(text, keep="\n")


def _whole(least: int, most: int) -> Callable[[object], int]:
    def parse(value: object) -> int:
        if type(value) is not int or not least <= value <= most:  # a bool is no number
            raise ValueError(f"a whole number from {least:,} to {most:,}")
        return value

    return parse


def _real(least: float, most: float) -> Callable[[object], float]:
    def parse(value: object) -> float:
        if type(value) not in (int, float) or not least <= value <= most:  # type: ignore[operator] # not of a NaN
            raise ValueError(f"a number from {least:,.10g} to {most:,.10g}")
        return float(value)  # type: ignore[arg-type] # one of the two types above

    return parse


def _loss(value: object) -> float:
    if type(value) is float and (abs(value) <= _FLOAT32 or not math.isfinite(value)):
        return value
    if type(value) is int and abs(value) <= _FLOAT32:
        return float(value)
    raise ValueError("a number of float32's range")


def _norm(value: object) -> float:
    number = _loss(value)
    if number < 0:
        raise ValueError("a number of float32's range, 0 or more")
    return number


def _text(value: object) -> str:
    if type(value) is not str:
        raise ValueError("a text")
    return value


def _or_none(parse: Callable[[object], Any]) -> Callable[[object], Any]:
    def parse_or_none(value: object) -> Any:
        if value is None:
            return None
        try:
            return parse(value)
        except ValueError as error:
            raise ValueError(f"{error}, or null") from None

    return parse_or_none


def _every(parse: Callable[[object], Any], what: str, most: int | None = None) -> Callable[[object], tuple[Any, ...]]:
    """A parser of lists of at most `most` values, each of which `parse` takes."""

    def parse_list(value: object) -> tuple[Any, ...]:
        if type(value) is not list or (most is not None and len(value) > most):
            raise ValueError(what)
        try:
            return tuple(map(parse, value))
        except ValueError:
            raise ValueError(what) from None

    return parse_list


def _parsers() -> dict[str, Callable[[object], Any]]:
    single: dict[str, Callable[[object], Any]] = {
        **{name: _whole(*bounds) for name, bounds in _WHOLE.items()},
        **{name: _real(*bounds) for name, bounds in _REAL.items()},
        "Loss": _loss,
        "Norm": _norm,
        "Text": _text,
    }
    row = _every(single["Count"], "a row of the table", _DIGITS)
    return {
        **single,
        **{f"{name} | None": _or_none(parse) for name, parse in single.items()},
        "tuple[Loss, ...]": _every(_loss, "a list of numbers of float32's range"),
        "tuple[Share, ...]": _every(single["Share"], "a list of numbers from 0 to 1", 1_000),
        "tuple[tuple[Count, ...], ...]": _every(row, "a table of counts, ten by ten at most", _DIGITS),
    }


_PARSERS = _parsers()
"""By annotation, looked up for each field of tens of thousands of lines."""
