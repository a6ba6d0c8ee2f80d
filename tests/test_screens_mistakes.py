"""The screen of mistakes: what a child measured, cell by cell, with keys and mouse."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fake_core import install
from layout import clipped, scrollbars, text, until
from textual.app import App
from textual.pilot import Pilot

import tui.app
from core import paths
from core.evaluation.example import Example
from core.evaluation.measurement import Measurement
from tui.screens.mistakes import MistakesScreen
from tui.state.requests import LookInside
from tui.widgets.mistakes.example_images import ExampleImages
from tui.widgets.mistakes.matrix import Matrix
from tui.widgets.shared.pages import Pages

SIZES = [(80, 24), (160, 50)]
_ASKED = f"evaluate --checkpoint {paths.shipped_checkpoint()} --data mnist --examples 60 --json"


def answer() -> dict[str, Any]:
    """What a child might print: 4 sevens read as 1, a 2 read as 7, and the rest right."""
    confusion = (np.eye(10, dtype=int) * 990).tolist()
    confusion[7][1], confusion[2][7] = 4, 1
    images = np.zeros((6, 28, 28), np.uint8)
    for number, image in enumerate(images):
        image[4:24, 6 + number : 10 + number] = 255
    found = [Example(10 * n, 7, 1, 0.99 - n / 10, 0.01 + n / 10, images[n]) for n in range(4)]
    found.append(Example(77, 2, 7, 0.6, 0.39, images[4]))
    found += [Example(digit, digit, digit, 0.999, 0.999, images[5]) for digit in range(10)]
    bins = [{"from": n / 15, "to": (n + 1) / 15, "count": 0, "confidence": 0.0, "accuracy": 0.0} for n in range(15)]
    bins[-1] |= {"count": 9905, "confidence": 0.998, "accuracy": 0.997}
    return {
        "confusion": confusion,
        "part": "MNIST's test set",
        "calibration_error": 0.0012,
        "reliability": bins,
        "rejection_curve": [[n / 100, min(1.0, 0.9995 + n / 1000)] for n in range(100)],
        "examples": [each.to_json() for each in found],
    }


class MistakesApp(App[None]):
    """Opens the screen and notes what it asks for."""

    CSS_PATH = Path(tui.app.__file__).with_name("app.tcss")

    def __init__(self, data: str = "mnist", table: Any = ()) -> None:
        super().__init__()
        self.asked: list[LookInside] = []
        self.opened = MistakesScreen(None, data, table)

    def on_mount(self) -> None:
        self.push_screen(self.opened)

    def on_look_inside(self, asked: LookInside) -> None:
        self.asked.append(asked)


def cell(app: App[Any]) -> tuple[int, int]:
    """Where the cursor is."""
    return app.screen.query_one(Matrix).chosen


async def measured(pilot: Pilot[Any]) -> None:
    """Wait for the child's answer."""
    await until(pilot, lambda: bool(pilot.app.screen.query(Matrix)) and "recall" in text(pilot.app))
    await pilot.pause()


