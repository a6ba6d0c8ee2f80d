"""Images before and after, page by page: what they are drawn with, where they stand, what is said beside them."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from check_app import (
    CheckApp,
    decisions,
    decoded,
    digit_one,
    filled,
    open_images,
    told,
)
from layout import text, until
from numpy.typing import NDArray
from PIL import Image
from rich.cells import cell_len
from textual.geometry import Offset, Size

from core.checkup.finding import Picture
from core.data import amendments
from core.preprocessing import images
from core.preprocessing.normalise import normalise
from tui.widgets.check.before_after import BeforeAfter
from tui.widgets.check.caption import caption
from tui.widgets.check.cards import Cards
from tui.widgets.shared.image_look import fitted, look
from tui.widgets.shared.wrapping import folded, shortened

pytestmark = pytest.mark.usefixtures("children_end")


@pytest.fixture
def folder(tmp_path: Path, mnist_part: tuple[NDArray[np.uint8], NDArray[np.uint8]]) -> Path:
    """Images of 0 to 3, and two files that are none."""
    return filled(tmp_path / "mine", mnist_part)


def test_the_image_keeps_its_own_polarity_and_proportions(tmp_path: Path) -> None:
    """White paper stays white, black paper black; the network's image is what `normalise` makes."""
    dark = digit_one(200, 100)
    for name, pixels in (("dark", dark), ("bright", 255 - dark)):
        path = tmp_path / f"{name}.png"
        Image.fromarray(pixels).save(path)
        seen = look(path)
        assert {side: image.shape for side, image in seen.before.items()} == {28: (28, 14), 14: (14, 7)}
        assert seen.before[28][0, 0] == (255 if name == "dark" else 0)
        ink = int(seen.before[28][14, 7])
        assert ink < 100 if name == "dark" else ink > 155
        assert np.array_equal(seen.after[28], normalise(images.read(path)))
        assert seen.after[14].shape == (14, 14) and not seen.reason and not seen.is_blank


@pytest.mark.parametrize(
    ("shape", "expected"),
    [((1, 1), (28, 28)), ((8, 5), (24, 15)), ((28, 28), (28, 28)), ((3, 900), (2, 28)), ((901, 4), (28, 1))],
)
def test_images_of_any_shape_fit(shape: tuple[int, int], expected: tuple[int, int]) -> None:
    """Small ones are enlarged by whole pixels; the thinnest still show."""
    assert fitted(np.full(shape, 200, np.uint8), 28).shape == expected
    assert set(np.unique(fitted(np.full(shape, 200, np.uint8), 28)).tolist()) <= {182, 218}


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light"])
async def test_paper_is_bright_before_and_ink_is_bright_after(
    monkeypatch: pytest.MonkeyPatch, folder: Path, theme: str
) -> None:
    """In both kinds of theme a white page is the brighter of the theme's two colours."""
    told(monkeypatch, folder)
    app = CheckApp(folder)
    app.theme = theme
    async with app.run_test(size=(80, 24)) as pilot:
        grid = await open_images(pilot, 1)
        cells = [segment for segment in grid.render_line(0) for _ in range(segment.cell_length)]
        colours = [segment.style.bgcolor for segment in cells if segment.style is not None]
        before, after = colours[5], colours[29 + 5]
        assert before is not None and after is not None and before.triplet and after.triplet
        if theme == "textual-dark":
            assert sum(before.triplet) > 500 > 100 > sum(after.triplet)
        else:
            assert sum(before.triplet) > 500 < sum(after.triplet)


