"""core.reading.learned_from: the images that a checkpoint has learned from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core import paths
from core.data import datasets
from core.networks.checkpoint_file import Header, header
from core.reading.learned_from import exhibits


@pytest.fixture
def of_set(small_set: Path) -> Header:
    """Of a network that has learned from a set of one's own."""
    return replace(header(paths.shipped_checkpoint()), data=str(small_set), trained={})


def test_the_shipped_network_has_learned_from_mnist() -> None:
    """From its training images, not from those that it is tested on."""
    (shown,) = exhibits(header(paths.shipped_checkpoint()))
    assert shown.source == "mnist" and len(shown.part) == 60_000


def test_ones_own_come_with_mnists(of_set: Header, small_set: Path) -> None:
    """Without those held out for testing; with them after a cross-validation, whose network learns from all."""
    mine, shipped = exhibits(of_set)
    assert (mine.source, shipped.source) == (str(small_set), "mnist")
    np.testing.assert_array_equal(mine.part.images, datasets.load(str(small_set)).train.images)
    folded = exhibits(replace(of_set, trained={"configuration": {"folds": 5}}))[0]
    assert len(folded.part) == len(np.load(small_set)["labels"]) > len(mine.part)


def test_a_set_that_is_gone_is_left_out(of_set: Header, small_set: Path) -> None:
    """The others are shown."""
    small_set.unlink()
    assert [each.source for each in exhibits(of_set)] == ["mnist"]