@pytest.mark.parametrize("size", SIZES)
async def test_the_most_frequent_mistake_comes_first_with_its_images(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The child is asked for the right network and set; what is shown fits; both probabilities are said."""
    asked = install(monkeypatch, {_ASKED: [answer()]})
    app = MistakesApp()
    async with app.run_test(size=size) as pilot:
        await measured(pilot)
        assert asked == [_ASKED]
        assert cell(app) == (7, 1)
        for words in (
            "5 mistakes in 9,905 images: the shipped model on MNIST's test set",
            "4 images of 7 read as 1.",
            "Image 1 is read as 1 (99.00%) and labelled 7 (1.00%).",
            "[4]",
            "[1]",
            "99.6",
        ):
            assert words in text(app), words
        assert len(app.screen.query_one(ExampleImages).images) == 4
        assert clipped(app) == [] and not scrollbars(app)


async def test_keys_lead_through_cells_and_images(monkeypatch: pytest.MonkeyPatch) -> None:
    """From one kind of mistake to the next, into the images, into one, and back; a right cell has images too."""
    install(monkeypatch, {_ASKED: [answer()]})
    app = MistakesApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await measured(pilot)
        await pilot.press("n")
        assert cell(app) == (2, 7) and "1 image of 2 read as 7." in text(app)
        await pilot.press("n")
        assert cell(app) == (7, 1)
        await pilot.press("up", "left")
        assert cell(app) == (6, 0) and "0 images of 6 read as 0." in text(app)
        await pilot.press("enter")
        assert isinstance(app.focused, Matrix)  # there is nothing to look at
        await pilot.press(*["right"] * 6)
        await pilot.pause()
        assert "990 images of 6 read as 6, rightly, the 1 most confident ones shown." in text(app)
        await pilot.press("n", "enter", "right")
        await pilot.pause()
        assert isinstance(app.focused, ExampleImages) and "Image 11 is read as 1 (89.00%)" in text(app)
        await pilot.press("enter")
        await until(pilot, lambda: bool(app.asked))
        assert app.asked[0].title == "image 11, a 7 read as 1" and app.asked[0].checkpoint == paths.shipped_checkpoint()
        assert app.asked[0].image[10, 7] == 255
        await pilot.press("escape")
        assert isinstance(app.focused, Matrix)
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is not app.opened)


async def test_the_mouse_does_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """A click moves the cursor, in the matrix and among the images; a second one opens."""
    install(monkeypatch, {_ASKED: [answer()]})
    app = MistakesApp()
    async with app.run_test(size=(160, 50)) as pilot:
        await measured(pilot)
        matrix, images = app.screen.query_one(Matrix), app.screen.query_one(ExampleImages)
        await pilot.click(Matrix, offset=(3 + 7 * matrix._column + 1, 3))
        assert cell(app) == (2, 7)
        await pilot.click(Matrix, offset=(3 + 1 * matrix._column + 1, 8))
        await pilot.pause()
        await pilot.click(ExampleImages, offset=(images.side + 3, 3))
        await pilot.pause()
        assert images.marked == 1 and not app.asked
        await pilot.click(ExampleImages, offset=(images.side + 3, 3))
        await until(pilot, lambda: bool(app.asked))


async def test_the_other_pages_show_how_far_to_trust_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """By key and by mouse."""
    install(monkeypatch, {_ASKED: [answer()]})
    app = MistakesApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await measured(pilot)
        await pilot.press("full_stop")
        await pilot.pause()
        assert "93 to 100%" in text(app) and "99.7% of 9,905" in text(app) and "0.12%" in text(app)
        assert clipped(app) == [] and not scrollbars(app)
        await pilot.click(Pages, offset=(25, 0))
        await pilot.pause()
        assert "99.95% of 9,905" in text(app) and "100.00% of 8,914" in text(app)
        assert clipped(app) == [] and not scrollbars(app)
        await pilot.press("full_stop")
        await pilot.pause()
        assert "recall" in text(app) and isinstance(app.focused, Matrix)


async def test_a_cross_validation_shows_what_is_known_of_it() -> None:
    """Without a child, images and diagrams."""
    table = (np.eye(10, dtype=int) * 3).tolist()
    table[4][9] = 2
    app = MistakesApp("own", table)
    async with app.run_test(size=(80, 24)) as pilot:
        await measured(pilot)
        assert cell(app) == (4, 9) and "2 mistakes in 32 images" in text(app) and "check-up" in text(app)
        await pilot.press("full_stop", "enter")
        await pilot.pause()
        assert "recall" in text(app) and isinstance(app.focused, Matrix)


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ([{"error": "there are no images"}], "there are no images"),
        ([{"confusion": [[1]]}], "not valid"),
        ([{**answer(), "confusion": [[0] * 10] * 9}], "not valid"),
        ([], "without an answer"),
    ],
)
async def test_what_goes_wrong_is_said(steps: list[Any], words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The screen stays, and closes as ever."""
    install(monkeypatch, {_ASKED: steps})
    app = MistakesApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: words in text(app))
        await pilot.press("n", "enter", "full_stop", "escape")
        await until(pilot, lambda: app.screen is not app.opened)


def test_a_measurement_is_what_evaluate_prints() -> None:
    """Its figures come from the confusion."""
    found = Measurement.from_json(answer())
    assert (found.count, found.wrong) == (9905, 5)
    assert [each.index for each in found.of(7, 1)] == [0, 10, 20, 30]
    assert found.figures[7].recall == pytest.approx(990 / 994)


@pytest.mark.parametrize("size", SIZES)
def test_mistakes_look(
    snap_compare: Callable[..., bool], size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The matrix and the images of a cell."""
    install(monkeypatch, {_ASKED: [answer()]})
    assert snap_compare(MistakesApp(), terminal_size=size, run_before=measured)
