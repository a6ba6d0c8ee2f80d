"""What the network sees, step by step: the steps, what is said of them, and the ways there and back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from check_app import CheckApp, filled, open_images, told
from drawing_app import SEVEN, DrawingApp
from drawn import SHAPES
from layout import after, clipped, scrollbars, settled, text, until
from numpy.typing import NDArray
from PIL import Image
from textual.geometry import Size
from textual.pilot import Pilot

from core.drawing.clean_copy import of_ink
from core.drawing.ink import Ink, Stroke
from core.errors import DataError
from core.preprocessing.normalise import Step, normalise, steps
from core.reading.numbers import segmentation
from core.reading.numbers.by_strokes import atoms_by_strokes
from core.reading.numbers.lattice import spans
from core.reading.reading import ReadDigit, Reading
from tui.screens.drawing import DrawingScreen
from tui.screens.steps import StepsScreen
from tui.widgets.shared.thumbnail import Thumbnail
from tui.widgets.steps.step_images import NAMES, WHY, Origin, StepImage, of_drawing, of_file
from tui.widgets.steps.step_pixels import Inks, step_pixels
from tui.widgets.steps.step_strip import Arrangement, StepStrip

SIZES = [(80, 24), (160, 50)]

pytestmark = pytest.mark.usefixtures("children_end")


def page() -> NDArray[np.uint8]:
    """(100, 80): on white paper a dark upright stroke of 8×60 pixels, and a speck of 2×2."""
    pixels = np.full((100, 80), 255, np.uint8)
    pixels[20:80, 30:38] = 55
    pixels[90:92, 70:72] = 55
    return pixels


def words(app: Any) -> str:
    """What is on the screen, without the breaks of lines."""
    return " ".join(text(app).split())


async def steps_of(pilot: Pilot[Any], *keys: str) -> StepStrip:
    """The strip of the screen that `keys` and w lead to, once there are steps."""
    await pilot.press(*keys)
    await settled(pilot)
    await pilot.press("w")
    await until(pilot, lambda: isinstance(pilot.app.screen, StepsScreen))
    strip = pilot.app.screen.query_one(StepStrip)
    await until(pilot, lambda: strip.current is not None)
    await settled(pilot)
    return strip


# The steps


def test_every_step_is_explained(tmp_path: Path) -> None:
    """Each step that any image goes through has its words, and there are none of steps that do not exist."""
    blank, coarse = tmp_path / "blank.png", tmp_path / "coarse.png"
    Image.fromarray(np.full((40, 40), 255, np.uint8)).save(blank)
    Image.fromarray(np.where(np.eye(16, dtype=bool), np.uint8(0), np.uint8(255))).save(coarse)
    small = Ink(40, 40)
    small.press(20, 15)
    small.drag(20, 21)
    drawings = [of_drawing(255 - page(), [], None), of_drawing(small.bitmap, small.strokes, None)]
    found = [*drawings, of_file(blank, "blank.png"), of_file(coarse, "coarse.png")]
    assert {step.step for each in found for step in each.steps} == set(WHY) == set(NAMES) == {*Origin, *Step}
    assert all(step.measured for each in found for step in each.steps)


def test_the_last_stage_is_what_the_network_is_given(tmp_path: Path) -> None:
    """A drawing is bright on dark for certain, of a file that is judged; before it come the very steps of the way."""
    path = tmp_path / "one.png"
    Image.fromarray(page()).save(path)
    drawing, file = of_drawing(255 - page(), [], None), of_file(path, "one.png")
    assert np.array_equal(drawing.steps[-1].image, normalise(255 - page(), "bright"))
    assert np.array_equal(file.steps[-1].image, normalise(page(), "auto"))
    expected = [(Origin.FILE, page()), *steps(page())]
    assert [each.step for each in file.steps] == [step for step, _ in expected]
    assert all(np.array_equal(each.image, image) for each, (_, image) in zip(file.steps, expected, strict=True))


def test_what_is_said_was_measured(tmp_path: Path) -> None:
    """Sizes, the speck, how much smaller it became and how far it was moved, of a stroke that one can count out."""
    path = tmp_path / "one.png"
    Image.fromarray(page()).save(path)
    said = {each.name: each.measured for each in of_file(path, "one.png").steps}
    assert said["the image file"] == "80×100 pixels, grey levels from 55 to 255."
    assert said["ink on even paper"].startswith("Ink covers 6.0% of the picture and is darker than the paper; ")
    assert said["specks removed"] == "Removed 1 speck with 4 pixels in total: 0.8% of the ink."
    assert said["cropped"] == "From 80×100 to 8×60 pixels: 6.0% of the area is left."
    assert said["20×20 box"].startswith("From 8×60 to 3×20 pixels, 3.0 times smaller. The strongest ink went from 200 ")
    assert "to 255 of 255." in said["20×20 box"]
    bright = of_drawing(255 - page(), [], None).steps[1].measured
    assert "brighter than the paper" in bright


def test_how_far_it_was_moved() -> None:
    """An L has its mass low and left, so that it is moved up and to the right."""
    canvas = np.zeros((28, 28), np.uint8)
    canvas[4:24, 8:11] = canvas[21:24, 8:20] = 255
    said = of_drawing(canvas, [], None).steps[-1].measured
    last = normalise(canvas, "bright")
    rows, columns = np.nonzero(last)
    up, right = 4 - rows[0], columns.min() - 8
    assert up > 0 and right > 0
    assert said.startswith(f"Moved {right} pixels right and {up} pixels up from where")
    assert f"{np.average(columns + 0.5, weights=last[rows, columns]):.1f} pixels from the left" in said


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    """By its name, in words."""
    (tmp_path / "notes.png").write_bytes(b"GIF89a and no more")
    with pytest.raises(DataError, match=r"^2/notes\.png cannot be read: it is a GIF"):
        of_file(tmp_path / "notes.png", "2/notes.png")


def a_number() -> tuple[Ink, Reading]:
    """407 on a canvas, and its reading as three digits, of which the 0 is the least sure."""
    strokes = [
        Stroke(1.6, False, [(4 + 40 * place + 0.9 * (x - 8), 34 + y) for x, y in points])
        for place, sign in enumerate("407")
        for points in SHAPES[int(sign)]
    ]
    ink = Ink.of(120, 120, strokes)
    atoms = spans(atoms_by_strokes(120, 120, strokes))
    single = [segmentation.image_of(run) for run in atoms if run.stop - run.first == 1]

    def look(images: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Sure of each atom by itself, but for the one in the middle; runs of several are no digits."""
        probabilities = np.full((len(images), 10), 0.001, np.float32)
        probabilities[:, 3] = 0.991
        alone = [any(np.array_equal(image, each) for each in single) for image in images]
        return probabilities, np.array([0.0 if each else 0.99 for each in alone], np.float32)

    division = segmentation.of_strokes(120, 120, strokes)
    assert division is not None
    digits = list(division.digits(division.least(3, 0.001), division.images(), *look(division.images())))
    assert len(digits) == 3
    middle = digits[1]
    digits[1] = least = ReadDigit(0, (0.6, *[0.4 / 9] * 9), 0.0, middle.box, middle.seen)
    return ink, Reading(0, least.probabilities, least.seen, "x", 1.0, digits=tuple(digits))


