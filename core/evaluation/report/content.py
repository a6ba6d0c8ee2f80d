"""What a report says, whatever the file's format. Knows no torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core import __version__
from core.evaluation.confusion import in_words
from core.evaluation.example import Example, mistaken
from core.evaluation.measurement import Measurement
from core.evaluation.significance import interval
from core.networks.checkpoint_file import Header
from core.networks.model_name import at_start, model_name
from core.printable import printable
from core.words import percent, plural

_WORST = 24


@dataclass(frozen=True)
class Report:
    """The parts of a report."""

    title: str
    summary: str
    """A sentence or two."""
    facts: tuple[tuple[str, str], ...]
    """Names and values."""
    measurement: Measurement
    worst: tuple[Example, ...]
    """Images that were read wrong, the most confident first."""

    @classmethod
    def of(cls, path: Path, header: Header, data: str, measured: Measurement) -> Report:
        """The report of the checkpoint at `path`, with its `header`, on the set called `data`."""
        right, count = measured.count - measured.wrong, measured.count
        low, high = interval(right, count)
        name = model_name(path)
        facts = [
            ("Network", f"{name}: {header.architecture}, {plural(header.parameters, 'parameter')}"),
            ("Trained on", f"{printable(Path(header.data).name)} with the recipe {header.recipe}, seed {header.seed}"),
            ("Measured on", f"{printable(data)}: {measured.part}, {plural(count, 'image')}"),
            ("Read right", f"{percent(right / count)} ({right:,} of {count:,})"),
            ("95% interval", f"{percent(low)} to {percent(high)} (Wilson)"),
        ]
        if measured.calibration_error is not None:
            facts.append(("Calibration error", f"{percent(measured.calibration_error)} (expected, over 15 bins)"))
        facts.append(("Made by", f"digits-tui {__version__}"))
        return cls(
            title=f"{at_start(name)} on {printable(data)}",
            summary=f"{plural(measured.wrong, 'image')} of {count:,} {_are(measured.wrong)} read wrong. "
            f"{in_words(measured.confusion)}",
            facts=tuple(facts),
            measurement=measured,
            worst=tuple(mistaken(measured.examples)[:_WORST]),
        )


def caption(example: Example) -> str:
    """What was read, and what it is."""
    return (
        f"{example.label} read as {example.read} ({percent(example.certainty, 1)}; "
        f"{example.label}: {percent(example.probability, 1)})"
    )


def share(value: float | None) -> str:
    """A figure of a digit; a dash where there is none."""
    return "–" if value is None else percent(value, 1)


def rejected(measured: Measurement, shares: Sequence[int] = (0, 1, 2, 5, 10, 20)) -> list[tuple[int, float]]:
    """Shares of rejected images, in percent, with the accuracy on the others."""
    return [(round(100 * part), each) for part, each in measured.rejection_curve if round(100 * part) in shares]


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
