"""The screen that compares two networks image by image: what a child found, with keys and mouse."""

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
from trained import trained

import tui.app
from core import paths
from core.config.configuration import TrainingConfig
from core.evaluation.example import Example
from core.evaluation.paired_comparison import ComparedNetwork, DiscordantImage, PairedComparison
from core.runs.run import Run, create_run
from tui.screens.checkpoints import CheckpointScreen
from tui.screens.comparison import ComparisonScreen
from tui.screens.mistakes import MistakesScreen
from tui.screens.pushed import PushedScreen
from tui.state.requests import LookInside
from tui.widgets.mistakes.compared_images import ComparedImages
from tui.widgets.mistakes.example_images import ExampleImages
from tui.widgets.shared.long_list import LongList

SIZES = [(80, 24), (160, 50)]
_SHIPPED, _OTHER = paths.shipped_checkpoint(), Path("/runs/other/model.npz")


def _asked(other: Path = _OTHER, data: str = "mnist") -> str:
    return f"evaluate --checkpoint {_SHIPPED} --against {other} --data {data} --examples 60 --json"


def _images(count: int, label: int, read: int) -> tuple[DiscordantImage, ...]:
    seen = np.zeros((28, 28), np.uint8)
    seen[4:24, 8 : 10 + label] = 255
    return tuple(
        DiscordantImage(Example(10 * n, label, read, 0.75, 0.125, seen, f"{label}/{n}.png"), 0.98) for n in range(count)
    )


def _answer(alone: int = 75, other: int = 5) -> dict[str, Any]:
    """What a child might print: most of the first network's images, and all of the second one's."""
    first = ComparedNetwork(str(_SHIPPED), 900 + alone, alone, _images(min(alone, 60), 7, 1))
    second = ComparedNetwork(str(_OTHER), 900 + other, other, _images(other, 3, 8))
    return PairedComparison("mnist", "MNIST's test set", 1000, first, second).to_json()


class ComparisonApp(App[None]):
    """Opens the screen and notes what it asks for."""

    CSS_PATH = Path(tui.app.__file__).with_name("app.tcss")

    def __init__(self, opened: PushedScreen[Any] | None = None) -> None:
        super().__init__()
        self.asked: list[LookInside] = []
        self.opened = opened or ComparisonScreen(_SHIPPED, _OTHER, "mnist")

    def on_mount(self) -> None:
        self.push_screen(self.opened)

    def on_look_inside(self, asked: LookInside) -> None:
        self.asked.append(asked)


async def _compared(pilot: Pilot[Any]) -> list[ExampleImages]:
    """Wait for the child's answer; the images of both networks."""
    await until(pilot, lambda: "such comparisons" in _said(pilot.app) or "alike" in _said(pilot.app))
    await pilot.pause()
    return [half.images for half in pilot.app.screen.query(ComparedImages)]


def _said(app: App[Any]) -> str:
    return " ".join(text(app).split())


@pytest.mark.parametrize("size", SIZES)
async def test_both_halves_the_intervals_and_the_verdict_are_shown(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The child is asked for the right pair; everything fits."""
    asked = install(monkeypatch, {_asked(): [{"done": 1, "total": 2, "doing": "reading"}, _answer()]})
    app = ComparisonApp()
    async with app.run_test(size=size) as pilot:
        first, second = await _compared(pilot)
        assert asked == [_asked()]
        for words in (
            "The shipped model and other on mnist, 1,000 images",
            "The shipped model is better than other (7.00 points, 95% interval ",
            "in fewer than 0.1% of such comparisons.",
            "the shipped model: 75, 60 shown",
            "Only other: 5",
            "97.50% right (95%: 96.34–98.30%)",
            "90.50% right (95%: 88.52–92.17%)",
            "7, not 1",
            "3, not 8",
            "Image 1, 7/0.png, is labelled 7: the shipped model reads 7 (98.00%), other 1 (75.00%).",
        ):
            assert words in _said(app), words
        assert (len(first.images), len(second.images)) == (60, 5) and first.has_focus
        assert clipped(app) == [] and not scrollbars(app)


async def test_keys_lead_through_both_halves_and_into_an_image(monkeypatch: pytest.MonkeyPatch) -> None:
    """An image opens in the network that misreads it."""
    install(monkeypatch, {_asked(): [_answer()]})
    app = ComparisonApp()
    async with app.run_test(size=(80, 24)) as pilot:
        first, second = await _compared(pilot)
        await pilot.press("right", "enter")
        await until(pilot, lambda: len(app.asked) == 1)
        assert app.asked[0].title == "image 11, 7/1.png, a 7 read as 1 by other" and app.asked[0].checkpoint == _OTHER
        await pilot.press("n")
        assert second.has_focus and "▸ Only other" in text(app)
        await pilot.press("down", "enter")
        await until(pilot, lambda: len(app.asked) == 2)
        assert app.asked[1].checkpoint == _SHIPPED and "a 3 read as 8 by the shipped model" in app.asked[1].title
        assert f"Image {10 * second.across + 1}, 3/{second.across}.png, is labelled 3: other reads 3" in _said(app)
        await pilot.press("tab")
        assert first.has_focus
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is not app.opened)


async def test_the_mouse_does_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """A click moves the cursor to an image of either half, a second one opens it."""
    install(monkeypatch, {_asked(): [_answer()]})
    app = ComparisonApp()
    async with app.run_test(size=(160, 50)) as pilot:
        _, second = await _compared(pilot)
        place = second.region.x + second.side + 3, second.region.y + 2
        await pilot.click(offset=place)
        await pilot.pause()
        assert second.has_focus and second.marked == 1 and not app.asked
        await pilot.click(offset=place)
        await until(pilot, lambda: bool(app.asked))
        assert "image 11, 3/1.png" in app.asked[0].title


@pytest.mark.parametrize("size", SIZES)
async def test_networks_that_read_alike_have_nothing_to_show(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is said, and no key does harm; with images on one half only, the keys stay there."""
    install(monkeypatch, {_asked(): [_answer(0, 0)]})
    app = ComparisonApp()
    async with app.run_test(size=size) as pilot:
        await _compared(pilot)
        assert "They read every image alike." in text(app) and "Only other: 0" in text(app)
        await pilot.press("n", "enter", "right", "tab", "enter")
        assert not app.asked and clipped(app) == [] and not scrollbars(app)
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is not app.opened)


