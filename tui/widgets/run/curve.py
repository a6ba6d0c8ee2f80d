"""One line of a plot: its points, how it looks, and the columns of dots that it passes through."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tui.widgets.run.axis import Axis

Points = NDArray[np.float64]


@dataclass(frozen=True)
class CurveLook:
    """What tells a curve from others: a colour and, without colours, a mark."""

    mark: str
    """One cell wide."""
    colour: str
    """A variable of the theme."""


LOOKS = (
    CurveLook("●", "$primary"),
    CurveLook("○", "$success"),
    CurveLook("■", "$warning"),
    CurveLook("□", "$error"),
    CurveLook("▲", "$primary-lighten-3"),
    CurveLook("△", "$success-darken-2"),
    CurveLook("◆", "$foreground"),
    CurveLook("◇", "$error-lighten-3"),
)


@dataclass(frozen=True)
class Trace:
    """A curve in the columns of dots of a plot, as far as it is in sight."""

    columns: NDArray[np.intp]
    """(M,), ascending: the columns that hold points."""
    means: Points
    """(M,), the mean of the points in each.

    The values themselves are averaged: a mean of their logarithms would make noise look like progress.
    """
    most: int
    """Points in the fullest column; 0 if there are none."""
    knots: NDArray[np.intp]
    """(N,), ascending: the same columns, and those of the next points out of sight on either side."""
    values: Points
    """(N,)."""
    width: int
    """Columns of dots in sight."""

    @property
    def line(self) -> NDArray[np.intp]:
        """The columns that the line passes through."""
        if not len(self.knots):
            return self.knots
        return np.arange(max(0, self.knots[0]), min(self.width - 1, self.knots[-1]) + 1)

    @property
    def range(self) -> tuple[float, float] | None:
        """The smallest and the largest value in sight, where the line leaves it too; None if nothing is."""
        if not len(line := self.line):
            return None
        seen = np.concatenate([self.means, np.interp(line[[0, -1]], self.knots, self.values)])
        return float(seen.min()), float(seen.max())

    def nearest(self, column: int) -> tuple[int, float] | None:
        """How many columns away the nearest one with points is, and its mean; None if there is none."""
        if not len(self.columns):
            return None
        index = int(np.abs(self.columns - column).argmin())
        return abs(int(self.columns[index]) - column), float(self.means[index])


@dataclass(frozen=True)
class Curve:
    """One line. Points that fall into the same column of dots are drawn as their mean."""

    x: Points
    """(N,), ascending."""
    y: Points
    """(N,), finite."""
    name: str = ""
    """What it is called where its value is told; without a name it is not told."""
    look: int = 0
    """Its index in `LOOKS`."""
    is_marked: bool = True
    """Whether its mark is drawn at its points, every few columns."""
    points: str = "points"
    """What several of its points are called."""

    @classmethod
    def of(
        cls,
        x: ArrayLike,
        y: ArrayLike,
        name: str = "",
        *,
        look: int = 0,
        is_marked: bool = True,
        points: str = "points",
    ) -> Curve:
        """The curve of two sequences of equal length, without the points that are not finite."""
        across, up = np.asarray(x, np.float64), np.asarray(y, np.float64)
        finite = np.isfinite(up)
        return cls(across[finite], up[finite], name, look, is_marked, points)

    @property
    def key(self) -> str:
        """A piece of the line, as a legend shows it."""
        return f"─{LOOKS[self.look].mark}─" if self.is_marked else "──"

    def trace(self, across: Axis, width: int) -> Trace:
        """The curve over an axis of `width` columns of dots."""
        slack = (across.high - across.low) * 1e-9
        begin = int(np.searchsorted(self.x, across.low - slack))
        end = int(np.searchsorted(self.x, across.high + slack, side="right"))
        column = across.cells(self.x[begin:end], width)
        count = np.bincount(column)
        used = np.flatnonzero(count)
        means = np.bincount(column, weights=self.y[begin:end])[used] / count[used]
        before, after = slice(max(0, begin - 1), begin), slice(end, end + 1)
        left = np.minimum(across.parts(self.x[before], width), -1)
        right = np.maximum(across.parts(self.x[after], width), width)
        return Trace(
            used,
            means,
            int(count.max(initial=0)),
            np.concatenate([left, used, right]),
            np.concatenate([self.y[before], means, self.y[after]]),
            width,
        )
