"""Labels that were spoiled are found by networks that did not learn from them."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from image_folder import LabelledImages, clean, of, paths, quick
from numpy.typing import NDArray
from quick.sitecustomize import on_few

from core.checkup import labels
from core.checkup.check import check
from core.checkup.survey import survey
from core.config.device_plan import Plan
from core.config.recipes import RECIPES


@pytest.fixture
def digits(tmp_path: Path, mnist_part: LabelledImages) -> Path:
    """Ten images of each digit, three of them in the folder of another."""
    folder = clean(tmp_path / "digits", mnist_part, each=10)
    for old, new in (("0/003.png", "6/zero.png"), ("4/001.png", "7/four.png"), ("3/008.png", "1/three.png")):
        (folder / old).rename(folder / new)
    return folder


SPOILED = {"6/zero.png": 0, "7/four.png": 4, "1/three.png": 3}


def test_spoiled_labels_are_found(digits: Path, two_threads: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 100 MNIST images three are in wrong folders: these are named first, with the digits that they show."""
    from core.training import cross_validation, probe

    monkeypatch.setattr(probe, "choose", lambda name, recipe: ([Plan("cpu", 1, "float32")], []))
    # Shorter trainings than a person gets, to be quick; the shipped model that they go on from knows MNIST.
    monkeypatch.setitem(RECIPES, "fine-tune", on_few(RECIPES["fine-tune"], batch_size=16))
    monkeypatch.setattr(cross_validation, "_LEAST_STEPS", 6)
    monkeypatch.setattr(labels, "_FOLDS", 3)
    monkeypatch.setattr("core.training.pretrained._NO_DIGITS", 200)
    told: list[tuple[int, int, str]] = []
    found = of(check(digits, lambda *each: told.append(each)), "suspect")
    assert {each.path: each.suggested for each in found.files[:3]} == SPOILED
    assert found.severity == "warning" and len(found.files) <= 4
    assert any(doing == "checking labels" for *_, doing in told)


@dataclass
class Readings:
    """What the networks are to read, and were given."""

    probabilities: dict[int, NDArray[np.float32]] = field(default_factory=dict)
    """(10,), by an image's position; of the others they find the label right."""
    fail: bool = False
    """Whether they raise ValueError instead."""
    count: int | None = None
    """How many images they were given; None before they were asked."""


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> Readings:
    """A stand-in for the networks."""
    readings = Readings()
    module = types.ModuleType("core.training.cross_validation")

    def out_of_fold(
        images: NDArray[np.uint8],
        labels: NDArray[np.uint8],
        count: int,
        seed: int,
        report: Callable[[int, int], None],
    ) -> NDArray[np.float32]:
        readings.count = len(images)
        report(1, 1)
        if readings.fail:
            raise ValueError("too few different images")
        given = np.full((len(images), 10), 0.001, np.float32)
        given[np.arange(len(images)), labels] = 0.99
        for position, row in readings.probabilities.items():
            given[position] = row
        return given

    monkeypatch.setattr(module, "out_of_fold", out_of_fold, raising=False)
    monkeypatch.setitem(sys.modules, "core.training.cross_validation", module)
    return readings


def test_the_most_confident_comes_first(digits: Path, readings: Readings) -> None:
    """Ranked by how sure the networks are; who is unsure, or finds the label possible, is not heard."""
    rows = np.zeros((4, 10), np.float32)
    rows[0, [8, 0]] = 0.8, 0.02
    rows[1, [8, 0]] = 0.995, 0.001
    rows[2, [8, 0]] = 0.6, 0.01
    rows[3, [8, 0]] = 0.75, 0.2
    readings.probabilities = dict(enumerate(rows))
    found = of(check(digits), "suspect")
    seen = survey(digits)
    assert [each.path for each in found.files] == [seen.name(1), seen.name(0)]
    assert found.files[0].suggested == 8 and "99.5%" in found.files[0].detail


def test_of_a_large_set_a_sample_is_read(digits: Path, readings: Readings, monkeypatch: pytest.MonkeyPatch) -> None:
    """And a note says so."""
    monkeypatch.setattr(labels, "_MOST", 60)
    found = check(digits)
    assert readings.count == 60
    assert any("60 of 100 images" in note for note in found.notes)


def test_what_cannot_be_read_is_said(
    digits: Path, readings: Readings, tmp_path: Path, mnist_part: LabelledImages
) -> None:
    """Too few images, and an error of the networks, are notes; the rest of the check-up stands."""
    readings.fail = True
    assert any("too few different images" in note for note in check(digits).notes)
    few = check(clean(tmp_path / "few", mnist_part, each=1))
    assert any("at least 20 images" in note for note in few.notes)


def test_quick_reads_nothing(digits: Path, readings: Readings) -> None:
    """It says that labels were not checked."""
    found = quick(digits)
    assert readings.count is None and any("not checked" in note for note in found.notes)
    assert not any(paths(each) & set(SPOILED) for each in found.findings if each.kind == "suspect")
