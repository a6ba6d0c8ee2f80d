"""The data screen: the catalogue, what is told of a set, own sets, downloads and the start of a training."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fake_core import DEVICES, TRAIN_COUNTS, details, install
from layout import clipped, scrollbars, shows, text, until
from textual import events
from textual.geometry import Size
from textual.pilot import Pilot
from textual.widgets import Button, Input, OptionList, ProgressBar, Select
from textual.worker import Worker
from waiting import LONGEST, comes_true

from core import paths
from core.config.configuration import TrainingConfig
from core.config.devices import DeviceList
from core.data import catalogue
from core.data.results import Added
from tui.app import DigitsApp
from tui.screens.add_folder import AddFolder, UsableTree
from tui.screens.confirm import Confirm
from tui.screens.datasets import DataScreen
from tui.screens.skipped import SkippedScreen
from tui.state.requests import LookInside
from tui.widgets.data.catalogue_table import CatalogueTable
from tui.widgets.data.counts import Counts, bar
from tui.widgets.data.training_options import TrainingOptions
from tui.widgets.shared.path_input import PathInput, completion
from tui.widgets.shared.samples import Grid, Samples, shrunk

SIZES = [(80, 24), (160, 50)]
ANSWERS: dict[str, list[dict[str, Any]]] = {
    "devices --json": [DEVICES],
    "datasets mnist --json": [{"done": 1, "total": 2}, details()],
    "datasets own --json": [{**details("own", skipped=3), "counts": [7] * 10, "test_counts": [1] * 10}],
}

pytestmark = pytest.mark.usefixtures("children_end")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A small set in the catalogue, called `own`."""
    path = tmp_path / "own.npz"
    images = np.zeros((40, 28, 28), np.uint8)
    images[:, 8:20, 8:20] = np.arange(40, dtype=np.uint8)[:, None, None] + 100
    np.savez(path, images=images, labels=np.arange(40) % 10)
    catalogue.add(path)
    return path


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What children were asked; they answer with `ANSWERS`."""
    return install(monkeypatch, ANSWERS)


async def open_data(pilot: Pilot[Any], choose: str = "mnist", told: bool = True) -> DataScreen:
    """Go to the data screen, to one of its rows, and wait for what is told of it."""
    await pilot.press("d")
    screen = pilot.app.screen
    assert isinstance(screen, DataScreen)
    table = screen.query_one(CatalogueTable)
    await until(pilot, lambda: table.row_count)
    while (chosen := table.chosen) is None or chosen.name != choose:
        await pilot.press("down")
    if told:
        await until(pilot, lambda: screen.details is not None)
    await pilot.pause()
    return screen


async def see(pilot: Pilot[Any]) -> None:
    """The data screen, all of it loaded, for a picture."""
    screen = await open_data(pilot)
    await until(pilot, lambda: screen.query_one("#device OptionList", OptionList).option_count == 3)
    await pilot.pause()


@pytest.mark.parametrize("size", SIZES)
async def test_nothing_is_clipped(size: tuple[int, int], asked: list[str], own: Path) -> None:
    """With an own set whose path is long."""
    app = DigitsApp()
    async with app.run_test(size=size) as pilot:
        await open_data(pilot, "own")
        assert clipped(app) == []
        assert not scrollbars(app)
        seen = text(app)
        for part in ("Name", "Images", "Classes", "Source", "State", "MNIST", "70,000", "needs a download", "Start"):
            assert part in seen, part
        assert seen.count("…") >= 1  # the path's beginning


async def test_a_set_is_told_of_with_counts_and_images(asked: list[str]) -> None:
    """Figures of every class, where the test images come from, and images with their labels."""
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await open_data(pilot)
        seen = text(app)
        for count in TRAIN_COUNTS:
            assert f"{count:,}" in seen
        assert "60,000 for training, 10,000 for testing (MNIST's test set)" in seen
        assert screen.query_one(Samples).grid.count == 8
        await pilot.press("n")
        assert screen.query_one(Samples).first == 8
        for _ in range(4):
            await pilot.press("n")
        assert screen.query_one(Samples).first == 0


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
async def test_any_image_opens_inside_the_network(
    asked: list[str], looked_inside: list[LookInside], size: tuple[int, int]
) -> None:
    """By keys, over the end of a row and of a page, and by a second click; digit k has k + 1 pairs of bright rows."""
    app = DigitsApp()
    async with app.run_test(size=size) as pilot:
        screen = await open_data(pilot)
        samples = screen.query_one(Samples)
        await pilot.press("tab")
        assert samples.has_focus and "0▸" in text(app)
        await pilot.press("right", "enter", "down", "v")
        assert [each.title for each in looked_inside] == [
            "a 1 of MNIST",
            f"a {(1 + samples.grid.columns) % 10} of MNIST",
        ]
        assert looked_inside[0].image[:, 10].tolist() == [0] * 4 + [255] * 4 + [0] * 20
        await pilot.press(*["right"] * samples.grid.count)
        assert samples.first == samples.grid.count and samples.cursor == 1 + samples.grid.columns + samples.grid.count
        await pilot.press("n")
        assert samples.cursor == samples.first and f"{samples.first % 10}▸" in text(app)
        await pilot.click(Samples, offset=(samples.grid.side + 4, 1))
        assert samples.cursor == samples.first + 1 and len(looked_inside) == 2
        await pilot.click(Samples, offset=(samples.grid.side + 4, 1))
        await until(pilot, lambda: len(looked_inside) == 3)
        assert (
            looked_inside[2].title == f"a {(samples.first + 1) % 10} of MNIST" and looked_inside[2].checkpoint is None
        )
        await pilot.press("escape")
        assert not samples.has_focus and "▸" not in text(app)


async def test_images_are_whole_where_there_is_room(asked: list[str]) -> None:
    """28 pixels on a side at 160×50."""
    app = DigitsApp()
    async with app.run_test(size=(160, 50)) as pilot:
        screen = await open_data(pilot)
        grid = screen.query_one(Samples).grid
        assert grid.side == 28 and grid.count >= 8
        assert "1,135 test" in text(app)


async def test_reading_a_set_shows_progress_and_ends_when_another_is_chosen(
    monkeypatch: pytest.MonkeyPatch, own: Path
) -> None:
    """The first child does not hold up the second."""
    slow = [{"done": 20_000, "total": 60_000}, {"wait": 60}]
    install(monkeypatch, {**ANSWERS, "datasets mnist --json": slow})
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await open_data(pilot, told=False)
        await until(pilot, lambda: "Reading 20,000 of 60,000 images" in text(app))
        assert screen.query_one("#details ProgressBar", ProgressBar).percentage == pytest.approx(1 / 3)
        await pilot.press("down")
        await until(pilot, lambda: screen.details is not None)
        await until(pilot, lambda: "own: 60 for training" in text(app))


async def test_a_set_that_cannot_be_used_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the child's own words."""
    install(monkeypatch, {**ANSWERS, "datasets mnist --json": [{"error": "t10k is missing; get it again"}]})
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await open_data(pilot, told=False)
        await until(pilot, lambda: "✗ t10k is missing; get it again" in text(app))


