"""The preprocessing of a bitmap for the network: the image after each step, with the step's reason and measurements.

The steps come from `core.preprocessing.normalise.steps`; nothing is computed a second time here. Knows no widgets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.drawing.clean_copy import clean_copy
from core.drawing.ink import Stroke
from core.errors import DataError
from core.preprocessing.images import read
from core.preprocessing.normalise import Polarity, Step, steps
from core.reading.numbers import segmentation
from core.reading.numbers.lattice import spans
from core.reading.reading import ReadDigit, Reading
from tui.widgets.steps.step_measures import measured

Grey = NDArray[np.uint8]


class Origin(Enum):
    """What the first step is applied to."""

    DRAWN = "drawn"
    """A drawing."""
    COPIED = "copied"
    """The clean copy of a drawing."""
    FILE = "file"
    """An image file."""


NAMES: dict[Origin | Step, str] = {
    Origin.DRAWN: "as you drew it",
    Origin.COPIED: "drawn again",
    Origin.FILE: "the image file",
    Step.INK: "ink on even paper",
    Step.SPECKS: "specks removed",
    Step.CROPPED: "cropped",
    Step.SOFTENED: "edges softened",
    Step.BOXED: "20×20 box",
    Step.CENTRED: "centred by mass",
    Step.BLANK: "nothing drawn",
}
"""Each step's name on screen."""
WHY: dict[Origin | Step, str] = {
    Origin.DRAWN: "Your drawing, pixel by pixel: bright ink on empty paper. Nothing has been done to it yet.",
    Origin.COPIED: "The drawing is small for its brush, which would fill its holes. So its strokes are drawn again "
    "with a pen in proportion, and the stairs that terminal cells leave in a line are smoothed. This step is the "
    "program's own.",
    Origin.FILE: "The picture in grey levels. Nothing else has been done to it yet; the next steps find the ink and "
    "bring it into the form in which the network has learned digits.",
    Step.INK: "Each pixel becomes the amount of ink there: uneven light and noise are removed and, in a file, the "
    "program decides whether dark or light is the ink. This step is the program's own: the scans of MNIST's makers "
    "were clean.",
    Step.SPECKS: "Pieces with far less ink than the largest one are dust, not parts of a digit, and would make the "
    "box around it too large. This step is the program's own: the scans of MNIST's makers had no dust.",
    Step.CROPPED: "Only the box around all ink is kept, so that a digit's place and size on the page do not matter. "
    "MNIST's makers measured each digit by this box.",
    Step.SOFTENED: "The image has few pixels, and each is either ink or paper: its edges are stairs, which MNIST's "
    "digits do not have. They are made as soft as in a greyscale scan. This step is the program's own.",
    Step.BOXED: "Scaled in proportion until the longer side has 20 pixels; edges turn grey, and the ink is "
    "stretched to full strength. This is the recipe of MNIST's makers, LeCun, Cortes and Burges: the network knows "
    "digits of this size.",
    Step.CENTRED: "Placed on 28×28 pixels so that the centre of mass of the ink is in the middle: the last step of "
    "MNIST's makers. This is what the network sees.",
    Step.BLANK: "No ink stands out from the paper, so there is nothing to read and the network is not asked.",
}
"""Why each step is done and where it comes from."""


@dataclass(frozen=True, eq=False)  # arrays have no single truth value
class StepImage:
    """The bitmap after one step."""

    step: Origin | Step
    """The step that made the image, or the origin of the first image."""
    image: Grey
    """(H, W) uint8: ink bright on 0 or, for a picture, its grey levels from 0, black, to 255, white."""
    is_picture: bool
    """Whether the image has the grey levels of a file, in which white paper is white."""
    measured: str
    """The effect of the step in figures."""

    @property
    def name(self) -> str:
        """The step's name on screen."""
        return NAMES[self.step]

    @property
    def why(self) -> str:
        """Why the step is done."""
        return WHY[self.step]


@dataclass(frozen=True)
class StepImages:
    """All steps, from the original bitmap to what the network sees."""

    subject: str
    """What the steps are applied to, such as `your drawing`."""
    steps: tuple[StepImage, ...]
    """Empty if nothing was drawn."""

    @property
    def is_seen(self) -> bool:
        """Whether the network is asked at all: it is not if the last image has no ink."""
        return bool(self.steps) and bool(self.steps[-1].image.any())


# Sources of bitmaps


def of_file(path: Path, name: str) -> StepImages:
    """The steps of an image file shown as `name`; 0.3 s for a photograph. Raises DataError if it cannot be read."""
    try:
        bitmap = read(path)
    except DataError as error:
        raise DataError(f"{name} cannot be read: it {error}") from error
    return StepImages(name, step_images(bitmap, "auto", Origin.FILE))


def of_drawing(bitmap: Grey, strokes: Sequence[Stroke], reading: Reading | None) -> StepImages:
    """The steps of a drawing, (H, W) uint8, ink bright on 0, and its strokes; for a number, of its least sure digit.

    `reading` is the latest reading; it may be older than the last stroke.
    """
    if not bitmap.any():
        return StepImages("your drawing", ())
    if reading is None or reading.least_sure is None:
        return StepImages("your drawing", _of_whole(bitmap, strokes))
    height, width = bitmap.shape
    piece = piece_of(width, height, strokes, reading.digits[reading.least_sure])
    if piece is None:
        return StepImages("your drawing as a whole", _of_whole(bitmap, strokes))
    place = f"digit {reading.least_sure + 1} of {len(reading.digits)}, the least sure one"
    return StepImages(place, step_images(piece, "bright", Origin.DRAWN))


def _of_whole(bitmap: Grey, strokes: Sequence[Stroke]) -> tuple[StepImage, ...]:
    copied = clean_copy(strokes)
    if copied is None:
        return step_images(bitmap, "bright", Origin.DRAWN)
    return (_began(bitmap, Origin.DRAWN), *step_images(copied, "bright", Origin.COPIED))


def piece_of(width: int, height: int, strokes: Sequence[Stroke], digit: ReadDigit) -> Grey | None:
    """The ink that the network saw for `digit`, (H, W) uint8 with paper around it; None if it is not found."""
    for run in spans(segmentation.atoms_of(width, height, strokes)[0]):
        if np.array_equal(segmentation.image_of(run), digit.seen):
            return segmentation.piece(run)
    return None


def step_images(bitmap: Grey, polarity: Polarity, first: Origin) -> tuple[StepImage, ...]:
    """The original bitmap, (H, W) uint8, with origin `first`, and the image after each of `steps`.

    Raises DataError as `steps` does.
    """
    found = [_began(bitmap, first)]
    for step, image in steps(bitmap, polarity):
        found.append(StepImage(step, image, is_picture=False, measured=measured(step, found[-1].image, image)))
    return tuple(found)


def _began(bitmap: Grey, source: Origin) -> StepImage:
    """The original bitmap."""
    height, width = bitmap.shape
    levels = f"{width}×{height} pixels, grey levels from {bitmap.min()} to {bitmap.max()}."
    return StepImage(source, bitmap, source is Origin.FILE, levels)
