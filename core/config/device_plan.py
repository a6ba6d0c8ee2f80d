"""How a training uses its device. Knows no torch."""

from __future__ import annotations

from dataclasses import dataclass

from core.words import plural


@dataclass(frozen=True)
class Plan:
    """Device, threads and precision of a training."""

    device: str
    threads: int
    precision: str
    """`float32` or `bfloat16` (autocast; the weights stay float32)."""
    images_per_second: float = 0.0
    """As measured by the probe; 0 if not measured."""

    @property
    def title(self) -> str:
        """In words, such as `cpu, 2 threads, bfloat16`."""
        threads = f", {plural(self.threads, 'thread')}" if self.device == "cpu" else ""
        return f"{self.device}{threads}, {self.precision}"