async def test_skipped_files_are_listed_with_their_reasons(asked: list[str], own: Path) -> None:
    """The panel counts them, k lists them."""
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await open_data(pilot, "own")
        assert "1 note, 3 skipped" in text(app)
        await pilot.press("k")
        assert isinstance(app.screen, SkippedScreen)
        await until(pilot, lambda: "/own/3/2.png" in text(app) and "not an image" in text(app))
        assert "Classes are of unequal size." in text(app)
        assert clipped(app) == []
        await pilot.press("escape")
        assert isinstance(app.screen, DataScreen)


# Own sets


async def test_a_folder_is_added_by_its_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, own: Path) -> None:
    """It is then the chosen one."""
    steps = [{"done": 1, "total": 9}, Added(catalogue.find("own")).to_json()]
    asked = install(monkeypatch, {**ANSWERS, f"datasets --add {own} --json": steps})
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await open_data(pilot)
        await pilot.press("a")
        assert isinstance(app.screen, AddFolder)
        assert clipped(app) == []
        app.screen.query_one(Input).value = str(own)
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is screen)
        await until(pilot, lambda: screen.chosen is not None and screen.chosen.name == "own")
        assert f"datasets --add {own} --json" in asked


async def test_a_known_set_is_not_added_again(monkeypatch: pytest.MonkeyPatch, own: Path) -> None:
    """It is chosen, and said to have been there."""
    install(monkeypatch, {**ANSWERS, f"datasets --add {own} --json": [Added(catalogue.find("own")).to_json()]})
    app = DigitsApp()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = await open_data(pilot)
        await pilot.press("a")
        app.screen.query_one(Input).value = str(own)
        await pilot.press("enter")
        await until(pilot, lambda: "own is already in the catalogue" in text(app))
        await until(pilot, lambda: screen.chosen is not None and screen.chosen.name == "own")
        await until(pilot, lambda: screen.details is not None and not list(app.workers))


