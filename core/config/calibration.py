"""How a network's outputs become probabilities: the temperature, and the threshold for rejecting an image."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_MOST = 1e6


@dataclass(frozen=True)
class Calibration:
    """Numbers fitted on held-out images after training, stored in the checkpoint's header."""

    temperature: float = 1.0
    """Divides the logits before the softmax over the ten digits (Guo et al. 2017); above 0."""
    threshold: float = 0.5
    """A drawing is rejected if the probability that it is not a digit is at least this, 0 to 1."""

    def __post_init__(self) -> None:
        for each in (self.temperature, self.threshold):
            # Compared, not asked whether it is finite: a whole number of hundreds of digits is no float.
            if isinstance(each, bool) or not isinstance(each, int | float) or not 0 < each <= _MOST:
                raise ValueError(f"a temperature and a threshold must be above 0, to {_MOST:,.0f}; one is {each!r:.40}")

    def to_json(self) -> dict[str, Any]:
        """The fields as a JSON object."""
        return dataclasses.asdict(self)

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Calibration:
        """The calibration in a checkpoint's header, from `calibration`; the neutral one if it is missing or invalid."""
        try:
            return cls(**data)
        except (TypeError, ValueError):
            return cls()
