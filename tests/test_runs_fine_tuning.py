"""What "Learn" asks of a run: enough to learn from, folds that fit, and a fair model to go on from."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from core import paths
from core.config.recipes import FINE_TUNE
from core.errors import DataError
from core.runs import fine_tuning


def model(path: Path, data: str = "mnist", fine_tune: Path | None = None, **configuration: Any) -> Path:
    """A file with the header of a checkpoint."""
    if fine_tune is not None:
        configuration["fine_tune"] = str(fine_tune)
    header = {
        "architecture": "deep", "recipe": "accurate", "data": data, "parameters": 1, "epoch": 1, "epochs": 1,
        "step": 1, "seed": 0, "trained": {"configuration": configuration},
    }  # fmt: skip
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("header.json", json.dumps(header))
    return path


@pytest.mark.parametrize(
    ("counts", "folds"),
    [
        ([10] * 10, 3),
        ([5] * 10, 3),
        ([4, *[9] * 9], 3),
        ([0, 7, 3, *[0] * 7], 3),
        ([2, *[9] * 9], 2),
        ([1, *[9] * 9], 3),
    ],
)
def test_the_folds_fit_the_digit_with_the_fewest_drawings(tmp_path: Path, counts: list[int], folds: int) -> None:
    """Three, or fewer where a digit has fewer, and two at least; digits that were not drawn, or once, do not count."""
    config = fine_tuning.plan(tmp_path, counts, None)
    assert (config.folds, config.data, config.recipe) == (folds, str(tmp_path), FINE_TUNE)
    assert config.fine_tune == str(paths.shipped_checkpoint())


@pytest.mark.parametrize(
    ("counts", "words"),
    [([0] * 10, "0 drawings are too few"), ([1, *[0] * 9], "1 drawing is too few"), ([1] * 9 + [0], "at least 10"),
     ([0, 30, *[0] * 8], "Draw at least 3 each of two"), ([2] * 10, "Draw at least 3 each of two")],
)  # fmt: skip
def test_too_little_is_refused(tmp_path: Path, counts: list[int], words: str) -> None:
    """Saying what there is, and what to do."""
    with pytest.raises(DataError, match=words):
        fine_tuning.plan(tmp_path, counts, None)


def test_a_model_that_was_not_fine_tuned_is_gone_on_from(tmp_path: Path) -> None:
    """Whichever it is."""
    path = model(tmp_path / "mine.npz")
    assert fine_tuning.base(path, tmp_path / "own") == path


def test_a_fine_tuned_model_is_traced_back(tmp_path: Path) -> None:
    """Twice fine-tuned, it leads to what it began with: that never saw the drawings."""
    first = model(tmp_path / "first.npz")
    second = model(tmp_path / "second.npz", "own", first)
    third = model(tmp_path / "third.npz", "own", second)
    assert fine_tuning.base(third, tmp_path / "own") == first


@pytest.mark.parametrize("damage", ["gone", "rubbish", "circle", "from the drawings", "odd"])
def test_where_the_trace_ends_the_shipped_model_stands(tmp_path: Path, damage: str) -> None:
    """A file that is gone or damaged, two that name each other, and a model that was trained on the drawings alone."""
    own, before = tmp_path / "own", tmp_path / "before.npz"
    after = model(tmp_path / "after.npz", "own", before)
    match damage:
        case "rubbish":
            before.write_bytes(b"PK rubbish")
        case "circle":
            model(before, "own", after)
        case "from the drawings":
            model(before, str(own))
        case "odd":
            model(before, "own", fine_tune=Path("x" * 5000))
        case _:
            pass
    assert fine_tuning.base(after, own) == paths.shipped_checkpoint()