async def test_keys_during_a_look_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the path nor the look; escape ends both."""
    asked = install(monkeypatch, {**ANSWERS, "datasets --add /slow --json": [{"done": 1, "total": 9}, {"wait": 60}]})
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await open_data(pilot)
        await pilot.press("a", *"/slow", "enter")
        await until(pilot, lambda: "Reading /slow" in text(app))
        await pilot.press("x", "y", "enter", "down", "enter")
        await pilot.pause(0.1)
        assert app.screen.query_one(Input).value == "/slow"
        assert [each for each in asked if "--add" in each] == ["datasets --add /slow --json"]
        await pilot.press("escape")
        assert app.screen is screen
        await until(pilot, lambda: not list(app.workers))


async def test_what_cannot_be_added_is_explained_and_stays_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that it can be corrected; an empty path is no reason to ask a child."""
    error = "there is no file or folder /nowhere; check the spelling"
    install(monkeypatch, {**ANSWERS, "datasets --add /nowhere --json": [{"error": error}, {"exit": 1}]})
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await open_data(pilot)
        await pilot.press("a", "enter")
        await until(pilot, lambda: "Enter the path of a folder or file" in text(app))
        await pilot.press(*"/nowhere", "enter")
        await until(pilot, lambda: f"✗ {error}" in text(app))
        assert app.screen.query_one(Input).value == "/nowhere"
        await pilot.press("escape")
        assert isinstance(app.screen, DataScreen)


async def test_a_path_is_completed(asked: list[str], tmp_path: Path) -> None:
    """Tab takes the suggestion, and goes on to the next field where there is none."""
    (tmp_path / "digits of mine" / "0").mkdir(parents=True)
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await open_data(pilot)
        await pilot.press("a")
        field = app.screen.query_one(Input)
        field.value = f"{tmp_path}/dig"
        await until(pilot, lambda: field._suggestion)
        await pilot.press("tab")
        assert field.value == f"{tmp_path}/digits of mine/"
        field.value = f"{tmp_path}/nothing like it"
        await pilot.pause(0.1)
        await pilot.press("tab")
        assert not field.has_focus


def test_completion_offers_folders_and_usable_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hidden ones only where a dot was typed; `~` stays as it was typed."""
    for name in ("a.npz", "ab.txt", ".hidden.npz"):
        (tmp_path / name).touch()
    (tmp_path / "b").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    assert completion(f"{tmp_path}/") == f"{tmp_path}/a.npz"
    assert completion(f"{tmp_path}/ab") is None
    assert completion("~/b") == "~/b/"
    assert completion("~/.h") == "~/.hidden.npz"
    assert completion("/nonexistent/x") is None


async def test_a_folder_is_found_by_browsing(asked: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the cursor is on stands in the field."""
    (tmp_path / "here" / "mine").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "here")
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await open_data(pilot)
        await pilot.press("a", "down")
        await until(pilot, lambda: "mine" in text(app))
        await pilot.press("down")
        assert app.screen.query_one(Input).value == str(tmp_path / "here" / "mine")
        await pilot.press("backspace")
        await until(pilot, lambda: "▾ " + tmp_path.name in text(app))


async def test_an_own_set_is_removed_and_its_file_is_kept(asked: list[str], own: Path) -> None:
    """After a question that says so; MNIST cannot be removed."""
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await open_data(pilot)
        await pilot.press("x")
        assert app.screen is screen
        await pilot.press("down")
        await pilot.pause()
        await pilot.press("x")
        await until(pilot, lambda: "Its files stay where they are" in text(app))
        assert isinstance(app.screen, Confirm)
        await pilot.press("y")
        await until(pilot, lambda: app.screen is screen and "own" not in [e.name for e in catalogue.entries()])
        await until(pilot, own.exists)
        await until(pilot, lambda: screen.query_one(CatalogueTable).row_count == len(catalogue.entries()))


# Downloads


