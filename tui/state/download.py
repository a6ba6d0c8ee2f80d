"""The progress of a data set's download."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Download:
    """One download, under way or failed. A finished or cancelled download has no object."""

    name: str
    """The data set's name in the catalogue."""
    done: int = 0
    """Bytes received."""
    total: int | None = None
    """Bytes in total; None if the server does not say."""
    error: str = ""
    """Why it failed; empty while it is under way."""

    @property
    def is_under_way(self) -> bool:
        """Whether it has not failed."""
        return not self.error

    @property
    def progress(self) -> str:
        """Such as `Downloading 12.5 of 60.9 MB.`; `Connecting …` before the first byte, which may take a while."""
        if not self.done:
            return "Connecting …"
        done = f"{self.done / 1e6:.1f}"
        return f"Downloading {done} MB." if self.total is None else f"Downloading {done} of {self.total / 1e6:.1f} MB."
