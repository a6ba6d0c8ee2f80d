"""How one device is to be used for training. Knows no torch."""

from __future__ import annotations

from dataclasses import dataclass

from core.words import plural


@dataclass(frozen=True)
class Plan:
    """How one device is to be used."""

    device: str
    threads: int
    precision: str
    """`float32` or `bfloat16` (autocast; the weights stay float32)."""
    images_per_second: float = 0.0
    """As the probe measured; 0 where it did not."""

    @property
    def title(self) -> str:
        """In words, such as `cpu, 2 threads, bfloat16`."""
        threads = f", {plural(self.threads, 'thread')}" if self.device == "cpu" else ""
        return f"{self.device}{threads}, {self.precision}"
