"""What `evaluate --against --json` prints: how two networks read the same images. Knows no torch.

An image is discordant if only one of the two reads it right, the word of McNemar's test for such pairs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.evaluation.example import Example
from core.evaluation.scorecard_rows import Figures, Outcome
from core.evaluation.significance import gain_interval, interval, p_value
from core.networks.model_name import at_start, model_name
from core.words import percent, plural

_LEAST = 0.001
"""A smaller probability is not told in figures."""


@dataclass(frozen=True, eq=False)  # arrays have no single truth value
class DiscordantImage:
    """An image that only one of the networks reads right."""

    misread: Example
    """As the other network reads it."""
    certainty: float
    """The probability of what it is, 0 to 1, by the network that reads it right."""

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""
        return {"misread": self.misread.to_json(), "certainty": round(self.certainty, 6)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> DiscordantImage:
        """The inverse of `to_json`. Raises KeyError, TypeError or ValueError if `data` is something else."""
        return cls(Example.from_json(data["misread"]), float(data["certainty"]))


@dataclass(frozen=True, eq=False)
class ComparedNetwork:
    """One of the two networks."""

    checkpoint: str
    """The path of its file."""
    right: int
    """Images that it reads right, whether it rejects them or not."""
    alone: int
    """Images that only it reads right."""
    examples: tuple[DiscordantImage, ...] = ()
    """Some of these, the clearest first."""

    @property
    def name(self) -> str:
        """Its name for people."""
        return model_name(self.checkpoint)

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""
        return {
            "checkpoint": self.checkpoint,
            "right": self.right,
            "alone": self.alone,
            "examples": [each.to_json() for each in self.examples],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ComparedNetwork:
        """The inverse of `to_json`. Raises KeyError, TypeError or ValueError if `data` is something else."""
        return cls(
            checkpoint=str(data["checkpoint"]),
            right=int(data["right"]),
            alone=int(data["alone"]),
            examples=tuple(map(DiscordantImage.from_json, data["examples"])),
        )


@dataclass(frozen=True, eq=False)
class PairedComparison:
    """Two networks on the same images."""

    data: str
    """The set's name."""
    part: str
    """Which of its images, such as `MNIST's test set`."""
    count: int
    """Images read, at least 1."""
    first: ComparedNetwork
    second: ComparedNetwork
    apart: int = 0
    """Images that both read wrong, each as another digit."""

    def __post_init__(self) -> None:
        one, other = self.first, self.second
        if self.count < max(1, one.right + other.alone) or one.right - one.alone != other.right - other.alone:
            raise ValueError(
                f"{one.right} and {other.right} of {self.count} images read right, {one.alone} and {other.alone} by "
                "one network alone; these figures contradict each other"
            )

    @property
    def networks(self) -> tuple[ComparedNetwork, ComparedNetwork]:
        """The first and the second."""
        return self.first, self.second

    def figures(self, network: ComparedNetwork) -> Figures:
        """How it reads the images, for people."""
        return Figures(network.right, self.count)

    @property
    def p_value(self) -> float:
        """The probability that equally good networks differ this much or more (McNemar's exact test)."""
        return p_value(self.first.alone, self.second.alone)

    @property
    def difference(self) -> str:
        """How much more the better one reads right, in points: `1.57 points, 95% interval 1.31 to 1.83`."""
        more, fewer = sorted((self.first.alone, self.second.alone), reverse=True)
        low, high = gain_interval(more, fewer, self.count)
        return f"{_points((more - fewer) / self.count)} points, 95% interval {_points(low)} to {_points(high)}"

    @property
    def outcome(self) -> Outcome:
        """How the first compares with the second."""
        return Outcome.of(self.first.alone - self.second.alone, self.p_value)

    @property
    def words(self) -> str:
        """The outcome in a sentence."""
        if not self.first.alone and not self.second.alone:
            if not self.apart:
                return "They read every image alike."
            return f"They read the same images right, and {plural(self.apart, 'image')} wrong in different ways."
        chance = percent(self.p_value, 1) if self.p_value >= _LEAST else f"fewer than {percent(_LEAST, 1)}"
        why = f"two equally good networks would differ this much or more in {chance} of such comparisons"
        if self.outcome is Outcome.SAME:
            return f"No statistically significant difference ({self.difference}): {why}."
        better, other = self.networks if self.outcome is Outcome.BETTER else self.networks[::-1]
        verdict = f"{at_start(better.name)} is better than {other.name} ({self.difference})"
        return f"{verdict}, statistically significantly: {why}."

    def to_json(self) -> dict[str, Any]:
        """A JSON object; the figures that follow from others are for people's own programs."""
        return {
            "data": self.data,
            "part": self.part,
            "count": self.count,
            "first": self._network(self.first),
            "second": self._network(self.second),
            "apart": self.apart,
            "p_value": self.p_value,
            "gain": (self.first.alone - self.second.alone) / self.count,
            "gain_interval": list(gain_interval(self.first.alone, self.second.alone, self.count)),
            "verdict": self.outcome,
            "words": self.words,
        }

    def _network(self, network: ComparedNetwork) -> dict[str, Any]:
        return {
            **network.to_json(),
            "accuracy": network.right / self.count,
            "interval": list(interval(network.right, self.count)),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> PairedComparison:
        """The inverse of `to_json`. Raises KeyError, TypeError or ValueError if `data` is something else."""
        return cls(
            data=str(data["data"]),
            part=str(data["part"]),
            count=int(data["count"]),
            first=ComparedNetwork.from_json(data["first"]),
            second=ComparedNetwork.from_json(data["second"]),
            apart=int(data["apart"]),
        )


def _points(share: float) -> str:
    """A difference of shares in percentage points."""
    return f"{100 * share:.2f}".replace("-", "−")