async def test_a_download_shows_progress_and_can_be_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    """It goes on while another screen is looked at."""
    steps = [{"done": 2_000_000, "total": 8_000_000}, {"wait": 60}]
    install(monkeypatch, {**ANSWERS, "datasets --download usps --json": steps})
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await open_data(pilot, "usps", told=False)
        await until(pilot, lambda: "Press g to download it" in text(app))
        await pilot.press("s")
        assert "Press g" in text(app)
        await pilot.press("g", "h")
        await until(pilot, lambda: app.owners.downloads.current is not None and app.owners.downloads.current.done)
        await pilot.press("d")
        await until(pilot, lambda: "Downloading 2.0 of 8.0 MB" in text(app))
        assert screen.query_one("#details ProgressBar", ProgressBar).percentage == pytest.approx(0.25)
        await pilot.press("c")
        await until(pilot, lambda: app.owners.downloads.current is None)
        await until(pilot, lambda: "Press g to download it" in text(app))


async def test_a_download_without_a_byte_is_connecting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rather than at 0.0 MB."""
    install(monkeypatch, {**ANSWERS, "datasets --download usps --json": [{"wait": 60}]})
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await open_data(pilot, "usps", told=False)
        await pilot.press("g")
        await until(pilot, lambda: "Connecting … c cancels" in text(app))
        await pilot.press("c")
        await until(pilot, lambda: app.owners.downloads.current is None)


async def test_a_download_that_fails_says_why_and_can_be_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message stays until then."""
    steps: list[dict[str, Any]] = [{"error": "no connection to the server; are you offline?"}, {"exit": 1}]
    install(monkeypatch, {**ANSWERS, "datasets --download usps --json": steps})
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await open_data(pilot, "usps", told=False)
        await until(pilot, lambda: "Press g to download it" in text(app))
        await pilot.press("g")
        await until(pilot, lambda: "✗ no connection to the server" in text(app))
        await until(pilot, lambda: "Press g to try again" in text(app))


# The start of a training


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[TrainingConfig]:
    """The trainings that the app was asked for."""
    asked_for: list[TrainingConfig] = []
    monkeypatch.setattr(DigitsApp, "on_start_run", lambda _, asked: asked_for.append(asked.config))
    return asked_for


async def test_s_starts_the_chosen_set_as_it_stands(asked: list[str], started: list[TrainingConfig]) -> None:
    """One key, the recipe's own epochs, the fastest device."""
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await open_data(pilot)
        await pilot.press("s")
        assert started == [TrainingConfig()]


async def test_the_fields_are_what_is_started(asked: list[str], started: list[TrainingConfig], own: Path) -> None:
    """By keyboard alone: enter on a row leads to the button, tab through the fields."""
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await open_data(pilot, "own")
        await until(pilot, lambda: screen.query_one("#device OptionList", OptionList).option_count == 3)
        await pilot.press("tab", "tab", "enter", "up", "up", "up", "up", "enter")  # past the images
        assert screen.query_one("#recipe", Select).value == "accurate"
        await pilot.press("tab", "3", "tab", "enter", "down", "enter", "tab", "enter", "down", "enter", "tab")
        assert isinstance(app.focused, Button)
        await pilot.press("enter")
        assert started == [TrainingConfig(data="own", recipe="accurate", epochs=3, device="cpu", folds=10)]


async def test_wrong_epochs_are_told_beside_the_field(asked: list[str], started: list[TrainingConfig]) -> None:
    """And nothing is started; the field has the focus."""
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await open_data(pilot)
        for given, message in (("0", "epochs is 0; it must be 1 to 10,000"), ("2.5", "epochs is '2.5'; it must be")):
            screen.query_one("#epochs", Input).value = given
            await until(pilot, shows(app, message))
            await pilot.press("s")
            assert not started
            assert app.focused is screen.query_one("#epochs")
            screen.query_one(CatalogueTable).focus()


async def test_the_epochs_take_digits_and_leave_the_other_keys_alone(asked: list[str]) -> None:
    """Letters act as elsewhere and stand in the footer; escape leads back, as does leaving the screen."""
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await open_data(pilot)
        field, table = screen.query_one("#epochs", Input), screen.query_one(CatalogueTable)
        field.focus()
        await pilot.pause()
        assert "s Train" in text(app).splitlines()[-1]
        await pilot.press("1", "2", "n", "backspace")
        assert field.value == "1"
        assert screen.query_one(Samples).first == 8
        await pilot.press("escape")
        assert app.focused is table
        field.focus()
        await pilot.press("t")
        assert app.current_mode == "training"
        await pilot.press("d")
        await pilot.pause()
        assert app.focused is table and field.value == "1"


