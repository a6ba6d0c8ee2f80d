"""The fields of the data screen: what they begin with for each set, and what is started with them."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from fake_core import DEVICES, details, install
from layout import clipped, scrollbars, settled, text, until
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Select

from core import paths
from core.config.configuration import TrainingConfig
from core.data import catalogue
from core.data.catalogue import Availability, Entry
from core.data.details import DataDetails
from core.data.own.own_set import OwnSet, create
from tui.app import DigitsApp
from tui.screens.datasets import DataScreen
from tui.widgets.data.catalogue_table import CatalogueTable
from tui.widgets.data.suggestions import Suited

SIZES = [(80, 24), (160, 50)]
SMALL = {"counts": [25] * 10, "test_counts": [4] * 10, "test_note": "15% of each class, held out with a fixed seed"}

pytestmark = pytest.mark.usefixtures("children_end")


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A folder of class folders in the catalogue, called `mine`."""
    from PIL import Image

    folder = tmp_path / "mine"
    for digit in range(10):
        (folder / str(digit)).mkdir(parents=True)
        image = np.zeros((28, 28), np.uint8)
        image[6:22, 8 : 10 + digit] = 255
        Image.fromarray(image).save(folder / str(digit) / "1.png")
    catalogue.add(folder)
    return folder


@pytest.fixture
def anna() -> OwnSet:
    """A set of drawings of somebody's own."""
    return create("Anna")


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What children were asked."""
    answers: dict[str, list[dict[str, Any]]] = {
        "devices --json": [DEVICES],
        "datasets mnist --json": [details()],
        "datasets mine --json": [{**details("mine", skipped=2), **SMALL}],
        "datasets Anna --json": [{**details("Anna", skipped=2), **SMALL}],
        "datasets Berta --json": [{**details("Berta"), **SMALL}],
    }
    return install(monkeypatch, answers)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[TrainingConfig]:
    """The trainings that the app was asked for."""
    asked_for: list[TrainingConfig] = []
    monkeypatch.setattr(DigitsApp, "on_start_run", lambda _, asked: asked_for.append(asked.config))
    return asked_for


async def choose(pilot: Pilot[Any], name: str) -> DataScreen:
    """Put the cursor of the data screen on a set, and wait for what is told of it."""
    await pilot.press("d")
    screen = pilot.app.screen
    assert isinstance(screen, DataScreen)
    table = screen.query_one(CatalogueTable)
    await until(pilot, lambda: table.row_count)
    screen.action_to_table()
    await pilot.press("home")
    await pilot.pause()
    while (chosen := table.chosen) is None or chosen.name != name:
        await pilot.press("down")
    await until(pilot, lambda: screen.details is not None)
    await pilot.pause()
    return screen


def fields(screen: DataScreen) -> tuple[object, object]:
    """The recipe and the folds as they stand."""
    return screen.query_one("#recipe", Select).value, screen.query_one("#folds", Select).value


def entry(kind: str, images: int | None) -> Entry:
    """A line of the catalogue."""
    return Entry("it", "it", kind, images, 10, "there", Availability.READY, "/there")


def told(*counts: int) -> DataDetails:
    """What is known of a set with so many images of each class."""
    return DataDetails("it", "it", sum(counts), "here", "ready", counts, (0,) * 10)


def test_small_sets_of_ones_own_are_fine_tuned_on_and_crossed() -> None:
    """In as many folds as every class has images for; MNIST and large folders are learned from scratch, once."""
    assert Suited.to(entry("folder", 249), None).recipe == "fine-tune"
    assert Suited.to(entry("folder", 249), None).folds == 5
    assert Suited.to(entry("folder", None), None).folds == 5
    assert Suited.to(entry("own", 40), told(*[4] * 10)).folds == 3
    assert Suited.to(entry("own", 11), told(2, *[1] * 9)).folds == 0
    assert Suited.to(entry("own", 40), told(20, 20, *[0] * 8)).folds == 5
    for large in (entry("mnist", 70_000), entry("folder", 100_000), entry("download", 9_298)):
        assert (Suited.to(large, None).recipe, Suited.to(large, None).folds) == ("fast", 0)
    assert Suited.to(entry("folder", None), told(*[2_000] * 10)).recipe == "fast"


async def test_the_fields_follow_the_chosen_set(mine: Path, started: list[TrainingConfig]) -> None:
    """What they mean is said in words, with the network that is gone on from."""
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await choose(pilot, "mnist")
        assert fields(screen) == ("fast", 0)
        assert "fast: seconds on a laptop's processor" in text(app)
        await choose(pilot, "mine")
        assert fields(screen) == ("fine-tune", 5)
        assert "fine-tunes the shipped model, replaying MNIST; 5 folds (6 training runs)" in text(app)
        await pilot.press("s")
        shipped = str(paths.shipped_checkpoint())
        assert started == [TrainingConfig(data="mine", recipe="fine-tune", fine_tune=shipped, folds=5)]
        await choose(pilot, "mnist")
        assert fields(screen) == ("fast", 0)


async def test_what_a_person_chose_stays_for_sets_of_that_size(mine: Path, anna: OwnSet) -> None:
    """And does not have MNIST trained six times."""
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await choose(pilot, "mine")
        screen.query_one("#folds", Select).value = 10
        screen.query_one("#recipe", Select).value = "accurate"
        await pilot.pause()
        assert "10 folds (11 training runs)" in text(app)
        await choose(pilot, "mnist")
        assert fields(screen) == ("fast", 0)
        await choose(pilot, "Anna")
        assert fields(screen) == ("accurate", 10)
        screen.query_one("#folds", Select).value = 5  # as at first, but now by choice
        await pilot.pause()
        await choose(pilot, "mine")
        assert fields(screen) == ("accurate", 5)


async def test_mnist_itself_is_not_fine_tuned_on(started: list[TrainingConfig]) -> None:
    """It says why, starts nothing and leads to the field."""
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await choose(pilot, "mnist")
        screen.query_one("#recipe", Select).value = "fine-tune"
        await until(pilot, lambda: "✗ the network already knows MNIST" in text(app))
        await pilot.press("s")
        assert not started
        assert app.focused is screen.query_one("#recipe")


async def test_fine_tuning_goes_on_from_the_network_in_use(mine: Path, started: list[TrainingConfig]) -> None:
    """Named by its run, also where that name is longer than the line."""
    chosen = paths.user_checkpoints() / "2026-01-31-142500-mnist-accurate-and-more" / "model.npz"
    chosen.parent.mkdir()
    chosen.write_bytes(paths.shipped_checkpoint().read_bytes())
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await choose(pilot, "mine")
        app.owners.model.use(chosen)
        await until(
            pilot, lambda: "fine-tunes 2026-01-31-142500-mnis…, replaying MNIST; 5 folds (6 training runs)" in text(app)
        )
        await pilot.press("s")
        assert [config.fine_tune for config in started] == [str(chosen)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ["mine", "Anna"])
async def test_everything_fits(size: tuple[int, int], name: str, mine: Path, anna: OwnSet) -> None:
    """Fields, images and footer, with every key that a set of one's own has."""
    app = DigitsApp()
    async with app.run_test(size=size) as pilot:
        screen = await choose(pilot, name)
        await settled(pilot)
        assert clipped(app) == []
        assert not scrollbars(app)
        footer = text(app).splitlines()[-1]
        for word in ("Train", "Add", "Check-up", "More images", "Help", "Quit", "Edit" if name == "Anna" else "Remove"):
            assert word in footer
        assert ("Edit" in footer) == (name == "Anna")
        seen = text(app)
        for word in ("Recipe fine-tune", "Epochs", "Folds 5", "Device", "Start"):
            assert word in seen
        assert screen.details is not None and len(screen.details.samples) == 40


