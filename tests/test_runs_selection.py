"""core.runs.selection and run_table: which runs are listed, in which order, and as a table."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from run_story import accuracy, ended_run, interrupted_run, new_run

from core.commands.runs import _NAMES
from core.config.configuration import TrainingConfig
from core.errors import RunError
from core.runs import label, naming, run_table
from core.runs.outline import RunOutline
from core.runs.selection import SORTS, in_order, matches


def outlines() -> list[RunOutline]:
    """A finished run, a killed one with a title and a note, and one that never began."""
    finished = ended_run("2026-01-29-100000-mnist-fast")
    killed = interrupted_run("2026-01-30-100000-mnist-fast")
    naming.rename(killed, "Ada, 2nd")
    label.write_note(killed.path, 'She said "slow"')
    empty = new_run("2026-01-31-100000-digits-accurate", TrainingConfig("/home/ada/digits", "accurate", seed=3))
    return [RunOutline.of(each) for each in (finished, killed, empty)]


@pytest.mark.parametrize(
    ("by", "order", "backwards"),
    [
        ("name", [2, 1, 0], [0, 1, 2]),
        ("title", [1, 0, 2], [1, 0, 2]),
        ("data", [2, 0, 1], [0, 1, 2]),
        ("recipe", [2, 0, 1], [0, 1, 2]),
        ("state", [0, 1, 2], [1, 2, 0]),
        ("validation", [0, 1, 2], [1, 0, 2]),
        ("test", [0, 1, 2], [0, 1, 2]),
        ("time", [1, 0, 2], [0, 1, 2]),
    ],
)
def test_the_order_of_each_column(by: str, order: list[int], backwards: list[int]) -> None:
    """What is not known comes last, whichever the direction; equal ones stay as they are."""
    found = outlines()
    assert in_order(found, by) == order
    assert in_order(found, by, reverse=True) == backwards
    assert tuple(SORTS) == _NAMES


@pytest.mark.parametrize(
    ("words", "fitting"),
    [("", 3), ("mnist", 2), ("ADA 2nd", 1), ("slow", 1), ("stopped", 2), ("accurate digits", 1), ("mnist zzz", 0)],
)
def test_words_are_looked_for_in_all_that_is_said(words: str, fitting: int) -> None:
    """In any order and any case."""
    assert sum(matches(each, words.split()) for each in outlines()) == fitting


def test_the_table_is_read_back_by_another_reader(tmp_path: Path) -> None:
    """Texts with commas and quotes, too; nothing is written over."""
    path = tmp_path / "runs.csv"
    run_table.write(path, outlines())
    rows = list(csv.DictReader(io.StringIO(path.read_text())))
    assert [row["name"][:10] for row in rows] == ["2026-01-29", "2026-01-30", "2026-01-31"]
    assert (rows[1]["title"], rows[1]["note"]) == ("Ada, 2nd", 'She said "slow"')
    assert float(rows[0]["test_accuracy"]) == 0.9923 and rows[0]["test_images"] == "10000"
    assert float(rows[1]["best_validation_accuracy"]) == pytest.approx(accuracy(2)) and rows[1]["test_accuracy"] == ""
    assert (rows[2]["data"], rows[2]["seed"], rows[2]["epochs"]) == ("/home/ada/digits", "3", "")
    with pytest.raises(RunError, match="is there already"):
        run_table.write(path, [])
    with pytest.raises(RunError, match="cannot be written"):
        run_table.write(tmp_path / "no" / "runs.csv", [])
