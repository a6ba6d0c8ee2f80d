"""What is taken from a network to see what becomes of it. Knows no network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MOST_NOISE = 10.0
"""The most `Ablation.noise`; with a tenth of it little is left of a network."""


@dataclass(frozen=True)
class Ablation:
    """What is wrong with a network; nothing, by default."""

    maps: frozenset[tuple[int, int]] = frozenset()
    """(layer, map): feature maps that are switched off, both counted from 0."""
    layers: frozenset[int] = frozenset()
    """Convolutions all of whose maps are switched off."""
    noise: float = 0.0
    """Standard deviation of what is added to each weight, in standard deviations of its layer's weights."""
    forgets_biases: bool = False
    """Whether biases, and what batch normalisation adds, are 0."""
    seed: int = 0
    """Of the noise."""

    @property
    def is_none(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.maps or self.layers or self.noise or self.forgets_biases)

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""
        return {
            "maps": sorted(map(list, self.maps)),
            "layers": sorted(self.layers),
            "noise": self.noise,
            "forgets_biases": self.forgets_biases,
            "seed": self.seed,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Ablation:
        """The inverse of `to_json`. Raises KeyError, TypeError or ValueError if `data` is something else."""
        noise = float(data["noise"])
        if not 0 <= noise <= MOST_NOISE:
            raise ValueError(f"noise is {noise}; it must be from 0 to {MOST_NOISE}")
        return cls(
            maps=frozenset((int(layer), int(number)) for layer, number in data["maps"]),
            layers=frozenset(int(layer) for layer in data["layers"]),
            noise=noise,
            forgets_biases=bool(data["forgets_biases"]),
            seed=int(data["seed"]),
        )


INTACT = Ablation()
"""Nothing is wrong."""
