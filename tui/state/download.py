"""How far the download of a data set is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Download:
    """One download, under way or failed; one that has succeeded or was cancelled is none."""

    name: str
    """The data set's name in the catalogue."""
    done: int = 0
    """Bytes that have come."""
    total: int | None = None
    """Bytes in all; None where the server does not tell."""
    error: str = ""
    """Why it failed; empty while it is under way."""

    @property
    def is_under_way(self) -> bool:
        """Whether bytes are still coming."""
        return not self.error

    @property
    def progress(self) -> str:
        """Such as `Downloading 12.5 of 60.9 MB.`; before the first byte, which may take long, `Connecting …`."""
        if not self.done:
            return "Connecting …"
        done = f"{self.done / 1e6:.1f}"
        return f"Downloading {done} MB." if self.total is None else f"Downloading {done} of {self.total / 1e6:.1f} MB."
