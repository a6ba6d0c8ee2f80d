"""Runs as a table for spreadsheets and programs: one row each, comma-separated (RFC 4180). Knows no torch."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from pathlib import Path

from core.errors import RunError
from core.printable import printable
from core.runs.outline import RunOutline
from core.system import atomic

_COLUMNS: dict[str, Callable[[RunOutline], object]] = {
    "name": lambda each: printable(each.run.name),
    "title": lambda each: each.label.title,
    "note": lambda each: each.label.note,
    "state": lambda each: each.state,
    "data": lambda each: each.data if each.config is None else printable(each.config.data),
    "recipe": lambda each: each.recipe,
    "epochs": lambda each: each.config and each.config.epochs,
    "seed": lambda each: each.config and each.config.seed,
    "device": lambda each: each.config and each.config.device,
    "fine_tuned": lambda each: each.config and each.config.fine_tune and printable(each.config.fine_tune),
    "folds": lambda each: each.config and each.config.folds,
    "best_validation_accuracy": lambda each: each.best_validation_accuracy,
    "test_accuracy": lambda each: each.test_accuracy,
    "test_images": lambda each: each.test_count,
    "seconds": lambda each: each.seconds,
    "trouble": lambda each: each.trouble,
}
"""Accuracies are from 0 to 1; epochs are those that were asked for, empty for the recipe's."""


def as_csv(outlines: Iterable[RunOutline]) -> str:
    """A line of names, and one for each run; what is not known stays empty."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(_COLUMNS)
    for each in outlines:
        table.writerow(["" if (value := of(each)) is None else value for of in _COLUMNS.values()])
    return text.getvalue()


def write(path: Path, outlines: Iterable[RunOutline]) -> None:
    """Write the table. Raises RunError if the file is there already, or cannot be written."""
    try:
        if path.exists():
            raise RunError(f"{path} is there already; choose another name, or remove it first")
        atomic.write_text(path, as_csv(outlines))
    except OSError as error:
        raise RunError(
            f"{path} cannot be written: {error.strerror}. Choose another place, or free some space."
        ) from error
