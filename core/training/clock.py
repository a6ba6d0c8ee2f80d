"""Measures how long a run has trained, over all its processes. Knows no network."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any


class Clock:
    """The training time of a run; it stands still until it is started."""

    def __init__(self, before: float = 0.0, epoch_before: float = 0.0) -> None:
        """`before` are the seconds of earlier processes, `epoch_before` those of the epoch in progress."""
        self.before = before
        self._epoch_before = epoch_before
        self._began: float | None = None
        self._epoch_began: float | None = None

    def start(self) -> None:
        """Start to count: this process begins to train."""
        self._began = time.perf_counter()

    def start_epoch(self, *, is_new: bool) -> None:
        """Begin an epoch, or go on with one that is not new."""
        if is_new:
            self._epoch_before = 0.0
        self._epoch_began = time.perf_counter()

    def to_state(self) -> dict[str, float]:
        """The times up to now, for a snapshot."""
        return {"seconds_before": self.seconds, "epoch_seconds": self.epoch_seconds}

    @classmethod
    def of_state(cls, state: Mapping[str, Any]) -> Clock:
        """The inverse of `to_state`, not started."""
        return cls(state["seconds_before"], state["epoch_seconds"])

    @property
    def seconds(self) -> float:
        """Seconds of the run."""
        return self.before + _since(self._began)

    @property
    def epoch_seconds(self) -> float:
        """Seconds of the epoch in progress."""
        return self._epoch_before + _since(self._epoch_began)


class Every:
    """A timer that is due a number of seconds after each reset."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.last = time.perf_counter()
        """When it was last reset, in seconds of the performance counter."""

    @property
    def is_due(self) -> bool:
        """Whether the last reset is at least `seconds` ago."""
        return time.perf_counter() - self.last >= self._seconds

    def reset(self) -> None:
        """Start to count again."""
        self.last = time.perf_counter()


def _since(began: float | None) -> float:
    return 0.0 if began is None else time.perf_counter() - began