def test_of_a_number_it_is_the_digit_that_is_shown_beside() -> None:
    """By itself, cut out of the drawing, so that it ends with the 28×28 of the reading; and it says which one it is."""
    ink, reading = a_number()
    found = of_drawing(ink.bitmap, ink.strokes, reading)
    assert found.subject == "digit 2 of 3, the least sure one"
    assert np.array_equal(found.steps[-1].image, reading.seen)
    _, _, width, height = reading.digits[1].box
    assert found.steps[0].image.shape < ink.bitmap.shape
    assert f"{width}×{height} pixels" in found.steps[3].measured


def test_a_number_that_is_not_on_the_pad_any_more_is_shown_as_a_whole() -> None:
    """As when strokes came since, which the reader has not read yet."""
    ink, reading = a_number()
    found = of_drawing(ink.bitmap, ink.strokes[:1], reading)
    assert found.subject == "your drawing as a whole"
    assert np.array_equal(found.steps[-1].image, normalise(ink.bitmap, "bright"))


# How they are drawn


def test_faint_ink_shows_without_colours() -> None:
    """A pencil's stroke is drawn, paper is not, dark on white as white with a hole."""
    faint = np.zeros((100, 100), np.uint8)
    faint[20:80, 40:60] = 30
    inks = Inks(has_shades=False, is_dark=False)
    drawn = step_pixels(StepImage(Origin.DRAWN, faint, is_picture=False, measured=""), 28, inks)
    assert drawn[14, 14] == 255 and drawn[2, 2] == 0
    drawn = step_pixels(StepImage(Origin.FILE, 255 - faint, is_picture=True, measured=""), 28, inks)
    assert drawn[14, 14] == 0 and drawn[2, 2] == 255


def test_white_stays_white_in_a_light_theme() -> None:
    """There full ink is black, so that white paper has none, and ink stays ink."""
    picture = StepImage(Origin.FILE, page(), is_picture=True, measured="")
    ink = StepImage(Origin.DRAWN, 255 - page(), is_picture=False, measured="")
    dark_ink = Inks(has_shades=True, is_dark=True)
    assert step_pixels(picture, 28, dark_ink)[1, 1] == 0 and step_pixels(ink, 28, dark_ink)[1, 1] == 0


def test_there_is_room_for_more_steps() -> None:
    """Up to eight at 80×24, with twelve pixels or more each, none beside the others' place."""
    for count in range(1, 9):
        for size in ((80, 16), (156, 40), (300, 70)):
            found = Arrangement.within(Size(*size), count)
            assert found.side >= 12
            assert found.columns * found.cell + 28 * found.scale <= size[0]
            assert max(2 * found.row, 14 * found.scale) <= size[1]


# The screen