async def test_a_key_in_the_table_before_it_is_filled_moves_nothing(asked: list[str]) -> None:
    """Nor does it end the app; the first set is chosen then as ever."""
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        table = (await open_data(pilot)).query_one(CatalogueTable)
        entries = table._entries
        for key in ("up", "down", "pageup", "pagedown", "home", "end"):
            table.show([])
            await pilot.press(key)
            table.show(entries)
            await pilot.press("down")
            assert table.chosen == entries[1]


async def test_the_dialog_closes_while_a_folder_opens(
    asked: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """In whatever order the tree hears of both; the app then goes on."""
    (tmp_path / "far").mkdir()
    monkeypatch.chdir(tmp_path)
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        for late in range(0, 12, 2):
            await open_data(pilot)
            await pilot.press("a")
            await until(pilot, lambda: isinstance(app.screen, AddFolder) and "far" in text(app))
            dialog = app.screen
            tree = dialog.query_one(UsableTree)
            dialog.dismiss(None)
            for _ in range(late):
                await asyncio.sleep(0)
            for folder in tree.root.children:
                tree.post_message(UsableTree.NodeExpanded(folder))
            app.post_message(events.Key("h", None))
            await comes_true(lambda: app.current_mode == "home")


async def test_the_tree_takes_keys_while_a_folder_is_read(
    asked: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As from a network disk that takes a minute: the cursor moves, other folders are shown, and the dialog closes."""
    for name in ("far", "near"):
        (tmp_path / "home" / name / f"in {name}").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "home")
    read, known = threading.Event(), UsableTree._directory_content

    def slow(tree: UsableTree, location: Path, worker: Worker[Any]) -> Iterator[Path]:
        if location.name == "far":
            read.wait(LONGEST)
        return known(tree, location, worker)

    monkeypatch.setattr(UsableTree, "_directory_content", slow)
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        try:
            await open_data(pilot)
            await pilot.press("a")
            await until(pilot, lambda: isinstance(app.screen, AddFolder) and "far" in text(app))
            tree = app.screen.query_one(UsableTree)
            await pilot.press("down", "down", "enter")
            assert tree.cursor_node is not None and tree.cursor_node.is_expanded and "in far" not in text(app)
            for key, name in (("down", "near"), ("up", "far"), ("down", "near")):
                await pilot.press(key)
                there = str(tmp_path / "home" / name)
                await until(pilot, lambda there=there: app.screen.query_one(PathInput).value == there)  # type: ignore[misc]
            await pilot.press("backspace")
            await until(pilot, lambda: tree.path == tmp_path and "home" in text(app))
            await pilot.press("down", "enter")
            await until(pilot, lambda: "near" in text(app))
            await pilot.press("down", "enter")
            await pilot.pause()
            assert "in far" not in text(app)
            await pilot.press("down")
            await until(pilot, lambda: tree.cursor_node is not None and str(tree.cursor_node.label) == "near")
            read.set()
            await until(pilot, lambda: "in far" in text(app))
            assert tree.cursor_node is not None and str(tree.cursor_node.label) == "near"
            assert tree.get_node_at_line(tree.cursor_line) is tree.cursor_node
            read.clear()
            tree.path = tmp_path / "home" / "far"
            await until(pilot, lambda: "in far" not in text(app))
            await pilot.press("escape")
            await until(pilot, lambda: not isinstance(app.screen, AddFolder))
        finally:
            read.set()


async def test_enter_in_the_epochs_starts_and_leaves_the_field(asked: list[str], started: list[TrainingConfig]) -> None:
    """So that the next key is none that is typed."""
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await open_data(pilot)
        screen.query_one("#epochs").focus()
        await pilot.press("3", "enter")
        await pilot.pause()
        assert started == [TrainingConfig(epochs=3)]
        assert app.focused is screen.query_one(CatalogueTable)


async def test_the_recipes_open_above_the_field(asked: list[str]) -> None:
    """At the bottom of the screen there is room nowhere else; the field, what it means and the footer stay."""
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await open_data(pilot)
        for name in ("#recipe", "#folds", "#device"):
            screen.query_one(name).focus()
            await pilot.press("enter")
            await pilot.pause()
            menu, field = screen.query_one(f"{name} OptionList").region, screen.query_one(name).region
            assert menu.bottom <= field.y and app.screen.region.contains_region(menu)
            await pilot.press("escape")


async def test_a_device_that_is_not_available_is_listed_with_the_reason(asked: list[str]) -> None:
    """And cannot be chosen."""
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await open_data(pilot)
        menu = screen.query_one("#device OptionList", OptionList)
        await until(pilot, lambda: menu.option_count == 3)
        assert [option.disabled for option in menu.options] == [False, False, True]
        screen.query_one("#device").focus()
        await pilot.press("enter", "down", "down", "down", "enter")
        assert screen.query_one("#device", Select).value != "cuda"
        await pilot.press("enter")
        await until(pilot, lambda: "cuda: not available: no NVIDIA driver" in text(app))
        assert "cpu: Nonesuch 9000, 2 cores" in text(app)


async def test_the_mouse_does_it_too(asked: list[str], started: list[TrainingConfig], own: Path) -> None:
    """A click on a row, a click on the button."""
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await open_data(pilot)
        await pilot.click(CatalogueTable, offset=(4, 3))
        assert screen.chosen is not None and screen.chosen.name == "own"
        await pilot.click("#start")
        shipped = str(paths.shipped_checkpoint())
        assert started == [TrainingConfig(data="own", recipe="fine-tune", fine_tune=shipped, folds=5)]


# What it is drawn with


def test_bars_are_in_proportion() -> None:
    """To an eighth of a cell, and never empty for something."""
    assert bar(1.0, 4) == "████"
    assert bar(0.5, 4) == "██  "
    assert bar(0.28, 4) == "█▏  "
    assert bar(0.0001, 4) == "▏   "
    assert bar(0.0, 4) == "    "


async def test_counts_say_every_figure() -> None:
    """Also where one class is empty and one is most of all."""
    from textual.app import App, ComposeResult

    class CountsApp(App[None]):
        def compose(self) -> ComposeResult:
            yield Counts()

    app = CountsApp()
    async with app.run_test(size=(24, 10)) as pilot:
        app.query_one(Counts).counts = ((0, 12_345, *range(1, 9)), (0,) * 10)
        await pilot.pause()
        lines = [line.rstrip() for line in text(app).splitlines()]
        assert [line[0] for line in lines] == list("0123456789")
        assert [line.split()[-1] for line in lines] == ["0", "12,345", *map(str, range(1, 9))]
        assert "█" not in lines[0] and "█" in lines[1]


def test_images_shrink_by_whole_pixels() -> None:
    """The mean of two by two, and that without the rim."""
    pixels = np.arange(784, dtype=np.uint8).reshape(28, 28) // 2
    assert shrunk(pixels, 28) is pixels
    half = shrunk(pixels, 14)
    assert half.shape == (14, 14)
    assert half[3, 5] == round(float(pixels[6:8, 10:12].mean()))
    assert np.array_equal(shrunk(pixels, 12), half[1:13, 1:13])


def test_the_largest_images_of_which_enough_fit_are_taken() -> None:
    """Eight or as many as there are."""
    assert Grid.within(Size(56, 12), 40) == Grid(12, 4, 2)
    assert Grid.within(Size(120, 28), 40) == Grid(28, 4, 2)
    assert Grid.within(Size(64, 14), 40) == Grid(14, 4, 2)
    assert Grid.within(Size(30, 14), 1) == Grid(28, 1, 1)


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light"])
def test_the_data_screen_looks_right(snap_compare: Callable[..., bool], asked: list[str], theme: str) -> None:
    """At 80×24, in a dark and a light theme."""
    app = DigitsApp()
    app.theme = theme
    assert snap_compare(app, terminal_size=(80, 24), run_before=see)


def test_the_data_screen_looks_right_on_a_large_terminal(snap_compare: Callable[..., bool], asked: list[str]) -> None:
    """At 160×50."""
    assert snap_compare(DigitsApp(), terminal_size=(160, 50), run_before=see)


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize("gone", ["#fields", "#device > *"])
async def test_devices_that_are_told_while_the_screen_closes_change_nothing(gone: str) -> None:
    """A screen loses its widgets from the inside out; the child that looks for devices may answer meanwhile."""
    async with DigitsApp().run_test() as pilot:
        screen = await open_data(pilot)
        options = screen.query_one(TrainingOptions)
        await options.query(gone).remove()
        options.show_devices(DeviceList.from_json(DEVICES).devices)
        assert pilot.app.is_running and not options.query("#device OptionList")
