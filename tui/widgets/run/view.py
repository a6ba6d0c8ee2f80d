"""The part of a plot's horizontal axis that a person looks at, and where its cursor stands. Knows no widget."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

Window = tuple[float, float]
"""The values at the start and at the end of what is in sight."""


@dataclass(frozen=True)
class View:
    """What is in sight: everything, or a window that may be moved."""

    span: float | None = None
    """How much of the axis is in sight; None for all of it."""
    end: float | None = None
    """Where it ends while it is frozen; None while it is live and ends at the newest value."""
    cursor: float | None = None
    """The value of the axis at which curves are read; None for no cursor."""

    @property
    def is_live(self) -> bool:
        """Whether new values move the window along."""
        return self.end is None

    def window(self, newest: float, whole: float) -> Window:
        """What is in sight of an axis from 0 to `whole` whose newest value is `newest`."""
        if self.span is None or self.span >= whole:
            return 0.0, whole
        end = min(max(newest if self.end is None else self.end, self.span), whole)
        return end - self.span, end

    def zoomed(self, factor: float, about: float | None, window: Window, whole: float) -> View:
        """`factor` times as much in sight, with the value `about` staying where it is.

        Without it a live view keeps its end, and a frozen one its middle. All in sight is live.
        """
        low, high = window
        span = (high - low) * factor
        if span >= whole:
            return View(cursor=self.cursor)
        if about is None and self.is_live:
            return dataclasses.replace(self, span=span)
        fixed = (low + high) / 2 if about is None else min(max(about, low), high)
        end = fixed + (high - fixed) * factor
        return dataclasses.replace(self, span=span, end=min(max(end, span), whole))

    def panned(self, by: float, window: Window, whole: float) -> View:
        """With the window moved by so much, and frozen there; all in sight cannot be moved."""
        if self.span is None:
            return self
        return dataclasses.replace(self, end=min(max(window[1] + by, self.span), whole))

    def frozen(self, newest: float) -> View:
        """Staying as it is."""
        return dataclasses.replace(self, end=newest if self.end is None else self.end)

    def live(self) -> View:
        """Moving along with new values."""
        return dataclasses.replace(self, end=None)

    def pointing(self, cursor: float | None) -> View:
        """With the cursor there."""
        return dataclasses.replace(self, cursor=cursor)
