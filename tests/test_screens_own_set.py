"""The screen of an own set: its drawings page by page, relabelled, removed, brought back; names, export, import."""

from __future__ import annotations

import itertools
import time
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from drawn import kept_digits
from layout import after, clipped, scrollbars, settled, text, until
from textual import events
from textual.geometry import Offset, Size
from textual.pilot import Pilot
from textual.widgets import Input

import tui.app
from core.data import amendments, own_sets
from core.data.image_file import seen_in
from core.data.own_sets import OwnSet
from tui.app import DigitsApp
from tui.screens import own_set
from tui.screens.ask import Ask
from tui.screens.free_path import free_path
from tui.screens.own_set import OwnSetScreen
from tui.state.requests import LookInside
from tui.widgets.data.drawing_grid import DrawingGrid, Tiles
from tui.widgets.data.own_summary import balance

SIZES = [(80, 24), (160, 50)]

pytestmark = pytest.mark.usefixtures("children_end")


@pytest.fixture
def mine(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OwnSet]:
    """Thirty drawings, two to four of a digit, made one second after the other on an evening of UTC."""
    moments = itertools.count(1_769_880_000_000_000_000, 1_000_000_000)
    with monkeypatch.context() as patched:
        patched.setattr("core.data.own.drawing_files.time.time_ns", lambda: next(moments))
        kept_digits(own_sets.active(), [*range(10), *range(10), *range(5), 0, 1, 2, 3, 4])
    with monkeypatch.context() as patched:
        patched.setenv("TZ", "UTC")
        time.tzset()
        yield own_sets.active()
    time.tzset()


class Shown(DigitsApp):
    """The app with an own set's screen on top."""

    CSS_PATH = str(Path(tui.app.__file__).with_name("app.tcss"))

    def __init__(self, shown: OwnSet) -> None:
        super().__init__()
        self._shown = shown
        self.answers: list[OwnSet | None] = []

    def on_mount(self) -> None:
        self.push_screen(OwnSetScreen(self._shown), self.answers.append)


async def opened(pilot: Pilot[Any]) -> OwnSetScreen:
    """The screen, with its first page read."""
    await until(pilot, lambda: isinstance(pilot.app.screen, OwnSetScreen) and " page 1 of " in text(pilot.app))
    screen = pilot.app.screen
    assert isinstance(screen, OwnSetScreen)
    await settled(pilot)
    return screen


def grid(screen: OwnSetScreen) -> DrawingGrid:
    """Its drawings."""
    return screen.query_one(DrawingGrid)


@pytest.mark.parametrize("size", SIZES)
async def test_nothing_is_clipped(size: tuple[int, int], mine: OwnSet) -> None:
    """With a long name, and counts of all digits."""
    own_sets.rename(mine, "A name of forty characters, no more of.")
    app = Shown(own_sets.active())
    async with app.run_test(size=size) as pilot:
        await opened(pilot)
        assert clipped(app) == [] and not scrollbars(app)
        seen = text(app)
        for part in ("30 drawings, page 1 of", "Uneven: 4 of 0", "New drawings go into this set", "Remove", "Quit"):
            assert part in seen, part
        for digit, count in enumerate(own_sets.counts(mine)):
            assert any(line.lstrip().startswith(f"{digit} █") and f" {count} " in line for line in seen.splitlines())


async def test_any_drawing_opens_inside_the_network(mine: OwnSet, looked_inside: list[LookInside]) -> None:
    """By either key, and by a second click."""
    app = Shown(mine)
    async with app.run_test(size=(80, 24)) as pilot:
        shown = grid(await opened(pilot))
        await pilot.press("enter", "end", "v")
        kept = own_sets.drawings(mine)
        assert [each.title for each in looked_inside] == [f"a {kept[0].label} of own", f"a {kept[-1].label} of own"]
        assert np.array_equal(looked_inside[1].image, seen_in(kept[-1].path))
        await pilot.press("home")
        for count in (2, 3):
            await pilot.click(DrawingGrid, offset=(shown.tiles.width + 2, 3))
            await pilot.pause()
            assert shown.cursor == 1 and len(looked_inside) == count


