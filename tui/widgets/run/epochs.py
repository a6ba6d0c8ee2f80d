"""The table of epochs: one row each, with the newest in sight and the best marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType

from core.runs.events import EpochEnded
from core.words import percent
from tui.widgets.run.figure_table import FigureTable, scrolling


class EpochTable(FigureTable, inherit_bindings=False):
    """The figures of each epoch."""

    BINDING_GROUP_TITLE = "Table of epochs"
    BINDINGS: ClassVar[list[BindingType]] = scrolling("epoch", "epochs")
    COLUMNS: ClassVar[dict[str, int]] = {"epoch": 5, "train loss": 11, "val. loss": 10, "val. acc.": 10, "seconds": 8}
    EMPTY = "after the first epoch"

    _epochs: Sequence[EpochEnded] = ()
    _best: EpochEnded | None = None

    def show(self, epochs: Sequence[EpochEnded], best: EpochEnded | None) -> None:
        """Show these epochs, in order; `best` is one of them."""
        if tuple(epochs) == self._epochs and self._best is best:
            return
        self._epochs, self._best = tuple(epochs), best
        self.renew(len(epochs))

    def row(self, index: int) -> tuple[Sequence[str], bool]:
        """One epoch's figures."""
        epoch = self._epochs[index]
        cells = (
            f"{epoch.epoch:,}",
            f"{epoch.train_loss:.4f}",
            f"{epoch.validation_loss:.4f}",
            percent(epoch.validation_accuracy),
            f"{epoch.epoch_seconds:,.1f}",
        )
        return cells, epoch is self._best
