"""How long a run trained, over all the processes that it took. Knows no network."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any


class Clock:
    """Stands still until it is started."""

    def __init__(self, before: float = 0.0, epoch_before: float = 0.0) -> None:
        """`before` are the seconds of earlier processes, `epoch_before` those of the epoch in progress."""
        self.before = before
        self._epoch_before = epoch_before
        self._began: float | None = None
        self._epoch_began: float | None = None

    def start(self) -> None:
        """This process begins to train."""
        self._began = time.perf_counter()

    def start_epoch(self, *, is_new: bool) -> None:
        """An epoch begins, or where it is not new goes on."""
        if is_new:
            self._epoch_before = 0.0
        self._epoch_began = time.perf_counter()

    def to_state(self) -> dict[str, float]:
        """The times up to now."""
        return {"seconds_before": self.seconds, "epoch_seconds": self.epoch_seconds}

    @classmethod
    def of_state(cls, state: Mapping[str, Any]) -> Clock:
        """The inverse of `to_state`, not started."""
        return cls(state["seconds_before"], state["epoch_seconds"])

    @property
    def seconds(self) -> float:
        """Of the run."""
        return self.before + _since(self._began)

    @property
    def epoch_seconds(self) -> float:
        """Of the epoch in progress."""
        return self._epoch_before + _since(self._epoch_began)


class Every:
    """Is due again and again."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.last = time.perf_counter()
        """On the performance counter."""

    @property
    def is_due(self) -> bool:
        """Whether it is `seconds` ago."""
        return time.perf_counter() - self.last >= self._seconds

    def reset(self) -> None:
        """It was just done."""
        self.last = time.perf_counter()


def _since(began: float | None) -> float:
    return 0.0 if began is None else time.perf_counter() - began