async def test_a_digit_key_says_which_it_is(mine: OwnSet) -> None:
    """Image and strokes move to that digit, the next drawing comes under the cursor, and undo takes it back."""
    app = Shown(mine)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        first = own_sets.drawings(mine)[0]
        await pilot.press("7")
        await until(pilot, lambda: "Relabelled the 0 as 7; u undoes it." in text(app))
        assert own_sets.counts(mine)[:8:7] == [3, 3] and (mine.folder / "7" / first.path.name).exists()
        assert grid(screen).cursor == 0
        await pilot.press("end", "u")
        await until(pilot, lambda: "It is a 0 again, not a 7." in text(app))
        assert own_sets.drawings(mine)[0] == first == grid(screen).chosen
        await pilot.press("0")
        await until(pilot, lambda: "It is already labelled 0." in text(app))
        await pilot.press("escape")
        await until(pilot, lambda: app.answers == [mine])


async def test_what_is_removed_comes_back_after_a_restart(mine: OwnSet) -> None:
    """One after the other, the last one first; the cursor goes to what came back."""
    before = own_sets.drawings(mine)
    app = Shown(mine)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("right", "x")
        await until(pilot, lambda: "29 drawings" in text(app))
        await pilot.press("delete")
        await until(pilot, lambda: "28 drawings" in text(app))
        assert own_sets.drawings(mine) == [before[0], *before[3:]]
    app = Shown(mine)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        await pilot.press("end", "u")
        await until(pilot, lambda: "29 drawings" in text(app))
        assert grid(screen).chosen == before[2]
        await pilot.press("u")
        await until(pilot, lambda: "30 drawings" in text(app))
        assert own_sets.drawings(mine) == before
        await pilot.press("u")
        await until(pilot, lambda: "There is nothing to undo." in text(app))


@pytest.mark.parametrize(("key", "left", "nines"), [("x", 28, 2), ("9", 30, 4)])
async def test_two_keys_at_once_are_about_two_drawings(key: str, left: int, nines: int, mine: OwnSet) -> None:
    """As a slow line delivers them: the second means the drawing that is under the cursor by then."""
    app = Shown(mine)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        for _ in range(2):
            app.post_message(events.Key(key, key))
        await until(pilot, lambda: (len(own_sets.drawings(mine)), own_sets.counts(mine)[9]) == (left, nines))
        await pilot.pause(0.1)
        assert not app._notifications