async def test_without_colours_ink_and_paper_can_still_be_told_apart(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    """Paper is drawn in full blocks, ink left out; the other way round for the network."""
    monkeypatch.setenv("NO_COLOR", "1")
    told(monkeypatch, folder)
    app = CheckApp(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        grid = await open_images(pilot, 1)
        lines = [grid.render_line(y).text for y in range(14)]
        assert lines[0][:28] == "█" * 28 and lines[0][29:57].strip() == ""
        assert any(" " in line[:28] for line in lines[4:10]) and any("█" in line[29:57] for line in lines[4:10])


async def test_a_file_that_cannot_be_read_shows_why_in_place_of_its_picture(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    """And one of which nothing is left says that."""
    told(monkeypatch, folder)
    app = CheckApp(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_images(pilot, 2)
        assert "is a GIF; PNG, JPEG, BMP and" in text(app)
        await pilot.press("right")
        await decoded(pilot, app.screen.query_one(BeforeAfter))
        assert "Nothing is left: the" in text(app)


async def test_both_images_of_a_pair_show_and_either_can_be_decided_about(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    """The key o swaps them."""
    told(monkeypatch, folder)
    app = CheckApp(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        grid = await open_images(pilot, 0)
        assert len(grid.cards.card.slots) == 4
        assert "▸ 1/03.png  label 1" in text(app) and "with 0/03.png, label 0" in text(app)
        await pilot.press("o", "x")
        await until(pilot, lambda: decisions(folder) == {"0/03.png": None})
        await pilot.pause()
        assert "▸ 0/03.png  left out" in text(app) and "with 1/03.png, label 1" in text(app)


async def test_arrows_move_and_turn_pages(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Over the ends of rows and pages, and no further than the first and the last."""
    told(monkeypatch, folder)
    app = CheckApp(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        grid = await open_images(pilot, 4)
        assert grid.cards.count == 1
        for key, place in (
            ("left", 1),
            ("right", 2),
            ("down", 3),
            ("pagedown", 4),
            ("up", 3),
            ("end", 50),
            ("right", 50),
        ):
            await pilot.press(key)
            await pilot.pause()
            assert f"{place} of 50: All images" in text(app), key
        await pilot.press("home", "z")
        await pilot.pause()
        assert (grid.cards.columns, grid.cards.rows) == (2, 2)
        for key, cursor in (("down", 2), ("right", 3), ("right", 4), ("up", 2), ("pagedown", 4), ("pageup", 0)):
            await pilot.press(key)
            assert grid.cursor == cursor, key
        await decoded(pilot, grid)
        await pilot.click(BeforeAfter, offset=grid.cards.place(3).offset + Offset(2, 2))
        assert grid.cursor == 3


async def test_only_what_shows_is_decoded_and_in_a_thread(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """A page further is decoded when it is turned to, and turning back decodes nothing."""
    read: list[tuple[str, bool]] = []

    def reading(path: Path) -> Any:
        read.append((path.name, threading.current_thread() is threading.main_thread()))
        return look(path)

    monkeypatch.setattr("tui.widgets.shared.image_look.look", reading)
    told(monkeypatch, folder)
    app = CheckApp(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        grid = await open_images(pilot, 4)
        assert read == [("00.png", False)]
        await pilot.press("right")
        await decoded(pilot, grid)
        await pilot.press("left")
        await decoded(pilot, grid)
        assert read == [("00.png", False), ("01.png", False)]


@pytest.mark.parametrize("pairs", [False, True])
@pytest.mark.parametrize("large", [False, True])
def test_cards_fit_into_every_terminal(pairs: bool, large: bool) -> None:
    """No image over another, over words or over the edge; large ones show the network's 28×28 whole."""
    for width in range(78, 200, 3):
        for height in (17, 18, 19, 25, 33, 44, 60):
            cards = Cards.within(Size(width, height), pairs=pairs, large=large)
            taken = np.zeros((height, width), int)
            for index in range(cards.count):
                place = cards.place(index)
                assert place.right <= width and place.bottom <= height, (width, height)
                assert cards.at(place.offset) == index
                for slot in cards.card.slots:
                    x, y = place.x + slot.x, place.y + slot.y
                    taken[y : y + slot.side // 2, x : x + slot.side] += 1
                words = cards.card.words.translate(place.offset)
                taken[words.y : words.bottom, words.x : words.right] += 1
                assert words.width >= 18 and words.height >= 2
            assert taken.max() == 1
            sides = [slot.side for slot in cards.card.slots if slot.is_after and not slot.is_other]
            assert sides == [28 if large else 14]


def test_captions_fit_their_place_and_say_what_matters() -> None:
    """In any place, whatever the names; the suggestion comes before what may be cut off."""
    picture = Picture("3/" + "数" * 120 + ".png", 3, "detail " * 40, "5/" + "n" * 200, 8)
    amended = {picture.path: amendments.Amendment(picture.path, 5, 3, 0.0)}
    for size in (Size(18, 14), Size(28, 2), Size(78, 3), Size(40, 29)):
        for is_current in (False, True):
            lines = caption(picture, amended, size, is_current=is_current)
            assert 0 < len(lines) <= size.height
            assert all(cell_len(text) <= size.width for text, _ in lines), (size, lines)
            said = " ".join(text for text, _ in lines)
            assert "3 → 5" in said and "suggested: 8" in said
            assert ("▸" in said) is is_current


def test_words_fold_and_paths_keep_their_ends() -> None:
    """An ellipsis says that there was more."""
    assert folded("one two three", 7, 5) == ["one two", "three"]
    assert folded("one two three", 7, 1) == ["one tw…"]
    assert folded("abcdefghij", 4, 5) == ["abcd", "efgh", "ij"]
    assert folded("", 4, 5) == []
    assert shortened("folder/name.png", 9) == "…name.png"
    assert shortened("name.png", 9) == "name.png"