@pytest.mark.parametrize("size", SIZES)
async def test_a_drawing_s_steps(size: tuple[int, int]) -> None:
    """Each is named and can be chosen; then it is large, and all that there is to say of it can be read."""
    app = DrawingApp()
    async with app.run_test(size=size) as pilot:
        strip = await steps_of(pilot, *SEVEN)
        found = of_drawing(app.pad.ink.bitmap, app.pad.ink.strokes, None).steps
        assert "What the network sees of your drawing" in words(app) and "the network sees this" in words(app)
        for place, step in enumerate(found, 1):
            shown = words(app)
            assert f"▸ {place} of {len(found)}: {step.name}" in shown
            assert step.why in shown and step.measured in shown
            assert clipped(app) == [] and not scrollbars(app)
            await pilot.press("right")
            await settled(pilot)
        assert strip.cursor == len(found) - 1
        seen = app.screen.query_one(Thumbnail).bitmap
        assert seen is not None
        times = len(seen) // 28
        assert np.array_equal(seen[::times, ::times], normalise(of_ink(app.pad.ink), "bright"))
        await pilot.press("home")
        assert strip.cursor == 0


async def test_a_click_chooses() -> None:
    """On an image of the second row."""
    app = DrawingApp()
    async with app.run_test(size=(80, 24)) as pilot:
        strip = await steps_of(pilot, *SEVEN)
        arrangement = strip.arrangement
        await pilot.click(StepStrip, offset=(arrangement.cell + 3, arrangement.row + 2))
        await settled(pilot)
        assert strip.cursor == arrangement.columns + 1
        assert "6 of 7" in words(app)


@pytest.mark.parametrize("key", ["escape", "w"])
async def test_back_to_the_drawing(key: str) -> None:
    """It is as it was, and what was read meanwhile is shown."""
    app = DrawingApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await steps_of(pilot, *SEVEN)
        bitmap = app.pad.ink.bitmap.copy()
        seen = normalise(bitmap, "bright")
        app.reader.answer(Reading(4, (0.02,) * 4 + (0.82,) + (0.02,) * 5, seen, "/shipped.npz", 1.0))
        await pilot.press(key)
        await settled(pilot)
        assert isinstance(app.screen, DrawingScreen) and np.array_equal(app.pad.ink.bitmap, bitmap)
        assert "82.0%" in text(app)


@pytest.mark.parametrize("size", SIZES)
async def test_nothing_drawn_is_said(size: tuple[int, int]) -> None:
    """Plainly, without images."""
    app = DrawingApp()
    async with app.run_test(size=size) as pilot:
        await pilot.press("w")
        await until(pilot, lambda: "Nothing is drawn yet" in words(app))
        assert clipped(app) == [] and not scrollbars(app)
        await pilot.press("right", "end", "down", "escape")
        await settled(pilot)
        assert isinstance(app.screen, DrawingScreen)


async def test_another_size_and_another_theme() -> None:
    """The chosen step stays chosen, larger; its words stay."""
    app = DrawingApp()
    async with app.run_test(size=(80, 24)) as pilot:
        strip = await steps_of(pilot, *SEVEN)
        await pilot.press("right", "right")
        await pilot.resize_terminal(160, 50)
        app.theme = "textual-light"
        await settled(pilot)
        assert strip.cursor == 2 and "3 of 7: ink on even paper" in words(app)
        assert strip.arrangement.side == 24 and clipped(app) == []


# From the check-up


@pytest.fixture
def folder(tmp_path: Path, mnist_part: tuple[NDArray[np.uint8], NDArray[np.uint8]]) -> Path:
    """Images of 0 to 3, a file that is none, and a blank one."""
    return filled(tmp_path / "mine", mnist_part)


async def test_the_check_up_s_chosen_image(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Its file, as it is, and each step; then back to the same image."""
    told(monkeypatch, folder)
    app = CheckApp(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        grid = await open_images(pilot, 0)
        await steps_of(pilot)
        assert "What the network sees of 1/03.png" in words(app) and "of 6: the image file" in words(app)
        await pilot.press("escape")
        await settled(pilot)
        assert app.screen.focused is grid and grid.current is not None and grid.current.path == "1/03.png"


@pytest.mark.parametrize("size", SIZES)
async def test_odd_files_of_the_check_up(monkeypatch: pytest.MonkeyPatch, folder: Path, size: tuple[int, int]) -> None:
    """One that cannot be read says why; of a blank one the network is told to see nothing."""
    told(monkeypatch, folder)
    app = CheckApp(folder)
    async with app.run_test(size=size) as pilot:
        await open_images(pilot, 2)
        await pilot.press("w")
        await until(pilot, lambda: "2/notes.png cannot be read: it is a GIF" in words(app))
        await pilot.press("w", "right")
        await steps_of(pilot)
        await pilot.press("end")
        await settled(pilot)
        assert "nothing drawn" in words(app) and "network sees this" not in words(app)
        assert clipped(app) == []


@pytest.mark.parametrize("size", SIZES)
def test_looks(snap_compare: Any, size: tuple[int, int]) -> None:
    """The screen looks as it did when somebody last looked at it."""
    assert snap_compare(DrawingApp(), terminal_size=size, run_before=after(*SEVEN, "w", "right", "right", "right"))
