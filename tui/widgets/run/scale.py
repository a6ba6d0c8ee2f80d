"""The horizontal axis of a run's plots: its epochs or, in a cross-validation, its folds."""

from __future__ import annotations

from dataclasses import dataclass

from tui.widgets.run import axis
from tui.widgets.run.axis import Axis


@dataclass(frozen=True)
class Scale:
    """What the values of a horizontal axis mean: epochs from 0 on, which may be divided into stages."""

    epochs: int
    """Of the whole run."""
    steps: int
    """Of each epoch; 0 if runs of different steps share the axis."""
    ends: tuple[float, ...] = ()
    """The epoch with which each stage of a cross-validation ends, the training on all images first."""

    @property
    def name(self) -> str:
        """What the axis's labels are."""
        return "fold" if self.ends else "epoch"

    @property
    def borders(self) -> tuple[float, ...]:
        """Where one stage ends and another begins."""
        return self.ends[:-1]

    def whole(self, newest: float) -> float:
        """Where the axis ends if all is in sight: as far as a run has come or, with stages, where the last ends."""
        return self.ends[-1] if self.ends else axis.whole_epochs(newest, self.epochs)

    def axis(self, low: float, high: float, columns: int) -> Axis:
        """The axis from `low` to `high` in so many columns."""
        if not self.ends:
            return axis.span(low, high, columns)
        names = ["all", *(str(fold) for fold in range(1, len(self.ends)))]
        return axis.named(low, high, self.ends, names, columns)

    def told(self, value: float) -> tuple[str, str]:
        """A value in words, in full and in short: `epoch 2.25, step 90`; `fold 2, epoch 9.25`."""
        epoch = f"epoch {value:.2f}"
        if not self.ends:
            step = f", step {max(1, round(value * self.steps)):,}" if self.steps else ""
            return f"{epoch}{step}", epoch
        fold = sum(end < value for end in self.borders)
        short = f"fold {fold}" if fold else "all images"
        return f"{short}, {epoch}", short