async def test_only_the_page_that_is_shown_is_read(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of thousands of drawings a dozen; then that of the page that is turned to."""
    mine = own_sets.active()
    (kept,) = kept_digits(mine, [3])
    png = kept.path.read_bytes()
    for number in range(3000):
        (kept.path.parent / f"{number:05}.png").write_bytes(png)
    read: list[str] = []
    image = own_set._image

    def recorded(path: Path) -> Any:
        read.append(path.name)
        return image(path)

    monkeypatch.setattr(own_set, "_image", recorded)
    app = Shown(mine)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        assert "3,001 drawings, page 1 of 251" in text(app)
        assert read == [f"{number:05}.png" for number in range(12)]
        await pilot.press("end")
        await until(pilot, lambda: "page 251 of 251" in text(app) and kept.path.name in read)
        await pilot.press("home", "pagedown")
        await until(pilot, lambda: read[-12:] == [f"{number:05}.png" for number in range(12, 24)])


async def test_the_cursor_goes_everywhere(mine: OwnSet) -> None:
    """By arrows, pages, digits, mouse and wheel; it stops at both ends."""
    app = Shown(mine)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        drawings, found = own_sets.drawings(mine), grid(screen)
        visited = []
        for key in (
            "left",
            "right",
            "down",
            "up",
            "right_square_bracket",
            "left_square_bracket",
            "end",
            "right",
            "down",
        ):
            await pilot.press(key)
            visited.append(found.cursor)
        assert visited == [0, 1, 5, 1, 4, 0, 29, 29, 29]
        assert "page 3 of 3" in text(app)
        await pilot.press("home", "pagedown", "pagedown", "pageup")
        assert found.cursor == 12 and found.page == drawings[12:24]
        await pilot.click(found, offset=(15, 10))
        assert found.cursor == 17
        found.on_mouse_scroll_up()
        assert found.cursor == 5
        found.on_mouse_scroll_down()
        assert found.cursor == 17


async def test_another_window_changes_the_set(mine: OwnSet) -> None:
    """What it removed cannot be relabelled here: that is said, and the list is read again."""
    app = Shown(mine)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot)
        own_sets.remove(mine, own_sets.drawings(mine)[0])
        await pilot.press("5")
        await until(pilot, lambda: "29 drawings" in text(app))
        assert ["no longer in the set own" in each.message for each in app._notifications] == [True]


async def test_damaged_and_foreign_files_are_shown_as_what_they_are(mine: OwnSet) -> None:
    """A damaged image says so and can be removed; control characters of a name do not reach the terminal."""
    (mine.folder / "0" / "!\x1b[31m.png").write_bytes(b"no image")
    app = Shown(mine)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        seen = text(app)
        assert "cannot be re" in seen and "!�[31m.png" in seen and "\x1b" not in seen
        await pilot.press("x")
        await until(pilot, lambda: "30 drawings" in text(app))
    assert (mine.folder / ".removed" / "!\x1b[31m.png").read_bytes() == b"no image"


async def test_what_a_check_up_decided_is_marked(mine: OwnSet) -> None:
    """A star, and in words what was decided."""
    first, second = (each.path.relative_to(mine.folder).as_posix() for each in own_sets.drawings(mine)[:2])
    amendments.leave_out(mine.folder, first)
    amendments.relabel(mine.folder, second, 6)
    app = Shown(mine)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        seen = " ".join(text(app).split())
        assert "▸0 * 0 * 0" in seen and "* left out by your" in seen
        await pilot.press("right")
        await until(pilot, lambda: "* relabelled as 6 by" in " ".join(text(app).split()))


async def answer(pilot: Pilot[Any], key: str, *values: str) -> None:
    """Press `key`, and in its dialog give these values; the dialog is gone after it."""
    await pilot.press(key)
    await until(pilot, lambda: isinstance(pilot.app.screen, Ask) and pilot.app.screen.query("#field-0:focus"))
    for field, value in zip(pilot.app.screen.query(Input), values, strict=True):
        field.value = value
        await pilot.press("enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, OwnSetScreen))


async def test_a_set_is_exported_and_imported(mine: OwnSet, tmp_path: Path) -> None:
    """Both by real processes; the imported one is shown, and is what was exported."""
    app = Shown(mine)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = await opened(pilot)
        await answer(pilot, "e", str(tmp_path / "out.npz"))
        await until(pilot, lambda: "Exported 30 drawings to" in text(app))
        await answer(pilot, "i", str(tmp_path / "out.npz"), "Bea")
        await until(pilot, lambda: "─Bea─" in text(app) and "New drawings go into another set" in text(app))
        assert screen.own.name == "Bea" and own_sets.counts(screen.own) == own_sets.counts(mine)
        app.clear_notifications()  # else it covers the line that is looked at
        await pilot.press("a")
        await until(pilot, lambda: "New drawings go into Bea from now on." in text(app))
        assert own_sets.active() == screen.own
        await pilot.press("o")
        await until(pilot, lambda: "─own─" in text(app))


def says(app: DigitsApp, words: str) -> bool:
    """Whether these words stand on the screen, over however many lines of a box."""
    return words in " ".join(text(app).replace("│", " ").split())


async def test_a_dialog_says_what_is_wrong_and_stays(mine: OwnSet, tmp_path: Path) -> None:
    """For names and for paths; escape leaves without a change."""
    app = Shown(mine)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        for key, value, complaint in (
            ("r", "mnist", "there is already a data set called mnist"),
            ("n", "", "a data set needs a name"),
            ("e", str(tmp_path), "already exists and is not overwritten"),
        ):
            await pilot.press(key)
            await until(pilot, lambda: app.screen.query("#field-0:focus"))
            app.screen.query_one("#field-0", Input).value = value
            await pilot.press("enter")
            await until(pilot, partial(says, app, complaint))
            await until(pilot, lambda: app.screen.query("#field-0:focus"))
            assert clipped(app) == []
            await pilot.press("escape")
            await until(pilot, lambda: isinstance(app.screen, OwnSetScreen))
    assert own_sets.sets() == [mine]


async def test_renaming_and_a_new_set(mine: OwnSet) -> None:
    """The new name shows at once, and so does the new set, empty."""
    app = Shown(mine)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await answer(pilot, "r", "Anna [b]")
        await until(pilot, lambda: "─Anna [b]─" in text(app))
        await answer(pilot, "n", "Bea")
        await until(pilot, lambda: "─Bea─" in text(app) and "No drawings yet" in text(app))
        assert [each.name for each in own_sets.sets()] == ["Anna [b]", "Bea"]
        await pilot.press("x", "5", "u")
        await until(pilot, lambda: "There is nothing to undo." in text(app))


async def test_before_the_first_drawing(home: Path) -> None:
    """The screen says how there will be one, and looking makes no folder."""
    app = Shown(own_sets.active())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "No drawings yet: draw on" in text(app))
        await pilot.press("x", "3", "right", "pagedown", "end", "left_square_bracket")
        assert clipped(app) == []
    assert not (home / "data" / "own").exists()


def test_the_layout_takes_the_largest_images_of_which_plenty_fit() -> None:
    """At 80×24 small ones; a few drawings whole; and a cell tells which drawing is there."""
    tiles = Tiles.within(Size(52, 21), 500)
    assert (tiles.side, tiles.columns, tiles.rows) == (12, 4, 3)
    assert Tiles.within(Size(120, 45), 5).side == 28 and Tiles.within(Size(120, 45), 500).side == 14
    assert Tiles.within(Size(1, 1), 500).count == 1
    assert [tiles.at(Offset(*each)) for each in ((0, 0), (13, 0), (0, 7), (51, 20))] == [0, 1, 4, 11]
    assert Tiles(12, 4, 3).at(Offset(52, 0)) is None and tiles.at(Offset(0, 21)) is None


def test_how_even_the_digits_are_is_said_in_words() -> None:
    """What is missing, else what is most and least."""
    assert balance([0] * 10) == "No drawings yet."
    assert balance([1, 0, 1, 1, 1, 1, 1, 1, 1, 0]) == "Uneven: there is no 1 or 9 yet."
    assert balance([4, 9, 4, 4, 4, 4, 4, 4, 4, 5]) == "Uneven: 9 of 1, but 4 of 0."
    assert balance([4, 6, 4, 4, 4, 4, 4, 4, 4, 5]) == "Even: every digit has its share."


def test_the_proposed_path_is_free_and_plain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the working folder, whatever the set is called, and nothing is there yet."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "Änna 3b").mkdir()
    for name, expected in (("Änna 3b", "Änna 3b-2"), ("../x", "x"), ("/", "drawings"), ("a/b", "a-b")):
        assert free_path(name) == tmp_path / expected


def test_many_drawings_are_a_grid_of_equal_images(mine: OwnSet) -> None:
    """What is shown is what the network sees: 28×28 for every file."""
    for drawing in own_sets.drawings(mine):
        image = own_set._image(drawing.path)
        assert image is not None and image.shape == (28, 28) and image.dtype == np.uint8


# Snapshots


def ready(*keys: str) -> Callable[[Pilot[Any]], Awaitable[None]]:
    """For a picture: the screen with its page read, then `keys`."""

    async def press(pilot: Pilot[Any]) -> None:
        await opened(pilot)
        await after(*keys)(pilot)

    return press


def test_the_screen_looks_right(snap_compare: Callable[..., bool], mine: OwnSet) -> None:
    """At 80×24, on the second drawing of a page."""
    assert snap_compare(Shown(mine), terminal_size=(80, 24), run_before=ready("right"))


def test_the_screen_looks_right_on_a_large_terminal(snap_compare: Callable[..., bool], mine: OwnSet) -> None:
    """At 160×50, with the drawing under the cursor large."""
    assert snap_compare(Shown(mine), terminal_size=(160, 50), run_before=ready("down", "right"))