class Answering(Screen[bool]):
    """Stands in for a screen that is opened from the data screen; it notes what it was given."""

    given: tuple[Any, ...] = ()

    def __init__(self, *given: Any) -> None:
        super().__init__()
        type(self).given = given


def stand_in(monkeypatch: pytest.MonkeyPatch, module: str, name: str) -> type[Answering]:
    """Have `name` of `module` be a screen that waits to be dismissed."""
    screen = type(name, (Answering,), {})
    fake = ModuleType(module)
    setattr(fake, name, screen)
    monkeypatch.setitem(sys.modules, module, fake)
    return screen


async def test_v_checks_a_folder_and_reads_it_again_where_something_was_decided(
    monkeypatch: pytest.MonkeyPatch, asked: list[str], mine: Path
) -> None:
    """Not where nothing was; and MNIST needs no check-up."""
    check = stand_in(monkeypatch, "tui.screens.check", "CheckScreen")
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await choose(pilot, "mnist")
        await pilot.press("v", "e")
        assert app.screen is screen
        for decided, looks in ((False, 1), (True, 2)):
            await choose(pilot, "mine")
            await pilot.press("v")
            await until(pilot, lambda: isinstance(app.screen, check))
            assert check.given == (mine, "mine")
            opened = pilot.app.screen
            assert isinstance(opened, check)
            opened.dismiss(decided)
            await until(pilot, partial(lambda looks: asked.count("datasets mine --json") == looks, looks))
            await until(pilot, lambda: app.screen is screen and screen.details is not None)
            assert screen.chosen is not None and screen.chosen.name == "mine"


async def test_e_edits_a_set_of_drawings_and_finds_it_by_its_new_name(
    monkeypatch: pytest.MonkeyPatch, asked: list[str], anna: OwnSet
) -> None:
    """The cursor stays on it."""
    from core.data import own_sets

    edit = stand_in(monkeypatch, "tui.screens.own_set", "OwnSetScreen")
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await choose(pilot, "Anna")
        await pilot.press("x")
        assert app.screen is screen  # a set of one's own stays in the list
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, edit))
        assert edit.given == (anna,)
        own_sets.rename(anna, "Berta")
        app.screen.dismiss(None)
        await until(pilot, lambda: screen.chosen is not None and screen.chosen.name == "Berta")
        await until(pilot, lambda: screen.details is not None)
        assert "Berta: 210 for training" in text(app)
