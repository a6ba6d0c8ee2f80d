"""What a plot can show of a run: its vertical axis, and how its values are told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.runs.events import Started
from core.runs.history import History
from tui.widgets.run.axis import Axis
from tui.widgets.run.curve import Curve

Scaling = Callable[[float, float, int], Axis]
"""Makes an axis from the smallest value, the largest value, and a number of rows."""


@dataclass(frozen=True)
class Quantity:
    """One quantity of a run."""

    title: str
    scalings: tuple[Scaling, ...]
    """The vertical axes to choose from, the usual one first."""
    told: Callable[[float], str]
    """A value in words."""
    curves: Callable[[History, Started], list[Curve]]
    """What there is of it in a run that has started, one curve or more for each stage."""
    empty: str
    """What is said as long as there is no value."""
