"""The table of folds: how accurately each fold of a cross-validation was read, after and before fine-tuning."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType

from core.runs.events import FoldEnded
from core.words import percent
from tui.widgets.run.figure_table import FigureTable, scrolling


class FoldTable(FigureTable, inherit_bindings=False):
    """The figures of each fold, read by a network that learned from the others."""

    BINDING_GROUP_TITLE = "Table of folds"
    BINDINGS: ClassVar[list[BindingType]] = scrolling("fold", "folds")
    COLUMNS: ClassVar[dict[str, int]] = {"fold": 5, "images": 9, "before": 10, "accuracy": 10, "seconds": 10}
    EMPTY = "after the first fold"

    _folds: Sequence[FoldEnded] = ()

    def show(self, folds: Sequence[FoldEnded]) -> None:
        """Show these folds, in order."""
        if tuple(folds) == self._folds:
            return
        self._folds = tuple(folds)
        self.renew(len(folds))

    def row(self, index: int) -> tuple[Sequence[str], bool]:
        """One fold's figures; without fine-tuning there is no accuracy before."""
        fold = self._folds[index]
        before = "–" if fold.accuracy_before is None else percent(fold.accuracy_before)
        cells = (f"{fold.fold}", f"{fold.count:,}", before, percent(fold.accuracy), f"{fold.fold_seconds:,.1f}")
        return cells, False