async def test_images_of_the_second_alone_get_the_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without colours too."""
    monkeypatch.setenv("NO_COLOR", "1")
    install(monkeypatch, {_asked(): [_answer(0, 6)]})
    app = ComparisonApp()
    async with app.run_test(size=(80, 24)) as pilot:
        _, second = await _compared(pilot)
        assert second.has_focus and "Other is" not in _said(app) and "other is better than the shipped" in _said(app)
        await pilot.press("n")
        assert second.has_focus and "▸ Only other: 6" in text(app)


@pytest.mark.parametrize("steps", [[{"error": "there are no images"}], [{"first": 3}], []])
async def test_what_goes_wrong_stands_where_the_verdict_would(
    steps: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The screen stays, and closes as ever."""
    install(monkeypatch, {_asked(): steps})
    app = ComparisonApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "✗ " in text(app))
        await pilot.press("n", "enter", "escape")
        await until(pilot, lambda: app.screen is not app.opened)


@pytest.fixture
def run() -> Run:
    """A run whose network can be chosen."""
    made = create_run(TrainingConfig())
    trained(made.model)
    return made


async def test_the_other_network_is_chosen_among_the_mistakes(monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    """The network itself is none to compare with; another one can be chosen on the screen too."""
    mistakes = f"evaluate --checkpoint {_SHIPPED} --data mnist --examples 60 --json"
    asked = install(monkeypatch, {mistakes: [{"error": "no"}], _asked(run.model): [_answer()]})

    app = ComparisonApp(MistakesScreen(None, "mnist"))

    async def choose(row: int) -> None:
        await until(
            pilot, lambda: isinstance(app.screen, CheckpointScreen) and app.screen.query_one(LongList).has_focus
        )
        await pilot.press(*["down"] * row, "enter")

    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, MistakesScreen))
        await pilot.press("o")
        await choose(0)
        await until(pilot, lambda: any("choose another" in each.message for each in app._notifications))
        assert isinstance(app.screen, MistakesScreen)
        await pilot.press("o")
        await choose(1)
        await _compared(pilot)
        assert isinstance(app.screen, ComparisonScreen) and asked[-1] == _asked(run.model)
        await pilot.press("o")
        await choose(1)  # the compared one comes first, the shipped one next
        await until(pilot, lambda: any("is the one that is compared" in each.message for each in app._notifications))
        assert "Only other: 5" in text(app)


def test_a_cross_validation_is_not_compared() -> None:
    """Its network has learned from all images that its figures are about."""
    assert not MistakesScreen(None, "own", np.eye(10, dtype=int).tolist()).check_action("compare", ())
    assert MistakesScreen(None, "own").check_action("compare", ())


@pytest.mark.parametrize("size", SIZES)
def test_comparisons_look(
    snap_compare: Callable[..., bool], size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both halves."""
    install(monkeypatch, {_asked(): [_answer()]})

    async def shown(pilot: Pilot[Any]) -> None:
        await _compared(pilot)

    assert snap_compare(ComparisonApp(), terminal_size=size, run_before=shown)
